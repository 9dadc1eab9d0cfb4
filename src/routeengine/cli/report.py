"""`routeengine report`: a caseload in, a report for the council out: how many, never who."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from routeengine.cli.inputs import opened
from routeengine.cli.output import STANDARD, give, show, source_name, tell
from routeengine.engine import Engine
from routeengine.errors import CaseloadError
from routeengine.events import read_events
from routeengine.i18n import catalogue
from routeengine.loading import load_ruleset
from routeengine.months import today
from routeengine.report import report_on
from routeengine.ruleset.model import RuleSet
from routeengine.sidecar import Sidecar, read_sidecar

Profiles = dict[str, Mapping[str, Any]]
"""The profiles of a caseload by client id, in the order of the file."""


def run(arguments: argparse.Namespace) -> int:
    """Write the report; 1 if a row or an event could not be used."""
    engine = Engine(load_ruleset(arguments.rules, arguments.as_of, arguments.variant))
    sidecar = _sidecar(arguments.caseload)
    as_of = sidecar.date or today()
    if sidecar.date is None:
        tell(f"{source_name(arguments.caseload)}: its day is not recorded: {as_of} is taken")
    profiles, faulty = _profiles(arguments, arguments.caseload, engine.ruleset)
    events = earlier = None
    if arguments.events:
        events = read_events(arguments.events, engine.ruleset, as_of, decimal=arguments.decimal)
        for fault in sorted((*events.faults, *events.strangers(profiles))):
            tell(f"{source_name(arguments.events)}:{fault}")
            faulty = True
    if arguments.then:
        day = _day_of(arguments.then, as_of)
        before, worse = _profiles(arguments, arguments.then, engine.ruleset)
        earlier = {client: (profile, day) for client, profile in before.items()}
        faulty = faulty or worse
    report = report_on(
        engine,
        profiles.values(),
        name=Path(source_name(arguments.caseload)).name,
        as_of=as_of,
        sidecar=sidecar,
        events=events,
        earlier=earlier,
        lang=arguments.lang,
    )
    reading = [arguments.caseload, arguments.rules, arguments.events, arguments.then]
    give(report.to_html(), arguments.output, [one for one in reading if one])
    if sidecar.made:
        made = catalogue(report.language).report.made
        (tell if arguments.output in (None, STANDARD) else show)(made)
    return 1 if faulty else 0


def _day_of(earlier: str, as_of: date) -> date | None:
    """Return the day of an earlier caseload; raises CaseloadError if it is not earlier."""
    day = _sidecar(earlier).date
    where = source_name(earlier)
    if day is None:
        what = "only clients with an event `classification` are followed"
        tell(f"{where}: its day is not recorded: {what}")
    elif day >= as_of:
        raise CaseloadError(where, "is not earlier than the caseload, by the day that it has")
    return day


def _sidecar(caseload: str) -> Sidecar:
    return Sidecar() if caseload == STANDARD else read_sidecar(caseload)


def _profiles(arguments: argparse.Namespace, path: str, ruleset: RuleSet) -> tuple[Profiles, bool]:
    """Return the profiles of a caseload, and whether a row could not be used; that is told."""
    profiles: Profiles = {}
    faulty = False
    with opened(arguments, path, ruleset) as caseload:
        for row in caseload:
            if row.profile is not None and row.client_id is not None:
                profiles[row.client_id] = row.profile
            for fault in row.faults:
                faulty = True
                tell(f"{source_name(path)}:{fault}")
        for note in caseload.notes:
            tell(note)
    return profiles, faulty
