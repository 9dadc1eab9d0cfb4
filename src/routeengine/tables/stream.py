"""A table that comes in batches from elsewhere: a database, or a part of a spread-out table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from routeengine.errors import UsageError
from routeengine.profile import CLIENT_ID
from routeengine.tables import client_ids
from routeengine.tables.classifier import BATCH, TableClassifier
from routeengine.tables.faults import Faults
from routeengine.tables.reading import TableReading


def classify_stream(
    classifier: TableClassifier,
    source: Any,
    *,
    drop_columns: Iterable[str] = (),
    missing: bool = True,
) -> pa.RecordBatchReader:
    """Classify batches as they are read, holding one at a time: a row out for every row in.

    `classifier` is an engine's `tables`, and `source` whatever has `__arrow_c_stream__`. As
    `Engine.classify_table`, but whether a client id stands in two rows is not looked at: the
    batches that are gone are not kept.

    Raises CaseloadError for columns that are no fact, are refused or stand twice, and
    UsageError for what is no stream of Arrow batches.
    """
    if not hasattr(source, "__arrow_c_stream__"):
        raise UsageError("a stream must have `__arrow_c_stream__`: it is of Arrow batches")
    batches = pa.RecordBatchReader.from_stream(source)
    reading = classifier.reading(
        batches.schema, drop_columns=drop_columns, missing=missing, named="the stream"
    )
    return pa.RecordBatchReader.from_batches(reading.schema, _classified(reading, batches))


def _classified(
    reading: TableReading, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    for whole in batches:
        for first in range(0, whole.num_rows, BATCH):
            batch = whole.slice(first, BATCH)
            ids: pa.Array | None = None
            faults: Faults = {}
            if reading.id_column is not None:
                problems: client_ids.Problems = {}
                ids = client_ids.clean(batch.column(reading.id_column), problems)
                faults = {row: [f"{CLIENT_ID}: {one}" for one in some]
                          for row, some in problems.items()}  # fmt: skip
            yield reading.classify(batch, ids, faults)
