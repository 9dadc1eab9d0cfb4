"""Rows as CSV, JSON Lines, JSON or Parquet: one by one, or by columns if they come that way."""

from __future__ import annotations

import csv
import io
import json
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, BinaryIO, Final, TypeAlias

from routeengine.lazy import import_extra

Cells: TypeAlias = Sequence[str | None]
"""One row of text, of which None is an empty cell or null."""

CELLS_CACHE_SIZE = 4096
"""Cells that are remembered as they are written: most columns have few different ones."""

BATCH = 8192
"""Rows of text that become columns of a Parquet file at a time."""

GROUP, SHARE = 1 << 26, 16
"""Bytes of columns that become one row group at most, and what part of all that came before.

The file ends with a list of its row groups, which is in memory till then: with one for each batch
it would grow with the file. That they start small leaves little to write when all is read.
"""

ARRAY = 1 << 11
"""Bytes that a column of a batch takes beside what is in it."""

_STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def harmless(cell: str | None) -> str | None:
    """Put an apostrophe before a text that a spreadsheet would read as a formula.

    Source: OWASP, "CSV Injection". Spaces in front are looked through, for some
    spreadsheets drop them.
    """
    if cell and (cell.startswith(_STARTS_A_FORMULA) or cell.lstrip().startswith(_STARTS_A_FORMULA)):
        return f"'{cell}"
    return cell


class Writer:
    """Writes rows into a file that whoever opened it closes."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        self.columns = columns
        self._file = file
        self._start()

    def _start(self) -> None:
        """Write what has to stand before the rows."""

    def row(self, cells: Cells) -> None:
        """Write one row."""

    def batch(self, batch: Any) -> None:
        """Write rows that come by columns: an Arrow record batch."""

    def finish(self) -> None:
        """Write what has to stand at the end."""

    def abandon(self) -> None:
        """Leave the file as it is."""


class TextWriter(Writer):
    """Writes rows as the cells of each column are written, one after the other."""

    def _start(self) -> None:
        self._remembered = lru_cache(CELLS_CACHE_SIZE)(self.cell)

    @abstractmethod
    def cell(self, place: int, text: str | None) -> str:
        """Return a cell of a column as it is written, with what stands before or after it."""
        ...

    def row(self, cells: Cells) -> None:
        """Write one row."""
        client_id, *others = cells
        words = map(self._remembered, range(1, len(cells)), others)
        self._write("".join([self.cell(0, client_id), *words]).encode())

    def batch(self, batch: Any) -> None:
        """Write rows that come by columns: an Arrow record batch."""
        from routeengine.caseload.arrow_text import text_rows  # needs numpy

        for rows in text_rows(batch, self.cell):
            self._write(rows)

    def _write(self, rows: bytes | memoryview) -> None:
        self._file.write(rows)


class CsvWriter(TextWriter):
    """CSV as in RFC 4180, or with tabs; no cell can start a formula in a spreadsheet.

    There is no byte order mark: programs would take it for a part of `client_id`.
    """

    delimiter = ","

    def _start(self) -> None:
        super()._start()
        self._line = io.StringIO()
        self._csv = csv.writer(self._line, delimiter=self.delimiter)
        self.row(self.columns)

    def cell(self, place: int, text: str | None) -> str:
        """Return a cell with the delimiter before it, or the line end after it."""
        self._line.seek(0)
        self._line.truncate()
        # As the second of two cells: a row of one empty cell is written in another way.
        self._csv.writerow(["", harmless(text)])
        line = self._line.getvalue()
        end = len(line) if place == len(self.columns) - 1 else -2
        return line[0 if place else 1 : end]


class TsvWriter(CsvWriter):
    """The same with tabs."""

    delimiter = "\t"


class JsonLinesWriter(TextWriter):
    """One JSON object a line."""

    before, after = "", "\n"

    def cell(self, place: int, text: str | None) -> str:
        """Return a member of an object, with the brace or comma before it."""
        name, value = (json.dumps(one, ensure_ascii=False) for one in (self.columns[place], text))
        start = ", " if place else self.before + "{"
        end = "}" + self.after if place == len(self.columns) - 1 else ""
        return f"{start}{name}: {value}{end}"


class JsonArrayWriter(JsonLinesWriter):
    """One JSON array, an object a line."""

    before, after = ",\n", ""

    def _start(self) -> None:
        super()._start()
        self._empty = True

    def _write(self, rows: bytes | memoryview) -> None:
        # Each object is written with the comma before it; the first one has to do without.
        if self._empty:
            self._file.write(b"[\n")
            rows = rows[len(self.before) :]
            self._empty = False
        self._file.write(rows)

    def finish(self) -> None:
        """Write the end of the array."""
        self._file.write(b"[]\n" if self._empty else b"\n]\n")


class ParquetWriter(Writer):
    """Writes columns of text, in batches through pyarrow (extra `parquet`)."""

    def _start(self) -> None:
        self._arrow = import_extra("pyarrow", "parquet", "writing Parquet")
        parquet = import_extra("pyarrow.parquet", "parquet", "writing Parquet")
        text = self._arrow.string()
        word = self._arrow.dictionary(self._arrow.int32(), text)
        client_id, *others = self.columns
        self._schema = self._arrow.schema([(client_id, text), *((name, word) for name in others)])
        self._rows: list[Cells] = []
        self._held: list[Any] = []
        self._size = 0
        self._written = 0
        # Client ids are all different, so a dictionary of them would be built for nothing. Readers
        # are to see texts, however these were kept here.
        self._parquet = parquet.ParquetWriter(
            self._file, self._schema, use_dictionary=others, store_schema=False
        )

    def row(self, cells: Cells) -> None:
        """Write one row."""
        self._rows.append(cells)
        if len(self._rows) >= BATCH:
            self._turn()

    def _turn(self) -> None:
        """Make columns of the rows."""
        if self._rows:
            columns = zip(*self._rows, strict=True)
            self._rows = []
            self._hold([self._arrow.array(column, self._arrow.string()) for column in columns])

    def batch(self, batch: Any) -> None:
        """Write rows that come by columns: an Arrow record batch."""
        self._turn()
        self._hold(batch.columns)

    def _hold(self, arrays: Iterable[Any]) -> None:
        """Take a batch of rows by columns; it is written when there are enough for a row group."""
        ids, *others = arrays
        # Whatever was coded by fewer bits has the codes of the schema now.
        coded = [one if hasattr(one, "dictionary") else one.dictionary_encode() for one in others]
        columns = zip([ids, *coded], self._schema.types, strict=True)
        cast = [column.cast(kind) for column, kind in columns]
        batch = self._arrow.RecordBatch.from_arrays(cast, schema=self._schema)
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
        """Write the rows that are left, and the footer."""
        self._turn()
        self._write()
        self._parquet.close()

    def abandon(self) -> None:
        """Leave the file as it is."""
        with suppress(Exception):
            # It would close itself later, and complain of a file that is gone.
            self._parquet.close()


WRITERS: Final[dict[str, Callable[[BinaryIO, Sequence[str]], Writer]]] = {
    "csv": CsvWriter,
    "tsv": TsvWriter,
    "parquet": ParquetWriter,
    "jsonl": JsonLinesWriter,
    "json": JsonArrayWriter,
}
"""What writes each format."""
