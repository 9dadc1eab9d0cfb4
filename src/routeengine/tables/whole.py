"""A whole table in memory, classified: batch by batch, with a look at all client ids first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from routeengine.profile import CLIENT_ID
from routeengine.tables import client_ids
from routeengine.tables.classifier import BATCH, TableClassifier
from routeengine.tables.doors import as_arrow
from routeengine.tables.faults import Faults
from routeengine.tables.reading import TableReading
from routeengine.tables.trace import TableTrace

if TYPE_CHECKING:
    from routeengine.explanation.explanation import Explanation

T = TypeVar("T")


def classify_table(
    classifier: TableClassifier,
    table: T,
    drop_columns: Iterable[str] = (),
    columns: Iterable[str] | None = None,
    *,
    missing: bool = True,
) -> T:
    """Classify a table of any kind, and give its columns as the same kind."""
    arrow, back = as_arrow(table)
    reading = classifier.reading(
        arrow.schema, drop_columns=drop_columns, columns=columns, missing=missing
    )
    batches = [reading.classify(*given) for given in _batches(reading, arrow)]
    out: T = back(_whole(batches, reading))
    return out


def trace_table(
    classifier: TableClassifier,
    table: T,
    explain: Callable[[Mapping[str, Any], str], Explanation],
    drop_columns: Iterable[str] = (),
    columns: Iterable[str] | None = None,
    *,
    missing: bool = True,
) -> TableTrace[T]:
    """Classify a table of any kind, and keep the truth of every rule and criterion."""
    arrow, back = as_arrow(table)
    reading = classifier.reading(
        arrow.schema, drop_columns=drop_columns, columns=columns, missing=missing
    )
    both = [reading.trace(*given) for given in _batches(reading, arrow)]
    truths = pa.Table.from_batches([truths for _, truths in both], classifier.trace_schema)
    batches = [batch for batch, _ in both]
    both.clear()
    return TableTrace(
        back(_whole(batches, reading)),
        truths,
        lambda row: reading.profile(arrow, row),
        explain,
    )


def _whole(batches: list[pa.RecordBatch], reading: TableReading) -> pa.Table:
    """Put batches together, each column with one dictionary; it mostly has that already."""
    table = pa.Table.from_batches(batches, reading.schema)
    batches.clear()  # so that a column goes as soon as there is a better one
    for place in range(table.num_columns):
        chunks = table.column(place).chunks
        if not pa.types.is_dictionary(table.schema.types[place]):
            continue
        if any(not chunk.dictionary.equals(chunks[0].dictionary) for chunk in chunks[1:]):
            joined = table.column(place).unify_dictionaries()
            table = table.set_column(place, table.schema.field(place), joined)
    return table


def _batches(
    reading: TableReading, arrow: pa.Table
) -> Iterator[tuple[pa.RecordBatch, pa.Array | None, Faults]]:
    """Yield the rows in batches, with their client ids and what is wrong with those."""
    ids, faults = _ids(reading, arrow)
    first = 0
    for start in range(0, arrow.num_rows, BATCH):
        for batch in _whole_chunks(arrow.slice(start, BATCH)):
            last = first + batch.num_rows
            here = {row - first: some for row, some in faults.items() if first <= row < last}
            yield batch, None if ids is None else _one(ids.slice(first, batch.num_rows)), here
            first = last


def _whole_chunks(part: pa.Table) -> list[pa.RecordBatch]:
    """Make small chunks one: a program takes as long for a few rows as for thousands."""
    try:
        whole = part.combine_chunks()
    except pa.ArrowException:  # dictionaries with nulls among their values cannot be joined
        whole = part
    batches: list[pa.RecordBatch] = whole.to_batches()
    return batches


def _one(ids: pa.ChunkedArray) -> pa.Array:
    """Give a column as one array, without a copy where it is one already."""
    return ids.chunk(0) if ids.num_chunks == 1 else ids.combine_chunks()


def _ids(reading: TableReading, arrow: pa.Table) -> tuple[pa.ChunkedArray | None, Faults]:
    """Give the client ids as they are written out, and the faults of rows in them."""
    if reading.id_column is None:
        return None, {}
    problems: client_ids.Problems = {}
    chunks = []
    first = 0
    for chunk in arrow.column(reading.id_column).chunks:
        here: client_ids.Problems = {}
        chunks.append(client_ids.clean(chunk, here))
        problems |= {first + row: some for row, some in here.items()}
        first += len(chunk)
    ids = pa.chunked_array(chunks, reading.id_type)
    client_ids.repeated(ids, problems)
    faults = {row: [f"{CLIENT_ID}: {one}" for one in some] for row, some in problems.items()}
    return ids, faults
