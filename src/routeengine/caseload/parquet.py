"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from routeengine.caseload.parquet_pages import holds_more
from routeengine.caseload.source import Record, Typing, optional, refusing
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError

BATCH = 8192
"""Rows that are read at a time."""

_BROKEN = "is not a Parquet file that can be read"


class ParquetSource:
    """An open Parquet file."""

    unit = "rows"

    def __init__(self, path: str) -> None:
        self._path = path
        self._arrow = optional("pyarrow", "parquet", "reading Parquet")
        self._compute = optional("pyarrow.compute", "parquet", "reading Parquet")
        self._parquet = optional("pyarrow.parquet", "parquet", "reading Parquet")
        self._file = self._open()
        with self._refusing():
            self._schema = self._file.schema_arrow
        self.header: tuple[str, ...] | None = tuple(self._schema.names)
        self.typings: tuple[Typing, ...] = tuple([self.typing(kind) for kind in self._schema.types])
        self.total: int | None = self._file.metadata.num_rows
        self.done = 0

    def _open(self, encoded: Sequence[str] = ()) -> Any:
        with self._refusing():
            # Not memory-mapped: a file that is cut short while it is read would end the process.
            # Not buffered before it is read: all of the file would be in memory in the end.
            return self._parquet.ParquetFile(
                self._path, memory_map=False, pre_buffer=False, read_dictionary=list(encoded)
            )

    def _refusing(self) -> AbstractContextManager[None]:
        errors = (self._arrow.ArrowException, ValueError, KeyError, TypeError)
        return refusing(self._path, _BROKEN, *errors)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def batches(
        self, names: Sequence[str], size: int, encoded: Sequence[str] = ()
    ) -> Iterator[Any]:
        """Yield record batches of these columns; the `encoded` ones come as dictionaries.

        Raises CaseloadError where the file breaks off, or has other rows than it says.
        """
        self.close()
        self._file = self._open(encoded)
        with self._refusing():
            more = holds_more(self._path, self._file.metadata, names)
            found = self._file.iter_batches(batch_size=size, columns=list(names))
        # An empty one, as a row group without rows may give, says nothing.
        batches: Iterator[Any] = filter(len, found)
        if more:
            raise CaseloadError(self._path, _BROKEN)
        read = 0
        while True:
            with self._refusing():
                batch = next(batches, None)
            if batch is None:
                break
            read += batch.num_rows
            yield batch
        if read != self.total:
            raise CaseloadError(self._path, _BROKEN)

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield a record for every row; a column that is not wanted is None."""
        names = [name for name, want in zip(self._schema.names, wanted, strict=True) if want]
        for batch in self.batches(names, BATCH, self.encodable(names)):
            with self._refusing():
                columns = dict(
                    zip(batch.schema.names, map(self.values, batch.columns), strict=True)
                )
            empty = [None] * batch.num_rows
            for cells in zip(
                *(columns.get(name, empty) for name in self._schema.names), strict=True
            ):
                self.done += 1
                yield Record(self.done, cells)

    def encodable(self, names: Collection[str]) -> list[str]:
        """Give which of these columns are text that can be read by its dictionary.

        So a word that stands in many rows takes its memory once, however long it is.
        """
        self._prove(names)
        with self._refusing():
            metadata = self._file.metadata
            leaves = [metadata.schema.column(place).path for place in range(metadata.num_columns)]
            # Where each text is told by the one before it, pyarrow makes no dictionary.
            differing = {
                leaf
                for place, leaf in enumerate(leaves)
                if leaf in names
                for group in range(metadata.num_row_groups)
                if "DELTA" in ",".join(metadata.row_group(group).column(place).encodings)
            }
        return [
            name
            for name, typing in zip(self._schema.names, self.typings, strict=True)
            if typing == "text" and name in names and name not in differing
        ]

    def _prove(self, names: Collection[str]) -> None:
        """Read a row of each group, so that what is said of its columns is looked at.

        pyarrow refuses here what makes no sense. Asked for it as such, it ends the process.
        """
        with self._refusing():
            # By pieces, or all of the file would be read once more.
            file = self._parquet.ParquetFile(
                self._path, memory_map=False, pre_buffer=False, buffer_size=1 << 16
            )
            for group in range(file.metadata.num_row_groups if names else 0):
                next(file.iter_batches(1, row_groups=[group], columns=list(names)), None)
            file.close()

    def longest_word(self, name: str) -> int:
        """Give the bytes of the longest word in the dictionaries of a column of text."""
        longest = 0
        with self._refusing():
            file = self._open([name])
            for group in range(file.metadata.num_row_groups):
                some = file.iter_batches(1, row_groups=[group], columns=[name])
                for batch in islice(some, 1):
                    words = batch.column(0).dictionary
                    lengths = self._compute.binary_length(words)
                    longest = max(longest, self._compute.max(lengths).as_py() or 0)
            file.close()
        return longest

    def typing(self, kind: Any) -> Typing:
        """Say how the cells of a column of this type are read."""
        types = self._arrow.types
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return "text" if types.is_string(kind) or types.is_large_string(kind) else "native"

    def values(self, array: Any) -> list[object]:
        """Give the values of a column as Python has them."""
        types = self._arrow.types
        if types.is_dictionary(array.type):
            array = used(array)
            words = self.values(array.dictionary)
            return [None if code is None else words[code] for code in array.indices.to_pylist()]
        kind = array.type
        if types.is_boolean(kind) or types.is_integer(kind):
            values: list[object] = array.to_pylist()
            return values
        if types.is_string(kind) or types.is_large_string(kind):
            return [_text(raw) for raw in array.cast(self._binary(kind)).to_pylist()]
        return [UNREADABLE if there else None for there in array.is_valid().to_pylist()]

    def _binary(self, kind: Any) -> Any:
        large = self._arrow.types.is_large_string(kind)
        return self._arrow.large_binary() if large else self._arrow.binary()


def used(array: Any) -> Any:
    """Leave out the words of a long dictionary that no row has: a few rows may bring millions."""
    if len(array.dictionary) <= len(array):
        return array
    codes = array.indices.dictionary_encode()
    return type(array).from_arrays(codes.indices, array.dictionary.take(codes.dictionary))


def _text(raw: bytes | None) -> object:
    """Decode by cell: Parquet does not promise that its text is UTF-8."""
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE
