"""Bounds where exactness is out of reach: never too few answers, maybe too many.

Strong Kleene logic over what is known. It is sound but not tight, so whoever uses
it says `exact=False` wherever it leaves something open. Conditions become functions once
per rule set, for a large one is bounded anew for every profile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    StatusIs,
)
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    FullVerdict,
    Ranks,
    in_order,
    settle,
    target,
)
from routeengine.truth import Truth

_FALSE, _OPEN, _TRUE = range(3)
"""Truths as numbers: "all" is the least of them, "any" the greatest."""

_TRUTHS = Truth.FALSE, Truth.OPEN, Truth.TRUE

_Read: TypeAlias = "Callable[[Bounds], int]"
"""Gives the truth of one condition under some bounds."""

_Fulls: TypeAlias = frozenset[FullVerdict]


class Bounding:
    """What bounds a rule set; shared by the bounds on all states of knowledge."""

    def __init__(self, ruleset: RuleSet, ranks: Mapping[str, Ranks]) -> None:
        self.ruleset = ruleset
        self._ranks = ranks
        # INVARIANT: what is kept is a function of the rule set alone.
        self._reads: dict[Condition, _Read] = {}
        self._decisions: dict[str, _Bounded] = {}

    def of(self, allowed: Mapping[str, int]) -> Bounds:
        """Give the bounds on one state of knowledge: per fact the values allowed, as bits."""
        return Bounds(self, allowed)

    def decision(self, name: str) -> _Bounded:
        """Give what bounds a decision."""
        known = self._decisions.get(name)
        if known is None:
            known = _Bounded(self, self.ruleset.decision[name], self._ranks[name].beaten)
            self._decisions[name] = known
        return known

    def read(self, condition: Condition) -> _Read:
        """Give what reads the truth of a condition."""
        known = self._reads.get(condition)
        if known is None:
            known = self._reads[condition] = self._made(condition)
        return known

    def _made(self, condition: Condition) -> _Read:
        match condition:
            case FactIs(fact=fact, allowed=wanted):
                return _fact(fact, wanted)
            case Not(part=part):
                return _negated(self.read(part))
            case All(parts=parts):
                return _group([self.read(part) for part in parts], _FALSE, _TRUE)
            case Any(parts=parts):
                return _group([self.read(part) for part in parts], _TRUE, _FALSE)
            case AtLeast(count=count, parts=parts):
                return _counted([self.read(part) for part in parts], count, len(parts))
            case Exactly(count=count, parts=parts):
                return _counted([self.read(part) for part in parts], count, count)
            case CriterionIs(criterion=name):
                return _once(self.read(self.ruleset.criterion[name].when))
            case OutcomeIs(decision=name, outcomes=outcomes):
                return _once(_told(name, lambda full: full.outcome in outcomes))
            case StatusIs(decision=name, statuses=statuses):
                return _once(_told(name, lambda full: full.status in statuses))
            case _:  # RuleIs
                return _once(_won(condition.decision, frozenset(condition.rules)))


class Bounds:
    """Bounds on one state of knowledge."""

    def __init__(self, by: Bounding, allowed: Mapping[str, int]) -> None:
        self.by = by
        self.allowed = allowed
        self.known: dict[_Read, int] = {}
        self._decisions: dict[str, _Fulls] = {}
        self._winners: dict[str, list[tuple[str, int]]] = {}

    def truth(self, condition: Condition) -> Truth:
        """Give a truth that is never wrong; OPEN may stand where an exact one is not."""
        return _TRUTHS[self.by.read(condition)(self)]

    def decision(self, name: str) -> _Fulls:
        """Give verdicts among whose keys each one is that a completion leads to."""
        if name not in self._decisions:
            self._decisions[name] = self.by.decision(name).verdicts(self)
        return self._decisions[name]

    def winners(self, name: str) -> dict[str, Truth]:
        """Give the rules of a decision that can win, and whether each is sure to apply."""
        return {rule: _TRUTHS[truth] for rule, truth in self.can_win(name)}

    def can_win(self, name: str) -> list[tuple[str, int]]:
        """Give the same as numbers, in declared order."""
        if name not in self._winners:
            self._winners[name] = self.by.decision(name).winners(self)
        return self._winners[name]


class _Bounded:
    """What bounds one decision."""

    def __init__(
        self, by: Bounding, decision: Decision, beaten: Mapping[str, frozenset[str]]
    ) -> None:
        self._decision = decision
        self._beaten = beaten
        self._applies = None if decision.applies_when is None else by.read(decision.applies_when)
        self._rules = [(r.id, by.read(r.when)) for r in decision.rules if r.when is not None]
        self._targets = {rule.id: target(rule) for rule in decision.rules}
        self._alone = {name: settle(decision, [name], beaten) for name, _ in self._rules}
        self._none = settle(decision, [], beaten)

    def winners(self, bounds: Bounds) -> list[tuple[str, int]]:
        """Give the rules that no rule outranks which is sure to apply, with their truths."""
        beaten = self._beaten
        certain: set[str] = set()
        found = []
        for rule, read in self._rules:
            # What outranks a rule outranks those that it outranks: it need not be read.
            if certain and not beaten[rule].isdisjoint(certain):
                continue
            truth = read(bounds)
            if truth != _FALSE:
                found.append((rule, truth))
                if truth == _TRUE:
                    certain.add(rule)
        return [one for one in found if beaten[one[0]].isdisjoint(certain)] if certain else found

    def verdicts(self, bounds: Bounds) -> _Fulls:
        """Give verdicts among whose keys each one is that a completion leads to."""
        applies = _TRUE if self._applies is None else self._applies(bounds)
        if applies == _FALSE:
            return frozenset({NOT_APPLICABLE})
        verdicts = {NOT_APPLICABLE} if applies == _OPEN else set()
        winners = bounds.can_win(self._decision.id)
        verdicts.update(self._alone[rule] for rule, _ in winners)
        targets = {self._targets[rule] for rule, _ in winners}
        if len(targets) > 1:
            rules = tuple(rule for rule, _ in winners)
            candidates = in_order(self._decision, targets)
            verdicts.add(FullVerdict("review", None, rules, "overlap", candidates))
        if all(truth != _TRUE for _, truth in winners):
            verdicts.add(self._none)
        return frozenset(verdicts)


def _fact(fact: str, wanted: int) -> _Read:
    def read(bounds: Bounds) -> int:
        allowed = bounds.allowed[fact]
        if not allowed & wanted:
            return _FALSE
        return _OPEN if allowed & ~wanted else _TRUE

    return read


def _once(read: _Read) -> _Read:
    """Read what a condition refers to once per state of knowledge."""

    def kept(bounds: Bounds) -> int:
        known = bounds.known.get(read)
        if known is None:
            known = bounds.known[read] = read(bounds)
        return known

    return kept


def _negated(part: _Read) -> _Read:
    return lambda bounds: _TRUE - part(bounds)


def _group(parts: Sequence[_Read], deciding: int, otherwise: int) -> _Read:
    """Read parts of which one that is `deciding` decides: false for "all", true for "any"."""

    def read(bounds: Bounds) -> int:
        found = otherwise
        for part in parts:
            truth = part(bounds)
            if truth == deciding:
                return deciding
            if truth == _OPEN:
                found = _OPEN
        return found

    return read


def _counted(parts: Sequence[_Read], low: int, high: int) -> _Read:
    def read(bounds: Bounds) -> int:
        truths = [part(bounds) for part in parts]
        least = truths.count(_TRUE)
        most = least + truths.count(_OPEN)
        if low <= least and most <= high:
            return _TRUE
        return _FALSE if most < low or least > high else _OPEN

    return read


def _told(decision: str, holds: Callable[[FullVerdict], bool]) -> _Read:
    def read(bounds: Bounds) -> int:
        seen = {holds(full) for full in bounds.decision(decision)}
        return _OPEN if len(seen) > 1 else _TRUE if True in seen else _FALSE

    return read


def _won(decision: str, rules: frozenset[str]) -> _Read:
    def read(bounds: Bounds) -> int:
        fulls = bounds.decision(decision)
        if all(rules.isdisjoint(full.rules) for full in fulls):
            return _FALSE
        # An overlap lists all that can win, of which some do; else each listed rule wins.
        certain = all(
            rules.issuperset(full.rules)
            if full.reason == "overlap"
            else not rules.isdisjoint(full.rules)
            for full in fulls
        )
        return _TRUE if certain else _OPEN

    return read
