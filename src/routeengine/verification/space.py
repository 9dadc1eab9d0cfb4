"""The full profiles of a compiled rule set: how many lead somewhere, and the most ordinary one.

The usual value of a fact is the first one declared: "no", "none", the lowest number. A
witness differs from it in as few facts as can be, and there by as little as can be. It
is found as a shortest path, so there is no more ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

from routeengine.profile import Knowledge, knowledge_of
from routeengine.ruleset.domains import Value
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Diagram, Node

Wanted: TypeAlias = Callable[[Any], bool]
"""Says of the value of a leaf whether it is looked for."""

Weights: TypeAlias = Sequence[Sequence[int]]
"""How much each cell counts for, per level."""

Cube: TypeAlias = tuple[int, ...]
"""Per level the cells that may be, as bits."""

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


Build: TypeAlias = Callable[[], Constrained]
"""Compiles a function. Raises BudgetError if that does not fit."""


class ProfileSpace:
    """The full profiles over the cells of a compiler, and what its diagram says of them."""

    def __init__(self, compiler: Compiler) -> None:
        self.facts, self.fact = compiler.ruleset.facts, compiler.ruleset.fact
        self.cells = compiler.cells
        self.order = compiler.order
        self.level = compiler.level
        self.diagram = compiler.diagram
        self.sizes = self.diagram.sizes
        self.weights = [[cell.size for cell in self.cells.of[fact]] for fact in self.order]
        # No condition tells the values of these facts apart, so they have no level.
        self._uncounted = prod(fact.domain.size for fact in self.facts if fact.id not in self.level)

    def amounts(self, function: Constrained) -> dict[Any, Amount]:
        """Count, per leaf that can be, the consistent profiles that lead there."""
        cells = self._counts(function, [(1,) * size for size in self.sizes])
        cells.pop(IMPOSSIBLE, None)
        profiles = self._counts(function, self.weights)
        return {leaf: Amount(n, profiles[leaf] * self._uncounted) for leaf, n in cells.items()}

    def _counts(self, function: Constrained, weights: Weights) -> dict[Any, int]:
        whole = prod(map(sum, weights))
        counts = count_leaves(self.diagram, function.root, weights)
        for constraint in function.apart:
            # It shares no fact with the root: it leaves the same share of each leaf. If 6 of 10
            # profiles lead to A, and a constraint on other facts allows half of them, 3 are left.
            left = count_leaves(self.diagram, constraint, weights).get(True, 0)
            counts = {leaf: number * left // whole for leaf, number in counts.items()}
        return counts

    def nearest(self, function: Constrained, wanted: Wanted = bool) -> Path | None:
        """Return the most ordinary consistent profile that leads to a wanted leaf, if any."""
        path = nearest(self.diagram, function.root, wanted)
        for constraint in function.apart:
            other = nearest(self.diagram, constraint, bool)
            path = path.joined(other) if path is not None and other is not None else None
        return path

    def full(self, path: Path) -> dict[str, int]:
        """Return a whole profile: the number of a value per fact, the first of each cell."""
        return {
            fact: cells[path.cells.get(self.level.get(fact, -1), 0)].lowest
            for fact, cells in self.cells.of.items()
        }

    def values(self, full: Mapping[str, int]) -> dict[str, Value]:
        """Return a whole profile in the values of its facts."""
        return {fact.id: fact.domain.value(full[fact.id]) for fact in self.facts}

    def where(self, cube: Cube) -> dict[str, Knowledge]:
        """Return what the facts may be that a cube says something of."""
        return {
            fact: knowledge_of(self.fact[fact], self.cells.values(fact, mask))
            for fact, mask in zip(self.order, cube, strict=True)
            if mask != self.cells.everything[fact]
        }


def nearest(diagram: Diagram, root: Node, wanted: Wanted) -> Path | None:
    """Return the cheapest way to a leaf whose value is wanted, or None if there is none.

    From the leaves up, each node learns what the cheapest way down costs and which cell it takes.
    With facts `fine` (none, small, large) above `age` (adult, child), and what is wanted below

        fine: none -> nowhere    small -> age: adult -> nowhere, child -> here    large -> here

    `age` costs (1, 1) by way of `child`. So `fine` costs (2, 2) by way of `small` and (1, 2) by
    way of `large`: one fact that is not as usual is better than two.
    """
    best: dict[Node, tuple[Cost, int]] = {}
    for node in reversed(diagram.reachable(root)):
        children = diagram.children[node]
        if not children:
            if wanted(diagram.values[node]):
                best[node] = (0, 0), 0
            continue
        # Of the cells that lead to one child the first costs least.
        first = dict(zip(reversed(children), range(len(children) - 1, -1, -1), strict=True))
        some = [(cell, *best[child][0]) for child, cell in first.items() if child in best]
        ways = [((facts + (cell > 0), cells + cell), cell) for cell, facts, cells in some]
        if ways:
            best[node] = min(ways)
    if root not in best:
        return None
    cells: dict[int, int] = {}
    node = root
    while diagram.children[node]:
        cell = best[node][1]
        if cell:
            cells[diagram.level[node]] = cell
        node = diagram.children[node][cell]
    return Path(cells, diagram.values[node], best[root][0])


def node_of(diagram: Diagram, cube: Cube) -> Node:
    """Return a cube as a diagram."""
    node = TRUE
    for level in reversed(range(len(cube))):
        size = diagram.sizes[level]
        if cube[level] != (1 << size) - 1:
            children = tuple(node if cube[level] >> cell & 1 else FALSE for cell in range(size))
            node = diagram.node(level, children)
    return node


def leaf_at(diagram: Diagram, root: Node, path: Path) -> Node:
    """Return the leaf of another function to which the same cells lead."""
    while diagram.children[root]:
        root = diagram.children[root][path.cells.get(diagram.level[root], 0)]
    return root


class WidenedCube:
    """The cells that each level may be in: those of one path, and more of them step by step.

    It is only widened if all leaves of a function that are reached within it are `fine`.
    """

    def __init__(self, diagram: Diagram, root: Node, path: Path, fine: Wanted) -> None:
        self._diagram = diagram
        self._root = root
        self._fine = fine
        self.every = [(1 << size) - 1 for size in diagram.sizes]
        # What the function does not depend on may be anything from the start.
        self.levels = sorted(diagram.support(root))
        self.may = self.every.copy()
        for level in self.levels:
            self.may[level] = 1 << path.cells.get(level, 0)

    def widen(self, level: int, cells: int) -> bool:
        """Let a level be in these cells, if only fine leaves are reached; return whether it may."""
        before, self.may[level] = self.may[level], cells
        leaves = self._diagram.reach(self._root, self.may)
        if all(self._fine(self._diagram.values[leaf]) for leaf in leaves):
            return True
        self.may[level] = before
        return False

    def loosen(self, order: Iterable[int]) -> tuple[int, ...]:
        """Let one level after the other be anything; return those that may not."""
        return tuple([level for level in order if not self.widen(level, self.every[level])])


def forcing(diagram: Diagram, root: Node, path: Path, wanted: Wanted) -> tuple[int, ...]:
    """Return a subset-minimal set of levels whose cells alone lead to nothing but wanted leaves.

    IMPOSSIBLE leaves do not count. What is as usual is left out first, from the top and from the
    bottom, and the smaller set of the two is returned.
    """

    def fine(value: object) -> bool:
        return value is IMPOSSIBLE or wanted(value)

    sets = []
    for turn in (1, -1):
        cube = WidenedCube(diagram, root, path, fine)
        usual = [level for level in cube.levels if level not in path.cells]
        unusual = [level for level in path.cells if level in cube.levels]
        sets.append(cube.loosen([*usual[::turn], *unusual]))
    return min(sets, key=len)


def count_leaves(diagram: Diagram, root: Node, weights: Weights) -> dict[Any, int]:
    """Return, per value of a leaf, how many combinations of cells lead there.

    Combinations are of all variables of the diagram; the counts are exact whole
    numbers, and their sum is the product of the numbers of cells. `weights` says, per
    level and cell, how much the cell counts for (how many values it holds, say).
    """
    # "Rung at most 2, and willing", over rung (1-2, 3-6) and below it willing (no, yes):
    #
    #     rung 1-2, willing yes    True     1 combination
    #     rung 1-2, willing no     False    1
    #     rung 3-6                 False    2: the path leaves willing out, so both its cells count
    #
    # With the values in each cell as weights, (2, 4) and (1, 1), it is 2 profiles of 12, and 10.
    sums = [sum(some) for some in weights]
    ways: dict[Node, int] = {root: prod(sums[: diagram.level[root]])}
    counts: dict[Any, int] = {}
    for node in diagram.reachable(root):
        if not diagram.children[node]:
            counts[diagram.values[node]] = ways[node]
            continue
        at = diagram.level[node]
        for cell, child in enumerate(diagram.children[node]):
            # A variable that the path leaves out may be in any of its cells.
            free = prod(sums[at + 1 : diagram.level[child]])
            ways[child] = ways.get(child, 0) + ways[node] * weights[at][cell] * free
    return counts
