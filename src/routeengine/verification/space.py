"""The full profiles of a compiled rule set: how many lead somewhere, and the most ordinary one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from routeengine.bits import lowest
from routeengine.ruleset.domains import Value
from routeengine.symbolic.compiler import IMPOSSIBLE, Compiler
from routeengine.symbolic.counting import count_leaves
from routeengine.symbolic.diagram import Node
from routeengine.verification.paths import Path, nearest


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
class Confined:
    """A function where the constraints hold that have a fact in common with it.

    Elsewhere its leaf is IMPOSSIBLE. `apart` are the other constraints, compiled: they have no
    fact in common with it or with each other.
    """

    root: Node
    apart: tuple[Node, ...]


class Space:
    """The full profiles over the cells of a compiler, and what its diagram says of them."""

    def __init__(self, compiler: Compiler) -> None:
        self.facts = compiler.ruleset.facts
        self.cells = compiler.cells
        self.order = compiler.order
        self.level = compiler.level
        self.diagram = compiler.diagram
        self.sizes = self.diagram.sizes
        self.weights = [[c.bit_count() for c in self.cells.of[fact]] for fact in self.order]
        self.untold = prod(fact.domain.size for fact in self.facts if fact.id not in self.level)

    def amounts(self, confined: Confined) -> dict[Any, Amount]:
        """Count, per leaf that can be, the consistent profiles that lead there."""
        cells = self._counts(confined, [(1,) * size for size in self.sizes])
        cells.pop(IMPOSSIBLE, None)
        profiles = self._counts(confined, self.weights)
        return {leaf: Amount(n, profiles[leaf] * self.untold) for leaf, n in cells.items()}

    def _counts(self, confined: Confined, weights: Sequence[Sequence[int]]) -> dict[Any, int]:
        whole = prod(map(sum, weights))
        counts = count_leaves(self.diagram, confined.root, weights)
        for held in confined.apart:
            # It shares no fact with the root: it leaves the same share of each leaf.
            left = count_leaves(self.diagram, held, weights).get(True, 0)
            counts = {leaf: number * left // whole for leaf, number in counts.items()}
        return counts

    def nearest(self, confined: Confined, wanted: Callable[[Any], bool] = bool) -> Path | None:
        """Give the most ordinary consistent profile that leads to a wanted leaf, or None."""
        path = nearest(self.diagram, confined.root, wanted)
        for held in confined.apart:
            other = nearest(self.diagram, held, bool)
            path = path.joined(other) if path is not None and other is not None else None
        return path

    def full(self, path: Path) -> dict[str, int]:
        """Give a whole profile: the number of a value per fact, the first of each cell."""
        return {
            fact: lowest(cells[path.cells.get(self.level.get(fact, -1), 0)])
            for fact, cells in self.cells.of.items()
        }

    def values(self, full: Mapping[str, int]) -> dict[str, Value]:
        """Give a whole profile in the values of its facts."""
        return {fact.id: fact.domain.value(full[fact.id]) for fact in self.facts}
