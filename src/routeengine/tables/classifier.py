"""Tables classified in batches: Arrow columns in, columns of verdicts out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.columns import CLIENT, Columns
from routeengine.caseload.values import FactReader
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import CLIENT_ID, State
from routeengine.result import Answer
from routeengine.ruleset.model import Fact
from routeengine.tables import client_ids
from routeengine.tables.alone import Alone
from routeengine.tables.bits import WORD, Plane, codes_of, rows_of
from routeengine.tables.coding import Codes, Lines, SetCoder
from routeengine.tables.faults import Faults, error_column, row_errors
from routeengine.tables.output import (
    DecisionColumns,
    constant,
    flags_kind,
    lists_of,
    output_schema,
    provenance,
)
from routeengine.tables.plan import TablePlan
from routeengine.tables.reading import FactColumn
from routeengine.tables.workspace import Workspace

__all__ = ["BATCH", "TableClassifier", "TableReading"]

BATCH = 1 << 18
"""Rows that go side by side: their words stay in the processor's cache."""


class TableClassifier:
    """Classifies tables by one rule set; built once, and shared by threads.

    `answer` gives the answer of one state of knowledge, for rows that go alone.
    """

    def __init__(self, executor: LanesExecutor, answer: Callable[[State], Answer]) -> None:
        self.ruleset = executor.ruleset
        self.plan = TablePlan(executor)
        self.cells = executor.compiled.cells
        self.alone = Alone(self.ruleset, self.cells, answer)
        self.decisions = [DecisionColumns(decision) for decision in self.ruleset.decisions]
        self.flags = Lines([flags_kind(self.ruleset)])
        self.coders = [self._coder(number) for number in range(len(self.plan.asked))]
        self.flag_coder = SetCoder(self._flag_line)
        self._spaces: dict[int, deque[Workspace]] = {}

    def _coder(self, number: int) -> SetCoder:
        fulls, columns = self.plan.asked[number].fulls, self.decisions[number]

        def code(reached: int) -> int:
            seen = [full for bit, full in enumerate(fulls) if reached >> bit & 1]
            # What reaches nothing is impossible, and goes alone.
            return columns.of_fulls(seen) if seen else 0

        return SetCoder(code)

    def _flag_line(self, lowered: int) -> int:
        raised = [f for bit, f in enumerate(self.plan.flags) if not lowered >> bit & 1]
        return self.flags.number((" ".join(raised),))

    def reading(
        self,
        schema: pa.Schema,
        *,
        drop_columns: Iterable[str] = (),
        missing: bool = True,
        named: str = "the table",
    ) -> TableReading:
        """Get ready for tables with these columns; what is wrong with those is found here.

        Raises CaseloadError that names every column that is no fact, is refused or
        stands twice; `named` is how it names the table.
        """
        return TableReading(self, schema, tuple(drop_columns), missing=missing, named=named)

    def borrow(self, words: int) -> Workspace:
        """Give a workspace that nobody else has."""
        size = 64
        while size < words:
            size *= 2
        try:
            return self._spaces.setdefault(size, deque()).pop()
        except IndexError:
            return Workspace(self.plan.sizes, self.plan.programs, size)

    def give_back(self, space: Workspace) -> None:
        """Take a workspace back, for the next batch."""
        self._spaces[space.words].append(space)


@dataclass(slots=True)
class _Block:
    """What the columns of a batch say: per fact its cells as planes, and what goes apart."""

    rows: int
    words: int
    may: dict[str, list[Plane]]
    declined: dict[str, Plane] = field(default_factory=dict)
    faulty: list[tuple[str, Plane]] = field(default_factory=list)


class TableReading:
    """Classifies batches of one table; may be shared by threads.

    `schema` has the columns that come out, the same for every batch.
    """

    def __init__(
        self,
        classifier: TableClassifier,
        schema: pa.Schema,
        drop: tuple[str, ...],
        *,
        missing: bool,
        named: str,
    ) -> None:
        ruleset = classifier.ruleset
        targets = Columns(ruleset, drop, "drop_columns").resolve(
            named, schema.names, needs_id=False
        )
        self._classifier = classifier
        self._missing = missing
        self._facts = [
            (place, target.id, FactColumn(FactReader(ruleset, target), classifier.cells, kind))
            for place, (target, kind) in enumerate(zip(targets, schema.types, strict=True))
            if isinstance(target, Fact)
        ]
        self.id_column = targets.index(CLIENT) if CLIENT in targets else None
        id_kind = None if self.id_column is None else schema.types[self.id_column]
        self._id_kind = client_ids.id_type(id_kind)
        self.schema = output_schema(ruleset, self._id_kind, missing=missing)
        self._provenance = provenance(ruleset)

    def classify(
        self, batch: pa.RecordBatch, ids: pa.Array | None = None, faults: Faults | None = None
    ) -> pa.RecordBatch:
        """Classify the rows of a batch: a row out for every row in, in their order.

        `ids` are the client ids to write out, and `faults` what is wrong with rows beside
        their facts, `FIELD: what`, by row from 0: a row with faults has no verdict.
        """
        rows = batch.num_rows
        if not rows:
            return pa.RecordBatch.from_arrays([pa.array([], k) for k in self.schema.types],
                                              schema=self.schema)  # fmt: skip
        space = self._classifier.borrow((rows + 63) // 64)
        try:
            block = self._read(batch, space)
            errors = row_errors(block.rows, block.faulty, faults or {})
            columns = self._columns(block, space, np.array(list(errors), np.intp))
        finally:
            self._classifier.give_back(space)
        columns[CLIENT_ID] = pa.nulls(rows, self._id_kind) if ids is None else ids
        columns["error"] = error_column(errors, rows)
        for name, text in zip(("ruleset", "ruleset_version", "ruleset_sha256"), self._provenance,
                              strict=True):  # fmt: skip
            columns[name] = constant(text, rows)
        return pa.RecordBatch.from_arrays(
            [columns[name] for name in self.schema.names], schema=self.schema
        )

    def _read(self, batch: pa.RecordBatch, space: Workspace) -> _Block:
        """Fill the planes of every fact; a fact without a column is unknown."""
        plan = self._classifier.plan
        may = dict(zip(plan.order, space.may, strict=True))
        block = _Block(batch.num_rows, space.words, may)
        for planes in (may[fact] for fact in may.keys() - {fact for _, fact, _ in self._facts}):
            for plane in planes:
                plane.fill(np.iinfo(np.uint64).max)
        scratch = np.zeros(space.words, WORD)
        for place, fact, column in self._facts:
            noted = column.read(batch.column(place), may.get(fact, []), scratch)
            if noted.declined is not None:
                block.declined[fact] = noted.declined
            if noted.faulty is not None:
                message = f"{fact}: {column.reader.allowed}"
                block.faulty.append((message, noted.faulty))
        return block

    def _columns(
        self, block: _Block, space: Workspace, faulty: NDArray[np.intp]
    ) -> dict[str, pa.Array]:
        classifier, plan = self._classifier, self._classifier.plan
        verdicts: list[Codes] = []
        alone = np.arange(block.rows)
        flags: Codes = np.zeros(block.rows, np.uint32)
        missing = [np.zeros((block.rows, _width(asked.facts)), np.uint8) for asked in plan.asked]
        if plan.whole:
            planes = iter(space.run(0))
            for asked, coder in zip(plan.asked, classifier.coders, strict=True):
                some = [next(planes) for _ in asked.fulls]
                verdicts.append(coder.codes(some)[: block.rows])
            lowered = [next(planes) for _ in plan.flags]
            if lowered:
                flags = classifier.flag_coder.codes(lowered)[: block.rows]
            else:
                flags = np.full(block.rows, classifier.flags.number(("",)), np.uint32)
            impossible = ~next(planes)
            if self._missing:
                impossible |= self._fill_missing(block, space, missing)
            alone = rows_of(impossible, block.rows)
        else:
            verdicts = [np.zeros(block.rows, np.uint32) for _ in classifier.decisions]
        if len(alone):
            self._one_by_one(block, alone, verdicts, flags, missing)
        absent = None
        if len(faulty):
            absent = np.zeros(block.rows, np.bool_)
            absent[faulty] = True
            for codes in (*verdicts, flags):
                codes[faulty] = 0
        columns: dict[str, pa.Array] = {"flags": classifier.flags.arrays(flags)[0]}
        for number, decision in enumerate(classifier.decisions):
            name = decision.decision.id
            arrays = iter(decision.arrays(verdicts[number]))
            for part in ("", "_status", "_rule", "_candidates", "_possible", "_reason"):
                columns[name + part] = next(arrays)
            if self._missing:
                names = plan.asked[number].facts
                columns[name + "_missing"] = lists_of(missing[number], names, absent)
        return columns

    def _fill_missing(
        self, block: _Block, space: Workspace, missing: list[NDArray[np.uint8]]
    ) -> Plane:
        """Fill in which facts are missing; give the rows that have to go alone for it."""
        plan = self._classifier.plan
        planes = iter(space.run(1))
        none = np.zeros(space.words, WORD)
        into = np.empty(space.words * 64, np.uint8)
        for asked, sets in zip(plan.asked, missing, strict=True):
            found = {fact: next(planes) for fact in asked.single}
            ordered = [found.get(fact, none) for fact in asked.facts]
            for place, fact in enumerate(asked.facts):
                if fact in block.declined:
                    ordered[place] = ordered[place] & ~block.declined[fact]
            for byte in range((len(ordered) + 7) // 8):
                codes_of(ordered[8 * byte : 8 * byte + 8], into)
                sets[:, byte] = into[: block.rows]
        return next(planes)

    def _one_by_one(
        self,
        block: _Block,
        rows: NDArray[np.intp],
        verdicts: list[Codes],
        flags: Codes,
        missing: list[NDArray[np.uint8]],
    ) -> None:
        """Answer rows that lanes have no answer for, each different one once."""
        classifier = self._classifier
        states, which = classifier.alone.states(block.may, block.declined, rows)
        answers = [classifier.alone.answer(state) for state in states]
        lines = [classifier.flags.number((" ".join(answer.flags),)) for answer in answers]
        flags[rows] = np.array(lines, np.uint32)[which]
        for number, decision in enumerate(classifier.decisions):
            name = decision.decision.id
            given = [answer.verdicts[name] for answer in answers]
            lines = [decision.of(verdict) for verdict in given]
            verdicts[number][rows] = np.array(lines, np.uint32)[which]
            if self._missing:
                facts = classifier.plan.asked[number].facts
                place = {fact: 1 << bit for bit, fact in enumerate(facts)}
                width = missing[number].shape[1]
                sets = b"".join(
                    sum(place[fact] for fact in verdict.missing).to_bytes(width, "little")
                    for verdict in given
                )
                found = np.frombuffer(sets, np.uint8).reshape(len(given), width)
                missing[number][rows] = found[which]


def _width(facts: tuple[str, ...]) -> int:
    """Give the bytes that a set of these facts takes; a machine word where it fits one."""
    width = (len(facts) + 7) // 8
    return next((size for size in (0, 1, 2, 4, 8) if width <= size), width)
