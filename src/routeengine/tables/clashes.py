"""Rows whose facts cannot stand together: what clashes in them, worked out side by side.

Which facts clash hangs on the facts of one coupling of constraints alone, and those have
few different cells: each combination of them is looked into once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from routeengine.ruleset.conflicts import minimal_conflicts
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import TRUE, Node
from routeengine.tables.bits import Plane, kinds_at

__all__ = ["Clashes", "Clashing"]

REMEMBERED = 16_384
"""Combinations of cells whose conflicts are kept for the rows of later batches."""

_Conflicts = list[frozenset[str]]
_Rows = NDArray[np.bool_]


@dataclass(slots=True)
class Clashing:
    """What clashes in some rows: per fact, and per decision that reads such a fact, which rows."""

    facts: dict[str, _Rows]
    decisions: dict[str, _Rows]


class Clashes:
    """Finds what clashes, by the compiled constraints of a rule set; all of them must have fit."""

    def __init__(self, compiled: CompiledRuleSet) -> None:
        self._compiled = compiled
        # INVARIANT: conflicts hang on nothing but the coupling and the cells of its facts.
        self._known: dict[tuple[int, bytes], _Conflicts] = {}

    def of(self, may: Mapping[str, Sequence[Plane]], rows: NDArray[np.intp]) -> Clashing:
        """Find what clashes in some rows of a block."""
        compiled = self._compiled
        clashing = Clashing({}, {name: np.zeros(len(rows), np.bool_) for name in compiled.reads})
        for number, coupling in enumerate(compiled.couplings):
            # A fact of one cell only says nothing, and clashes with nothing.
            facts = [fact for fact in coupling.facts if fact in may]
            kinds, which = kinds_at([plane for fact in facts for plane in may[fact]], rows)
            found = [self._conflicts(number, facts, kind) for kind in kinds]
            if any(found):
                for fact in facts:
                    clashing.facts[fact] = _touched(found, frozenset({fact}))[which]
                for name, reads in compiled.reads.items():
                    clashing.decisions[name] |= _touched(found, reads)[which]
        return clashing

    def _conflicts(self, number: int, facts: Sequence[str], kind: bytes) -> _Conflicts:
        """Give the minimal conflicts of one coupling where its facts have these cells."""
        known = self._known.get((number, kind))
        if known is None:
            known = self._work_out(number, facts, kind)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[number, kind] = known
        return known

    def _work_out(self, number: int, facts: Sequence[str], kind: bytes) -> _Conflicts:
        compiled, where = self._compiled, self._compiled.whole
        # Where a coupling does not fit, no row is answered by lanes.
        root = cast(Node, compiled.coupled[number])
        may, bits = {}, int.from_bytes(kind, "little")
        for fact in facts:
            may[fact] = bits & compiled.everything[fact]
            bits >>= len(compiled.cells.of[fact])

        def clash(given: frozenset[str]) -> bool:
            masks = compiled.everything | {fact: may[fact] for fact in given}
            return TRUE not in where.diagram.reach(root, where.masks(masks))

        return minimal_conflicts(facts, clash)


def _touched(found: Sequence[_Conflicts], facts: frozenset[str]) -> _Rows:
    """Say of each of some conflicts whether one of these facts is in them."""
    return np.array([any(not one.isdisjoint(facts) for one in some) for some in found], np.bool_)
