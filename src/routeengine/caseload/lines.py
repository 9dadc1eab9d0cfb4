"""Lines of a text file, whatever its encoding and line ends, in bounded memory."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from routeengine.errors import CaseloadError

__all__ = ["CHUNK", "LINE_LIMIT", "Line", "Lines", "encoding_of", "refuse_other_formats"]

CHUNK = 1 << 16
"""Bytes that are read at a time."""

LINE_LIMIT = 1 << 20
"""Bytes of a line; a longer one is a fault, and is not kept."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = (
    (b"PK\x03\x04", "a workbook or another zip file (is it an `.xlsx`?)"),
    (b"PAR1", "a Parquet file: its name must end in `.parquet`"),
    (b"\x1f\x8b", "a compressed file: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old or protected workbook: save it as `.xlsx` without a password"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line with its line end, or what is wrong with it. Counts from 1."""

    number: int
    text: str
    problem: str = ""


def encoding_of(start: bytes) -> tuple[str, int]:
    """Give the encoding that a byte order mark names and the mark's length, else ("", 0)."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding, len(mark)
    return "", 0


def refuse_other_formats(path: str, start: bytes) -> None:
    """Raise CaseloadError where a file that should be text is known to be something else."""
    for magic, name in _MAGIC:
        if start.startswith(magic):
            raise CaseloadError(path, f"is not text but {name}")


class Lines:
    """Iterates over the lines of an open file.

    Without a byte order mark the first line that is not ASCII settles the encoding:
    UTF-8 where it can be that, else the `fallback`. What cannot be decoded after
    that is a fault of its line, and the others go on.
    """

    def __init__(self, path: str, file: BinaryIO, fallback: str = "") -> None:
        start = file.read(4)
        refuse_other_formats(path, start)
        marked, length = encoding_of(start)
        file.seek(length if marked == "utf-8" else 0)
        self.done = 0
        self._file = file
        self._encoding = "utf-8" if marked or not fallback else ""
        self._fallback = fallback
        self._recode: Callable[[bytes, bool], bytes] | None = None
        if marked not in ("", "utf-8"):
            decoder = codecs.getincrementaldecoder(marked)("replace")
            self._recode = lambda data, last: decoder.decode(data, last).encode()

    def __iter__(self) -> Iterator[Line]:
        for number, raw in enumerate(self._raw(), 1):
            yield self._line(number, raw)

    def _line(self, number: int, raw: bytes | None) -> Line:
        if raw is None:
            return Line(number, "", f"the line is longer than {LINE_LIMIT:,} bytes")
        if raw.isascii():
            return Line(number, raw.decode("ascii"))
        for encoding in (self._encoding,) if self._encoding else ("utf-8", self._fallback):
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            self._encoding = encoding
            return Line(number, text)
        return Line(number, "", f"is not text in {(self._encoding or 'utf-8').upper()}")

    def _chunks(self) -> Iterator[bytes]:
        while data := self._file.read(CHUNK):
            self.done += len(data)
            yield self._recode(data, False) if self._recode else data
        if self._recode:
            yield self._recode(b"", True)

    def _raw(self) -> Iterator[bytes | None]:
        """Yield lines as bytes, None for one that is too long."""
        rest = b""
        too_long = False
        for chunk in self._chunks():
            lines = (rest + chunk).splitlines(keepends=True)
            # A carriage return at the end may be the first half of a line end.
            rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
            for line in lines:
                yield None if too_long or len(line) > LINE_LIMIT else line
                too_long = False
            if len(rest) > LINE_LIMIT:
                # Only what can still be half of a line end has to be kept.
                rest, too_long = rest[-1:], True
        if rest or too_long:
            yield None if too_long else rest
