"""The full profiles of a compiled rule set: how many lead somewhere, and the most ordinary one.

The usual value of a fact is the first one declared: "no", "none", the lowest number. A
witness differs from it in as few facts as can be, and there by as little as can be. It
is found as a shortest path, so there is no more ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from routeengine.bits import lowest
from routeengine.ruleset.domains import Value
from routeengine.symbolic.compiler import IMPOSSIBLE, Compiler
from routeengine.symbolic.diagram import Diagram, Node

Cost: TypeAlias = tuple[int, int]
"""In how many facts it is not as usual, and by how many cells in all."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much something covers: combinations of cells, and full profiles."""

    combinations: int
    profiles: int

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.combinations + other.combinations, self.profiles + other.profiles)

    def __bool__(self) -> bool:
        return bool(self.combinations)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class Path:
    """A way to a leaf: the cell per level, if it is not the first; and what it costs."""

    cells: Mapping[int, int]
    leaf: Any
    cost: Cost

    def joined(self, other: Path) -> Path:
        """Return both ways together; they have no level in common."""
        cost = (self.cost[0] + other.cost[0], self.cost[1] + other.cost[1])
        return Path({**self.cells, **other.cells}, self.leaf, cost)


@dataclass(frozen=True, slots=True)
class Constrained:
    """A function where the constraints hold that have a fact in common with it.

    Elsewhere its leaf is IMPOSSIBLE. `apart` are the other constraints, compiled: they have no
    fact in common with it or with each other.
    """

    root: Node
    apart: tuple[Node, ...]


class ProfileSpace:
    """The full profiles over the cells of a compiler, and what its diagram says of them."""

    def __init__(self, compiler: Compiler) -> None:
        self.facts = compiler.ruleset.facts
        self.cells = compiler.cells
        self.order = compiler.order
        self.level = compiler.level
        self.diagram = compiler.diagram
        self.sizes = self.diagram.sizes
        self.weights = [[c.bit_count() for c in self.cells.of[fact]] for fact in self.order]
        # No condition tells the values of these facts apart, so they have no level.
        self._untold = prod(fact.domain.size for fact in self.facts if fact.id not in self.level)

    def amounts(self, function: Constrained) -> dict[Any, Amount]:
        """Count, per leaf that can be, the consistent profiles that lead there."""
        cells = self._counts(function, [(1,) * size for size in self.sizes])
        cells.pop(IMPOSSIBLE, None)
        profiles = self._counts(function, self.weights)
        return {leaf: Amount(n, profiles[leaf] * self._untold) for leaf, n in cells.items()}

    def _counts(self, function: Constrained, weights: Sequence[Sequence[int]]) -> dict[Any, int]:
        whole = prod(map(sum, weights))
        counts = count_leaves(self.diagram, function.root, weights)
        for held in function.apart:
            # It shares no fact with the root: it leaves the same share of each leaf. If 6 of 10
            # profiles lead to A, and a constraint on other facts allows half of them, 3 are left.
            left = count_leaves(self.diagram, held, weights).get(True, 0)
            counts = {leaf: number * left // whole for leaf, number in counts.items()}
        return counts

    def nearest(self, function: Constrained, wanted: Callable[[Any], bool] = bool) -> Path | None:
        """Return the most ordinary consistent profile that leads to a wanted leaf, if any."""
        path = nearest(self.diagram, function.root, wanted)
        for held in function.apart:
            other = nearest(self.diagram, held, bool)
            path = path.joined(other) if path is not None and other is not None else None
        return path

    def full(self, path: Path) -> dict[str, int]:
        """Return a whole profile: the number of a value per fact, the first of each cell."""
        return {
            fact: lowest(cells[path.cells.get(self.level.get(fact, -1), 0)])
            for fact, cells in self.cells.of.items()
        }

    def values(self, full: Mapping[str, int]) -> dict[str, Value]:
        """Return a whole profile in the values of its facts."""
        return {fact.id: fact.domain.value(full[fact.id]) for fact in self.facts}


def nearest(diagram: Diagram, root: Node, wanted: Callable[[Any], bool]) -> Path | None:
    """Return the cheapest way to a leaf whose value is wanted, or None if there is none.

    From the leaves up, each node learns what the cheapest way down costs and which cell it takes.
    With facts `fine` (none, small, large) above `age` (adult, child), and what is wanted below

        fine: none -> nowhere    small -> age: adult -> nowhere, child -> here    large -> here

    `age` costs (1, 1) by way of `child`. So `fine` costs (2, 2) by way of `small` and (1, 2) by
    way of `large`: one fact that is not as usual is better than two.
    """
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


def leaf_at(diagram: Diagram, root: Node, path: Path) -> Node:
    """Return the leaf of another function to which the same cells lead."""
    while diagram.kids[root]:
        root = diagram.kids[root][path.cells.get(diagram.level[root], 0)]
    return root


def _step(cost: Cost, cell: int) -> Cost:
    return cost[0] + (cell > 0), cost[1] + cell


def forcing(
    diagram: Diagram, root: Node, path: Path, wanted: Callable[[Any], bool]
) -> tuple[int, ...]:
    """Return a subset-minimal set of levels whose cells alone lead to nothing but wanted leaves.

    IMPOSSIBLE leaves do not count. What is as usual is left out first, from the top and from the
    bottom, and the smaller set of the two is returned.
    """

    def fine(value: object) -> bool:
        return value is IMPOSSIBLE or wanted(value)

    asked = diagram.support(root)
    usual = sorted(asked.difference(path.cells))
    unusual = [level for level in path.cells if level in asked]
    sets = []
    for order in (usual, usual[::-1]):
        may = [1 << path.cells.get(level, 0) for level in range(len(diagram.sizes))]
        sets.append(tuple(loosen(diagram, root, may, [*order, *unusual], fine)))
    return min(sets, key=len)


def loosen(
    diagram: Diagram,
    root: Node,
    may: list[int],
    order: Sequence[int],
    fine: Callable[[Any], bool],
) -> list[int]:
    """Let one level after the other be anything while only fine leaves are reached.

    Changes `may`, the cells per level that may be, and returns the levels that stay as they were.
    """
    every = [(1 << size) - 1 for size in diagram.sizes]
    return [level for level in order if not widen(diagram, root, may, level, every[level], fine)]


def widen(
    diagram: Diagram,
    root: Node,
    may: list[int],
    level: int,
    cells: int,
    fine: Callable[[Any], bool],
) -> bool:
    """Let one level be in these cells, and return whether only fine leaves are reached.

    If others are, `may` is as it was.
    """
    before, may[level] = may[level], cells
    if all(fine(diagram.values[leaf]) for leaf in diagram.reach(root, may)):
        return True
    may[level] = before
    return False


def count_leaves(
    diagram: Diagram, root: Node, weights: Sequence[Sequence[int]] | None = None
) -> dict[Any, int]:
    """Give, per value of a leaf, how many combinations of cells lead there.

    Combinations are of all variables of the diagram; the counts are exact whole
    numbers, and their sum is the product of the numbers of cells. `weights` says, per
    level and cell, how much the cell counts for (how many values it holds, say).
    """
    if weights is None:
        weights = [(1,) * size for size in diagram.sizes]
    sums = [sum(some) for some in weights]
    ways: dict[Node, int] = {root: prod(sums[: diagram.level[root]])}
    counts: dict[Any, int] = {}
    for node in diagram.reachable(root):
        if not diagram.kids[node]:
            counts[diagram.values[node]] = ways[node]
            continue
        at = diagram.level[node]
        for cell, kid in enumerate(diagram.kids[node]):
            # A variable that the path leaves out may be in any of its cells.
            free = prod(sums[at + 1 : diagram.level[kid]])
            ways[kid] = ways.get(kid, 0) + ways[node] * weights[at][cell] * free
    return counts
