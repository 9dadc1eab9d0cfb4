"""Explanations as data: what they say is what the executor says, wherever it stands."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import Case, as_profile, cases, explainer_of, nodes
from generated import BOTH, GROUNDS, a_fact, build_ruleset, states
from routeengine import Engine, UsageError
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.reference import ReferenceExecutor
from routeengine.explanation import Explanation
from routeengine.explanation.model import ConditionNode, RuleNode
from routeengine.explanation.parts import Named
from routeengine.profile import Between, Known
from routeengine.result import leads_of
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    FactIs,
    Not,
    ScoreIs,
    children,
)
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Rule, RuleSet
from routeengine.truth import Truth
from routeengine.value_set import set_of_bits


def rule_nodes(explanation: Explanation) -> list[RuleNode]:
    """Give every rule node of an explanation."""
    return [node for node in nodes(explanation) if isinstance(node, RuleNode)]


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(cases())
def test_every_truth_is_the_executors_truth(case: Case) -> None:
    """Each condition, at each place, carries what the executor says of it."""
    inspection = case.executor.inspect(case.state)

    def check(node: ConditionNode, condition: Condition) -> None:
        assert node.truth is inspection.truth(condition)
        if isinstance(condition, CriterionIs):
            (child,) = node.children
            check(child, case.ruleset.criterion[condition.criterion].when)
            return
        parts = children(condition)
        if isinstance(condition, ScoreIs):
            parts = tuple(one.when for one in case.ruleset.score[condition.score].parts)
        assert len(parts) == len(node.children)
        for child, part in zip(node.children, parts, strict=True):
            check(child, part)

    for node in rule_nodes(case.explain()):
        when = case.ruleset.rule[node.rule].when
        assert (node.when is None) == (when is None)
        assert node.applies is inspection.applies(node.rule)
        if node.when is not None:
            assert when is not None
            check(node.when, when)


@pytest.mark.gate
@settings(max_examples=examples(80), deadline=None)
@given(cases())
def test_both_executors_give_the_same_explanation(case: Case) -> None:
    """An explanation is of the rule set and the client, not of the executor."""
    reference = replace(case, executor=ReferenceExecutor(case.ruleset))
    assert case.explain() == reference.explain()


@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_every_rule_stands_in_the_explanation(case: Case) -> None:
    """What decides, what leads elsewhere and the others: together all rules of the rule set."""
    explanation = case.explain()
    assert {node.rule for node in rule_nodes(explanation)} == set(case.ruleset.rule)
    for name, verdict in case.result.verdicts.items():
        why = explanation.why[name]
        assert why.rule == verdict.rule
        assert tuple(rule.rule for rule in why.rules) == verdict.rules
        outcomes = [one.id for one in case.ruleset.decision[name].outcomes]
        assert list(explanation.why_not[name]) == [o for o in outcomes if o != verdict.outcome]


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_an_id_is_one_node_and_the_same_in_both_languages(case: Case) -> None:
    """A node can be pointed at: one id has one content, whatever the language of the words."""
    found: dict[str, dict[str, object]] = {"nl": {}, "en": {}}
    for language, known in found.items():
        for node in nodes(case.explain(language)):
            if hasattr(node, "id") and not isinstance(node, Named):
                assert known.setdefault(node.id, node) == node
    assert list(found["nl"]) == list(found["en"])


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_the_conditions_of_a_rule_have_ids_of_their_own(case: Case) -> None:
    """Each begins with that of its parent; a criterion, and a part of a score, has one for all."""
    for rule in rule_nodes(case.explain()):
        found = [node for node in nodes(rule.when) if isinstance(node, ConditionNode)]
        if rule.when is not None and rule.when.kind != "criterion":
            assert rule.when.id.startswith(f"{rule.id}/when")
        for node in found:
            assert all(
                child.id == f"criterion/{child.reference}"
                if child.kind == "criterion"
                else child.id.startswith(
                    f"score/{node.reference}/" if node.kind == "score" else f"{node.id}/"
                )
                for child in node.children
            )


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_the_order_of_rules_changes_no_explanation(case: Case) -> None:
    """Rules in another order give the same nodes, with the same ids."""
    ruleset = replace(
        case.ruleset,
        decisions=tuple(
            replace(one, rules=tuple(reversed(one.rules))) for one in case.ruleset.decisions
        ),
    )
    other = replace(case, ruleset=ruleset, executor=ReferenceExecutor(ruleset))
    first, second = ({node.id: node for node in rule_nodes(one.explain())} for one in (case, other))
    assert first.keys() == second.keys()
    for name, node in first.items():
        assert node.when == second[name].when
        assert node.standing == second[name].standing
        assert {one.id for one in node.outranked_by} == {o.id for o in second[name].outranked_by}


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_standings_agree_with_the_verdict(case: Case) -> None:
    """A rule that fails is no winner; a rule that decides is one, and is not outranked."""
    for decision in case.ruleset.decisions:
        verdict = case.result.verdicts[decision.id]
        explanation = case.explain()
        why = explanation.why[decision.id]
        for rule in why.rules:
            assert rule.standing in ("decides", "may_decide", "outranked", "applies", "fails")
            assert rule.standing != "fails"
        if verdict.rule is not None and verdict.status in ("decided", "review"):
            (rule,) = why.rules
            assert rule.rule == verdict.rule
        for why_not in explanation.why_not[decision.id].values():
            for rule in why_not.rules:
                assert (rule.standing == "fails") == (rule.applies is Truth.FALSE)
                if rule.outranked_by and rule.applies is not Truth.FALSE:
                    assert rule.standing == "outranked"
                ids = {one.id for one in nodes(rule.when) if isinstance(one, ConditionNode)}
                assert {*rule.failed, *rule.open} <= ids
                if rule.when is not None:
                    assert bool(rule.failed) == (rule.applies is Truth.FALSE)
                    assert bool(rule.open) == (rule.applies is Truth.OPEN)


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_why_not_agrees_with_what_is_possible(case: Case) -> None:
    """An outcome is called open or a candidate just where the verdict says that it may be."""
    explanation = case.explain()
    for name, outcomes in explanation.why_not.items():
        verdict = case.result.verdicts[name]
        for outcome, why_not in outcomes.items():
            if why_not.status == "open":
                assert outcome in verdict.possible
            if why_not.status in ("failed", "outranked", "not_applicable"):
                assert outcome not in verdict.possible
            assert (why_not.status == "candidate") == (outcome in verdict.candidates)


@settings(max_examples=examples(80), deadline=None)
@given(cases())
def test_facts_say_what_was_given_and_what_is_possible(case: Case) -> None:
    """Known, partial, declined, disputed and implied facts are told apart, with their values."""
    inspection = case.executor.inspect(case.state)
    clashing = set[str]()
    if isinstance(inspection, LanesInspection):
        clashing = set(inspection.conflicts.union)
    for fact in case.ruleset.facts:
        node, known = case.explain().facts[fact.id], case.state[fact.id]
        values = {
            fact.domain.value(n)
            for first, last in node.ranges
            for n in range(fact.domain.index(first) or 0, (fact.domain.index(last) or 0) + 1)
        }
        left = inspection.values(fact.id)
        left = known.allowed if fact.id in clashing else known.allowed & left
        assert values == {fact.domain.value(n) for n in range(fact.domain.size) if n in left}
        if fact.id in clashing:
            assert node.status == "contradicted"
        elif known.allowed.is_single:
            assert node.status == "known"
            assert node.value in values
        elif left != known.allowed:
            assert node.status == "implied"
        elif known.conflicting:
            assert node.status == "conflicting"
        elif known.declined:
            assert node.status == "declined"
        else:
            assert node.status == ("unknown" if known.allowed == fact.domain.full else "partial")


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(cases(), st.data(), st.sampled_from([None, 8, 30, 80]))
def test_what_was_explained_before_changes_nothing(
    case: Case, data: st.DataObject, budget: int | None
) -> None:
    """Clients who come after others are explained as if they came first, whatever is kept.

    Also where the rule set does not fit its budget.
    """
    ruleset = case.ruleset
    executor = LanesExecutor(ruleset, budget, budget) if budget else LanesExecutor(ruleset)
    shared = explainer_of(ruleset, executor)
    names = st.sets(st.sampled_from([fact.id for fact in ruleset.facts]), max_size=2)
    state = case.state
    for _ in range(6):
        one = replace(case, state=state, executor=executor)
        alone = explainer_of(pickle.loads(pickle.dumps(ruleset)), executor)
        assert shared.explain(one.result, "en") == alone.explain(one.result, "en")
        # The next one differs in little, so that most of what was kept would fit.
        other = data.draw(states(ruleset))
        state = state | {fact: other[fact] for fact in data.draw(names)}


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(cases(), st.data())
def test_nobody_is_told_the_values_of_another(case: Case, data: st.DataObject) -> None:
    """An engine that answered others says of a client what a new one says, questions and all."""
    shared = Engine(case.ruleset)
    for _ in range(4):
        profile = as_profile(case.ruleset, data.draw(states(case.ruleset)))
        mine, fresh = shared.classify(profile), Engine(case.ruleset).classify(profile)
        assert mine == fresh
        for name, verdict in mine.verdicts.items():
            assert leads_of(verdict) == leads_of(fresh.verdicts[name])
        assert shared.classify_many([profile, profile]) == [fresh, fresh]


def test_questions_keep_to_what_is_known_of_this_client(rijswijk: RuleSet) -> None:
    """A client with a range is offered answers in that range, whoever came before."""
    engine, offered = Engine(rijswijk), []
    for low, high in ((1, 30), (2, 27)):
        explanation = engine.explain({"prognosis_months": Between(low, high)}, lang="en")
        asked = {one.fact: one for one in explanation.verdicts["path"].missing}
        ranges = [one.ranges for one in asked["prognosis_months"].answers]
        offered.append((ranges[0][0][0], ranges[-1][-1][-1]))
    assert offered == [(1, 30), (2, 27)]


def test_a_result_that_was_tampered_with_spoils_no_other(rijswijk: RuleSet) -> None:
    """What is explained of facts that do not belong to their answer is given to nobody else."""
    engine, outside = Engine(rijswijk), {"receives_benefit": True, "rung": 6}
    result = engine.classify({"receives_benefit": True, "rung": 2})
    cast(dict[str, object], result.profile)["rung"] = 6
    with pytest.raises(UsageError, match="not what its rules give"):
        engine.explain(result)
    assert engine.explain(outside) == Engine(rijswijk).explain(outside)


@pytest.mark.gate
@settings(max_examples=examples(80), deadline=None)
@given(cases(), st.data())
def test_what_is_remembered_changes_nothing(case: Case, data: st.DataObject) -> None:
    """Clients explained one after another read as if each were the first."""
    for state in data.draw(st.lists(states(case.ruleset), min_size=2, max_size=5)):
        later = replace(case, state=state)
        first = replace(later, ruleset=replace(case.ruleset))
        assert later.explain() == first.explain()


def test_one_rule_set_says_nothing_about_another() -> None:
    """Not even one that has conditions without parts, which are true or false of everybody."""
    facts = tuple(a_fact(f"f{n:02}", BooleanDomain()) for n in range(14))
    outcomes = (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH))
    names = [fact.id for fact in facts]
    state = {name: Known(set_of_bits(2)) for name in names}

    def because(first: Condition) -> tuple[str, ...]:
        second = All(tuple(FactIs(name, set_of_bits(2)) for name in names[7:]))
        rules = (
            Rule("r", first, "A", BOTH, BOTH, GROUNDS, outranks=("s",)),
            Rule("s", second, "B", BOTH, BOTH, GROUNDS),
        )
        ruleset = build_ruleset(
            "many",
            languages=("en",),
            facts=facts,
            decisions=(Decision("d", BOTH, outcomes, rules),),
        )
        return Case(ruleset, state, LanesExecutor(ruleset)).explain().why["d"].because

    for empty in (All(()), Any(()), AtLeast(0, ()), Not(All(()))):
        because(empty)
    assert because(All(tuple(FactIs(name, set_of_bits(2)) for name in names[:7]))) == tuple(
        names[:7]
    )


def test_parts_that_a_constraint_couples_are_not_taken_for_independent() -> None:
    """Two open facts that cannot both hold make an "all" false, and one of them must fail."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "pq")
    both = All((FactIs("p", set_of_bits(2)), FactIs("q", set_of_bits(2))))
    rules = (
        Rule("r", both, "A", BOTH, BOTH, GROUNDS),
        Rule(
            "s",
            Any((Not(FactIs("p", set_of_bits(2))), Not(FactIs("q", set_of_bits(2))))),
            "B",
            BOTH,
            BOTH,
            GROUNDS,
        ),
    )
    decision = Decision("d", BOTH, (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH)), rules)
    ruleset = build_ruleset(
        "coupled",
        languages=("en",),
        facts=facts,
        decisions=(decision,),
        constraints=(Constraint("k", both, BOTH, GROUNDS),),
    )
    state = {fact.id: Known(set_of_bits(3)) for fact in facts}
    explanation = Case(ruleset, state, LanesExecutor(ruleset)).explain()
    (failing,) = explanation.why_not["d"]["A"].rules
    (deciding,) = explanation.why["d"].rules
    assert failing.applies is Truth.FALSE
    assert failing.failed == ("d/r/when",)
    assert deciding.applies is Truth.TRUE


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_repr_shows_no_fact(case: Case) -> None:
    """Neither repr nor str of any node holds anything but the kind of node."""
    for node in nodes(case.explain()):
        assert repr(node) == f"{type(node).__name__}()"
        assert str(node) == repr(node)
