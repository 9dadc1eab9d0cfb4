"""Files as spreadsheets, pandas and R leave them: read, told in a note, or a fault of its row."""

from __future__ import annotations

import csv
import gzip
import json
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from caseload.small import RULES, json_lines, parquet, put, rows, sheet
from routeengine.caseload import RowFault, classify, classify_file, open_caseload
from routeengine.engine import Engine
from routeengine.errors import CaseloadError

ENGINE = Engine(RULES)
Table = list[list[object]]


def classified(path: Path, *drop: str, skip: int = 0) -> tuple[list[str], tuple[str, ...]]:
    """Classify a file by rows and by columns; give the faults and the notes, which are the same."""
    results = []
    for large in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            by_columns = large and path.suffix != ".xlsx"
            patch.setattr(classify, "is_large", [lambda _: False, lambda _: True][by_columns])
            told: list[RowFault] = []
            notes: list[str] = []
            out = path.with_name("out.jsonl")
            classify_file(
                ENGINE,
                path,
                out,
                drop_columns=drop,
                skip_rows=skip,
                report=told.append,
                note=notes.append,
            )
            results.append((list(map(str, told)), tuple(notes), out.read_text("utf-8")))
    assert results[0] == results[1]
    faults, lines, _ = results[0]
    start = f"{path}: note: "
    assert all(line.startswith(start) for line in lines)
    return faults, tuple(line.removeprefix(start) for line in lines)


def as_csv(path: Path, table: Table) -> Path:
    """Write a table as CSV."""
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)
    return path.with_suffix(".csv")


def as_xlsx(path: Path, table: Table) -> Path:
    """Write a table as a workbook."""
    return sheet(path.with_suffix(".xlsx"), table)


def as_jsonl(path: Path, table: Table) -> Path:
    """Write a table as JSON Lines, empty cells left out."""
    header, *lines = table
    records = [dict(zip(map(str, header), line, strict=True)) for line in lines]
    return json_lines(
        path.with_suffix(".jsonl"),
        [{key: value for key, value in one.items() if value is not None} for one in records],
    )


def as_parquet(path: Path, table: Table) -> Path:
    """Write a table as Parquet."""
    header, *lines = table
    columns = dict(zip(map(str, header), map(list, zip(*lines, strict=True)), strict=True))
    return parquet(path.with_suffix(".parquet"), columns)


every_format = pytest.mark.parametrize("write", [as_csv, as_xlsx, as_jsonl, as_parquet])
Writer = Callable[[Path, Table], Path]

LONE = "rows with nothing but a client id: 1"


@every_format
def test_a_footer_is_never_silent(tmp_path: Path, write: Writer) -> None:
    """A row of which only the id is filled is told in a note, and comes out."""
    table: Table = [["client_id", "rung"], ["c1", 2], ["Totaal", None]]
    assert classified(write(tmp_path / "a", table)) == ([], (LONE,))


@every_format
def test_a_footer_of_words_is_a_fault(tmp_path: Path, write: Writer) -> None:
    """An id with a blank in it and nothing beside it is no client; beside a fact it may be one."""
    table: Table = [["client_id", "rung"], ["c 1", 2], ["Totaal generaal", None]]
    found, notes = classified(write(tmp_path / "a", table))
    assert [one.partition(": ")[2] for one in found] == [
        "client_id: has a blank in it and nothing beside it: no client is like that"
    ]
    assert notes == ()


@every_format
@pytest.mark.parametrize(
    "text", ["#N/A", "#NAAM?", "#VERW!", "#REF!", "#DEEL/0!", "#NV", "#n/b", "####", "Err:502",
             "1,23457E+17", "1.23456789012345E+17"],
)  # fmt: skip
def test_what_a_spreadsheet_shows_is_no_id(tmp_path: Path, write: Writer, text: str) -> None:
    """An error, and a number that was cut short, are nobody's id, in any language."""
    table: Table = [["client_id", "rung"], [text, 2], ["c2", 2]]
    found, _ = classified(write(tmp_path / "a", table))
    assert len(found) == 1
    assert "client_id: is an error or a rounded number" in found[0]


@every_format
@pytest.mark.parametrize("text", ["#12", "E+17", "1E17", "N/A", "#A", "err:1"])
def test_what_only_looks_a_little_like_it_is_an_id(
    tmp_path: Path, write: Writer, text: str
) -> None:
    """A pseudonym may have such signs."""
    table: Table = [["client_id", "rung"], [text, 2]]
    assert classified(write(tmp_path / "a", table)) == ([], ())


@pytest.mark.parametrize("write", [as_xlsx, as_jsonl, as_parquet])
@pytest.mark.parametrize("number", [10**15, -(10**15), 123456789012345678, 1.23456789012345e17])
def test_a_long_number_is_no_id(tmp_path: Path, write: Writer, number: float) -> None:
    """Of more than 15 digits, programs keep others than were there."""
    table: Table = [["client_id", "rung"], [number, 2]]
    found, _ = classified(write(tmp_path / "a", table))
    assert [one.partition(": ")[2] for one in found] == [
        "client_id: must be text: programs round a number of more than 15 digits"
    ]


def test_a_long_number_in_text_is_an_id(tmp_path: Path) -> None:
    """There it is what was written."""
    path = put(tmp_path / "a.csv", f"client_id,rung\n{10**20},2\n")
    assert [row.client_id for row in rows(path)] == [str(10**20)]


@pytest.mark.parametrize("write", [as_xlsx, as_jsonl, as_parquet])
def test_a_whole_number_is_an_id(tmp_path: Path, write: Writer) -> None:
    """Also if it is kept as a decimal, as pandas does where one is missing; others are none."""
    table: Table = [["client_id", "rung"], [17.0, 2], [999999999999999.0, 2], [1.5, 2]]
    path = write(tmp_path / "a", table)
    assert [row.client_id for row in rows(path)] == ["17", "999999999999999", None]
    found, _ = classified(path)
    assert [one.partition(": ")[2] for one in found] == ["client_id: must be text"]


@every_format
def test_an_id_has_one_spelling(tmp_path: Path, write: Writer) -> None:
    """Letters with their accents apart are the same client, who so is there twice."""
    table: Table = [["client_id", "rung"], ["e\u0301", 2], ["c", 2], ["\u00e9", 2]]
    path = write(tmp_path / "a", table)
    found, notes = classified(path)
    assert [row.client_id for row in rows(path)] == ["\u00e9", "c", "\u00e9"]
    assert len(found) == 1
    assert "client_id: stands in row " in found[0]
    assert notes == ("client ids in another form of Unicode than NFC, which are read in that: 1",)


def test_half_a_character_is_no_id(tmp_path: Path) -> None:
    """JSON can write what no text has: that is a fault of its row."""
    path = put(tmp_path / "a.jsonl", '{"client_id":"\\ud800","rung":1}\n{"client_id":"b"}\n')
    found, _ = classified(path)
    assert found == ["1: client_id: must be one line of text that can be printed"]


@every_format
def test_a_whole_number_is_that_number_however_it_is_kept(tmp_path: Path, write: Writer) -> None:
    """Also a truth value, of which pandas makes 1.0 where one is missing; a fraction is none."""
    table: Table = [
        ["client_id", "rung", "willing"],
        ["a", 2.0, 1.0],
        ["b", None, 0.0],
        ["c", 2.5, 0.5],
        ["d", 7.0, None],
    ]
    path = write(tmp_path / "a", table)
    profiles = [row.profile for row in rows(path)]
    assert profiles[:2] == [
        {"client_id": "a", "rung": 2, "willing": True},
        {"client_id": "b", "willing": False},
    ]
    found, _ = classified(path)
    assert [one.split(": ")[1] for one in found] == ["rung", "willing", "rung"]


SMALL_DECIMALS = [pa.decimal32(5, 0), pa.decimal64(9, 1)] if hasattr(pa, "decimal32") else []
"""Types that pyarrow has since version 19."""


@pytest.mark.parametrize(
    "kind",
    [*SMALL_DECIMALS, pa.float16(), pa.float32(), pa.decimal128(38, 0),
     pa.decimal256(50, 2), pa.uint8(), pa.int64()],
)  # fmt: skip
def test_numbers_of_every_type_in_parquet_and_tables(tmp_path: Path, kind: pa.DataType) -> None:
    """Decimals of scale 0, halves and the rest; and yes or no in a column of numbers."""
    table = pa.table(
        {
            "client_id": pa.array([11, 12, None], kind),
            "rung": pa.array([2, None, 3], kind),
            "willing": pa.array([1, 0, None], kind),
        }
    )
    path = parquet(
        tmp_path / "a.parquet", dict(zip(table.column_names, table.columns, strict=True))
    )
    assert [row.profile for row in rows(path)] == [
        {"client_id": "11", "rung": 2, "willing": True},
        {"client_id": "12", "willing": False},
        None,
    ]
    found, _ = classified(path)
    assert found == ["3: client_id: is missing"]
    assert ENGINE.classify_table(table).to_pylist() == [
        json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()
    ]


ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
IDS_AS_TEXT: Mapping[str, tuple[Any, list[str | None]]] = {
    "view": (pa.array(["a", "b", None], pa.string_view()), ["a", "b", None]),
    "large": (pa.array(["a", "b", None], pa.large_string()), ["a", "b", None]),
    "uuid": (pa.array([ONE.bytes, TWO.bytes, None], pa.uuid()), [str(ONE), str(TWO), None]),
}


@pytest.mark.parametrize(("ids", "texts"), IDS_AS_TEXT.values(), ids=IDS_AS_TEXT)
def test_texts_of_every_type_in_parquet_and_tables(
    tmp_path: Path, ids: Any, texts: list[str | None]
) -> None:
    """Views of text, large text and UUIDs."""
    words = pa.array(["mild", None, "serious"], pa.string_view())
    path = parquet(tmp_path / "a.parquet", {"client_id": ids, "finances": words})
    assert [row.client_id for row in rows(path)] == texts
    found, _ = classified(path)
    assert found == ["3: client_id: is missing"]
    for column in (ids, pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), ids)):
        out = ENGINE.classify_table(pa.table({"client_id": column, "finances": words}))
        assert out["client_id"].to_pylist() == texts


ROW_NUMBERS = "row numbers, in a first column without a name, that are left out: 2"


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_parquet])
@pytest.mark.parametrize("first", [0, 1])
def test_row_numbers_are_left_out(tmp_path: Path, write: Writer, first: int) -> None:
    """R and pandas write them into a first column without a name."""
    table: Table = [["", "client_id", "rung"], [first, "c1", 2], [first + 1, "c2", 2]]
    path = write(tmp_path / "a", table)
    assert classified(path) == ([], (ROW_NUMBERS,))
    assert [row.client_id for row in rows(path)] == ["c1", "c2"]


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_parquet])
def test_row_numbers_with_a_gap(tmp_path: Path, write: Writer) -> None:
    """Below the table there may be none; a broken row counts as the others do."""
    table: Table = [["", "client_id", "rung"], [1, "a", 2], [None, "b", 2], [3, "c", 2]]
    assert classified(write(tmp_path / "a", table)) == ([], (ROW_NUMBERS,))


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_parquet])
@pytest.mark.parametrize("numbers", [(2, 3), (0, 0), (0, 2), ("x", "y"), ("00", "01")])
def test_what_does_not_count_the_rows_is_not_left_out(
    tmp_path: Path, write: Writer, numbers: Sequence[object]
) -> None:
    """It may be data: a fault, and the column can be dropped by its place."""
    table: Table = [["", "client_id", "rung"], [numbers[0], "c1", 2], [numbers[1], "c2", 2]]
    path = write(tmp_path / "a", table)
    found, _ = classified(path)
    assert "(column 1): must be empty" in found[-1]
    assert classified(path, "#1") == ([], ())


def test_only_a_first_column_has_row_numbers(tmp_path: Path) -> None:
    """Any other column without a name must be empty."""
    found, _ = classified(put(tmp_path / "a.csv", "client_id,,rung\nc1,0,2\n"))
    assert found == ["2: (column 2): must be empty, for the column has no name"]


def test_rows_that_are_cut_short(tmp_path: Path) -> None:
    """What a spreadsheet left out at their end is unknown, and a note says how many they are."""
    path = put(tmp_path / "a.csv", "client_id;rung;willing;months\nc1;2\nc2;3;ja\nc3;1;;4\n")
    assert classified(path) == (
        [],
        ("rows with fewer cells than there are columns: the rest of them is unknown: 2",),
    )
    assert [row.profile for row in rows(path)][:2] == [
        {"client_id": "c1", "rung": 2},
        {"client_id": "c2", "rung": 3, "willing": True},
    ]


TITLES: Table = [
    ["Caseload Rijswijk", None, None],
    ["1 maart", None, None],
    ["client_id", "rung", "willing"],
    ["c1", 2, "ja"],
]


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
@pytest.mark.parametrize("blanks", [0, 2])
def test_titles_above_the_header(tmp_path: Path, write: Writer, blanks: int) -> None:
    """The message says where the header seems to stand, and the rows above can be skipped."""
    empty: Table = [[None, None, None]] * blanks
    table = [TITLES[0], *empty, *TITLES[1:]]
    path = write(tmp_path / "a", table)
    with pytest.raises(CaseloadError) as caught:
        open_caseload(path, RULES)
    assert caught.value.message == (
        f"the column names seem to stand in line {blanks + 3}: "
        f"`--skip-rows {blanks + 2}` begins there"
    )
    caseload = open_caseload(path, RULES, skip_rows=blanks + 2)
    assert [(row.number, row.client_id) for row in caseload] == [(blanks + 4, "c1")]
    assert classified(path, skip=blanks + 2) == ([], ())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
def test_titles_in_any_dialect(tmp_path: Path, separator: str) -> None:
    """Titles of one cell, of which nothing tells the separator; also below a line `sep=`."""
    text = "Caseload, 2024\n\nclient_id|rung|willing\nc1|2|ja\n".replace("|", separator)
    text = f"sep={separator}\n{text}"
    path = put(tmp_path / "a.csv", text)
    with pytest.raises(CaseloadError, match="stand in line 4: `--skip-rows 3` begins there"):
        open_caseload(path, RULES)
    assert classified(path, skip=3) == ([], ())


def test_no_header_at_all_is_told_as_before(tmp_path: Path) -> None:
    """Where no line below names facts, what is wrong with the first one is told."""
    with pytest.raises(CaseloadError, match="there is no column `client_id`"):
        open_caseload(put(tmp_path / "a.csv", "Caseload\nc1,2\nc2,3\n"), RULES)
    with pytest.raises(CaseloadError, match="is empty"):
        open_caseload(put(tmp_path / "a.csv", "client_id\nc1\n"), RULES, skip_rows=2)


@pytest.mark.parametrize("write", [as_jsonl, as_parquet])
def test_nothing_to_skip(tmp_path: Path, write: Writer) -> None:
    """Other formats have no lines above their names."""
    path = write(tmp_path / "a", [["client_id"], ["c1"]])
    with pytest.raises(CaseloadError, match="has no rows before its header"):
        open_caseload(path, RULES, skip_rows=1)


@pytest.mark.parametrize("line", ["sep=|", '"sep=|"', "SEP=|", "sep=||||"])
def test_any_separator_that_the_file_names(tmp_path: Path, line: str) -> None:
    """As spreadsheets do; also one that is no ASCII, which is read row by row."""
    text = f"{line}\nclient_id|rung\nc1|2\n"
    for separator in ("|", ":", "~", "§"):
        path = put(tmp_path / "a.csv", text.replace("|", separator))
        assert classified(path) == ([], ())
        assert [row.profile for row in rows(path)] == [{"client_id": "c1", "rung": 2}]


def test_hidden_rows_are_told(tmp_path: Path) -> None:
    """A filter hides rows, and they are read all the same: a note says how many."""
    path = sheet(tmp_path / "a.xlsx", [["client_id", "rung"], ["c1", 1], ["c2", 2], ["c3", 2]])
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[2].hidden = book.active.row_dimensions[4].hidden = True
    book.save(path)
    assert classified(path) == ([], ("hidden rows, which are read as well: 2",))


def with_columns(path: Path, *columns: str) -> Path:
    """Write a sheet that says these things of its columns, in XML."""
    sheet(path, [["client_id", "rung", "note", "", "willing"], ["c1", 1, "x", None, True]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            told = f"<cols>{''.join(columns)}</cols><sheetData>".encode()
            book.writestr(name, data.replace(b"<sheetData>", told))
    return path


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        (['<col min="2" max="2" hidden="1"/>'], 1),
        (['<col min="1" max="2" hidden="true"/>', '<col min="5" max="16384" hidden="1"/>'], 3),
        (['<col min="2" max="5" hidden="1" width="0"/>', '<col min="2" max="2" hidden="1"/>'], 2),
        (['<col min="3" max="4" hidden="1"/>'], 0),
        (['<col min="5" max="2" hidden="1"/>', '<col min="6" max="9999999999" hidden="1"/>'], 0),
        (['<col min="1" max="5" hidden="0"/>', '<col min="2" max="2" width="9"/>'], 0),
    ],
)
def test_hidden_columns_are_told(tmp_path: Path, columns: list[str], count: int) -> None:
    """Those that are read: what was dropped, has no name or stands beside the table is not."""
    path = with_columns(tmp_path / "a.xlsx", *columns)
    told = (f"hidden columns, which are read as well: {count}",) if count else ()
    assert classified(path, "note") == ([], told)
    (row,) = rows(path, "note")
    assert row.profile == {"client_id": "c1", "rung": 1, "willing": True}


@pytest.mark.parametrize("column", ['<col min="-1" max="2" hidden="1"/>', '<col hidden="1"/>'])
def test_hidden_columns_that_make_no_sense(tmp_path: Path, column: str) -> None:
    """A sheet that hides columns which cannot be is none that can be read."""
    with pytest.raises(CaseloadError, match="is not an Excel workbook that can be read"):
        rows(with_columns(tmp_path / "a.xlsx", column))


def test_only_the_columns_of_the_sheet_that_is_read_count(tmp_path: Path) -> None:
    """An empty sheet beside it hides what it likes, before it and after it."""
    book = openpyxl.Workbook()
    first, second, third = book.active, book.create_sheet("clients"), book.create_sheet("empty")
    for line in (["client_id", "rung"], ["c1", 1]):
        second.append(line)
    for empty in (first, third):
        empty.column_dimensions["A"].hidden = True
    second.column_dimensions["B"].hidden = True
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert classified(path) == ([], ("hidden columns, which are read as well: 1",))


@pytest.mark.parametrize(
    ("ending", "words"),
    [(".ods", "is an OpenDocument sheet"), (".xls", "is an old workbook"), (".xlsb", "binary")],
)
def test_other_sheets_say_what_to_do(tmp_path: Path, ending: str, words: str) -> None:
    """Every program that makes them can save them otherwise."""
    with pytest.raises(CaseloadError, match=f"{words}.*: save it as an ordinary `.xlsx`"):
        open_caseload(tmp_path / f"a{ending}", RULES)


def test_another_sheet_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    """An OpenDocument sheet, and a binary workbook, say so by what is in them."""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(CaseloadError, match="is an OpenDocument sheet: save it as"):
        open_caseload(tmp_path / "a.xlsx", RULES)
    relation = '<Relationship Id="1" Type="x/officeDocument" Target="xl/workbook.bin"/>'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as book:
        book.writestr("_rels/.rels", f"<Relationships>{relation}</Relationships>")
    with pytest.raises(CaseloadError, match="is a binary workbook: save it as"):
        open_caseload(tmp_path / "a.xlsx", RULES)


PACKED = {"a.csv": "client_id,rung\nc1,2\n", "a.json": '[{"client_id": "c1", "rung": 2}]'}
SEVERAL = "is not text but a workbook, or a zip file of several"


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_packed_files_are_read(tmp_path: Path, name: str, ending: str) -> None:
    """By gzip, or alone in a zip file, beside what macOS adds; also under a bare name."""
    path = tmp_path / f"{name}{ending}"
    if ending == ".gz":
        put(path, gzip.compress(PACKED[name].encode()))
    else:
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("folder/", "")
            packed.writestr("folder/clients.txt", PACKED[name])
            packed.writestr("__MACOSX/clients.txt", "x")
    for one in (path, path.rename(tmp_path / name), path.with_name(name)):
        if one.exists():
            assert classified(one) == ([], ())
    if name == "a.csv" and ending == ".zip":
        assert [row.client_id for row in rows((tmp_path / name).rename(tmp_path / "b.zip"))] == [
            "c1"
        ]


def test_packed_files_that_are_not_read(tmp_path: Path) -> None:
    """A workbook, two texts, a password, a way of packing, and what breaks off."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("a.csv", PACKED["a.csv"])
        packed.writestr("b.csv", PACKED["a.csv"])
    with pytest.raises(CaseloadError, match=SEVERAL):
        open_caseload(tmp_path / "a.zip", RULES)
    with pytest.raises(CaseloadError, match=SEVERAL):
        open_caseload(put(tmp_path / "b.zip", b"PK\x03\x04"), RULES)
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as packed:
        packed.writestr("a.csv", PACKED["a.csv"])
    data = bytearray((tmp_path / "c.zip").read_bytes())
    for start in (6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    with pytest.raises(CaseloadError, match="save it without a password"):
        open_caseload(put(tmp_path / "c.zip", bytes(data)), RULES)
    for start in (6, data.index(b"PK\x01\x02") + 8):
        data[start], data[start + 2] = 0, 97
    with pytest.raises(CaseloadError, match="packed in a way that is not known here"):
        open_caseload(put(tmp_path / "d.zip", bytes(data)), RULES)
    text = "client_id,rung\n" + "".join(f"c{n * 7919},2\n" for n in range(8_000))
    whole = gzip.compress(text.encode())
    with pytest.raises(CaseloadError, match="cannot be unpacked: it is broken"):
        rows(put(tmp_path / "a.csv.gz", whole[: len(whole) // 2]))
    assert len(rows(put(tmp_path / "a.csv.gz", whole))) == 8_000
    with pytest.raises(CaseloadError, match="has no ending that is read"):
        open_caseload(tmp_path / "a.parquet.gz", RULES)
