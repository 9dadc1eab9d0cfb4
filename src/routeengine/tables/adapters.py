"""Tables of any make, as Arrow and back.

What Arrow can be got from by its PyCapsule interface (`__arrow_c_stream__`) is taken as it
is, without an adapter of our own. Only to give back the same kind a table's maker is
looked at; its package is loaded then, for the table came from it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

import pyarrow as pa

from routeengine.errors import UsageError

MAX_ROWS = 2**31 - 1
"""Rows of a table in memory: past it the answers alone would take a hundred gigabytes."""

Back: TypeAlias = Callable[[pa.Table], Any]
"""Turns the columns that come out into the kind of table that went in."""

_RAW = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
}


def as_arrow(table: Any) -> tuple[pa.Table, Back]:
    """Return a table as Arrow, and what turns the answer into the same kind.

    Raises UsageError for what is not a table, or holds what Arrow cannot.
    """
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return _checked(_from_pandas(table)), lambda out: out.to_pandas().set_index(table.index)
    if not hasattr(table, "__arrow_c_stream__"):
        raise UsageError(
            "a table must be one of pyarrow, polars or pandas, or have `__arrow_c_stream__`"
        )
    try:
        arrow = table if isinstance(table, pa.Table) else pa.table(table)
    except (pa.ArrowException, ValueError, TypeError):
        raise UsageError("the table cannot be read as Arrow columns") from None
    if isinstance(table, pa.RecordBatch):
        return _checked(arrow), _as_batch
    if polars is not None and isinstance(table, polars.DataFrame):
        return _checked(arrow), polars.from_arrow
    return _checked(arrow), lambda out: out


def _as_batch(out: pa.Table) -> pa.RecordBatch:
    whole = out.combine_chunks().to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], out.schema)


def _from_pandas(frame: Any) -> pa.Table:
    """Return a data frame's columns; whole numbers that pandas keeps as floats are whole again."""
    arrays = []
    for place in range(frame.shape[1]):
        # pandas has its own stream, but of a mixed column that tells the value.
        try:
            array = pa.Array.from_pandas(frame.iloc[:, place])
        except (pa.ArrowException, ValueError, TypeError):
            raise UsageError(
                f"column {place + 1} of the data frame holds values of different types"
            ) from None
        # Where there are gaps, pandas has no whole numbers.
        with suppress(pa.ArrowInvalid):  # some have a fraction
            array = array.cast(pa.int64()) if pa.types.is_floating(array.type) else array
        arrays.append(array)
    return pa.Table.from_arrays(arrays, [str(name) for name in frame.columns])


def _checked(table: pa.Table) -> pa.Table:
    """Check a table, so that no read goes past its buffers, and return views of text as text."""
    if table.num_rows > MAX_ROWS:
        raise UsageError(
            f"the table has more than {MAX_ROWS:,} rows: classify it in parts, or as a file"
        )
    try:
        table.validate()
        for chunk in (chunk for column in table.columns for chunk in column.chunks):
            texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            # Every text lies within its buffer; whether it is UTF-8 is asked by row.
            if texts.type in _RAW:
                texts.cast(_RAW[texts.type]).validate(full=True)
    except pa.ArrowInvalid:
        raise UsageError("the table's columns are not what Arrow columns must be") from None
    kinds = map(_without_views, table.schema.types)
    return table.cast(pa.schema(zip(table.schema.names, kinds, strict=True)))


def _without_views(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _without_views(kind.value_type), kind.ordered)
    return pa.large_string() if pa.types.is_string_view(kind) else kind
