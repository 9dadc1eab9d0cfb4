"""From a classification to its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta

from routeengine.client_id import line_problem
from routeengine.errors import RecordError
from routeengine.executors.interface import Inspection
from routeengine.observation import FactEvidence, Observation
from routeengine.record.body import (
    Body,
    ObservationEntry,
    ObservationRole,
    Trace,
    VerdictEntry,
)
from routeengine.record.document import Record, Sign, seal
from routeengine.result import Result, Verdict
from routeengine.ruleset.model import RuleSet

MAX_ASKED_BY_LENGTH = 200
"""Characters of the role or system that asked."""


def make_record(
    ruleset: RuleSet,
    result: Result,
    inspection: Inspection,
    *,
    at: datetime,
    asked_by: str | None,
    embed: bool,
    sign: Sign | None,
) -> Record:
    """Record a result of this rule set, of which `inspection` is a closer look.

    Raises RecordError for a time without its distance from UTC, and for what JSON
    cannot hold.
    """
    if asked_by is not None and (problem := line_problem(asked_by, MAX_ASKED_BY_LENGTH)):
        raise RecordError(problem, "asked_by")
    view = result.to_view()
    body = Body(
        form="routeengine/record/1",
        at=moment(at),
        asked_by=asked_by,
        engine=view.engine,
        ruleset=view.ruleset,
        client_id=view.client_id,
        facts=view.profile,
        evidence={fact: evidence_of(one) for fact, one in view.evidence.items()},
        verdicts={name: entry_of(verdict) for name, verdict in view.verdicts.items()},
        flags=result.answer.flags,
        flags_possible=view.flags_possible,
        flags_of_dossier=view.flags_of_dossier,
        trace=trace_of(ruleset, inspection),
        rules=ruleset if embed else None,
    )
    return Record(seal(Record.codec.write(body), sign))


def moment(at: datetime) -> datetime:
    """Return the time back if it is one: with its distance from UTC, in whole minutes."""
    distance = at.utcoffset()
    if distance is None or distance % timedelta(minutes=1):
        raise RecordError("must say its distance from UTC, in whole minutes", "at")
    return at


def entry_of(verdict: Verdict) -> VerdictEntry:
    """Return a verdict as it is recorded: its fields of the same names."""
    return VerdictEntry(*(getattr(verdict, one.name) for one in fields(VerdictEntry)))


def trace_of(ruleset: RuleSet, inspection: Inspection) -> Trace:
    """Return the exact truth of everything that a verdict can depend on."""
    return Trace(
        criteria={one.id: inspection.truth(one.when).value for one in ruleset.criteria},
        rules={rule: inspection.applies(rule).value for rule in ruleset.rule},
        flags={
            one.id: inspection.truth(one.when).value
            for one in ruleset.flags
            if one.when is not None
        },
        applies_when={
            one.id: inspection.truth(one.applies_when).value
            for one in ruleset.decisions
            if one.applies_when is not None
        },
    )


def evidence_of(held: FactEvidence) -> tuple[ObservationEntry, ...]:
    """Return all that a dossier holds on one fact, what it rests on first."""
    by_role: dict[ObservationRole, Sequence[Observation]] = {
        "basis": () if held.chosen is None else (held.chosen,),
        "conflicting": held.conflicting,
        "agreeing": held.agreeing,
        "superseded": held.superseded,
        "declined": held.declined,
    }
    return tuple(
        ObservationEntry(one.value, one.source, one.date, one.assessor, standing, one in held.stale)
        for standing, some in by_role.items()
        for one in some
    )
