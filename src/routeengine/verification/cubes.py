"""Regions: a function as a short list of cubes, each as wide as it can be.

A *cube* says per fact which cells it may be in, and nothing of other facts. It is *prime* where
no cell can be added without leaving the function. A list of cubes is *irredundant*
where each holds something that no other does (W. V. Quine, "The problem of simplifying
truth functions", 1952; multi-valued as in R. Rudell, "Multiple-valued logic minimization
for PLA synthesis", 1986). What the constraints exclude may lie in a cube or not: that makes
cubes wider, and words fewer.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.verification.paths import Path, nearest

Cube: TypeAlias = tuple[int, ...]
"""Per level the cells that may be, as bits."""


def cover(
    diagram: Diagram,
    root: Node,
    wanted: Hashable,
    free: Any,
    limit: int,
) -> tuple[list[Cube], Node]:
    """Cover the leaf with the wanted value by prime cubes, none of which can be done without.

    No cube holds a leaf that has neither this value nor `free`. Gives the cubes, and what is left
    over after `limit` of them (FALSE where nothing is).
    """
    whole = diagram.relabel(("is", wanted), lambda value: value == wanted, root)
    bound = diagram.relabel(("may", wanted, free), lambda v: v is free or v == wanted, root)
    left, cubes = whole, list[Cube]()
    while len(cubes) < limit and (path := nearest(diagram, left, bool)) is not None:
        cubes.append(_widest(diagram, bound, path))
        left = diagram.ite(node_of(diagram, cubes[-1]), FALSE, left)
    return _irredundant(diagram, whole, cubes), left


def node_of(diagram: Diagram, cube: Cube) -> Node:
    """Give a cube as a diagram."""
    node = TRUE
    for level in reversed(range(len(cube))):
        size = diagram.sizes[level]
        if cube[level] != (1 << size) - 1:
            kids = tuple(node if cube[level] >> cell & 1 else FALSE for cell in range(size))
            node = diagram.node(level, kids)
    return node


def _widest(diagram: Diagram, bound: Node, path: Path) -> Cube:
    """Widen one point in a few orders; give the cube with the fewest facts that tell most."""
    levels = sorted(diagram.support(bound))
    usual = [level for level in levels if level not in path.cells]
    odd = [level for level in levels if level in path.cells]
    found: list[tuple[int, int, int, Cube]] = []
    for order in ([*usual, *odd], [*usual[::-1], *odd], levels, levels[::-1]):
        cube = _widened(diagram, bound, path, order)
        told = sum(cube[level] != (1 << diagram.sizes[level]) - 1 for level in levels)
        found.append((told, -sum(mask.bit_count() for mask in cube), len(found), cube))
    return min(found)[-1]


def _widened(diagram: Diagram, bound: Node, path: Path, order: Sequence[int]) -> Cube:
    """Let facts be anything, in this order, and then add cells, while nothing else is let in."""
    every = [(1 << size) - 1 for size in diagram.sizes]
    cube = every.copy()
    for level in order:
        cube[level] = 1 << path.cells.get(level, 0)

    def fits(level: int, mask: int) -> bool:
        known, cube[level] = cube[level], mask
        if FALSE not in diagram.reach(bound, cube):
            return True
        cube[level] = known
        return False

    for level in [level for level in order if not fits(level, every[level])]:
        for cell in range(diagram.sizes[level]):
            wider = cube[level] | 1 << cell
            # What did not fit as a whole does not fit now that other facts may be more.
            if wider not in (cube[level], every[level]):
                fits(level, wider)
    return tuple(cube)


def _irredundant(diagram: Diagram, whole: Node, cubes: list[Cube]) -> list[Cube]:
    """Leave out, from the first on, each cube that the others cover with what they hold."""
    nodes = [node_of(diagram, cube) for cube in cubes]
    behind = [FALSE]
    for node in reversed(nodes[1:]):
        behind.append(diagram.disjunction(node, behind[-1]))
    kept, before = [], FALSE
    for cube, node, after in zip(cubes, nodes, reversed(behind), strict=False):
        others = diagram.disjunction(before, after)
        own = diagram.conjunction(whole, node)
        if diagram.ite(others, FALSE, own) != FALSE:
            kept.append(cube)
            before = diagram.disjunction(before, node)
    return kept
