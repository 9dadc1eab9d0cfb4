"""Bounds where exactness is out of reach: never too few answers, maybe too many.

Strong Kleene logic over what is known. It is sound but not tight, so whoever uses
it says `exact=False` wherever it leaves something open.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    beaten_by,
    in_order,
    settle,
    target,
)
from routeengine.truth import Truth

__all__ = ["Bounds"]


class Bounds:
    """Bounds on one state of knowledge: per fact the values that are allowed, as bits."""

    def __init__(self, ruleset: RuleSet, allowed: Mapping[str, int]) -> None:
        self.ruleset = ruleset
        self.allowed = allowed
        self._criteria: dict[str, Truth] = {}
        self._decisions: dict[str, frozenset[FullVerdict]] = {}

    def truth(self, condition: Condition) -> Truth:
        """Give a truth that is never wrong; OPEN may stand where an exact one is not."""
        match condition:
            case FactIs(fact=fact, allowed=wanted):
                allowed = self.allowed[fact]
                return Truth.of(bool(allowed & wanted), bool(allowed & ~wanted))
            case CriterionIs(criterion=name):
                if name not in self._criteria:
                    self._criteria[name] = self.truth(self.ruleset.criterion[name].when)
                return self._criteria[name]
            case Not(part=part):
                return _negated(self.truth(part))
            case All(parts=parts):
                return self._counted(parts, len(parts), len(parts))
            case Any(parts=parts):
                return self._counted(parts, 1, len(parts))
            case AtLeast(count=count, parts=parts):
                return self._counted(parts, count, len(parts))
            case Exactly(count=count, parts=parts):
                return self._counted(parts, count, count)
            case OutcomeIs(decision=name, outcomes=outcomes):
                seen = {full.outcome in outcomes for full in self.decision(name)}
            case StatusIs(decision=name, statuses=statuses):
                seen = {full.status in statuses for full in self.decision(name)}
            case _:  # RuleIs
                return self._rule(condition.decision, frozenset(condition.rules))
        return Truth.of(True in seen, False in seen)

    def _counted(self, parts: tuple[Condition, ...], low: int, high: int) -> Truth:
        truths = [self.truth(part) for part in parts]
        least = truths.count(Truth.TRUE)
        most = least + truths.count(Truth.OPEN)
        if low <= least and most <= high:
            return Truth.TRUE
        return Truth.FALSE if most < low or least > high else Truth.OPEN

    def _rule(self, decision: str, rules: frozenset[str]) -> Truth:
        fulls = self.decision(decision)
        if all(rules.isdisjoint(full.rules) for full in fulls):
            return Truth.FALSE
        # An overlap lists all that can win, of which some do; else each listed rule wins.
        certain = all(
            rules.issuperset(full.rules)
            if full.reason == "overlap"
            else not rules.isdisjoint(full.rules)
            for full in fulls
        )
        return Truth.TRUE if certain else Truth.OPEN

    def decision(self, name: str) -> frozenset[FullVerdict]:
        """Give verdicts among whose keys each one is that a completion leads to."""
        if name not in self._decisions:
            self._decisions[name] = frozenset(self._verdicts(self.ruleset.decision[name]))
        return self._decisions[name]

    def _verdicts(self, decision: Decision) -> set[FullVerdict]:
        applies = Truth.TRUE
        if decision.applies_when is not None:
            applies = self.truth(decision.applies_when)
        if applies is Truth.FALSE:
            return {NOT_APPLICABLE}
        verdicts = {NOT_APPLICABLE} if applies is Truth.OPEN else set()
        truths = {r.id: self.truth(r.when) for r in decision.rules if r.when is not None}
        certain = {rule for rule, truth in truths.items() if truth is Truth.TRUE}
        beaten = beaten_by(decision)
        winners = [
            rule
            for rule in decision.rules
            if rule.id in truths
            and truths[rule.id] is not Truth.FALSE
            and beaten[rule.id].isdisjoint(certain)
        ]
        verdicts |= {settle(decision, [rule.id], beaten) for rule in winners}
        targets = {target(rule) for rule in winners}
        if len(targets) > 1:
            rules = tuple(rule.id for rule in winners)
            verdicts.add(FullVerdict("review", None, rules, "overlap", in_order(decision, targets)))
        if not certain:
            verdicts.add(settle(decision, [], beaten))
        return verdicts


def _negated(truth: Truth) -> Truth:
    if truth is Truth.OPEN:
        return truth
    return Truth.FALSE if truth is Truth.TRUE else Truth.TRUE
