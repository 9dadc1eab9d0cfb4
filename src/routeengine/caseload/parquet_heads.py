"""What a Parquet file says of itself: its footer, and the head of each of its pages.

Each is a struct of Thrift, whose fields Python reads one by one. A file of many small row groups
has hundreds of thousands, and nearly all look alike: every field that must be there, in order, and
small. Those a regular expression takes apart at once. All others, and whatever is odd, is read
field by field; what comes out is the same. So 15 04 15 1A 15 1E 4C 15 02 15 04 00 00 is the head of
a dictionary (2, as a number is doubled): unpacked 13 bytes, packed 15, and it (4C) has 1 word.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from io import SEEK_END
from typing import BinaryIO

from routeengine.caseload.thrift import Fields, Wanted, Wants, read_struct

MAX_HEAD = 1 << 20
"""Bytes of the head of a page: it may have the least and the greatest of its values."""

WINDOW = 1 << 14
"""Bytes of the file that are read at a time, to find heads in: there may be many of small pages."""

_TRUTH, _LIST, _STRUCT = (1, 2), (9, 10), (12,)
_I32: Wants = {}, (5,)
_I64: Wants = {}, (6,)
_COLUMN: Wanted = {3: ({4: _I32, 5: _I64, 7: _I64, 9: _I64, 11: _I64}, _STRUCT)}
_DETAILS: Wants = {1: _I32, 2: _I32}, _STRUCT
_V2: Wants = {1: _I32, 4: _I32, 5: _I32, 6: _I32, 7: ({}, _TRUTH)}, _STRUCT
_PAGE: Wanted = {1: _I32, 2: _I32, 3: _I32, 5: _DETAILS, 7: _DETAILS, 8: _V2}
"""Of the footer of a file, and of the head of a page: the numbers are those of parquet.thrift."""


def read_chunk(data: bytes, at: int) -> tuple[Fields, int]:
    """Return what a footer says of one column of a row group, and where that ends."""
    if found := _usual_chunk().match(data, at):
        codec, values, packed, place, words = found.groups()
        chunk = {4: number(codec), 5: number(values), 7: number(packed), 9: number(place)}
        if words:
            chunk[11] = number(words)
        return chunk, found.end()
    column, end = read_struct(data, at, _COLUMN)
    return column[3], end


def read_head(data: bytes, at: int) -> tuple[Fields, int]:
    """Return the head of the page that begins here, and where it ends.

    Raises IndexError if the data break off.
    """
    found = _usual_head().match(data, at)
    if found is None:
        return read_struct(data, at, _PAGE)
    kind, unpacked, packed, values, encoding, words, coding, *more = found.groups()
    head: Fields = {1: number(kind), 2: number(unpacked), 3: number(packed)}
    if values:
        head[5] = {1: number(values), 2: number(encoding)}
    elif words:
        head[7] = {1: number(words), 2: number(coding)}
    else:
        *numbers, is_packed = more
        told = dict[int, object](zip((1, 4, 5, 6), map(number, numbers), strict=True))
        head[8] = {**told, 7: is_packed == b"\x11"}
    return head, found.end()


_FOOTER: Wanted = {4: ({1: (read_chunk, _LIST), 3: _I64}, _LIST)}


def read_groups(raw: BinaryIO) -> list[tuple[int, list[Fields]]]:
    """Return what the footer of a file says of each row group: its rows, and its columns.

    Of pyarrow it cannot be asked: where a footer makes no sense that ends the process.
    """
    raw.seek(-8, SEEK_END)
    length = int.from_bytes(raw.read(4), "little")
    raw.seek(-8 - length, SEEK_END)
    footer, _ = read_struct(raw.read(length), 0, _FOOTER)
    return [(group[3], group[1]) for group in footer.get(4, [])]


class Heads:
    """The heads of the pages of a file, of which a window is in memory."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._start = 0
        self._window = b""

    def head(self, at: int, end: int) -> tuple[Fields, int]:
        """Return the head of the page at this place, and where what is in the page begins.

        Raises ValueError if it is not there before the end of its column.
        """
        for size in (0, WINDOW, MAX_HEAD):
            if size:
                self._raw.seek(at)
                self._start, self._window = at, self._raw.read(size)
            if 0 <= at - self._start < len(self._window):
                try:
                    head, start = read_head(self._window, at - self._start)
                except IndexError:
                    continue
                if self._start + start <= end:
                    return head, self._start + start
        raise ValueError("a page does not end")

    def body(self, at: int, length: int) -> bytes:
        """Return what is in a page, as it is packed."""
        self._raw.seek(at)
        return self._raw.read(length)


@lru_cache(1 << 10)
def number(raw: bytes) -> int:
    """Return a number of a few bytes, as `signed` does; most stand in many heads."""
    value = 0
    for byte in reversed(raw):
        value = value << 7 | byte & 127
    return (value >> 1) ^ -(value & 1)


# Of numbers of 32 and 64 bits, those of 28 and 56. A field begins with what its number is more than
# that of the field before it, and with its type. All is bounded, and can be taken in one way only.
_I, _L = (rf"[\x80-\xff]{{0,{most}}}[\x00-\x7f]" for most in (3, 7))
_NUMBER, _BOOLEAN, _BYTES, _LISTS, _STRUCTS = (
    "[" + "".join(rf"\x{step:x}{kind:x}" for kind in kinds for step in range(1, 16)) + "]"
    for kinds in ((4, 5, 6), (1, 2), (8,), (9,), (12,))
)


def _counted(each: str, most: int, kind: int | None = None) -> str:
    """Return a pattern of bytes, or of a list of a type of values, whose number is told first."""
    heads = [n if kind is None else n << 4 | kind for n in range(most + 1)]
    return "|".join(rf"\x{head:02x}(?:{each}){{{n}}}" for n, head in enumerate(heads))


@cache
def _parts() -> tuple[str, str, str]:
    """Return patterns of bytes, of a struct of simple values, and of one of numbers alone."""
    text = f"(?:{_counted('.', 63)})"
    simple = f"{_NUMBER}{_L}|{_BOOLEAN}|{_BYTES}{text}|{_LISTS}(?:{_counted(_L, 14, 6)})"
    return text, rf"(?:{simple}){{0,20}}\x00", rf"(?:{_NUMBER}{_L}|{_BOOLEAN}){{0,20}}\x00"


@cache
def _usual_chunk() -> re.Pattern[bytes]:
    text, simple, numbers = _parts()
    return _compiled(rf"""
        \x26{_L} \x1c                                         # 2 its place, 3 what it is:
        \x15{_I} \x19(?:{_counted(_I, 14, 5)}) \x19\x18{text} # 1 type, 2 encodings, 3 path
        \x15({_I}) \x16({_L}) \x16{_L} \x16({_L})             # 4 codec, 5 values, 6 and 7 bytes
        \x26({_L}) (?:\x26({_L})|(?![\x10-\x2f]))             # 9 and 11 places, and no 10
        (?: {_NUMBER}{_L} | {_STRUCTS}{simple} | {_LISTS}(?:{_counted(numbers, 7, 12)}) ){{0,20}}
        \x00 {numbers}""")


@cache
def _usual_head() -> re.Pattern[bytes]:
    _, simple, _ = _parts()
    return _compiled(rf"""
        \x15({_I}) \x15({_I}) \x15({_I}) (?:                  # 1 type, 2 and 3 bytes, and one of
        \x2c \x15({_I}) \x15({_I}) \x15{_I} \x15{_I} (?:\x1c{simple})?     # 5 values, encoding
        | \x4c \x15({_I}) \x15({_I}) [\x11\x12]?                           # 7 words, encoding
        | \x5c \x15({_I}) \x15{_I} \x15{_I} \x15({_I}) \x15({_I}) \x15({_I}) ([\x11\x12])
          (?:\x1c{simple})?                                   # 8 values, encoding, levels, packed
        ) \x00\x00""")


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.DOTALL | re.VERBOSE)
