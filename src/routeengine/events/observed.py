"""What happened to the clients of a caseload, beside its rows as they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from routeengine.caseload import RowFault
from routeengine.departure import advice_of, depart
from routeengine.engine import Engine
from routeengine.errors import DepartureError
from routeengine.events.model import Events
from routeengine.events.reading import read_events
from routeengine.explanation import Explanation
from routeengine.profile import CLIENT_ID
from routeengine.quantities import DecimalSign
from routeengine.ruleset.model import RuleSet


class Observed:
    """A file of events, and the clients of a caseload for whom it was looked at.

    Without a file it says nothing of anybody. `note` is told what of it is left out.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        path: str | None,
        decimal: DecimalSign | None,
        note: Callable[[str], object],
    ) -> None:
        self._events: Events | None = None
        if path:
            self._events = read_events(path, ruleset, decimal=decimal)
        self._note = note
        self._clients: set[str] = set()
        self.answered = Counter[str | None]()
        """How many were answered, for an explanation, by each executor."""

    def profile(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is known of the client of a row."""
        if self._events is None:
            return row
        self._clients.add(row[CLIENT_ID])
        return self._events.profile(row)

    def explain(
        self,
        engine: Engine,
        row: Mapping[str, Any],
        lang: str | None,
        at: datetime | None = None,
    ) -> Explanation:
        """Return the explanation for the client of a row, with what a person decided beside it."""
        result = engine.classify(self.profile(row))
        self.answered[result.executor] += 1
        explanation = engine.explain(result, lang, at=at)
        departures = self._events.of(row[CLIENT_ID]).departures if self._events else ()
        if not departures:
            return explanation
        advice = advice_of(result, engine.ruleset)
        for one in departures:
            try:
                advice = depart(advice, one)
            except DepartureError as error:
                # What a person decided earlier can be what is advised now.
                self._note(f"a departure of {one.date} is left out: {error}")
        return advice.annotate(explanation) if advice.departures else explanation

    def faults(self, *, one_client: bool) -> list[RowFault]:
        """Return what of the events could not be used.

        Clients that the caseload lacks are among it, unless only `one_client` was looked for.
        """
        if self._events is None:
            return []
        known = self._events.clients if one_client else self._clients
        return sorted((*self._events.faults, *self._events.strangers(known)))
