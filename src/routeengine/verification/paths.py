"""Ordinary witnesses: the way down a diagram that leaves least of what is usual.

The usual value of a fact is the first one declared: "no", "none", the lowest number. A
witness differs from it in as few facts as can be, and there by as little as can be. It
is found as a shortest path, so there is no more ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from routeengine.symbolic.diagram import Diagram, Node

Cost: TypeAlias = tuple[int, int]
"""In how many facts it is not as usual, and by how many cells in all."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way to a leaf: the cell per level, where it is not the first; and what it costs."""

    cells: Mapping[int, int]
    leaf: Any
    cost: Cost

    def joined(self, other: Path) -> Path:
        """Give both ways together; they have no level in common."""
        cost = (self.cost[0] + other.cost[0], self.cost[1] + other.cost[1])
        return Path({**self.cells, **other.cells}, self.leaf, cost)


def nearest(diagram: Diagram, root: Node, wanted: Callable[[Any], bool]) -> Path | None:
    """Give the cheapest way to a leaf whose value is wanted, or None where there is none."""
    best: dict[Node, tuple[Cost, int]] = {}
    for node in reversed(diagram.reachable(root)):
        kids = diagram.kids[node]
        if not kids:
            if wanted(diagram.values[node]):
                best[node] = (0, 0), 0
            continue
        ways = [(_step(best[kid][0], cell), cell) for cell, kid in enumerate(kids) if kid in best]
        if ways:
            best[node] = min(ways)
    if root not in best:
        return None
    cells: dict[int, int] = {}
    node = root
    while diagram.kids[node]:
        cell = best[node][1]
        if cell:
            cells[diagram.level[node]] = cell
        node = diagram.kids[node][cell]
    return Path(cells, diagram.values[node], best[root][0])


def _step(cost: Cost, cell: int) -> Cost:
    return cost[0] + (cell > 0), cost[1] + cell


def forcing(
    diagram: Diagram, root: Node, path: Path, wanted: Callable[[Any], bool], free: Any = None
) -> tuple[int, ...]:
    """Give a subset-minimal set of levels whose cells alone lead to nothing but wanted leaves.

    Leaves with the value `free` do not count. What is as usual is left out first, from
    the top and from the bottom: the smaller set of the two is given.
    """
    asked = diagram.support(root)
    usual = sorted(asked.difference(path.cells))
    odd = [level for level in path.cells if level in asked]
    found = []
    for order in (usual, usual[::-1]):
        may = [1 << path.cells.get(level, 0) for level in range(len(diagram.sizes))]
        found.append(_needed(diagram, root, may, [*order, *odd], wanted, free))
    return min(found, key=len)


def _needed(
    diagram: Diagram,
    root: Node,
    may: list[int],
    order: Sequence[int],
    wanted: Callable[[Any], bool],
    free: Any,
) -> tuple[int, ...]:
    """Let one level after the other be anything, where all leaves are wanted still."""
    kept = []
    for level in order:
        known, may[level] = may[level], (1 << diagram.sizes[level]) - 1
        values = (diagram.values[leaf] for leaf in diagram.reach(root, may))
        if not all(value is free or wanted(value) for value in values):
            may[level] = known
            kept.append(level)
    return tuple(kept)
