"""A departure as a document of its own, chained to the record and to the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from typing import Annotated, Literal

from routeengine.departure.advice import Departed, Departure, advice_of, depart
from routeengine.errors import RecordError
from routeengine.record.body import VerdictEntry
from routeengine.record.build import moment
from routeengine.record.difference import Difference
from routeengine.record.document import Record, Sign, Verify, seal, unseal, untouched, verified
from routeengine.record.forms import form_of
from routeengine.record.scalars import Instant
from routeengine.ruleset.model import RuleSet, RuleSetRef


@dataclass(frozen=True, slots=True, repr=False)
class DepartureBody:
    """One departure: the record it is about, and the departure recorded before it."""

    form: Literal["routeengine/departure/1"]
    at: Annotated[datetime, Instant()]
    record_sha256: str
    previous_sha256: str | None
    ruleset: RuleSetRef
    advice: VerdictEntry
    departure: Departure


BODY = form_of(DepartureBody)


@dataclass(frozen=True, slots=True, repr=False)
class DepartureRecord:
    """A departure as a sealed document. Like a record, it *is* its bytes."""

    data: bytes

    @classmethod
    def read(cls, path: str | PathLike[str]) -> DepartureRecord:
        """Read one from a file. Raises RecordError where that is too large, and OSError."""
        return cls(Record.read(path).data)

    def write(self, path: str | PathLike[str]) -> None:
        """Write just these bytes to a file. Raises OSError."""
        Record(self.data).write(path)

    @property
    def sha256(self) -> str:
        """The digest that it names. Raises RecordError where it was touched."""
        return untouched(self.data).sha256

    @property
    def body(self) -> DepartureBody:
        """What it says. Raises RecordError where it was touched, or is no departure."""
        body: DepartureBody = BODY.read(untouched(self.data).body, "")
        return body

    def verified(self, verify: Verify) -> bool:
        """Say whether it is untouched, signed, and signed well in the eyes of `verify`."""
        return verified(self.data, verify)

    def __repr__(self) -> str:
        return f"DepartureRecord({len(self.data)} bytes)"


def record_departure(
    record: Record,
    departure: Departure,
    at: datetime,
    *,
    earlier: Sequence[DepartureRecord] = (),
    ruleset: RuleSet | None = None,
    sign: Sign | None = None,
) -> DepartureRecord:
    """Record a departure from a recorded advice, after the `earlier` ones of that record.

    `at` is the time of recording, with its distance from UTC. Raises what `depart` does,
    and RecordError where the earlier ones are no chain.
    """
    before = departed(record, earlier, ruleset)
    depart(before, departure)
    body = DepartureBody(
        form="routeengine/departure/1",
        at=moment(at),
        record_sha256=record.sha256,
        previous_sha256=earlier[-1].sha256 if earlier else None,
        ruleset=record.body.ruleset,
        advice=before.advice[departure.decision],
        departure=departure,
    )
    return DepartureRecord(seal(BODY.write(body), sign))


def departed(
    record: Record, chain: Sequence[DepartureRecord], ruleset: RuleSet | None = None
) -> Departed:
    """Return a recorded advice and the recorded departures from it, side by side.

    Raises RecordError where the documents are no chain, and what `depart` does.
    """
    for difference in check_chain(record, chain):
        raise RecordError(difference.message, difference.path)
    whole = advice_of(record, ruleset)
    for document in chain:
        whole = depart(whole, document.body.departure)
    return whole


def check_chain(record: Record, chain: Sequence[DepartureRecord]) -> tuple[Difference, ...]:
    """Say where departures do not follow the record, and each other, just as recorded.

    That the last ones were left out cannot be seen: keep the newest digest elsewhere.
    Raises RecordError where the record itself was touched.
    """
    told = record.body
    about = record.sha256
    previous: str | None = None
    differences: list[Difference] = []
    for number, document in enumerate(chain):
        path = f"departures[{number}]"
        try:
            envelope = unseal(document.data)
            body: DepartureBody = BODY.read(envelope.body, "")
        except RecordError as error:
            differences.append(Difference(path, "bytes", str(error)))
            return tuple(differences)
        # Each document names the digest of the one before it: whoever changes, takes out or puts in
        # one of them breaks the chain there, unless all later ones are made anew.
        differences += (Difference(path, "bytes", str(one)) for one in envelope.touched)
        if body.record_sha256 != about:
            differences.append(Difference(path, "digest", "is about another record"))
        if body.previous_sha256 != previous:
            differences.append(Difference(path, "digest", "does not follow the one before it"))
        if body.advice != told.verdicts.get(body.departure.decision):
            differences.append(Difference(path, "verdict", "tells another advice than the record"))
        previous = envelope.sha256
    return tuple(differences)
