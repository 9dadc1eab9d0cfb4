"""Whole tables in memory, with all their client ids looked at first, and streams of batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from routeengine.caseload.arrow_text import clean_ids, count_respelled
from routeengine.caseload.parquet import readable
from routeengine.caseload.rows import Complaint, repeated_id
from routeengine.caseload.source import LONE_ID, OTHER_FORM, Notes, RowNumbers, note_lines
from routeengine.caseload.values import FAULTY
from routeengine.errors import UsageError
from routeengine.profile import CLIENT_ID
from routeengine.quantities import DecimalSign
from routeengine.tables.adapters import as_arrow
from routeengine.tables.classifier import BATCH, Evaluated, TableClassifier, TableReading
from routeengine.tables.output import Faults

if TYPE_CHECKING:
    from polars import DataFrame, LazyFrame

    from routeengine.explanation.explanation import Explanation

T = TypeVar("T")

Note: TypeAlias = Callable[[str], object]
"""Is told, in a line with a count, what is read otherwise than it is written."""


@dataclass(frozen=True, eq=False, repr=False)
class TableTrace(Generic[T]):
    """The verdicts of a table, and what they rest on.

    `Engine.trace_table` makes it. `table` has the verdicts, as `Engine.classify_table` returns
    them. `truths` is a pyarrow table with a column `rule.ID` per rule and `criterion.ID` per
    criterion: true, false, or null where what is known leaves it open, and where the row could not
    be used. For a rule it is the truth of its condition, whether or not another one outranks it. A
    cell takes two bits.
    """

    table: T
    truths: pa.Table
    _profile: Callable[[int], Mapping[str, Any]]
    _explain: Callable[[Mapping[str, Any], str | None], Explanation]

    def __repr__(self) -> str:
        return f"TableTrace({self.truths.num_rows} rows)"

    def profile(self, row: int) -> dict[str, Any]:
        """Return what a row, counted from 0, says: fact -> what is known of it.

        Raises UsageError for a row that is not there or could not be used.
        """
        if not 0 <= row < self.truths.num_rows:
            raise UsageError(f"there is no row {row}: rows go from 0 to {self.truths.num_rows - 1}")
        given = self._profile(row)
        wrong = [fact for fact, knowledge in given.items() if knowledge is FAULTY]
        if wrong:
            named = ", ".join(f"`{fact}`" for fact in wrong)
            raise UsageError(f"row {row} cannot be used: see its `error`, on {named}")
        return {fact: knowledge for fact, knowledge in given.items() if knowledge is not None}

    def explain_row(self, row: int, lang: str | None = None) -> Explanation:
        """Return the full explanation of a row, counted from 0.

        `lang` is as for `Engine.explain`. Raises UsageError as `profile` does, and LanguageError
        for a language that the rule set does not speak.
        """
        return self._explain(self.profile(row), lang)


def classify_table(
    classifier: TableClassifier,
    table: T,
    drop_columns: Iterable[str] = (),
    columns: Iterable[str] | None = None,
    *,
    missing: bool = True,
    note: Note | None = None,
    decimal: DecimalSign | None = None,
) -> T:
    """Return the verdicts of a table of any kind as a table of the same kind.

    `classifier` is an engine's `tables`: `Engine.classify_table` does this, and describes the other
    arguments and the errors.
    """
    arrow, back = as_arrow(table)
    reading = classifier.reading(
        arrow.schema, drop_columns=drop_columns, columns=columns, missing=missing, decimal=decimal
    )
    out: T = back(_evaluated(reading, arrow, note)[0])
    return out


def trace_table(
    classifier: TableClassifier,
    table: T,
    explain: Callable[[Mapping[str, Any], str | None], Explanation],
    drop_columns: Iterable[str] = (),
    columns: Iterable[str] | None = None,
    *,
    missing: bool = True,
    note: Note | None = None,
    decimal: DecimalSign | None = None,
) -> TableTrace[T]:
    """Return the verdicts of a table of any kind, with the truth of every rule and criterion.

    `classifier` is an engine's `tables`, and `explain` explains a profile in a language:
    `Engine.trace_table` does this, and describes the other arguments and the errors.
    """
    arrow, back = as_arrow(table)
    reading = classifier.reading(
        arrow.schema,
        drop_columns=drop_columns,
        columns=columns,
        missing=missing,
        traced=True,
        decimal=decimal,
    )
    verdicts, truths = _evaluated(reading, arrow, note)
    return TableTrace(back(verdicts), truths, lambda row: reading.profile(arrow, row), explain)


class _Batches:
    """Classifies the batches of one table in their order, and counts what is told of them."""

    def __init__(self, reading: TableReading, note: Note | None) -> None:
        self._reading = reading
        self._note = note
        self._notes: Notes = Counter()
        self._numbers = RowNumbers(self._notes)

    def ids(self, given: pa.Array) -> tuple[pa.Array, Faults]:
        """Return client ids as text, and what is wrong with those that are null then."""
        ids, faults = clean_ids(given)
        if self._note is not None:
            self._notes[OTHER_FORM] += count_respelled(readable(given), ids)
        return ids, faults

    def evaluate(self, batch: pa.RecordBatch, ids: pa.Array | None, faults: Faults) -> Evaluated:
        """Classify the next batch, of which the client ids were read."""
        found = self._reading.evaluate(batch, ids, faults, self._numbers)
        if self._note is not None and ids is not None:
            self._notes[LONE_ID] += self._reading.lone_rows(batch, ids, found.faults)
        return found

    def tell(self) -> None:
        """Tell what was counted, at the end."""
        if self._note is not None:
            for line in note_lines(self._reading.named, self._notes):
                self._note(line)


def _evaluated(
    reading: TableReading, arrow: pa.Table, note: Note | None
) -> tuple[pa.Table, pa.Table]:
    """Return the verdicts and truths of a whole table, all client ids of which are read first."""
    batches = _Batches(reading, note)
    faults: Faults = {}
    whole, place = arrow, reading.id_column
    if place is not None:
        ids, faults = _read_ids(batches, arrow.column(place), reading.id_type)
        whole = arrow.set_column(place, CLIENT_ID, ids)
    verdicts, truths, first = [], [], 0
    for start in range(0, arrow.num_rows, BATCH):
        for batch in _whole_chunks(whole.slice(start, BATCH)):
            last = first + batch.num_rows
            here = {row - first: some for row, some in faults.items() if first <= row < last}
            ids = None if place is None else batch.column(place)
            evaluated = batches.evaluate(batch, ids, here)
            verdicts.append(evaluated.verdicts)
            truths.append(evaluated.truths)
            first = last
    batches.tell()
    # Each column gets one dictionary; it mostly has that already.
    out = pa.Table.from_batches(verdicts, reading.schema).unify_dictionaries()
    return out, pa.Table.from_batches(truths, reading.trace_schema)


def _read_ids(
    batches: _Batches, column: pa.ChunkedArray, kind: pa.DataType
) -> tuple[pa.ChunkedArray, Faults]:
    """Return all client ids of a table as this type, and what is wrong with those that are None.

    One of an earlier row is a fault too.
    """
    chunks: list[pa.Array] = []
    faults: dict[int, list[Complaint]] = {}
    first = 0
    for chunk in column.chunks:
        ids, wrong = batches.ids(chunk)
        chunks.append(ids)
        faults |= {first + row: [*some] for row, some in wrong.items()}
        first += len(chunk)
    ids = pa.chunked_array(chunks, kind)
    # If each is greater than the one before none is there twice: that is far quicker to see.
    if ids.null_count or not pc.all(pc.less(ids[:-1], ids[1:]), min_count=0).as_py():
        for row, earlier in _repeated(ids):
            faults.setdefault(row, []).insert(0, repeated_id(earlier))
    return ids, faults


def _repeated(ids: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Yield each row, from 0, whose client id is in an earlier row too, and which, from 1."""
    if len(ids.unique()) - (ids.null_count > 0) == len(ids) - ids.null_count:
        return
    codes = ids.dictionary_encode().combine_chunks().indices.fill_null(-1).to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    for row in np.flatnonzero((codes >= 0) & (first[back] != np.arange(len(codes)))).tolist():
        yield row, int(first[back[row]]) + 1


def _whole_chunks(part: pa.Table) -> list[pa.RecordBatch]:
    """Join small chunks: a program takes as long for a few rows as for thousands."""
    try:
        whole = part.combine_chunks()
    except pa.ArrowException:  # dictionaries with nulls among their values cannot be joined
        whole = part
    batches: list[pa.RecordBatch] = whole.to_batches()
    return batches


def classify_stream(
    classifier: TableClassifier,
    source: Any,
    *,
    drop_columns: Iterable[str] = (),
    missing: bool = True,
    note: Note | None = None,
    decimal: DecimalSign | None = None,
) -> pa.RecordBatchReader:
    """Classify batches as they are read, holding one at a time: a row out for every row in.

    `classifier` is an engine's `tables`, and `source` whatever has `__arrow_c_stream__`. The other
    arguments are as for `Engine.classify_table`. Nobody checks whether a client id appears in two
    rows, because the batches that are gone are not kept. `note` is called when the last batch was
    read.

    Raises CaseloadError for columns that are not facts, are refused or appear twice, and UsageError
    for what is not a stream of Arrow batches.
    """
    if not hasattr(source, "__arrow_c_stream__"):
        raise UsageError("a stream must have `__arrow_c_stream__`: it is of Arrow batches")
    batches = pa.RecordBatchReader.from_stream(source)
    reading = classifier.reading(
        batches.schema,
        drop_columns=drop_columns,
        missing=missing,
        named="the stream",
        decimal=decimal,
    )
    found = _classified(reading, batches, note)
    return pa.RecordBatchReader.from_batches(reading.schema, found)


def _classified(
    reading: TableReading, stream: Iterable[pa.RecordBatch], note: Note | None
) -> Iterator[pa.RecordBatch]:
    batches = _Batches(reading, note)
    for whole in stream:
        for first in range(0, whole.num_rows, BATCH):
            batch = whole.slice(first, BATCH)
            place = reading.id_column
            ids, faults = (None, {}) if place is None else batches.ids(batch.column(place))
            yield batches.evaluate(batch, ids, faults).verdicts
    batches.tell()


def classify_lazy(
    frame: LazyFrame,
    classifier: TableClassifier,
    *,
    drop_columns: Iterable[str] = (),
    columns: Iterable[str] | None = None,
    missing: bool = True,
) -> LazyFrame:
    """Classify a lazy frame of polars when it is collected: `frame.pipe(classify_lazy, tables)`.

    `classifier` is an engine's `tables`. The other arguments and the columns that come out are as
    for `Engine.classify_table`: a row for each row, in the same order. Nobody checks whether a
    client id appears in two rows, because the streaming engine of polars hands the frame over part
    by part.

    Raises CaseloadError for columns that are not facts, are refused or appear twice, and UsageError
    for a column that does not come out of any: when it is called, and not when rows are read.
    """
    from polars import DataFrame  # of whom the frame is

    empty, back = as_arrow(DataFrame(schema=frame.collect_schema()))
    reading = classifier.reading(
        empty.schema, drop_columns=drop_columns, columns=columns, missing=missing, named="the frame"
    )

    def answered(part: DataFrame) -> DataFrame:
        found = _classified(reading, as_arrow(part)[0].to_batches(), None)
        out: DataFrame = back(pa.Table.from_batches(found, reading.schema))
        return out

    # What goes in and what comes out have no columns in common but the ids; rows are one for one.
    return frame.map_batches(
        answered,
        schema=back(reading.schema.empty_table()).schema,
        predicate_pushdown=False,
        projection_pushdown=False,
        streamable=True,
    )
