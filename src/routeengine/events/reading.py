"""A file of events: CSV or JSON Lines, one event a record, each held to what its kind has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from routeengine.caseload import RowFault
from routeengine.caseload.columns import CLIENT, NoFact, Skip, Target
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import JsonLinesSource
from routeengine.caseload.reading import FORMATS
from routeengine.caseload.rows import WHOLE_ROW
from routeengine.caseload.source import Record, Source, refuse_name, refusing
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.client_id import parse_cell
from routeengine.departure import Departure, check_text
from routeengine.dossier import Dossier
from routeengine.errors import CaseloadError, DepartureError, DossierError, listed
from routeengine.events.model import Activation, ClientEvents, Decided, Events
from routeengine.months import today
from routeengine.observation import Observation
from routeengine.profile import CLIENT_ID
from routeengine.quantities import DecimalSign, check_decimal
from routeengine.ruleset.flaws import did_you_mean
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.naming import fold_name

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "classification": (),
    "conversation": ("assessor",),
    "observation": ("fact", "value", "source", "assessor"),
    "activation": ("form",),
    "decided": ("decision", "outcome", "role"),
    "departure": ("decision", "outcome", "role", "reason"),
}
"""Every kind of event, and the fields that it has beside the client, the kind and the date."""

COMMON: Final = (CLIENT_ID, "event", "date")

FIELDS: Final = tuple(
    dict.fromkeys((*COMMON, *(name for all_ in EVENTS.values() for name in all_)))
)
"""Every field, as a header of CSV has them."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_events(
    path: str | Path,
    ruleset: RuleSet,
    as_of: date | None = None,
    *,
    decimal: DecimalSign | None = None,
) -> Events:
    """Read a file of events: `.csv`, `.tsv` or `.txt`, or JSON Lines.

    `docs/events.md` describes the file. `as_of` is the `date` from which it is looked at, today if
    it is None: an event after that day is a fault. `decimal` is as for `open_caseload`. A record
    with a fault is left out, and `Events.faults` says what is wrong.

    Raises CaseloadError if the file cannot be read, or its columns are no fields of events.
    """
    place = str(path)
    refuse_name(place)
    form = FORMATS.get(Path(place).suffix.lower(), "")
    if form not in _SOURCES:
        raise CaseloadError(place, "has no ending that is read for events: use .csv or .jsonl")
    reader = _Reader(ruleset, today() if as_of is None else as_of, check_decimal(decimal))
    with (
        refusing(place, "cannot be read"),
        closing(_SOURCES[form](place, _Headings(ruleset))) as it,
    ):
        for record in it.records():
            reader.take(record, it)
    clients = {client: _ordered(held) for client, held in reader.clients.items()}
    return Events(place, ruleset, reader.as_of, clients, tuple(reader.faults))


class _Headings:
    """What the columns of a file of events are for."""

    def __init__(self, ruleset: RuleSet) -> None:
        names = {fold_name(name): name for name in FIELDS}
        aliases = dict.fromkeys(map(fold_name, ruleset.client_id_aliases), CLIENT_ID)
        self._names = aliases | names

    def known(self, header: Sequence[str]) -> int:
        """Count the headings that are fields."""
        return sum(self.target(heading) is not None for heading in header)

    def resolve(self, path: str, header: Sequence[str]) -> tuple[Target, ...]:
        """Return what every column is for; raises CaseloadError for those that are none."""
        found = [self.target(heading) for heading in header]
        places = [str(place) for place, target in enumerate(found, 1) if target is None]
        if places:
            known = f"{listed(FIELDS)}"
            message = f"column {', '.join(places)} is no field of events: these are {known}"
            raise CaseloadError(path, message)
        missing = [name for name in COMMON if NoFact(name) not in found]
        if missing or len(set(found)) < len(found):
            what = f"has no column {listed(missing)}" if missing else "has a column twice"
            raise CaseloadError(path, what)
        return tuple(target for target in found if target is not None)

    def find_header(
        self, first: Sequence[str], more: Iterable[tuple[int, Sequence[str]]]
    ) -> int | None:
        """Return None: in a file of events the header is the first line."""
        return None

    def target(self, heading: str) -> Target | None:
        """Return the field of a heading, or None."""
        name = self._names.get(fold_name(heading))
        return None if name is None else NoFact(name)

    def complaint(self, key: str, position: int) -> tuple[str, str]:
        """Return the field, and what is wrong, for a name that is no field."""
        hint = did_you_mean(key, FIELDS)
        return f"(name {position})", f"is no field of events{f' ({hint})' if hint else ''}"


_SOURCES: Final[Mapping[str, Callable[[str, _Headings], Source]]] = {
    "csv": DelimitedSource,
    "jsonl": JsonLinesSource,
}


class _FieldError(Exception):
    """A field is wrong; it does not leave this module."""

    def __init__(self, name: str, message: str) -> None:
        self.name, self.message = name, message
        super().__init__(name, message)


class _Reader:
    """Reads records one by one, and keeps what they say."""

    def __init__(self, ruleset: RuleSet, as_of: date, decimal: DecimalSign | None) -> None:
        self.ruleset = ruleset
        self.as_of = as_of
        self.clients: dict[str, ClientEvents] = {}
        self.faults: list[RowFault] = []
        self._facts = {fact.id: FactReader(ruleset, fact, decimal) for fact in ruleset.facts}
        follow_up = ruleset.follow_up
        self._forms = [form.id for form in follow_up.forms] if follow_up else []
        sources = ruleset.evidence.sources if ruleset.evidence else ()
        # What a conversation shows, by the source that shows something whatever is noted there.
        self._settled = [
            (source.id, fact, value) for source in sources for fact, value in source.sets.items()
        ]

    def take(self, record: Record, source: Source) -> None:
        """Take one record in, or keep what is wrong with it."""
        if record.problem:
            self.faults.append(RowFault(record.number, WHOLE_ROW, record.problem))
            return
        try:
            given = self._given(record, source)
            client_id, kind, day = self._common(given)
            held = self.clients.get(client_id, ClientEvents())
            self._read(held, kind, day, given, is_text=bool(source.targets))
        except _FieldError as wrong:
            self.faults.append(RowFault(record.number, wrong.name, wrong.message))
        else:
            held.rows.append(record.number)
            self.clients[client_id] = held

    def _given(self, record: Record, source: Source) -> dict[str, Any]:
        """Return the fields of a record in which something stands."""
        given: dict[str, Any] = {}
        pairs: Iterable[tuple[Target | None, str, object]]
        if source.targets:
            pairs = ((t, "", cell) for t, cell in zip(source.targets, record.cells, strict=True))
        else:
            pairs = ((source.columns.target(key), key, value) for key, value in record.cells)
        for position, (target, key, value) in enumerate(pairs, 1):
            if target is None or isinstance(target, Skip):
                raise _FieldError(*source.columns.complaint(key, position))
            if target.id in given:
                raise _FieldError(target.id, "stands more than once")
            if not (value is None or (isinstance(value, str) and not value.strip())):
                given[target.id] = value
        return given

    def _common(self, given: Mapping[str, Any]) -> tuple[str, str, date]:
        """Return the client, the kind and the day of an event."""
        client_id, problem = parse_cell(given.get(CLIENT.id))
        if client_id is None:
            raise _FieldError(CLIENT_ID, problem)
        kind = _one_of(given, "event", EVENTS)
        fields = (*COMMON, *EVENTS[kind])
        for name in given:
            if name not in fields:
                raise _FieldError(name, f"does not go with an event `{kind}`")
        for name in fields:
            if name not in given:
                raise _FieldError(name, f"is missing: an event `{kind}` has it")
        day = _day(given["date"])
        if day > self.as_of:
            raise _FieldError("date", "lies after the day from which the events are looked at")
        return client_id, kind, day

    def _read(
        self, held: ClientEvents, kind: str, day: date, given: Mapping[str, Any], *, is_text: bool
    ) -> None:
        """Keep an event of a kind with the client's other ones."""
        if kind == "classification":
            held.classifications.append(day)
        elif kind == "conversation":
            held.observations += self._shown(given, day)
            held.conversations.append(day)
        elif kind == "observation":
            held.observations.append(self._observation(given, day, is_text=is_text))
        elif kind == "activation":
            held.activations.append(Activation(_one_of(given, "form", self._forms), day))
        elif kind == "decided":
            held.decided.append(Decided(*self._outcome(given), _line(given, "role"), day))
        else:
            texts = _line(given, "role"), _line(given, "reason")
            held.departures.append(Departure(*self._outcome(given), *texts, day))

    def _shown(self, given: Mapping[str, Any], day: date) -> Iterator[Observation]:
        """Yield what a conversation shows by itself: that it was held."""
        if not self._settled:
            raise _FieldError("event", "the rule set does not say what a conversation shows")
        for source, fact, value in self._settled:
            yield self._weighable(Observation(fact, value, source, day, given["assessor"]))

    def _observation(self, given: Mapping[str, Any], day: date, *, is_text: bool) -> Observation:
        reader = self._facts[_one_of(given, "fact", self._facts)]
        value = (reader.text if is_text else reader.native)(given["value"])
        if value is FAULTY or value is None:
            raise _FieldError("value", reader.complaint(given["value"], is_text=is_text))
        one = Observation(reader.fact.id, value, given["source"], day, given["assessor"])
        return self._weighable(one)

    def _weighable(self, one: Observation) -> Observation:
        """Return an observation that a dossier takes."""
        try:
            Dossier(self.ruleset, [one], as_of=self.as_of)
        except DossierError as error:
            fault = error.faults[0]
            known = fault.field if fault.field in FIELDS else "value" if fault.number else "event"
            raise _FieldError(known, fault.message) from None
        return one

    def _outcome(self, given: Mapping[str, Any]) -> tuple[str, str]:
        """Return the decision, and its outcome, that a person decided on."""
        decision = _one_of(given, "decision", self.ruleset.decision)
        outcomes = [outcome.id for outcome in self.ruleset.decision[decision].outcomes]
        return decision, _one_of(given, "outcome", outcomes)


def _line(given: Mapping[str, Any], name: str) -> str:
    """Return a role or a reason."""
    try:
        check_text(name, given[name])
    except DepartureError as error:
        raise _FieldError(error.field, error.message) from None
    return str(given[name])


def _one_of(given: Mapping[str, Any], name: str, known: Iterable[str]) -> str:
    """Return a field that must be one of some names."""
    value = given.get(name)
    names = list(known)
    # A number in JSON, as the outcome 1, is the name that is written so.
    word = str(value) if type(value) is int else value
    word = word.strip() if isinstance(word, str) else word
    if word not in names:
        raise _FieldError(
            name, f"must be one of {listed(names)}" if names else "the rule set has none"
        )
    return str(word)


def _day(given: object) -> date:
    text = given.strip() if isinstance(given, str) else ""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _FieldError("date", "must be a date, as 2024-05-06")


def _ordered(held: ClientEvents) -> ClientEvents:
    """Return events with each kind in order of date; of one day in order of the file."""
    held.conversations.sort()
    held.classifications.sort()
    day = attrgetter("date")
    held.activations.sort(key=day)
    held.decided.sort(key=day)
    held.departures.sort(key=day)
    held.observations.sort(key=day)
    return held
