"""Rows as Parquet, in batches through pyarrow (extra `parquet`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from routeengine.caseload.source import optional

__all__ = ["ParquetWriter"]

BATCH = 8192
"""Rows that are written at a time."""


class ParquetWriter:
    """Writes columns of text."""

    def __init__(self, path: Path, columns: Sequence[str], **options: Any) -> None:
        self._arrow = optional("pyarrow", "parquet", "writing Parquet")
        parquet = optional("pyarrow.parquet", "parquet", "writing Parquet")
        self._schema = self._arrow.schema([(name, self.kind(name)) for name in columns])
        self._rows: list[list[str | None]] = []
        # "x": never writes into a file that somebody put there.
        self._file = path.open("xb")
        try:
            self._parquet = parquet.ParquetWriter(self._file, self._schema, **options)
        except BaseException:
            self._file.close()
            raise

    def kind(self, name: str) -> Any:  # noqa: ARG002  a writer of blocks tells columns apart
        """Give the type of a column."""
        return self._arrow.string()

    def row(self, cells: list[str | None]) -> None:
        """Write one row; None is null."""
        self._rows.append(cells)
        if len(self._rows) >= BATCH:
            self._write()

    def _write(self) -> None:
        if self._rows:
            columns = list(map(list, zip(*self._rows, strict=True)))
            self._parquet.write_batch(
                self._arrow.RecordBatch.from_arrays(
                    [self._arrow.array(column, self._arrow.string()) for column in columns],
                    schema=self._schema,
                )
            )
            self._rows = []

    def finish(self) -> None:
        """Write what is left, and close the file when all of it is on the disk."""
        try:
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
