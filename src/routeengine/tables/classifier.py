"""Classifies tables by one rule set: what is compiled once, and what one set of columns needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from routeengine.caseload.arrow_text import lone_rows, unnamed_rows
from routeengine.caseload.columns import CLIENT, Columns, Skip
from routeengine.caseload.parquet import readable
from routeengine.caseload.rows import unnamed_fault
from routeengine.caseload.source import RowNumbers
from routeengine.caseload.typed_columns import refuse_types
from routeengine.caseload.values import FactReader
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import CLIENT_ID, State
from routeengine.quantities import DecimalSign, check_decimal
from routeengine.result import Answer, ruleset_columns
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import Fact
from routeengine.tables import output
from routeengine.tables.columns import EncodedBatch, FactColumn, fill
from routeengine.tables.evaluation import Evaluation, Evaluator, LaneMachine
from routeengine.tables.output import Faults

BATCH = 1 << 17
"""How many rows are worked out side by side: so many fit into the processor's cache."""


class TableClassifier:
    """Classifies tables by one rule set: compiled once, and shared by threads.

    `Engine.tables` makes it. What comes in batches is read by a `TableReading`, from `reading`.
    """

    def __init__(self, executor: LanesExecutor, answer: Callable[[State], Answer]) -> None:
        self.ruleset = executor.ruleset
        self.evaluator = Evaluator(executor, answer)
        self.cells = executor.compiled.cells
        self.readers = {fact.id: FactReader(self.ruleset, fact) for fact in self.ruleset.facts}
        self.provenance = ruleset_columns(reference(self.ruleset))

    def reader(self, fact: str, decimal: DecimalSign | None = None) -> FactReader:
        """Return what reads the cells of a fact; for the library's own use."""
        known = self.readers[fact]
        return known if decimal is None else FactReader(self.ruleset, known.fact, decimal)

    def reading(
        self,
        schema: pa.Schema,
        *,
        drop_columns: Iterable[str] = (),
        columns: Iterable[str] | None = None,
        missing: bool = True,
        traced: bool = False,
        named: str = "the table",
        decimal: DecimalSign | None = None,
    ) -> TableReading:
        """Return a reading of tables with these columns; what is wrong with those is found here.

        - `schema` is the Arrow schema of the tables.
        - `drop_columns`, `columns`, `missing` and `decimal` are as for `Engine.classify_table`;
          `error` always comes out.
        - `traced` readings tell the truth of every rule and criterion too.
        - `named` is what errors and notes call the table.

        Raises CaseloadError that names every column that is not a fact, is refused or appears
        twice; UsageError for a column that does not come out of any, and for a decimal sign that is
        none.
        """
        wanted = output.wanted_columns(self.ruleset, columns, missing=missing)
        sign = check_decimal(decimal)
        return TableReading(self, schema, tuple(drop_columns), wanted, traced, named, sign)


class Evaluated(NamedTuple):
    """What comes of a batch: its `verdicts`, the `truths` of a trace, and the `faults` by row."""

    verdicts: pa.RecordBatch
    truths: pa.RecordBatch
    faults: Faults


class TableReading:
    """Classifies batches of one table; may be shared by threads.

    `TableClassifier.reading` makes it. `schema` has the columns that come out, the same for every
    batch, and `trace_schema` those of the truths. `id_column` is the place of the client ids, or
    None, and `id_type` the type in which they come out. `named` is what errors and notes call the
    table.
    """

    def __init__(
        self,
        classifier: TableClassifier,
        schema: pa.Schema,
        drop: tuple[str, ...],
        wanted: frozenset[str],
        traced: bool,
        named: str,
        decimal: DecimalSign | None = None,
    ) -> None:
        ruleset, evaluator = classifier.ruleset, classifier.evaluator
        columns = Columns(ruleset, drop, "drop_columns")
        targets = columns.resolve(named, schema.names, needs_id=False)
        refuse_types(named, schema.types, targets)
        self.named = named
        self._classifier = classifier
        self._unnamed = [place for place, target in enumerate(targets) if target is Skip.UNNAMED]
        self._missing = any(one.missing in wanted for one in evaluator.decisions)
        self._facts = [
            FactColumn(place, classifier.reader(target.id, decimal), classifier.cells, kind)
            for place, (target, kind) in enumerate(zip(targets, schema.types, strict=True))
            if isinstance(target, Fact)
        ]
        there = {column.fact for column in self._facts}
        self._unknown = [fact for fact in evaluator.plan.order if fact not in there]
        self.id_column = targets.index(CLIENT) if CLIENT in targets else None
        kind = pa.string() if self.id_column is None else schema.types[self.id_column]
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        self.id_type = kind if pa.types.is_large_string(kind) else pa.string()
        self.schema = output.output_schema(ruleset, self.id_type, wanted)
        self.trace_schema = pa.schema(
            dict.fromkeys(evaluator.plan.traced, pa.bool_()) if traced else ()
        )

    def classify(
        self, batch: pa.RecordBatch, ids: pa.Array | None = None, faults: Faults | None = None
    ) -> pa.RecordBatch:
        """Classify the rows of a batch: return a row for every row, in the same order.

        `ids` are the client ids to write out, none of them if it is None. `faults` is what is wrong
        with rows beside their facts, by row from 0: a row with faults has no verdict.
        """
        return self.evaluate(batch, ids, faults).verdicts

    def evaluate(
        self,
        batch: pa.RecordBatch,
        ids: pa.Array | None = None,
        faults: Faults | None = None,
        numbers: RowNumbers | None = None,
    ) -> Evaluated:
        """Classify as `classify` does, and return the truths and what is wrong with rows too.

        A column without a name must be empty. The first may have the numbers of rows, if `numbers`
        counts those from batch to batch.
        """
        rows, evaluator = batch.num_rows, self._classifier.evaluator
        if not rows:
            empty = pa.RecordBatch.from_pylist
            return Evaluated(empty([], self.schema), empty([], self.trace_schema), {})
        with evaluator.machine(rows, traced=len(self.trace_schema) > 0) as machine:
            encoded = self._encode(batch, machine)
            known = self._with_unnamed(batch, faults or {}, numbers)
            wrong = output.row_faults(rows, encoded.faulty, known)
            faulty = np.array(list(wrong), np.intp)
            found = Evaluation(evaluator, encoded, machine, missing=self._missing)
        columns = dict(found.columns(self.schema.names, faulty))
        columns[CLIENT_ID] = pa.nulls(rows, self.id_type) if ids is None else ids
        columns["error"] = output.error_column(wrong, rows)
        for name, text in self._classifier.provenance.items():
            columns[name] = output.constant(text, rows)
        verdicts = [columns[name] for name in self.schema.names]
        return Evaluated(
            pa.RecordBatch.from_arrays(verdicts, schema=self.schema),
            pa.RecordBatch.from_arrays(list(found.traced(faulty)), schema=self.trace_schema),
            wrong,
        )

    def _with_unnamed(
        self, batch: pa.RecordBatch, faults: Faults, numbers: RowNumbers | None
    ) -> Faults:
        """Add what stands in columns without a name to what is wrong with rows."""
        if numbers is not None:
            numbers.rows += batch.num_rows
        found = dict(faults)
        for place in self._unnamed:
            for row in unnamed_rows(batch.column(place), place, numbers):
                found[row] = [*found.get(row, ()), unnamed_fault(place)]
        return found

    def lone_rows(self, batch: pa.RecordBatch, ids: pa.Array, faults: Faults) -> int:
        """Return the number of rows in which nothing stands but a client id.

        The id may be that of an earlier row. `faults` are those that `evaluate` found.
        """
        wrong = {row: some for row, some in faults.items() if {f for f, _ in some} != {CLIENT_ID}}
        facts = {one.fact: readable(batch.column(one.place)) for one in self._facts}
        return len(lone_rows(ids, facts, wrong))

    def _encode(self, batch: pa.RecordBatch, machine: LaneMachine) -> EncodedBatch:
        """Fill the planes of every fact; a fact without a column is unknown."""
        order = self._classifier.evaluator.plan.order
        may = dict(zip(order, machine.may, strict=True))
        encoded = EncodedBatch(batch.num_rows, machine.words, may)
        for fact in self._unknown:
            fill(may[fact])
        for column in self._facts:
            column.read(batch.column(column.place), encoded)
        return encoded

    def profile(self, table: pa.Table, row: int) -> Mapping[str, Any]:
        """Return what a row, counted from 0, says as a profile.

        A fact that cannot be read has the value `FAULTY`: `TableTrace.profile` refuses such a row.
        """
        return {
            column.fact: column.first(table.column(column.place).slice(row, 1))
            for column in self._facts
        }
