"""XLSX, read row by row through openpyxl (extra `excel`).

A workbook is a zip file of XML, so it is looked through before it is opened: what
unpacks to far more than its size is refused. docs/caseloads.md says why openpyxl
reads it and not a faster package.
"""

from __future__ import annotations

import os
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from routeengine.caseload.columns import MAX_COLUMNS
from routeengine.caseload.source import Record, Source, refusing
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

MAX_ROWS = 1_048_576
"""More rows a sheet cannot have."""

BATCH = 256
"""Rows that are read at a time."""

MAX_PART = 64 << 20
"""Bytes of an unpacked part that is held in memory whole (all but the sheets)."""

MAX_RATIO = 100
"""A workbook of text and numbers unpacks to 5 to 20 times its size."""

SMALL = 8 << 20
"""Bytes that any workbook may unpack to, whatever the ratio."""

_CHUNK = 1 << 20
_BROKEN = "is not an Excel workbook that can be read (is it protected by a password?)"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
_DEFINES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_SHEET = "xl/worksheets/"


class WorkbookSource(Source):
    """The one visible sheet with data of an open workbook."""

    unit = "rows"
    typing = "sheet"

    def start(self) -> None:
        """Open the workbook, and read the first row of its sheet: it names the columns."""
        openpyxl = import_extra("openpyxl", "excel", "reading XLSX")
        self.total = None
        with _reading(self.path):
            inspect_zip(self.path, self.file)
            self._book = openpyxl.load_workbook(self.file, read_only=True, data_only=True)
        self._rows = self._only_sheet()
        _, cells = next(self._rows, (0, None))
        if cells is None:
            raise CaseloadError(self.path, "is empty: its first row must name the columns")
        self.name_columns(list(map(_heading, cells)))

    def records(self) -> Iterator[Record]:
        """Yield a record for every row that holds anything."""
        width = len(self.targets)
        for number, cells in self._rows:
            self.rows = number
            if len(cells) > width:
                problem = f"has cells past the last column that has a name ({width} columns)"
                yield Record(number, (), problem)
            else:
                yield Record(number, cells + [None] * (width - len(cells)))

    def _only_sheet(self) -> Iterator[tuple[int, list[Any]]]:
        """Return the rows of the visible sheet that has any; two of them are one too many."""
        with _reading(self.path):
            sheets = [s for s in self._book.worksheets if s.sheet_state == "visible"]
        filled = [sheet for sheet in sheets if next(self._of(sheet), None) is not None]
        if len(filled) > 1:
            raise CaseloadError(
                self.path,
                "has more than one sheet with data: save the sheet with the clients "
                "as a workbook of its own",
            )
        return self._of(filled[0]) if filled else iter(())

    def _of(self, sheet: Any) -> Iterator[tuple[int, list[Any]]]:
        """Yield the rows that hold anything, with their number; trailing empty cells go."""
        with _reading(self.path):
            # What a workbook says of its own size is not to be trusted.
            sheet.reset_dimensions()
            rows = iter(sheet.iter_rows(values_only=True))
        number = 0
        while True:
            with _reading(self.path):
                some = list(islice(rows, BATCH))
            if not some:
                return
            for row in some:
                number += 1
                if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                    raise CaseloadError(self.path, "has more rows or columns than a caseload has")
                cells = [None if cell == "" else cell for cell in row]
                while cells and cells[-1] is None:
                    cells.pop()
                if cells:
                    yield number, cells


@contextmanager
def _reading(path: str) -> Iterator[None]:
    with warnings.catch_warnings():
        # It warns of styles and lists that it leaves out; they hold no data.
        warnings.simplefilter("ignore")
        # It reads XML by index, so that an error can be anything.
        with refusing(path, _BROKEN, Exception):
            yield


def _heading(cell: object) -> str:
    """Return a heading; one that is no text is shown by its position, as digits are."""
    return cell if isinstance(cell, str) else "" if cell is None else "000"


def inspect_zip(path: str, file: BinaryIO) -> None:
    """Unpack a workbook without keeping it, to see how large it is and what it holds.

    Raises CaseloadError if it unpacks to far more than its size, defines words of
    its own (no workbook does, but an attack), or has merged cells: of those only the
    first holds the value, so the others would be read as unknown.
    """
    # Counted while it is unpacked, in chunks that are thrown away: what a zip file says of its own
    # sizes is no more than a claim.
    left = max(SMALL, os.fstat(file.fileno()).st_size * MAX_RATIO)
    with zipfile.ZipFile(file) as book:
        for part in book.infolist():
            is_sheet = part.filename.lower().startswith(_SHEET)
            size, tail = 0, b""
            with book.open(part) as unpacked:
                while data := unpacked.read(_CHUNK):
                    size += len(data)
                    if size > left or (size > MAX_PART and not is_sheet):
                        raise CaseloadError(path, "unpacks to far more than a caseload holds")
                    # Without the zeros that UTF-16 has, so that nothing hides in it.
                    seen = tail + data.replace(b"\0", b"")
                    if _DEFINES.search(seen):
                        raise CaseloadError(path, _BROKEN)
                    if is_sheet and _MERGED.search(seen):
                        raise CaseloadError(
                            path, "has merged cells: split them, so that every row holds its own"
                        )
                    tail = seen[-100:]
            left -= size
