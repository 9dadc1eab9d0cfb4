"""A caseload that a command reads, and what happened to its clients beside the rows."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from routeengine.caseload import Caseload, open_caseload
from routeengine.cli.output import source_name, tell
from routeengine.departure import advice_of, depart
from routeengine.engine import Engine
from routeengine.errors import DepartureError
from routeengine.events import Events, read_events
from routeengine.explanation import Explanation
from routeengine.profile import CLIENT_ID
from routeengine.quantities import DecimalSign
from routeengine.ruleset.model import RuleSet


def opened(arguments: argparse.Namespace, path: str, ruleset: RuleSet) -> Caseload:
    """Open a caseload as the arguments of a command say that it is written."""
    return open_caseload(
        path,
        ruleset,
        drop_columns=arguments.drop_columns,
        skip_rows=arguments.skip_rows,
        format=arguments.source_format,
        decimal=arguments.decimal,
    )


class Observed:
    """A file of events, and the clients of a caseload for whom it was looked at.

    Without a file it says nothing of anybody.
    """

    def __init__(
        self, ruleset: RuleSet, path: str | None, decimal: DecimalSign | None = None
    ) -> None:
        self._events: Events | None = None
        if path:
            self._events = read_events(path, ruleset, decimal=decimal)
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
        if self._events is None or not departures:
            return explanation
        advice = advice_of(result, engine.ruleset)
        for one in departures:
            try:
                advice = depart(advice, one)
            except DepartureError as error:
                # What a person decided earlier can be what is advised now.
                where = source_name(self._events.path)
                tell(f"{where}: note: a departure of {one.date} is left out: {error}")
        return advice.annotate(explanation) if advice.departures else explanation

    def is_faulty(self, *, one_client: bool = False) -> bool:
        """Tell what of the events could not be used, and return whether there is any.

        Clients that the caseload lacks are among it, unless only one client was looked for.
        """
        if self._events is None:
            return False
        known = self._events.clients if one_client else self._clients
        faults = sorted((*self._events.faults, *self._events.strangers(known)))
        for fault in faults:
            tell(f"{source_name(self._events.path)}:{fault}")
        return bool(faults)
