"""Constraints that are made by chance, and what cannot be true together by plain subsets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from hypothesis import strategies as st

from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

__all__ = ["ORDER", "SIZES", "Made", "forbidding", "made"]

SIZES = (2, 3, 2, 2, 3, 2)
ORDER = "abcdef"

Forbidden = Mapping[int, int]
"""Per level the cells (as bits) that cannot be all together."""


def forbidding(diagram: Diagram, forbidden: Sequence[Forbidden]) -> Node:
    """Build "none of these is so"."""
    held = TRUE
    for some in forbidden:
        one = FALSE
        for level, cells in sorted(some.items(), reverse=True):
            size = diagram.sizes[level]
            one = diagram.node(level, tuple(one if cells >> n & 1 else TRUE for n in range(size)))
        held = diagram.conjunction(one, held)
    return held


@dataclass(frozen=True)
class Made:
    """Constraints over ORDER, and what is known: per fact its cells, in declared order."""

    diagram: Diagram
    held: Node
    allowed: tuple[tuple[int, ...], ...]
    known: Mapping[str, int]

    def clashes(self, some: Mapping[str, int]) -> bool:
        """Say whether nothing that is allowed agrees with what is known of these facts."""
        masks = {ORDER.index(fact): cells for fact, cells in some.items()}
        return not any(
            all(cells >> point[at] & 1 for at, cells in masks.items()) for point in self.allowed
        )

    def conflicts(self) -> list[frozenset[str]]:
        """List every minimal conflict, the smallest first and of equals the first declared."""
        found: list[frozenset[str]] = []
        for size in range(1, len(self.known) + 1):
            for some in combinations(self.known, size):
                smaller = any(one.issubset(some) for one in found)
                if not smaller and self.clashes({fact: self.known[fact] for fact in some}):
                    found.append(frozenset(some))
        return found


@st.composite
def made(draw: st.DrawFn) -> Made:
    """Draw constraints that allow something, and what is known in some declared order."""
    levels = st.integers(0, len(SIZES) - 1)
    cells = [st.integers(1, (1 << size) - 2) for size in SIZES]
    picked = draw(st.lists(st.sets(levels, min_size=1, max_size=4), min_size=1, max_size=8))
    forbidden = [{at: draw(cells[at]) for at in sorted(some)} for some in picked]
    allowed = tuple(
        point
        for point in product(*map(range, SIZES))
        if not any(all(m >> point[at] & 1 for at, m in some.items()) for some in forbidden)
    )
    # What a constraint speaks of clashes more often than what is drawn anew.
    likely = {at: cells for some in reversed(forbidden) for at, cells in some.items()}
    order = draw(st.permutations(range(len(SIZES))))
    known = {
        ORDER[at]: likely[at] if at in likely and draw(st.booleans()) else draw(cells[at])
        for at in order[: draw(st.integers(0, len(order)))]
    }
    diagram = Diagram(SIZES, 10_000)
    return Made(diagram, forbidding(diagram, forbidden), allowed, known)
