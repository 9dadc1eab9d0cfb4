"""What would change an answer: for every other outcome the shortest way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from routeengine.changes import MAX_CHANGES
from routeengine.explanation import model, parts
from routeengine.explanation.page.voice import Voice
from routeengine.pages.render import first_up
from routeengine.ruleset.domains import parse_day


@dataclass(frozen=True, slots=True)
class Change:
    """An outcome that is not the answer, what leads there, and who can say whether that is so."""

    outcome: str
    name: str
    what: str
    who: str


def changes(voice: Voice, decision: str, *, to_client: bool = False) -> tuple[Change, ...]:
    """Return for every other outcome of a decision what would lead there, in declared order.

    Nothing where facts clash: what is right comes first. A client is offered no other day of birth,
    nor any other day that stays what it is, and no day that is still to come.
    """
    clash = voice.explanation.verdicts[decision].reason == "contradiction"
    others = voice.explanation.why_not[decision]
    return tuple(
        _change(voice, decision, others[name], to_client)
        for name in voice.names(decision)
        if name in others and others[name].status != "masked" and not clash
    )


def _change(voice: Voice, decision: str, other: model.WhyNot, to_client: bool) -> Change:
    said, name = voice.client, voice.name(decision, other.outcome)
    if other.status == "candidate":
        return Change(other.outcome, name, said.change_candidate, "")
    if other.nearest is None:
        return Change(other.outcome, name, said.change_unknown, "")
    if not other.nearest:
        open_ = other.status == "open"
        template = said.change_far_open if open_ else said.change_far
        return Change(other.outcome, name, template.format(count=said.counts[MAX_CHANGES]), "")
    fixed = {one: list(_fixed(voice, one)) if to_client else [] for one in other.nearest}
    nearest = [one for one, days in fixed.items() if not days]
    if not nearest:
        labels = dict.fromkeys(one.label for days in fixed.values() for one in days)
        named = voice.words.either([voice.words.quoted.format(text=one) for one in labels])
        return Change(other.outcome, name, said.change_fixed.format(facts=named), "")
    best = min(nearest, key=_cost)
    every = (*best.changes, *best.answers)
    what = "; ".join(_step(voice, one) for one in every)
    count = len(nearest)
    ways = f" ({said.one_of_ways.format(count=count)})" if count > 1 else ""
    who = "; ".join(voice.who(one.fact for one in every))
    return Change(
        other.outcome, name, f"{first_up(what)}.{ways}", f"{first_up(who)}." if who else ""
    )


def _fixed(voice: Voice, some: parts.NearestNode) -> Iterator[parts.ChangeNode]:
    """Yield the days that would have to be others, and that nobody can make so."""
    instance = None if voice.ruleset is None else voice.ruleset.instance
    last = None if instance is None else instance.until
    for one in some.changes:
        day = parse_day(str(one.value))
        if day is not None and (not one.actionable or (last is not None and day > last)):
            yield one


def _cost(some: parts.NearestNode) -> tuple[int, int, int]:
    """Return how far off a set of differences is: first how many a person has to judge anew."""
    judged = sum(not one.actionable for one in some.changes)
    return judged, len(some.changes), len(some.answers)


def _step(voice: Voice, one: parts.ChangeNode) -> str:
    label = voice.label(one.fact, one.label)
    words = voice.words.labelled_as(label, one.words)
    return voice.client.change_step.format(step=words, now=one.now)
