"""The rows of a sheet of a workbook, made of the elements of its XML as they come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from routeengine.caseload.columns import MAX_COLUMNS
from routeengine.caseload.values import UNREADABLE, Unreadable
from routeengine.client_id import MAX_DIGITS
from routeengine.errors import CaseloadError
from routeengine.quantities import SheetDay, SheetNumber

MAX_ROWS = 1_048_576
"""More rows a sheet cannot have."""

MAX_CELL = 32_767
"""Characters of a cell."""

_TOO_LARGE = "has more rows or columns than a caseload has"
_SAVE_ANEW = "save the file anew in a spreadsheet program"
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_YES = ("1", "true")
DAY = "d"
"""Stands for each number format that shows a day, with a time of day or without."""

TRUTHS = {"1": True, "true": True, "0": False, "false": False}

Attributes: TypeAlias = dict[str, str]

UNCALCULATED = Unreadable("was never calculated: open and save it in a spreadsheet program")
"""What a program wrote there that does not calculate: nothing, or some value to begin with."""


class Shaped(SheetNumber):
    """A number of a sheet that is shown as something else than its digits."""


@dataclass(slots=True)
class SheetRow:
    """A row of a sheet that holds anything, without empty cells at its end."""

    number: int
    hidden: bool = False
    cells: list[Any] = field(default_factory=list)
    problem: str = ""


class Text:
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


class SheetReader:
    """Makes rows of the elements of a sheet as they come: `rows` has those that are whole.

    `hidden` has a bit for each column that is hidden, by its number from 1. Of the workbook come
    its texts, the number format of each style, whether formulas have yet to be calculated, and
    whether its days count from 1904.
    """

    def __init__(
        self,
        path: str,
        texts: Sequence[str],
        formats: Sequence[str | None],
        *,
        recalculates: bool = False,
        since_1904: bool = False,
    ) -> None:
        self.rows: list[SheetRow] = []
        self.hidden = 0
        self._path = path
        self._texts = texts
        self._formats = formats
        self._recalculates = recalculates
        self._since_1904 = since_1904
        self._row = SheetRow(0)
        self._cells: dict[int, object] = {}
        self._column = self._last = 0
        self._cell: Attributes = {}
        self._formula = False
        self._arrays: list[tuple[int, int, int, int]] = []
        self._text = Text()
        self.text = self._text.text

    def start(self, name: str, more: Attributes) -> None:
        """Take note of an element that begins."""
        if name == "c":
            self._begin_cell(more)
        elif name == "row":
            self._begin_row(more)
        elif name == "col" and more.get("hidden") in _YES:
            first, last = (min(int(more[end]), MAX_COLUMNS + 1) for end in ("min", "max"))
            self.hidden |= (2 << last) - 1 & -(1 << first)
        elif name == "f":
            self._formula = True
            if more.get("t") in ("array", "dataTable") and self._recalculates:
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

    def _begin_row(self, more: Attributes) -> None:
        number = int(more.get("r", self._last + 1))
        if not 0 < number <= MAX_ROWS:
            raise CaseloadError(self._path, _TOO_LARGE)
        self._row = SheetRow(number, more.get("hidden") in _YES)
        if number <= self._last:
            self._row.problem = f"has a number that appears twice or goes back: {_SAVE_ANEW}"
        self._last = max(self._last, number)
        self._cells, self._column = {}, 0

    def _begin_cell(self, more: Attributes) -> None:
        row, self._column = self._row.number, self._column + 1
        if "r" in more:
            row, self._column = _place_of(more["r"])
        if self._column > MAX_COLUMNS:
            raise CaseloadError(self._path, _TOO_LARGE)
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
        if self._formula and (self._recalculates or not (text or kind == "str")):
            return UNCALCULATED
        if not text:
            return None
        if len(text) > MAX_CELL:
            return UNREADABLE
        if kind == "s":
            return self._texts[int(text)] or None
        if kind in ("str", "inlineStr", "e"):
            return text
        if kind == "b":
            return TRUTHS.get(text.strip().lower(), UNREADABLE)
        if kind == "d":
            return SheetDay(text)
        return self._number(text) if kind == "n" and _NUMBER.fullmatch(text) else UNREADABLE

    def _number(self, text: str) -> object:
        style = int(self._cell.get("s", 0))
        shown = self._formats[style] if style < len(self._formats) else ""
        if shown is None:
            return UNREADABLE
        if shown == DAY:
            return SheetDay(text, self._since_1904)
        number = SheetNumber(text)
        if shown and set(shown) == {"0"} and number.is_integer() and 0 <= number < 10**MAX_DIGITS:
            return str(int(number)).zfill(len(shown))
        return Shaped(text) if shown else number


def _place_of(cell: str) -> tuple[int, int]:
    """Return the row and the column, from 1, of a cell such as `B2`."""
    place = _PLACE.fullmatch(cell.replace("$", ""))
    if place is None:
        raise ValueError("no cell is called so")
    column = 0
    for letter in place[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(place[2]), column
