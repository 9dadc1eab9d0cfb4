"""Tables of rules in workbooks: the rows of a sheet as the texts that a CSV file would have."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from routeengine.caseload.sheet_rows import UNCALCULATED, SheetRow
from routeengine.caseload.workbook import Workbook, open_workbook
from routeengine.errors import CaseloadError
from routeengine.loading.yaml_tree import Collector, UnreadableError, first_bad_character
from routeengine.quantities import SheetDay, SheetNumber, Unread, sheet_amount, sheet_day
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.words import Place

_FORMULA = "is a formula: write what it comes to"
_NO_VALUE = "is no text, number or day that can be read: write it as text"
_CONTROL = "holds a control character: take it out"
_THREE_DECIMALS = re.compile(r"-?[0-9]+\.[0-9]{3}")


def records_of(
    file: str, data: bytes, sheet: str | None, collector: Collector
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows of a sheet that hold anything, each with its number.

    That is the visible sheet of this name, or the first one. Rows are as long as the first one,
    which has the names of the columns, or longer. Raises UnreadableError, and keeps the faults,
    where the workbook or a cell cannot be read; MissingExtraError if openpyxl is not installed.
    """
    try:
        book = open_workbook(file, io.BytesIO(data))
        # What a formula came to is no rule that somebody wrote.
        book.recalculates = True
        yield from _Texts(file, collector).records(book.rows(_part(file, book, sheet, collector)))
    except CaseloadError as error:
        message = error.message.replace("a caseload", "a table of rules")
        collector.refuse(Place(file, error.row), message)


def _part(file: str, book: Workbook, sheet: str | None, collector: Collector) -> str:
    """Return where in a workbook the sheet stands that is asked for."""
    if not book.sheets:
        collector.refuse(Place(file), "has no visible sheet")
    if sheet is None:
        return book.sheets[0][1]
    found = [part for name, part in book.sheets if name == sheet]
    if len(found) != 1:
        message = "has no visible sheet, or more than one, of the name that `sheet` gives"
        collector.refuse(Place(file), message, did_you_mean(sheet, [n for n, _ in book.sheets]))
    return found[0]


class _Texts:
    """Makes texts of the cells of a sheet; each that is none is a fault of its own."""

    def __init__(self, file: str, collector: Collector) -> None:
        self._file = file
        self._collector = collector
        self._header: Sequence[str] = ()
        self._sound = True

    def records(self, rows: Iterator[SheetRow]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the rows as texts. Raises UnreadableError at their end if there was a fault."""
        for row in rows:
            if row.problem:
                self._wrong(Place(self._file, row.number, 0, "(row)"), row.problem)
                continue
            texts = [self._text(row.number, place, cell) for place, cell in enumerate(row.cells, 1)]
            if any(texts):
                self._header = self._header or texts
                texts += [""] * (len(self._header) - len(texts))
                yield row.number, tuple(texts)
        if not self._sound:
            raise UnreadableError

    def _text(self, number: int, column: int, cell: object) -> str:
        text = _shown(cell)
        if isinstance(text, str) and first_bad_character(text) is None:
            return text.strip()
        field = self._header[column - 1] if column <= len(self._header) else ""
        problem = (text.problem or _NO_VALUE) if isinstance(text, Unread) else _CONTROL
        self._wrong(Place(self._file, number, column, field), problem)
        return "?"  # not empty, which would ask nothing

    def _wrong(self, place: Place, message: str) -> None:
        self._collector.report(place, message)
        self._sound = False


def _shown(cell: object) -> str | Unread:
    """Return a cell as a person would write it in a CSV file, or why that cannot be."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, SheetDay):
        return sheet_day(cell)
    if isinstance(cell, SheetNumber):
        amount = sheet_amount(cell)
        # A number is no text that may mean thousands: 1.091 is read as 1.0910.
        is_open = isinstance(amount, str) and _THREE_DECIMALS.fullmatch(amount)
        return f"{amount}0" if is_open else amount
    return Unread(_FORMULA if cell is UNCALCULATED else _NO_VALUE)
