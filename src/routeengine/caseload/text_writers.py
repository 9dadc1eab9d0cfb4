"""Rows as CSV, JSON Lines or JSON, in UTF-8."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: str | None) -> str | None:
    """Put an apostrophe before a text that a spreadsheet would read as a formula.

    Source: OWASP, "CSV Injection". Spaces in front are looked through, for some
    spreadsheets drop them.
    """
    if cell and (cell.startswith(_STARTS_A_FORMULA) or cell.lstrip().startswith(_STARTS_A_FORMULA)):
        return f"'{cell}"
    return cell


class _TextWriter:
    """What the formats share: a new file, on the disk for good when it is finished."""

    def __init__(self, path: Path) -> None:
        # "x": never writes into a file that somebody put there.
        self._file: TextIOWrapper = path.open("x", encoding="utf-8", newline="")

    def raw(self, rows: Any) -> None:
        """Write rows that are in UTF-8 already: any buffer of bytes."""
        self._file.flush()
        self._file.buffer.write(rows)

    def finish(self) -> None:
        """Close the file when all of it is on the disk."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()


class CsvWriter(_TextWriter):
    """CSV as in RFC 4180, or with tabs; no cell can start a formula in a spreadsheet.

    There is no byte order mark: programs would take it for a part of `client_id`.
    """

    def __init__(self, path: Path, columns: Sequence[str], delimiter: str) -> None:
        super().__init__(path)
        try:
            self._csv = csv.writer(self._file, delimiter=delimiter)
            self._csv.writerow(columns)
        except BaseException:
            self.abandon()
            raise

    def row(self, cells: list[str | None]) -> None:
        """Write one row; None is an empty cell."""
        self._csv.writerow(map(harmless, cells))


class JsonLinesWriter(_TextWriter):
    """One JSON object a line."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        super().__init__(path)
        self._columns = columns

    def row(self, cells: list[str | None]) -> None:
        """Write one row; None is null."""
        self._file.write(self._object(cells) + "\n")

    def _object(self, cells: list[str | None]) -> str:
        return json.dumps(dict(zip(self._columns, cells, strict=True)), ensure_ascii=False)


class JsonArrayWriter(JsonLinesWriter):
    """One JSON array, an object a line."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        super().__init__(path, columns)
        self._before = "[\n"

    def row(self, cells: list[str | None]) -> None:
        """Write one row; None is null."""
        self._file.write(self._before + self._object(cells))
        self._before = ",\n"

    def finish(self) -> None:
        """End the array, and close the file when all of it is on the disk."""
        self._file.write("[]\n" if self._before == "[\n" else "\n]\n")
        super().finish()
