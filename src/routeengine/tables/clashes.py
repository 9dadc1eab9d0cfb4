"""Rows whose facts cannot stand together, where no list of clashes says what clashes in them.

That hangs on the facts of one coupling of constraints alone, and those have few different
cells: each combination of them is looked into once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.conflicts import Clash, Held
from routeengine.symbolic.diagram import Node
from routeengine.tables.bits import Plane, kinds_at, plane_of

REMEMBERED = 16_384
"""Combinations of cells of which is kept what clashes, for the rows of later batches."""


class Clashes:
    """Finds what clashes, by the compiled constraints of a rule set; all of them must have fit."""

    def __init__(self, compiled: CompiledRuleSet) -> None:
        self._compiled = compiled
        # INVARIANT: what clashes hangs on nothing but the coupling and the cells of its facts.
        self._clash = lru_cache(REMEMBERED)(self._look)

    def of(
        self,
        number: int,
        facts: tuple[str, ...],
        may: Mapping[str, Sequence[Plane]],
        rows: NDArray[np.intp],
    ) -> tuple[dict[str, Plane], Plane]:
        """Return, per fact of a coupling, in which of these rows it clashes.

        And in which of them that took too much, so that it is perhaps too many facts.
        """
        words = len(may[facts[0]][0])
        kinds, which = kinds_at([plane for fact in facts for plane in may[fact]], rows)
        found = [self._clash(number, facts, kind) for kind in kinds]

        def where(kinds: Sequence[bool]) -> Plane:
            return plane_of(rows[np.array(kinds, np.bool_)[which]], words)

        clashing = {fact: where([fact in union for union, _ in found]) for fact in facts}
        return clashing, where([not fits for _, fits in found])

    def _look(
        self, number: int, facts: tuple[str, ...], kind: bytes
    ) -> tuple[frozenset[str], bool]:
        """Return the facts of all minimal conflicts in these cells, and whether that fits."""
        compiled, known, bits = self._compiled, {}, int.from_bytes(kind, "little")
        for fact in facts:
            every = compiled.everything[fact]
            if bits & every != every:
                known[fact] = bits & every
            bits >>= every.bit_length()
        # Where a coupling does not fit, no row is answered by lanes.
        root = cast(Node, compiled.coupled[number])
        clash = Clash(known, Held(compiled.whole.diagram, root, compiled.order))
        return clash.union, clash.fits
