"""One batch of rows at work: from planes to answers, and from answers to columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.profile import State
from routeengine.tables.bits import WORD, Plane, codes_of, rows_of, set_at
from routeengine.tables.coding import Codes
from routeengine.tables.output import MISSING, PARTS, lists_of
from routeengine.truth import Truth

if TYPE_CHECKING:
    from routeengine.tables.classifier import TableClassifier
    from routeengine.tables.workspace import Workspace

__all__ = ["Block", "Work"]


class Block:
    """What the columns of a batch say: per fact its cells as planes, and what goes apart."""

    def __init__(self, rows: int, space: Workspace, order: Sequence[str]) -> None:
        self.rows = rows
        self.space = space
        self.may: dict[str, list[Plane]] = dict(zip(order, space.may, strict=True))
        self.declined: dict[str, Plane] = {}
        self.faulty: list[tuple[str, Plane]] = []


class Work:
    """Works the answers of a block out, in the workspace that the block stands in.

    `verdicts` and `flags` have a code per row, and `missing` per decision the facts that
    are missing, as bits in bytes. `truths` has, per rule and criterion, the planes of where
    it can be true and where it can be false.
    """

    def __init__(
        self, classifier: TableClassifier, block: Block, *, missing: bool, traced: bool
    ) -> None:
        self._classifier = classifier
        self._plan = classifier.plan
        self._block = block
        self._asks_missing = missing
        self.verdicts: list[Codes] = [np.zeros(block.rows, np.uint32) for _ in self._plan.asked]
        self.flags: Codes = np.zeros(block.rows, np.uint32)
        self.missing = [
            np.zeros((block.rows, _width(asked.facts)), np.uint8) for asked in self._plan.asked
        ]
        self.truths: list[tuple[Plane, Plane]] = []
        alone = self._side_by_side() if self._plan.whole else np.arange(block.rows)
        if traced:
            alone = alone if self._trace() else np.arange(block.rows)
        if len(alone):
            self._one_by_one(alone)

    def _side_by_side(self) -> NDArray[np.intp]:
        """Answer all rows by lanes; give those that lanes have no answer for."""
        classifier, plan, rows = self._classifier, self._plan, self._block.rows
        planes = iter(self._block.space.run(0))
        for number, (asked, coder) in enumerate(zip(plan.asked, classifier.coders, strict=True)):
            self.verdicts[number] = coder.codes([next(planes) for _ in asked.fulls])[:rows]
        lowered = [next(planes) for _ in plan.flags]
        if lowered:
            self.flags = classifier.flag_coder.codes(lowered)[:rows]
        else:
            self.flags.fill(classifier.flag_line(()))
        alone = ~next(planes)
        if self._asks_missing:
            alone |= self._fill_missing()
        return rows_of(alone, rows)

    def _fill_missing(self) -> Plane:
        """Fill in which facts are missing; give the rows that have to go alone for it."""
        block = self._block
        planes = iter(block.space.run(1))
        none = np.zeros(block.space.words, WORD)
        into = np.empty(block.space.words * 64, np.uint8)
        for asked, sets in zip(self._plan.asked, self.missing, strict=True):
            found = {fact: next(planes) for fact in asked.single}
            ordered = [
                found[fact] & ~block.declined[fact]
                if fact in found and fact in block.declined
                else found.get(fact, none)
                for fact in asked.facts
            ]
            for byte in range((len(ordered) + 7) // 8):
                codes_of(ordered[8 * byte : 8 * byte + 8], into)
                sets[:, byte] = into[: block.rows]
        return next(planes)

    def _trace(self) -> bool:
        """Copy the planes of what can be true and false; say whether lanes have them."""
        if self._plan.trace is None:
            words = self._block.space.words
            self.truths = [
                (np.zeros(words, WORD), np.zeros(words, WORD)) for _ in self._plan.traced
            ]
            return False
        # They outlive the workspace.
        planes = iter(self._block.space.run(2))
        self.truths = [(true.copy(), next(planes).copy()) for true in planes]
        return True

    def _one_by_one(self, rows: NDArray[np.intp]) -> None:
        """Answer rows that lanes have no answer for, each different one once."""
        block, classifier = self._block, self._classifier
        alone = classifier.alone
        states, which = alone.states(block.may, block.declined, rows)
        answers = [alone.answer(state) for state in states]
        lines = [classifier.flag_line(answer.flags) for answer in answers]
        self.flags[rows] = np.array(lines, np.uint32)[which]
        for number, decision in enumerate(classifier.decisions):
            given = [answer.verdicts[decision.decision.id] for answer in answers]
            lines = [decision.of(verdict) for verdict in given]
            self.verdicts[number][rows] = np.array(lines, np.uint32)[which]
            if self._asks_missing:
                place = {fact: 1 << n for n, fact in enumerate(self._plan.asked[number].facts)}
                width = self.missing[number].shape[1]
                sets = [sum(place[fact] for fact in verdict.missing) for verdict in given]
                raw = b"".join(some.to_bytes(width, "little") for some in sets)
                found = np.frombuffer(raw, np.uint8).reshape(len(sets), width)
                self.missing[number][rows] = found[which]
        if self.truths:
            self._look_closer(states, rows, which)

    def _look_closer(
        self, states: list[State], rows: NDArray[np.intp], which: NDArray[np.intp]
    ) -> None:
        """Give rows that went alone the truths that an inspection of them gives."""
        alone = self._classifier.alone
        seen = [alone.truths(state, self._plan.traced) for state in states]
        for number, (true, false) in enumerate(self.truths):
            truths = [truths[number] for truths in seen]
            can = np.array([truth is not Truth.FALSE for truth in truths], np.bool_)[which]
            cannot = np.array([truth is not Truth.TRUE for truth in truths], np.bool_)[which]
            set_at(true, rows, can)
            set_at(false, rows, cannot)

    def columns(
        self, wanted: Collection[str], faulty: NDArray[np.intp]
    ) -> Iterator[tuple[str, pa.Array]]:
        """Yield the wanted columns of verdicts and flags; faulty rows have nothing in them."""
        absent = None
        if len(faulty):
            absent = np.zeros(self._block.rows, np.bool_)
            absent[faulty] = True
            for codes in (*self.verdicts, self.flags):
                codes[faulty] = 0
        if "flags" in wanted:
            yield "flags", self._classifier.flags.arrays(self.flags)[0]
        for number, decision in enumerate(self._classifier.decisions):
            name = decision.decision.id
            some = [n for n, part in enumerate(PARTS) if name + part in wanted]
            arrays = decision.lines.arrays(self.verdicts[number], some) if some else []
            yield from zip((name + PARTS[n] for n in some), arrays, strict=True)
            if name + MISSING in wanted:
                names = self._plan.asked[number].facts
                yield name + MISSING, lists_of(self.missing[number], names, absent)

    def traced(self, faulty: NDArray[np.intp]) -> Iterator[pa.BooleanArray]:
        """Yield per rule and criterion its truth: null where it is open, or the row faulty."""
        rows = self._block.rows
        size = (rows + 7) // 8
        for true, false in self.truths:
            np.bitwise_xor(true, false, out=false)
            set_at(false, faulty, np.zeros(len(faulty), np.bool_))
            bitmaps = [pa.py_buffer(plane.view(np.uint8)[:size]) for plane in (false, true)]
            yield pa.BooleanArray.from_buffers(pa.bool_(), rows, bitmaps)


def _width(facts: tuple[str, ...]) -> int:
    """Give the bytes that a set of these facts takes; a machine word where it fits one."""
    width = (len(facts) + 7) // 8
    return next((size for size in (1, 2, 4, 8) if width <= size), width)
