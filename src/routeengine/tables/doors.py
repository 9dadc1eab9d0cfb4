"""Tables of any make, as Arrow and back.

What Arrow can be got from by its PyCapsule interface (`__arrow_c_stream__`) is taken as it
is, without an adapter of our own. Only to give back the same kind a table's maker is
looked at; its package is loaded then, for the table came from it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import pyarrow as pa

from routeengine.errors import UsageError

MOST_ROWS = 2**31 - 1
"""Rows of a table in memory: past it the answers alone would take a hundred gigabytes."""

Back: TypeAlias = Callable[[pa.Table], Any]
"""Turns the columns that come out into the kind of table that went in."""


def as_arrow(table: Any) -> tuple[pa.Table, Back]:
    """Give a table as Arrow, and what turns the answer into the same kind.

    Raises UsageError for what is no table, or holds what Arrow cannot.
    """
    if isinstance(table, pa.Table):
        return _plain(table), lambda out: out
    if isinstance(table, pa.RecordBatch):
        return _plain(pa.Table.from_batches([table])), _one_batch
    pandas, polars = sys.modules.get("pandas"), sys.modules.get("polars")
    if pandas is not None and isinstance(table, pandas.DataFrame):
        return _plain(_from_pandas(table)), lambda out: out.to_pandas().set_index(table.index)
    if not hasattr(table, "__arrow_c_stream__"):
        raise UsageError(
            "a table must be one of pyarrow, polars or pandas, or have `__arrow_c_stream__`"
        )
    try:
        arrow = _plain(pa.table(table))
    except (pa.ArrowException, ValueError, TypeError):
        raise UsageError("the table cannot be read as Arrow columns") from None
    if polars is not None and isinstance(table, polars.DataFrame):
        return arrow, polars.from_arrow
    return arrow, lambda out: out


def _one_batch(out: pa.Table) -> pa.RecordBatch:
    whole = out.combine_chunks().to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], out.schema)


def _from_pandas(frame: Any) -> pa.Table:
    """Give a data frame's columns; whole numbers with gaps, which pandas keeps as floats, whole."""
    names, arrays = [], []
    for place, name in enumerate(frame.columns):
        try:
            array = pa.Array.from_pandas(frame.iloc[:, place])
        except (pa.ArrowException, ValueError, TypeError):
            raise UsageError(
                f"column {place + 1} of the data frame holds values of different types"
            ) from None
        arrays.append(_whole(array))
        names.append(str(name))
    return pa.Table.from_arrays(arrays, names)


def _whole(array: Any) -> Any:
    if not pa.types.is_floating(array.type):
        return array
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:  # some have a fraction
        return array


def _plain(table: pa.Table) -> pa.Table:
    """Check a table, so that no read goes past its buffers, and give views of text as text."""
    if table.num_rows > MOST_ROWS:
        raise UsageError(
            f"the table has more than {MOST_ROWS:,} rows: classify it in parts, or as a file"
        )
    try:
        table.validate()
        for column in table.columns:
            for chunk in column.chunks:
                _check_text(chunk)
    except pa.ArrowInvalid:
        raise UsageError("the table's columns are not what Arrow columns must be") from None
    for place, column in enumerate(table.columns):
        kind = _viewless(column.type)
        if kind != column.type:
            name = table.schema.names[place]
            table = table.set_column(place, name, column.cast(kind))
    return table


def _check_text(array: pa.Array) -> None:
    """Check that every text lies within its buffer; whether it is UTF-8 is asked by row."""
    array = array.dictionary if pa.types.is_dictionary(array.type) else array
    raw = _RAW.get(array.type)
    if raw is not None:
        array.cast(raw).validate(full=True)


_RAW = {
    pa.string(): pa.binary(),
    pa.large_string(): pa.large_binary(),
    pa.string_view(): pa.binary_view(),
}


def _viewless(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_dictionary(kind) and pa.types.is_string_view(kind.value_type):
        return pa.dictionary(kind.index_type, pa.large_string())
    return kind
