"""CSV in the dialects and encodings that municipalities have."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from caseload.small import RULES, faults, put, rows
from routeengine.caseload import delimited, lines, open_caseload
from routeengine.errors import CaseloadError

PROFILE = {"client_id": "c1", "rung": 2, "willing": True, "finances": "serious"}
DUTCH = "cliëntnummer;Trede;BEREID;financiën\r\nc1;2;ja;Ernstig\r\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.TXT"])
def test_delimiter_and_line_end_make_no_difference(
    tmp_path: Path, delimiter: str, end: str, name: str
) -> None:
    """Comma, semicolon or tab, and any line end, give the same profile."""
    text = "client_id,rung,willing,finances\nc1,2,ja,ernstig\n"
    path = put(tmp_path / name, text.replace(",", delimiter).replace("\n", end))
    assert [row.profile for row in rows(path)] == [PROFILE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-32"])
def test_encoding_makes_no_difference(tmp_path: Path, encoding: str) -> None:
    """Each usual encoding gives the same profile, from Dutch headings and values."""
    path = put(tmp_path / "a.csv", DUTCH, encoding)
    assert [row.profile for row in rows(path)] == [PROFILE]


@pytest.mark.parametrize("order", ["le", "be"])
def test_both_byte_orders_of_utf_16_are_read(tmp_path: Path, order: str) -> None:
    """A byte order mark says which order it is."""
    mark = codecs.BOM_UTF16_LE if order == "le" else codecs.BOM_UTF16_BE
    path = put(tmp_path / "a.csv", mark + DUTCH.encode(f"utf-16-{order}"))
    assert [row.profile for row in rows(path)] == [PROFILE]


def test_utf_16_without_mark_is_told_apart(tmp_path: Path) -> None:
    """UTF-16 without a byte order mark is refused in words, not read as other text."""
    path = put(tmp_path / "a.csv", DUTCH.replace("ë", "e").encode("utf-16-le"))
    with pytest.raises(CaseloadError, match="UTF-16 with a byte order mark"):
        open_caseload(path, RULES)


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_line_that_names_the_delimiter_is_no_header(tmp_path: Path, line: str) -> None:
    """The line `sep=;` that spreadsheets write is taken, and the lines go on counting."""
    (row,) = rows(put(tmp_path / "a.csv", f"{line}\n{DUTCH}"))
    assert (row.number, row.profile) == (3, PROFILE)


def test_delimiter_is_the_one_whose_names_are_known(tmp_path: Path) -> None:
    """A comma inside a quoted heading does not make a semicolon file a comma file."""
    text = '"client_id";"rung";"note, to drop, entirely, and, more"\nc1;2;x\n'
    (row,) = rows(put(tmp_path / "a.csv", text), "note, to drop, entirely, and, more")
    assert row.profile == {"client_id": "c1", "rung": 2}


def test_row_number_is_the_line_where_the_record_starts(tmp_path: Path) -> None:
    """A cell with line ends in it, and blank lines, do not shift the row numbers."""
    text = 'client_id,rung,note\n\nc1,1,"two\nlines, ""quoted"""\n  \nc2,2,x\n'
    path = put(tmp_path / "a.csv", text)
    assert [(row.number, row.client_id) for row in rows(path, "note")] == [(3, "c1"), (6, "c2")]


def test_ragged_rows(tmp_path: Path) -> None:
    """What a short row does not have is unknown; too many cells are a fault of their row alone."""
    found = rows(put(tmp_path / "a.csv", "client_id,rung\nc1\nc2,2\nc3,3,\n"))
    assert [faults(row) for row in found] == [
        [],
        [],
        ["4: (row): has 3 cells where the header has 2"],
    ]


def test_row_of_separators_is_a_row_without_client_id(tmp_path: Path) -> None:
    """A row that holds separators only is reported, and so is not lost."""
    (row,) = rows(put(tmp_path / "a.csv", "client_id,rung\n,\n"))
    assert faults(row) == ["2: client_id: is missing"]


QUOTES = {
    "closed wrongly further on": 'c1,"1\nc2,2\nc3,"3"\n',
    "never closed": 'c1,"1\nc2,2\nc3,3\n',
    "closed by a quote that begins no cell": 'c1,"1\nc2,2"\nc3,3\n',
}


@pytest.mark.parametrize("text", QUOTES.values(), ids=QUOTES)
def test_open_quote_swallows_no_rows(tmp_path: Path, text: str) -> None:
    """A quote that is not closed costs its own line; the rows after it still come out."""
    found = rows(put(tmp_path / "a.csv", "client_id,rung\n" + text))
    assert [row.number for row in found] == [2, 3, 4]
    assert "a quote is not closed" in faults(found[0])[0]
    assert found[2].profile == {"client_id": "c3", "rung": 3}


def test_long_open_quote_swallows_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit of a record each line stands alone, and still comes out once."""
    monkeypatch.setattr(delimited, "MAX_RECORD_LINES", 20)
    text = 'client_id,rung\nc1,"1\n' + "".join(f'x{n}","\n' for n in range(40)) + "c9,2\n"
    found = rows(put(tmp_path / "a.csv", text))
    assert [row.number for row in found] == list(range(2, 44))
    assert found[-1].profile == {"client_id": "c9", "rung": 2}


def test_hostile_quotes_are_not_read_over_and_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the quotes fall, each line is read a few times at most."""
    read = 0
    take = lines.Lines.take

    def count(self: lines.Lines, *, keep: bool = False) -> lines.Line | None:
        nonlocal read
        read += 1
        return take(self, keep=keep)

    monkeypatch.setattr(lines.Lines, "take", count)
    for text in ('x","\n' * 3000, ('x","\n' * 500 + '"a"b\n') * 6):
        read = 0
        assert len(rows(put(tmp_path / "a.csv", "client_id,rung\n" + text))) == text.count("\n")
        assert read < 20 * text.count("\n")


def test_quoted_record_ends_before_a_line_that_cannot_be_read(tmp_path: Path) -> None:
    """A line that is no text does not become part of the record before it."""
    text = 'client_id,rung\né1,1\nc1,"1\n'.encode() + b"c2,\xe9\xff\nc3,3\n"
    found = rows(put(tmp_path / "a.csv", text))
    assert [row.number for row in found] == [2, 3, 4, 5]
    assert faults(found[2]) == ["4: (row): is not text in UTF-8"]
    assert found[3].profile == {"client_id": "c3", "rung": 3}


def test_first_line_that_is_not_ascii_settles_the_encoding(tmp_path: Path) -> None:
    """Windows-1252 in a file that is UTF-8 is a fault of its line, not read as something else."""
    path = put(tmp_path / "a.csv", "client_id,rung\né1,1\n".encode() + b"\xe92,2\nc3,3\n")
    found = rows(path)
    assert [row.client_id for row in found] == ["é1", None, "c3"]


def test_bytes_of_no_encoding_are_a_fault(tmp_path: Path) -> None:
    """What is neither UTF-8 nor Windows-1252 is a fault of its line."""
    found = rows(put(tmp_path / "a.csv", b"client_id,rung\nc1,\x81\nc2,2\n"))
    assert faults(found[0]) == ["2: (row): is not text in UTF-8"]
    assert found[1].profile == {"client_id": "c2", "rung": 2}


def test_line_past_the_limit_is_a_fault(tmp_path: Path) -> None:
    """A line without end is a fault of its row, wherever the pieces that are read begin."""
    long = "x" * (lines.MAX_LINE + 3 * lines.CHUNK)
    found = rows(put(tmp_path / "a.csv", f"client_id,rung\nc1,{long}\r\nc2,2\nc3,{long}"))
    assert [row.profile is None for row in found] == [True, False, True]
    assert faults(found[0]) == ["2: (row): the line is longer than 1,048,576 bytes"]


@pytest.mark.parametrize("shift", range(4))
def test_line_end_across_two_reads_is_one_line_end(tmp_path: Path, shift: int) -> None:
    """A carriage return at the end of what was read does not make a blank line of its own."""
    head = "client_id,rung\r\n"
    pad = "p" * (lines.CHUNK - len(head) - 2 - shift)
    found = rows(put(tmp_path / "a.csv", f"{head}{pad},2\r\nc2,2\r\n"))
    assert [row.number for row in found] == [2, 3]


def test_huge_cell_is_a_fault_of_its_row(tmp_path: Path) -> None:
    """A quoted cell past the parser's limit does not stop the reading."""
    text = f'client_id,rung\nc1,"{"x" * 140_000}"\nc2,2\n'
    assert [row.profile is None for row in rows(put(tmp_path / "a.csv", text))] == [True, False]


def test_header_over_several_lines_is_read(tmp_path: Path) -> None:
    """A line end within a quoted heading is white space, as spreadsheets write it."""
    (row,) = rows(put(tmp_path / "a.csv", '"client\nid";"rung"\nc1;2\n'))
    assert (row.number, row.profile) == (3, {"client_id": "c1", "rung": 2})


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "sep=;\n"])
def test_empty_file_is_told(tmp_path: Path, content: str) -> None:
    """A file without a header is an error that says what must stand there."""
    with pytest.raises(CaseloadError, match="is empty: its first line must name the columns"):
        open_caseload(put(tmp_path / "a.csv", content), RULES)


def test_header_alone_has_no_rows(tmp_path: Path) -> None:
    """A file with a header and nothing else is a caseload without clients."""
    assert rows(put(tmp_path / "a.csv", "client_id,rung\n")) == []


def test_header_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A quote that is open in the header is an error of the file, with its line."""
    path = put(tmp_path / "a.csv", 'client_id,"rung\nc1,2\n')
    with pytest.raises(CaseloadError, match="column names cannot be read: a quote") as caught:
        open_caseload(path, RULES)
    assert caught.value.row == 1


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04", "workbook"),
        (b"PAR1", r"\.parquet"),
        (b"\x1f\x8b", "unpack"),
        (b"\xd0\xcf\x11\xe0", "old or protected workbook"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json"])
def test_other_format_under_a_text_name_is_told(
    tmp_path: Path, start: bytes, words: str, name: str
) -> None:
    """A workbook or Parquet file that is called .csv is called by its name."""
    with pytest.raises(CaseloadError, match=words):
        open_caseload(put(tmp_path / name, start + b"rest"), RULES)


@pytest.mark.gate
def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    """What was done grows up to the total, in bytes."""
    path = put(tmp_path / "a.csv", "client_id\n" + "".join(f"c{n}\n" for n in range(30_000)))
    caseload = open_caseload(path, RULES)
    seen = [caseload.done for _ in caseload]
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert (caseload.done, caseload.unit) == (caseload.total, "B")


def test_caseload_can_be_read_again(tmp_path: Path) -> None:
    """A second reading gives the same rows, and no duplicates of the first."""
    with open_caseload(put(tmp_path / "a.csv", "client_id\nc1\nc2\n"), RULES) as caseload:
        assert list(caseload) == list(caseload)
        assert caseload.format == "csv"
