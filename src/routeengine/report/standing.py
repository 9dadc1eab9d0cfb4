"""Where each client of a caseload stands, as a report counts it; no value of a fact is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from routeengine.events import ClientEvents, Events
from routeengine.profile import CLIENT_ID
from routeengine.progression import Moment, progress
from routeengine.progression.comparison import Classifier
from routeengine.result import Result, Verdict, leads_of
from routeengine.ruleset.model import Decision, RuleSet

CONTRADICTION, REVIEW, INSUFFICIENT, NOT_APPLICABLE = (
    ":contradiction",
    ":review",
    ":insufficient",
    ":not_applicable",
)
"""What a verdict can be that is no outcome; no id begins with a colon."""

KEYS = (REVIEW, INSUFFICIENT, CONTRADICTION, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Roles:
    """Which decision a report calls what.

    `stream` is the first that is a finding, `followed` the one by which clients are followed, and
    `later` are the others that advise.
    """

    stream: Decision | None
    followed: Decision
    later: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """One client: keys of verdicts, and what happened."""

    stream: str
    route: str
    later: Mapping[str, str]
    reason: str | None
    missing: tuple[str, ...]
    enough: frozenset[str]
    spoken: bool
    screened: bool | None
    form: str | None
    decided: bool
    departed: bool
    course: tuple[str, ...]

    @property
    def group(self) -> tuple[str, str]:
        """The group that the client is counted with: a route, or the stream that has none."""
        if self.route == NOT_APPLICABLE and self.stream:
            return "stream", self.stream
        return "route", self.route


def roles_of(ruleset: RuleSet) -> Roles:
    """Return which decision of a rule set a report calls what."""
    wording = {one.id: one.kind for one in (ruleset.wording.decisions if ruleset.wording else ())}
    kinds = {one.id: wording.get(one.id, "advice") for one in ruleset.decisions}
    advice = [one for one in ruleset.decisions if kinds[one.id] == "advice"]
    if ruleset.follow_up is not None:
        followed = ruleset.decision[ruleset.follow_up.decision]
    else:
        followed = (advice or list(ruleset.decisions))[0]
    findings = (one for one in ruleset.decisions if kinds[one.id] == "finding")
    stream = next((one for one in findings if one is not followed), None)
    return Roles(stream, followed, tuple(one for one in advice if one is not followed))


def key_of(verdict: Verdict) -> str:
    """Return the outcome of a verdict, or what it is instead."""
    if verdict.outcome is not None:
        return verdict.outcome
    return CONTRADICTION if verdict.reason == "contradiction" else f":{verdict.status}"


class Observer:
    """Works out where clients stand.

    `earlier` has, by client, an earlier row and the day from which it was looked at; without that
    day, or that row, it is the first day on which the client was classified.
    """

    def __init__(
        self,
        engine: Classifier,
        as_of: date,
        events: Events | None = None,
        earlier: Mapping[str, tuple[Mapping[str, Any], date | None]] | None = None,
    ) -> None:
        self.ruleset = engine.ruleset
        self.roles = roles_of(engine.ruleset)
        self._engine = engine
        self._as_of = as_of
        self._events = events
        self._earlier = earlier or {}
        evidence = self.ruleset.evidence
        self._shown = [one.sets for one in (evidence.sources if evidence else ()) if one.sets]
        every = () if events is None else events.clients.values()
        self._knows_screened = any(held.classifications for held in every)

    def standings(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Standing]:
        """Yield where each client stands, in order."""
        for row in rows:
            yield self._standing(row)

    def _standing(self, row: Mapping[str, Any]) -> Standing:
        events, held = self._events, ClientEvents()
        profile = row
        if events is not None:
            profile, held = events.profile(row), events.of(row[CLIENT_ID])
        result = self._engine.classify(profile)
        followed = self.roles.followed.id
        verdict = result.verdicts[followed]
        leads = leads_of(verdict) if verdict.status == "insufficient" else {}
        enough = (
            fact for fact, answers in leads.items() if all(len(a.possible) == 1 for a in answers)
        )
        stream = self.roles.stream
        reviewed = verdict.status == "review" and verdict.reason != "contradiction"
        return Standing(
            stream=key_of(result.verdicts[stream.id]) if stream else "",
            route=key_of(verdict),
            later={one.id: key_of(result.verdicts[one.id]) for one in self.roles.later},
            reason=(verdict.rule or f":{verdict.reason or 'several'}") if reviewed else None,
            missing=tuple(leads),
            enough=frozenset(enough),
            spoken=self._is_spoken_to(profile, held),
            screened=bool(held.classifications) if self._knows_screened else None,
            form=held.activations[0].form if held.activations else None,
            decided=any(held.taken(followed)),
            departed=verdict.status == "decided"
            and any(one.decision == followed for one in held.departures),
            course=self._course(row, result, held),
        )

    def _is_spoken_to(self, profile: Mapping[str, Any], held: ClientEvents) -> bool:
        shown = any(
            all(profile.get(fact) == value for fact, value in sets.items()) for sets in self._shown
        )
        return shown or bool(held.conversations)

    def _course(self, row: Mapping[str, Any], now: Result, held: ClientEvents) -> tuple[str, ...]:
        """Return the status, and the outcome then and now; nothing of who is not followed."""
        if self.ruleset.follow_up is None:
            return ()
        client_id = row[CLIENT_ID]
        before, day = self._earlier.get(client_id, ({}, None))
        if day is None:
            day = next((one for one in held.classifications if one < self._as_of), None)
        if day is None:
            return ()
        decision = self.roles.followed.id
        chosen = held.chosen(decision, day)
        known = {CLIENT_ID: client_id, **before}
        if self._events is not None:
            known = dict(self._events.profile(known, day))
        if len(known) == 1 and chosen is None:
            return ()
        then = Moment(day, self._engine.classify(known), chosen)
        # What was decided before that day is of then.
        later = [one.outcome for one in held.taken(decision) if one.date > day]
        last = later[-1] if later else None
        found = progress(self.ruleset, then, Moment(self._as_of, now, last))
        return found.status, _one(found.before), _one(found.after)


def _one(outcomes: tuple[str, ...]) -> str:
    """Return the one key that an outcome of then or now comes to."""
    if len(outcomes) != 1:
        return INSUFFICIENT
    only = outcomes[0]
    return f":{only}" if f":{only}" in KEYS else only
