"""What cannot stand together: as the reference lists it, and where no list could be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.made import a_ruleset, a_state
from examples import examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets, states
from routeengine.errors import BudgetError, RuleSetError
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Any, AtLeast, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Rule, RuleSet
from routeengine.value_set import set_of_bits


def _fact_is(fact: str, bits: int) -> FactIs:
    return FactIs(fact, set_of_bits(bits))


def half_forbidden(size: int) -> RuleSet:
    """Build a rule set in which fewer than half of the facts are true; two decisions read two."""
    names = [f"f{number}" for number in range(size)]
    outcomes = (Outcome("a", BOTH, BOTH), Outcome("b", BOTH, BOTH))
    decisions = [
        Decision(name, BOTH, outcomes, (
            Rule(f"{name}_yes", FactIs(fact, set_of_bits(2)), "a", BOTH, BOTH, GROUNDS),
            Rule(f"{name}_else", None, "b", BOTH, BOTH, GROUNDS),
        ))
        for name, fact in (("first", "f0"), ("last", names[-1]))
    ]  # fmt: skip
    forbidden = AtLeast(size // 2, tuple(FactIs(name, set_of_bits(2)) for name in names))
    return build_ruleset(
        "half",
        facts=tuple(a_fact(name, BooleanDomain()) for name in names),
        decisions=tuple(decisions),
        constraints=(Constraint("half", forbidden, BOTH, GROUNDS),),
    )


def true(ruleset: RuleSet, *unlike: str) -> dict[str, Known]:
    """Give the state in which every fact is true, and those that are named are not."""
    return {fact.id: Known(set_of_bits(1 if fact.id in unlike else 2)) for fact in ruleset.facts}


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_conflicts_are_those_that_the_reference_lists(data: st.DataObject) -> None:
    """What is asked of them comes out the same, for any rule set and state of knowledge."""
    ruleset = data.draw(rulesets(max_constraints=4))
    state = data.draw(states(ruleset))
    facts = data.draw(st.sets(st.sampled_from(list(ruleset.fact))))
    try:
        lanes = LanesExecutor(ruleset)
    except RuleSetError:  # its constraints exclude everything
        assume(False)
        raise
    found = lanes.inspect(state).conflicts
    listed = ReferenceExecutor(ruleset).inspect(state).conflicts
    assert bool(found) == bool(listed)
    assert found.union == listed.union
    assert found.touching(facts) == listed.touching(facts)
    assert found.smallest(facts) == listed.smallest(facts)


@pytest.mark.parametrize("build", [LanesExecutor, ReferenceExecutor])
def test_of_as_small_conflicts_the_first_declared_comes_first(
    build: Callable[[RuleSet], Executor],
) -> None:
    """Whichever constraint stands first; and a value counts as those that mean the same."""
    excluded = [[("f2", 2), ("f3", 2)], [("f0", 6), ("f1", 2)]]
    ruleset = half_forbidden(4)
    ruleset = replace(
        ruleset,
        facts=(a_fact("f0", IntegerDomain(0, 2)), *ruleset.facts[1:]),
        decisions=(),
        constraints=tuple(
            Constraint(
                f"k{n}",
                All(tuple(FactIs(fact, set_of_bits(bits)) for fact, bits in some)),
                BOTH,
                GROUNDS,
            )
            for n, some in enumerate(excluded)
        ),
    )
    state = {
        "f0": Known(set_of_bits(4)),
        "f1": Known(set_of_bits(2)),
        "f2": Known(set_of_bits(2)),
        "f3": Known(set_of_bits(2)),
    }
    conflicts = build(ruleset).inspect(state).conflicts
    assert conflicts.union == set(ruleset.fact)
    assert conflicts.smallest({"f1", "f2"}) == frozenset({"f0", "f1"})
    assert conflicts.smallest({"f2"}) == frozenset({"f2", "f3"})


@pytest.mark.parametrize("size", [16, 40, 100])
def test_one_contradictory_client_of_many_facts_is_answered(size: int) -> None:
    """10^29 minimal conflicts of 100 facts: each decision names all the facts, exactly."""
    ruleset = half_forbidden(size)
    lanes = LanesExecutor(ruleset)
    state = true(ruleset, "f0")
    verdicts = lanes.evaluate(state).verdicts
    assert (verdicts["first"].outcome, verdicts["first"].conflict) == ("b", ())
    last = verdicts["last"]
    assert (last.reason, last.possible, last.exact) == ("contradiction", ("review",), True)
    assert last.conflict == tuple(f"f{number}" for number in range(1, size))


def test_where_minimal_conflicts_do_not_fit_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict is what it is, and says that it does not name all facts."""
    ruleset = half_forbidden(16)

    def too_many(*_: object) -> None:
        raise BudgetError("too many")

    monkeypatch.setattr("routeengine.symbolic.conflicts.minimal_sets", too_many)
    verdicts = LanesExecutor(ruleset).evaluate(true(ruleset, "f0")).verdicts
    assert (verdicts["first"].outcome, verdicts["first"].exact) == ("b", True)
    last = verdicts["last"]
    assert (last.reason, last.possible, last.exact) == ("contradiction", ("review",), False)
    assert len(last.conflict) == 8
    assert "f15" in last.conflict
    assert "f0" not in last.conflict


def test_where_nothing_fits_all_that_is_known_is_forgotten() -> None:
    """Then no decision that a constraint bears on is certain, and it says so."""
    ruleset = half_forbidden(16)
    lanes = LanesExecutor(ruleset, budget=4, residual_budget=40)
    inspection = lanes.inspect(true(ruleset, "f0"))
    assert inspection.conflicts.union == set(ruleset.fact)
    for verdict in inspection.answer.verdicts.values():
        assert (verdict.reason, verdict.exact) == ("contradiction", False)
        assert verdict.conflict == tuple(ruleset.fact)
        assert verdict.possible == ("a", "b", "review")


def test_where_a_clash_is_out_of_reach_nothing_is_narrowed() -> None:
    """What is wrong as a whole can be too large, and any part of it small enough to be excluded."""
    names = [f"f{number}" for number in range(4)]
    forbidden = Any(
        (
            AtLeast(2, tuple(FactIs(name, set_of_bits(2)) for name in names[1:])),
            FactIs("f0", set_of_bits(2)),
        )
    )
    half = half_forbidden(4)
    ruleset = replace(half, constraints=(Constraint("some", forbidden, BOTH, GROUNDS),))
    state = {name: Known(set_of_bits(2 if name == "f0" else 3)) for name in names}
    seen = set()
    for budget in range(4, 20):
        inspection = LanesExecutor(ruleset, budget, budget).inspect(state)
        seen.add(bool(inspection.conflicts))
        assert {inspection.values(name) for name in names[1:]} == {set_of_bits(3)}
    assert seen == {True, False}


def test_constraints_that_exclude_everything_are_seen_when_they_are_asked() -> None:
    """Where they were too large to be seen when the rule set was compiled."""
    ruleset = half_forbidden(16)
    (half,) = ruleset.constraints
    opposite = Constraint(
        "rest",
        AtLeast(9, tuple(FactIs(name, set_of_bits(1)) for name in ruleset.fact)),
        BOTH,
        GROUNDS,
    )
    both = replace(ruleset, constraints=(half, opposite))
    lanes = LanesExecutor(both, budget=4)
    for state in (true(both), {fact: Known(set_of_bits(3)) for fact in both.fact}):
        with pytest.raises(RuleSetError, match="exclude every profile"):
            lanes.evaluate(state)


@pytest.mark.parametrize("build", [partial(LanesExecutor, budget=4), ReferenceExecutor])
def test_whatever_is_known_nobody_fits_constraints_that_exclude_everything(
    build: Callable[[RuleSet], LanesExecutor | ReferenceExecutor],
) -> None:
    """So no facts are named as a conflict: the smallest set of them that clashes is empty."""
    ruleset = half_forbidden(4)
    (half,) = ruleset.constraints
    opposite = replace(half, id="opposite", forbids=Not(half.forbids))
    executor = build(replace(ruleset, constraints=(half, opposite)))
    for state in (true(ruleset), {fact: Known(set_of_bits(3)) for fact in ruleset.fact}):
        with pytest.raises(RuleSetError, match="`f0`, `f1`, `f2`, `f3` exclude every profile"):
            executor.evaluate(state)


@settings(max_examples=examples(40))
@given(st.randoms(use_true_random=False), st.data())
def test_the_reference_refuses_a_rule_set_that_nobody_fits(
    random: Random, data: st.DataObject
) -> None:
    """It tells what the lanes tell, and of no other rule set; whatever is known."""
    ruleset = a_ruleset(random)
    # Half of them have their first constraint twice, once the other way round: nobody is left.
    twice: bool = data.draw(st.booleans())
    if twice and ruleset.constraints:
        first = ruleset.constraints[0]
        opposite = replace(first, id="opposite", forbids=Not(first.forbids))
        ruleset = replace(ruleset, constraints=(*ruleset.constraints, opposite))
    told = ""
    try:
        LanesExecutor(ruleset)
    except RuleSetError as error:
        told = str(error)
    reference, state = ReferenceExecutor(ruleset), a_state(random, ruleset)
    if told:
        with pytest.raises(RuleSetError) as caught:
            reference.evaluate(state)
        assert str(caught.value) == told
    else:
        reference.evaluate(state)


def test_the_reference_refuses_what_it_cannot_list() -> None:
    """Comparing subsets of many facts would not end."""
    ruleset = half_forbidden(6)
    executor = ReferenceExecutor(ruleset)
    assert len(executor.conflicts(true(ruleset))) == 20
    with pytest.raises(BudgetError, match="too many facts clash to list subsets"):
        ReferenceExecutor(ruleset, most_compared=1_000).conflicts(true(ruleset))
