"""What happens after: one client over time, held against what a route leads one to expect.

Nothing here judges a client. A status says how a classification of then and one of
now relate, for a person to act on. Source: section *What happens after* of the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

from routeengine.errors import DossierError, DossierFault, listed
from routeengine.months import NO_DAY, is_day, months_after, months_between
from routeengine.profile import read_knowledge
from routeengine.progression.comparison import same_client
from routeengine.result import Result
from routeengine.ruleset.evidence import FollowUp, ProgressStatus
from routeengine.ruleset.model import Progression, RuleSet
from routeengine.value_set import NO_VALUES, ValueSet, single
from routeengine.wire import Wire

Direction: TypeAlias = Literal["up", "same", "down"]
"""Where a fact or an outcome went, along its order."""

STATUSES: tuple[ProgressStatus, ...] = get_args(ProgressStatus)[:-1]
"""What `possible` may list, in order: all but the last."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A classification and its date.

    `at` is the day and `result` the classification. `chosen` is the outcome that a person decided
    on, if that departs from the advice or the advice was review; it then counts instead of the
    advice.
    """

    at: date
    result: Result
    chosen: str | None = None


@dataclass(frozen=True, slots=True)
class Progress(Wire):
    """How one client is doing now, compared with then.

    Attributes:
        status: How then and now relate.
        possible: The statuses that are left open: one, unless the status is "insufficient". It may
            list too many where outcome and fact depend on each other and both are unknown, never
            too few.
        since: The day of then.
        at: The day of now.
        months: The whole calendar months from `since` to `at`.
        before: The outcomes that then can be, "review" and "not_applicable" among them: one if it
            is certain.
        after: The outcomes that now can be.
        expected: What the outcome of then leads one to expect, if the rules say so.
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
class History(Wire):
    """One client over time, oldest first.

    `steps` compare each classification with the one before it. `now` says how the client stands
    today, counted from when the present outcome, and the present value of the fact that is
    followed, began.
    """

    steps: tuple[Progress, ...]
    now: Progress


def progress(ruleset: RuleSet, then: Moment, now: Moment) -> Progress:
    """Return how a client is doing now, by a classification and an earlier one.

    Raises DossierError if `now` is before `then`, if a date is none, if the two are of different
    clients, or if the rule set does not say by what clients are followed.
    """
    return _Follower(ruleset, (then, now)).progress(then, now)


def history(ruleset: RuleSet, moments: Iterable[Moment], as_of: date | None = None) -> History:
    """Return how one client went through all classifications, given in any order.

    `as_of` is today; the date of the last classification if it is None.

    Raises DossierError as `progress` does, if there is no classification, if two are of one date,
    and if `as_of` is before the last of them.

    Examples:
        >>> from datetime import date
        >>> from routeengine import Engine, load_ruleset
        >>> from routeengine.progression import Moment, history
        >>> engine = Engine(load_ruleset("rijswijk-2023"))
        >>> profile = {
        ...     "rung": 1, "receives_benefit": True, "current_service": "participation",
        ...     "finances": "serious", "mental_health": "serious", "at_maximum": False,
        ...     "able_to_participate": True, "can_start_soon": False, "willing": True,
        ... }
        >>> moments = [
        ...     Moment(date(2025, 1, 15), engine.classify(profile)),
        ...     Moment(date(2025, 9, 1), engine.classify({**profile, "rung": 2})),
        ... ]
        >>> found = history(engine.ruleset, moments, as_of=date(2026, 3, 1))
        >>> [step.status for step in found.steps], found.now.status, found.now.months
        (['progressed'], 'on_course', 6)
    """
    given = tuple(moments)
    follower = _Follower(ruleset, given)
    if not given:
        raise _fault(0, "moments", "must hold a classification")
    ordered = sorted(given, key=lambda moment: moment.at)
    if any(one.at == other.at for one, other in pairwise(ordered)):
        raise _fault(0, "moments", "must not hold two of one date")
    today = ordered[-1].at if as_of is None else as_of
    if not is_day(today):
        raise _fault(0, "as_of", NO_DAY)
    if today < ordered[-1].at:
        raise _fault(0, "as_of", "lies before the last classification")
    steps = tuple(follower.progress(one, other) for one, other in pairwise(ordered))
    return History(steps, follower.today(ordered, today))


def count_forms(ruleset: RuleSet, recorded: Iterable[str]) -> Mapping[str, int]:
    """Return the number of activations by form, in declared order; a part counts in its whole too.

    `recorded` has the id of a form for each activation. Raises DossierError for what is not a form
    of the rule set, and for a rule set without any.
    """
    forms = {form.id: form for form in _follow_up(ruleset).forms}
    counts = dict.fromkeys(forms, 0)
    faults = []
    for number, one in enumerate(recorded, start=1):
        if one not in forms:
            faults.append(DossierFault(number, "form", f"must be one of {listed(forms)}"))
            continue
        name: str | None = one
        while name is not None:
            counts[name] += 1
            name = forms[name].part_of
    if faults:
        raise DossierError(tuple(faults))
    return counts


def _fault(number: int, field: str, message: str) -> DossierError:
    return DossierError((DossierFault(number, field, message),))


def _follow_up(ruleset: RuleSet) -> FollowUp:
    if ruleset.follow_up is None:
        message = f"the rule set `{ruleset.id}` does not say by what clients are followed"
        raise _fault(0, "ruleset", message)
    return ruleset.follow_up


@dataclass(frozen=True, slots=True, repr=False)
class _Position:
    """Where a client can be: the outcomes, and the values of the fact."""

    outcomes: tuple[str, ...]
    values: ValueSet

    @property
    def certain(self) -> bool:
        """Whether this is just one outcome and one value."""
        return len(self.outcomes) == 1 and not self.values.has_several

    def can_be(self, other: _Position) -> bool:
        """Return whether both can be one and the same."""
        fits = self.values & other.values or self.values == other.values
        return bool(fits) and bool(set(self.outcomes) & set(other.outcomes))


class _Follower:
    """Follows clients as one rule set says.

    Raises DossierError if it does not, for dates that are not one, and for outcomes that the
    decision does not have.
    """

    def __init__(self, ruleset: RuleSet, moments: Sequence[Moment]) -> None:
        follow_up = _follow_up(ruleset)
        self._fact = None if follow_up.fact is None else ruleset.fact[follow_up.fact]
        self._decision = follow_up.decision
        self._ranks = {outcome: single(rank) for rank, outcome in enumerate(follow_up.upwards)}
        outcomes = ruleset.decision[follow_up.decision].outcomes
        self._expected = {outcome.id: outcome.progression for outcome in outcomes}
        faults = []
        for number, moment in enumerate(moments, start=1):
            if not same_client(moments[0].result, moment.result):
                faults.append(DossierFault(number, "result", "is of another client"))
            if not is_day(moment.at):
                faults.append(DossierFault(number, "at", NO_DAY))
            if self._decision not in moment.result.verdicts:
                message = f"must hold a verdict of the decision `{self._decision}`"
                faults.append(DossierFault(number, "result", message))
            if moment.chosen is not None and moment.chosen not in self._expected:
                message = f"must be one of {listed(self._expected)}"
                faults.append(DossierFault(number, "chosen", message))
        if faults:
            raise DossierError(tuple(faults))

    def progress(self, then: Moment, now: Moment) -> Progress:
        """Hold a classification against an earlier one."""
        if now.at < then.at:
            raise _fault(2, "at", "lies before the earlier classification")
        first, last = self._position(then), self._position(now)
        # On route B and rung 2 in January, in June all that is known is rung 1 or 2. If it is 2 the
        # client is on course, if it is 1 that is a rung less: both are listed, and the status is
        # insufficient.
        open_to: set[ProgressStatus] = {
            self._status(before, after, direction, then.at, now.at)
            for before in first.outcomes
            for after in last.outcomes
            for direction in _directions(first.values, last.values)
        }
        return self._progress(first, last, open_to, then.at, now.at)

    def today(self, ordered: Sequence[Moment], at: date) -> Progress:
        """Return how the client is at a date, from when the present position began.

        A classification that leaves open whether the client was elsewhere breaks nothing.
        """
        # B in May, B or C in March, B in January, and A before: B since January, for nothing says
        # that it was C in March, and before January it was not B.
        present = self._position(ordered[-1])
        since = ordered[-1].at
        for moment in reversed(ordered[:-1]):
            position = self._position(moment)
            if not position.can_be(present):
                break
            if position.certain and present.certain:
                since = moment.at
        open_to: set[ProgressStatus] = {
            self._timing(outcome, since, at) for outcome in present.outcomes
        }
        return self._progress(present, present, open_to, since, at)

    def _progress(
        self, first: _Position, last: _Position, open_to: set[ProgressStatus], since: date, at: date
    ) -> Progress:
        possible: tuple[ProgressStatus, ...] = tuple(one for one in STATUSES if one in open_to)
        return Progress(
            possible[0] if len(possible) == 1 else "insufficient",
            possible,
            since,
            at,
            months_between(since, at),
            first.outcomes,
            last.outcomes,
            self._expected.get(first.outcomes[0]) if len(first.outcomes) == 1 else None,
        )

    def _position(self, moment: Moment) -> _Position:
        """Return where a client can be: as decided, or as the classification leaves open."""
        verdict = moment.result.verdicts[self._decision]
        if moment.chosen is not None:
            outcomes: tuple[str, ...] = (moment.chosen,)
        elif verdict.status == "insufficient":
            outcomes = verdict.possible
        else:
            outcomes = (verdict.outcome or verdict.status,)
        if self._fact is None:
            return _Position(outcomes, NO_VALUES)
        known = read_knowledge(self._fact, moment.result.profile.get(self._fact.id))
        # Under an earlier version of the rules the fact may have had other values.
        return _Position(outcomes, self._fact.domain.full if known is None else known.allowed)

    def _status(
        self, before: str, after: str, direction: Direction, since: date, at: date
    ) -> ProgressStatus:
        """Return the status if outcomes and the direction of the fact are certain."""
        # From rung 2 to 3: progressed, though the routes no longer apply, for "not_applicable" has
        # no rank among the routes, and so no direction. From route B to A and from rung 2 to 1:
        # opposite directions, so it has changed, and a person reads what that means.
        ranks = self._ranks
        moves = {direction, *_directions(ranks.get(before, NO_VALUES), ranks.get(after, NO_VALUES))}
        if moves >= {"up", "down"}:
            return "changed"
        if "up" in moves:
            return "progressed"
        if "down" in moves:
            return "regressed"
        return "changed" if before != after else self._timing(before, since, at)

    def _timing(self, outcome: str, since: date, at: date) -> ProgressStatus:
        """Hold the time that passed against what the outcome leads one to expect.

        Due from the very day that so many months have passed, and overdue from the day after.
        """
        # Route B leads one to expect route A or a higher rung in 12 to 18 months. Since 15 January
        # 2024:
        #
        #     to 14 January 2025                  on course
        #     15 January 2025 to 15 July 2025     due
        #     from 16 July 2025                   overdue
        expected = self._expected.get(outcome)
        if expected is None:
            return "not_applicable"
        if expected.overdue_after is not None and at > months_after(since, expected.overdue_after):
            return "overdue"
        if expected.due_from is not None and at >= months_after(since, expected.due_from):
            return "due"
        return "on_course"


def _directions(before: ValueSet, after: ValueSet) -> list[Direction]:
    """Return every way in which something can have moved between two sets of values."""
    if not before or not after:
        return ["same"]
    # From one of 2 and 3 to one of 3 and 4: up, or the same at 3; never down.
    can: dict[Direction, bool] = {
        "up": after.highest > before.lowest,
        "same": bool(before & after),
        "down": after.lowest < before.highest,
    }
    return [direction for direction, possible in can.items() if possible]
