"""Workbooks as other programs write them, cell by cell, and such as none writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from caseload.small import RULES, faults, rows
from routeengine.caseload import open_caseload, workbook
from routeengine.errors import CaseloadError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
HEADER = '<row r="1"><c r="A1" t="str"><v>client_id</v></c><c r="B1" t="str"><v>rung</v></c></row>'
UNCALCULATED = "was never calculated: open and save it in a spreadsheet program"


def book(path: Path, sheet: str, **parts: str) -> Path:
    """Write a workbook with the rows of a sheet, and what it says of itself."""
    calc, formats, texts = (parts.get(name, "") for name in ("calc", "formats", "texts"))
    form = parts.get("form", MAIN)
    files = {
        "_rels/.rels": '<Relationship Id="r" Type="x/officeDocument" Target="/xl/workbook.xml"/>',
        "xl/workbook.xml": '<sheets xmlns:r="r"><sheet name="a" r:id="r1"/>'
        f'<sheet name="chart" r:id="r9"/></sheets>{calc}',
        "xl/_rels/workbook.xml.rels": "".join(
            f'<Relationship Id="r{n}" Type="x/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(
                [("worksheet", "worksheets/s.xml"), ("sharedStrings", "texts.xml"),
                 ("styles", "styles.xml")], 1
            )
        ),
        "xl/worksheets/s.xml": f"<sheetData>{sheet}</sheetData>",
        "xl/texts.xml": texts,
        "xl/styles.xml": formats,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name, f'<?xml version="1.0"?><x xmlns="{form}">{text}</x>')
    return path


def cell(text: str) -> str:
    """Give a row of a client whose rung is this cell."""
    return f'{HEADER}<row r="2"><c r="A2" t="str"><v>c1</v></c>{text}</row>'


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ('<c r="B2"><v>2</v></c>', 2),
        ("<c><v>2</v></c>", 2),
        ('<c r="B2"><v>2.0E0</v></c>', 2),
        ('<c r="B2" t="n"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="B2" t="str"><f>A1</f><v></v></c>', None),
        ('<c r="B2" t="inlineStr"><is><r><t>2</t></r><rPh><t>two</t></rPh></is></c>', 2),
        ('<c r="B2" t="s"><v>0</v></c>', 2),
        ('<c r="B2" t="s"><v>1</v></c>', None),
        ('<c r="B2"/>', None),
        ('<c r="B2" s="7"><v>2</v></c>', 2),
    ],
)
def test_cells_that_are_read(tmp_path: Path, text: str, rung: int | None) -> None:
    """As Excel writes them and as others do; the pronunciation beside a text is not read."""
    texts = "<sst><si><t>2</t><rPh><t>two</t></rPh></si><si/></sst>"
    (row,) = rows(book(tmp_path / "a.xlsx", cell(text), texts=texts))
    assert row.profile == {"client_id": "c1", **({} if rung is None else {"rung": rung})}


@pytest.mark.parametrize("word", ["true", "1", "TRUE"])
def test_words_in_cells_of_truth_values(tmp_path: Path, word: str) -> None:
    """Strict writers use words, and others numbers; nothing else is one."""
    text = (
        HEADER.replace("rung", "willing")
        + '<row><c t="str"><v>c</v></c><c t="b"><v>{}</v></c></row>'
    )
    (row,) = rows(book(tmp_path / "a.xlsx", text.format(word)))
    assert row.profile == {"client_id": "c", "willing": True}
    (row,) = rows(book(tmp_path / "a.xlsx", text.format("yes")))
    assert faults(row) == ["2: willing: must be true or false"]


def test_strict_workbooks_are_read(tmp_path: Path) -> None:
    """They have other names for the same."""
    (row,) = rows(book(tmp_path / "a.xlsx", cell("<c><v>2</v></c>"), form=STRICT))
    assert row.profile == {"client_id": "c1", "rung": 2}


@pytest.mark.parametrize(
    "text",
    ['<c r="B2"><f>1+1</f></c>', '<c r="B2"><f>1+1</f><v/></c>', '<c r="B2"><f>1+1</f><v></v></c>'],
)
def test_a_formula_without_a_value(tmp_path: Path, text: str) -> None:
    """It was never calculated, and is not unknown."""
    (row,) = rows(book(tmp_path / "a.xlsx", cell(text)))
    assert faults(row) == [f"2: rung: {UNCALCULATED}"]


@pytest.mark.parametrize("said", ["1", "true"])
def test_a_formula_of_a_workbook_that_has_to_be_calculated(tmp_path: Path, said: str) -> None:
    """Its value is a placeholder, also in the other cells of an array; plain values are read."""
    calc = f'<calcPr fullCalcOnLoad="{said}"/>'
    text = cell('<c r="B2"><f t="array" ref="B2:B3">X</f><v>0</v></c>')
    text += '<row r="3"><c r="A3" t="str"><v>c2</v></c><c r="B3"><v>0</v></c></row>'
    text += '<row r="4"><c r="A4" t="str"><v>c3</v></c><c r="B4"><v>1</v></c></row>'
    text += '<row r="5"><c r="A5"><f>17</f><v>17</v></c><c r="B5"><f t="array" ref="B5"/></c></row>'
    first, second, third, fourth = rows(book(tmp_path / "a.xlsx", text, calc=calc))
    assert faults(first) == [f"2: rung: {UNCALCULATED}"]
    assert faults(second) == [f"3: rung: {UNCALCULATED}"]
    assert third.profile == {"client_id": "c3", "rung": 1}
    assert faults(fourth) == [f"5: client_id: {UNCALCULATED}", f"5: rung: {UNCALCULATED}"]


FORMATS = ["General", "00000", "dd-mm-yyyy", "0%", "#,##0", "[h]:mm", '"C"0', "@"]
STYLES = (
    "<numFmts>"
    + "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
              for n, code in enumerate(FORMATS))
    + '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(FORMATS)))
    + '<xf numFmtId="14"/><xf numFmtId="1"/><xf/></cellXfs>'
)  # fmt: skip
MAY_SHOW = "must be text: its number format may show something else than its number"


@pytest.mark.parametrize(
    ("style", "client_id", "fault", "rung"),
    [
        (0, "42", "", 2),
        (1, "00042", "", 2),
        (2, None, "must be text", None),
        (3, None, "must be text", None),
        (4, None, MAY_SHOW, 2),
        (5, None, "must be text", None),
        (6, None, MAY_SHOW, 2),
        (7, "42", "", 2),
        (8, None, "must be text", None),
        (9, "42", "", 2),
        (10, "42", "", 2),
        (99, "42", "", 2),
    ],
)
def test_number_formats(
    tmp_path: Path, style: int, client_id: str | None, fault: str, rung: int | None
) -> None:
    """An id is what the sheet shows, or a fault; a date or a percentage is no number."""
    text = f'{HEADER}<row><c s="{style}"><v>42</v></c></row>'
    text += f'<row><c t="str"><v>c</v></c><c s="{style}"><v>2</v></c></row>'
    first, second = rows(book(tmp_path / "a.xlsx", text, formats=STYLES))
    assert first.client_id == client_id
    assert faults(first) == ([f"2: client_id: {fault}"] if fault else [])
    if rung is None:
        assert faults(second) == ["3: rung: must be a whole number from 1 to 6"]
    else:
        assert second.profile == {"client_id": "c", "rung": rung}


@pytest.mark.parametrize("number", ["1234567890123456", "4.2", "-3"])
def test_zeros_go_before_whole_numbers_only(tmp_path: Path, number: str) -> None:
    """A long number is refused whatever its format, and so is a fraction, and one below zero."""
    text = f'{HEADER}<row><c s="1"><v>{number}</v></c></row>'
    (row,) = rows(book(tmp_path / "a.xlsx", text, formats=STYLES))
    assert row.client_id is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '<row r="2"><c t="str"><v>d</v></c></row>',
            "has a number that appears twice or goes back",
        ),
        (
            '<row r="1"><c t="str"><v>d</v></c></row>',
            "has a number that appears twice or goes back",
        ),
        ('<row r="2"/>', "has a number that appears twice or goes back"),
        ('<row><c r="A3" t="str"><v>d</v></c><c r="A3"/></row>', "has a cell twice"),
        ('<row><c r="A3" t="str"><v>d</v></c><c r="B4"><v>1</v></c></row>', "one of another row"),
    ],
)
def test_rows_and_cells_that_stand_twice(tmp_path: Path, text: str, fault: str) -> None:
    """They are faults, and nothing vanishes; the other rows are read."""
    last = '<row r="9"><c t="str"><v>z</v></c></row>'
    first, second, third = rows(
        book(tmp_path / "a.xlsx", cell('<c r="B2"><v>2</v></c>') + text + last)
    )
    assert first.profile == {"client_id": "c1", "rung": 2}
    assert fault in faults(second)[0]
    assert "(row): " in faults(second)[0]
    assert (third.number, third.client_id) == (9, "z")


def test_a_header_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """Nobody knows then what its columns are."""
    path = book(tmp_path / "a.xlsx", HEADER.replace('"B1"', '"A1"'))
    with pytest.raises(CaseloadError, match="1: has a cell twice"):
        open_caseload(path, RULES)


@pytest.mark.parametrize(
    "text",
    [
        '<c r="B2" t="s"><v>5</v></c>',
        '<c r="2B"><v>2</v></c>',
        '<c r="B2" s="x"><v>2</v></c>',
        "<c><v>2</v>",
    ],
)
def test_what_is_no_cell_is_refused(tmp_path: Path, text: str) -> None:
    """A text that is not there, a place that is none, and XML that does not close."""
    with pytest.raises(CaseloadError, match="is not an Excel workbook that can be read"):
        rows(book(tmp_path / "a.xlsx", cell(text)))


@pytest.mark.parametrize(
    "text",
    ['<c t="d"><v>2020-01-01</v></c>', '<c t="odd"><v>2</v></c>', "<c><v>1_0</v></c>",
     "<c><v>nan</v></c>", f"<c><v>{'2' * 40_000}</v></c>"],
)  # fmt: skip
def test_what_is_no_number_is_a_fault(tmp_path: Path, text: str) -> None:
    """A date, a type that nobody knows, and what only looks like a number."""
    (row,) = rows(book(tmp_path / "a.xlsx", cell(text)))
    assert faults(row) == ["2: rung: must be a whole number from 1 to 6"]


def test_millions_of_empty_texts_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are other things that a workbook only names: each takes memory, and a few bytes there."""
    monkeypatch.setattr(workbook, "MAX_TEXTS", 1000)
    path = book(tmp_path / "a.xlsx", HEADER, texts="<si/>" * 1001)
    with pytest.raises(CaseloadError, match="unpacks to far more than a caseload holds"):
        open_caseload(path, RULES)
    monkeypatch.setattr(workbook, "MAX_NAMED", 1000)
    for parts in (
        {"formats": "<cellXfs>" + "<xf/>" * 1001 + "</cellXfs>"},
        {"calc": "<x/>" * 1001},
    ):
        with pytest.raises(CaseloadError, match="unpacks to far more than a caseload holds"):
            open_caseload(book(tmp_path / "a.xlsx", HEADER, **parts), RULES)


def test_a_tag_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name or an attribute that goes on and on would be kept whole."""
    monkeypatch.setattr(workbook, "MAX_TOKEN", 1000)
    path = book(tmp_path / "a.xlsx", f'{HEADER}<row a="{"x" * 5000}"/>')
    with pytest.raises(CaseloadError, match="is not an Excel workbook that can be read"):
        rows(path)


def test_a_workbook_that_names_no_parts_is_empty(tmp_path: Path) -> None:
    """It has a list of sheets, and nothing that says where they are."""
    relation = '<Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as out:
        out.writestr("_rels/.rels", f"<x>{relation}</x>")
        out.writestr("xl/workbook.xml", '<x xmlns:r="r"><sheet name="a" r:id="r1"/></x>')
    with pytest.raises(CaseloadError, match="is empty"):
        open_caseload(tmp_path / "a.xlsx", RULES)
