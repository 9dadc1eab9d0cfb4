"""Lines of a text file, whatever its encoding and line ends, in bounded memory."""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, BinaryIO, NamedTuple, cast

from routeengine.errors import CaseloadError

CHUNK = 1 << 16
"""Bytes that are read at a time."""

MAX_LINE = 1 << 20
"""Bytes of a line; a longer one is a fault, and is not kept."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = (
    (b"PAR1", "a Parquet file: its name must end in `.parquet`"),
    (b"\xd0\xcf\x11\xe0", "an old or protected workbook: save it as `.xlsx` without a password"),
)

_REST_OF_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n)?")


class Line(NamedTuple):
    """One physical line with its line end, or what is wrong with it. Counts from 1."""

    number: int
    text: str
    problem: str = ""


class Place(NamedTuple):
    """Where the next line starts: bytes and lines that come before it."""

    offset: int
    number: int


class Unpacked:
    """A file that is packed by gzip, or alone in a zip file, as it is unpacked while it is read."""

    def __init__(self, path: str, file: BinaryIO, reader: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._reader = reader
        self.seek, self.tell = reader.seek, reader.tell

    def read(self, size: int) -> bytes:
        """Return so many bytes, or less at the end."""
        try:
            return self._reader.read(size)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
            raise CaseloadError(self._path, "cannot be unpacked: it is broken") from None

    def close(self) -> None:
        """Close the file."""
        self._reader.close()
        self._file.close()


def unpacked(path: str, file: BinaryIO) -> BinaryIO:
    """Return a file as it is read if it is packed, and as it is if it is not.

    Raises CaseloadError if it is a zip file that holds not just one text without a password.
    """
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, Unpacked(path, file, cast(IO[bytes], gzip.open(file))))
    if start != b"PK\x03\x04":
        return file
    try:
        packed = zipfile.ZipFile(file)
        # macOS puts a folder of its own beside what it packs.
        (text,) = [
            one
            for one in packed.infolist()
            if not (one.is_dir() or one.filename.startswith("__MACOSX/"))
        ]
        return cast(BinaryIO, Unpacked(path, file, packed.open(text)))
    # What zipfile raises of a packing that it does not know: a fault of the file, not of this code.
    except NotImplementedError:
        what = "cannot be unpacked: it is packed in a way that is not known here"
        raise CaseloadError(path, what) from None
    except RuntimeError:
        raise CaseloadError(path, "cannot be unpacked: save it without a password") from None
    except (ValueError, zipfile.BadZipFile):
        what = "is not text but a workbook, or a zip file of several (is it an `.xlsx`?)"
        raise CaseloadError(path, what) from None


def start_of_text(path: str, file: BinaryIO) -> str:
    """Return the encoding that a byte order mark names, else "", and go to where the text starts.

    Raises CaseloadError if a file that should be text is known to be something else.
    """
    start = file.read(4)
    for magic, name in _MAGIC:
        if start.startswith(magic):
            raise CaseloadError(path, f"is not text but {name}")
    mark, encoding = next((one for one in _MARKS if start.startswith(one[0])), (b"", ""))
    # The other encodings read their mark themselves: it gives the order of bytes.
    file.seek(len(mark) if encoding == "utf-8" else 0)
    return encoding


class Lines:
    """The lines of an open file: taken one by one, or many of them at once as bytes.

    Without a byte order mark the first line that is not ASCII settles the encoding:
    UTF-8 if it can be that, else the `fallback`. What cannot be decoded after
    that is a fault of its line, and the others go on.

    What is read ahead stays in memory, with a place in it where the next line starts. So to go
    back is to move that place: nothing is taken twice from the file, and nothing put back.
    """

    def __init__(self, path: str, file: BinaryIO, fallback: str = "") -> None:
        marked = start_of_text(path, file)
        self._file = file
        self._encoding = "utf-8" if marked or not fallback else ""
        self._fallback = fallback
        self._recode: Callable[[bytes, bool], bytes] | None = None
        if marked not in ("", "utf-8"):
            decoder = codecs.getincrementaldecoder(marked)("replace")
            self._recode = lambda data, last: decoder.decode(data, last).encode()
        # What was read and not dropped yet, of which the first byte is the `_first` of the file.
        self._data = b""
        self._first = 0
        self._at = 0
        self._number = 0
        self._ended = False

    @property
    def place(self) -> Place:
        """Where the next line starts."""
        return Place(self._first + self._at, self._number)

    def go_back(self, place: Place) -> None:
        """Have the lines from here on come once more."""
        self._at, self._number = place.offset - self._first, place.number

    def take(self, *, keep: bool = False) -> Line | None:
        """Return the next line, or None at the end of the file.

        Nobody can go back to before this line, unless it is taken with `keep`.
        """
        length = 0
        while True:
            # A carriage return at the end of what was read may be the first half of a line end.
            length = self._end_of_line(self._at + max(0, length - 1)) - self._at
            if self._at + length < len(self._data) or self._ended:
                break
            self._read(CHUNK, keep)
            if length > MAX_LINE:
                # That the line is too long is all that has to be known of it.
                cut = self._at + MAX_LINE + 1
                self._data = self._data[:cut] + self._data[self._at + length - 1 :]
                length = MAX_LINE + 2
        if not length:
            return None
        raw = self._data[self._at : self._at + length]
        self._at += length
        self._number += 1
        return self._line(self._number, raw)

    def chunk(self, size: int) -> bytes:
        """Return the whole lines that come next, about `size` bytes of them, without taking them.

        Returns b"" at the end of the file, and if one line is longer than that.
        """
        missing = size - (len(self._data) - self._at)
        if missing > 0 and not self._ended:
            self._read(missing, keep=False)
        end = min(self._at + size, len(self._data))
        if not self._ended or end < len(self._data):
            # Here too a carriage return at the very end may be half of a line end.
            newline = self._data.rfind(b"\n", self._at, end)
            end = max(newline, self._data.rfind(b"\r", self._at, end - 1)) + 1
        return self._data[self._at : end]

    def skip(self, chunk: bytes, lines: int) -> None:
        """Take the lines of a chunk."""
        self._at += len(chunk)
        self._number += lines

    def as_utf8(self, chunk: bytes) -> bytes | None:
        """Return a chunk in UTF-8, or None if not every line of it can be decoded."""
        if chunk.isascii():
            return chunk
        if not self._encoding:
            lines = chunk.splitlines(keepends=True)
            if self._line(0, next(line for line in lines if not line.isascii())).problem:
                return None
        try:
            text = chunk.decode(self._encoding)
        except UnicodeDecodeError:
            return None
        return chunk if self._encoding == "utf-8" else text.encode()

    def _end_of_line(self, start: int) -> int:
        rest = _REST_OF_LINE.match(self._data, start)
        return rest.end() if rest else start

    def _read(self, size: int, keep: bool) -> None:
        """Read on; what came before the next line goes, unless it is to be kept."""
        if not keep:
            self._data = self._data[self._at :]
            self._first, self._at = self._first + self._at, 0
        data = self._file.read(size)
        self._ended = not data
        self._data += self._recode(data, self._ended) if self._recode else data

    def _line(self, number: int, raw: bytes) -> Line:
        if len(raw) > MAX_LINE:
            return Line(number, "", f"the line is longer than {MAX_LINE:,} bytes")
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
