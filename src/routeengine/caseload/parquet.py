"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from routeengine.caseload.parquet_pages import holds_more
from routeengine.caseload.source import Record, Typing, optional, refusing
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError

__all__ = ["ParquetSource"]

BATCH = 8192
"""Rows that are read at a time."""

_BROKEN = "is not a Parquet file that can be read"


class ParquetSource:
    """An open Parquet file."""

    unit = "rows"

    def __init__(self, path: str) -> None:
        self._path = path
        self._arrow = optional("pyarrow", "parquet", "reading Parquet")
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
            return self._parquet.ParquetFile(
                self._path, memory_map=False, read_dictionary=list(encoded)
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
        if encoded:
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
        for batch in self.batches(names, BATCH):
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

    def typing(self, kind: Any) -> Typing:
        """Say how the cells of a column of this type are read."""
        types = self._arrow.types
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return "text" if types.is_string(kind) or types.is_large_string(kind) else "native"

    def values(self, array: Any) -> list[object]:
        """Give the values of a column as Python has them."""
        types = self._arrow.types
        if types.is_dictionary(array.type):
            array = array.dictionary_decode()
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


def _text(raw: bytes | None) -> object:
    """Decode by cell: Parquet does not promise that its text is UTF-8."""
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return UNREADABLE
