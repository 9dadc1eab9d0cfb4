"""XLSX, read row by row as XML (extra `excel`: openpyxl knows which number formats are dates).

A workbook is a zip file of XML, so it is looked through before it is opened: what unpacks to far
more than its size is refused. It is read in pieces, and nothing is kept of it but the row at hand
and the texts that its cells share. docs/caseloads.md says why no package reads it.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from itertools import dropwhile
from typing import Any, BinaryIO
from xml.parsers import expat

from routeengine.caseload.columns import CLIENT, Skip
from routeengine.caseload.sheet_rows import (
    DAY,
    TRUTHS,
    Attributes,
    Shaped,
    SheetReader,
    SheetRow,
    Text,
)
from routeengine.caseload.source import (
    HIDDEN,
    HIDDEN_COLUMNS,
    TOO_MUCH,
    Record,
    Source,
    inspect_zip,
    refusing,
)
from routeengine.caseload.values import Unreadable
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

MAX_TEXTS = 1 << 22
"""Texts that cells share: more than there are rows, and few enough to be held."""

MAX_NAMED = 1 << 17
"""Sheets, styles and other things that a workbook names; Excel has 65,490 cell formats."""

MAX_TOKEN = 1 << 20
"""Bytes of a tag with all that is in it."""

_BROKEN = "is not an Excel workbook that can be read (is it protected by a password?)"
SAVE_AS = "save it as an ordinary `.xlsx`, or as CSV"
_PLAIN_FORMATS = ("general", "@", "0", "#")

_FORMATTED = Unreadable("must be text: its number format may show something else than its number")


class WorkbookSource(Source):
    """The one visible sheet with data of an open workbook."""

    unit = "rows"
    typing = "sheet"
    skips_rows = True

    def start(self) -> None:
        """Open the workbook, and read the first row of its sheet: it names the columns."""
        self.total = None
        self._book = open_workbook(self.path, self.file)
        self._rows = self._only_sheet()
        header = next(self._rows, None)
        if header is None:
            raise CaseloadError(self.path, "is empty: its first row must name the columns")
        if header.problem:
            raise CaseloadError(self.path, header.problem, header.number)
        more = ((row.number, [_heading(cell) for cell in row.cells]) for row in self._rows)
        self.name_columns(list(map(_heading, header.cells)), more)

    def records(self) -> Iterator[Record]:
        """Yield a record for every row that holds anything."""
        width = len(self.targets)
        id_column = self.targets.index(CLIENT)
        hidden = self._book.sheet.hidden
        self.notes[HIDDEN_COLUMNS] += sum(
            hidden >> place & 1
            for place, target in enumerate(self.targets, 1)
            if not isinstance(target, Skip)
        )
        for row in self._rows:
            self.rows = row.number
            self.notes[HIDDEN] += row.hidden
            cells, problem = row.cells, row.problem
            if len(cells) > width:
                problem = f"has cells past the last column that has a name ({width} columns)"
            if problem:
                yield Record(row.number, (), problem)
                continue
            cells += [None] * (width - len(cells))
            if isinstance(cells[id_column], Shaped):
                cells[id_column] = _FORMATTED
            yield Record(row.number, cells)

    def _only_sheet(self) -> Iterator[SheetRow]:
        """Return the rows of the visible sheet that has any; two of them are one too many."""
        book = self._book
        filled = [sheet for _, sheet in book.sheets if next(book.rows(sheet), None) is not None]
        if len(filled) > 1:
            raise CaseloadError(
                self.path,
                "has more than one sheet with data: save the sheet with the clients "
                "as a workbook of its own",
            )
        rows = book.rows(filled[0]) if filled else iter(())
        return dropwhile(lambda row: row.number <= self.skipped, rows)


def open_workbook(path: str, file: BinaryIO) -> Workbook:
    """Look through a workbook, and open it; errors call it by its `path`.

    Raises CaseloadError for what is none, unpacks to too much or has merged cells, and
    MissingExtraError if openpyxl is not installed.
    """
    for name in ("openpyxl", "openpyxl.styles.numbers"):
        numbers = import_extra(name, "excel", "reading XLSX")
    with refusing(path, _BROKEN, Exception):
        inspect_zip(path, file)
        return Workbook(path, file, numbers)


def _heading(cell: object) -> str:
    """Return a heading; one that is no text is shown by its position, as digits are."""
    return cell if isinstance(cell, str) else "" if cell is None else "000"


class Workbook:
    """What a workbook says of its visible sheets, and the rows of each.

    `sheets` has what each is called, and the part that it stands in. Where a workbook
    `recalculates` no value is taken from a formula: each is UNCALCULATED.
    `formats` has, per style, the number format; "" is a plain one, DAY one that shows a day, and
    None one of times and the like, which show no number. `numbers` is what openpyxl knows of
    these. `sheet` reads the rows of the sheet that was begun last.
    """

    def __init__(self, path: str, file: BinaryIO, numbers: Any) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(file)
        self.sheets: list[tuple[str, str]] = []
        self.recalculates = self.since_1904 = False
        self.texts: list[str] = []
        self.formats: list[str | None] = []
        if "mimetype" in self._zip.namelist():
            raise CaseloadError(path, f"is an OpenDocument sheet: {SAVE_AS}")
        (main,) = self._related("", "/officeDocument").values()
        self._read_main(main)
        for part in self._related(main, "/sharedStrings").values():
            self._read_texts(part)
        for part in self._related(main, "/styles").values():
            self._read_formats(part, numbers)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet that hold anything."""
        reader = self.sheet = SheetReader(
            self.path,
            self.texts,
            self.formats,
            recalculates=self.recalculates,
            since_1904=self.since_1904,
        )
        with refusing(self.path, _BROKEN, Exception):
            for _ in self._parse(sheet, reader.start, reader.end, reader.text):
                yield from reader.rows
                reader.rows.clear()

    def _parse(
        self,
        part: str,
        start: Callable[[str, Attributes], object],
        end: Callable[[str], object] | None = None,
        text: Callable[[str], object] | None = None,
    ) -> Iterator[None]:
        """Tell what is in a part, element by element; yields now and then."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        # Names may have a prefix, as in `<x:row>`.
        parser.StartElementHandler = lambda name, more: start(name.rpartition(":")[2], more)
        if end and text:
            parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
            parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        read = 0
        with self._zip.open(part) as file:
            while data := file.read(MAX_TOKEN):
                parser.Parse(data)
                yield
                read += len(data)
                if read - parser.CurrentByteIndex > MAX_TOKEN:  # one name or value goes on and on
                    self._refuse()
            parser.Parse(b"", True)
            yield

    def _refuse(self, *_: object) -> None:
        raise CaseloadError(self.path, _BROKEN)

    def _named(self, part: str) -> Iterator[tuple[str, Attributes]]:
        """Yield the elements of a part, by their names, with their attributes."""
        found: list[tuple[str, Attributes]] = []
        number = 0
        for _ in self._parse(part, lambda name, more: found.append((name, more))):
            number += len(found)
            if number > MAX_NAMED:
                raise CaseloadError(self.path, TOO_MUCH)
            yield from found
            found.clear()

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """Return by id the parts of a kind that a part refers to."""
        folder, name = posixpath.split(part)
        refers = posixpath.join(folder, "_rels", f"{name}.rels")
        if refers not in self._zip.namelist():
            return {}
        return {
            more["Id"]: posixpath.normpath(posixpath.join("/", folder, more["Target"])).lstrip("/")
            for name, more in self._named(refers)
            if name == "Relationship" and more["Type"].endswith(kind)
        }

    def _read_main(self, part: str) -> None:
        """Find the visible sheets, and whether the formulas have yet to be calculated."""
        if part.endswith(".bin"):
            raise CaseloadError(self.path, f"is a binary workbook: {SAVE_AS}")
        places = self._related(part, "/worksheet")
        for name, more in self._named(part):
            if name == "sheet" and more.get("state", "visible") == "visible":
                (key,) = [value for key, value in more.items() if key.endswith(":id")]
                if key in places:  # a chart is a sheet too
                    self.sheets.append((more.get("name", ""), places[key]))
            elif name == "calcPr":
                self.recalculates = TRUTHS.get(more.get("fullCalcOnLoad", ""), False)
            elif name == "workbookPr":
                self.since_1904 = TRUTHS.get(more.get("date1904", ""), False)

    def _read_texts(self, part: str) -> None:
        """Read the texts that cells share."""
        one = Text()

        def end(name: str) -> None:
            one.end(name)
            if name == "si":
                if len(self.texts) == MAX_TEXTS:
                    raise CaseloadError(self.path, TOO_MUCH)
                self.texts.append(one.take())

        for _ in self._parse(part, one.start, end, one.text):
            """It is told as it comes."""

    def _read_formats(self, part: str, numbers: Any) -> None:
        """Read which number format each style has."""
        codes: dict[int, str] = dict(numbers.BUILTIN_FORMATS)
        in_cells = False
        for name, more in self._named(part):
            if name == "numFmt":
                codes.setdefault(int(more["numFmtId"]), more["formatCode"])
            elif name.endswith(("Xfs", "Styles", "xfs")):
                in_cells = name == "cellXfs"
            elif name == "xf" and in_cells:
                code = codes.get(int(more.get("numFmtId", 0)), "General")
                if code.lower() in _PLAIN_FORMATS:
                    self.formats.append("")
                else:
                    is_span = numbers.is_timedelta_format(code)
                    is_time = is_span or numbers.is_date_format(code)
                    if not is_span and str(numbers.is_datetime(code)).startswith("date"):
                        self.formats.append(DAY)
                    else:
                        self.formats.append(None if is_time or "%" in code else code)
