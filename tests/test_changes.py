"""What would have to be different: all smallest sets, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states
from routeengine import Engine
from routeengine.changes import ChangeSet
from routeengine.errors import BudgetError, UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known, State
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.neighbours import Neighbours
from routeengine.value_set import ValueSet, single
from test_engine import as_profile


def by_enumeration(
    ruleset: RuleSet, state: State, decision: str, outcome: str, limit: int
) -> set[frozenset[tuple[str, ValueSet]]]:
    """Find the smallest sets the slow way; a step is (fact, group of values alike)."""
    reference = ReferenceExecutor(ruleset)
    steps = []
    for fact, known in state.items():
        one = known.allowed.is_single
        steps += [
            (fact, group) for group in reference.groups[fact] if bool(group & known.allowed) != one
        ]
    found: set[frozenset[tuple[str, ValueSet]]] = set()
    for size in range(limit + 1):
        for some in combinations(steps, size):
            moved = dict(some)
            if len(moved) < size or any(one <= set(some) for one in found):
                continue
            after = dict(state)
            for fact, group in moved.items():
                allowed = state[fact].allowed
                kept = group & allowed if allowed.has_several else group
                after[fact] = Known(single(kept.lowest))
            verdict = reference.evaluate(after).verdicts[decision]
            # A contradiction is a review of another kind: nothing leads there.
            if verdict.possible == (outcome,) and not verdict.conflict:
                found.add(frozenset(some))
    return found


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_changes_are_those_that_enumeration_finds(data: st.DataObject) -> None:
    """On generated rule sets, known, partial and unknown facts, with constraints."""
    ruleset = data.draw(rulesets(max_facts=4))
    build(ruleset)
    engine = Engine(ruleset)
    state = data.draw(states(ruleset))
    decision = data.draw(st.sampled_from(ruleset.decisions))
    if ReferenceExecutor(ruleset).conflicts(state):
        return
    keys = [outcome.id for outcome in decision.outcomes] + ["review", "not_applicable"]
    outcome = data.draw(st.sampled_from(keys))
    profile = as_profile(ruleset, state)
    groups = ReferenceExecutor(ruleset).groups

    def steps(one: ChangeSet) -> frozenset[tuple[str, ValueSet]]:
        moved = {**one.changes, **one.answers}
        return frozenset(
            (
                fact,
                next(g for g in groups[fact] if ruleset.fact[fact].domain.index(v) in g),
            )
            for fact, v in moved.items()
        )

    found = [steps(one) for one in engine.changes_to(profile, decision.id, outcome, 2)]
    assert len(found) == len(set(found))
    assert set(found) == by_enumeration(ruleset, state, decision.id, outcome, 2)


KNOWN: dict[str, Any] = {
    "rung": 2, "receives_benefit": True, "current_service": "participation",
    "finances": "serious", "physical_health": "none", "mental_health": "none", "family": "none",
    "addiction": "none", "housing": "none", "other_domain": "none",
    "physical_health_long_term": False, "mental_health_long_term": False,
    "able_to_participate": True, "can_start_soon": False, "willing": True,
    "volunteering": False, "informal_care": False, "part_time_work": False,
    "day_activities": False, "other_activity": False, "at_maximum": False,
    "work_ready_suspected": False, "conversation_held": True, "prognosis_months": 12,
}  # fmt: skip


def test_one_huge_debt_is_one_problem_away_from_route_b(engine: Engine) -> None:
    """Any second problem leads to B; two changes lead to A."""
    to_b = engine.changes_to(KNOWN, "route", "B", max_changes=1)
    assert all(one.size == 1 and not one.answers for one in to_b)
    assert {fact for one in to_b for fact in one.changes} == {
        "physical_health", "mental_health", "family", "addiction", "housing", "other_domain",
    }  # fmt: skip
    to_a = engine.changes_to(KNOWN, "route", "A", max_changes=2)
    assert {tuple(one.changes) for one in to_a} == {("finances", "can_start_soon")}


def test_actionable_changes_keep_to_what_a_person_can_do(engine: Engine) -> None:
    """Nobody is told to have more problems, to stop volunteering, or to be judged otherwise."""
    active = {**KNOWN, "volunteering": True, "at_maximum": True}
    for outcome in ("A", "B", "C", "D"):
        for one in engine.changes_to(active, "route", outcome, actionable_only=True):
            for fact, value in one.changes.items():
                spec = engine.ruleset.fact[fact]
                assert spec.actionable != "no"
                now = spec.domain.index(active[fact])
                new = spec.domain.index(value)
                assert now is not None
                assert new is not None
                assert (new > now) if spec.actionable == "up" else (new < now)
            assert one.changes.get("volunteering") is not False
    everything = engine.changes_to(active, "route", "A")
    assert len(everything) > len(engine.changes_to(active, "route", "A", actionable_only=True))


def test_any_direction_is_both_directions(rijswijk: RuleSet) -> None:
    """A fact on which a person can act either way moves either way."""
    facts = tuple(replace(fact, actionable="any") for fact in rijswijk.facts)
    free = Engine(replace(rijswijk, facts=facts))
    assert free.changes_to(KNOWN, "route", "A", actionable_only=True) == free.changes_to(
        KNOWN, "route", "A"
    )


def test_answers_are_kept_apart_from_changes(engine: Engine) -> None:
    """What is unknown is answered, what is known is changed."""
    open_question = {**KNOWN, "family": "mild", "willing": None}
    (only,) = engine.changes_to(open_question, "route", "B", max_changes=1)
    assert (dict(only.changes), dict(only.answers)) == ({}, {"willing": True})


def test_nothing_has_to_change_for_what_is_so_already(engine: Engine) -> None:
    """The one smallest set is the empty one, for a result as for a profile."""
    result = engine.classify({**KNOWN, "family": "mild"})
    assert engine.changes_to(result, "route", "B") == (ChangeSet(),)


def test_the_nearest_value_is_proposed(engine: Engine) -> None:
    """For a range of months that mean the same, the one nearest to today's stands there."""
    unable = {**KNOWN, "able_to_participate": False, "prognosis_months": 12}
    (to_d,) = [
        one
        for one in engine.changes_to(unable, "route", "D", 1)
        if "prognosis_months" in one.changes
    ]
    assert to_d.changes["prognosis_months"] == 24
    later = {**unable, "prognosis_months": 60}
    back = [
        one.changes["prognosis_months"]
        for one in engine.changes_to(later, "route", "review", 1)
        if "prognosis_months" in one.changes
    ]
    assert back == [12, 18, 23]


def test_a_set_that_would_not_lead_there_is_never_given(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each set is classified before it is given; one that fails is a fault of ours."""
    monkeypatch.setattr(Neighbours, "all_to", lambda *_: [((0, 0),)])
    with pytest.raises(AssertionError, match="does not lead to `A`"):
        engine.changes_to(KNOWN, "route", "A")


def test_no_value_is_shown_by_repr(engine: Engine) -> None:
    """Only the names of facts are."""
    shown = repr(engine.changes_to(KNOWN, "route", "B", 1))
    assert "family" in shown
    assert "mild" not in shown
    assert "serious" not in shown


@pytest.mark.parametrize(
    ("decision", "outcome", "limit", "message"),
    [
        ("rout", "A", 1, "no decision `rout`"),
        ("route", "E", 1, "no outcome `E` of `route`"),
        ("route", "A", -1, "0 or more"),
    ],
)
def test_what_does_not_exist_is_refused(
    engine: Engine, decision: str, outcome: str, limit: int, message: str
) -> None:
    """The message lists what there is."""
    with pytest.raises(UsageError, match=message):
        engine.changes_to(KNOWN, decision, outcome, limit)


def test_a_decision_over_its_budget_is_not_searched(rijswijk: RuleSet) -> None:
    """There is an error rather than a list that lacks something."""
    engine = Engine(rijswijk, executor="reference")
    engine.__dict__["lanes"] = LanesExecutor(rijswijk, budget=40)
    with pytest.raises(BudgetError, match="too large to search"):
        engine.changes_to(KNOWN, "route", "A")
