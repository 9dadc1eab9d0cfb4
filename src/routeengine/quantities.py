"""Amounts and days as people write them, and as spreadsheets keep them.

Each is read by itself, never by what stands in other cells: so a row says the same in every
order, alone and among others. What can be meant in two ways is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Literal, Self, TypeAlias

from routeengine.errors import UsageError
from routeengine.ruleset.domains import MAX_NUMBER

DecimalSign: TypeAlias = Literal["comma", "point"]
"""Which sign stands before the decimals where an amount could be meant in two ways."""

DECIMAL_SIGNS: Final[dict[str, str]] = {"comma": ",", "point": "."}

MAX_SHEET_DIGITS: Final = 15
"""Digits that a spreadsheet program keeps of a number."""

AMBIGUOUS: Final = (
    "may be thousands or decimals: say which sign stands before decimals "
    "(`--decimal comma` or `--decimal point`)"
)
TWO_DIGITS: Final = "has a year of two digits: write all four"
TIME_OF_DAY: Final = "has a time of day: it must be a day alone"
ZONED: Final = "is a moment, which is another day elsewhere: it must be a day alone"
NO_DATE_CELL: Final = "is a number, and must be a cell that is shown as a date, or text"
ROUNDED: Final = (
    f"is a fraction that no {MAX_SHEET_DIGITS} digits write: round it in the spreadsheet program, "
    "or write it as text"
)
LONG: Final = (
    f"must be text: spreadsheet programs round a number of more than {MAX_SHEET_DIGITS} digits"
)

_CURRENCY = re.compile(r"^(?:€|EUR)|(?:€|EUR)$", re.IGNORECASE)
_SIGNS = {"+": "", "-": "-", "\u2212": "-"}  # the last is the sign that printers use for minus
# As `1 091 710` or `1.091.710`: the first group has up to three digits, all others have three.
_GROUPS = r"[1-9][0-9]{{0,2}}(?:{0}[0-9]{{3}})+"
_BLANK = r"[ \u00a0\u2009\u202f]"
_WHOLE = re.compile(r"[0-9]+")
_SIMPLE = re.compile(rf"([0-9]+|{_GROUPS.format(_BLANK)})(?:([.,])([0-9]+))?")
_GROUPED = re.compile(
    rf"({_GROUPS.format('[.]')})(?:,([0-9]+))?|({_GROUPS.format(',')})(?:[.]([0-9]+))?"
)
_NOTHING_LEFT = re.compile(r",(?:--?|\u2013|\u2014)$")
"""`35,-`: a price without cents."""

_DAY_FIRST = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]+)")
_EITHER_ORDER = re.compile(r"(?<![0-9])(0?[1-9]|1[0-2])([-/])(0?[1-9]|1[0-2])\2[0-9]{4}(?![0-9])")
_IN_WORDS = re.compile(r"([0-9]{1,2})[ -]([a-z]+)\.?[ -]'?([0-9]+)", re.IGNORECASE)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9:.]+))?")
_MIDNIGHT = re.compile(r"00:00(:00(\.0{1,9})?)?")
_MONTHS = (
    ("january", "januari", "jan"),
    ("february", "februari", "feb"),
    ("march", "maart", "mrt", "mar"),
    ("april", "apr"),
    ("may", "mei"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "augustus", "aug"),
    ("september", "sept", "sep"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {word: number for number, words in enumerate(_MONTHS, 1) for word in words}

_FIRST_DAY = {False: date(1899, 12, 31).toordinal(), True: date(1904, 1, 1).toordinal()}
_NO_DAY_1900 = 60
"""The 29th of February 1900 in Excel, which never was; later days are counted with it."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that is no amount, or no day; `problem` says why where there is something to say."""

    problem: str = ""


class SheetNumber(float):
    """A number of a sheet, with the text in which the file has it."""

    text: str

    def __new__(cls, text: str) -> Self:
        """Take a number as it is written."""
        made = super().__new__(cls, text)
        made.text = text
        return made


@dataclass(frozen=True, slots=True)
class SheetDay:
    """A cell of a sheet that is shown as a date: how it is kept, and since when days count."""

    text: str
    since_1904: bool = False


def check_decimal(decimal: DecimalSign | None) -> DecimalSign | None:
    """Return what says which sign stands before decimals; raises UsageError for other words."""
    if decimal is not None and decimal not in DECIMAL_SIGNS:
        raise UsageError("`decimal` must be `comma` or `point`")
    return decimal


def read_amount(
    text: str, decimal: DecimalSign | None = None, *, euros: bool = False
) -> str | Unread:
    """Return a number that people wrote, in plain digits with a point, or why it is none.

    `1.091,71`, `1091,71`, `1,091.71` and `1091.71` are the same, and so they are of `euros` with
    `€` or `EUR` beside it. `1.091` and `1,091` are two numbers each: `decimal` says which.
    """
    # A sign stands before the currency or after it, and the currency on either side.
    sign, rest = _off_sign(text.strip())
    bare = _CURRENCY.sub("", rest, count=1).strip() if euros else rest
    if bare != rest and not sign:
        sign, bare = _off_sign(bare)
    digits = _digits(_NOTHING_LEFT.sub(",00", bare), decimal)
    return digits if isinstance(digits, Unread) else _SIGNS.get(sign, "") + digits


def _off_sign(text: str) -> tuple[str, str]:
    """Return the sign before something, or none, and the rest."""
    return (text[0], text[1:].lstrip()) if text[:1] in _SIGNS and text else ("", text)


def _digits(text: str, decimal: DecimalSign | None) -> str | Unread:
    """Return what stands between sign and currency in plain digits."""
    simple = _SIMPLE.fullmatch(text)
    if simple and simple[2]:
        whole, mark, part = simple.groups()
        # A group of thousands does not begin with 0, and the first one has three digits at most.
        is_either = len(part) == 3 and len(whole) <= 3 and whole[0] != "0"
        if not is_either or (decimal and mark == DECIMAL_SIGNS[decimal]):
            return f"{_joined(whole)}.{part}"
        return whole + part if decimal else Unread(AMBIGUOUS)
    if simple:
        return _joined(simple[1])
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        return Unread()
    whole, part = grouped[1] or grouped[3], grouped[2] or grouped[4]
    return _joined(whole) + (f".{part}" if part else "")


def _joined(groups: str) -> str:
    """Return groups of thousands as one number."""
    return "".join(_WHOLE.findall(groups))


def read_day(text: str) -> str | Unread:
    """Return a day that people wrote, as YYYY-MM-DD, or why it is none; the day comes first.

    That is `2025-12-31`, `31-12-2025`, `31/12/2025` or `31 december 2025`, in Dutch or English.
    """
    if iso := _ISO.fullmatch(text):
        year, month, day, time = iso.groups()
        if time and not _MIDNIGHT.fullmatch(time):
            return Unread(TIME_OF_DAY)
        return _day(year, int(month), day)
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[4], int(found[3]), found[1])
    if found := _IN_WORDS.fullmatch(text):
        return _day(found[3], _MONTH.get(found[2].lower(), 0), found[1])
    return Unread()


def is_either_order(text: str) -> bool:
    """Return whether a day stands in a text that is read day first and may be meant month first.

    So it is of `03-04-2024`, and not of `13-04-2024`, nor of `03-03-2024`: that is one day.
    """
    return any(int(one[1]) != int(one[3]) for one in _EITHER_ORDER.finditer(text))


def _day(year: str, month: int, day: str) -> str | Unread:
    if len(year) == 2:
        return Unread(TWO_DIGITS)
    try:
        return date(int(year), month, int(day)).isoformat() if len(year) == 4 else Unread()
    except ValueError:
        return Unread()


def sheet_amount(number: SheetNumber) -> str | Unread:
    """Return a number of a sheet in plain digits, as a spreadsheet program has it.

    Of a number it keeps 15 digits, and writes 17 so that nothing is lost. What these 15 stand for
    is what was typed, if they give this very number again; else it was worked out, and is not
    exactly what is shown.
    """
    # Typed 1091.71 may be written 1091.7100000000001, for that is the same number to a computer.
    # 0.1 + 0.2 is written 0.30000000000000004, which is another one than 0.3.
    typed = f"{float(number):.{MAX_SHEET_DIGITS}g}"
    if abs(number) >= 10**MAX_SHEET_DIGITS:
        return Unread(LONG if abs(number) <= MAX_NUMBER else "")
    return f"{Decimal(typed):f}" if float(typed) == number else Unread(ROUNDED)


def day_of(value: object) -> date | str | Unread | None:
    """Return the day that a typed value stands for, or why it is none; None for something else."""
    if isinstance(value, SheetDay):
        return sheet_day(value)
    if isinstance(value, Unread):
        return value
    if not isinstance(value, datetime):
        return value if isinstance(value, date) else None
    if value.tzinfo is not None:
        return Unread(ZONED)
    # pandas has nanoseconds besides.
    whole = value.time() == time() and not getattr(value, "nanosecond", 0)
    return value.date() if whole else Unread(TIME_OF_DAY)


def sheet_day(cell: SheetDay) -> str | Unread:
    """Return the day of a cell that is shown as a date, or why it is none."""
    if "-" in cell.text[1:]:  # strict workbooks write the day itself
        return read_day(cell.text)
    number = float(cell.text)
    if not number.is_integer():
        return Unread(TIME_OF_DAY)
    if not cell.since_1904 and (number < 1 or number == _NO_DAY_1900):
        return Unread()
    days = number - (not cell.since_1904 and number > _NO_DAY_1900)
    try:
        return date.fromordinal(int(_FIRST_DAY[cell.since_1904] + days)).isoformat()
    except (ValueError, OverflowError):
        return Unread()
