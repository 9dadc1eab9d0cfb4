"""Canonical JSON (RFC 8785): one row of bytes for each value, and nothing but that is read.

Records come from outside, so reading is bounded: size, depth and length of numbers.
No message holds anything of what was read.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, NoReturn, cast

import rfc8785

from routeengine.errors import RecordError

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of the largest record that is read or written."""

DEEPEST_WRITTEN: Final = 160
DEEPEST_READ: Final = 200
# Reading goes deeper than writing: one changed byte can open a bracket, and is then still
# told as a change of the record rather than as a record that is too deep.

LONGEST_NUMBER: Final = 16
"""Digits and sign of the longest number: past 2**53 numbers are not the same everywhere."""

MARK: Final = re.compile(rb'"form"\s*:\s*"routeengine/record/')
"""What stands in a record of any form, and in no caseload: no fact is called so."""


_TEXTS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z|\\\Z)', re.DOTALL)
_NO_BRACKETS: Final = bytes(one for one in range(256) if one not in b"[]{}")


def is_record(path: str) -> bool:
    """Return whether a file bears the mark of a record, whole or spoiled."""
    if not Path(path).is_file():
        return False
    with Path(path).open("rb") as file:
        # Caseloads can be large, and few begin as an object does.
        return file.read(1) == b"{" and MARK.search(file.read(LARGEST)) is not None


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises RecordError for what JSON cannot hold: half a surrogate pair, a number past
    2**53, or too deep a nesting.
    """
    if _deeper(value, DEEPEST_WRITTEN):
        raise RecordError("is nested too deeply to be recorded")
    return _bytes(value)


def parse(data: bytes) -> tuple[object, bool]:
    """Read JSON, and say whether the bytes are its canonical ones.

    Raises RecordError for what is too large, too deep or no JSON; also for a key that
    appears twice, for NaN and for a number with a fraction, which no record holds.
    """
    if len(data) > LARGEST:
        raise RecordError(f"is larger than {LARGEST} bytes", refused=True)
    # Before it is read, for the reader goes down with each bracket: in WebAssembly, where the stack
    # is small, that is the end of the process.
    if _depth(data) > DEEPEST_READ:
        raise RecordError("is nested too deeply", refused=True)
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
            parse_int=_whole,
        )
    except UnicodeDecodeError as error:
        raise RecordError(f"is not UTF-8 (at byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise RecordError(f"is not JSON (at character {error.pos})") from None
    return value, _bytes(value) == data


def _bytes(value: object) -> bytes:
    try:
        # What it cannot hold, it refuses.
        return rfc8785.dumps(cast(Any, value))
    except ValueError:
        # Its own message would show the value.
        raise RecordError("holds text or a number that JSON cannot hold") from None


def _depth(data: bytes) -> int:
    """Return how many brackets are open at once, at the most, outside of texts."""
    brackets = _TEXTS.sub(b"", data).translate(None, delete=_NO_BRACKETS)
    return max(accumulate(1 if one in b"[{" else -1 for one in brackets), default=0)


def _deeper(value: object, limit: int) -> bool:
    # Layer by layer and not by recursion, for what is nested too deeply would end that first.
    layer = [value]
    for _ in range(limit):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def _inside(value: object) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise RecordError("has a key that appears twice")
    return value


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER + 1:
        raise RecordError("holds a number that is too long")
    return int(digits)


def _no_fraction(_: str) -> NoReturn:
    raise RecordError("holds a number that is not whole")
