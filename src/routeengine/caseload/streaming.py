"""A large file classified by columns, in bounded memory: what comes out is as row by row.

All ids of a large file do not fit in memory, so numbers of 64 bits stand for them. If none
of those comes twice no id does. If some do, the file is read again, and the ids behind
those few are compared letter by letter: two ids that share a number are no fault.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import lru_cache, partial
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.arrow_text import Hashes
from routeengine.caseload.batches import Batch, Part, read_parts
from routeengine.caseload.classification import Classification, Report, Tally
from routeengine.caseload.rows import RowFault, repeated_id
from routeengine.caseload.source import refusing_to_write
from routeengine.errors import CaseloadError
from routeengine.profile import CLIENT_ID
from routeengine.result import column_of

T = TypeVar("T")
F = TypeVar("F", bound=SpooledTemporaryFile[Any])

IDS = 1 << 22
"""Ids whose numbers are held in memory, 8 bytes each; more of them go to a temporary file."""

CHUNK = 1 << 20
"""Bytes of numbers that are read at a time."""

FAULTS = 1 << 20
"""Characters of deferred faults that are held in memory; more go to a temporary file."""


class ClientIds:
    """The client ids of a file: as numbers while it is read first, by letter while it is again.

    `repeated` has the numbers that came more than once, sorted, when the file is read again.
    """

    def __init__(self) -> None:
        self.repeated: NDArray[np.uint64] | None = None
        self._hashes = Hashes()
        self._numbers = SpooledTemporaryFile(IDS * 8)
        self._count = 0
        self._rows: dict[str, int] = {}

    def earlier(self, client_id: str, number: int) -> int:
        """Return the first row that an id was in; the row itself while that is not known yet."""
        if self.repeated is not None and self._mark(pa.array([client_id]), self.repeated)[0]:
            return self._rows.setdefault(client_id, number)
        return number

    def look_at(self, part: Part) -> None:
        """Take the ids of some rows, or find those that were in earlier rows."""
        if self.repeated is None:
            ids = part.ids if isinstance(part, Batch) else [row.client_id for row in part]
            numbers = self._hashes.of(pa.array(ids, pa.string()).drop_null())
            with refusing_to_write():
                self._numbers.write(numbers.tobytes())
            self._count += len(numbers)
        elif isinstance(part, Batch):  # a row reader asks by itself
            for place in np.flatnonzero(self._mark(part.ids, self.repeated)).tolist():
                client_id, number = part.ids[place].as_py(), part.first + place
                if client_id is not None and (first := self.earlier(client_id, number)) != number:
                    part.faults.setdefault(place, []).insert(0, repeated_id(first))

    def find_repeated(self) -> NDArray[np.uint64]:
        """Return the numbers that came more than once, sorted."""
        # Ten million ids make 80 MB of numbers. That is three shares: the numbers are gone through
        # three times, and each time only those that leave 0, 1 or 2 when divided by three are kept
        # and sorted, some 27 MB. As numbers are spread evenly, so is the memory.
        shares = np.uint64(self._count // IDS + 1)
        repeated = []
        for share in range(int(shares)):
            some = [np.empty(0, np.uint64)]
            with refusing_to_write():
                self._numbers.seek(0)
            while data := self._numbers.read(CHUNK):
                numbers = np.frombuffer(data, np.uint64)
                some.append(numbers[numbers % shares == share])
            numbers = np.concatenate(some)
            # Each copy of all numbers is as large as what all else takes.
            some.clear()
            numbers.sort()
            repeated.append(np.unique(numbers[1:][numbers[1:] == numbers[:-1]]))
        return np.sort(np.concatenate(repeated))

    def _mark(self, ids: pa.Array, repeated: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Mark the ids whose numbers are repeated: they have to be compared."""
        numbers = self._hashes.of(ids)
        # What is larger than all of them would be past the end.
        places = np.minimum(np.searchsorted(repeated, numbers), len(repeated) - 1)
        is_repeated: NDArray[np.bool_] = repeated[places] == numbers
        return is_repeated

    def close(self) -> None:
        """Close the temporary file."""
        with _closed(self._numbers):
            pass


@contextmanager
def _closed(file: F) -> Iterator[F]:
    """Close a temporary file at the end, whatever it still holds back: that may not fit."""
    try:
        yield file
    finally:
        with suppress(OSError):
            file.close()


def classify_by_columns(classification: Classification) -> Tally:
    """Classify a CSV, JSON Lines or Parquet file; what comes out is as row by row.

    Whether a client id appears in the file twice is known at its end only. Until then faults
    are deferred; if one does, nothing of that reading counts and the file is read again.

    Raises CaseloadError if the file breaks off or the output cannot be written.
    """
    spooled = SpooledTemporaryFile(FAULTS, "w+", encoding="utf-8")
    with closing(ClientIds()) as ids, _closed(spooled) as deferred:

        def defer(fault: RowFault) -> None:
            with refusing_to_write():
                deferred.write(json.dumps([fault.row, fault.field, fault.message]) + "\n")

        def report_deferred() -> None:
            with refusing_to_write():
                deferred.seek(0)
            for line in deferred:
                classification.report(RowFault(*json.loads(line)))
            # What is told is told once, also if the output then finds no room.
            deferred.seek(0)
            deferred.truncate()

        try:
            return _read_once(classification, ids, defer, report_deferred)
        except CaseloadError:
            # Up to where it broke off, an id may appear twice too: then the file is read again.
            ids.repeated = ids.find_repeated()
            if not len(ids.repeated):
                report_deferred()
                raise
        classification.caseload.refuse_change()
        return _read_once(classification, ids, classification.report, lambda: None)


def _read_once(
    classification: Classification, ids: ClientIds, report: Report, at_end: Callable[[], None]
) -> Tally:
    """Classify the file: it is read, classified and written side by side.

    What `at_end` does comes before the output is put in its place: it may fail.

    While this thread writes the rows of one part, the next one is classified in a second
    thread, and the one after that is read in a third; Arrow and numpy let them run at once.
    """
    tally = Tally()
    with classification.output or nullcontext():
        with (
            closing(ahead(_parts(classification, ids))) as parts,
            closing(ahead(_classified(classification, parts))) as classified,
        ):
            for part, evaluated in classified:
                if isinstance(part, Batch):
                    _take(classification, part.first, evaluated, tally, report)
                else:
                    # These are few, and classified one by one as they are written.
                    for row in part:
                        classification.take(row, tally, report)
                classification.progress(classification.caseload)
        if ids.repeated is None and len(ids.find_repeated()):
            raise CaseloadError(classification.caseload.path, "has client ids that appear twice")
        classification.caseload.refuse_change()
        at_end()
    return tally


def _parts(classification: Classification, ids: ClientIds) -> Iterator[Part]:
    for part in read_parts(classification.caseload, ids.earlier):
        ids.look_at(part)
        yield part


def _classified(
    classification: Classification, parts: Iterator[Part]
) -> Iterator[tuple[Part, Any]]:
    reading = lru_cache(
        partial(
            classification.engine.tables.reading,
            named=classification.caseload.path,
            decimal=classification.caseload.decimal,
        )
    )
    for part in parts:
        evaluated = None
        if isinstance(part, Batch):
            table = pa.RecordBatch.from_pydict({CLIENT_ID: part.ids, **part.columns})
            evaluated = reading(table.schema).evaluate(table, part.ids, part.faults)
        yield part, evaluated


def _take(
    classification: Classification, first: int, evaluated: Any, tally: Tally, report: Report
) -> None:
    """Report, count and write the rows of a batch, of which the first has this number."""
    tally.faulty += len(evaluated.faults)
    for place, wrong in sorted(evaluated.faults.items()):
        for field, message in wrong:
            report(RowFault(first + place, field, message))
    verdicts = evaluated.verdicts
    for decision in classification.engine.ruleset.decisions:
        outcome, status = verdicts.column(decision.id), verdicts.column(f"{decision.id}_status")
        # By outcome if there is one, else by status; what has neither does not count.
        for answers in (outcome, status.filter(outcome.is_null())):
            for counted in answers.drop_null().value_counts().to_pylist():
                tally.counts[decision.id, counted["values"]] += counted["counts"]
        missing = verdicts.column(column_of(decision.id, "missing"))
        for counted in missing.drop_null().value_counts().to_pylist():
            for fact in counted["values"].split():
                tally.missing[decision.id, fact] += counted["counts"]
    if classification.output is not None:
        classification.output.write_batch(verdicts)


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Work out one more than was asked for, on another core."""
    # As a list of one, or of none at the end: StopIteration cannot come out of a generator, for
    # Python makes an error of it.
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(list, islice(items, 1))
        while found := coming.result():
            coming = pool.submit(list, islice(items, 1))
            yield found[0]
