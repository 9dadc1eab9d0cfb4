"""Which facts can only change together, by the constraints alone."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, rulesets
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, FactIs, Not
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Fact, Outcome, RuleSet
from routeengine.symbolic import ties
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.ties import tied_sets

State = tuple[int, ...]


def between(state: State, one: State, other: State) -> bool:
    """Say whether a state takes each fact from one of two others, and is neither."""
    mixed = all(s in pair for s, *pair in zip(state, one, other, strict=True))
    return mixed and state not in (one, other)


def parted(compiled: CompiledRuleSet, number: int) -> set[frozenset[str]]:
    """List the sets of facts on which two states differ with nothing possible in between."""
    facts = [fact for fact in compiled.couplings[number].facts if fact in compiled.order]
    held = compiled.coupled[number]
    assert held is not None
    possible = []
    for state in product(*(range(len(compiled.cells.of[fact])) for fact in facts)):
        given_cells = {f: 1 << s for f, s in zip(facts, state, strict=True)}
        masks = compiled.whole.masks(compiled.everything | given_cells)
        if 1 in compiled.whole.diagram.reach(held, masks):
            possible.append(state)
    found = {
        frozenset(f for f, a, b in zip(facts, one, other, strict=True) if a != b)
        for one, other in combinations(possible, 2)
        if not any(between(state, one, other) for state in possible)
    }
    return {some for some in found if len(some) > 1}


@settings(max_examples=examples(150), deadline=None)
@given(rulesets(), st.booleans())
def test_ties_are_states_with_nothing_possible_in_between(ruleset: RuleSet, many: bool) -> None:
    """The sets are the smallest on which two such states differ, by listing all of them.

    Where there are too many states for that they are pairs, one of which is in each such set.
    """
    with pytest.MonkeyPatch.context() as patch:
        if many:
            patch.setattr(ties, "MOST_STATES", 0)
        try:
            compiled = LanesExecutor(ruleset).compiled
        except RuleSetError:
            return
        for number in range(len(compiled.couplings)):
            found, true = set(tied_sets(compiled, number)), parted(compiled, number)
            if many:
                assert all(any(pair <= some for pair in found) for some in true)
            else:
                assert found == {some for some in true if not any(less < some for less in true)}


def constrained(facts: tuple[Fact, ...], forbidden: Condition) -> CompiledRuleSet:
    """Compile a rule set that says nothing but what is forbidden."""
    ruleset = RuleSet(
        "tied", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"), facts, (),
        (Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), ()),),
        (Constraint("k", forbidden, BOTH, GROUNDS),),
    )  # fmt: skip
    return LanesExecutor(ruleset).compiled


def test_what_more_of_only_forbids_ties_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """At least twenty of forty: each can be let go by itself. The others may be tied, in pairs."""
    facts = tuple(a_fact(f"f{number}", IntegerDomain(0, 2)) for number in range(40))
    most = AtLeast(20, tuple(FactIs(fact.id, 4) for fact in facts))
    assert tied_sets(constrained(facts, most), 0) == []
    some = Any(
        (most, All((FactIs("f0", 1), FactIs("f1", 2))), All((FactIs("f0", 2), FactIs("f1", 1))))
    )
    assert tied_sets(constrained(facts, some), 0) == [frozenset({"f0", "f1"})]
    monkeypatch.setattr(ties, "MOST_NODES", 500)
    assert len(tied_sets(constrained(facts, most), 0)) == 40 * 39 / 2


def test_a_larger_set_is_left_out_beside_a_smaller_one_in_it() -> None:
    """Three states: two facts change together between two of them, all three to the third."""
    facts = tuple(a_fact(f"f{number}", IntegerDomain(0, 2)) for number in range(3))
    states = [(0, 0, 0), (1, 1, 0), (2, 2, 2)]
    allowed = Any(
        tuple(
            All(tuple(FactIs(f.id, 1 << s) for f, s in zip(facts, state, strict=True)))
            for state in states
        )
    )
    compiled = constrained(facts, Not(allowed))
    assert tied_sets(compiled, 0) == [frozenset({"f0", "f1"})]
