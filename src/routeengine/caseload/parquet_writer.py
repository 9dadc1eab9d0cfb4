"""Rows as Parquet, in batches through pyarrow (extra `parquet`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from routeengine.caseload.source import optional

BATCH = 8192
"""Rows of text that become columns at a time."""

GROUP, SHARE = 1 << 26, 16
"""Bytes of columns that become one row group at most, and what part of all that came before.

The file ends with a list of its row groups, which is in memory till then: with one for each batch
it would grow with the file. That they start small leaves little to write when all is read.
"""

ARRAY = 1 << 11
"""Bytes that a column of a batch takes beside what is in it."""


class ParquetWriter:
    """Writes columns of text."""

    def __init__(self, path: Path, columns: Sequence[str], **options: Any) -> None:
        self._arrow = optional("pyarrow", "parquet", "writing Parquet")
        parquet = optional("pyarrow.parquet", "parquet", "writing Parquet")
        self._schema = self._arrow.schema([(name, self.kind(name)) for name in columns])
        self._rows: list[list[str | None]] = []
        self._held: list[Any] = []
        self._size = 0
        self._written = 0
        # "x": never writes into a file that somebody put there.
        self._file = path.open("xb")
        try:
            self._parquet = parquet.ParquetWriter(self._file, self._schema, **options)
        except BaseException:
            self._file.close()
            raise

    def kind(self, name: str) -> Any:  # a writer of blocks tells columns apart
        """Give the type of a column."""
        return self._arrow.string()

    def row(self, cells: list[str | None]) -> None:
        """Write one row; None is null."""
        self._rows.append(cells)
        if len(self._rows) >= BATCH:
            self._turn()

    def _turn(self) -> None:
        """Make columns of the rows."""
        if self._rows:
            columns = map(list, zip(*self._rows, strict=True))
            self._rows = []
            self.hold([self._arrow.array(column, self._arrow.string()) for column in columns])

    def hold(self, arrays: Sequence[Any]) -> None:
        """Take a batch of rows by columns; it is written when there are enough for a row group."""
        batch = self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._held.append(batch)
        self._size += batch.nbytes + ARRAY * batch.num_columns
        if self._size >= min(GROUP, self._written // SHARE):
            self._write()

    def _write(self) -> None:
        if self._held:
            table = self._arrow.Table.from_batches(self._held, self._schema)
            self._written += self._size
            self._held, self._size = [], 0
            # Where a dictionary changes within a row group, pyarrow writes words in full.
            self._parquet.write_table(table.unify_dictionaries())

    def finish(self) -> None:
        """Write what is left, and close the file when all of it is on the disk."""
        try:
            self._turn()
            self._write()
            self._parquet.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        with suppress(Exception):
            # It would close itself later, and complain of a file that is gone.
            self._parquet.close()
        self._file.close()
