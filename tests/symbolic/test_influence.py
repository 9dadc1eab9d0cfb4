"""Which variables change a value, alone and together, held against the definitions."""

from __future__ import annotations

from itertools import combinations, product
from operator import eq

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from routeengine.errors import BudgetError, RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, FactIs
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Fact, Outcome, RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.influence import (
    leaves_by_cell,
    levels_alone,
    levels_together,
    tied_sets,
)
from routeengine.value_set import set_of_bits

State = tuple[int, ...]

SIZES = (2, 3, 2, 2)


def same(one: object, other: object) -> bool:
    """Say that two values are the same, or that there is nothing to compare."""
    return one is None or other is None or one == other


def drawn(data: st.DataObject) -> tuple[Diagram, Node, dict[State, str | None]]:
    """Draw a function of four variables; None is a value that nothing is compared with."""
    diagram = Diagram(SIZES, 10_000)
    values = {
        state: data.draw(st.sampled_from(["x", "y", None, None]))
        for state in product(*map(range, SIZES))
    }

    def below(*state: int) -> Node:
        if len(state) == len(SIZES):
            return diagram.leaf(values[state])
        return diagram.node(len(state), tuple(below(*state, n) for n in range(SIZES[len(state)])))

    return diagram, below(), values


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_variables_are_those_of_the_smallest_sets_that_differ(data: st.DataObject) -> None:
    """A set counts where values differ on just that set, and on no smaller part of it."""
    diagram, root, values = drawn(data)
    apart = {
        frozenset(at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
        for one, other in combinations(values, 2)
        if not same(values[one], values[other])
    }
    assert levels_alone(diagram, root, same) == {
        at for some in apart if len(some) == 1 for at in some
    }
    pool = data.draw(st.sets(st.integers(0, len(SIZES) - 1)))
    inside = [some for some in apart if some <= pool]
    smallest = [some for some in inside if not any(less < some for less in inside)]
    found = levels_together(diagram, root, pool, eq, diagram.leaf(None))
    assert found == set().union(*smallest)


@settings(max_examples=examples(200), deadline=None)
@given(st.data(), st.tuples(*(st.integers(1, 2**size - 1) for size in SIZES)))
def test_what_each_cell_leads_to_is_what_its_completions_have(
    data: st.DataObject, may: tuple[int, ...]
) -> None:
    """Per variable that the function depends on, and per cell that it may be in."""
    diagram, root, values = drawn(data)
    ends: dict[tuple[int, int], set[str | None]] = {}
    for state in product(*map(range, SIZES)):
        if all(cells >> cell & 1 for cells, cell in zip(may, state, strict=True)):
            for at in diagram.support(root):
                ends.setdefault((at, state[at]), set()).add(values[state])
    reached = leaves_by_cell(diagram, root, may)
    assert {(at, c): found for at, some in reached.items() for c, found in some.items()} == ends


def test_a_function_that_is_too_large_is_refused() -> None:
    """How many pairs of nodes are looked at is bounded."""
    diagram = Diagram(SIZES, 100)
    low, high = diagram.leaf("x"), diagram.leaf("y")
    root = diagram.node(0, (diagram.node(1, (low, high, low)), high))
    with pytest.raises(BudgetError, match="more than 1 pairs"):
        levels_together(diagram, root, {0, 1}, same, diagram.leaf(None), most_pairs=1)


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
        masks = compiled.whole.masks(compiled.cells.everything | given_cells)
        if 1 in compiled.whole.diagram.reach(held, masks):
            possible.append(state)
    found = {
        frozenset(f for f, a, b in zip(facts, one, other, strict=True) if a != b)
        for one, other in combinations(possible, 2)
        if not any(between(state, one, other) for state in possible)
    }
    return {some for some in found if len(some) > 1}


@settings(max_examples=examples(150), deadline=None)
@given(rulesets())
def test_states_with_nothing_possible_in_between_part_a_tied_pair(ruleset: RuleSet) -> None:
    """Whatever can only change together has one of the pairs in it, by listing all states."""
    try:
        compiled = LanesExecutor(ruleset).compiled
    except RuleSetError:
        return
    for number in range(len(compiled.couplings)):
        found = tied_sets(compiled, number)
        assert all(any(pair <= some for pair in found) for some in parted(compiled, number))


def constrained(facts: tuple[Fact, ...], forbidden: Condition) -> CompiledRuleSet:
    """Compile a rule set that says nothing but what is forbidden."""
    ruleset = build_ruleset(
        "tied",
        facts=facts,
        decisions=(Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), ()),),
        constraints=(Constraint("k", forbidden, BOTH, GROUNDS),),
    )
    return LanesExecutor(ruleset).compiled


def test_what_more_of_only_forbids_ties_nothing() -> None:
    """At least twenty of forty: each can be let go by itself. The others may be tied, in pairs."""
    facts = tuple(a_fact(f"f{number}", IntegerDomain(0, 2)) for number in range(40))
    most = AtLeast(20, tuple(FactIs(fact.id, set_of_bits(4)) for fact in facts))
    assert tied_sets(constrained(facts, most), 0) == []
    some = Any(
        (
            most,
            All((FactIs("f0", set_of_bits(1)), FactIs("f1", set_of_bits(2)))),
            All((FactIs("f0", set_of_bits(2)), FactIs("f1", set_of_bits(1)))),
        )
    )
    assert tied_sets(constrained(facts, some), 0) == [frozenset({"f0", "f1"})]
    assert len(tied_sets(constrained(facts, most), 0, most_nodes=500)) == 40 * 39 / 2
