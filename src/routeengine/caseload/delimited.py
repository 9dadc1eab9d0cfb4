"""CSV as municipalities have it: comma, semicolon or tab, in any usual encoding.

Grammar: RFC 4180, with spaces allowed before a quote, and any line end. A quote
that is opened and not closed would swallow the rows after it: then the line it is
on is the fault, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from routeengine.caseload.lines import Line, Lines, Place
from routeengine.caseload.source import SHORT, Record, Source
from routeengine.errors import CaseloadError

DELIMITERS: Final = (",", ";", "\t")

MAX_RECORD_LINES = 1000
"""Lines of one record: a longer one is a quote that was not closed."""

MAX_RECORD = 1 << 20
"""Characters of one record, likewise."""

LINES_TO_RETRY = 10
"""After an open quote, so many lines may again begin a record of several lines.

Where there are more, each stands alone: a hostile file is not read over and over.
"""

_SEP_LINE = re.compile(r'"?sep=([^\w\s"]|\t|_)\1*"?[\r\n]*', re.IGNORECASE)

_BAD_QUOTE = "a quote is not closed, or text stands after it"


class DelimitedSource(Source):
    """An open CSV file; its header settles the delimiter."""

    skips_rows = True

    def start(self) -> None:
        """Read the column names."""
        self.lines = Lines(self.path, self.file, fallback="cp1252")
        self.delimiter = ""
        # Lines up to here belong to a record that broke off, and are no start of another.
        self._alone = 0
        self.name_columns(self._read_header(), self._lines_after())

    def records(self) -> Iterator[Record]:
        """Yield the records after the header; a blank line is none."""
        width = len(self.targets)
        while (record := self._read()) is not None:
            missing = width - len(record.cells)
            if record.problem or not missing:
                yield record
            elif missing > 0:
                # Spreadsheets leave out empty cells at the end, in some rows and not in others.
                self.notes[SHORT] += 1
                yield Record(record.number, [*record.cells, *[""] * missing])
            else:
                problem = f"has {len(record.cells)} cells where the header has {width}"
                yield Record(record.number, (), problem)

    def _read_header(self) -> Sequence[str]:
        """Read the first record by each delimiter, and keep to the one that names facts."""
        delimiters: Sequence[str] = DELIMITERS
        start, line = self.lines.place, self.lines.take()
        # Spreadsheets read a line `sep=;` before all others.
        if line is not None and (sep_line := _SEP_LINE.fullmatch(line.text)):
            delimiters = (sep_line[1],)
            start, line = self.lines.place, self.lines.take()
        while line is not None and line.number <= self.skipped:
            start, line = self.lines.place, self.lines.take()
        while line and not (line.problem or line.text.strip() or delimiters[0] in line.text):
            start, line = self.lines.place, self.lines.take()
        # `client_id;rung;willing` is one cell by commas and one by tabs, of which none is known
        # here, and three known ones by semicolons. If no name is known by any, the most cells
        # decide, so that what is wrong can be said column by column.
        candidates: list[tuple[int, int, str, Record, Place]] = []
        for delimiter in delimiters:
            self.lines.go_back(start)
            self.delimiter = delimiter
            record = self._read()
            if record is None:
                raise CaseloadError(self.path, "is empty: its first line must name the columns")
            known = self.columns.known(record.cells)
            candidates.append((known, len(record.cells), delimiter, record, self.lines.place))
        known, _, self.delimiter, header, place = max(
            candidates, key=lambda candidate: candidate[:2]
        )
        problem = next((one[3].problem for one in candidates if one[3].problem), "")
        if problem and not known:
            raise CaseloadError(
                self.path, f"the column names cannot be read: {problem}", header.number
            )
        if any("\0" in cell for cell in header.cells):
            raise CaseloadError(
                self.path,
                "is not text in an encoding that is read: save it as UTF-8, as "
                "Windows-1252, or as UTF-16 with a byte order mark",
            )
        self.lines.go_back(place)
        return header.cells

    def _lines_after(self) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the lines after the header as they may be cut; nobody reads on after that."""
        while (line := self.lines.take()) is not None:
            for delimiter in (self.delimiter, *DELIMITERS):
                with suppress(csv.Error):
                    yield line.number, next(csv.reader([line.text], delimiter=delimiter), [])

    def _read(self) -> Record | None:
        """Read one record, or return None at the end of the file."""
        while (line := self.lines.take()) is not None:
            if line.problem:
                return Record(line.number, (), line.problem)
            if '"' in line.text:
                return self._quoted(line)
            if line.text.strip() or self.delimiter in line.text:
                return Record(line.number, line.text.rstrip("\r\n").split(self.delimiter))
        return None

    def _quoted(self, first: Line) -> Record:
        """Read a record with quotes, which may go on over lines.

        Say that line 2 is `c1,"1`. Either a later line closes the quote, and that makes one row;
        or line 2 is a fault, and line 3 is the next that is read.
        """
        after_first = self.lines.place
        lines = self._lines_of(first)
        try:
            cells = next(
                csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)
            )
        except csv.Error:
            cells = None
        more = self.lines.place.number - first.number
        if cells is not None and (not more or not self.wanted or _one_row(cells, self.wanted)):
            return Record(first.number, cells)
        if more > LINES_TO_RETRY:
            self._alone = self.lines.place.number
        self.lines.go_back(after_first)
        return Record(first.number, (), _BAD_QUOTE)

    def _lines_of(self, first: Line) -> Iterator[str]:
        """Yield the lines that the record may have which starts here.

        Raises an error of `csv` if it goes past its limits, or into a line that cannot be read.
        """
        yield first.text
        size = len(first.text)
        while first.number > self._alone:
            place = self.lines.place
            if place.number - first.number + 1 >= MAX_RECORD_LINES or size > MAX_RECORD:
                break
            line = self.lines.take(keep=True)
            if line is None:
                return
            if line.problem:
                self.lines.go_back(place)
                break
            size += len(line.text)
            yield line.text
        raise csv.Error


def _one_row(cells: Sequence[str], wanted: Sequence[bool]) -> bool:
    """Return whether several lines make one row, and were not joined by a stray quote.

    Only in a column that is dropped can a cell go on over lines: no fact does.
    """
    return len(cells) == len(wanted) and not any(
        want and len(cell.strip().splitlines()) > 1
        for cell, want in zip(cells, wanted, strict=True)
    )
