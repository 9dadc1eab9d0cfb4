"""Files that are broken or made to do harm: one clear error, no lost row, no leaked value."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caseload.small import IDS, RULES, faults, json_lines, parquet, put, rows, sheet
from examples import examples
from routeengine.caseload import FORMATS, Row, open_caseload
from routeengine.errors import CaseloadError, RouteEngineError

MARK = "Zq7marker"


def attempt(path: Path) -> list[Row] | str:
    """Read a caseload, or give the words with which it is refused."""
    try:
        return rows(path)
    except RouteEngineError as error:
        return str(error)


text_like = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [
                b'"',
                b",",
                b";",
                b"\t",
                b"\r",
                b"\n",
                b"client_id",
                b"rung",
                b"2",
                b"\0",
                b"\xff",
                b"{",
                b"}",
                b"[",
                b"]",
                b":",
                b'{"client_id":"c"}',
                b'"rung"',
                b"\xef\xbb\xbf",
                b"\xff\xfe",
                b"NaN",
                b"\\u",
                b"sep=;",
            ]
        ),
    ),
    max_size=30,
).map(b"".join)


@settings(deadline=None)
@given(st.sampled_from([ending for ending in FORMATS if ending != ".xlsx"]), text_like)
@example(".json", b'[{"client_id":"c"}')
def test_any_bytes(ending: str, content: bytes) -> None:
    """Whatever a file holds, it is read or refused by an error of this library."""
    with TemporaryDirectory() as folder:
        attempt(put(Path(folder) / f"a{ending}", content))


@cache
def binary(ending: str) -> bytes:
    """Give a good file; made once, for a workbook holds the time it was made at."""
    table = {"client_id": ["a", "b"], "rung": [1, 2], "finances": ["mild", None]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        if ending == ".parquet":
            return parquet(path, table).read_bytes()
        return sheet(path, [list(table), ["a", 1, "mild"], ["b", 2.0]]).read_bytes()


places = st.integers(0, 10**6)


@settings(deadline=None, max_examples=examples(80))
@given(
    st.sampled_from([".parquet", ".xlsx"]),
    st.lists(st.tuples(places, st.integers(0, 255)), max_size=5),
    st.none() | places,
)
def test_damaged_binary_files(ending: str, bytes_: list[tuple[int, int]], cut: int | None) -> None:
    """A Parquet file or workbook with bytes changed or cut is read or refused."""
    content = bytearray(binary(ending))
    for place, byte in bytes_:
        content[place % len(content)] = byte
    if cut is not None:
        del content[cut % len(content) :]
    with TemporaryDirectory() as folder:
        attempt(put(Path(folder) / f"a{ending}", bytes(content)))


odd = st.sampled_from([b"", b"<", b'"', b"9" * 5000, b"<row r='-1'/>", b"x", b"&x;", b"</row>"])


@settings(deadline=None, max_examples=examples(80))
@given(st.lists(st.tuples(places, places, st.integers(0, 6), odd), min_size=1, max_size=3))
def test_damaged_xml_in_a_workbook(changes: list[tuple[int, int, int, bytes]]) -> None:
    """A workbook whose parts say strange things is read or refused."""
    with zipfile.ZipFile(io.BytesIO(binary(".xlsx"))) as book:
        parts = {name: bytearray(book.read(name)) for name in book.namelist()}
    for which, place, cut, new in changes:
        part = parts[sorted(parts)[which % len(parts)]]
        start = place % (len(part) + 1)
        part[start : start + cut] = new
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        with zipfile.ZipFile(path, "w") as book:
            for name, content in parts.items():
                book.writestr(name, bytes(content))
        attempt(path)


cells = st.text(st.sampled_from('ab1",;\t é\0=') | st.characters(codec="utf-8"), max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_every_line_comes_out_once(lines: list[tuple[str, str]]) -> None:
    """However wild the cells, each line of the file comes out as one row, in order."""
    flat = ["".join(c for c in f"{a},{b}" if c.splitlines() == [c]) for a, b in lines]
    with TemporaryDirectory() as folder:
        path = put(Path(folder) / "a.csv", "\n".join(["client_id,rung", *flat]))
        assert [row.number for row in rows(path)] == list(range(2, len(flat) + 2))


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats())))
def test_every_record_comes_out_once(values: list[object]) -> None:
    """Each record of a JSON Lines file comes out as one row, in order."""
    with TemporaryDirectory() as folder:
        records: list[dict[str, object]] = [{"client_id": v, "rung": v} for v in values]
        path = json_lines(Path(folder) / "a.jsonl", records)
        found = rows(path)
        assert [row.number for row in found] == list(range(1, len(values) + 1))
        assert all((row.profile is None) == bool(row.faults) for row in found)


def marked(folder: Path) -> list[Path]:
    """Write files in every format with a mark in every cell, and in places of names."""
    header = list(IDS)
    line = [f"{MARK}{n}" for n in range(len(header))]
    text = ",".join(header) + "\n" + ",".join(line) + "\n"
    record = dict(zip(header, line, strict=True))
    deep = {name: [{MARK: MARK}] for name in header}
    quoted = f'client_id,rung\n{MARK}1,"{MARK}2\n{MARK}3,{MARK}4\n'
    return [
        put(folder / "a.csv", text + f'{MARK}\n{MARK},"{MARK}\n'),
        put(folder / "b.csv", quoted),
        put(folder / "c.csv", f"{MARK}1,{MARK}2\n{MARK}3,{MARK}4\n"),
        put(folder / "d.csv", b"client_id,rung\n" + MARK.encode() + b",\xff\xff\x81\n"),
        json_lines(folder / "a.jsonl", [record, deep]),
        put(folder / "b.jsonl", f'{{"client_id": "{MARK}"\n"{MARK}"\n{MARK}\n'),
        put(folder / "a.json", json.dumps([record, deep])),
        put(folder / "b.json", f'[{{"client_id": "{MARK}1" "{MARK}2"}}]'),
        sheet(folder / "a.xlsx", [header, line, [*line, MARK]]),
        parquet(folder / "a.parquet", {name: [MARK, None] for name in header}),
        parquet(folder / "b.parquet", {name: [[MARK]] for name in header}),
    ]


def test_no_value_stands_in_a_message(tmp_path: Path) -> None:
    """With a mark in every cell, no error and no fault of any format shows it."""
    for path in marked(tmp_path):
        found = attempt(path)
        words = (
            [found] if isinstance(found, str) else [line for row in found for line in faults(row)]
        )
        assert words, path.name
        assert not [line for line in words if MARK in line], path.name


def test_rows_do_not_show_themselves(tmp_path: Path) -> None:
    """The `repr` of a row, which logs may hold, shows nothing of the client."""
    (row,) = rows(put(tmp_path / "a.csv", f"client_id,finances\n{MARK},mild\n"))
    assert repr(row) == "Row(2, faults=0)"


@pytest.mark.parametrize("name", ["a", "a.pdf"])
def test_ending_that_is_not_read(tmp_path: Path, name: str) -> None:
    """An ending that is not known gives those that are."""
    with pytest.raises(CaseloadError, match=r"use \.csv, \.tsv, \.txt, \.parquet, \.xlsx"):
        open_caseload(tmp_path / name, RULES)


@pytest.mark.parametrize("ending", FORMATS)
def test_file_that_is_not_there(tmp_path: Path, ending: str) -> None:
    """A missing file and a folder are refused in the system's words, in every format."""
    with pytest.raises(CaseloadError, match="cannot be read: no such file"):
        open_caseload(tmp_path / f"a{ending}", RULES)
    (tmp_path / f"a{ending}").mkdir()
    with pytest.raises(CaseloadError, match="cannot be read: is a directory"):
        open_caseload(tmp_path / f"a{ending}", RULES)
