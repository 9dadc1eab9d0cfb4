"""One batch of rows at work: from planes to answers, and from answers to columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.result import Answer
from routeengine.tables.alone import Kind, Line
from routeengine.tables.bits import WORD, Plane, codes_of, matrix_at, pack, rows_of, set_at
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

    def at(
        self, rows: NDArray[np.intp], space: Workspace, forget: Mapping[str, NDArray[np.bool_]]
    ) -> Block:
        """Give some of the rows, in another workspace; what is in `forget` is unknown in them.

        `forget` has, per fact, which of those rows it is forgotten in.
        """
        block = Block(len(rows), space, tuple(self.may))
        for fact, planes in self.may.items():
            bits = matrix_at(planes, rows)
            if fact in forget:
                bits[forget[fact]] = 1
            for plane, column in zip(block.may[fact], bits.T, strict=True):
                pack(column, plane)
        for fact, plane in self.declined.items():
            block.declined[fact] = np.zeros(space.words, WORD)
            pack(matrix_at([plane], rows)[:, 0], block.declined[fact])
        return block


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
        self._traced = traced
        self.verdicts: list[Codes] = [np.zeros(block.rows, np.uint32) for _ in self._plan.asked]
        self.flags: Codes = np.zeros(block.rows, np.uint32)
        self.missing = [
            np.zeros((block.rows, _width(asked.facts)), np.uint8) for asked in self._plan.asked
        ]
        self.truths: list[tuple[Plane, Plane]] = []
        every = np.arange(block.rows)
        clashing, alone = self._side_by_side() if self._plan.whole else (every[:0], every)
        if traced and not self._trace():
            clashing, alone = every[:0], every
        if len(clashing):
            self._where_facts_clash(clashing)
        if len(alone):
            self._one_by_one(alone)

    def _side_by_side(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Answer all rows by lanes; give those whose facts clash, and those to be asked alone."""
        classifier, plan, rows = self._classifier, self._plan, self._block.rows
        planes = iter(self._block.space.run(0))
        for number, (asked, coder) in enumerate(zip(plan.asked, classifier.coders, strict=True)):
            self.verdicts[number] = coder.codes([next(planes) for _ in asked.fulls])[:rows]
        lowered = [next(planes) for _ in plan.flags]
        if lowered:
            self.flags = classifier.flag_coder.codes(lowered)[:rows]
        else:
            self.flags.fill(classifier.flag_line(()))
        possible = next(planes).copy()
        clashing = rows_of(~possible, rows)
        if not self._asks_missing:
            return clashing, clashing[:0]
        return clashing, rows_of(self._fill_missing() & possible, rows)

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

    def _where_facts_clash(self, rows: NDArray[np.intp]) -> None:
        """Answer rows whose facts cannot stand together: by lanes too, as if those were unknown.

        A decision that reads one of them says so, unless it does not apply whatever they are.
        """
        classifier = self._classifier
        clashing = classifier.clashes.of(self._block.may, rows)
        space = classifier.borrow((len(rows) + 63) // 64, traced=self._traced)
        try:
            block = self._block.at(rows, space, clashing.facts)
            work = Work(classifier, block, missing=self._asks_missing, traced=self._traced)
        finally:
            classifier.give_back(space, traced=self._traced)
        self.flags[rows] = classifier.flag_line(())
        for number, decision in enumerate(classifier.decisions):
            codes, missing = work.verdicts[number], work.missing[number]
            told = clashing.decisions[decision.decision.id] & (codes != decision.not_applicable)
            codes[told], missing[told] = decision.contradiction, 0
            self.verdicts[number][rows], self.missing[number][rows] = codes, missing
        for ours, theirs in zip(self.truths, work.truths, strict=True):
            for plane, other in zip(ours, theirs, strict=True):
                set_at(plane, rows, matrix_at([other], np.arange(len(rows)))[:, 0].astype(bool))

    def _one_by_one(self, rows: NDArray[np.intp]) -> None:
        """Answer rows that lanes have no answer for, each different one once."""
        block, alone = self._block, self._classifier.alone
        kinds, which = alone.kinds(block.may, block.declined, rows)
        lines = alone.lines(kinds, self._line, missing=self._asks_missing)
        flags, *columns = zip(*lines, strict=True)
        self.flags[rows] = np.array(flags, np.uint32)[which]
        for codes in self.verdicts:
            codes[rows] = np.array(columns.pop(0), np.uint32)[which]
        if self._asks_missing:
            for told, sets in zip(self.missing, columns, strict=True):
                width = told.shape[1]
                raw = b"".join(some.to_bytes(width, "little") for some in sets)
                told[rows] = np.frombuffer(raw, np.uint8).reshape(len(sets), width)[which]
        if self.truths:
            self._look_closer(kinds, rows, which)

    def _line(self, answer: Answer) -> Line:
        """Give what an answer reads like: of the flags, of each decision, and what is missing."""
        decisions = self._classifier.decisions
        verdicts = [answer.verdicts[one.decision.id] for one in decisions]
        line = [self._classifier.flag_line(answer.flags)]
        line += [one.of(verdict) for one, verdict in zip(decisions, verdicts, strict=True)]
        if self._asks_missing:
            for asked, verdict in zip(self._plan.asked, verdicts, strict=True):
                place = {fact: 1 << n for n, fact in enumerate(asked.facts)}
                line.append(sum(place[fact] for fact in verdict.missing))
        return tuple(line)

    def _look_closer(
        self, kinds: list[Kind], rows: NDArray[np.intp], which: NDArray[np.intp]
    ) -> None:
        """Give rows that went alone the truths that an inspection of them gives."""
        alone = self._classifier.alone
        seen = [alone.truths(kind, self._plan.traced) for kind in kinds]
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
