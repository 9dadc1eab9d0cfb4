"""CSV as municipalities have it: comma, semicolon or tab, in any usual encoding.

Grammar: RFC 4180, with spaces allowed before a quote, and any line end. A quote
that is opened and not closed would swallow the rows after it: then the line it is
on is the fault, and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from routeengine.caseload.columns import Columns
from routeengine.caseload.lines import Line, Lines
from routeengine.caseload.source import Record, Typing
from routeengine.errors import CaseloadError

DELIMITERS: Final = (",", ";", "\t")

RECORD_LINES = 1000
"""Lines of one record: a longer one is a quote that was not closed."""

RECORD_SIZE = 1 << 20
"""Characters of one record, likewise."""

LINES_TO_RETRY = 10
"""After an open quote, so many lines may again begin a record of several lines.

Where there are more, each stands alone: a hostile file is not read over and over.
"""

_TEXT: Typing = "text"
_BAD_QUOTE = "a quote is not closed, or text stands after it"


class _TooMuchError(Exception):
    """A record goes past its limits, or into a line that cannot be read; stays in this module."""


class _Stream:
    """The lines of a file, of which some were put back; `alone` marks what may not go on."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._fresh = iter(lines)
        self._back: deque[tuple[Line, bool]] = deque()

    def take(self) -> tuple[Line, bool] | None:
        if self._back:
            return self._back.popleft()
        line = next(self._fresh, None)
        return None if line is None else (line, False)

    @property
    def pending(self) -> bool:
        return bool(self._back)

    def put_back(self, lines: Sequence[Line], alone: bool = False) -> None:
        self._back.extendleft((line, alone) for line in reversed(lines))


class _Feed:
    """Hands the lines of one record to the CSV parser, and remembers them in `taken`."""

    def __init__(self, stream: _Stream, first: Line, alone: bool) -> None:
        self.taken: list[Line] = []
        self._stream = stream
        self._first = first
        self._alone = alone
        self._size = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if not self.taken:
            return self._add(self._first)
        if self._alone or len(self.taken) >= RECORD_LINES or self._size > RECORD_SIZE:
            raise _TooMuchError
        entry = self._stream.take()
        if entry is None:
            raise StopIteration
        line, alone = entry
        if line.problem or alone:
            self._stream.put_back([line], alone)
            raise _TooMuchError
        return self._add(line)

    def _add(self, line: Line) -> str:
        self.taken.append(line)
        self._size += len(line.text)
        return line.text


class DelimitedSource:
    """An open CSV file; its header settles the delimiter."""

    unit = "B"

    def __init__(self, path: str, columns: Columns) -> None:
        self._file = Path(path).open("rb")  # `close` closes it
        try:
            self.total: int | None = Path(path).stat().st_size
            self.lines = Lines(path, self._file, fallback="cp1252")
            self._stream = _Stream(self.lines)
            self._taken: Sequence[Line] = ()
            self.delimiter = self._told_delimiter()
            header = self._read_header(path, columns)
            self.header: tuple[str, ...] | None = header
            self.typings: tuple[Typing, ...] = (_TEXT,) * len(header)
        except BaseException:
            self._file.close()
            raise

    @property
    def done(self) -> int:
        """Bytes that were read."""
        return self.lines.done

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def put_back(self) -> bool:
        """Whether lines were put back that belong to a record which broke off."""
        return self._stream.pending

    @property
    def pending(self) -> bool:
        """Whether lines were split off that are still to be read one by one."""
        return self.put_back or self.lines.pending

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield the records after the header; a blank line is none."""
        width = len(wanted)
        while (record := self._read()) is not None:
            if record.problem:
                yield record
            elif len(self._taken) > 1 and not _one_row(record.cells, wanted):
                yield self._broken()
            elif len(record.cells) != width:
                problem = f"has {len(record.cells)} cells where the header has {width}"
                yield Record(record.number, (), problem)
            else:
                yield record

    def _told_delimiter(self) -> str:
        """Take the line `sep=;` that spreadsheets may write before the header."""
        entry = self._stream.take()
        if entry is not None:
            told = entry[0].text.rstrip("\r\n").strip('"').lower()
            if told.startswith("sep=") and told[4:] in DELIMITERS:
                return told[4:]
            self._stream.put_back([entry[0]])
        return ""

    def _read_header(self, path: str, columns: Columns) -> tuple[str, ...]:
        """Read the first record by each delimiter, and keep to the one that names facts."""
        candidates = []
        for delimiter in (self.delimiter,) if self.delimiter else DELIMITERS:
            self.delimiter = delimiter
            record = self._read()
            if record is None:
                raise CaseloadError(path, "is empty: its first line must name the columns")
            self._stream.put_back(self._taken)
            known = columns.known(record.cells)
            candidates.append((known, len(record.cells), delimiter, record, len(self._taken)))
        known, _, self.delimiter, header, lines = max(candidates, key=lambda found: found[:2])
        problem = next((found[3].problem for found in candidates if found[3].problem), "")
        if problem and not known:
            raise CaseloadError(path, f"the column names cannot be read: {problem}", header.number)
        if any("\0" in cell for cell in header.cells):
            raise CaseloadError(
                path,
                "is not text in an encoding that is read: save it as UTF-8, as "
                "Windows-1252, or as UTF-16 with a byte order mark",
            )
        for _ in range(lines):
            self._stream.take()
        return tuple(header.cells)

    def _read(self) -> Record | None:
        """Read one record, or give None at the end of the file."""
        while (entry := self._stream.take()) is not None:
            line, alone = entry
            self._taken = (line,)
            if line.problem:
                return Record(line.number, (), line.problem)
            if '"' in line.text:
                return self._quoted(line, alone)
            if line.text.strip() or self.delimiter in line.text:
                return self.of_line(line.number, line.text)
        return None

    def of_line(self, number: int, text: str) -> Record:
        """Give the record of one line, whose quotes are as they should be."""
        if '"' in text:
            return Record(number, next(self._rows([text])))
        return Record(number, text.rstrip("\r\n").split(self.delimiter))

    def _quoted(self, line: Line, alone: bool) -> Record:
        feed = _Feed(self._stream, line, alone)
        self._taken = feed.taken
        try:
            return Record(line.number, next(self._rows(feed)))
        except (csv.Error, _TooMuchError):
            return self._broken()

    def _rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, strict=True, skipinitialspace=True)

    def _broken(self) -> Record:
        """Give up on the first line only; what was read after it is read again."""
        first, *rest = self._taken
        self._taken = (first,)
        self._stream.put_back(rest, alone=len(rest) > LINES_TO_RETRY)
        return Record(first.number, (), _BAD_QUOTE)


def _one_row(cells: Sequence[str], wanted: Sequence[bool]) -> bool:
    """Say whether several lines make one row, and were not joined by a stray quote.

    Only in a column that is dropped can a cell go on over lines: no fact does.
    """
    return len(cells) == len(wanted) and not any(
        want and len(cell.strip().splitlines()) > 1
        for cell, want in zip(cells, wanted, strict=True)
    )
