"""Rows that lanes cannot answer whole: looked into one by one, each different one once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import Condition
from routeengine.symbolic.conflicts import Clash
from routeengine.symbolic.diagram import Node
from routeengine.tables.bits import Plane, kinds_at, plane_of
from routeengine.truth import Truth

CACHE_SIZE = 16_384
"""Answers that are kept for the rows of later batches: some megabytes."""

Kind: TypeAlias = int
"""What is known in a row: per fact its cells and whether it was declined, as bits."""

Line: TypeAlias = tuple[int, ...]
"""The codes of a row, column by column."""


Planes: TypeAlias = Mapping[str, Sequence[Plane]]
"""Per fact and cell, the rows that may be in it."""


class RowFallback:
    """Answers rows one by one: those that lanes have no answer for.

    `line` gives the line of one state of knowledge, with or without what is missing.
    """

    def __init__(self, executor: LanesExecutor, line: Callable[[State, bool], Line]) -> None:
        self._executor = executor
        self._compiled = executor.compiled
        # INVARIANT: a line depends on its kind alone, and on whether it says what is missing.
        self.line = lru_cache(CACHE_SIZE)(lambda kind, missing: line(self._state(kind), missing))
        # INVARIANT: what clashes depends on nothing but the coupling and the cells of its facts.
        self.clash = lru_cache(CACHE_SIZE)(self._find_clash)

    def truths(self, kind: Kind, conditions: Iterable[Condition]) -> list[Truth]:
        """Return the truth of some conditions for rows of one kind."""
        return list(map(self._executor.inspect(self._state(kind)).truth, conditions))

    def kinds(
        self, may: Planes, declined: Mapping[str, Plane], rows: NDArray[np.intp]
    ) -> tuple[list[Kind], NDArray[np.int32]]:
        """Return the different kinds of some rows, and for each row the number of its own."""
        planes: list[Plane] = []
        for fact in self._compiled.order:
            planes += [*may[fact], declined.get(fact, np.zeros_like(may[fact][0]))]
        return kinds_at(planes, rows)

    def _state(self, kind: Kind) -> State:
        # Facts that no condition tells apart have no cells, and count as unknown.
        state = {fact.id: Known(fact.domain.full) for fact in self._compiled.ruleset.facts}
        for fact in self._compiled.order:
            cells, number = self._compiled.cells, len(self._compiled.cells.of[fact])
            state[fact] = Known(cells.values(fact, kind), declined=bool(kind >> number & 1))
            kind >>= number + 1
        return state

    def clashes(
        self, number: int, facts: tuple[str, ...], may: Planes, rows: NDArray[np.intp]
    ) -> tuple[dict[str, Plane], Plane]:
        """Return, per fact of a coupling, in which of these rows it clashes, if no program says it.

        And in which of them that took too much, so that it is perhaps too many facts. That depends
        on the facts of one coupling of constraints alone, and those have few different cells: each
        combination of them is looked into once. All constraints must have fit.
        """
        words = len(may[facts[0]][0])
        kinds, which = kinds_at([plane for fact in facts for plane in may[fact]], rows)
        found = [self.clash(number, facts, kind) for kind in kinds]

        def where(kinds: Sequence[bool]) -> Plane:
            return plane_of(rows[np.array(kinds, np.bool_)[which]], words)

        clashing = {fact: where([fact in union for union, _ in found]) for fact in facts}
        return clashing, where([not fits for _, fits in found])

    def _find_clash(
        self, number: int, facts: tuple[str, ...], cells: int
    ) -> tuple[frozenset[str], bool]:
        """Return the facts of all minimal conflicts in these cells, and whether that fits."""
        compiled, known = self._compiled, {}
        for fact in facts:
            every = compiled.cells.everything[fact]
            if cells & every != every:
                known[fact] = cells & every
            cells >>= every.bit_length()
        # Where a coupling does not fit, no row is answered by lanes.
        root = cast(Node, compiled.coupled[number])
        clash = Clash(known, compiled.whole.diagram, root, compiled.order)
        return clash.union, clash.fits
