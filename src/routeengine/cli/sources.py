"""The text of a source, as a file of whoever holds it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from routeengine.errors import UsageError, shown

MAX_SOURCE_BYTES: Final = 16_777_216
"""Bytes of a source: a thousand times the letter that the shipped rules are drawn from."""


def source_text(path: str) -> str:
    """Return the text of a source.

    Raises UsageError for what is no UTF-8 or is too large, whatever the size is said to be.
    """
    with Path(path).open("rb") as file:
        data = file.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise UsageError(f"{shown(path)}: is larger than {MAX_SOURCE_BYTES} bytes")
    try:
        # Of a mark of the byte order no sentence begins otherwise.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown(path)}:{line}: is no UTF-8 text") from None
