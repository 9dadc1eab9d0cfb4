"""One decision on many lanes: what it can be, for as many profiles as a word has bits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from routeengine.executors.forcing import Forces
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.program import Circuit, Rows
from routeengine.symbolic.straight import Run, straight

__all__ = ["DecisionLanes"]


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

    def forces(self, may_be: Mapping[str, int], possible: Collection[str]) -> Forces:
        """Give what says which known facts force that nothing but `possible` is possible.

        `may_be` has per fact the cells it may be in, as bits.
        """

        def forces(facts: frozenset[str], spare: Sequence[str]) -> Callable[[int], bool]:
            # There is a lane for every set of the spare ones, whose bits are the lane's number.
            everywhere = (1 << (1 << len(spare))) - 1
            left_out = {fact: _lanes_with(n, everywhere) for n, fact in enumerate(spare)}
            may = {}
            for level, (fact, size) in zip(self.levels, self.facts, strict=True):
                unknown = left_out.get(fact, 0) if fact in facts else everywhere
                may[level] = _row(size, may_be[fact], everywhere, unknown)
            # Who knows less finds no less possible: there is just to see that it is no more.
            more = 0
            for key, lanes in zip(self.keys, self.run(may, 0, everywhere), strict=True):
                if key not in possible:
                    more |= lanes
            return lambda some: not more >> some & 1

        return forces


@lru_cache(maxsize=2_048)
def _row(size: int, cells: int, within: int, elsewhere: int) -> tuple[int, ...]:
    """Give one word for each of these cells, given as bits, and another for the others."""
    return tuple([within if cells >> cell & 1 else elsewhere for cell in range(size)])


@lru_cache
def _lanes_with(bit: int, everywhere: int) -> int:
    """Give the lanes in whose number a bit is set."""
    return everywhere // ((1 << (1 << bit)) + 1) << (1 << bit)
