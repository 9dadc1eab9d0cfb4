"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from itertools import islice
from typing import Any

from routeengine.caseload.columns import CLIENT
from routeengine.caseload.parquet_heads import Heads, read_groups
from routeengine.caseload.parquet_pages import ROOM, Pages
from routeengine.caseload.source import Record, Source, refusing
from routeengine.caseload.typed_columns import days, refuse_types, units_of_day
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

BATCH = 8192
"""Rows that are read at a time."""

LONG_WORD = 1 << 10
"""Bytes of a text that is no client id. (One has 200 characters at most, and so 800 bytes.)"""

SMALL = 1 << 10
"""Rows of a small row group."""

AT_ONCE = 1 << 26
"""Bytes that the rows of a batch may take."""

OVERHEAD = 1 << 10
"""Bytes that a column of a batch takes beside its values."""

_BROKEN = "is not a Parquet file that can be read"


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
        self._metadata: Any = None  # of each time that it is opened; it is read once
        with self._refusing():
            file = self._open()
            self._names, kinds = file.schema_arrow.names, file.schema_arrow.types
            self._metadata = file.metadata
            self.total = self._metadata.num_rows
        self.name_columns(self._names)
        refuse_types(self.path, kinds, self.targets)
        self._coded = [is_text(kind) and str(kind) != "extension<arrow.uuid>" for kind in kinds]
        self.typings = tuple(["text" if is_text(kind) else "native" for kind in kinds])
        # Columns come by name, and those of one name together: only such without one can be.
        wanted = [place for place, want in enumerate(self.wanted) if want]
        self._wanted_names = list(dict.fromkeys(self._names[place] for place in wanted))
        self.places = sorted(wanted, key=lambda place: self._wanted_names.index(self._names[place]))

    def _open(self, encoded: Sequence[str] = (), **more: Any) -> Any:
        # Not buffered before it is read: all of the file would be in memory in the end.
        return self._arrow.parquet.ParquetFile(
            self.file,
            metadata=self._metadata,
            pre_buffer=False,
            read_dictionary=list(encoded),
            **more,
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
            coded, size, largest = self._plan(size)
            # There is room made for as many rows as are asked for, and of a few rows at a time
            # threads cost more than they do.
            found = self._open(coded).iter_batches(
                min(size, largest), columns=self._wanted_names, use_threads=largest > SMALL
            )
            read = 0
            for batch in self._joined(found, size):
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
            taken += batch.get_total_buffer_size() + OVERHEAD * batch.num_columns
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
                columns = map(cells, map(readable, batch.columns))
                values = dict(zip(self.places, columns, strict=True))
                empty = [None] * len(batch)
                rows = zip(*[values.get(n, empty) for n in range(len(self._names))], strict=True)
                for number, row in enumerate(rows, self.rows + 1):
                    self.rows = number
                    yield Record(number, row)

    def _plan(self, size: int) -> tuple[list[str], int, int]:
        """Return which columns are read by their dictionary, and how many rows at a time.

        And how many rows the largest row group has.

        Raises CaseloadError if there is no room for what the pages unpack to, or if they have other
        rows than the footer says.
        """
        columns, largest = self._columns()
        if sum(pages.largest for _, pages in columns) > ROOM:
            raise CaseloadError(self.path, "unpacks to far more than a caseload holds")
        client = self._names[self.targets.index(CLIENT)]
        coded, heavy = [], 0.0
        for name, pages in columns:
            longest = max(pages.words.values(), default=0)
            is_text = name in self._wanted_names and self._coded[self._names.index(name)]
            if is_text and longest > LONG_WORD and (pages.are_delta or name == client):
                longest = self._longest(name, pages.words)
            if is_text and not pages.are_delta and (name != client or longest > LONG_WORD):
                coded.append(name)
                longest = 0
            heavy += max(pages.heaviest, longest)
        return coded, min(size, max(1, int(AT_ONCE / max(heavy, 1)))), largest

    def _columns(self) -> tuple[list[tuple[str, Pages]], int]:
        """Return the path of each column that is wanted, or of a part of one, and its pages.

        And how many rows the largest row group has.
        """
        schema, heads = self._metadata.schema, Heads(self.file)
        columns = {}
        for number in range(len(schema)):
            column = schema.column(number)
            if any(f"{column.path}.".startswith(f"{name}.") for name in self._wanted_names):
                columns[number] = column.path, Pages(self._arrow, column, heads)
        # In the order of the file, or every head would be read from somewhere else.
        largest = 1
        for group, (rows, chunks) in enumerate(read_groups(self.file)):
            largest = max(largest, rows)
            for number, (_, pages) in columns.items():
                pages.look_at(group, rows, chunks[number])
        return [*columns.values()], largest

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


def cells(array: Any) -> list[object]:
    """Return the values of a column as Python has them."""
    if hasattr(array, "dictionary"):
        array = used_words(array)
        words = cells(array.dictionary)
        return [None if code is None else words[code] for code in array.indices.to_pylist()]
    if is_text(array.type):
        return text_values(array)
    if str(array.type) == "bool" or is_number(array.type):
        values: list[object] = array.to_pylist()
        return values
    if units_of_day(array.type):
        return days(array)
    return [UNREADABLE if there else None for there in array.is_valid().to_pylist()]


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
