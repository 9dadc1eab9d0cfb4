"""The tables that have the same columns, read and classified batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from routeengine.caseload.columns import CLIENT, Columns
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.model import Fact
from routeengine.tables import client_ids
from routeengine.tables.bits import WORD
from routeengine.tables.columns import FactColumn
from routeengine.tables.faults import Faults, error_column, row_errors
from routeengine.tables.output import MISSING, constant, output_schema
from routeengine.tables.work import Block, Work

if TYPE_CHECKING:
    from routeengine.tables.classifier import TableClassifier
    from routeengine.tables.workspace import Workspace

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class TableReading:
    """Classifies batches of one table; may be shared by threads.

    `schema` has the columns that come out, the same for every batch, and `id_column`
    the place of the client ids, or None; `id_type` is the type in which they come out.
    """

    def __init__(
        self,
        classifier: TableClassifier,
        schema: pa.Schema,
        drop: tuple[str, ...],
        wanted: frozenset[str],
        named: str,
    ) -> None:
        ruleset = classifier.ruleset
        columns = Columns(ruleset, drop, "drop_columns")
        targets = columns.resolve(named, schema.names, needs_id=False)
        self._classifier = classifier
        self._missing = any(d.id + MISSING in wanted for d in ruleset.decisions)
        self._facts = [
            (place, FactColumn(classifier.readers[target.id], classifier.cells, kind))
            for place, (target, kind) in enumerate(zip(targets, schema.types, strict=True))
            if isinstance(target, Fact)
        ]
        given = {column.fact for _, column in self._facts}
        self._unknown = [fact for fact in classifier.plan.order if fact not in given]
        self.id_column = targets.index(CLIENT) if CLIENT in targets else None
        self.id_type = client_ids.id_type(
            None if self.id_column is None else schema.types[self.id_column]
        )
        self.schema = output_schema(ruleset, self.id_type, wanted)

    def classify(
        self, batch: pa.RecordBatch, ids: pa.Array | None = None, faults: Faults | None = None
    ) -> pa.RecordBatch:
        """Classify the rows of a batch: a row out for every row in, in their order.

        `ids` are the client ids to write out, and `faults` what is wrong with rows beside
        their facts, `FIELD: what`, by row from 0: a row with faults has no verdict.
        """
        return self._worked(batch, ids, faults or {}, traced=False)[0]

    def trace(
        self, batch: pa.RecordBatch, ids: pa.Array | None = None, faults: Faults | None = None
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        """Classify as `classify` does, and give the truth of every rule and criterion too."""
        return self._worked(batch, ids, faults or {}, traced=True)

    def _worked(
        self, batch: pa.RecordBatch, ids: pa.Array | None, faults: Faults, *, traced: bool
    ) -> tuple[pa.RecordBatch, pa.RecordBatch]:
        rows = batch.num_rows
        classifier = self._classifier
        trace_schema = classifier.trace_schema
        if not rows:
            empty = pa.RecordBatch.from_pylist
            return empty([], self.schema), empty([], trace_schema)
        with classifier.workspace((rows + 63) // 64, traced=traced) as space:
            block = self._read(batch, space)
            errors = row_errors(rows, block.faulty, faults)
            faulty = np.array(list(errors), np.intp)
            work = Work(classifier, block, missing=self._missing, traced=traced)
        columns = dict(work.columns(self.schema.names, faulty))
        columns[CLIENT_ID] = pa.nulls(rows, self.id_type) if ids is None else ids
        columns["error"] = error_column(errors, rows)
        columns |= {name: constant(text, rows) for name, text in classifier.provenance.items()}
        out = pa.RecordBatch.from_arrays(
            [columns[name] for name in self.schema.names], schema=self.schema
        )
        truths = list(work.traced(faulty))
        schema = trace_schema if traced else pa.schema([])
        return out, pa.RecordBatch.from_arrays(truths, schema=schema)

    def _read(self, batch: pa.RecordBatch, space: Workspace) -> Block:
        """Fill the planes of every fact; a fact without a column is unknown."""
        block = Block(batch.num_rows, space, self._classifier.plan.order)
        for fact in self._unknown:
            for plane in block.may[fact]:
                plane.fill(_ALL)
        scratch = np.zeros(space.words, WORD)
        for place, column in self._facts:
            noted = column.read(batch.column(place), block.may.get(column.fact, []), scratch)
            if noted.declined is not None:
                block.declined[column.fact] = noted.declined
            if noted.partly is not None:
                block.partly[column.fact] = noted.partly
            if noted.faulty is not None:
                block.faulty.append((f"{column.fact}: {column.allowed}", noted.faulty))
        return block

    def profile(self, table: pa.Table, row: int) -> Mapping[str, Any]:
        """Give what a row says as a profile; FAULTY stands where it cannot be used."""
        return {
            column.fact: column.knowledge(table.column(place)[row].as_py())
            for place, column in self._facts
        }
