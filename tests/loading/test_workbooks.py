"""A table of rules in a workbook means what it means as CSV, and each fault has its cell."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from loading.as_yaml import Tree
from loading.small import faults_of
from loading.tabled import CARDS, beside, made
from loading.test_tables import of_amounts
from routeengine.errors import MissingExtraError
from routeengine.loading import load_ruleset, sheets
from routeengine.quantities import ROUNDED
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.model import RuleTable

Change = Callable[[Any], object]


def rows_of(table: str) -> list[list[str]]:
    """Give the rows of a CSV file."""
    delimiter = max(",;\t", key=table.partition("\n")[0].count)
    return list(csv.reader(io.StringIO(table, newline=""), delimiter=delimiter))


def workbook(rows: Iterable[Sequence[object]], *changes: Change, name: str = "rules") -> bytes:
    """Give a workbook with a sheet of these rows, after changes to that sheet."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = name
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for change in changes:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cards(
    *changes: Change, more: str = "", content: bytes | str | None = None
) -> dict[str, str | bytes]:
    """Give the rule files with the table of cards as a workbook."""
    to = ("{table: cards.csv}", f"{{table: cards.xlsx{more}}}")
    made = workbook(rows_of(CARDS), *changes) if content is None else content
    return {"rules.yaml": beside(to)["rules.yaml"], "cards.xlsx": made}


def told(files: dict[str, str | bytes]) -> list[str]:
    """Give the faults of rule files."""
    return [str(fault) for fault in faults_of(files)]


def put(cell: str, value: object, shown: str = "General") -> Change:
    """Give the change that puts a value in a cell, with a number format."""

    def change(sheet: Any) -> None:
        sheet[cell] = value
        sheet[cell].number_format = shown

    return change


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(made(), st.data())
def test_a_workbook_means_what_the_same_table_means(
    both: tuple[dict[str, str], Tree], data: st.DataObject
) -> None:
    """Whether numbers and truths stand there as such or as text; wherever empty rows are."""
    files, _ = both
    typed: list[list[object]] = []
    for row in rows_of(files["a/t.csv"]):
        typed += [[]] * data.draw(st.integers(0, 1))
        typed.append([*row])
        for place, cell in enumerate(row):
            if cell.isdecimal() and str(int(cell)) == cell and data.draw(st.booleans()):
                typed[-1][place] = int(cell)
            elif cell in ("true", "false") and data.draw(st.booleans()):
                typed[-1][place] = cell == "true"
    rules = files["made.yaml"].replace("a/t.csv", "a/t.xlsx")
    plain = load_ruleset(files)
    other = load_ruleset({"made.yaml": rules, "a/t.xlsx": workbook(typed)})
    assert other.decision["last"].rules == plain.decision["last"].rules
    assert meaning_digest(other) == meaning_digest(plain)
    assert whole_digest(other) != whole_digest(plain)


def test_a_workbook_in_a_folder_is_read_as_bytes(tmp_path: Path) -> None:
    """The table is named with the digest of the file; a rule has the row of the sheet."""
    files = cards()
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
    ruleset = load_ruleset(tmp_path)
    digest = hashlib.sha256((tmp_path / "cards.xlsx").read_bytes()).hexdigest()
    assert ruleset.decision["card"].table == RuleTable("cards.xlsx", digest)
    assert str(ruleset.rule["old"].place) == f"{tmp_path / 'cards.xlsx'}:3:rule"
    assert meaning_digest(ruleset) == meaning_digest(load_ruleset(beside()))
    (tmp_path / "cards.xlsx").rename(tmp_path / "other.xlsx")
    (tmp_path / "cards.xlsx").symlink_to(tmp_path / "other.xlsx")
    rules: Any = tmp_path
    assert "there is no file `cards.xlsx`" in told(rules)[0]


def test_amounts_and_days_are_those_of_the_cells() -> None:
    """A number is never thousands, a date is a day, and no format says otherwise."""
    files = of_amounts(("1091", "2025-12-31"), ("1.5", "-"), ("1.0910", "-"))
    typed: list[list[object]] = [[*row] for row in rows_of(files["cards.csv"])]
    typed[1][1:3] = 1091, dt.date(2025, 12, 31)
    typed[2][1], typed[3][1] = 1.5, 1.091
    rules = files["rules.yaml"].replace("cards.csv", "cards.xlsx")
    book = workbook(typed, put("B3", 1.5, "0"), put("B2", 1091, "#,##0.00"))
    found = load_ruleset({"rules.yaml": rules, "cards.xlsx": book})
    assert meaning_digest(found) == meaning_digest(load_ruleset(files))


def test_truths_are_those_of_the_cells() -> None:
    """TRUE and FALSE say yes and no of a criterion."""
    found = load_ruleset(cards(put("D3", True)))
    assert meaning_digest(found) == meaning_digest(load_ruleset(beside()))
    other = load_ruleset(cards(put("D3", False)))
    assert meaning_digest(other) != meaning_digest(found)


def add_sheet(state: str = "visible", *, name: str = "more", first: bool = False) -> Change:
    """Give the change that adds a sheet with other rows."""

    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet(name, 0 if first else None)
        other.append(["rule", "nothing"])
        other.sheet_state = state

    return change


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ("", add_sheet()),
        ("", add_sheet("hidden", first=True)),
        (", sheet: rules", add_sheet(first=True)),
    ],
)
def test_one_sheet_is_read(more: str, change: Change) -> None:
    """The first that is visible, or the one that is named; other sheets say nothing."""
    found = load_ruleset(cards(change, more=more))
    assert meaning_digest(found) == meaning_digest(load_ruleset(beside()))


def test_hidden_rows_and_columns_are_read() -> None:
    """A rule that nobody sees is a rule."""

    def hide(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = sheet.column_dimensions["C"].hidden = True

    assert meaning_digest(load_ruleset(cards(hide))) == meaning_digest(load_ruleset(beside()))


NO_SHEET = "cards.xlsx: has no visible sheet, or more than one, of the name that `sheet` gives"
FORMULA = "is a formula: write what it comes to"
EMPTY = "is empty: its first row has to name the columns"
NO_VALUE = "is no text, number or day that can be read: write it as text"
FAULTS: dict[str, tuple[list[Change], str]] = {
    "a formula": ([put("B3", "=17+1")], f":3:age: {FORMULA}"),
    "a formula in the header": ([put("B1", '="age"')], f":1:2: {FORMULA}"),
    "a percentage": ([put("B3", 0.18, "0%")], f":3:age: {NO_VALUE}"),
    "a time of day": (
        [put("B3", 45658.375, "yyyy-mm-dd")],
        ":3:age: has a time of day: it must be a day alone",
    ),
    "a day that is none": ([put("B3", 60, "yyyy-mm-dd")], f":3:age: {NO_VALUE}"),
    "a sign that turns text": (
        [put("G3", "o\u202eld")],
        ":3:reason:en: holds a control character: take it out",
    ),
    "merged cells": (
        [lambda sheet: sheet.merge_cells("B3:B4")],
        ": has merged cells: split them, so that every row holds its own",
    ),
    "past the header": ([put("L4", "x")], ":4:(row): has 12 cells where the header has 10"),
    "a value that there is not": (
        [put("C3", "mildd")],
        ":3:debt: `debt` cannot be `mildd` (did you mean `mild`?)",
    ),
    "no rows": ([lambda sheet: sheet.delete_rows(1, 9)], f": {EMPTY}"),
    "blanks alone": ([lambda sheet: sheet.delete_rows(1, 9), put("A1", " ")], f": {EMPTY}"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_the_cell(name: str) -> None:
    """File, row and column, and nothing that comes of it besides."""
    changes, message = FAULTS[name]
    assert told(cards(*changes)) == [f"cards.xlsx{message}"]


def test_every_cell_that_cannot_be_read_is_told() -> None:
    """All of them at once."""
    faults = told(cards(put("B3", "=1"), put("C4", "=2")))
    assert [one.partition(": ")[0] for one in faults] == ["cards.xlsx:3:age", "cards.xlsx:4:debt"]


@pytest.mark.parametrize(
    ("more", "message"),
    [(", sheet: rule", f"{NO_SHEET} (did you mean `rules`?)"), (", sheet: secret", NO_SHEET)],
)
def test_a_sheet_that_there_is_not_is_told(more: str, message: str) -> None:
    """A hidden sheet is none."""
    assert told(cards(add_sheet("hidden", name="secret"), more=more)) == [message]


def test_a_csv_file_has_no_sheets() -> None:
    """One that is named there is a fault, at its place; and so is one that is no name."""
    (fault,) = told(beside(("{table: cards.csv}", "{table: cards.csv, sheet: rules}")))
    assert fault.startswith("rules.yaml:")
    assert "`cards.csv` has no sheets (leave out `sheet`" in fault
    (fault,) = told(cards(more=", sheet: [rules]"))
    assert "`sheet`" in fault


def changed_part(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Give a workbook with other bytes in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            assert name != part or old in data
            after.writestr(name, data.replace(old, new) if name == part else data)
    return out.getvalue()


def bomb() -> bytes:
    """Give a zip file that unpacks to a lot of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", b" " * (9 << 20))
    return out.getvalue()


BOOK = workbook(rows_of(CARDS))
MARKED = workbook(rows_of(CARDS), put("G3", "zzz"))
NUMBERED = workbook(rows_of(CARDS), put("B3", 0.5))
SHEET = "xl/worksheets/sheet1.xml"
SAVE_ANEW = "save the file anew in a spreadsheet program"
HOSTILE: dict[str, tuple[bytes | str, str]] = {
    "text": (
        "rule;age",
        ": is given as text, and a workbook is bytes (give what `Path.read_bytes` reads)",
    ),
    "no zip file": (
        b"rule;age",
        ": is not an Excel workbook that can be read (is it protected by a password?)",
    ),
    "a bomb": (bomb(), ": unpacks to far more than a table of rules holds"),
    "a row that is another": (
        changed_part(BOOK, SHEET, b'<row r="4"', b'<row r="3"'),
        f":3:(row): has a cell twice, or one of another row: {SAVE_ANEW}",
    ),
    "no sheet": (
        changed_part(BOOK, "xl/workbook.xml", b'state="visible"', b'state="hidden"'),
        ": has no visible sheet",
    ),
    "a far cell": (
        changed_part(BOOK, SHEET, b'r="C3"', b'r="ZZZ3"'),
        ": has more rows or columns than a table of rules has",
    ),
    "text that begins as a formula": (
        changed_part(MARKED, SHEET, b"zzz", b"=1"),
        ":3:reason:en: `=1` is a formula: write what it comes to",
    ),
    "what a formula came to": (
        changed_part(
            changed_part(NUMBERED, SHEET, b"<v>0.5</v>", b"<f>A1</f><v>20</v>"),
            "xl/workbook.xml",
            b'fullCalcOnLoad="1"',
            b"",
        ),
        f":3:age: {FORMULA}",
    ),
    "a number that was worked out": (
        changed_part(NUMBERED, SHEET, b"<v>0.5</v>", b"<v>0.30000000000000004</v>"),
        f":3:age: {ROUNDED}",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_workbook_is_refused(name: str) -> None:
    """With one fault."""
    content, message = HOSTILE[name]
    assert told(cards(content=content)) == [f"cards.xlsx{message}"]


@pytest.mark.parametrize(
    ("limit", "number", "message"),
    [
        ("MAX_TABLE_BYTES", 99, "cards.xlsx: is larger than 99 bytes"),
        ("MAX_ROWS", 3, "cards.xlsx:5:(row): holds more than 3 rows"),
        ("MAX_COLUMNS", 9, "cards.xlsx:1:(row): has more than 9 columns"),
    ],
)
def test_a_workbook_has_the_limits_of_a_table(
    limit: str, number: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes, rows and columns."""
    monkeypatch.setattr(sheets, limit, number)
    assert [one.partition(" (spread")[0] for one in told(cards())] == [message]


def test_a_workbook_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without openpyxl it is said what installs it; CSV does without."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'routeengine\[excel\]'"):
        load_ruleset(cards())
    assert load_ruleset(beside())
