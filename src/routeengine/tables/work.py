"""One batch of rows at work: from planes to answers, and from answers to columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice, repeat
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.tables.alone import Kind
from routeengine.tables.bits import WORD, Plane, plane_of, rows_of, sets_of
from routeengine.tables.coding import Codes
from routeengine.tables.output import MISSING as MISSING_COLUMN
from routeengine.tables.output import PARTS, lists_of
from routeengine.tables.plan import ANSWERS, CLASHES, MISSING, POSSIBLE, TRACE
from routeengine.truth import Truth

if TYPE_CHECKING:
    from routeengine.tables.classifier import TableClassifier
    from routeengine.tables.workspace import Workspace


class Block:
    """What the columns of a batch say: per fact its cells as planes, and what goes apart.

    `partly` has, per fact, the rows in which it is known, but not to be in one cell.
    """

    def __init__(self, rows: int, space: Workspace, order: Sequence[str]) -> None:
        self.rows = rows
        self.space = space
        self.may: dict[str, list[Plane]] = dict(zip(order, space.may, strict=True))
        self.declined: dict[str, Plane] = {}
        self.partly: dict[str, Plane] = {}
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
        self._plan = plan = classifier.plan
        self._block = block
        self._asks_missing = missing
        self._said = dict(block.may)  # what rows say, also where the block forgets it
        self.verdicts: list[Codes] = [np.zeros(block.rows, np.uint32) for _ in plan.asked]
        self.flags: Codes = np.zeros(block.rows, np.uint32)
        self.missing = [
            np.zeros((block.rows, _width(asked.facts)), np.uint8) for asked in plan.asked
        ]
        self.truths: list[tuple[Plane, Plane]] = []
        lanes = plan.whole and not (traced and plan.trace is None)
        alone = rows_of(self._side_by_side(), block.rows) if lanes else np.arange(block.rows)
        if traced:
            # They outlive the workspace.
            planes = iter(block.space.run(TRACE)) if lanes else repeat(self._joined([]))
            self.truths = [(next(planes).copy(), next(planes).copy()) for _ in plan.traced]
        if len(alone):
            self._one_by_one(alone)

    def _side_by_side(self) -> Plane:
        """Answer all rows by lanes; give those that have to be asked alone.

        What clashes in a row is unknown before anything runs. Then a decision that reads one of
        those facts says so, unless it does not apply whatever they are, and no flag is raised.
        """
        plan, coders, block = self._plan, self._classifier.coders, self._block
        forgotten, alone = self._forget()
        reads = [plan.compiled.reads[asked.decision.id] for asked in plan.asked]
        clashing = [self._joined([forgotten[f] for f in forgotten if f in some]) for some in reads]
        planes = iter(block.space.run(ANSWERS))
        for number, (asked, coder) in enumerate(zip(plan.asked, coders, strict=True)):
            bits = list(islice(planes, len(asked.fulls)))
            same = ~next(planes)
            bits += [plane & same for plane in islice(planes, len(asked.groups))]
            self.verdicts[number] = coder.codes([*bits, clashing[number]], block.rows)
        anywhere = self._joined(list(forgotten.values()))
        lowered = [plane | anywhere for plane in planes] or [anywhere]
        self.flags = self._classifier.flag_coder.codes(lowered, block.rows)
        return alone | self._fill_missing(clashing) if self._asks_missing else alone

    def _forget(self) -> tuple[dict[str, Plane], Plane]:
        """Make what clashes unknown; give the rows where each fact does, and those to be alone.

        Those are rows in which too much clashes to say what.
        """
        plan, block, alone = self._plan, self._block, self._joined([])
        block.space.tell([plan.order.index(fact) for fact in plan.clashing])
        planes = block.space.run(CLASHES)
        forgotten = {f: plane.copy() for f, plane in zip(plan.clashing, planes, strict=True)}
        for number, ((facts, fits), possible) in enumerate(
            zip(plan.coupled, block.space.run(POSSIBLE), strict=True)
        ):
            partly = self._joined([block.partly[fact] for fact in facts if fact in block.partly])
            rows = rows_of(~possible & partly if fits else ~possible, block.rows)
            if len(rows):
                more, apart = self._classifier.clashes.of(number, facts, block.may, rows)
                alone |= apart
                for fact, plane in more.items():
                    forgotten[fact] = plane | forgotten.get(fact, plane)
        forgotten = {fact: plane for fact, plane in forgotten.items() if plane.any()}
        for fact, plane in forgotten.items():
            self._said[fact] = [one.copy() for one in block.may[fact]]
            for one in block.may[fact]:
                np.bitwise_or(one, plane, out=one)
        return forgotten, alone

    def _joined(self, planes: Sequence[Plane]) -> Plane:
        """Give the rows that are in one of these planes at least."""
        joined = np.zeros(self._block.space.words, WORD)
        for plane in planes:
            joined |= plane
        return joined

    def _fill_missing(self, clashing: Sequence[Plane]) -> Plane:
        """Fill in which facts are missing; give the rows that have to go alone for it."""
        block, none = self._block, self._joined([])
        planes = iter(block.space.run(MISSING))
        alone = none.copy()
        for number, (asked, clash) in enumerate(zip(self._plan.asked, clashing, strict=True)):
            asks = ~clash
            found = {fact: next(planes) & asks for fact in asked.single}
            alone |= next(planes) & asks
            for fact in found.keys() & block.declined.keys():
                found[fact] &= ~block.declined[fact]
            ordered = [found.get(fact, none) for fact in asked.facts]
            self.missing[number] = sets_of(ordered, _width(asked.facts), block.rows)
        return alone

    def _one_by_one(self, rows: NDArray[np.intp]) -> None:
        """Answer rows that lanes have no answer for, each different one once."""
        block, alone = self._block, self._classifier.alone
        kinds, which = alone.kinds(self._said, block.declined, rows)
        lines = [alone.line(kind, self._asks_missing) for kind in kinds]
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

    def _look_closer(
        self, kinds: list[Kind], rows: NDArray[np.intp], which: NDArray[np.intp]
    ) -> None:
        """Give rows that went alone the truths that an inspection of them gives."""
        alone = self._classifier.alone
        seen = [alone.truths(kind, self._plan.traced.values()) for kind in kinds]
        words = self._block.space.words
        elsewhere = ~plane_of(rows, words)
        for number, both in enumerate(self.truths):
            truths = [truths[number] for truths in seen]
            for plane, never in zip(both, (Truth.FALSE, Truth.TRUE), strict=True):
                can = np.array([truth is not never for truth in truths], np.bool_)[which]
                np.bitwise_and(plane, elsewhere, out=plane)
                np.bitwise_or(plane, plane_of(rows[can], words), out=plane)

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
            if name + MISSING_COLUMN in wanted:
                names = self._plan.asked[number].facts
                yield name + MISSING_COLUMN, lists_of(self.missing[number], names, absent)

    def traced(self, faulty: NDArray[np.intp]) -> Iterator[pa.BooleanArray]:
        """Yield per rule and criterion its truth: null where it is open, or the row faulty."""
        rows = self._block.rows
        size = (rows + 7) // 8
        usable = ~plane_of(faulty, self._block.space.words)
        for true, false in self.truths:
            np.bitwise_xor(true, false, out=false)
            np.bitwise_and(false, usable, out=false)
            bitmaps = [pa.py_buffer(plane.view(np.uint8)[:size]) for plane in (false, true)]
            yield pa.BooleanArray.from_buffers(pa.bool_(), rows, bitmaps)


def _width(facts: tuple[str, ...]) -> int:
    """Give the bytes that a set of these facts takes; a machine word where it fits one."""
    width = (len(facts) + 7) // 8
    return next((size for size in (1, 2, 4, 8) if width <= size), width)
