"""What a client id is: one rule for profiles, files, tables and dossiers.

A client id is one line of text that can be printed, of at most `MAX_LENGTH` characters; blanks
around it are not part of it. Nothing but blanks is not an id: if a client need not be named that is
nobody, and if each row has to name one it is a fault.
"""

from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["MAX_LENGTH", "MISSING", "is_plain", "parse_cell", "parse_client_id"]

MAX_LENGTH: Final = 200
"""Characters of a client id; a pseudonym is not longer."""

MISSING: Final = "is missing"
"""What is wrong if there is no client id at all."""


def parse_client_id(given: object) -> tuple[str | None, str]:
    """Return a client id without the blanks around it, or None and what is wrong: no id's value."""
    if given is None:
        return None, MISSING
    if not isinstance(given, str):
        return None, "must be text"
    client_id = given.strip()
    if not client_id:
        return None, MISSING
    if len(client_id) > MAX_LENGTH:
        return None, f"must not be longer than {MAX_LENGTH} characters"
    if not is_plain(client_id) and not all(map(_is_in_line, client_id)):
        return None, "must be one line of text that can be printed"
    return client_id, ""


def parse_cell(given: object) -> tuple[str | None, str]:
    """Return the client id in a cell of a file, as `parse_client_id`; a whole number is text too.

    Nobody declares the type of a pseudonym in a file, and a spreadsheet has no whole numbers.
    """
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    return parse_client_id(str(given) if type(given) is int else given)


def is_plain(text: str) -> bool:
    """Return at once whether a text is fit for a client id or blank; False needs a closer look."""
    return text.isprintable() and len(text) <= MAX_LENGTH and _REPLACED not in text


def _is_in_line(sign: str) -> bool:
    # Python calls no blank printable but the plain one.
    return sign != _REPLACED and (sign.isprintable() or unicodedata.category(sign) == "Zs")


_REPLACED = "\ufffd"
"""The sign for bytes that are not text: what the id was is lost."""
