"""Large caseload files classified by columns: what comes out is as row by row."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from tempfile import TemporaryFile
from typing import IO, TypeAlias

import numpy as np
import pyarrow as pa

from routeengine.caseload import Caseload, Row
from routeengine.caseload.columnar import Batch, ClientIds, ColumnOutput, Repeated, Told, batches
from routeengine.caseload.writing import Cells
from routeengine.engine import Engine
from routeengine.errors import CaseloadError
from routeengine.profile import CLIENT_ID
from routeengine.result import Result
from routeengine.tables import TableReading

Counts: TypeAlias = Counter[tuple[str, str]]

_Opens: TypeAlias = Callable[[], AbstractContextManager[ColumnOutput | None]]
_Shows: TypeAlias = Callable[[Iterable[Batch]], Iterable[Batch]]

PIECE = 1 << 20
"""Characters of faults that are shown at a time."""


class _AgainError(Exception):
    """Client ids stand there twice, so the file is read again; stays in this module."""


class Stream:
    """Classifies one caseload file in batches, in bounded memory.

    Whether a client id stands in the file twice is known at its end only. Until then faults
    are kept back; where one does, nothing of that reading counts and the file is read again.
    `opens` opens the output for each reading, and `shows` shows how far it is.
    """

    def __init__(self, engine: Engine, caseload: Caseload, opens: _Opens, shows: _Shows) -> None:
        self._engine = engine
        self._caseload = caseload
        self._opens = opens
        self._shows = shows
        self._cells = Cells(engine.ruleset)
        self._readings: dict[pa.Schema, TableReading] = {}

    def classify(self) -> tuple[Counts, int]:
        """Classify the file; give how many have each outcome or status, and are faulty.

        Raises CaseloadError where the file breaks off or the output cannot be written.
        """
        with ClientIds() as seen, kept_back() as faults:
            try:
                return self._first(seen, faults)
            except _AgainError:
                pass
            except CaseloadError:
                # Up to where it broke off, an id may stand there twice too.
                if not len(seen.repeated()):
                    show(faults)
                    raise
            repeated = Repeated(seen.hashes, seen.repeated())
        self._caseload.refuse_change()
        with self._opens() as out:
            found = self._read(batches(self._caseload, repeated=repeated), out, sys.stderr)
            self._caseload.refuse_change()
        return found

    def _first(self, seen: ClientIds, faults: IO[str]) -> tuple[Counts, int]:
        with self._opens() as out:
            found = self._read(batches(self._caseload, seen), out, faults)
            if len(seen.repeated()):
                raise _AgainError
            self._caseload.refuse_change()
        show(faults)
        return found

    def _read(
        self, found: Iterator[Batch], out: ColumnOutput | None, faults: IO[str]
    ) -> tuple[Counts, int]:
        counts: Counts = Counter()
        faulty = 0
        with ThreadPoolExecutor(1) as writing, closing(ahead(found)) as reading:
            written: Future[None] | None = None
            for batch in self._shows(reading):
                columns = self._told(batch)
                for row in batch.rows.values():
                    faulty += row.profile is None
                    for fault in row.faults:
                        print(f"{self._caseload.path}:{fault}", file=faults)
                for decision in self._engine.ruleset.decisions:
                    outcome, status = columns[decision.id], columns[f"{decision.id}_status"]
                    for told, number in _both(outcome, status).items():
                        counts[decision.id, told] += number
                if out is not None:
                    if written is not None:
                        written.result()
                    written = writing.submit(out.write_block, batch.ids, columns)
            if written is not None:
                written.result()
        return counts, faulty

    def _told(self, batch: Batch) -> Mapping[str, Told]:
        """Give the columns of the output but the first."""
        names = self._cells.columns[1:]
        if len(batch.rows) == len(batch):
            nothing = Told(np.zeros(len(batch), np.int32), (None,))
            columns = dict.fromkeys(names, nothing)
        else:
            columns = self._plain(batch)
        rows = list(batch.rows.values())
        if rows:
            results = self._results(rows)
            cells = [
                self._cells.row(row.client_id, result, row.faults)
                for row, result in zip(rows, results, strict=True)
            ]
            places = list(batch.rows)
            for name, texts in zip(names, list(zip(*cells, strict=True))[1:], strict=True):
                columns[name] = columns[name].put(places, texts)
        return columns

    def _plain(self, batch: Batch) -> dict[str, Told]:
        table = pa.RecordBatch.from_pydict({CLIENT_ID: batch.ids, **batch.facts})
        reading = self._readings.get(table.schema)
        if reading is None:
            reading = self._engine.tables.reading(table.schema, named=self._caseload.path)
            self._readings[table.schema] = reading
        verdicts = reading.classify(table)
        return {name: _coded(verdicts.column(name)) for name in self._cells.columns[1:]}

    def _results(self, rows: list[Row]) -> list[Result | None]:
        good = [row.profile for row in rows if row.profile is not None]
        results = iter(self._engine.classify_many(good))
        return [None if row.profile is None else next(results) for row in rows]


def _coded(array: pa.Array) -> Told:
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    texts = array.dictionary.to_pylist()
    if not array.null_count:
        return Told(array.indices.to_numpy(), texts)
    codes = array.indices.cast(pa.int32()).fill_null(len(texts)).to_numpy()
    return Told(codes, [*texts, None])


def _both(outcome: Told, status: Told) -> dict[str, int]:
    """Count by outcome where there is one, else by status; what has neither does not count."""
    many = len(status.texts)
    numbers = np.bincount(outcome.codes.astype(np.int64) * many + status.codes)
    found: dict[str, int] = {}
    for code in np.flatnonzero(numbers).tolist():
        told = outcome.texts[code // many] or status.texts[code % many]
        if told is not None:
            found[told] = found.get(told, 0) + int(numbers[code])
    return found


def ahead(found: Iterator[Batch]) -> Generator[Batch, None, None]:
    """Read one batch ahead, on another core."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, found, None)
        while (batch := coming.result()) is not None:
            coming = pool.submit(next, found, None)
            yield batch


def kept_back() -> IO[str]:
    """Open a file for faults. As on a terminal, what is not text in a file's name becomes `?`."""
    return TemporaryFile("w+", encoding="utf-8", errors="replace", newline="")


def show(faults: IO[str]) -> None:
    """Print the faults that were kept back; where the disk was full, the last is no whole line."""
    faults.seek(0)
    rest = ""
    while text := faults.read(PIECE):
        whole, end, rest = (rest + text).rpartition("\n")
        sys.stderr.write(whole + end)
