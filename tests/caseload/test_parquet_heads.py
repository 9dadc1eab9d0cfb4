"""What a Parquet file says of itself: the short way to read it, and the long one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import varint
from examples import examples
from routeengine.caseload import parquet_heads
from routeengine.caseload.parquet_heads import (
    _COLUMN,
    _PAGE,
    Heads,
    read_chunk,
    read_groups,
    read_head,
)
from routeengine.caseload.parquet_pages import Pages
from routeengine.caseload.thrift import delta_sum, read_struct


def number(value: int) -> bytes:
    """Give a field of 32 bits, after the one before it, as the header of a page has it."""
    return b"\x15" + varint(value)


TEXT = SimpleNamespace(
    max_repetition_level=0, max_definition_level=0, physical_type="BYTE_ARRAY", length=0
)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (number(0) + b"\x15\x01" + number(0) + b"\0", ValueError),
        (number(0) + number(1 << 30), ValueError),
        (
            number(0) + number(1 << 30) + number(0) + b"\x2c" + number(9) + number(7) + b"\0\0",
            MemoryError,
        ),
        (number(0) + number(9) + number(0) + b"\x2d\0", ValueError),
    ],
    ids=["less than nothing", "no end", "no room", "another type"],
)
def test_pages_that_make_no_sense(header: bytes, error: type[Exception]) -> None:
    """They are refused by what their headers say, before anything is unpacked."""
    chunk = {4: 6, 5: 9, 7: len(header), 9: 4}
    with pytest.raises(error):
        Pages(pa, TEXT, Heads(BytesIO(b"PAR1" + header))).look_at(0, 9, chunk)


def test_structs_in_compact_form() -> None:
    """A field may tell its whole number, lists of truths have no bytes of fields, and more."""
    truths = b"\x19\x21\1\0"
    assert read_struct(b"\x05\x06\x08" + truths + b"\0", 0, {3: ({}, (5,))})[0] == {3: 4}
    with pytest.raises(ValueError, match="no number is that long"):
        read_struct(b"\x15" + b"\xff" * 20, 0, {})


@settings(deadline=None, max_examples=examples(300))
@given(st.binary(max_size=40), st.integers(0, 100))
@example(b"\x00\x00\x00\x00", 0)  # a block of no parts
@example(b"\x00\x01\x02\x00\x00", 2)  # parts of no numbers
def test_bytes_that_make_no_sense_are_refused_in_one_way(data: bytes, most: int) -> None:
    """Whatever a hostile file has there: an error that is told as one of the file."""
    for read in (lambda: delta_sum(data, 0, most), lambda: read_struct(data, 0, _PAGE)):
        with suppress(ValueError, LookupError, RecursionError):
            read()


Outcome = tuple[Any, int] | type[Exception]


def outcome(read: Callable[[], tuple[Any, int]]) -> Outcome:
    """Give what is read, or how it fails."""
    try:
        return read()
    except (ValueError, LookupError, RecursionError) as error:
        return type(error)


def long_way(data: bytes, at: int) -> tuple[Any, int]:
    """Give what a footer says of a column, field by field."""
    column, end = read_struct(data, at, _COLUMN)
    return column[3], end


def agree(data: bytes, at: int = 0) -> None:
    """Check that the short way gives what the long one does, or fails in the same way."""
    assert outcome(lambda: read_head(data, at)) == outcome(lambda: read_struct(data, at, _PAGE))
    assert outcome(lambda: read_chunk(data, at)) == outcome(lambda: long_way(data, at))


TABLE = pa.table(
    {
        "client_id": [f"c{n}" for n in range(40)],
        "rung": [n % 6 + 1 if n % 5 else None for n in range(40)],
        "finances": [("mild", None, "serious", "x" * 70)[n % 4] for n in range(40)],
        "willing": [n % 2 == 1 for n in range(40)],
    }
)


def by_duckdb(path: Path) -> None:
    """Have DuckDB write the table."""
    with duckdb.connect() as base:
        base.register("clients", TABLE)
        base.execute(f"COPY clients TO '{path}' (FORMAT parquet)")


def by_pyarrow(**options: object) -> Callable[[Path], None]:
    """Have pyarrow write the table, in small row groups."""
    return lambda path: pq.write_table(TABLE, path, row_group_size=10, **options)


WRITERS: list[tuple[str, Callable[[Path], None]]] = [
    ("pyarrow", by_pyarrow()),
    ("second version", by_pyarrow(data_page_version="2.0", compression="zstd")),
    ("plain", by_pyarrow(use_dictionary=False, compression="none", write_statistics=False)),
    ("polars", lambda path: pl.DataFrame(TABLE).write_parquet(path)),
    ("duckdb", by_duckdb),
]


def pieces(write: Callable[[Path], None]) -> tuple[list[bytes], list[bytes]]:
    """Give what the footer of a file says of each column, and the heads of all pages."""
    chunks: list[bytes] = []
    heads: list[bytes] = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        write(path)
        data = path.read_bytes()

    def keep(footer: bytes, at: int) -> tuple[Any, int]:
        column, end = long_way(footer, at)
        chunks.append(footer[at:end])
        start = column[9]
        if 0 < column.get(11, 0) < start:
            start = column[11]
        stop = start + column[7]
        while start < stop:
            head, body = read_struct(data, start, _PAGE)
            heads.append(data[start:body])
            start = body + head[3]
        return column, end

    footer = data[-8 - int.from_bytes(data[-8:-4], "little") : -8]
    read_struct(footer, 0, {4: ({1: (keep, (9,))}, (9,))})
    return chunks, heads


@pytest.mark.parametrize(
    "write", [write for _, write in WRITERS], ids=[name for name, _ in WRITERS]
)
def test_what_is_usual_is_taken_apart_at_once(
    write: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what others write, nearly nothing is read field by field; and both ways agree."""
    chunks, heads = pieces(write)
    assert len(heads) >= len(chunks) >= 4
    for piece in (*chunks, *heads):
        agree(piece)
    long: list[bytes] = []

    def one_by_one(data: bytes, *_: object) -> tuple[Any, int]:
        long.append(data)
        return {3: {}}, 0

    monkeypatch.setattr(parquet_heads, "read_struct", one_by_one)
    for chunk in chunks:
        read_chunk(chunk, 0)
    for head in heads:
        read_head(head, 0)
    # A word of more than 63 bytes is not usual.
    assert len(long) <= (len(chunks) + len(heads)) // 4


@cache
def all_pieces() -> list[bytes]:
    """Give what all of these write, once."""
    return [piece for _, write in WRITERS for some in pieces(write) for piece in some]


@pytest.mark.gate
@settings(deadline=None, max_examples=examples(2000))
@given(st.data())
def test_the_short_way_agrees_where_something_is_odd(data: st.DataObject) -> None:
    """A byte that is another, that is too much or that is gone: nothing else comes out."""
    piece = bytearray(data.draw(st.sampled_from(all_pieces())))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(0, len(piece) - 1)))
        some = data.draw(st.binary(max_size=2))
        piece[place : place + data.draw(st.integers(0, 2))] = some
    agree(bytes(piece) + data.draw(st.binary(max_size=3)))


Field = tuple[int, bytes]

NUMBERS = st.one_of(st.integers(0, 300), st.integers(-(2**40), 2**40), st.just(2**63 - 1))


def compact(fields: dict[int, Field]) -> bytes:
    """Give a struct, of the types and bytes of its fields by their numbers."""
    some, last = b"", 0
    for field, (kind, value) in sorted(fields.items()):
        step = field - last
        some += bytes([step << 4 | kind]) if step < 16 else bytes([kind]) + varint(field)
        some, last = some + value, field
    return some + b"\0"


def zigzag(value: int) -> bytes:
    """Give a number that may be negative."""
    return varint(value) if value >= 0 else odd(-2 * value - 1)


def odd(number: int) -> bytes:
    """Give a number of seven bits a byte."""
    some = bytearray()
    while number > 127:
        some.append(number & 127 | 128)
        number >>= 7
    return bytes([*some, number])


@st.composite
def fields(draw: st.DrawFn, depth: int = 1) -> Field:
    """Give the type and the bytes of a value of any type."""
    kind = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 9, 12][: None if depth else 9]))
    if kind in (4, 5, 6):
        return kind, zigzag(draw(NUMBERS))
    if kind == 8:
        text = draw(st.binary(max_size=4) | st.integers(60, 130).map(bytes))
        return kind, odd(len(text)) + text
    if kind == 9:
        of, count = draw(st.sampled_from([5, 6, 8, 12])), draw(st.integers(0, 16))
        item = {5: b"\x02", 6: b"\x80\x01", 8: b"\x01x", 12: b"\x15\x02\x15\x04\x00"}[of]
        return kind, (
            bytes([count << 4 | of]) if count < 15 else bytes([240 | of, count])
        ) + item * count
    if kind == 12:
        return kind, compact(draw(st.dictionaries(st.integers(1, 20), fields(0), max_size=4)))
    return kind, b"" if kind < 3 else bytes(1 if kind == 3 else 8)


def usual(*numbers: int) -> st.SearchStrategy[dict[int, Field]]:
    """Give fields of 32 bits."""
    return st.fixed_dictionaries(
        {number: NUMBERS.map(lambda value: (5, zigzag(value))) for number in numbers}
    )


LONG = st.integers(0, 2**50).map(lambda value: (6, zigzag(value)))
ODD = st.dictionaries(st.integers(1, 18), fields(), max_size=3)


@st.composite
def structs(draw: st.DrawFn) -> bytes:
    """Give a head of a page or a column of a footer, with fields that some writer may add."""
    if draw(st.booleans()):
        details = {5: usual(1, 2, 3, 4), 7: usual(1, 2), 8: usual(1, 2, 3, 4, 5, 6)}
        field = draw(st.sampled_from([5, 7, 8]))
        inner = draw(details[field]) | draw(ODD)
        return compact(draw(usual(1, 2, 3)) | {field: (12, compact(inner))} | draw(ODD))
    chunk: dict[int, Field] = draw(usual(1, 4)) | {2: (9, b"\x35\0\6\x10"), 3: (9, b"\x18\1a")}
    for field in (5, 6, 7, 9, *draw(st.sets(st.sampled_from([10, 11, 14])))):
        chunk[field] = draw(LONG)
    inner = chunk | {field: one for field, one in draw(ODD).items() if draw(st.booleans())}
    return compact({2: draw(LONG), 3: (12, compact(inner))} | draw(ODD))


@pytest.mark.gate
@settings(deadline=None, max_examples=examples(1500))
@given(structs(), st.binary(max_size=2))
@example(
    b"\x15\4\x15\2\x15\2\x4c\x15\2\x15\0\x15\0\0\0", b""
)  # of a dictionary: a number for a truth
def test_the_short_way_agrees_whatever_fields_there_are(struct: bytes, after: bytes) -> None:
    """In any number and of any type: what comes out is what the fields say."""
    agree(struct + after)


def test_heads_are_found_through_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the window ends, and for heads that are longer: each is the same."""
    path = tmp_path / "a.parquet"
    pq.write_table(TABLE, path, row_group_size=3, data_page_size=10, write_batch_size=1)
    with path.open("rb") as raw:
        groups = read_groups(raw)
        found = []
        for window in (1 << 14, 256, 20):
            monkeypatch.setattr(parquet_heads, "WINDOW", window)
            heads, every = Heads(raw), []
            for _, chunks in groups:
                for chunk in chunks:
                    end = chunk[9] + chunk[7]
                    every.append(heads.head(chunk[9], end))
                    assert heads.body(*every[-1][1:], 4) == path.read_bytes()[every[-1][1] :][:4]
                    with pytest.raises(ValueError, match="a page does not end"):
                        heads.head(chunk[9], every[-1][1] - 1)
            found.append(every)
    assert found[0] == found[1] == found[2]
