"""What Parquet puts into few bits: numbers, and structs in the compact form of Thrift.

Only to see what a file is about to ask for, before pyarrow is asked to unpack it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Fields: TypeAlias = dict[int, Any]
"""What was read of a struct, by the numbers of its fields."""

Read: TypeAlias = Callable[[bytes, int], tuple[Fields, int]]
"""Reads a struct in some way of its own."""

Wants: TypeAlias = tuple[Mapping[int, Any] | Read, tuple[int, ...]]
"""What is wanted of a field that is a struct, or a list of them; and the types it may have."""

Wanted: TypeAlias = Mapping[int, Wants]
"""What is wanted of a struct, by the numbers of its fields."""

MAX_BLOCK = 1 << 16
"""Numbers of a block of differences; writers take 128."""


def delta_sum(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Return the sum of numbers in Parquet's encoding DELTA_BINARY_PACKED, and where they end.

    Each block of numbers has the least difference from one to the next, and per part of it in
    how many bits what comes on top of that is told. With a least difference of -1, and one bit
    each, 5 followed by 1, 0 and 1 are the numbers 5, 5, 4 and 4.
    """
    (block, at), least = varint(data, at), 0
    parts, at = varint(data, at)
    count, at = varint(data, at)
    number, at = signed(data, at)
    if count > most or not block * parts or block > MAX_BLOCK or block % (parts * 8):
        raise ValueError("there are other values than the page says")
    each = block // parts
    number &= _MAX_I32
    total, left = number * (count > 0), count - 1
    while left > 0:
        least, at = signed(data, at)
        widths, at = data[at : at + parts], at + parts
        for width in widths[: -(-left // each)]:
            end = at + each * width // 8
            packed, at = int.from_bytes(data[at:end], "little"), end
            for _ in range(min(each, left)):
                # What is past 32 bits is lost there, and no text is shorter than nothing.
                number = (number + least + (packed & ((1 << width) - 1))) & _MAX_I32
                packed >>= width
                total += number
            left -= each
        if len(widths) < parts or at > len(data):
            raise ValueError("the numbers break off")
    return total, at


def signed(data: bytes, at: int, bits: int = 64) -> tuple[int, int]:
    """Return a number that may be negative, and where it ends: 0, -1, 1, -2 are 0, 1, 2, 3."""
    number, at = varint(data, at)
    number &= (1 << bits) - 1
    return (number >> 1) ^ -(number & 1), at


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    while (byte := data[at]) > 127:
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if shift > 63:
            raise ValueError("no number is that long")
    return value | byte << shift, at + 1


_NOTHING: Wants = {}, ()
_INTEGERS, _LISTS = (4, 5, 6), (9, 10)
_FIXED = {1: 0, 2: 0, 3: 0, 7: 7}
_MAX_I32 = (1 << 32) - 1


def read_struct(data: bytes, at: int, wanted: Wanted) -> tuple[Fields, int]:
    """Return some fields of a struct in Thrift's compact form, by number, and where it ends.

    One of another type than is wanted is passed over, as all readers do.
    Raises IndexError if the data break off.
    """
    fields: Fields = {}
    field = 0
    while head := data[at]:
        at += 1
        if head < 16:
            field, at = signed(data, at)
        field, kind = field + (head >> 4), head & 15
        want, is_wanted = wanted.get(field, _NOTHING)
        value, at = _read_value(data, at, kind, want if kind in is_wanted else {})
        if kind in is_wanted:
            fields[field] = value
    return fields, at + 1


def _read_value(data: bytes, at: int, kind: int, want: Wanted | Read) -> tuple[Any, int]:
    if kind > 2:
        at += 1
    if kind in _INTEGERS:
        value = data[at - 1]
        if value > 127:
            value, at = varint(data, at - 1)
        if kind == 5:
            value &= _MAX_I32
        return (value >> 1) ^ -(value & 1), at
    if kind == 8:
        length = data[at - 1]
        if length > 127:
            length, at = varint(data, at - 1)
        return None, at + length
    if kind == 12:
        return want(data, at - 1) if callable(want) else read_struct(data, at - 1, want)
    if kind in _LISTS:
        return _read_list(data, at - 1, want)
    if kind in _FIXED:
        return kind == 1, at + _FIXED[kind]
    raise ValueError("no footer has that")


def _read_list(data: bytes, at: int, want: Wanted | Read) -> tuple[list[Any], int]:
    count, kind = data[at] >> 4, data[at] & 15
    at += 1
    if count == 15:
        count, at = varint(data, at)
    if kind in (1, 2):
        return [], at + count
    values = []
    for _ in range(count):
        value, at = _read_value(data, at, kind, want)
        if want:
            values.append(value)
    return values, at
