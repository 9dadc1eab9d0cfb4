"""Answers one batch of rows: from planes to answers, and from answers to columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, repeat

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import State
from routeengine.result import Answer
from routeengine.tables.bits import WORD, Plane, plane_of, rows_of, sets_of, width_of
from routeengine.tables.columns import EncodedBatch
from routeengine.tables.fallback import Kind, Line, RowFallback
from routeengine.tables.output import Codes, DecisionColumns, FlagColumn, lists_of
from routeengine.tables.plan import ANSWERS, CLASHES, MISSING, POSSIBLE, TRACE, TablePlan
from routeengine.truth import Truth


class LaneMachine:
    """Memory for one block of rows, and the lane programs that run in it.

    A plane of the block has so many `words`; `traced` says whether the truth of every rule and
    criterion is worked out too. `may[level][cell]` is to be filled before the programs run. Not
    shared by threads.
    """

    def __init__(self, plan: TablePlan, words: int, traced: bool) -> None:
        self.words = words
        self.traced = traced
        self.may = [[np.zeros(words, WORD) for _ in range(size)] for size in plan.sizes]
        self._nowhere = np.zeros(words, WORD)
        self._everywhere = ~self._nowhere
        self._certain = [[self._everywhere, *map(np.zeros_like, planes)] for planes in self.may]
        # Programs run one after the other, so they share what they work in. Each step is bound to
        # its words once: to look them up by number in each run takes half as long again.
        spare: list[Plane] = []
        self._bound = []
        self.outputs: list[list[Plane]] = []
        programs = [*plan.programs, *([plan.trace] if traced and plan.trace is not None else [])]
        for number, program in enumerate(programs):
            rows = self._certain if number == CLASHES else self.may
            fixed = [self._nowhere, self._everywhere]
            fixed += [rows[level][cell] for level, cell in program.inputs]
            while len(spare) < program.slots - len(fixed):
                spare.append(np.zeros(words, WORD))
            at = [*fixed, *spare]
            work = np.bitwise_or, np.bitwise_and
            steps = [(work[both], at[a], at[b], at[into]) for both, a, b, into in program.steps]
            self._bound.append(steps)
            self.outputs.append([at[slot] for slot in program.outputs])

    def mark_certain(self, levels: Sequence[int]) -> None:
        """Mark what is certain for these levels: always nothing, and the one cell if it is one."""
        for level in levels:
            one, two = self._nowhere.copy(), self._nowhere.copy()
            for plane in self.may[level]:
                two |= one & plane
                one |= plane
            for plane, certain in zip(self.may[level], self._certain[level][1:], strict=True):
                np.bitwise_and(plane, ~two, out=certain)

    def run(self, program: int) -> list[Plane]:
        """Run a program, and return its outputs: valid until the next one runs."""
        for work, left, right, into in self._bound[program]:
            work(left, right, into)
        return self.outputs[program]


class Evaluator:
    """What rows are answered by: made once per rule set, and shared by threads.

    `answer` gives the answer of one state of knowledge, for rows that lanes have none for.
    """

    def __init__(self, executor: LanesExecutor, answer: Callable[[State], Answer]) -> None:
        self.plan = TablePlan(executor)
        self.fallback = RowFallback(
            executor, lambda state, missing: self._line(answer(state), missing)
        )
        self.decisions = list(map(DecisionColumns, self.plan.queries))
        self.flags = FlagColumn(executor.ruleset)
        # Making a machine takes as long as a run. INVARIANT: one is here just while nobody uses it.
        # One that an error keeps from coming back is made again.
        self._machines: dict[tuple[int, bool], deque[LaneMachine]] = {}

    @contextmanager
    def machine(self, rows: int, *, traced: bool) -> Iterator[LaneMachine]:
        """Lend a machine for at least so many rows that nobody else uses."""
        words = max(64, 1 << ((rows + 63) // 64 - 1).bit_length())
        machines = self._machines.setdefault((words, traced), deque())
        try:
            machine = machines.pop()
        except IndexError:
            machine = LaneMachine(self.plan, words, traced)
        yield machine
        machines.append(machine)

    def _line(self, answer: Answer, missing: bool) -> Line:
        """Return what an answer reads like: flags, each decision, and what each misses."""
        verdicts = [answer.verdicts[one.decision.id] for one in self.decisions]
        line = [self.flags.of(answer.flags)]
        line += [one.of(verdict) for one, verdict in zip(self.decisions, verdicts, strict=True)]
        for query, verdict in zip(self.plan.queries, verdicts, strict=True) if missing else ():
            line.append(sum(1 << query.facts.index(fact) for fact in verdict.missing))
        return tuple(line)


class Evaluation:
    """Works out the answers of a batch, on the machine that holds its planes.

    `verdicts` and `flags` have a code per row, and `missing` per decision the facts that
    are missing, as bits in bytes. `truths` has, per rule and criterion, the planes of where
    it can be true and where it can be false.
    """

    def __init__(
        self, evaluator: Evaluator, batch: EncodedBatch, machine: LaneMachine, *, missing: bool
    ) -> None:
        self._evaluator = evaluator
        self._plan = plan = evaluator.plan
        self._batch = batch
        self._machine = machine
        self._asks_missing = missing
        self._stated = dict(batch.may)  # what rows say, also where the planes forget it
        self.verdicts: list[Codes] = [np.zeros(batch.rows, np.uint32) for _ in plan.queries]
        self.flags: Codes = np.zeros(batch.rows, np.uint32)
        self.missing = [
            np.zeros((batch.rows, width_of(len(query.facts))), np.uint8) for query in plan.queries
        ]
        self.truths: list[tuple[Plane, Plane]] = []
        lanes = plan.fits and not (machine.traced and plan.trace is None)
        alone = rows_of(self._side_by_side(), batch.rows) if lanes else np.arange(batch.rows)
        if machine.traced:
            # Copies, for the machine goes on to other rows.
            planes = iter(self._machine.run(TRACE)) if lanes else repeat(self._joined([]))
            self.truths = [(next(planes).copy(), next(planes).copy()) for _ in plan.traced]
        if len(alone):
            self._one_by_one(alone)

    def _side_by_side(self) -> Plane:
        """Answer all rows by lanes; return those that have to be asked alone.

        What clashes in a row is unknown before anything runs. Then a decision that reads one of
        those facts says so, unless it does not apply whatever they are, and no flag is raised.
        """
        plan, batch, decisions = self._plan, self._batch, self._evaluator.decisions
        forgotten, alone = self._forget()
        reads = [plan.compiled.reads[one.decision.id] for one in decisions]
        clashing = [self._joined([forgotten[f] for f in forgotten if f in some]) for some in reads]
        planes = iter(self._machine.run(ANSWERS))
        for number, one in enumerate(decisions):
            bits = list(islice(planes, len(one.query.verdicts)))
            same = ~next(planes)
            bits += [plane & same for plane in islice(planes, len(one.query.groups))]
            self.verdicts[number] = one.codes([*bits, clashing[number]], batch.rows)
        anywhere = self._joined(list(forgotten.values()))
        lowered = [plane | anywhere for plane in planes] or [anywhere]
        self.flags = self._evaluator.flags.codes(lowered, batch.rows)
        return alone | self._fill_missing(clashing) if self._asks_missing else alone

    def _forget(self) -> tuple[dict[str, Plane], Plane]:
        """Make facts that clash unknown; return per fact the rows in which it does.

        And the rows in which too much clashes to say what: those are to be asked alone.
        """
        plan, batch, alone = self._plan, self._batch, self._joined([])
        self._machine.mark_certain([plan.order.index(fact) for fact in plan.clashing])
        planes = self._machine.run(CLASHES)
        forgotten = {f: plane.copy() for f, plane in zip(plan.clashing, planes, strict=True)}
        for number, ((facts, fits), possible) in enumerate(
            zip(plan.couplings, self._machine.run(POSSIBLE), strict=True)
        ):
            partly = self._joined([batch.partly[fact] for fact in facts if fact in batch.partly])
            rows = rows_of(~possible & partly if fits else ~possible, batch.rows)
            if len(rows):
                more, apart = self._evaluator.fallback.clashes(number, facts, batch.may, rows)
                alone |= apart
                for fact, plane in more.items():
                    forgotten[fact] = plane | forgotten.get(fact, plane)
        # A row says `able: no` and `starts: yes`, which clash, and `rung: 2`. From here on it says
        # `rung: 2` alone; that `able` and `starts` clash in it, their planes in `forgotten` tell.
        forgotten = {fact: plane for fact, plane in forgotten.items() if plane.any()}
        for fact, plane in forgotten.items():
            self._stated[fact] = [one.copy() for one in batch.may[fact]]
            for one in batch.may[fact]:
                np.bitwise_or(one, plane, out=one)
        return forgotten, alone

    def _joined(self, planes: Sequence[Plane]) -> Plane:
        """Return the rows that are in one of these planes at least."""
        joined = np.zeros(self._machine.words, WORD)
        for plane in planes:
            joined |= plane
        return joined

    def _fill_missing(self, clashing: Sequence[Plane]) -> Plane:
        """Fill in which facts are missing; return the rows that have to go alone for it."""
        batch, none = self._batch, self._joined([])
        planes = iter(self._machine.run(MISSING))
        alone = none.copy()
        for number, (query, clash) in enumerate(zip(self._plan.queries, clashing, strict=True)):
            asks = ~clash
            found = {fact: next(planes) & asks for fact in query.single}
            alone |= next(planes) & asks
            for fact in found.keys() & batch.declined.keys():
                found[fact] &= ~batch.declined[fact]
            ordered = [found.get(fact, none) for fact in query.facts]
            self.missing[number] = sets_of(ordered, width_of(len(query.facts)), batch.rows)
        return alone

    def _one_by_one(self, rows: NDArray[np.intp]) -> None:
        """Answer rows that lanes have no answer for, each different one once."""
        batch, fallback = self._batch, self._evaluator.fallback
        kinds, which = fallback.kinds(self._stated, batch.declined, rows)
        lines = [fallback.line(kind, self._asks_missing) for kind in kinds]
        flags, *columns = zip(*lines, strict=True)
        self.flags[rows] = np.array(flags, np.uint32)[which]
        for codes in self.verdicts:
            codes[rows] = np.array(columns.pop(0), np.uint32)[which]
        if self._asks_missing:
            for missing, sets in zip(self.missing, columns, strict=True):
                width = missing.shape[1]
                raw = b"".join(some.to_bytes(width, "little") for some in sets)
                missing[rows] = np.frombuffer(raw, np.uint8).reshape(len(sets), width)[which]
        if self.truths:
            self._look_closer(kinds, rows, which)

    def _look_closer(
        self, kinds: list[Kind], rows: NDArray[np.intp], which: NDArray[np.int32]
    ) -> None:
        """Fill in the truths of rows that went alone, as an inspection of them gives them."""
        fallback = self._evaluator.fallback
        seen = [fallback.truths(kind, self._plan.traced.values()) for kind in kinds]
        words = self._machine.words
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
            absent = np.zeros(self._batch.rows, np.bool_)
            absent[faulty] = True
            for codes in (*self.verdicts, self.flags):
                codes[faulty] = 0
        if "flags" in wanted:
            yield "flags", self._evaluator.flags.arrays(self.flags)[0]
        for number, decision in enumerate(self._evaluator.decisions):
            some = [n for n, name in enumerate(decision.names) if name in wanted]
            arrays = decision.arrays(self.verdicts[number], some)
            yield from zip((decision.names[n] for n in some), arrays, strict=True)
            if decision.missing in wanted:
                facts = decision.query.facts
                yield decision.missing, lists_of(self.missing[number], facts, absent)

    def traced(self, faulty: NDArray[np.intp]) -> Iterator[pa.BooleanArray]:
        """Yield per rule and criterion its truth: null where it is open, or the row faulty."""
        rows = self._batch.rows
        size = (rows + 7) // 8
        usable = ~plane_of(faulty, self._machine.words)
        for true, false in self.truths:
            np.bitwise_xor(true, false, out=false)
            np.bitwise_and(false, usable, out=false)
            bitmaps = [pa.py_buffer(plane.view(np.uint8)[:size]) for plane in (false, true)]
            yield pa.BooleanArray.from_buffers(pa.bool_(), rows, bitmaps)
