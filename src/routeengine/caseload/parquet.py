"""Parquet, read in batches through pyarrow (extra `parquet`).

Only the columns that are wanted are read. Text columns are read as text is; what
is typed stays typed. A column of a type that no fact has is not even converted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from routeengine.caseload.source import Record, Typing, optional, refusing
from routeengine.caseload.values import UNREADABLE

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
        parquet = optional("pyarrow.parquet", "parquet", "reading Parquet")
        with refusing(path, _BROKEN, self._arrow.ArrowException, ValueError, KeyError, TypeError):
            # Not memory-mapped: a file that is cut short while it is read would end the process.
            self._file = parquet.ParquetFile(path, memory_map=False)
            self._schema = self._file.schema_arrow
        self.header: tuple[str, ...] | None = tuple(self._schema.names)
        self.typings: tuple[Typing, ...] = tuple(self._typing(kind) for kind in self._schema.types)
        self.total: int | None = self._file.metadata.num_rows
        self.done = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def records(self, wanted: Sequence[bool]) -> Iterator[Record]:
        """Yield a record for every row; a column that is not wanted is None."""
        names = [name for name, want in zip(self._schema.names, wanted, strict=True) if want]
        errors = (self._arrow.ArrowException, ValueError, KeyError, TypeError)
        batches = self._file.iter_batches(batch_size=BATCH, columns=names)
        while True:
            with refusing(self._path, _BROKEN, *errors):
                batch = next(batches, None)
                if batch is None:
                    return
                columns = dict(
                    zip(batch.schema.names, map(self._values, batch.columns), strict=True)
                )
            empty = [None] * batch.num_rows
            for cells in zip(
                *(columns.get(name, empty) for name in self._schema.names), strict=True
            ):
                self.done += 1
                yield Record(self.done, cells)

    def _typing(self, kind: Any) -> Typing:
        types = self._arrow.types
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return "text" if types.is_string(kind) or types.is_large_string(kind) else "native"

    def _values(self, array: Any) -> list[object]:
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
