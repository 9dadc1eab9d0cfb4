"""JSON Lines by columns: pieces in which each line is one object of plain values.

Which keys there are, and of what type their values, is learned from small pieces, line by line.
Left to find that by itself, pyarrow makes a column of every key for every row: a small file in
which each line has keys of its own would fill the memory.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from routeengine.caseload.columnar.block import Block, odd_cells
from routeengine.caseload.columnar.ids import odd_ids
from routeengine.caseload.columnar.pieces import line_of, lines_in
from routeengine.caseload.columns import CLIENT, COLUMN_LIMIT, Columns, Skip, Target
from routeengine.caseload.json_records import JsonLinesSource
from routeengine.caseload.lines import CHUNK
from routeengine.caseload.source import Record
from routeengine.caseload.values import FactReader
from routeengine.ruleset.model import Fact

LARGEST = 10**17
"""Larger whole numbers are looked at one by one: the row-wise reader counts their digits."""

CELLS = 1 << 22
"""Cells of a piece, whether they are filled or not; one of more is cut in halves."""

_PLAIN = (pa.bool_(), pa.int64(), pa.string())

_OF_VALUES = {bool: pa.bool_(), int: pa.int64(), str: pa.string(), float: pa.float64()}

_OF_FACTS = {"boolean": pa.bool_(), "category": pa.string()}


class JsonPieces:
    """Parses pieces of one JSON Lines file."""

    def __init__(
        self, source: JsonLinesSource, columns: Columns, readers: Mapping[str, FactReader]
    ) -> None:
        self._source = source
        self._columns = columns
        self._readers = readers
        self._kinds: dict[str, pa.DataType] = {}

    def __call__(self, piece: bytes, before: int) -> Block | None:
        """Make a block of whole lines."""
        count = lines_in(piece)
        data = self._source.lines.as_utf8(piece) if count and _flat(piece, count) else None
        if data is None:
            return None
        table = self._table(data, count)
        if table is None and len(piece) <= CHUNK and self._learn(data):
            table = self._table(data, count)
        if table is None or table.num_rows != count:
            return None
        columns = self._named(table)
        ids = None if columns is None else _ids(columns.pop(CLIENT.id, None))
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

    def _table(self, data: bytes, count: int) -> pa.Table | None:
        """Read lines that have no other keys and types than those that were learned."""
        if not self._kinds or count * len(self._kinds) > CELLS:
            return None
        reading = pa.json.ReadOptions(block_size=len(data) + 1)
        parsing = pa.json.ParseOptions(
            explicit_schema=pa.schema(self._kinds), unexpected_field_behavior="error"
        )
        try:
            return pa.json.read_json(pa.py_buffer(data), reading, parsing)
        except pa.ArrowException:
            return None

    def _learn(self, data: bytes) -> bool:
        """Take up the keys and types of some lines, and say whether anything is new."""
        found: dict[str, set[pa.DataType]] = {}
        for text in data.decode().split("\n"):
            for key, value in self._source.parse(0, text).cells:
                kinds = found.setdefault(key, set())
                if type(value) in _OF_VALUES:
                    kinds.add(_OF_VALUES[type(value)])
        before = dict(self._kinds)
        if len(before) + len(found) > COLUMN_LIMIT:
            self._kinds.clear()
        for key, kinds in found.items():
            self._take(key, kinds)
        return self._kinds != before

    def _take(self, key: str, kinds: set[pa.DataType]) -> None:
        """Learn of one key, which had values of these types or none at all."""
        target = self._columns.target(key)
        known = self._kinds.get(key)
        if target is None or target is Skip.UNNAMED or (known and (known in kinds or not kinds)):
            return
        if target is not Skip.DROPPED:
            # Of two keys for one fact, which no line may have both, the last one counts.
            for other in [one for one in self._kinds if self._columns.target(one) == target]:
                del self._kinds[other]
        self._kinds[key] = _kind(target, kinds)

    def _named(self, table: pa.Table) -> dict[str, pa.Array] | None:
        """Give the columns by what they are for; None where they are of a type that no fact has."""
        found: dict[str, pa.Array] = {}
        for key, column in zip(table.column_names, table.columns, strict=True):
            target = self._columns.target(key)
            if target is None or isinstance(target, Skip):
                # A column that was dropped, for no others are learned.
                continue
            if column.type not in _PLAIN:
                return None
            found[target.id] = column.combine_chunks()
        return found


def _flat(piece: bytes, count: int) -> bool:
    """Say whether each line is one object without anything inside it, as far as braces tell."""
    ends = piece.count(b"}\n") + piece.count(b"}\r\n") + piece.endswith(b"}")
    starts = piece.count(b"\n{") + piece.startswith(b"{")
    return starts == ends == count == piece.count(b"{") and b"[" not in piece


def _kind(target: Target, kinds: set[pa.DataType]) -> pa.DataType:
    """Give the type of a column: as its values have it, else as its fact has it."""
    if kinds:
        return pa.float64() if pa.float64() in kinds else min(kinds, key=str)
    kind = target.kind if isinstance(target, Fact) else "category"
    return _OF_FACTS.get(kind, pa.int64())


def _ids(array: pa.Array | None) -> pa.Array | None:
    """Give client ids as text; None where there is more to them, or no line has one."""
    if array is not None and array.type == pa.int64():
        far = pc.max(pc.abs(array)).as_py()
        return array.cast(pa.string()) if far is None or 0 <= far < LARGEST else None
    return array if array is not None and array.type == pa.string() else None
