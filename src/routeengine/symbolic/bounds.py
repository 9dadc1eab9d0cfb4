"""Bounds where exactness is out of reach: never too few answers, maybe too many.

Strong Kleene logic over what is known (`quota_truth`). It is sound but not tight, so whoever
uses it says `exact=False` wherever it leaves something open.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from routeengine.ruleset import conditions, resolution
from routeengine.ruleset.conditions import Condition, FactIs, Joining, Reference
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import CompleteVerdict, Ranks, target
from routeengine.truth import (
    FALSE,
    OPEN,
    TRUE,
    Truth,
    quota_truth,
    range_truth,
    sum_range,
    value_truth,
)
from routeengine.value_set import ValueSet


class Bounds:
    """Bounds on one state of knowledge: `allowed` has per fact the values, or all may be.

    `ranks` are those of each decision of the rule set.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        ranks: Mapping[str, Ranks],
        allowed: Mapping[str, ValueSet] | None = None,
    ) -> None:
        self._ruleset, self._ranks = ruleset, ranks
        self._allowed = allowed or {fact.id: fact.domain.full for fact in ruleset.facts}
        self.winners, self.decision = cache(self._winners), cache(self._verdicts)
        self._referred_to = cache(self._truth_elsewhere)

    def truth(self, condition: Condition) -> Truth:
        """Return a truth that is never wrong; it may be OPEN though the exact one is not."""
        if isinstance(condition, FactIs):
            return value_truth(self._allowed[condition.fact], condition.allowed)
        if isinstance(condition, Joining):
            parts = condition.parts
            return quota_truth(map(self.truth, parts), len(parts), *condition.quota)
        return self._referred_to(condition)

    def _truth_elsewhere(self, condition: Reference) -> Truth:
        if isinstance(condition, conditions.CriterionIs):
            return self.truth(self._ruleset.criterion[condition.criterion].when)
        if isinstance(condition, conditions.ScoreIs):
            parts = self._ruleset.score[condition.score].parts
            least, most = sum_range([(self.truth(part.when), part.worth) for part in parts])
            return range_truth(least, most, condition.low, condition.high)
        verdicts = self.decision(condition.decision)

        def is_sure(full: CompleteVerdict) -> bool:
            # An overlap lists all that can win, of which some do; else each listed rule wins.
            if isinstance(condition, conditions.RuleIs) and full.reason == "overlap":
                return set(condition.rules).issuperset(full.rules)
            return full.meets(condition)

        can_hold = any(full.meets(condition) for full in verdicts)
        return Truth.of(can_hold, not all(map(is_sure, verdicts)))

    def _winners(self, name: str) -> Mapping[str, Truth]:
        """Return the rules of a decision that can win, and whether each is sure to apply.

        They are those that no rule outranks which is sure to apply, in declared order.
        """
        above, place = self._ranks[name].above, self._ranks[name].place
        certain = 0
        found: dict[str, Truth] = {}
        for rule in self._ruleset.decision[name].rules:
            # What outranks a rule outranks those that it outranks: it need not be read.
            if rule.when is None or above[rule.id] & certain:
                continue
            truth = self.truth(rule.when)
            if truth is not FALSE:
                found[rule.id] = truth
                if truth is TRUE:
                    certain |= 1 << place[rule.id]
        return {rule: truth for rule, truth in found.items() if not above[rule] & certain}

    def _verdicts(self, name: str) -> frozenset[CompleteVerdict]:
        """Return what a decision may come to: all keys that completions lead to, and maybe more."""
        decision = self._ruleset.decision[name]
        when = decision.applies_when
        applies = TRUE if when is None else self.truth(when)
        if applies is FALSE:
            return frozenset({resolution.NOT_APPLICABLE})
        winners = self.winners(name)
        verdicts = {self._ranks[name].alone[rule] for rule in winners}
        if applies is OPEN:
            verdicts.add(resolution.NOT_APPLICABLE)
        # Those that can win may overlap; and if none is sure to apply, maybe none does.
        targets = {target(self._ruleset.rule[rule]) for rule in winners}
        if len(targets) > 1:
            candidates = resolution.in_order(decision, targets)
            verdicts.add(CompleteVerdict("review", None, tuple(winners), "overlap", candidates))
        if TRUE not in winners.values():
            verdicts.add(resolution.resolve(decision, [], self._ranks[name].beaten))
        return frozenset(verdicts)
