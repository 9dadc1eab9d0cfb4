"""How many rows the pages of a Parquet file hold, whatever its footer says.

A footer that claims fewer rows than there are would cost the last ones without a word, for a
reader stops where the footer says. Each page has a head of its own that counts its values, and
in a column that is no list those are rows. Only the heads are read, and nothing is unpacked.

All heads are followed before the first row comes, so no byte may be asked for twice: columns that
share bytes are refused, and a head ends where its column does. However a file is made, the work
grows with its size and no faster.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

HEAD = 256
"""Bytes that most heads fit in."""

HEAD_LIMIT = 1 << 16
"""Bytes of a head; a longer one is no page of a caseload.

What is long in a head is the least and the greatest text of its page. Arrow leaves out those over
4 kB (with both, some 8 kB are the most), DuckDB and polars write none that long. Others once wrote
them whole (Rust's `parquet`, before its version 56): that fits for texts up to 32 kB, which no
fact's words come near.
"""

PAGE_LIMIT = 128 << 20
"""Bytes of a page when it is unpacked: no writer makes such pages, and they fill the memory."""

SPARE = 16
"""Pages without rows that a column may have, beside one for each row."""

DEPTH = 8
"""Structs within each other; a head has three."""

_Fields: TypeAlias = dict[int, Any]

# Numbers of the fields of a head: bytes, bytes as they stand there, what has the count in it.
_UNPACKED, _SIZE, _PAGE, _PAGE_V2, _COUNT = 2, 3, 5, 8, 1


class _StrangeError(Exception):
    """A head is not as heads are; stays in this module."""


def holds_more(path: str, metadata: Any, names: Collection[str]) -> bool:
    """Say whether these columns go on after the rows of the footer, or cannot be followed."""
    columns = [
        place
        for place in range(metadata.num_columns)
        if metadata.schema.column(place).path in names
        and not metadata.schema.column(place).max_repetition_level
    ]
    chunks: list[tuple[int, int, int]] = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        chunks += [(*_span(group.column(place)), group.num_rows) for place in columns]
    # A chunk without bytes has no page, wherever it says that it is.
    chunks = sorted(chunk for chunk in chunks if chunk[0] < chunk[1])
    if any(end > start for (_, end, _), (start, _, _) in pairwise(chunks)):
        return True
    with Path(path).open("rb", buffering=0) as file:
        try:
            return any(_goes_on(file, *chunk) for chunk in chunks)
        except _StrangeError:
            return True


def _span(chunk: Any) -> tuple[int, int]:
    """Say where one column of a row group starts and ends."""
    # Of a page that is not there, the offset is 0 or none.
    offsets = (chunk.dictionary_page_offset, chunk.data_page_offset)
    place = min([offset for offset in offsets if offset], default=0)
    return place, place + chunk.total_compressed_size


def _goes_on(file: BinaryIO, place: int, end: int, rows: int) -> bool:
    """Say whether one column of a row group has more values than so many rows."""
    pages = values = 0
    while place < end:
        length, head = _head(file, place, end)
        page = head.get(_PAGE) or head.get(_PAGE_V2) or {}
        size, count = head.get(_SIZE), page.get(_COUNT, 0) if isinstance(page, dict) else None
        if not isinstance(size, int) or not isinstance(count, int) or size < 0 or count < 0:
            raise _StrangeError
        place += length + size
        pages += 1
        values += count
        unpacked = head.get(_UNPACKED)
        if values > rows or pages > rows + SPARE:
            return True
        if not isinstance(unpacked, int) or unpacked > PAGE_LIMIT:
            raise _StrangeError
    return False


def _head(file: BinaryIO, place: int, end: int) -> tuple[int, _Fields]:
    """Give the length of the head that starts here, and what it says."""
    size = HEAD
    while size <= HEAD_LIMIT:
        file.seek(place)
        head = _Head(file.read(min(size, end - place)))
        try:
            return head.length(), head.fields
        except IndexError:
            size *= 16
    raise _StrangeError


class _Head:
    """Reads what Thrift's compact protocol writes: whole numbers by field, all else is passed."""

    def __init__(self, data: bytes) -> None:
        self.fields: _Fields = {}
        self._data = data
        self._place = 0

    def length(self) -> int:
        """Read the head into `fields`, and give how long it is."""
        self.fields = self._struct(DEPTH)
        return self._place

    def _struct(self, depth: int) -> _Fields:
        if not depth:
            raise _StrangeError
        fields: _Fields = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._integer()
            # A truth value is told by its type.
            fields[number] = None if kind & 15 in (1, 2) else self._value(kind & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> object:
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 12:
            return self._struct(depth - 1)
        if kind in (1, 2, 3, 7):  # a truth value in a list, a byte, a decimal number
            self._pass(8 if kind == 7 else 1)
        elif kind == 8:  # text
            self._pass(self._varint())
        else:
            self._values(kind, depth)
        return None

    def _values(self, kind: int, depth: int) -> None:
        if kind not in (9, 10) or not depth:
            raise _StrangeError
        start = self._byte()
        for _ in range(self._varint() if start >> 4 == 15 else start >> 4):
            self._value(start & 15, depth - 1)

    def _pass(self, count: int) -> None:
        self._place += count
        if self._place > len(self._data):
            raise IndexError

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _varint(self) -> int:
        number = shift = 0
        while (byte := self._byte()) > 0x7F:
            number |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise _StrangeError
        return number | byte << shift

    def _integer(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)
