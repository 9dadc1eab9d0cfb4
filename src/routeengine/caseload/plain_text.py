"""Which pieces of a text file are so plain that pyarrow reads them as a reader of rows does.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from routeengine.caseload.json_records import MAX_RECORD
from routeengine.caseload.lines import MAX_LINE
from routeengine.ruleset.domains import MAX_PLACES

FRACTIONS = pa.decimal128(38, MAX_PLACES)
"""The type of numbers with a fraction, which are exact."""


def count_lines(chunk: bytes) -> int:
    """Count the lines of a chunk, or return 0 if splitting it is not as simple as that."""
    if not chunk or chunk.startswith(b"\xef\xbb\xbf") or chunk.count(b"\r") != chunk.count(b"\r\n"):
        return 0
    if len(chunk) > MAX_LINE:
        (ends,) = np.nonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
        if np.diff(ends, prepend=-1, append=len(chunk)).max() > MAX_LINE:
            return 0
    return chunk.count(b"\n") + (not chunk.endswith(b"\n"))


def count_elements(chunk: bytes) -> int:
    """Count the elements of a chunk of a JSON array, or return 0 if one may be too long."""
    (ends,) = np.nonzero(np.frombuffer(chunk, np.uint8) == ord("}"))
    return len(ends) if np.diff(ends, prepend=-1).max(initial=0) <= MAX_RECORD else 0


def plainly_quoted(chunk: bytes, delimiter: str) -> bool:
    """Return whether every quote begins or ends a whole cell of one line, or is doubled within it.

    So they take turns: what a quote opens the next one closes, and two side by side within a
    cell close and open it again. In `"a","b ""c"" d"` the first, third, fifth and seventh open.
    """
    if b'"' not in chunk:
        return True
    data = np.frombuffer(b"\n" + chunk + b"\n", np.uint8)
    (quotes,) = np.nonzero(data == ord('"'))
    (ends,) = np.nonzero(data == ord("\n"))
    if (np.searchsorted(quotes, ends) & 1).any():
        return False
    if np.diff(ends).max() > csv.field_size_limit():
        # Of a cell that long the row-wise reader makes a fault, if there are quotes.
        return False
    before, after = np.zeros((2, 256), np.bool_)
    before[[ord("\n"), ord(delimiter), ord('"')]] = True
    after[[ord("\n"), ord("\r"), ord(delimiter), ord('"')]] = True
    return bool(before[data[quotes[::2] - 1]].all() and after[data[quotes[1::2] + 1]].all())


def is_flat(data: bytes, count: int) -> bool:
    """Return whether each line is one object without anything inside it, as far as braces tell."""
    ends = data.count(b"}\n") + data.count(b"}\r\n") + data.endswith(b"}")
    starts = data.count(b"\n{") + data.startswith(b"{")
    return starts == ends == count == data.count(b"{") and b"[" not in data


def may_mix(data: bytes, kinds: Mapping[str, pa.DataType]) -> bool:
    """Return whether a text may stand in JSON where pyarrow would take it for a number.

    It reads "1e3" as 1000 in a column of FRACTIONS; to a reader of rows that is text.
    """
    decimal = [key for key, kind in kinds.items() if kind == FRACTIONS]
    if not decimal:
        return False
    # A name may be written in several ways, if there is a backslash.
    names = "|".join(map(re.escape, decimal)).encode()
    return b"\\" in data or re.search(rb'"(?:' + names + rb')"\s*:\s*"', data) is not None
