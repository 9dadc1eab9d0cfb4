"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from io import SEEK_END
from itertools import islice
from typing import Any, BinaryIO

from routeengine.caseload.columns import CLIENT
from routeengine.caseload.source import Record, Source, refusing
from routeengine.caseload.thrift import Fields, Wanted, Wants, delta_sum, read_struct
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

BATCH = 8192
"""Rows that are read at a time."""

MAX_HEADER = 1 << 20
"""Bytes of the header of a page: it may have the least and the greatest of its values."""

_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}

MAX_VALUES = 1 << 24
"""Values of a page; some decoders take memory for each, however few bytes it has."""

LONG_WORD = 1 << 10
"""Bytes of a text that is no client id. (One has 200 characters at most, and so 800 bytes.)"""

ROOM = 1 << 28
"""Bytes that the largest page and the largest dictionary of each column may unpack to, together."""

AT_ONCE = 1 << 26
"""Bytes that the rows of a batch may take."""

_BROKEN = "is not a Parquet file that can be read"
_DATA, _DICTIONARY = 0, 2
_LENGTHS_BEFORE, _TEXT_BEFORE = _DELTA = 6, 7

_TRUTH, _LIST, _STRUCT = (1, 2), (9, 10), (12,)
_I32: Wants = {}, (5,)
_I64: Wants = {}, (6,)
_CHUNK: Wanted = {3: ({4: _I32, 5: _I64, 7: _I64, 9: _I64, 11: _I64}, _STRUCT)}
_FOOTER: Wanted = {4: ({1: (_CHUNK, _LIST), 3: _I64}, _LIST)}
_DETAILS: Wants = {1: _I32, 2: _I32}, _STRUCT
_V2: Wants = {1: _I32, 4: _I32, 5: _I32, 6: _I32, 7: ({}, _TRUTH)}, _STRUCT
_PAGE: Wanted = {1: _I32, 2: _I32, 3: _I32, 5: _DETAILS, 7: _DETAILS, 8: _V2}
"""Of the footer of a file, and of the header of a page: the numbers are those of parquet.thrift."""


class ParquetSource(Source):
    """An open Parquet file.

    `places` says of which columns of the file those of a batch are, in their order.
    """

    unit = "rows"

    def start(self) -> None:
        """Read the footer."""
        for module in ("pyarrow.compute", "pyarrow.parquet"):
            import_extra(module, "parquet", "reading Parquet")
        self._arrow = import_extra("pyarrow", "parquet", "reading Parquet")
        with self._refusing():
            file = self._open()
            self._names, kinds = file.schema_arrow.names, file.schema_arrow.types
            self.total = file.metadata.num_rows
        self.name_columns(self._names)
        self._coded = [is_text(kind) and str(kind) != "extension<arrow.uuid>" for kind in kinds]
        self.typings = tuple(["text" if is_text(kind) else "native" for kind in kinds])
        # Columns come by name, and those of one name together: only such without one can be.
        wanted = [place for place, want in enumerate(self.wanted) if want]
        names = [self._names[place] for place in wanted]
        self.places = sorted(wanted, key=lambda place: names.index(self._names[place]))

    def _open(self, encoded: Sequence[str] = (), **more: Any) -> Any:
        # Not buffered before it is read: all of the file would be in memory in the end.
        return self._arrow.parquet.ParquetFile(
            self.file, pre_buffer=False, read_dictionary=list(encoded), **more
        )

    def _refusing(self) -> AbstractContextManager[None]:
        errors = (self._arrow.ArrowException, ValueError, LookupError, TypeError, RecursionError)
        return refusing(self.path, _BROKEN, *errors)

    def batches(self, size: int) -> Iterator[Any]:
        """Yield record batches of the wanted columns, of so many rows at most.

        Text comes as a dictionary wherever it can: so a word that stands in many rows takes its
        memory once, however long it is. Client ids do only if there are words that long, for what
        differs in each row is slow to read that way.

        Raises CaseloadError if the file breaks off, or has other rows than it says.
        """
        with self._refusing():
            coded, size = self._plan(size)
            file = self._open(coded)
            names = dict.fromkeys(map(self._names.__getitem__, self.places))
            read = 0
            for batch in self._joined(file.iter_batches(size, columns=[*names]), size):
                yield batch
                read += len(batch)
                self.rows = read
        if self.rows != self.total:
            raise CaseloadError(self.path, _BROKEN)

    def _joined(self, batches: Iterable[Any], size: int) -> Iterator[Any]:
        """Join small batches, as small row groups give, up to so many rows: each costs its own."""
        some: list[Any] = []
        rows = taken = 0
        for batch in filter(len, batches):
            if some and (rows + len(batch) > size or taken > AT_ONCE):
                yield self._as_one(some)
                some, rows, taken = [], 0, 0
            some.append(batch)
            rows += len(batch)
            taken += batch.get_total_buffer_size()
        if some:
            yield self._as_one(some)

    def _as_one(self, batches: list[Any]) -> Any:
        if len(batches) > 1:
            table = self._arrow.Table.from_batches(batches).unify_dictionaries()
            batches = table.combine_chunks().to_batches()
        return batches[0]

    def records(self) -> Iterator[Record]:
        """Yield a record for every row; a column that is not wanted is None."""
        with self._refusing():
            for batch in self.batches(BATCH):
                columns = map(self._values, map(readable, batch.columns))
                values = dict(zip(self.places, columns, strict=True))
                empty = [None] * len(batch)
                rows = zip(*[values.get(n, empty) for n in range(len(self._names))], strict=True)
                for number, cells in enumerate(rows, self.rows + 1):
                    self.rows = number
                    yield Record(number, cells)

    def _plan(self, size: int) -> tuple[list[str], int]:
        """Return which columns are read by their dictionary, and how many rows at a time.

        Raises CaseloadError if there is no room for what the pages unpack to, or if they have other
        rows than the footer says.
        """
        file, groups = self._open(), self._groups()
        wanted = dict.fromkeys(map(self._names.__getitem__, self.places))
        client = self._names[self.targets.index(CLIENT)]
        coded, heavy, room = [], 0.0, 0
        for number in range(len(file.schema)):
            column = file.schema.column(number)
            if not any(f"{column.path}.".startswith(f"{name}.") for name in wanted):
                continue
            chunks = [(rows, columns[number]) for rows, columns in groups]
            pages = Pages(self._arrow, column, chunks, self.file)
            room += pages.largest
            if room > ROOM:
                raise CaseloadError(self.path, "unpacks to far more than a caseload holds")
            name, longest = column.path, max(pages.words.values(), default=0)
            is_text = name in wanted and self._coded[self._names.index(name)]
            if is_text and longest > LONG_WORD and (pages.are_delta or name == client):
                longest = self._longest(name, pages.words)
            if is_text and not pages.are_delta and (name != client or longest > LONG_WORD):
                coded.append(name)
                longest = 0
            heavy += max(pages.heaviest, longest)
        return coded, min(size, max(1, int(AT_ONCE / max(heavy, 1))))

    def _groups(self) -> list[tuple[int, list[Fields]]]:
        """Return what the footer says of each row group: its rows, and its columns.

        Of pyarrow it cannot be asked: where a footer makes no sense that ends the process.
        """
        self.file.seek(-8, SEEK_END)
        length = int.from_bytes(self.file.read(4), "little")
        self.file.seek(-8 - length, SEEK_END)
        footer, _ = read_struct(self.file.read(length), 0, _FOOTER)
        return [(group[3], group[1]) for group in footer.get(4, [])]

    def _longest(self, name: str, words: Mapping[int, int]) -> int:
        """Return the bytes of the longest word in the dictionaries of a column, or more.

        A row of each group is read, and so its dictionary. pyarrow refuses if each text is told by
        the one before it.
        """
        # By pieces, or all of the file would be read once more.
        file, longest = self._open([name], buffer_size=1 << 16), 0
        for group, most in words.items():
            found = most
            if most > LONG_WORD:
                with suppress(OSError, self._arrow.ArrowException):
                    (row,) = islice(file.iter_batches(1, row_groups=[group], columns=[name]), 1)
                    lengths = self._arrow.compute.binary_length(row.column(0).dictionary)
                    found = self._arrow.compute.max(lengths).as_py() or 0
            longest = max(longest, found)
        return longest

    def _values(self, array: Any) -> list[object]:
        """Return the values of a column as Python has them."""
        types = self._arrow.types
        if types.is_dictionary(array.type):
            array = used_words(array)
            words = self._values(array.dictionary)
            return [None if code is None else words[code] for code in array.indices.to_pylist()]
        if is_text(array.type):
            return text_values(array)
        if types.is_boolean(array.type) or is_number(array.type):
            values: list[object] = array.to_pylist()
            return values
        return [UNREADABLE if there else None for there in array.is_valid().to_pylist()]


class Pages:
    """What the pages of a column unpack to, by what they say themselves: so they are unpacked.

    What a footer says is a claim. `largest` is the sum of the largest page and the largest
    dictionary, `heaviest` the bytes of a row where rows take most, and `words` the bytes of the
    longest word, at most, in the dictionary of each group. Text `are_delta` if it is in one of two
    encodings in which it says how long it is, or how it differs from the text before it: a few
    bytes of the file can stand for gigabytes.

    `chunks` has, per row group, its rows and what the footer says of the column. Raises ValueError,
    LookupError and the like for what is no column.
    """

    def __init__(
        self, arrow: Any, column: Any, chunks: Sequence[tuple[int, Fields]], raw: BinaryIO
    ) -> None:
        self.are_delta = False
        self.words: dict[int, int] = {}
        self.heaviest = 0.0
        self._arrow = arrow
        self._raw = raw
        self._column = column
        self._repeats = column.max_repetition_level > 0
        self._page = self._dictionary = 0
        for group, (rows, chunk) in enumerate(chunks):
            values = self._look_at(group, chunk[3])
            if not self._repeats and not values == chunk[3][5] == rows:
                raise ValueError("there are other rows than the footer says")
        self.largest = self._page + self._dictionary

    def _look_at(self, group: int, chunk: Fields) -> int:
        """Look at the pages of one row group, and return how many values they have."""
        at = chunk[9]
        if not at:  # a group without rows
            return 0
        if 0 < chunk.get(11, 0) < at:
            at = chunk[11]
        end, found, whole = at + chunk[7], 0, 0
        while at < end:
            page, start = self._header(at, end)
            unpacked, packed = page[2], page[3]
            at = start + packed
            if min(unpacked, packed) < 0:
                raise ValueError("a page is not that long")
            if page[1] == _DICTIONARY:
                self._dictionary = max(self._dictionary, unpacked)
                self.words[group] = unpacked - 4 * page[7][1]
                continue
            # Of pages of other types there are none.
            details, encoding = (page[5], 2) if page[1] == _DATA else (page[8], 4)
            values, encoding = details[1], details[encoding]
            if self._column.physical_type == "BYTE_ARRAY" and encoding in _DELTA:
                self.are_delta = True
                self._raw.seek(start)
                data = self._data(page, self._raw.read(packed), chunk[4])
                unpacked += _length(data, values, twice=encoding == _TEXT_BEFORE)
            # Where values repeat there may be any number of them in one row.
            taken = unpacked + (self._column.length or 16) * values
            found, whole = found + values, whole + taken
            large = self._repeats or values > MAX_VALUES
            self._page = max(self._page, whole if large else unpacked)
            self.heaviest = max(self.heaviest, whole if self._repeats else taken / max(values, 1))
        return found

    def _header(self, at: int, end: int) -> tuple[Fields, int]:
        """Return the header of the page that begins here, and where what is in it begins."""
        for size in (256, MAX_HEADER):
            self._raw.seek(at)
            with suppress(IndexError):
                header, length = read_struct(self._raw.read(min(size, end - at)), 0, _PAGE)
                return header, at + length
        raise ValueError("a page does not end")

    def _data(self, page: Fields, data: bytes, codec: int) -> bytes:
        """Return what is in a page of data, without the levels before it."""
        details, levels = page.get(8, {}), 0
        if details:
            levels = details[5] + details[6]
        size = page[2] - levels
        if codec and details.get(7, True):
            if size > ROOM:
                raise MemoryError
            unpacked = self._arrow.decompress(data[levels:], size, codec=_CODECS[codec])
            data, levels = unpacked.to_pybytes(), 0
        if not details and self._column.max_definition_level:
            levels = 4 + int.from_bytes(data[:4], "little")
        return data[levels:]


def _length(data: bytes, values: int, *, twice: bool) -> int:
    """Return how long the texts are, by the numbers before them."""
    total, at = delta_sum(data, 0, values)
    return total + (delta_sum(data, at, values)[0] if twice else 0)


def is_text(kind: Any) -> bool:
    """Return whether a column of this type has texts, by a dictionary or in full."""
    return str(kind.value_type if hasattr(kind, "index_type") else kind) in _TEXTS


_ODD_TEXTS = ("string_view", "extension<arrow.uuid>")
_TEXTS = ("string", "large_string", *_ODD_TEXTS)

_NUMBER = re.compile(r"u?int\d+|halffloat|float|double|decimal\d+\(.*\)")


def is_number(kind: Any) -> bool:
    """Return whether a column of this type has numbers, whole or not."""
    return _NUMBER.fullmatch(str(kind)) is not None


def readable(array: Any) -> Any:
    """Return views of text, and UUIDs, as plain text; all other columns as they are."""
    kind = str(array.type)
    if hasattr(array, "dictionary"):
        if str(array.dictionary.type) in _ODD_TEXTS:
            array = type(array).from_arrays(array.indices, readable(array.dictionary))
    elif kind == "string_view":
        array = array.cast("large_string")
    elif kind in _ODD_TEXTS:
        arrow = import_extra("pyarrow", "parquet", "reading Parquet")
        texts = [None if one is None else str(one) for one in array.to_pylist()]
        array = arrow.array(texts, "string")
    return array


def text_values(array: Any) -> list[object]:
    """Return texts as Python has them: Parquet does not promise that its text is UTF-8."""
    return [_text(raw) for raw in array.cast("large_binary").to_pylist()]


def _text(raw: bytes | None) -> object:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE


def used_words(array: Any) -> Any:
    """Leave out the words of a long dictionary that no row has: a few rows may bring millions."""
    if not hasattr(array, "dictionary") or len(array.dictionary) <= len(array):
        return array
    codes = array.indices.dictionary_encode()
    return type(array).from_arrays(codes.indices, array.dictionary.take(codes.dictionary))
