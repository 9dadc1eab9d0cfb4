"""Heads of Parquet pages: followed as they are written, or told to be strange, never a crash."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import put, varint
from routeengine.caseload.parquet_pages import HEAD_LIMIT, PAGE_LIMIT, SPARE, holds_more

END = b"\0"
STRANGE = {
    "no unpacked size": b"\x35\x00\x2c\x15\x02" + END + END,
    "no size": b"\x5c\x15" + varint(2) + END + END,
    "a size below zero": b"\x35\x01" + END,
    "a size that is a text": b"\x38\x01a" + END,
    "a count below zero": b"\x35\x00\x2c\x15\x01" + END + END,
    "a count that is a truth value": b"\x35\x00\x2c\x11" + END + END,
    "a page that is a number": b"\x35\x00\x25\x02" + END,
    "a type that there is not": b"\x1d" + END,
    "a number without end": b"\x15" + b"\xff" * 20,
    "a text that goes on after the file": b"\x18" + b"\xff\xff\xff\x7f",
    "a list that goes on after the file": b"\x19\xf3" + b"\xff" * 8 + b"\x7f",
    "nothing": b"",
    "an end": END,
}  # fmt: skip


def page(count: int, more: bytes = b"", version: int = 1, size: int = 0) -> bytes:
    """Give a page of so many values, with some more fields in its head."""
    start = b"\x15\x00" + b"\x15\x00" + b"\x15" + varint(size)
    number = b"\x2c" if version == 1 else b"\x5c"
    return start + number + b"\x15" + varint(count) + more + END + END + b"." * size


def goes_on(data: bytes, rows: int, size: int | None = None, **chunk: Any) -> bool:
    """Ask it of a file of one column, whose pages are these."""
    told = {
        "data_page_offset": 1,
        "dictionary_page_offset": None,
        "total_compressed_size": len(data) if size is None else size,
        **chunk,
    }
    column = SimpleNamespace(path="rung", max_repetition_level=0)
    group = SimpleNamespace(num_rows=rows, column=lambda _: SimpleNamespace(**told))
    metadata = SimpleNamespace(
        num_row_groups=1,
        num_columns=1,
        schema=SimpleNamespace(column=lambda _: column),
        row_group=lambda _: group,
    )
    with TemporaryDirectory() as folder:
        return holds_more(str(put(Path(folder) / "a", b"P" + data)), metadata, ["rung"])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(
    "more",
    [
        b"",
        b"\x11\x12\x13\x01\x17" + b"." * 8,
        b"\x18\x03abc\x1c\x16\x02" + END,
        b"\x18" + bytes([0xA0, 0x9C, 0x01]) + b"x" * 20_000,
        b"\x19\x35\x02\x04\x06\x1a\xf1\x10" + b"\x01" * 16,
        b"\x05\x80\x04\x02",
    ],
    ids=["plain", "truths and numbers", "struct", "long text", "lists", "far number"],
)
def test_values_are_counted_whatever_else_a_head_says(version: int, more: bytes) -> None:
    """Fields that later formats may add are passed."""
    data = page(3, more, version, 50) + page(0) + page(4, more, version)
    assert not goes_on(data, 7)
    assert goes_on(data, 6)
    # Where it has fewer, whoever reads the rows sees it.
    assert not goes_on(data, 8)


def test_a_dictionary_stands_before_its_pages_and_counts_for_nothing() -> None:
    """Whatever says where it is, and where the file has no other page."""
    dictionary = b"\x15\x04\x15\x00\x15\x0a\x4c\x15\x0a" + END + END + b"....."
    data = dictionary + page(2)
    place = 1 + len(dictionary)
    for offsets in ((1, place), (1, 0), (None, 1), (0, 1)):
        told = dict(zip(("dictionary_page_offset", "data_page_offset"), offsets, strict=True))
        assert not goes_on(data, 2, **told)
        assert goes_on(data, 1, **told)


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_what_cannot_be_followed_is_refused(data: bytes) -> None:
    """A head that cannot be read may hide rows."""
    assert goes_on(data, 1, 10)


@pytest.mark.parametrize(
    "more", [b"\x1c" * 9 + END * 9, b"\x19" + b"\x19" * 9 + b"\x01"], ids=["structs", "lists"]
)
def test_depth_has_a_limit(more: bytes) -> None:
    """Though all else in the head is well."""
    assert goes_on(page(1, more), 1)


def test_counts_below_zero_make_up_for_nothing() -> None:
    """One page cannot hide another."""
    below = page(0).replace(b"\x2c\x15\x00", b"\x2c\x15\x03")
    assert goes_on(below + page(3), 1)


def test_heads_have_a_limit() -> None:
    """Neither one long head nor a file of empty pages is read for ever."""
    length = HEAD_LIMIT
    text = b"\x18" + bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])
    assert goes_on(page(1, text + b"x" * length), 1)
    assert not goes_on(page(0) * SPARE, 0)
    assert goes_on(page(0) * (SPARE + 1), 0)


def test_a_page_that_unpacks_to_far_too_much_is_refused() -> None:
    """It would fill the memory before anybody could say so."""
    for unpacked, refused in ((PAGE_LIMIT, False), (PAGE_LIMIT + 1, True), (1 << 31, True)):
        data = page(1).replace(b"\x15\x00\x15\x00", b"\x15\x00\x15" + varint(unpacked), 1)
        assert goes_on(data, 1) == refused


@settings(deadline=None)
@given(st.lists(st.binary(max_size=9) | st.just(page(1)), max_size=9), st.integers(0, 9))
@example([page(1), b"\x19\xff"], 1)
def test_any_bytes_get_an_answer(parts: list[bytes], rows: int) -> None:
    """Whatever stands there, it says yes or no."""
    assert goes_on(b"".join(parts), rows) in (True, False)
