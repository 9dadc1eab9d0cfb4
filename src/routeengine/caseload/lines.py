"""Lines of a text file, whatever its encoding and line ends, in bounded memory."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from routeengine.errors import CaseloadError

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
    """Iterates over the lines of an open file, or gives many of them at once as bytes.

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
        self.number = 0
        self._file = file
        self._encoding = "utf-8" if marked or not fallback else ""
        self._fallback = fallback
        self._recode: Callable[[bytes, bool], bytes] | None = None
        if marked not in ("", "utf-8"):
            decoder = codecs.getincrementaldecoder(marked)("replace")
            self._recode = lambda data, last: decoder.decode(data, last).encode()
        # What was read: single lines, then whole lines in one piece, then part of a line.
        # None stands for a line that is too long.
        self._single: deque[bytes | None] = deque()
        self._pieces: deque[bytes | None] = deque()
        self._rest = b""
        self._too_long = False
        self._ended = False

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if not self._single:
            piece = self._take(CHUNK)
            if piece == b"":
                raise StopIteration
            self._single.extend([None] if piece is None else _lines(piece))
        self.number += 1
        return self._line(self.number, self._single.popleft())

    @property
    def pending(self) -> bool:
        """Whether lines were split off that are still to be taken one by one."""
        return bool(self._single)

    def piece(self, size: int) -> bytes:
        """Give the lines that come next, about `size` bytes, in one piece.

        Whoever uses it says so by `passed`, or else puts it `back`. Gives b"" where the next
        line has to be taken by itself, and at the end.
        """
        if self._single:
            if None in self._single:
                return b""
            piece = b"".join(line for line in self._single if line is not None)
            self._single.clear()
            return piece
        found = self._take(size)
        if found is None:
            self._single.append(None)
        return found or b""

    def passed(self, count: int) -> None:
        """Count lines that were used as a piece."""
        self.number += count

    def back(self, piece: bytes) -> None:
        """Take a piece back, as what comes next."""
        self._pieces.appendleft(piece)

    def as_utf8(self, piece: bytes) -> bytes | None:
        """Give a piece in UTF-8, or None where not every line of it can be decoded."""
        if piece.isascii():
            return piece
        if not self._encoding:
            first = next(line for line in _lines(piece) if line is None or not line.isascii())
            if self._line(0, first).problem:
                return None
        try:
            text = piece.decode(self._encoding)
        except UnicodeDecodeError:
            return None
        return piece if self._encoding == "utf-8" else text.encode()

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

    def _take(self, size: int) -> bytes | None:
        """Give whole lines, None for one that is too long, and b"" at the end."""
        while not self._pieces:
            if self._ended:
                return b""
            self._read(size)
        piece = self._pieces.popleft()
        if piece is None or len(piece) <= size:
            return piece
        cut = _whole(piece, size) or len(piece)
        if cut < len(piece):
            self._pieces.appendleft(piece[cut:])
        return piece[:cut]

    def _read(self, size: int) -> None:
        """Read on, and keep what is cut off at the end for the next time."""
        data = self._file.read(size)
        self.done += len(data)
        self._ended = not data
        if self._recode:
            data = self._recode(data, self._ended)
        data = self._rest + data
        cut = len(data) if self._ended else _whole(data, len(data))
        piece, self._rest = data[:cut], data[cut:]
        if self._too_long and (piece or self._ended):
            # Here ends the line of which only the start was dropped.
            first = next(iter(piece.splitlines(keepends=True)), b"")
            piece = piece[len(first) :]
            self._pieces.append(None)
            self._too_long = False
        if piece:
            self._pieces.append(piece)
        if len(self._rest) > LINE_LIMIT:
            # Only what can still be half of a line end has to be kept.
            self._rest, self._too_long = self._rest[-1:], True


def _lines(piece: bytes) -> Iterator[bytes | None]:
    """Split whole lines; None for one that is too long."""
    for line in piece.splitlines(keepends=True):
        yield None if len(line) > LINE_LIMIT else line


def _whole(data: bytes, size: int) -> int:
    """Give where the last whole line of the first `size` bytes ends, or 0.

    A carriage return at the very end may be the first half of a line end.
    """
    return max(data.rfind(b"\n", 0, size), data.rfind(b"\r", 0, size - 1)) + 1
