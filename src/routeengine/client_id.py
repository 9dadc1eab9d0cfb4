"""What a client id is, and what a line of text is: one rule for every door of the library.

A client id is one line of text that can be printed, of at most `MAX_LENGTH` characters; blanks
around it are not part of it, and it has one spelling: Unicode's form NFC. Nothing but blanks is not
an id. Roles and names of assessors, and reasons, are such lines too, each with its own length.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

MAX_LENGTH: Final = 200
"""Characters of a client id; a pseudonym is not longer."""

MAX_DIGITS: Final = 15
"""Digits of a client id that is a number: programs keep no more of a number than that."""

LONG_NUMBER: Final = f"must be text: programs round a number of more than {MAX_DIGITS} digits"
"""What is wrong with a client id that is a longer number."""

SHEET_ERROR: Final = "is an error or a rounded number that a spreadsheet program left there"
"""What is wrong with a text that is what a spreadsheet shows instead of what was there."""

MISSING: Final = "is missing"
"""What is wrong if there is no client id at all."""


def parse_client_id(given: object) -> tuple[str | None, str]:
    """Return a client id in its one spelling, or None and what is wrong: never its value.

    None is nobody: what is wrong then is `MISSING`, for whoever needs an id.
    """
    if given is None:
        return None, MISSING
    if isinstance(given, str):
        # An accented letter can be one character or two that look the same: `\u00e9`, or `e` and
        # `\u0301`. Both would be one client to a reader, and so they are one here.
        given = unicodedata.normalize("NFC", given).strip()
    problem = line_problem(given, MAX_LENGTH)
    return (None, problem) if problem else (str(given), "")


def parse_cell(given: object) -> tuple[str | None, str]:
    """Return the client id in a cell of a file, as `parse_client_id`; a whole number is text too.

    Nobody declares the type of a pseudonym in a file, and a spreadsheet has no whole numbers. A
    cell with nothing but blanks is one without an id. A number of many digits was rounded by some
    program, and `#N/A` or `1,23E+17` is what a spreadsheet shows: neither is anybody's id.
    """
    given = whole_number(given)
    if type(given) is int:
        return (str(given), "") if abs(given) < 10**MAX_DIGITS else (None, LONG_NUMBER)
    if isinstance(given, str):
        if not given.strip():
            given = None
        elif _SHEET_ERROR.fullmatch(given.strip()):
            return None, SHEET_ERROR
    return parse_client_id(given)


def whole_number(given: object) -> object:
    """Return a number that is whole as an int, however it was kept, and all else as it is."""
    if isinstance(given, float):
        return int(given) if given.is_integer() else given
    if isinstance(given, Decimal) and given.is_finite() and given == int(given):
        return int(given)
    return given


def line_problem(given: object, max_length: int) -> str:
    """Return why something is not one line of text of at most so many characters, or nothing.

    Signs that steer a terminal, turn the direction of what follows or end the line are refused: a
    reader would see another text than was written. So are halves of characters (lone surrogates),
    which no file can hold.
    """
    if not isinstance(given, str):
        return "must be text"
    line = given.strip()
    if not line:
        return "must not be empty"
    if len(line) > max_length:
        return f"must not be longer than {max_length} characters"
    return "" if all(map(_is_in_line, line)) else "must be one line of text that can be printed"


def is_plain(text: str) -> bool:
    """Return at once whether a text is surely a client id as it is kept; else look closer."""
    if not text.isascii() or not text.isprintable():
        return False
    return 0 < len(text) <= MAX_LENGTH and text[0] != " " != text[-1]


def _is_in_line(sign: str) -> bool:
    # Python calls no blank printable but the plain one.
    return sign != _REPLACED and (sign.isprintable() or unicodedata.category(sign) == "Zs")


# `#N/A` is `#NV` or `#N/B` elsewhere, `#REF!` is `#VERW!`, and `#NAME?` is `#NAAM?`. LibreOffice
# has `Err:502` too. Where a column is too narrow there are hashes, or a number is cut short.
_SHEET_ERROR = re.compile(
    r"#(N/[A-Z]+|NV|#+|GETTING_DATA|[^\W\d_][\w/]*[!?])|(?-i:Err):[0-9]{3}|-?[0-9]([.,][0-9]+)?E\+[0-9]+",
    re.IGNORECASE,
)

_REPLACED = "\ufffd"
"""The sign for bytes that are not text: what the id was is lost."""
