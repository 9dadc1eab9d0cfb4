"""What a reader who may not see health data can read: nothing that the verdicts do not tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from examples import examples, share
from executors.test_agreement import build
from explanation.explained import Case, as_profile, cases, every_form, nodes
from explanation.test_golden import CHANGED, VIGNETTES, profile
from generated import BOTH, GROUNDS, conditions, states
from routeengine import DECLINED, Engine
from routeengine.caseload import open_caseload
from routeengine.dossier import Dossier
from routeengine.explanation import Explanation
from routeengine.explanation.model import FactNode
from routeengine.i18n import wording_of
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, FactIs, Not
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.domains import CategoryDomain
from routeengine.ruleset.model import Decision, Fact, Outcome, Rule, RuleSet
from routeengine.value_set import set_of_bits

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"
T = TypeVar("T")

SCHEMA = Path(__file__).parents[2] / "schemas" / "explanation.schema.json"


@st.composite
def turning_on(draw: st.DrawFn, name: str, facts: tuple[Fact, ...]) -> Decision:
    """Draw a decision in which one fact tells on which others the answer rests."""
    one, other = (draw(conditions(facts)) for _ in range(2))
    turn = FactIs(name, set_of_bits(1))
    when = AnyOf((All((turn, one)), All((Not(turn), other))))
    rules = (
        Rule("turn_r", when, "tx", BOTH, BOTH, GROUNDS),
        Rule("turn_s", None, "ty", BOTH, BOTH, GROUNDS),
    )
    return Decision("turn", BOTH, (Outcome("tx", BOTH, BOTH), Outcome("ty", BOTH, BOTH)), rules)


@st.composite
def sensitive(draw: st.DrawFn, min_facts: int = 1) -> Case:
    """Draw a case in which some facts are special-category data."""
    case = draw(cases(min_facts))
    names = [fact.id for fact in case.ruleset.facts]
    marked = draw(st.sets(st.sampled_from(names), min_size=1, max_size=2))
    facts = tuple(replace(f, special_category=f.id in marked) for f in case.ruleset.facts)
    decisions = (*case.ruleset.decisions, draw(turning_on(min(marked), facts)))
    ruleset = replace(case.ruleset, facts=facts, decisions=decisions)
    return Case(ruleset, case.state, type(case.executor)(ruleset))


def told(masked: Explanation) -> tuple[object, ...]:
    """Give the answers and the flags that are shown: what else a reader may learn from.

    Flags are among it, for a contradiction anywhere raises none.
    """
    return (
        tuple(flag.flag for flag in masked.flags),
        tuple(flag.flag for flag in masked.flags_possible),
        *(
            (node.status, node.outcome, node.candidates, node.possible, node.exact)
            for node in masked.verdicts.values()
        ),
    )


def check_all_read_the_same(clients: Iterable[Explanation]) -> int:
    """Hold clients who differ in hidden facts alone to the law; give how many pairs it was about.

    Those of whom the same is told have the same page in every form.
    """
    groups: dict[tuple[object, ...], dict[str, Explanation]] = {}
    everybody = list(clients)
    for masked in everybody:
        groups.setdefault(told(masked), {})[masked.model_dump_json()] = masked
    for same in groups.values():
        # All forms are made of what stands in JSON; those of the first two show how it reads.
        first, *others = (every_form(one) for one in islice(same.values(), 2))
        assert all(first == other for other in others)
        assert len(same) == 1
    return len(everybody) - len(groups)


def with_other(state: Mapping[str, T], hidden: Collection[str], other: Mapping[str, T]) -> Any:
    """Give a client of whom the hidden facts are those of another."""
    return {fact: (other if fact in hidden else state)[fact] for fact in state}


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(sensitive(min_facts=3), st.data())
def test_hidden_facts_change_nothing_but_verdicts_and_flags(
    case: Case, data: st.DataObject
) -> None:
    """Clients who differ in hidden facts alone, with equal answers and flags, read the same.

    Questions, reasons and changes too. So whatever can be learnt of a hidden fact is learnt from
    those; also whether it is known at all.
    """
    if data.draw(st.booleans()):
        # What is too large to be exact tells no more.
        case = replace(case, executor=build(case.ruleset, budget=data.draw(st.integers(4, 30))))
    facts = case.ruleset.facts
    hidden = case.explain().masked().hidden
    unknown = {fact.id: Known(fact.domain.full) for fact in facts}
    # What is open of the facts that are shown leaves questions.
    forgotten = st.just(set(unknown)) | st.sets(st.sampled_from(sorted(unknown)))
    state = with_other(case.state, data.draw(forgotten), unknown)
    other = data.draw(states(case.ruleset))
    clients = [state, with_other(state, hidden, unknown), with_other(state, hidden, other)] + [
        {**start, fact.id: Known(set_of_bits(1 << number))}
        for start in (state, other)
        for start in [with_other(state, hidden, start)]
        for fact in facts
        if fact.id in hidden
        for number in range(fact.domain.size)
    ]
    check_all_read_the_same(replace(case, state=one).explain().masked() for one in clients)


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_hidden_facts_of_the_shipped_policy_change_nothing_else(
    rijswijk: RuleSet, engine: Engine, data: st.DataObject
) -> None:
    """Of the policy of Rijswijk likewise, whatever is known, in part, declined or disputed."""
    hidden = engine.explain({}).masked().hidden
    state, *others = data.draw(st.lists(states(rijswijk), min_size=12, max_size=12))
    clients = [state, *(with_other(state, hidden, one) for one in others)]
    check_all_read_the_same(
        engine.explain(as_profile(rijswijk, one), lang="en").masked() for one in clients
    )


@pytest.mark.gate
@pytest.mark.parametrize("name", share([*VIGNETTES, *CHANGED]))
def test_clients_whose_health_is_anything_read_the_same(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """Each client with every value of each fact of health, unknown or declined: many pairs."""
    known = profile(rijswijk, name)
    clients = [
        engine.explain({**known, fact: value}, lang="nl").masked()
        for fact in engine.explain({}).masked().hidden
        for value in (None, DECLINED, *rijswijk.fact[fact].domain.values)
    ]
    assert check_all_read_the_same(clients)


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_what_was_observed_of_hidden_facts_does_not_show(data: st.DataObject) -> None:
    """Neither that it was, nor when and by whom; also where a source settles another fact."""
    marks = data.draw(st.lists(st.booleans(), min_size=4, max_size=4).filter(any))
    facts = tuple(replace(f, special_category=m) for f, m in zip(SMALL.facts, marks, strict=True))
    ruleset = replace(SMALL, facts=facts)
    engine = Engine(ruleset)
    hidden = engine.explain({}).masked().hidden
    seen = st.lists(observations(), max_size=5)
    shown = [one for one in data.draw(seen) if one.fact not in hidden]
    of_shown: dict[object, list[Explanation]] = {}
    for some in data.draw(st.lists(seen, min_size=2, max_size=6)):
        every = [*shown, *(one for one in some if one.fact in hidden)]
        one = engine.explain(Dossier(ruleset, every, as_of=TODAY).profile()).masked()
        # An observation of a hidden fact may settle one that is shown: then that differs too.
        known = [(node.status, node.ranges) for node in one.facts.values()]
        of_shown.setdefault(str(known), []).append(one)
    for clients in of_shown.values():
        check_all_read_the_same(clients)


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(cases(), st.data())
def test_no_value_of_a_hidden_fact_is_written_anywhere(case: Case, data: st.DataObject) -> None:
    """Values that no other fact has stand in no text, page or JSON, in either language."""
    marked = [
        replace(fact, special_category=True, domain=CategoryDomain(tuple(
            f"{fact.id}zzq{n}" for n in range(fact.domain.size)
        )))
        if data.draw(st.booleans()) else fact
        for fact in case.ruleset.facts
    ]  # fmt: skip
    ruleset = replace(case.ruleset, facts=tuple(marked))
    state = {fact: Known(known.allowed) for fact, known in case.state.items()}
    for language in ("nl", "en"):
        explained = Case(ruleset, state, type(case.executor)(ruleset)).explain(language).masked()
        assert not any("zzq" in text for text in every_form(explained).values())


@settings(max_examples=examples(60), deadline=None)
@given(sensitive())
def test_masking_twice_is_masking_once(case: Case) -> None:
    """What is hidden stays hidden, and what is shown stays as it was."""
    whole = case.explain()
    once = whole.masked()
    assert once.masked() == once
    assert set(once.hidden) >= {f.id for f in case.ruleset.facts if f.special_category}
    for name, node in once.facts.items():
        if name in once.hidden:
            assert (node.status, node.value, node.ranges) == ("masked", None, ())
            assert node.evidence is None
        else:
            assert node == whole.facts[name]
    for name, verdict in once.verdicts.items():
        assert verdict.status == whole.verdicts[name].status
        assert verdict.possible == whole.verdicts[name].possible
        if not once.why[name].masked:
            assert once.why[name] == whole.why[name]
            assert once.why_not[name] == whole.why_not[name]
    assert not {node.id for node in nodes(once) if isinstance(node, FactNode)} ^ {
        node.id for node in nodes(whole) if isinstance(node, FactNode)
    }


@settings(max_examples=examples(30), deadline=None)
@given(cases())
def test_without_special_facts_nothing_is_masked(case: Case) -> None:
    """Where no fact is special-category data, everybody reads the same."""
    explanation = case.explain()
    assert explanation.masked() == explanation


@pytest.mark.parametrize("name", share([*VIGNETTES, *CHANGED]))
def test_a_masked_explanation_satisfies_the_schema(
    rijswijk: RuleSet, engine: Engine, name: str
) -> None:
    """It is an explanation as any other, and the facts of health say nothing."""
    masked = engine.explain(profile(rijswijk, name), lang="nl").masked()
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    data = json.loads(masked.model_dump_json())
    jsonschema.Draft202012Validator(schema).validate(data)
    assert Explanation.model_validate_json(masked.model_dump_json()) == masked
    assert set(masked.hidden) == {
        "physical_health", "mental_health", "addiction",
        "physical_health_long_term", "mental_health_long_term",
    }  # fmt: skip
    assert masked.versions.input_sha256 is None
    assert [name for name, why in masked.why.items() if why.masked] == ["route", "path"]


@pytest.mark.gate
def test_health_of_the_caseload_does_not_show(rijswijk: RuleSet, engine: Engine) -> None:
    """Clients of the made caseload whose health is taken to be another's read the same page.

    As far as the answers are the same, of course.
    """
    health = [fact.id for fact in rijswijk.facts if fact.special_category]
    with open_caseload(CASELOAD, rijswijk) as caseload:
        some = islice(caseload, examples(120))
        profiles = [dict(row.profile) for row in some if row.profile is not None]
    same = 0
    for one, other in pairwise(profiles):
        swapped = {**one, **{fact: other.get(fact) for fact in health}}
        if one != swapped:
            pair = (engine.explain(x, lang="nl").masked() for x in (one, swapped))
            same += check_all_read_the_same(pair)
    assert same > examples(120) // 12


def test_that_an_answer_is_a_bound_is_not_masked(engine: Engine, rijswijk: RuleSet) -> None:
    """Of rules that are too large to be exact a reader knows that it is only a bound."""
    explanation = engine.explain(profile(rijswijk, "empty_file"), lang="en")
    route = replace(explanation.verdicts["route"], exact=False)
    other = replace(explanation, verdicts={**explanation.verdicts, "route": route})
    added = {*other.masked().verdicts["route"].sentences} - {
        *explanation.masked().verdicts["route"].sentences
    }
    assert added == {wording_of("en").inexact}


def test_a_profile_is_masked_whatever_its_state(engine: Engine, rijswijk: RuleSet) -> None:
    """Also where the hidden facts contradict each other: the reader learns that a person looks."""
    clash = {**profile(rijswijk, "one_huge_debt"), "physical_health_long_term": True}
    text = " ".join(engine.explain(clash, lang="nl").masked().to_text().split())
    assert "U en uw consulent kiezen samen" in text
    assert "langdurige lichamelijke klacht" in text  # its name, among what is not shown
    assert "niet samen waar" not in text
