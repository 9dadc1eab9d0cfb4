"""A whole table in memory, classified: batch by batch, with a look at all client ids first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from routeengine.profile import CLIENT_ID
from routeengine.tables import client_ids
from routeengine.tables.classifier import BATCH, TableClassifier, TableReading
from routeengine.tables.doors import as_arrow
from routeengine.tables.faults import Faults

__all__ = ["classify_table"]


def classify_table(
    classifier: TableClassifier, table: Any, drop_columns: Iterable[str], *, missing: bool
) -> Any:
    """Classify a table of any kind, and give its columns as the same kind."""
    arrow, back = as_arrow(table)
    reading = classifier.reading(arrow.schema, drop_columns=drop_columns, missing=missing)
    batches = list(_classified(reading, arrow))
    whole = pa.Table.from_batches(batches, reading.schema).unify_dictionaries()
    return back(whole)


def _classified(reading: TableReading, arrow: pa.Table) -> Iterator[pa.RecordBatch]:
    ids, faults = _ids(reading, arrow)
    first = 0
    for batch in arrow.to_batches(max_chunksize=BATCH):
        last = first + batch.num_rows
        here = {row - first: some for row, some in faults.items() if first <= row < last}
        some = None if ids is None else ids.slice(first, last - first).combine_chunks()
        yield reading.classify(batch, some, here)
        first = last


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
    ids = pa.chunked_array(chunks, reading.schema.field(CLIENT_ID).type)
    client_ids.repeated(ids, problems)
    faults = {row: [f"{CLIENT_ID}: {one}" for one in some] for row, some in problems.items()}
    return ids, faults
