"""A rule set that outgrows its budget never gives a wrong or silent answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from executors.test_coupled_facts import all_equal
from generated import BOTH, GROUNDS, rulesets, states
from routeengine.errors import RuleSetError
from routeengine.executors import questions
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import Exactly, FactIs, Not, walk
from routeengine.ruleset.model import Constraint, RuleSet
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.influence import levels_together
from routeengine.truth import Truth
from routeengine.value_set import set_of_bits


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_residuals_are_exact(data: st.DataObject) -> None:
    """With no room for whole diagrams, the residual of each profile gives the same answers."""
    ruleset = data.draw(rulesets())
    lanes = build(ruleset, budget=data.draw(st.integers(4, 30)))
    reference = ReferenceExecutor(ruleset)
    some = [data.draw(states(ruleset)) for _ in range(2)]
    assert list(map(lanes.evaluate, some)) == list(map(reference.evaluate, some))
    for name, verdict in reference.evaluate(some[0]).verdicts.items():
        assert lanes.possible(some[0], name) == verdict.possible


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_bounds_are_never_too_narrow(data: st.DataObject) -> None:
    """With hardly any room at all, no possible verdict is left out and no truth is wrong."""
    ruleset = data.draw(rulesets())
    state = data.draw(states(ruleset))
    budget = data.draw(st.integers(4, 8))
    executor = build(ruleset, budget=budget, residual_budget=budget)
    lanes = executor.inspect(state)
    reference = ReferenceExecutor(ruleset).inspect(state)
    for name, exact in reference.answer.verdicts.items():
        bound = lanes.answer.verdicts[name]
        closer = executor.possible(state, name)
        assert not bound.exact or closer == bound.possible
        if reference.conflicts and not bound.exact:
            # The clash itself may be out of reach: then nothing is certain, and `exact` says so.
            assert "review" in bound.possible or set(bound.possible) >= set(exact.possible)
            continue
        # Asked of one decision alone, the budget is all for it.
        assert set(bound.possible) >= set(closer) >= set(exact.possible)
        assert not bound.exact or bound.possible == exact.possible
        assert bound.status in (exact.status, "insufficient", "review")
        if exact.status == bound.status == "insufficient":
            assert set(bound.missing) >= set(exact.missing)
    if not reference.conflicts:
        for condition in ruleset.conditions:
            for part in walk(condition):
                assert lanes.truth(part) in (reference.truth(part), Truth.OPEN)


def test_facts_that_only_change_together_are_all_asked() -> None:
    """14 facts that are all equal: no smaller set of them changes anything."""
    ruleset = all_equal(14)
    unknown = {fact.id: Known(set_of_bits(3)) for fact in ruleset.facts}
    verdict = LanesExecutor(ruleset).evaluate(unknown).verdicts["d"]
    assert set(verdict.missing) == set(ruleset.fact)


def test_past_the_most_pairs_every_coupled_fact_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather a question too many than one too few."""
    monkeypatch.setattr(questions, "levels_together", partial(levels_together, most_pairs=3))
    ruleset = all_equal(5)
    unknown = {fact.id: Known(set_of_bits(3)) for fact in ruleset.facts}
    verdict = LanesExecutor(ruleset).evaluate(unknown).verdicts["d"]
    assert set(verdict.missing) == set(ruleset.fact)


def test_constraints_that_exclude_everything_are_refused() -> None:
    """At building where they fit the budget, else when the first profile shows it."""
    ruleset = all_equal(3)
    nothing = ruleset.constraints[0].forbids
    impossible = replace(
        ruleset,
        constraints=(*ruleset.constraints, Constraint("no", Not(nothing), BOTH, GROUNDS)),
    )
    with pytest.raises(RuleSetError, match="exclude every profile"):
        LanesExecutor(impossible)
    late = LanesExecutor(impossible, budget=4)
    with pytest.raises(RuleSetError, match="`x0`, `x1`, `x2` exclude every profile"):
        late.evaluate({fact.id: Known(set_of_bits(3)) for fact in impossible.facts})


def many_counts(number: int) -> RuleSet:
    """Build a rule set whose every decision counts twelve facts up to a number of its own."""
    equal = all_equal(12)
    leaves = tuple(FactIs(fact, set_of_bits(2)) for fact in equal.fact)
    (first,) = equal.decisions
    yes, no = first.rules
    decisions = []
    for place in range(number):
        when = Exactly(4 + place % 5, leaves[place % 3 :])
        rules = (replace(yes, id=f"yes{place}", when=when), replace(no, id=f"no{place}"))
        decisions.append(replace(first, id=f"d{place}", rules=rules))
    return replace(equal, decisions=tuple(decisions), constraints=())


def test_what_is_thrown_away_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many parts do not fit, about three budgets of nodes are made, kept ones included."""
    made = 0
    add = Diagram._add

    def counted(diagram: Diagram, level: int, children: tuple[Node, ...], value: object) -> Node:
        nonlocal made
        made += 1
        return add(diagram, level, children, value)

    monkeypatch.setattr(Diagram, "_add", counted)
    monkeypatch.setattr("routeengine.symbolic.workspace.FEWEST_NODES", 1)
    ruleset = many_counts(40)
    budget = 50
    executor = LanesExecutor(ruleset, budget=budget)
    assert set(executor.compiled.decisions.values()) == {None}
    attempts = 2 * (len(executor.compiled.conditions) + len(ruleset.decisions))
    assert made <= 3 * budget + attempts
