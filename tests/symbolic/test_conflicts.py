"""Minimal conflicts without a list, held against plain subsets; and how large they stay."""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import combinations, product
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.errors import BudgetError
from routeengine.symbolic.conflicts import (
    Clash,
    Conflicts,
    clash_of,
    minimal_sets,
    sets_in,
    smallest_clashes,
)
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.verification.space import count_leaves
from symbolic.conflicting import ORDER, SIZES, Made, forbidding, made

facts = st.sets(st.sampled_from(ORDER))


def conflicts_of(one: Made, budget: int = 10_000) -> Conflicts:
    """Give the conflicts as an executor has them: of a profile that may clash."""
    return Conflicts(tuple(one.known), [Clash(one.known, one.diagram, one.held, ORDER, budget)])


@settings(max_examples=examples(500), deadline=None)
@given(made(), facts)
def test_all_that_is_asked_is_as_plain_subsets_have_it(one: Made, read: set[str]) -> None:
    """Union, each set, what touches a fact, and the smallest, first in declared order."""
    plain = one.conflicts() if one.allowed else []
    found = conflicts_of(one)
    touching = [some for some in plain if some & read]
    assert bool(found) == bool(plain)
    assert found.union == frozenset().union(*plain)
    assert found.exact(ORDER)
    assert found.touching(read) == frozenset().union(*touching)
    assert found.smallest(read) == next(iter(touching), None)
    told = [(one.known[fact],) if fact in one.known else () for fact in ORDER]
    own, root = clash_of(one.diagram, one.held, told)
    listed = list(sets_in(own, minimal_sets(own, root)))
    named = {frozenset(ORDER[level] for level, _ in some) for some in listed}
    if one.allowed:
        assert (len(listed), named) == (len(plain), set(plain))


@settings(max_examples=examples(200), deadline=None)
@given(made())
def test_nothing_clashes_once_the_union_is_forgotten(one: Made) -> None:
    """A conflict that was left would hold a minimal one, and that was forgotten."""
    union = conflicts_of(one).union
    left = {fact: cells for fact, cells in one.known.items() if fact not in union}
    assert one.clashes(left) == (not one.allowed)
    assert not conflicts_of(Made(one.diagram, one.held, one.allowed, left))


@settings(max_examples=examples(500), deadline=None)
@given(made(), facts, st.integers(1, 30))
def test_over_the_budget_more_may_be_said_and_never_less(
    one: Made, read: set[str], budget: int
) -> None:
    """Where sets do not fit one is named; where nothing does, all that is known is forgotten."""
    plain = one.conflicts() if one.allowed else []
    if not plain:
        return  # who calls knows that the facts clash
    clash = Clash(one.known, one.diagram, one.held, ORDER, budget)
    union = frozenset().union(*plain)
    named = clash.touching(read)
    assert clash.exact <= clash.fits
    assert clash.union == union if clash.fits else clash.union == set(one.known)
    assert bool(named) == (not clash.union.isdisjoint(read))
    if clash.exact:
        assert named == frozenset().union(*[some for some in plain if some & read])
        return
    assert clash.smallest(read) == named
    assert not named or named == clash.union or (named in plain and named & read)
    assert clash.fits or named in (frozenset(), clash.union)


def too_many(*_: object) -> Node:
    """Stand in for minimal sets that do not fit."""
    raise BudgetError("too many")


@settings(max_examples=examples(300), deadline=None)
@given(made())
def test_where_sets_do_not_fit_any_fact_of_a_conflict_has_one_named(one: Made) -> None:
    """Leaving out facts in turn ends in a minimal conflict that has the fact that was asked of."""
    plain = one.conflicts() if one.allowed else []
    clash = Clash(one.known, one.diagram, one.held, ORDER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("routeengine.symbolic.conflicts.minimal_sets", too_many)
        assert not clash.exact
    assert clash.fits
    first = next((fact for fact in one.known if fact in clash.union), "")
    assert clash.touching(ORDER) == clash.touching({first})
    for fact in frozenset().union(*plain):
        assert clash.touching({fact}) in [some for some in plain if fact in some]
        assert clash.touching({fact}) == clash.smallest({fact})


def test_where_sets_do_not_fit_what_a_fact_does_not_need_is_left_out() -> None:
    """Of "not a and d" and "not b and c", the conflict that has c leaves out a, above it."""
    diagram = Diagram(SIZES, 10_000)
    held = forbidding(diagram, [{0: 0b10, 3: 0b10}, {1: 0b100, 2: 0b10}])
    clash = Clash({"a": 0b10, "b": 0b100, "c": 0b10, "d": 0b10}, diagram, held, ORDER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("routeengine.symbolic.conflicts.minimal_sets", too_many)
        assert not clash.exact
    assert clash.touching({"c"}) == frozenset("bc")
    assert clash.touching({"a"}) == frozenset("ad")


def test_what_could_not_be_compiled_is_forgotten_whole() -> None:
    """Then all that is known of the coupling is one conflict, for whoever reads of it."""
    found = Conflicts(("x", "y", "z"), [Clash({"x": 1, "z": 1}, Diagram((), 2), None, ())])
    assert found
    assert found.union == found.touching({"x"}) == {"x", "z"}
    assert found.smallest({"z", "y"}) == frozenset("xz")
    assert found.touching({"y"}) == frozenset()
    assert found.exact({"y"})
    assert not found.exact({"x", "y"})
    assert found.smallest({"y"}) is None


def test_conflicts_of_several_couplings_are_one_whole() -> None:
    """The smallest is looked for in all, and of equals it is the first in declared order."""
    diagram = Diagram([2] * 6, 100)
    ties = [(0, 1), (2, 3), (4,)]
    order = ("f", "e", "d", "c", "b", "a")  # declared the other way round
    clashes = []
    for some in ties:
        held = forbidding(diagram, [dict.fromkeys(some, 2)])
        known = {order[level]: 2 for level in sorted(some, reverse=True)}
        clashes.append(Clash(known, diagram, held, order))
    found = Conflicts(tuple(reversed(order)), clashes)
    assert found.union == set("bcdef")
    assert found.smallest("cf") == frozenset("dc")
    assert found.smallest("abcf") == frozenset("b")
    assert found.smallest("a") is None
    assert found.touching("fb") == set("feb")
    assert not Conflicts()
    assert Conflicts().smallest("a") is None


# How large they stay: nodes, and never time


def at_most(diagram: Diagram, most: int) -> Node:
    """Build "so many of the variables are true, and no more"."""
    size = diagram.leaf_level
    counted = [TRUE if count <= most else FALSE for count in range(size + 1)]
    for level in reversed(range(size)):
        counted = [
            diagram.node(level, (counted[n], counted[n + 1])) for n in range(len(counted) - 1)
        ]
    return counted[0]


def some_pair_is_false(diagram: Diagram) -> Node:
    """Build "of some pair of variables that follow each other, both are false"."""
    held = FALSE
    for level in range(diagram.leaf_level - 2, -1, -2):
        held = diagram.node(level, (diagram.node(level + 1, (TRUE, held)), held))
    return held


def all_true(diagram: Diagram, held: Node) -> Clash:
    """Give what clashes where each variable is known to be true."""
    order = [f"f{level}" for level in range(diagram.leaf_level)]
    return Clash(dict.fromkeys(order, 2), diagram, held, order)


def sets_of(diagram: Diagram, held: Node) -> tuple[Diagram, Node]:
    """Give the minimal conflicts where each variable is known to be true."""
    own, root = clash_of(diagram, held, [(2,)] * diagram.leaf_level)
    return own, minimal_sets(own, root)


def size_of(diagram: Diagram, held: Node) -> tuple[int, int]:
    """Give the number of minimal conflicts, and of nodes, where all is known to be true."""
    own, sets = sets_of(diagram, held)
    return count_leaves(own, sets, [(1,) * n for n in own.sizes]).get(True, 0), len(
        own.reachable(sets)
    )


@pytest.mark.parametrize(
    ("size", "most"), [(16, 7), (40, 19), (100, 49), (30, 3), (100, 3)],
)  # fmt: skip
def test_counts_that_are_too_many_are_a_grid(size: int, most: int) -> None:
    """Of 100 facts any 50 are a conflict: 10^29 sets, in few more nodes than the constraint."""
    diagram = Diagram([2] * size, 10_000)
    held = at_most(diagram, most)
    clash = all_true(diagram, held)
    order = [f"f{level}" for level in range(size)]
    count, nodes = size_of(diagram, held)
    assert count == comb(size, most + 1)
    assert nodes <= len(diagram.reachable(held)) + size
    assert clash.union == clash.touching({order[-1]}) == set(order)
    assert clash.smallest({order[-1]}) == {*order[:most], order[-1]}


@pytest.mark.parametrize("size", [10, 40])
def test_one_of_each_pair_is_a_conflict_in_all_ways(size: int) -> None:
    """2^40 sets take three nodes for each pair; who reads one fact minds all but its partner."""
    diagram = Diagram([2] * (2 * size), 10_000)
    held = some_pair_is_false(diagram)
    clash = all_true(diagram, held)
    assert size_of(diagram, held) == (2**size, 3 * size + 2)
    assert clash.union == {f"f{n}" for n in range(2 * size)}
    assert clash.touching({"f3"}) == clash.union - {"f2"}
    assert clash.smallest({"f3"}) == {"f3", *[f"f{n}" for n in range(0, 2 * size, 2) if n != 2]}


@pytest.mark.parametrize("seed", range(5))
def test_clauses_by_chance_stay_small(seed: int) -> None:
    """20 facts with 75 clauses of three: each set that is found clashes, and none holds another."""
    chance, diagram = random.Random(seed), Diagram([2] * 20, 50_000)
    clauses = [
        {level: chance.choice((1, 2)) for level in chance.sample(range(20), 3)} for _ in range(75)
    ]
    held = forbidding(diagram, clauses)
    own, sets = sets_of(diagram, held)
    assert len(own.reachable(sets)) <= 600

    def stands(some: Mapping[str, int]) -> bool:
        return TRUE in diagram.reach(held, [some.get(f"f{level}", 3) for level in range(20)])

    for one in [{f"f{level}" for level, _ in some} for some in sets_in(own, sets)]:
        assert not stands(dict.fromkeys(one, 2))
        assert all(stands(dict.fromkeys(one - {fact}, 2)) for fact in one)


def test_thousands_of_facts_are_no_deeper_than_the_stack() -> None:
    """1,500 facts of which two may be true: nothing recurses, also where one set is named."""
    diagram = Diagram([2] * 1_500, 10_000)
    held = at_most_two(diagram)
    assert size_of(diagram, held)[0] == comb(1_500, 3)
    clash = all_true(diagram, held)
    assert clash.smallest({"f1499"}) == {"f0", "f1", "f1499"}


def at_most_two(diagram: Diagram) -> Node:
    """Build "no more than two of the variables are true", in as few steps as it has nodes."""
    counted = [TRUE, TRUE, TRUE, FALSE]
    for level in reversed(range(diagram.leaf_level)):
        counted = [
            *[diagram.node(level, (counted[n], counted[n + 1])) for n in range(3)], FALSE
        ]  # fmt: skip
    return counted[0]


def test_what_clashes_and_its_sets_keep_to_their_nodes() -> None:
    """Both are bounded, so that what is too large ends, and soon."""
    diagram = Diagram([2] * 16, 10_000)
    held = at_most(diagram, 7)
    own, root = clash_of(diagram, held, [(2,)] * 16)
    own.budget = len(own) + 50
    with pytest.raises(BudgetError, match=r"more than \d+ nodes are needed"):
        minimal_sets(own, root)
    with pytest.raises(BudgetError, match="more than 20 nodes"):
        clash_of(diagram, held, [(2,)] * 16, 20)
    order = [f"f{level}" for level in range(16)]
    assert not Clash(dict.fromkeys(order, 2), diagram, held, order, 20).exact


# Written out, as sets of cells


def plain(one: Made) -> list[frozenset[tuple[int, int]]]:
    """List the combinations of cells that clash and hold no smaller one, the smallest first."""
    found: list[frozenset[tuple[int, int]]] = []
    for count in range(len(SIZES) + 1):
        for levels in combinations(range(len(SIZES)), count):
            for cells in product(*[range(SIZES[level]) for level in levels]):
                some = frozenset(zip(levels, cells, strict=True))
                if not any(smaller <= some for smaller in found):
                    told = {ORDER[level]: 1 << cell for level, cell in some}
                    if one.clashes(told):
                        found.append(some)
    return found


@settings(max_examples=examples(80), deadline=None)
@given(made())
def test_clashes_are_those_of_every_combination_of_cells(one: Made) -> None:
    """In one order, the smallest first; past the limit there is none, whatever their number."""
    expected = sorted(plain(one), key=lambda clash: (len(clash), sorted(clash)))
    assert smallest_clashes(one.diagram, one.held, limit=1_000) == expected
    assert smallest_clashes(one.diagram, one.held, limit=len(expected)) == expected
    assert smallest_clashes(one.diagram, one.held, limit=len(expected) - 1) is None


def test_past_the_budget_nothing_is_written_out() -> None:
    """Where there are no more than may be, but finding them takes too much."""
    diagram = Diagram([3] * 6, 1_000)
    held = forbidding(diagram, [{0: 1, 5: 2}, {1: 4, 2: 1, 3: 3}])
    found = smallest_clashes(diagram, held, 200)
    assert found is not None
    assert len(found) == 3
    assert smallest_clashes(diagram, held, 200, budget=5) is None
