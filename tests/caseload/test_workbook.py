"""XLSX: what spreadsheets make of values, and files that are made to do harm."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from caseload.small import RULES, faults, put, rows, sheet
from routeengine.caseload import open_caseload, source
from routeengine.errors import CaseloadError, MissingExtraError
from routeengine.profile import Between, OneOf

HEADER = ["client_id", "rung", "willing", "financiën", "months"]


def test_cells_are_read(tmp_path: Path) -> None:
    """Numbers, truth values, words, ranges and empty cells are read; so is text in digits."""
    path = sheet(
        tmp_path / "a.xlsx",
        [HEADER, ["c1", 2, True, "Licht", "12-18"], [17, "2", 0, "mild/ernstig", None], [3.0]],
    )
    assert [row.profile for row in rows(path)] == [
        {"client_id": "c1", "rung": 2, "willing": True, "finances": "mild",
         "months": Between(12, 18)},
        {"client_id": "17", "rung": 2, "willing": False, "finances": OneOf(("mild", "serious"))},
        {"client_id": "3"},
    ]  # fmt: skip


@pytest.mark.parametrize("cell", [2.5, 1e300, True, date(2020, 2, 1), "=1+1", "#N/A", 0, "NA"])
def test_cell_that_is_no_value_is_a_row_fault(tmp_path: Path, cell: object) -> None:
    """A date that Excel made of a range, a fraction, an error and the like are faults."""
    bad, good = rows(sheet(tmp_path / "a.xlsx", [HEADER, ["c1", cell], ["c2", 2]]))
    wrong = "must be a whole number from 1 to 6"
    if cell == "=1+1":
        wrong = "was never calculated: open and save it in a spreadsheet program"
    assert faults(bad) == [f"2: rung: {wrong}"]
    assert good.profile == {"client_id": "c2", "rung": 2}


def test_empty_rows_are_no_records(tmp_path: Path) -> None:
    """Empty rows before, between and after are left out; the numbers are those of the sheet."""
    path = sheet(tmp_path / "a.xlsx", [[], HEADER, ["c1"], [], ["c2"], [None, ""], []])
    caseload = open_caseload(path, RULES)
    assert [(row.number, row.client_id) for row in caseload] == [(3, "c1"), (5, "c2")]
    assert (caseload.total, caseload.unit, caseload.done) == (None, "rows", 5)


def test_cells_past_the_header_are_row_faults(tmp_path: Path) -> None:
    """Data in a column without a name is not lost in silence."""
    bad, good = rows(sheet(tmp_path / "a.xlsx", [["client_id"], ["c1", None, "x"], ["c2"]]))
    assert "2: (row): has cells past the last column that has a name" in faults(bad)[0]
    assert good.client_id == "c2"


def test_column_without_name_must_be_empty(tmp_path: Path) -> None:
    """A column between others without a name may be there, but may hold nothing."""
    table: list[list[object]] = [["client_id", None, "rung"], ["c1", None, 2], ["c2", "x", 2]]
    good, bad = rows(sheet(tmp_path / "a.xlsx", table))
    assert good.profile == {"client_id": "c1", "rung": 2}
    assert faults(bad) == ["3: (column 2): must be empty, for the column has no name"]


def test_headings_that_are_numbers_are_told_by_position(tmp_path: Path) -> None:
    """A sheet without a header has data in its first row."""
    path = sheet(tmp_path / "a.xlsx", [["client_id", 4711, date(2020, 1, 1)]])
    with pytest.raises(CaseloadError, match="columns 2 and 3 are no fact") as caught:
        open_caseload(path, RULES)
    assert "4711" not in str(caught.value)


def test_two_sheets_with_data_are_refused(tmp_path: Path) -> None:
    """Clients on a second sheet would be lost, so the file is refused."""
    path = sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]], ["client_id"], ["c2"])
    with pytest.raises(CaseloadError, match="more than one sheet with data"):
        open_caseload(path, RULES)


def test_empty_and_hidden_sheets_are_left_out(tmp_path: Path) -> None:
    """One visible sheet with data is read, wherever it stands."""
    book = openpyxl.Workbook()
    book.create_sheet("clients").append(["client_id"])
    book["clients"].append(["c1"])
    book.create_sheet("lists").append(["ja"])
    book["lists"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert [row.client_id for row in rows(tmp_path / "a.xlsx")] == ["c1"]


def test_workbook_without_data_is_told(tmp_path: Path) -> None:
    """An empty workbook is an error that says what must stand there."""
    with pytest.raises(CaseloadError, match="its first row must name the columns"):
        open_caseload(sheet(tmp_path / "a.xlsx", []), RULES)


def test_merged_cells_are_refused(tmp_path: Path) -> None:
    """Of merged cells only one holds the value: the others would be read as unknown."""
    path = sheet(tmp_path / "a.xlsx", [["client_id", "rung"], ["c1", 2], ["c2", None]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("B2:B3")
    book.save(path)
    with pytest.raises(CaseloadError, match="merged cells"):
        open_caseload(path, RULES)


def test_one_cell_far_away_is_refused_at_once(tmp_path: Path) -> None:
    """A cell in the last column of the last row takes no memory for those between."""
    book = openpyxl.Workbook()
    book.active["A1"] = "client_id"
    book.active["XFD1048576"] = 1
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(CaseloadError, match="more rows or columns"):
        rows(tmp_path / "a.xlsx")


def repack(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Write a workbook again with its parts changed."""
    with zipfile.ZipFile(path) as book:
        parts = {name: change(name, book.read(name)) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return path


def test_row_number_past_the_last_row_is_refused(tmp_path: Path) -> None:
    """A row that says it is number two billion is not counted up to."""
    path = sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]])
    repack(path, lambda _, data: data.replace(b'<row r="2"', b'<row r="2000000000"'))
    with pytest.raises(CaseloadError, match="more rows or columns"):
        rows(path)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "docProps/core.xml"])
def test_zip_bomb_is_refused(tmp_path: Path, part: str) -> None:
    """What unpacks to far more than its size is refused before it is opened."""
    path = sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]])
    repack(path, lambda name, data: data + b" " * (20 << 20) if name == part else data)
    with pytest.raises(CaseloadError, match="unpacks to far more"):
        open_caseload(path, RULES)


def test_large_part_that_is_no_sheet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts that are held in memory have a limit of their own."""
    monkeypatch.setattr(source, "MAX_PART", 100)
    with pytest.raises(CaseloadError, match="unpacks to far more"):
        open_caseload(sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]]), RULES)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_bomb_is_refused(tmp_path: Path, encoding: str) -> None:
    """Entities that stand for entities end in an error, not in gigabytes."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]><worksheet>&e11;</worksheet>'
    path = sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]])
    repack(path, lambda name, data: bomb.encode(encoding) if "sheet1" in name else data)
    with pytest.raises(CaseloadError, match="is not an Excel workbook that can be read"):
        rows(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_words_of_its_own_are_refused(tmp_path: Path, encoding: str) -> None:
    """No workbook defines entities: one that does is refused before its XML is read."""
    path = sheet(tmp_path / "a.xlsx", [["client_id"], ["c1"]])
    defines = '<!DOCTYPE worksheet [<!ENTITY e "x">]>'
    repack(
        path,
        lambda name, data: (defines + data.decode()).encode(encoding) if "sheet1" in name else data,
    )
    with pytest.raises(CaseloadError, match="is not an Excel workbook that can be read"):
        rows(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    """Junk, and a workbook under a password, are refused in words."""
    with pytest.raises(CaseloadError, match=r"not an Excel workbook .* password"):
        open_caseload(put(tmp_path / "a.xlsx", content), RULES)


def test_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without openpyxl the error says which extra installs it."""
    path = sheet(tmp_path / "a.xlsx", [["client_id"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"routeengine\[excel\]"):
        open_caseload(path, RULES)
