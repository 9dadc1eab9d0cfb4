"""Rows that lanes have no answer for, answered one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State
from routeengine.result import Answer
from routeengine.tables.bits import Plane, matrix_at
from routeengine.tables.plan import Traced
from routeengine.truth import Truth

__all__ = ["Alone"]


class Alone:
    """Answers rows one by one: those that lanes have no answer for. Equal rows are one."""

    def __init__(self, executor: LanesExecutor, answer: Callable[[State], Answer]) -> None:
        self._ruleset = executor.ruleset
        self._cells = executor.compiled.cells
        self._executor = executor
        self.answer = answer

    def truths(self, state: State, named: Sequence[Traced]) -> list[Truth]:
        """Give the truth of each rule and criterion for one state of knowledge."""
        look = self._executor.inspect(state)
        return [
            look.truth(one.when) if one.kind == "criterion" else look.applies(one.id)
            for one in named
        ]

    def states(
        self,
        may: Mapping[str, Sequence[Plane]],
        declined: Mapping[str, Plane],
        rows: NDArray[np.intp],
    ) -> tuple[list[State], NDArray[np.intp]]:
        """Give the different states of knowledge of some rows, and for each row which it is."""
        planes = [plane for some in may.values() for plane in some] + list(declined.values())
        if not planes:
            return [self._state((), may, declined)], np.zeros(len(rows), np.intp)
        bits = matrix_at(planes, rows)
        distinct, back = np.unique(bits, axis=0, return_inverse=True)
        states = [self._state(tuple(row), may, declined) for row in distinct.tolist()]
        return states, back.reshape(-1)

    def _state(
        self,
        bits: tuple[int, ...],
        may: Mapping[str, Sequence[Plane]],
        declined: Mapping[str, Plane],
    ) -> State:
        given = iter(bits)
        allowed = {
            fact: sum(
                cell for cell, there in zip(self._cells.of[fact], given, strict=False) if there
            )
            for fact in may
        }
        asked = {fact: bool(bit) for fact, bit in zip(declined, given, strict=True)}
        return {
            fact.id: Known(
                allowed.get(fact.id, fact.domain.full), declined=asked.get(fact.id, False)
            )
            for fact in self._ruleset.facts
        }
