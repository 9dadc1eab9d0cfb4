"""What happens after: one client over time, held against what a route leads one to expect.

Nothing here judges a client. A status says how a classification of then and one of
now relate, for a person to act on. Source: section *What happens after* of the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias

from routeengine.errors import DossierError, DossierFault
from routeengine.months import is_day, months_after, months_between
from routeengine.profile import read_knowledge
from routeengine.result import Result
from routeengine.ruleset.model import FollowUp, Outcome, Progression, RuleSet

ProgressStatus: TypeAlias = Literal[
    "on_course",
    "due",
    "overdue",
    "progressed",
    "regressed",
    "changed",
    "not_applicable",
    "insufficient",
]
"""How then and now relate.

*Changed* is for a person to read: opposite directions, or a move that the policy does
not speak of. *Not applicable*: no route then and none now, so nothing is expected.
*Insufficient*: what is known leaves more than one of these open.
"""

Direction: TypeAlias = Literal["up", "same", "down"]
"""Where a fact or an outcome went, along its order."""

STATUSES: tuple[ProgressStatus, ...] = (
    "on_course", "due", "overdue", "progressed", "regressed", "changed", "not_applicable",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A classification and its date.

    `chosen` is the outcome that a person decided on, where that departs from the
    advice or the advice was review; it then counts instead of the advice.
    """

    at: date
    result: Result
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How one client stands now against then.

    `months` are whole calendar months from `since` to `at`. `before` and `after` are the
    outcomes that then and now can be ("review" and "not_applicable" among them): one
    where it is certain. `expected` is what the outcome of then leads one to expect.
    `possible` lists the statuses that are left open: one, unless the status is
    "insufficient". It may list too many where outcome and fact hang together and both
    are unknown, never too few.
    """

    status: ProgressStatus
    possible: tuple[ProgressStatus, ...]
    since: date
    at: date
    months: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    expected: Progression | None = None


@dataclass(frozen=True, slots=True)
class History:
    """One client over time, oldest first.

    `steps` hold each classification against the one before it. `now` says how the
    client stands today, counted from when the present outcome and rung began.
    """

    steps: tuple[Progress, ...]
    now: Progress


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """Where a client stands: the outcomes, and the values of the fact (as bits), that can be."""

    outcomes: tuple[str, ...]
    values: int

    @property
    def certain(self) -> bool:
        """Whether this is just one outcome and one value."""
        return len(self.outcomes) == 1 and self.values.bit_count() <= 1

    def can_be(self, other: Standing) -> bool:
        """Say whether both can be one and the same."""
        fits = self.values & other.values or self.values == other.values
        return bool(fits) and bool(set(self.outcomes) & set(other.outcomes))


def progress(ruleset: RuleSet, then: Moment, now: Moment) -> Progress:
    """Hold a classification against an earlier one of the same client.

    Raises DossierError where `now` is before `then`, where a date is none, or where
    the rule set does not say by what clients are followed.
    """
    _check(ruleset, (then, now))
    if now.at < then.at:
        raise DossierError((DossierFault(2, "at", "lies before the earlier classification"),))
    first, last = _standing(ruleset, then), _standing(ruleset, now)
    open_to: set[ProgressStatus] = {
        _status(ruleset, before, after, direction, then.at, now.at)
        for before in first.outcomes
        for after in last.outcomes
        for direction in _directions(first.values, last.values)
    }
    return _progress(ruleset, first, last, open_to, then.at, now.at)


def history(ruleset: RuleSet, moments: Iterable[Moment], as_of: date | None = None) -> History:
    """Follow one client through all classifications, given in any order.

    `as_of` is today; the date of the last classification where it is not given.

    Raises DossierError as `progress` does, where there is no classification, and
    where two are of one date.
    """
    given = tuple(moments)
    _check(ruleset, given)
    if not given:
        raise DossierError((DossierFault(0, "moments", "must hold a classification"),))
    ordered = sorted(given, key=lambda moment: moment.at)
    if any(one.at == other.at for one, other in pairwise(ordered)):
        raise DossierError((DossierFault(0, "moments", "must not hold two of one date"),))
    today = ordered[-1].at if as_of is None else as_of
    if not is_day(today):
        raise DossierError((DossierFault(0, "as_of", "must be a date, without a time"),))
    if today < ordered[-1].at:
        raise DossierError((DossierFault(0, "as_of", "lies before the last classification"),))
    steps = tuple(progress(ruleset, one, other) for one, other in pairwise(ordered))
    return History(steps, _now(ruleset, ordered, today))


def count_forms(ruleset: RuleSet, recorded: Iterable[str]) -> Mapping[str, int]:
    """Count activations by form, in declared order; a part counts in its whole too.

    Raises DossierError for what is no form of the rule set.
    """
    forms = {form.id: form for form in _follow_up(ruleset).forms}
    counts = dict.fromkeys(forms, 0)
    faults = []
    for number, one in enumerate(recorded, start=1):
        if one not in forms:
            allowed = ", ".join(f"`{form}`" for form in forms)
            faults.append(DossierFault(number, "form", f"must be one of {allowed}"))
            continue
        name: str | None = one
        while name is not None:
            counts[name] += 1
            name = forms[name].part_of
    if faults:
        raise DossierError(tuple(faults))
    return counts


def _now(ruleset: RuleSet, ordered: Sequence[Moment], at: date) -> Progress:
    """Say how the client stands at a date, from when the present standing began.

    A classification that leaves open whether the client stood elsewhere breaks nothing.
    """
    present = _standing(ruleset, ordered[-1])
    since = ordered[-1].at
    for moment in reversed(ordered[:-1]):
        standing = _standing(ruleset, moment)
        if not standing.can_be(present):
            break
        if standing.certain and present.certain:
            since = moment.at
    open_to: set[ProgressStatus] = {
        _timing(ruleset, outcome, since, at) for outcome in present.outcomes
    }
    return _progress(ruleset, present, present, open_to, since, at)


def _progress(
    ruleset: RuleSet,
    first: Standing,
    last: Standing,
    open_to: set[ProgressStatus],
    since: date,
    at: date,
) -> Progress:
    possible: tuple[ProgressStatus, ...] = tuple(one for one in STATUSES if one in open_to)
    expected = None
    if len(first.outcomes) == 1 and (outcome := _outcome(ruleset, first.outcomes[0])):
        expected = outcome.progression
    return Progress(
        possible[0] if len(possible) == 1 else "insufficient",
        possible,
        since,
        at,
        months_between(since, at),
        first.outcomes,
        last.outcomes,
        expected,
    )


def _status(
    ruleset: RuleSet,
    before: str,
    after: str,
    direction: Direction,
    since: date,
    at: date,
) -> ProgressStatus:
    """Give the status where outcomes and the direction of the fact are certain."""
    moves = {direction, _route_direction(_follow_up(ruleset), before, after)}
    if moves >= {"up", "down"}:
        return "changed"
    if "up" in moves:
        return "progressed"
    if "down" in moves:
        return "regressed"
    return "changed" if before != after else _timing(ruleset, before, since, at)


def _route_direction(follow_up: FollowUp, before: str, after: str) -> Direction:
    """Say where an outcome moved; what the order does not name has no direction."""
    order = {outcome: number for number, outcome in enumerate(follow_up.upwards)}
    if before not in order or after not in order or before == after:
        return "same"
    return "up" if order[after] > order[before] else "down"


def _directions(before: int, after: int) -> tuple[Direction, ...]:
    """Give every way in which the fact can have moved between two sets of values."""
    if not before or not after:
        return ("same",)
    lowest = [(bits & -bits).bit_length() for bits in (before, after)]
    highest = [bits.bit_length() for bits in (before, after)]
    found: list[Direction] = []
    if highest[1] > lowest[0]:
        found.append("up")
    if before & after:
        found.append("same")
    if lowest[1] < highest[0]:
        found.append("down")
    return tuple(found)


def _timing(ruleset: RuleSet, key: str, since: date, at: date) -> ProgressStatus:
    """Hold the time that passed against what the outcome leads one to expect.

    Due from the very day that so many months have passed, and overdue from the day after.
    """
    outcome = _outcome(ruleset, key)
    if outcome is None or outcome.progression is None:
        return "not_applicable"
    expected = outcome.progression
    if expected.overdue_after is not None and at > months_after(since, expected.overdue_after):
        return "overdue"
    if expected.due_from is not None and at >= months_after(since, expected.due_from):
        return "due"
    return "on_course"


def _standing(ruleset: RuleSet, moment: Moment) -> Standing:
    """Give where a client can stand: what was decided, or what the classification leaves open."""
    follow_up = _follow_up(ruleset)
    verdict = moment.result.verdicts[follow_up.decision]
    if moment.chosen is not None:
        outcomes: tuple[str, ...] = (moment.chosen,)
    elif verdict.status == "insufficient":
        outcomes = verdict.possible
    else:
        outcomes = (verdict.outcome or verdict.status,)
    if follow_up.fact is None:
        return Standing(outcomes, 0)
    fact = ruleset.fact[follow_up.fact]
    known = read_knowledge(fact, moment.result.profile.get(fact.id))
    # Under an earlier version of the rules the fact may have had other values.
    return Standing(outcomes, fact.domain.full if known is None else known.allowed)


def _outcome(ruleset: RuleSet, key: str) -> Outcome | None:
    outcomes = ruleset.decision[_follow_up(ruleset).decision].outcomes
    return next((outcome for outcome in outcomes if outcome.id == key), None)


def _follow_up(ruleset: RuleSet) -> FollowUp:
    if ruleset.follow_up is None:
        message = f"the rule set `{ruleset.id}` does not say by what clients are followed"
        raise DossierError((DossierFault(0, "ruleset", message),))
    return ruleset.follow_up


def _check(ruleset: RuleSet, moments: Sequence[Moment]) -> None:
    """Raise DossierError for dates that are none, and outcomes that the decision does not have."""
    decision = ruleset.decision[_follow_up(ruleset).decision]
    allowed = [outcome.id for outcome in decision.outcomes]
    faults = []
    for number, moment in enumerate(moments, start=1):
        if not is_day(moment.at):
            faults.append(DossierFault(number, "at", "must be a date, without a time"))
        if decision.id not in moment.result.verdicts:
            message = f"must hold a verdict of the decision `{decision.id}`"
            faults.append(DossierFault(number, "result", message))
        if moment.chosen is not None and moment.chosen not in allowed:
            names = ", ".join(f"`{name}`" for name in allowed)
            faults.append(DossierFault(number, "chosen", f"must be one of {names}"))
    if faults:
        raise DossierError(tuple(faults))
