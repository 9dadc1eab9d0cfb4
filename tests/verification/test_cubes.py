"""A cover is exact, its cubes are prime, and none of them is superfluous."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.symbolic.diagram import FALSE, Diagram
from routeengine.verification.regions import Cube, cover

SIZES = (2, 3, 2, 2)
POINTS = list(product(*map(range, SIZES)))


def built(table: list[bool | None]) -> tuple[Diagram, int]:
    """Build the diagram of a function that is given by its table."""
    diagram = Diagram(SIZES, 10_000)
    nodes = [diagram.leaf(value) for value in table]
    for level in reversed(range(len(SIZES))):
        size = SIZES[level]
        nodes = [
            diagram.node(level, tuple(nodes[at : at + size])) for at in range(0, len(nodes), size)
        ]
    return diagram, nodes[0]


def held(cube: Cube) -> set[tuple[int, ...]]:
    """Give the points of a cube."""
    return {p for p in POINTS if all(mask >> c & 1 for mask, c in zip(cube, p, strict=True))}


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.sampled_from([True, True, False, None]), min_size=24, max_size=24))
def test_covers_are_exact_prime_and_irredundant(table: list[bool | None]) -> None:
    """Of any function with values that do not matter; whatever is covered is told once at least."""
    diagram, root = built(table)
    values = dict(zip(POINTS, table, strict=True))
    wanted = {p for p, value in values.items() if value is True}
    free = {p for p, value in values.items() if value is None}
    cubes, left = cover(diagram, root, 100)
    assert left == FALSE
    inside = [held(cube) for cube in cubes]
    assert wanted <= set().union(*inside) <= wanted | free
    for number, cube in enumerate(cubes):
        others = set().union(*(some for n, some in enumerate(inside) if n != number))
        assert (inside[number] & wanted) - others
        for level, size in enumerate(SIZES):
            for cell in range(size):
                wider = (*cube[:level], cube[level] | 1 << cell, *cube[level + 1 :])
                assert wider == cube or not held(wider) <= wanted | free


@given(st.lists(st.booleans(), min_size=24, max_size=24), st.integers(0, 2))
@settings(max_examples=examples(100), deadline=None)
def test_what_is_left_over_is_just_what_no_cube_holds(table: list[bool], limit: int) -> None:
    """Past the limit the rest is given as it is, to be counted."""
    diagram, root = built(list(table))
    cubes, left = cover(diagram, root, limit)
    assert len(cubes) <= limit
    covered = set().union(*map(held, cubes))
    for point, value in zip(POINTS, table, strict=True):
        node = left
        while diagram.kids[node]:
            node = diagram.kids[node][point[diagram.level[node]]]
        assert diagram.values[node] == (value and point not in covered)
