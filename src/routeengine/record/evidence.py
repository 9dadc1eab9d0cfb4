"""Weigh the recorded evidence again: do the recorded facts follow from it?

What is stale hangs on the day from which the dossier was looked at. A record does not
hold that day, so there the record's word is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.dossier import Dossier
from routeengine.errors import DossierError
from routeengine.observation import FactEvidence, Observation
from routeengine.record.body import Body, ObservationEntry, Standing
from routeengine.record.difference import Difference
from routeengine.record.scalars import shown
from routeengine.ruleset.model import RuleSet


def evidence_of(held: FactEvidence) -> tuple[ObservationEntry, ...]:
    """Give all that a dossier holds on one fact, what it rests on first."""
    return tuple(
        ObservationEntry(one.value, one.source, one.date, one.assessor, standing, one in held.stale)
        for standing, some in _by_standing(held)
        for one in some
    )


def _by_standing(held: FactEvidence) -> tuple[tuple[Standing, tuple[Observation, ...]], ...]:
    return (
        ("basis", () if held.chosen is None else (held.chosen,)),
        ("conflicting", held.conflicting),
        ("agreeing", held.agreeing),
        ("superseded", held.superseded),
        ("declined", held.declined),
    )


def compare_evidence(body: Body, ruleset: RuleSet) -> Iterator[Difference]:
    """Yield where the recorded facts or flags are not what the recorded evidence gives."""
    if not body.evidence:
        return
    observations = [
        Observation(fact, one.value, one.source, one.date, one.assessor)
        for fact, held in body.evidence.items()
        for one in held
    ]
    try:
        last = max((one.date for one in observations), default=body.at.date())
        dossier = Dossier(ruleset, observations, as_of=last)
    except DossierError as error:
        for fault in error.faults:
            yield Difference(shown("evidence", fault.field), "facts", fault.message)
        return
    profile = dossier.profile()
    for fact in sorted(profile.keys() | body.facts.keys()):
        if profile.get(fact) != body.facts.get(fact):
            yield Difference(shown("facts", fact), "facts", "is not what the evidence gives")
    # A fact without any evidence is left out by a dossier.
    for fact, held in body.evidence.items():
        if fact not in profile or _standings(held) != _standings(
            evidence_of(dossier.evidence(fact))
        ):
            yield Difference(shown("evidence", fact), "facts", "is not how the evidence weighs")
    stale = None if ruleset.evidence is None else ruleset.evidence.stale_flag
    if set(body.flags_of_dossier) - {stale} != set(profile.flags) - {stale}:
        message = "are not the flags that the evidence raises"
        yield Difference("flags_of_dossier", "flags", message)


def _standings(held: tuple[ObservationEntry, ...]) -> set[object]:
    return {(one.value, one.source, one.date, one.assessor, one.standing) for one in held}
