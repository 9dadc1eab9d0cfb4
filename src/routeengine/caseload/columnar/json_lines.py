"""JSON Lines by columns: pieces in which each line is one object of plain values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from routeengine.caseload.columnar.block import Block, odd_cells
from routeengine.caseload.columnar.ids import odd_ids
from routeengine.caseload.columnar.pieces import line_of, lines_in
from routeengine.caseload.columns import CLIENT, Columns, Skip
from routeengine.caseload.json_records import JsonLinesSource
from routeengine.caseload.source import Record
from routeengine.caseload.values import FactReader
from routeengine.ruleset.model import Fact

__all__ = ["JsonPieces"]

LARGEST = 10**17
"""Larger whole numbers are looked at one by one: the row-wise reader counts their digits."""

_PLAIN = (pa.null(), pa.bool_(), pa.int64(), pa.string())


class JsonPieces:
    """Parses pieces of one JSON Lines file."""

    def __init__(
        self, source: JsonLinesSource, columns: Columns, readers: Mapping[str, FactReader]
    ) -> None:
        self._source = source
        self._columns = columns
        self._readers = readers

    def __call__(self, piece: bytes, before: int) -> Block | None:
        """Make a block of whole lines."""
        count = lines_in(piece)
        data = self._source.lines.as_utf8(piece) if count and _flat(piece, count) else None
        table = None if data is None else _table(data)
        if data is None or table is None or table.num_rows != count:
            return None
        columns = self._named(table)
        ids = None if columns is None else _ids(columns.pop(CLIENT.id, None), count)
        if columns is None or ids is None:
            return None
        odd = odd_ids(ids)
        for name, array in columns.items():
            faulty = odd_cells(array, self._readers[name].native, pa.Array.to_pylist)
            if faulty is not None:
                odd |= faulty
        line = line_of(data)

        def record(row: int) -> Record:
            return self._source.parse(before + row + 1, line(row))

        return Block(np.arange(before + 1, before + count + 1), ids, columns, odd, record)

    def _named(self, table: pa.Table) -> dict[str, pa.Array] | None:
        """Give the columns by what they are for; None where a key is not plainly one fact."""
        found: dict[str, pa.Array] = {}
        for key, column in zip(table.column_names, table.columns, strict=True):
            target = self._columns.target(key)
            if target is Skip.DROPPED:
                continue
            if target is None or isinstance(target, Skip) or target.id in found:
                return None
            if column.type not in _PLAIN or (isinstance(target, Fact) and not key):
                return None
            found[target.id] = column.combine_chunks()
        return found


def _flat(piece: bytes, count: int) -> bool:
    """Say whether each line is one object without anything inside it, as far as braces tell."""
    ends = piece.count(b"}\n") + piece.count(b"}\r\n") + piece.endswith(b"}")
    starts = piece.count(b"\n{") + piece.startswith(b"{")
    return starts == ends == count == piece.count(b"{") and b"[" not in piece


def _table(data: bytes) -> pa.Table | None:
    reading = pa.json.ReadOptions(block_size=len(data) + 1)
    try:
        return pa.json.read_json(pa.py_buffer(data), reading)
    except pa.ArrowException:
        return None


def _ids(array: pa.Array | None, count: int) -> pa.Array | None:
    """Give client ids as text; None where there is more to them."""
    if array is None or array.type == pa.null():
        return pa.nulls(count, pa.string())
    if array.type == pa.int64():
        far = pc.max(pc.abs(array)).as_py()
        return array.cast(pa.string()) if far is None or 0 <= far < LARGEST else None
    return array if array.type == pa.string() else None
