"""What a client id is, and what a line of text is: one rule for every door of the library.

A client id is one line of text that can be printed, of at most `MAX_LENGTH` characters; blanks
around it are not part of it, and it has one spelling: Unicode's form NFC. Nothing but blanks is not
an id. Roles and names of assessors, and reasons, are such lines too, each with its own length.
"""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_LENGTH: Final = 200
"""Characters of a client id; a pseudonym is not longer."""

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
    cell with nothing but blanks is one without an id.
    """
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, str) and not given.strip():
        given = None
    return parse_client_id(str(given) if type(given) is int else given)


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


_REPLACED = "\ufffd"
"""The sign for bytes that are not text: what the id was is lost."""
