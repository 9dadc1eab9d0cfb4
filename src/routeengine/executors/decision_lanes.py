"""One decision on many lanes: what it can be, for as many profiles as a word has bits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from routeengine.executors.forcing import Forces
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.program import Circuit, Rows
from routeengine.symbolic.straight import Run, straight

__all__ = ["DecisionLanes"]

REMEMBERED = 4_096
"""Answers on few known facts that are kept for the next profile."""


@dataclass(frozen=True, slots=True)
class DecisionLanes:
    """The lane program of one decision: it gives, per leaf, the lanes that reach it.

    `keys` are those of the leaves. `levels` make a difference to the decision; `facts` are theirs,
    each with its number of cells.
    """

    run: Run
    leaves: tuple[FullVerdict, ...]
    keys: tuple[str, ...]
    levels: tuple[int, ...]
    facts: tuple[tuple[str, int], ...]
    # INVARIANT: what is kept hangs on nothing but its key, in which there are cells and no values.
    more: dict[tuple[object, ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, diagram: Diagram, root: Node, order: Sequence[str]) -> DecisionLanes:
        """Make the program of the decision with this root; `order` has the fact of each level."""
        circuit = Circuit(diagram)
        leaves = circuit.leaves(root)
        fulls = tuple([full for full, _ in leaves])
        levels = tuple(sorted(diagram.support(root)))
        return cls(
            straight(circuit.program([word for _, word in leaves])),
            fulls,
            tuple([full.key for full in fulls]),
            levels,
            tuple([(order[level], diagram.sizes[level]) for level in levels]),
        )

    def possible(self, may: Rows[int], everywhere: int) -> dict[str, int]:
        """Give, per key, the lanes in which the decision can be that.

        `may[level][cell]` has the lanes that may be in that cell, of those in `everywhere`.
        """
        found: dict[str, int] = {}
        for key, lanes in zip(self.keys, self.run(may, 0, everywhere), strict=True):
            found[key] = found[key] | lanes if key in found else lanes
        return found

    def forces(self, may_be: Mapping[str, int], possible: tuple[str, ...]) -> Forces:
        """Give what says which known facts force that nothing but `possible` is possible.

        `may_be` has per fact the cells it may be in, as bits.
        """

        def forces(facts: frozenset[str], spare: Sequence[str]) -> Callable[[int], bool]:
            # Most often the facts are few, and then the same come again.
            key = (possible, *spare, *[may_be[fact] for fact in spare])
            kept = len(facts) == len(spare)
            more = self.more.get(key) if kept else None
            if more is None:
                more = self._more(facts, spare, may_be, possible)
                if kept and len(self.more) < REMEMBERED:
                    self.more[key] = more
            return lambda left_out: not more >> left_out & 1

        return forces

    def _more(
        self,
        facts: frozenset[str],
        spare: Sequence[str],
        may_be: Mapping[str, int],
        possible: tuple[str, ...],
    ) -> int:
        """Give the sets of spare facts without which more is possible, a bit for each.

        Who knows less finds no less possible: there is just to see that it is no more.
        """
        # There is a lane for every set, whose bits are the lane's number.
        everywhere = (1 << (1 << len(spare))) - 1
        left_out = {fact: _lanes_with(n, everywhere) for n, fact in enumerate(spare)}
        may = {}
        for level, (fact, size) in zip(self.levels, self.facts, strict=True):
            unknown = left_out.get(fact, 0) if fact in facts else everywhere
            may[level] = _row(size, may_be[fact], everywhere, unknown)
        more = 0
        for key, lanes in zip(self.keys, self.run(may, 0, everywhere), strict=True):
            if key not in possible:
                more |= lanes
        return more


@lru_cache(maxsize=2_048)
def _row(size: int, cells: int, within: int, elsewhere: int) -> tuple[int, ...]:
    """Give one word for each of these cells, given as bits, and another for the others."""
    return tuple([within if cells >> cell & 1 else elsewhere for cell in range(size)])


@lru_cache
def _lanes_with(bit: int, everywhere: int) -> int:
    """Give the lanes in whose number a bit is set."""
    return everywhere // ((1 << (1 << bit)) + 1) << (1 << bit)
