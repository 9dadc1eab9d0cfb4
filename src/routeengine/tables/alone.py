"""Rows that lanes have no answer for, answered one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import Condition
from routeengine.tables.bits import Plane, kinds_at
from routeengine.truth import Truth

REMEMBERED = 16_384
"""Lines that are kept for the rows of later batches: some megabytes."""

Kind = bytes
"""What is known in a row: per fact its cells and whether it was declined, as bits."""

Line = tuple[int, ...]
"""What stands in the columns of a row, as numbers."""


class Alone:
    """Answers rows one by one: those that lanes have no answer for. Equal rows are one.

    `line` gives the line of one state of knowledge, with or without what is missing.
    """

    def __init__(self, executor: LanesExecutor, line: Callable[[State, bool], Line]) -> None:
        self._ruleset = executor.ruleset
        self._cells = executor.compiled.cells
        self._order = executor.compiled.order
        self._executor = executor
        # INVARIANT: a line hangs on nothing but its kind, and on whether it says what is missing.
        self.line = lru_cache(REMEMBERED)(lambda kind, missing: line(self._state(kind), missing))

    def truths(self, kind: Kind, named: Iterable[Condition]) -> list[Truth]:
        """Give the truth of some conditions for rows of one kind."""
        look = self._executor.inspect(self._state(kind))
        return list(map(look.truth, named))

    def kinds(
        self,
        may: Mapping[str, Sequence[Plane]],
        declined: Mapping[str, Plane],
        rows: NDArray[np.intp],
    ) -> tuple[list[Kind], NDArray[np.intp]]:
        """Give the different kinds of some rows, and for each row the number of its own."""
        planes: list[Plane] = []
        for fact in self._order:
            planes += [*may[fact], declined.get(fact, np.zeros_like(may[fact][0]))]
        return kinds_at(planes, rows)

    def _state(self, kind: Kind) -> State:
        state = {fact.id: Known(fact.domain.full) for fact in self._ruleset.facts}
        bits = int.from_bytes(kind, "little")
        for fact in self._order:
            cells = self._cells.of[fact]
            allowed = sum(cell for n, cell in enumerate(cells) if bits >> n & 1)
            state[fact] = Known(allowed, declined=bool(bits >> len(cells) & 1))
            bits >>= len(cells) + 1
        return state
