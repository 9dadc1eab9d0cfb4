"""One decision on many lanes: what it can be, for as many profiles as a word has bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.program import Circuit, Rows
from routeengine.symbolic.straight import Run, straight

__all__ = ["DecisionLanes"]


@dataclass(frozen=True, slots=True)
class DecisionLanes:
    """The lane program of one decision: it gives, per leaf, the lanes that reach it.

    `keys` are those of the leaves; `levels` make a difference to the decision.
    """

    run: Run
    keys: tuple[str, ...]
    levels: tuple[int, ...]

    @classmethod
    def of(cls, diagram: Diagram, root: Node) -> Self:
        """Make the program of the decision with this root."""
        circuit = Circuit(diagram)
        leaves = circuit.leaves(root)
        return cls(
            straight(circuit.program([word for _, word in leaves])),
            tuple([full.key for full, _ in leaves]),
            tuple(sorted(diagram.support(root))),
        )

    def possible(self, may: Rows[int], everywhere: int) -> dict[str, int]:
        """Give, per key, the lanes in which the decision can be that.

        `may[level][cell]` has the lanes that may be in that cell, of those in `everywhere`.
        """
        found: dict[str, int] = {}
        for key, lanes in zip(self.keys, self.run(may, 0, everywhere), strict=True):
            found[key] = found.get(key, 0) | lanes
        return found
