"""JSON Lines and JSON: one object per client, read in bounded memory.

A record's cells are pairs (key, value), so that a key that appears twice is seen.
A line of JSON Lines that cannot be read is a fault of its row. In a JSON array
nobody can tell where a broken record ends, so there it is an error of the file.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from routeengine.caseload.lines import CHUNK, Lines, Place, start_of_text
from routeengine.caseload.source import Record, Source
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError

MAX_RECORD = 1 << 20
"""Characters of one record of an array; a longer one is refused."""

MAX_DIGITS = 18
"""Digits of a whole number, with its sign: no fact has more, and Python refuses thousands."""

MAX_FRACTION = 40
"""Characters of a number with a fraction."""

MAX_EXPONENT = 2
"""Digits of a power of ten."""

_DEEP = "is nested too deeply"
_SPACE = re.compile(r"[ \t\r\n]*")
_WRAPPED = re.compile(r'\{[ \t\r\n]*"(?:[^"\\\x00-\x1f]|\\.)*"[ \t\r\n]*:[ \t\r\n]*[^ \t\r\n]')
_NO_COMMA = "is not JSON: a comma or the end of the array must follow"
_NO_ARRAY = (
    'must be an array of objects, or that under one name: {"clients": [...]} '
    "(is it JSON Lines? name it `.jsonl`)"
)
_NO_OBJECT = "must be an object: names with values between braces"


def _pairs(pairs: list[tuple[str, object]]) -> tuple[tuple[str, object], ...]:
    """Return a JSON object as it was written, keys that appear twice included.

    No other value of JSON becomes a tuple.
    """
    return tuple([(key, _plain(value)) for key, value in pairs])


def _plain(value: object) -> object:
    """Make a mapping of an inner object; one with a key that appears twice has no meaning."""
    if not isinstance(value, tuple):
        return value
    mapping = dict(value)
    return mapping if len(mapping) == len(value) else UNREADABLE


def _fraction(text: str) -> object:
    """Return a number with a fraction or a power of ten, just as it is written."""
    # 1e999999999 is short, and takes as much memory as it has digits.
    _, _, exponent = text.lower().partition("e")
    is_short = len(text) <= MAX_FRACTION and len(exponent.lstrip("+-")) <= MAX_EXPONENT
    return Decimal(text) if is_short else UNREADABLE


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_float=_fraction,
    parse_int=lambda digits: int(digits) if len(digits) <= MAX_DIGITS else UNREADABLE,
    parse_constant=lambda _: UNREADABLE,  # NaN and Infinity are no JSON
)


def _record(number: int, value: object) -> Record:
    if isinstance(value, tuple):
        return Record(number, value)
    return Record(number, (), _NO_OBJECT)


class JsonLinesSource(Source):
    """An open JSON Lines file: one object a line; blank lines are no records."""

    def start(self) -> None:
        """Look at how the file starts."""
        self.lines = Lines(self.path, self.file)

    def records(self) -> Iterator[Record]:
        """Yield a record for every line that is not blank."""
        while (line := self.lines.take()) is not None:
            if line.problem:
                yield Record(line.number, (), line.problem)
            elif line.text.strip():
                yield parse(line.number, line.text)


def parse(number: int, text: str) -> Record:
    """Read a record that is alone in its text."""
    try:
        return _record(number, _DECODER.decode(text))
    except json.JSONDecodeError as error:
        return Record(number, (), f"is not JSON: {_words(error)} at character {error.pos + 1}")
    except RecursionError:
        return Record(number, (), _DEEP)


class JsonArraySource(Source):
    """An open JSON file that holds one array of objects, bare or as the one value of an object."""

    def start(self) -> None:
        """Find the start of the array."""
        self.lines = self
        self._text = ""
        self._at = self._before = 0
        self._ended = False
        self._number = 0
        encoding = start_of_text(self.path, self.file)
        self._decoder = codecs.getincrementaldecoder(encoding or "utf-8")("strict")
        self._is_wrapped = self._next() == "{"
        if self._is_wrapped:
            self._find_array()
        if self._next() != "[":
            raise self._error(_NO_ARRAY)
        self._at += 1

    def _find_array(self) -> None:
        """Go to the value of an object: `{"clients": [...]}`."""
        while (start := _WRAPPED.match(self._text, self._at)) is None:
            if len(self._text) - self._at > MAX_RECORD or not self._more():
                raise self._error(_NO_ARRAY)
        self._at = start.end() - 1

    @property
    def place(self) -> Place:
        """Where the next element starts, in characters, and how many come before it."""
        return Place(self._before + self._at, self._number)

    def chunk(self, size: int) -> bytes:
        """Return the elements that come next, about so much of them, without taking them.

        They are whole if they are flat: each ends where a brace does.
        """
        while len(self._text) - self._at < size and self._more(size):
            pass
        end = self._text.rfind("}", self._at, self._at + size) + 1
        return self._text[self._at : end].encode()

    def as_utf8(self, chunk: bytes) -> bytes:
        """Return a chunk as it is."""
        return chunk

    def skip(self, chunk: bytes, elements: int) -> None:
        """Take the elements of a chunk."""
        self._at += len(chunk.decode())
        self._number += elements

    def records(self) -> Iterator[Record]:
        """Yield a record for every element of the array.

        Raises CaseloadError if the file is no array or an element cannot be read.
        """
        while (sign := self._next()) != "]":
            if self._number > 0:
                if sign != ",":  # a chunk that was taken ended with its last whole element
                    raise self._error(_NO_COMMA)
                self._at += 1
            self._number += 1
            yield _record(self._number, self._element())
        self._at += 1
        if self._is_wrapped:
            if self._next() != "}":
                raise self._error("another value stands beside the array")
            self._at += 1
        if self._next():
            raise self._error("text stands after the end of the array")

    def _element(self) -> object:
        """Read one element, and read on if it is cut off."""
        self._next()
        while True:
            broken = _NO_COMMA
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                broken = f"is not JSON: {_words(error)}"
            except RecursionError:
                raise self._error(_DEEP) from None
            else:
                # Only what is followed by a separator is complete: 1 may go on as 12.
                after = self._text[(rest := _space_from(self._text, end)) : rest + 1]
                if after in ("]", ","):
                    if end - self._at > MAX_RECORD:
                        raise self._error(f"a record is longer than {MAX_RECORD:,} characters")
                    self._at = end
                    return value
                if after:
                    raise self._error(broken)
            if len(self._text) - self._at > MAX_RECORD or not self._more():
                raise self._error(broken)

    def _next(self) -> str:
        """Go to the next character that is not white space; "" at the end."""
        while True:
            self._at = _space_from(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end of the file."""
        if self._ended:
            return False
        data = self.file.read(size)
        self._ended = not data
        try:
            text = self._decoder.decode(data, self._ended)
        except UnicodeDecodeError:
            raise self._error("is not text in UTF-8, or in UTF-16 with a byte order mark") from None
        self._before += self._at
        self._text, self._at = self._text[self._at :] + text, 0
        return True

    def _error(self, message: str) -> CaseloadError:
        return CaseloadError(self.path, message, self._number)


def _space_from(text: str, start: int) -> int:
    """Return where white space ends that begins at `start`."""
    space = _SPACE.match(text, start)
    return space.end() if space else start


def _words(error: json.JSONDecodeError) -> str:
    """Return what the parser says; it names what it expects, never what it found."""
    return error.msg.strip().rstrip(":").lower()
