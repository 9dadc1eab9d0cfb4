"""A lane program bound to words: the steps of one program over a block of rows, again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routeengine.symbolic.program import Program
from routeengine.tables.bits import WORD, Plane
from routeengine.tables.plan import CLASHES


class Workspace:
    """The words of one block of rows, and programs that run on them.

    `sizes` has the number of cells per level of the diagram, and `words` the
    words of a block. `may[level][cell]` is to be filled before the programs run. Not shared
    by threads.
    """

    def __init__(self, sizes: Sequence[int], programs: Sequence[Program], words: int) -> None:
        self.words = words
        self.may = [[np.zeros(words, WORD) for _ in range(size)] for size in sizes]
        self._nowhere = np.zeros(words, WORD)
        self._everywhere = ~self._nowhere
        self._told = [[self._everywhere, *map(np.zeros_like, planes)] for planes in self.may]
        # Programs run one after the other, so they share what they work in.
        spare: list[Plane] = []
        self._bound = []
        self.outputs: list[list[Plane]] = []
        for number, program in enumerate(programs):
            rows = self._told if number == CLASHES else self.may
            fixed = [self._nowhere, self._everywhere]
            fixed += [rows[level][cell] for level, cell in program.inputs]
            while len(spare) < program.slots - len(fixed):
                spare.append(np.zeros(words, WORD))
            at = [*fixed, *spare]
            self._bound.append(
                [
                    (np.bitwise_and if both else np.bitwise_or, at[left], at[right], at[into])
                    for both, left, right, into in program.steps
                ]
            )
            self.outputs.append([at[slot] for slot in program.outputs])

    def tell(self, levels: Sequence[int]) -> None:
        """Say for these levels what is told: always nothing, and the one cell where it is one."""
        for level in levels:
            one, two = self._nowhere.copy(), self._nowhere.copy()
            for plane in self.may[level]:
                two |= one & plane
                one |= plane
            for plane, told in zip(self.may[level], self._told[level][1:], strict=True):
                np.bitwise_and(plane, ~two, out=told)

    def run(self, program: int) -> list[Plane]:
        """Run a program, and give its outputs: valid until the next one runs."""
        for work, left, right, into in self._bound[program]:
            work(left, right, into)
        return self.outputs[program]
