"""Tables as rows of texts: from CSV (comma, semicolon or tab, in UTF-8), or from a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from routeengine.loading.files import WORKBOOK, Content, bytes_of, check_size, decode
from routeengine.loading.yaml_tree import MAX_SCALAR, Collector
from routeengine.ruleset.flaws import quote
from routeengine.ruleset.words import Place

MAX_TABLE_BYTES = 16_777_216
"""Bytes per table."""

MAX_ROWS = 20_000
"""Rows per table."""

MAX_COLUMNS = 100
"""Columns per table."""

DELIMITERS: Final = (",", ";", "\t")

ROW = "(row)"
"""What a place names where a row as a whole is meant."""

_SEP_LINE = re.compile(r'"?sep=([,;\t|])"?(?=[\r\n])', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the names of its columns and where they stand, and the rows with their lines.

    Every row has a cell per column, without the blanks around it.
    """

    file: str
    sha256: str
    line: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def place(self, line: int, field: str) -> Place:
        """Return where the cell of a column stands; a column that is not there has no number."""
        number = self.header.index(field) + 1 if field in self.header else 0
        return Place(self.file, line, number, field)


def read_sheet(
    file: str, content: Content, collector: Collector, sheet_name: str | None = None
) -> Sheet:
    """Read a table; of a workbook the sheet of that name, or else the first.

    Raises UnreadableError, and keeps the fault, if it cannot be read further, and
    MissingExtraError for a workbook if openpyxl is not installed.
    """
    is_workbook = file.lower().endswith(WORKBOOK)
    if is_workbook and isinstance(content, str):
        message = "is given as text, and a workbook is bytes"
        collector.refuse(Place(file), message, "give what `Path.read_bytes` reads")
    data = bytes_of(file, content, collector, MAX_TABLE_BYTES)
    if is_workbook:
        from routeengine.loading.workbooks import records_of  # slow, and openpyxl is optional

        check_size(file, data, collector, MAX_TABLE_BYTES)
        records = records_of(file, data, sheet_name, collector)
    else:
        text = decode(file, data, collector, MAX_TABLE_BYTES)
        records = _records(file, text, collector)
    line, header = next(records, (0, ()))
    if not header:
        collector.refuse(Place(file), "is empty: its first row has to name the columns")
    if len(header) > MAX_COLUMNS:
        collector.refuse(Place(file, line, 0, ROW), f"has more than {MAX_COLUMNS} columns")
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in records:
        if len(cells) != len(header):
            message = f"has {len(cells)} cells where the header has {len(header)}"
            collector.report(Place(file, number, 0, ROW), message)
            continue
        if len(rows) == MAX_ROWS:
            collector.refuse(Place(file, number, 0, ROW), f"holds more than {MAX_ROWS} rows")
        rows.append((number, cells))
    sheet = Sheet(file, sha256(data).hexdigest(), line, header, tuple(rows))
    _check_cells(sheet, collector)
    return sheet


def _records(file: str, text: str, collector: Collector) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the records that hold anything, each with the line it begins at."""
    # Spreadsheets read a line `sep=;` before all others.
    told = _SEP_LINE.match(text)
    delimiter = told[1] if told else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for cells in reader:
            if any(cells) and not (told and begun == 1):
                yield begun, tuple([cell.strip() for cell in cells])
            begun = reader.line_num + 1
    except csv.Error:
        message = "a quote is not closed, or text stands after it"
        collector.refuse(Place(file, begun, 0, ROW), message)


def _delimiter(text: str) -> str:
    """Return what parts the cells of the first line that holds anything: most of these."""
    header = next((line for line in io.StringIO(text, None) if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _check_cells(sheet: Sheet, collector: Collector) -> None:
    """Keep a fault for each cell that is too long, or that a spreadsheet would work out."""
    for line, cells in ((sheet.line, sheet.header), *sheet.rows):
        for number, (cell, name) in enumerate(zip(cells, sheet.header, strict=True), 1):
            if cell.startswith("=") or len(cell) > MAX_SCALAR:
                wrong = f"is longer than {MAX_SCALAR} characters"
                if cell.startswith("="):
                    wrong = "is a formula: write what it comes to"
                place = Place(sheet.file, line, number, name)
                collector.report(place, f"{quote(cell)} {wrong}")
