"""Which facts can only change together, by the constraints alone."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, rulesets
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.ruleset.conditions import All, Any, FactIs, Not
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, RuleSet
from routeengine.symbolic.ties import tied_sets

State = tuple[int, ...]


def between(state: State, one: State, other: State) -> bool:
    """Say whether a state takes each fact from one of two others, and is neither."""
    mixed = all(s in pair for s, *pair in zip(state, one, other, strict=True))
    return mixed and state not in (one, other)


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_ties_are_states_with_nothing_possible_in_between(data: st.DataObject) -> None:
    """The sets are the smallest on which two such states differ, by listing all of them."""
    try:
        executor = LanesExecutor(data.draw(rulesets()))
    except RuleSetError:
        return
    compiled = executor.compiled
    for number, coupling in enumerate(compiled.couplings):
        facts = [fact for fact in coupling.facts if fact in compiled.order]
        possible = []
        for state in product(*(range(len(compiled.cells.of[fact])) for fact in facts)):
            given_cells = {f: 1 << s for f, s in zip(facts, state, strict=True)}
            masks = compiled.whole.masks(compiled.everything | given_cells)
            held = compiled.coupled[number]
            assert held is not None
            if 1 in compiled.whole.diagram.reach(held, masks):
                possible.append(state)
        parted = {
            frozenset(f for f, a, b in zip(facts, one, other, strict=True) if a != b)
            for one, other in combinations(possible, 2)
            if not any(between(state, one, other) for state in possible)
        }
        parted = {some for some in parted if len(some) > 1}
        smallest = {some for some in parted if not any(less < some for less in parted)}
        assert set(tied_sets(compiled, number)) == smallest


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
    ruleset = RuleSet(
        "tied", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"), facts, (),
        (Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), ()),),
        (Constraint("k", Not(allowed), BOTH, GROUNDS),),
    )  # fmt: skip
    compiled = LanesExecutor(ruleset).compiled
    assert tied_sets(compiled, 0) == [frozenset({"f0", "f1"})]
