"""Functions walked as one: what is found is what each of them says, and no bundle is too large."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routeengine.bits import few
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.joint import ANY, NOTHING, Function, Joint, Word, most_nodes

SIZES = (2, 3, 2, 4)
ALL = list(product(*map(range, SIZES)))
BITS = 3
"""Bits of a word that are each function's own, beside the lowest: that something is possible."""

values = st.lists(st.sampled_from([None, 0, 1, 2]), min_size=len(ALL), max_size=len(ALL))
tables = st.lists(values, min_size=1, max_size=5)


@st.composite
def may(draw: st.DrawFn) -> list[int]:
    """Draw the cells that each variable may be in, as bits: often one, often all."""
    return [
        draw(st.one_of(st.integers(0, n - 1).map(lambda c: 1 << c), st.integers(1, (1 << n) - 1)))
        for n in SIZES
    ]


def as_cells(masks: list[int]) -> list[int]:
    """Write sets of cells as a walk takes them."""
    return [
        mask.bit_length() - 1 if not mask & mask - 1 else ANY if mask == (1 << size) - 1 else ~mask
        for mask, size in zip(masks, SIZES, strict=True)
    ]


def from_table(diagram: Diagram, table: list[object]) -> Node:
    """Build the function whose values stand in the table, in the order of ALL."""
    nodes = [diagram.leaf(value) for value in table]
    for level in reversed(range(len(SIZES))):
        size = SIZES[level]
        nodes = [
            diagram.node(level, tuple(nodes[at : at + size])) for at in range(0, len(nodes), size)
        ]
    return nodes[0]


def word_of(number: int, value: int | None) -> Word:
    """Give the word of a value of the function with this number."""
    return NOTHING if value is None else 1 | 1 << 1 + number * BITS + value


def functions(diagram: Diagram, some: list[list[int | None]]) -> list[Function]:
    """Give the functions of some tables."""
    return [(from_table(diagram, list(table)), partial(word_of, n)) for n, table in enumerate(some)]


@given(tables, may())
def test_one_walk_finds_what_each_function_comes_to(
    some: list[list[int | None]], masks: list[int]
) -> None:
    """All values on the cells that may be, where no function of the bundle is impossible."""
    diagram = Diagram(SIZES, 10_000)
    joint = Joint(diagram, functions(diagram, some))
    inside = [
        at
        for at, cells in enumerate(ALL)
        if all(mask >> cell & 1 for mask, cell in zip(masks, cells, strict=True))
    ]
    for bundle in joint.bundles:
        expected = NOTHING
        for at in inside:
            words = [word_of(number, some[number][at]) for number in bundle.members]
            if NOTHING not in words:
                expected |= sum({1 << bit for word in words for bit in few(word)})
        assert joint.reach(bundle, as_cells(masks)) == expected


@given(tables)
def test_each_function_is_in_one_bundle_in_order(some: list[list[int | None]]) -> None:
    """Bundles have neighbours, and all of them together have each function once."""
    diagram = Diagram(SIZES, 10_000)
    joint = Joint(diagram, functions(diagram, some))
    assert [n for bundle in joint.bundles for n in bundle.members] == list(range(len(some)))


def either(diagram: Diagram, levels: range) -> Node:
    """Give "at least one of these variables is in its cell 1"."""
    root = FALSE
    for level in reversed(levels):
        root = diagram.node(level, (root, TRUE))
    return root


def bit(number: int, value: bool) -> Word:
    """Say by a bit of its own that a function is true."""
    return 1 | value << 1 + number


def test_rules_for_one_outcome_stay_small() -> None:
    """One of 200 rules, and each of them alone: the product would have 2^200 leaves."""
    diagram = Diagram((2,) * 200, 10_000)
    roots = [either(diagram, range(200)), *(either(diagram, range(n, n + 1)) for n in range(200))]
    joint = Joint(diagram, [(r, partial(bit, n)) for n, r in enumerate(roots)])
    assert len(joint.bundles) == 29
    assert len(joint._nodes) < 8_500
    assert joint.reach(joint.bundles[-1], [1] * 200) == sum(
        [1, *(1 << 1 + n for n in joint.bundles[-1].members)]
    )


REUSED = [*[{0}] * 13, {4}, {5}, {6}, {7}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}]
"""Functions whose product is made of nodes that were there before, in part."""


@settings(deadline=None)
@example(REUSED)
@given(st.lists(st.sets(st.integers(0, 19), min_size=1, max_size=4), min_size=20, max_size=20))
def test_no_bundle_is_larger_than_its_members_allow(reads: list[set[int]]) -> None:
    """Twenty functions over shared variables; and only those that fit stand together."""
    diagram = Diagram((2,) * 20, 100_000)
    some: list[Function] = []
    for number, levels in enumerate(reads):
        root = FALSE
        for level in sorted(levels, reverse=True):  # an odd number of them
            root = diagram.node(level, (root, diagram.map_leaves("not", lambda v: not v, root)))
        some.append((root, partial(bit, number)))
    joint = Joint(diagram, some)
    for bundle in joint.bundles:
        alone = sum(len(diagram.reachable(some[number][0])) for number in bundle.members)
        assert bundle.alone == alone
        joined = Joint(diagram, [some[number] for number in bundle.members])
        assert len(joined._nodes) <= most_nodes(alone)


def test_a_walk_is_not_as_deep_as_the_variables() -> None:
    """A chain of 5,000 variables is walked without recursion, known or not."""
    diagram = Diagram((2,) * 5_000, 20_000)
    joint = Joint(diagram, [(either(diagram, range(5_000)), partial(bit, 0))])
    assert joint.reach(joint.bundles[0], [0] * 5_000) == 1
    assert joint.reach(joint.bundles[0], [ANY] * 5_000) == 3


@pytest.mark.parametrize("number", [0, 1])
def test_without_variables_there_is_a_leaf(number: int) -> None:
    """A rule set whose facts tell nothing apart has one leaf, and no functions have no bundle."""
    diagram = Diagram((), 10)
    joint = Joint(diagram, [(TRUE, partial(bit, 0))] * number)
    assert [joint.reach(bundle, []) for bundle in joint.bundles] == [3] * number
