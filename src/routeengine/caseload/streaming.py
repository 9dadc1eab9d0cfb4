"""A large file classified by columns, in bounded memory: what comes out is as row by row.

All ids of a large file do not fit in memory, so numbers of 64 bits stand for them. If none
of those comes twice no id does. If some do, the file is read again, and the ids behind
those few are compared letter by letter: two ids that share a number are no fault.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.arrow_text import Hashes
from routeengine.caseload.batches import Batch, Part, read_parts
from routeengine.caseload.classification import Classification, Report, Tally
from routeengine.caseload.rows import RowFault
from routeengine.caseload.writers import ColumnParquetWriter
from routeengine.errors import CaseloadError
from routeengine.profile import CLIENT_ID

T = TypeVar("T")

IDS = 1 << 22
"""Ids whose numbers are held in memory, 8 bytes each; more of them go to a temporary file."""

CHUNK = 1 << 20
"""Bytes of numbers that are read at a time."""

FAULTS = 1 << 20
"""Characters of deferred faults that are held in memory; more go to a temporary file."""


class _AgainError(Exception):
    """Client ids appear twice, so the file is read again; stays in this module."""


class FirstIds:
    """The client ids of the first reading of a file, as numbers."""

    def __init__(self) -> None:
        self.hashes = Hashes()
        self._numbers = SpooledTemporaryFile(IDS * 8)
        self._count = 0

    def earlier(self, client_id: str, number: int) -> int:
        """Return the row itself: which ids come twice is not known yet."""
        return number

    def look_at(self, part: Part) -> None:
        """Take the ids of some rows."""
        if isinstance(part, Batch):
            ids = part.ids.drop_null()
        else:
            ids = pa.array([row.client_id for row in part if row.client_id], pa.string())
        self._numbers.write(self.hashes.of(ids).tobytes())
        self._count += len(ids)

    def refuse_repeated(self) -> None:
        """Raise an error of this module if some may appear twice."""
        if len(self.repeated()):
            raise _AgainError

    def close(self) -> None:
        """Close the temporary file."""
        self._numbers.close()

    def repeated(self) -> NDArray[np.uint64]:
        """Return the numbers that came more than once, sorted."""
        # Ten million ids make 80 MB of numbers. That is three ranges: the numbers are gone through
        # three times, and each time only those in a third of all possible numbers are kept and
        # sorted, some 27 MB. As numbers are spread evenly, so is the memory.
        ranges = self._count // IDS + 1
        width = (1 << 64) // ranges
        repeated = []
        for place in range(ranges):
            low = np.uint64(place * width)
            high = np.uint64((place + 1) * width - 1 if place + 1 < ranges else (1 << 64) - 1)
            some = [np.empty(0, np.uint64)]
            self._numbers.seek(0)
            while data := self._numbers.read(CHUNK):
                numbers = np.frombuffer(data, np.uint64)
                some.append(numbers[(numbers >= low) & (numbers <= high)])
            numbers = np.concatenate(some)
            # Each copy of all numbers is as large as what all else takes.
            some.clear()
            numbers.sort()
            repeated.append(np.unique(numbers[1:][numbers[1:] == numbers[:-1]]))
        return np.concatenate(repeated)


class RepeatedIds:
    """The ids that may appear in a file twice, once it was read, and where they came first."""

    def __init__(self, hashes: Hashes, numbers: NDArray[np.uint64]) -> None:
        self._hashes = hashes
        self._numbers = numbers
        self._rows: dict[str, int] = {}

    def earlier(self, client_id: str, number: int) -> int:
        """Return the first row that an id was in, of the rows that were asked for."""
        if self._mark(pa.array([client_id]))[0]:
            return self._rows.setdefault(client_id, number)
        return number

    def look_at(self, part: Part) -> None:
        """Find the ids of a batch that were in earlier rows; a row reader asks by itself."""
        if not isinstance(part, Batch):
            return
        for place in np.flatnonzero(self._mark(part.ids)).tolist():
            client_id, number = part.ids[place].as_py(), part.first + place
            if client_id is not None and (earlier := self.earlier(client_id, number)) != number:
                fault = f"{CLIENT_ID}: stands in row {earlier} too"
                part.faults[place] = [fault, *part.faults.get(place, [])]

    def refuse_repeated(self) -> None:
        """Do nothing: it is known that some may appear twice."""

    def _mark(self, ids: pa.Array) -> NDArray[np.bool_]:
        """Mark the ids that have to be compared."""
        hashes = self._hashes.of(ids)
        places = np.searchsorted(self._numbers, hashes)
        # What is larger than all of them would be past the end. Any place will do for it, as it is
        # not equal to what is there.
        places[places == len(self._numbers)] = 0
        is_repeated: NDArray[np.bool_] = self._numbers[places] == hashes
        return is_repeated


def classify_by_columns(classification: Classification) -> Tally:
    """Classify a CSV, JSON Lines or Parquet file; what comes out is as row by row.

    Whether a client id appears in the file twice is known at its end only. Until then faults
    are deferred; if one does, nothing of that reading counts and the file is read again.

    Raises CaseloadError if the file breaks off or the output cannot be written.
    """
    output = classification.output
    if output is not None and output.format == "parquet":
        output.make_writer = ColumnParquetWriter
    spooled = SpooledTemporaryFile(FAULTS, "w+", encoding="utf-8")
    with closing(FirstIds()) as first, spooled as deferred:

        def defer(fault: RowFault) -> None:
            deferred.write(json.dumps([fault.row, fault.field, fault.message]) + "\n")

        def report_deferred() -> None:
            deferred.seek(0)
            for line in deferred:
                classification.report(RowFault(*json.loads(line)))

        try:
            tally = _Reading(classification, first, defer).run()
        except (_AgainError, CaseloadError):
            # Up to where it broke off, an id may appear there twice too.
            repeated = first.repeated()
            if not len(repeated):
                report_deferred()
                raise
        else:
            report_deferred()
            return tally
    classification.caseload.refuse_change()
    again = RepeatedIds(first.hashes, repeated)
    return _Reading(classification, again, classification.report).run()


class _Reading:
    """One reading of one file."""

    def __init__(
        self, classification: Classification, ids: FirstIds | RepeatedIds, report: Report
    ) -> None:
        self._classification = classification
        self._caseload = classification.caseload
        self._engine = classification.engine
        self._ids = ids
        self._report = report
        self._tables: dict[pa.Schema, Callable[..., pa.RecordBatch]] = {}
        # What is wrong with a row comes in one text: `rung: must be …; willing: must be …`.
        facts = "|".join(re.escape(fact.id) for fact in self._engine.ruleset.facts)
        self._next_fault = re.compile(f"; (?=(?:{facts}): )")

    def run(self) -> Tally:
        """Classify the file: it is read, classified and written side by side.

        While this thread writes the rows of one part, the next one is classified in a second
        thread, and the one after that is read in a third; Arrow and numpy let them run at once.
        """
        tally = Tally()
        with self._classification.output or nullcontext():
            with (
                closing(ahead(self._parts())) as parts,
                closing(ahead(self._verdicts(parts))) as classified,
            ):
                for part, verdicts in classified:
                    if isinstance(part, Batch):
                        self._take(part, verdicts, tally)
                    else:
                        # These are few, and classified one by one as they are written.
                        for row in part:
                            self._classification.take(row, tally, self._report)
                    self._classification.progress(self._caseload)
            self._ids.refuse_repeated()
            self._caseload.refuse_change()
        return tally

    def _parts(self) -> Iterator[Part]:
        for part in read_parts(self._caseload, self._ids.earlier):
            self._ids.look_at(part)
            yield part

    def _verdicts(self, parts: Iterator[Part]) -> Iterator[tuple[Part, pa.RecordBatch]]:
        for part in parts:
            verdicts = None
            if isinstance(part, Batch):
                table = pa.RecordBatch.from_pydict({CLIENT_ID: part.ids, **part.columns})
                classify = self._tables.get(table.schema)
                if classify is None:
                    reading = self._engine.tables.reading(table.schema, named=self._caseload.path)
                    self._tables[table.schema] = classify = reading.classify
                verdicts = classify(table, part.ids, part.faults)
            yield part, verdicts

    def _take(self, batch: Batch, verdicts: pa.RecordBatch, tally: Tally) -> None:
        """Report, count and write the rows of a batch."""
        errors = verdicts.column("error")
        tally.faulty += len(errors) - errors.null_count
        for place in np.flatnonzero(errors.is_valid()).tolist():
            for one in self._next_fault.split(errors[place].as_py()):
                field, _, message = one.partition(": ")
                self._report(RowFault(batch.first + place, field, message))
        for decision in self._engine.ruleset.decisions:
            columns = (verdicts.column(decision.id), verdicts.column(f"{decision.id}_status"))
            for answer, number in count_verdicts(*columns):
                tally.counts[decision.id, answer] += number
        if self._classification.output is not None:
            self._classification.output.write_batch(verdicts)


def count_verdicts(outcome: pa.Array, status: pa.Array) -> Iterator[tuple[str, int]]:
    """Count by outcome if there is one, else by status; what has neither does not count."""
    outcomes, statuses = ([*a.dictionary.to_pylist(), None] for a in (outcome, status))
    codes = [
        array.indices.cast(pa.int64()).fill_null(len(texts) - 1).to_numpy()
        for array, texts in ((outcome, outcomes), (status, statuses))
    ]
    # Each pair of an outcome and a status gets a number. With outcomes A, B, None and statuses
    # decided, review, None: B and decided is 1 * 3 + 0 = 3, and None and review 2 * 3 + 1 = 7.
    numbers = np.bincount(codes[0] * len(statuses) + codes[1])
    for code in np.flatnonzero(numbers).tolist():
        answer = outcomes[code // len(statuses)] or statuses[code % len(statuses)]
        if answer is not None:
            yield answer, int(numbers[code])


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Work out one more than was asked for, on another core."""
    # As a list of one, or of none at the end: StopIteration cannot come out of a generator, for
    # Python makes an error of it.
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(list, islice(items, 1))
        while found := coming.result():
            coming = pool.submit(list, islice(items, 1))
            yield found[0]
