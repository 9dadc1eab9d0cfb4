"""What happened to clients, per client: nothing of it is in the caseload itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from routeengine.caseload import RowFault
from routeengine.client_id import parse_client_id
from routeengine.departure import Departure
from routeengine.dossier import Dossier
from routeengine.observation import Observation
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.model import RuleSet


@dataclass(frozen=True, slots=True)
class Activation:
    """A client took part, in a form of the rule set.

    `form` is the id of the form, and `date` the day.
    """

    form: str
    date: date


@dataclass(frozen=True, slots=True)
class Decided:
    """An outcome that a person decided on, in a role: as advised, or where no rule could choose.

    `decision` and `outcome` are ids, `role` is that of the person, and `date` is the day. What was
    decided otherwise than advised is a `Departure`.
    """

    decision: str
    outcome: str
    role: str
    date: date


@dataclass(slots=True, repr=False)
class ClientEvents:
    """All that happened to one client, each kind in order of date.

    Attributes:
        rows: The places in the file, as in `RowFault`.
        conversations: The days on which somebody spoke with the client.
        classifications: The days on which the client was classified.
        activations: When and how the client took part.
        decided: What persons decided, where it was no departure.
        departures: What persons decided otherwise than advised.
        observations: What was recorded of facts; a conversation stands here too if its source
            settles a fact.
    """

    rows: list[int] = field(default_factory=list)
    conversations: list[date] = field(default_factory=list)
    classifications: list[date] = field(default_factory=list)
    activations: list[Activation] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def taken(self, decision: str) -> Iterator[Decided | Departure]:
        """Yield what persons decided, in order of date; of one day a departure comes last.

        `decision` is the id of the decision that it is about.
        """
        made: list[Decided | Departure] = [*self.decided, *self.departures]
        yield from sorted(
            (one for one in made if one.decision == decision), key=lambda one: one.date
        )

    def chosen(self, decision: str, until: date) -> str | None:
        """Return the outcome that a person last decided on, `until` a day; None if nobody did.

        That day is included.
        """
        before = [one.outcome for one in self.taken(decision) if one.date <= until]
        return before[-1] if before else None


NOTHING = ClientEvents()
"""What happened to a client of whom the file says nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Events:
    """A file of events as it was read: per client, and what could not be used of it.

    Attributes:
        path: The name of the file.
        ruleset: The rule set that says what the events mean.
        as_of: The day from which it is looked at: nothing in it is later.
        clients: What happened to each client, by client id.
        faults: What is wrong with records that were left out.
    """

    path: str
    ruleset: RuleSet
    as_of: date
    clients: Mapping[str, ClientEvents]
    faults: tuple[RowFault, ...] = ()

    def of(self, client_id: object) -> ClientEvents:
        """Return what happened to one client; nothing if the file does not speak of the client.

        What is returned is shared with the next caller: do not change it.
        """
        known, _ = parse_client_id(client_id)
        return NOTHING if known is None else self.clients.get(known, NOTHING)

    def profile(self, row: Mapping[str, Any], until: date | None = None) -> Mapping[str, Any]:
        """Return a client's profile with what was observed besides, weighed as a dossier weighs it.

        `row` is the profile, with its `client_id`. Where there is evidence of a fact, that counts
        and not the row. `until` leaves out what was observed after that day.
        """
        last = self.as_of if until is None else until
        client_id = row.get(CLIENT_ID)
        seen = [one for one in self.of(client_id).observations if one.date <= last]
        if not seen:
            return row
        return Dossier(self.ruleset, seen, as_of=last, client_id=client_id).profile().over(row)

    def strangers(self, known: Collection[str]) -> Iterator[RowFault]:
        """Yield a fault for every client of the file that is not among the `known` client ids.

        Its row is the first one of that client. A client of whom no record could be used is not
        told of again.
        """
        for client_id, held in self.clients.items():
            if client_id not in known:
                yield RowFault(held.rows[0], CLIENT_ID, "is no client of the caseload")
