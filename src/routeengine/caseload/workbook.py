"""XLSX, read row by row as XML (extra `excel`: openpyxl knows which number formats are dates).

A workbook is a zip file of XML, so it is looked through before it is opened: what unpacks to far
more than its size is refused. It is read in pieces, and nothing is kept of it but the row at hand
and the texts that its cells share. docs/caseloads.md says why no package reads it.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any, BinaryIO, TypeAlias
from xml.parsers import expat

from routeengine.caseload.columns import CLIENT, MAX_COLUMNS
from routeengine.caseload.source import HIDDEN, TOO_MUCH, Record, Source, inspect_zip, refusing
from routeengine.caseload.values import UNREADABLE, Unreadable
from routeengine.client_id import MAX_DIGITS
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

MAX_ROWS = 1_048_576
"""More rows a sheet cannot have."""

MAX_TEXTS = 1 << 22
"""Texts that cells share: more than there are rows, and few enough to be held."""

MAX_NAMED = 1 << 17
"""Sheets, styles and other things that a workbook names; Excel has 65,490 cell formats."""

MAX_TOKEN = 1 << 20
"""Bytes of a tag with all that is in it."""

MAX_CELL = 32_767
"""Characters of a cell."""

_BROKEN = "is not an Excel workbook that can be read (is it protected by a password?)"
_TOO_LARGE = "has more rows or columns than a caseload has"
SAVE_AS = "save it as an ordinary `.xlsx`, or as CSV"
_SAVE_ANEW = "save the file anew in a spreadsheet program"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_TRUTHS = {"1": True, "true": True, "0": False, "false": False}
_PLAIN_FORMATS = ("general", "@", "0", "#")

_Attributes: TypeAlias = dict[str, str]

UNCALCULATED = Unreadable("was never calculated: open and save it in a spreadsheet program")
"""What a program wrote there that does not calculate: nothing, or some value to begin with."""

_FORMATTED = Unreadable("must be text: its number format may show something else than its number")


class WorkbookSource(Source):
    """The one visible sheet with data of an open workbook."""

    unit = "rows"
    typing = "sheet"
    skips_rows = True

    def start(self) -> None:
        """Open the workbook, and read the first row of its sheet: it names the columns."""
        for name in ("openpyxl", "openpyxl.styles.numbers"):
            numbers = import_extra(name, "excel", "reading XLSX")
        self.total = None
        with refusing(self.path, _BROKEN, Exception):
            inspect_zip(self.path, self.file)
            self._book = Workbook(self.path, self.file, numbers)
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
        filled = [sheet for sheet in book.sheets if next(book.rows(sheet), None) is not None]
        if len(filled) > 1:
            raise CaseloadError(
                self.path,
                "has more than one sheet with data: save the sheet with the clients "
                "as a workbook of its own",
            )
        rows = book.rows(filled[0]) if filled else iter(())
        return dropwhile(lambda row: row.number <= self.skipped, rows)


def _heading(cell: object) -> str:
    """Return a heading; one that is no text is shown by its position, as digits are."""
    return cell if isinstance(cell, str) else "" if cell is None else "000"


class Shaped(float):
    """A number of a sheet that is shown as something else than its digits."""


@dataclass(slots=True)
class SheetRow:
    """A row of a sheet that holds anything, without empty cells at its end."""

    number: int
    hidden: bool = False
    cells: list[Any] = field(default_factory=list)
    problem: str = ""


class Workbook:
    """What a workbook says of its visible sheets, and the rows of each.

    `formats` has, per style, the number format; "" is a plain one, and None one of dates and the
    like, which show no number. `numbers` is what openpyxl knows of these.
    """

    def __init__(self, path: str, file: BinaryIO, numbers: Any) -> None:
        self.path = path
        self._zip = zipfile.ZipFile(file)
        self.sheets: list[str] = []
        self.recalculates = False
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
        reader = _SheetReader(self)
        with refusing(self.path, _BROKEN, Exception):
            for _ in self._parse(sheet, reader.start, reader.end, reader.text):
                yield from reader.rows
                reader.rows.clear()

    def _parse(
        self,
        part: str,
        start: Callable[[str, _Attributes], object],
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

    def _named(self, part: str) -> Iterator[tuple[str, _Attributes]]:
        """Yield the elements of a part, by their names, with their attributes."""
        found: list[tuple[str, _Attributes]] = []
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
                self.sheets += [places[key]] if key in places else []  # a chart is a sheet too
            elif name == "calcPr":
                self.recalculates = _TRUTHS.get(more.get("fullCalcOnLoad", ""), False)

    def _read_texts(self, part: str) -> None:
        """Read the texts that cells share."""
        one = _Text()

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
                    is_time = numbers.is_date_format(code) or numbers.is_timedelta_format(code)
                    self.formats.append(None if is_time or "%" in code else code)


class _Text:
    """Gathers the text of the `wanted` elements, but not how it is pronounced (`rPh`)."""

    def __init__(self) -> None:
        self.wanted = "t"
        self._pieces: list[str] = []
        self._length = 0
        self._reads = self._aside = False

    def start(self, name: str, _: object = None) -> None:
        """Take note of an element that begins."""
        self._aside = self._aside or name == "rPh"
        self._reads = name == self.wanted and not self._aside

    def text(self, text: str) -> None:
        """Take some text, up to one sign too many."""
        if self._reads and self._length <= MAX_CELL:
            self._length += len(text)
            self._pieces.append(text)

    def end(self, name: str) -> None:
        """Take note of an element that ends."""
        self._aside = self._aside and name != "rPh"
        self._reads = False

    def take(self) -> str:
        """Return what was gathered, and begin anew."""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text


class _SheetReader:
    """Makes rows of the elements of a sheet as they come: `rows` has those that are whole."""

    def __init__(self, book: Workbook) -> None:
        self.rows: list[SheetRow] = []
        self._book = book
        self._row = SheetRow(0)
        self._cells: dict[int, object] = {}
        self._column = self._last = 0
        self._cell: _Attributes = {}
        self._formula = False
        self._arrays: list[tuple[int, int, int, int]] = []
        self._text = _Text()
        self.text = self._text.text

    def start(self, name: str, more: _Attributes) -> None:
        """Take note of an element that begins."""
        if name == "c":
            self._begin_cell(more)
        elif name == "row":
            self._begin_row(more)
        elif name == "f":
            self._formula = True
            if more.get("t") in ("array", "dataTable") and self._book.recalculates:
                self._add_array(more.get("ref", ""))
        else:
            self._text.start(name)

    def end(self, name: str) -> None:
        """Take note of an element that ends."""
        self._text.end(name)
        if name == "c":
            self._cells[self._column] = self._value(self._text.take())
        elif name == "row":
            filled = [column for column, value in self._cells.items() if value is not None]
            if filled or self._row.problem:
                self._row.cells = [self._cells.get(n + 1) for n in range(max(filled, default=0))]
                self.rows.append(self._row)

    def _begin_row(self, more: _Attributes) -> None:
        number = int(more.get("r", self._last + 1))
        if not 0 < number <= MAX_ROWS:
            raise CaseloadError(self._book.path, _TOO_LARGE)
        self._row = SheetRow(number, more.get("hidden") in ("1", "true"))
        if number <= self._last:
            self._row.problem = f"has a number that stands twice or goes back: {_SAVE_ANEW}"
        self._last = max(self._last, number)
        self._cells, self._column = {}, 0

    def _begin_cell(self, more: _Attributes) -> None:
        row, self._column = self._row.number, self._column + 1
        if "r" in more:
            row, self._column = _place_of(more["r"])
        if self._column > MAX_COLUMNS:
            raise CaseloadError(self._book.path, _TOO_LARGE)
        if self._column in self._cells or row != self._row.number:
            self._row.problem = f"has a cell twice, or one of another row: {_SAVE_ANEW}"
        self._cell = more
        self._formula = any(
            top <= row <= bottom and left <= self._column <= right
            for top, left, bottom, right in self._arrays
        )
        self._text.wanted = "t" if more.get("t") == "inlineStr" else "v"

    def _add_array(self, cells: str) -> None:
        """Remember the cells of a formula for many, of which only the first says that it is one."""
        first, _, last = cells.partition(":")
        self._arrays.append((*_place_of(first), *_place_of(last or first)))

    def _value(self, text: str) -> object:
        """Return the value of the cell at hand, of which this is the text."""
        kind = self._cell.get("t", "n")
        if self._formula and (self._book.recalculates or not (text or kind == "str")):
            return UNCALCULATED
        if not text:
            return None
        if len(text) > MAX_CELL:
            return UNREADABLE
        if kind == "s":
            return self._book.texts[int(text)] or None
        if kind in ("str", "inlineStr", "e"):
            return text
        if kind == "b":
            return _TRUTHS.get(text.strip().lower(), UNREADABLE)
        return self._number(text) if kind == "n" and _NUMBER.fullmatch(text) else UNREADABLE

    def _number(self, text: str) -> object:
        style = int(self._cell.get("s", 0))
        formats = self._book.formats
        shown = formats[style] if style < len(formats) else ""
        if shown is None:
            return UNREADABLE
        number = float(text)
        if shown and set(shown) == {"0"} and number.is_integer() and 0 <= number < 10**MAX_DIGITS:
            return str(int(number)).zfill(len(shown))
        return Shaped(number) if shown else number


def _place_of(cell: str) -> tuple[int, int]:
    """Return the row and the column, from 1, of a cell such as `B2`."""
    place = _PLACE.fullmatch(cell.replace("$", ""))
    if place is None:
        raise ValueError("no cell is called so")
    column = 0
    for letter in place[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(place[2]), column
