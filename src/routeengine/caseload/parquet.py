"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from routeengine.caseload.source import Record, Typing, refusing
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError
from routeengine.lazy import import_extra

BATCH = 8192
"""Rows that are read at a time."""

LONG_WORD = 1 << 10
"""Bytes of a text that is no client id. (One has 200 characters at most, and so 800 bytes.)"""

_BROKEN = "is not a Parquet file that can be read"


class ParquetSource:
    """An open Parquet file."""

    unit = "rows"

    def __init__(self, path: str) -> None:
        self._path = path
        self._arrow = import_extra("pyarrow", "parquet", "reading Parquet")
        self._compute = import_extra("pyarrow.compute", "parquet", "reading Parquet")
        self._parquet = import_extra("pyarrow.parquet", "parquet", "reading Parquet")
        with self._refusing():
            self._file = self._open()
            self._schema = self._file.schema_arrow
        self.header: tuple[str, ...] | None = tuple(self._schema.names)
        self.typings: tuple[Typing, ...] = tuple(
            [self._typing(kind) for kind in self._schema.types]
        )
        self.total: int | None = self._file.metadata.num_rows
        self.done = 0

    def _open(self, encoded: Sequence[str] = (), **more: Any) -> Any:
        # Not memory-mapped: a file that is cut short while it is read would end the process.
        # Not buffered before it is read: all of the file would be in memory in the end.
        return self._parquet.ParquetFile(
            self._path, memory_map=False, pre_buffer=False, read_dictionary=list(encoded), **more
        )

    def _refusing(self) -> AbstractContextManager[None]:
        errors = (self._arrow.ArrowException, ValueError, KeyError, TypeError)
        return refusing(self._path, _BROKEN, *errors)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def batches(self, wanted: Sequence[bool], size: int, plain: str = "") -> Iterator[Any]:
        """Yield record batches of the wanted columns, of so many rows at most.

        Text comes as a dictionary wherever it can: so a word that stands in many rows takes its
        memory once, however long it is. The column `plain` does only if it has words that long,
        for what differs in each row is slow to read that way.

        Raises CaseloadError if the file breaks off, or has other rows than it says.
        """
        names = [name for name, want in zip(self._schema.names, wanted, strict=True) if want]
        with self._refusing():
            encoded = self._encodable(names, plain)
            self.close()
            self._file = self._open(encoded)
            every = self._file.iter_batches(batch_size=size, columns=names)
        # An empty one, as a row group without rows may give, says nothing.
        batches: Iterator[Any] = filter(len, every)
        read = 0
        while True:
            with self._refusing():
                batch = next(batches, None)
            if batch is None:
                break
            yield batch
            read += batch.num_rows
            self.done = read
        if read != self.total:
            raise CaseloadError(self._path, _BROKEN)

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield a record for every row; a column that is not wanted is None."""
        for batch in self.batches(wanted, BATCH):
            first = self.done + 1
            for number, record in enumerate(self.records_of(batch, first), first):
                self.done = number
                yield record

    def records_of(self, batch: Any, first: int) -> Iterator[Record]:
        """Yield a record for every row of a batch, of which the first has this number."""
        with self._refusing():
            columns = dict(zip(batch.schema.names, map(self._values, batch.columns), strict=True))
        empty = [None] * batch.num_rows
        rows = zip(*(columns.get(name, empty) for name in self._schema.names), strict=True)
        for number, cells in enumerate(rows, first):
            yield Record(number, cells)

    def _encodable(self, names: Sequence[str], plain: str) -> list[str]:
        """Return which of these columns are to be read by their dictionary.

        A row of each group is read, and so its dictionary. pyarrow refuses if each text is
        told by the one before it. (It says what encodings there are, too: but asked that of a
        footer that makes no sense, it ends the process.)
        """
        texts = [n for n, typing in zip(self._schema.names, self.typings, strict=True)
                 if typing == "text" and n in names]  # fmt: skip
        # By pieces, or all of the file would be read once more.
        file = self._open(texts, buffer_size=1 << 16)
        encodable = []
        for name in texts:
            longest = 0
            try:
                for group in range(file.metadata.num_row_groups):
                    row = next(file.iter_batches(1, row_groups=[group], columns=[name]), None)
                    if row is not None and name == plain:
                        lengths = self._compute.binary_length(row.column(0).dictionary)
                        longest = max(longest, self._compute.max(lengths).as_py() or 0)
            except (OSError, self._arrow.ArrowException):
                continue
            if name != plain or longest > LONG_WORD:
                encodable.append(name)
        file.close()
        return encodable

    def _typing(self, kind: Any) -> Typing:
        """Return how the cells of a column of this type are read."""
        types = self._arrow.types
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return "text" if types.is_string(kind) or types.is_large_string(kind) else "native"

    def _values(self, array: Any) -> list[object]:
        """Return the values of a column as Python has them."""
        types = self._arrow.types
        kind = array.type
        if types.is_dictionary(kind):
            array = used_words(array)
            words = self._values(array.dictionary)
            return [None if code is None else words[code] for code in array.indices.to_pylist()]
        if types.is_boolean(kind) or types.is_integer(kind):
            values: list[object] = array.to_pylist()
            return values
        if self._typing(kind) == "text":
            large = types.is_large_string(kind)
            binary = self._arrow.large_binary() if large else self._arrow.binary()
            return [_text(raw) for raw in array.cast(binary).to_pylist()]
        return [UNREADABLE if there else None for there in array.is_valid().to_pylist()]


def used_words(array: Any) -> Any:
    """Leave out the words of a long dictionary that no row has: a few rows may bring millions."""
    if len(array.dictionary) <= len(array):
        return array
    codes = array.indices.dictionary_encode()
    return type(array).from_arrays(codes.indices, array.dictionary.take(codes.dictionary))


def _text(raw: bytes | None) -> object:
    """Decode by cell: Parquet does not promise that its text is UTF-8."""
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE
