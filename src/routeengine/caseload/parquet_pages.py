"""What the pages of a column of a Parquet file unpack to, by what they say: so none is unpacked."""

from __future__ import annotations

from typing import Any

from routeengine.caseload.parquet_heads import Heads
from routeengine.caseload.thrift import Fields, delta_sum

_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}

MAX_VALUES = 1 << 24
"""Values of a page; some decoders take memory for each, however few bytes it has."""

ROOM = 1 << 28
"""Bytes that the largest page and the largest dictionary of each column may unpack to, together."""

_DATA, _DICTIONARY = 0, 2
_LENGTHS_BEFORE, _TEXT_BEFORE = _DELTA = 6, 7


class Pages:
    """What the pages of a column unpack to, of the row groups that were looked at.

    What a footer says is a claim. `largest` is the sum of the largest page and the largest
    dictionary, `heaviest` the bytes of a row where rows take most, and `words` the bytes of the
    longest word, at most, in the dictionary of each group. Text `are_delta` if it is in one of two
    encodings in which it says how long it is, or how it differs from the text before it: a few
    bytes of the file can stand for gigabytes.
    """

    def __init__(self, arrow: Any, column: Any, heads: Heads) -> None:
        self.are_delta = False
        self.words: dict[int, int] = {}
        self.heaviest = 0.0
        self._arrow = arrow
        self._heads = heads
        self._repeats = column.max_repetition_level > 0
        self._has_levels = column.max_definition_level > 0
        self._is_text = column.physical_type == "BYTE_ARRAY"
        self._width = column.length or 16
        self._page = self._dictionary = 0

    @property
    def largest(self) -> int:
        """Return the bytes of the largest page and the largest dictionary, together."""
        return self._page + self._dictionary

    def look_at(self, group: int, rows: int, chunk: Fields) -> None:
        """Look at the pages of a row group of so many rows; the footer says where they are.

        Raises ValueError, LookupError and the like for what is no column.
        """
        values = self._values(group, chunk)
        if not self._repeats and not values == chunk[5] == rows:
            raise ValueError("there are other rows than the footer says")

    def _values(self, group: int, chunk: Fields) -> int:
        """Look at the pages of one row group, and return how many values they have."""
        at = chunk[9]
        if not at:  # a group without rows
            return 0
        if 0 < chunk.get(11, 0) < at:
            at = chunk[11]
        end, found, whole = at + chunk[7], 0, 0
        while at < end:
            page, start = self._heads.head(at, end)
            unpacked, packed = page[2], page[3]
            at = start + packed
            if min(unpacked, packed) < 0:
                raise ValueError("a page is not that long")
            if page[1] == _DICTIONARY:
                self._dictionary = max(self._dictionary, unpacked)
                self.words[group] = unpacked - 4 * page[7][1]
                continue
            # Of pages of other types there are none.
            details, encoding = (page[5], 2) if page[1] == _DATA else (page[8], 4)
            values, encoding = details[1], details[encoding]
            if self._is_text and encoding in _DELTA:
                self.are_delta = True
                data = self._data(page, self._heads.body(start, packed), chunk[4])
                unpacked += _length(data, values, twice=encoding == _TEXT_BEFORE)
            # Where values repeat there may be any number of them in one row.
            taken = unpacked + self._width * values
            found, whole = found + values, whole + taken
            large = self._repeats or values > MAX_VALUES
            self._page = max(self._page, whole if large else unpacked)
            self.heaviest = max(self.heaviest, whole if self._repeats else taken / max(values, 1))
        return found

    def _data(self, page: Fields, data: bytes, codec: int) -> bytes:
        """Return what is in a page of data, without the levels before it."""
        details, levels = page.get(8, {}), 0
        if details:
            levels = details[5] + details[6]
        size = page[2] - levels
        if codec and details.get(7, True):
            if size > ROOM:
                raise MemoryError
            unpacked = self._arrow.decompress(data[levels:], size, codec=_CODECS[codec])
            data, levels = unpacked.to_pybytes(), 0
        if not details and self._has_levels:
            levels = 4 + int.from_bytes(data[:4], "little")
        return data[levels:]


def _length(data: bytes, values: int, *, twice: bool) -> int:
    """Return how long the texts are, by the numbers before them."""
    total, at = delta_sum(data, 0, values)
    return total + (delta_sum(data, at, values)[0] if twice else 0)
