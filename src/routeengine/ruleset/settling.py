"""How the rules that apply settle a decision, where every fact is known.

This is the one place that says what "outranks", gap and overlap mean. Every
executor and every proof calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.bits import numbers
from routeengine.ruleset.model import Decision, Review, Rule, RuleSet

__all__ = [
    "NOT_APPLICABLE",
    "FullVerdict",
    "Settling",
    "Settlings",
    "Target",
    "beaten_by",
    "settle",
    "target",
]

REMEMBERED = 4_096
"""Verdicts that are kept per decision."""

Target: TypeAlias = str | tuple[str, ...]
"""Where a rule leads: an outcome, or the candidates that a person chooses between."""


@dataclass(frozen=True, slots=True)
class FullVerdict:
    """The answer of a decision on one fully known profile.

    `rules` are the winners, in declared order.
    """

    status: Literal["decided", "review", "not_applicable"]
    outcome: str | None = None
    rules: tuple[str, ...] = ()
    reason: Literal["rule", "gap", "overlap"] | None = None
    candidates: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes two verdicts the same: the outcome, "review" or "not_applicable"."""
        return self.outcome if self.outcome is not None else self.status


NOT_APPLICABLE = FullVerdict("not_applicable")


def target(rule: Rule) -> Target:
    """Give where a rule leads."""
    return rule.then.candidates if isinstance(rule.then, Review) else rule.then


def beaten_by(decision: Decision) -> dict[str, frozenset[str]]:
    """Give, per rule, the rules that outrank it, also by way of others.

    A rule in between need not apply: outranking is a static partial order.
    """
    direct = {rule.id: rule.outranks for rule in decision.rules}
    beaten: dict[str, set[str]] = {rule.id: set() for rule in decision.rules}
    for winner, losers in direct.items():
        todo = list(losers)
        while todo:
            loser = todo.pop()
            if winner not in beaten[loser]:
                beaten[loser].add(winner)
                todo += direct[loser]
    return {rule: frozenset(winners) for rule, winners in beaten.items()}


def settle(
    decision: Decision,
    applying: Iterable[str],
    beaten: Mapping[str, frozenset[str]] | None = None,
) -> FullVerdict:
    """Give the verdict where just these rules apply (`otherwise` is worked out here).

    `beaten` is what `beaten_by` gives, for callers that settle the same decision often.
    """
    applies = set(applying)
    if not applies:
        applies = {rule.id for rule in decision.rules if rule.when is None}
    beaten = beaten_by(decision) if beaten is None else beaten
    winners = [
        rule for rule in decision.rules if rule.id in applies and not beaten[rule.id] & applies
    ]
    return _won(decision, winners)


def _won(decision: Decision, winners: Sequence[Rule]) -> FullVerdict:
    """Give the verdict where these rules win, in declared order."""
    rules = tuple(rule.id for rule in winners)
    targets = {target(rule) for rule in winners}
    if not targets:
        return FullVerdict("review", reason="gap")
    candidates = in_order(decision, targets)
    if len(targets) > 1:
        return FullVerdict("review", rules=rules, reason="overlap", candidates=candidates)
    only = targets.pop()
    if isinstance(only, str):
        return FullVerdict("decided", outcome=only, rules=rules)
    return FullVerdict("review", rules=rules, reason="rule", candidates=candidates)


def in_order(decision: Decision, targets: Iterable[Target]) -> tuple[str, ...]:
    """Give the outcomes that these targets name, in declared order."""
    named: set[str] = set()
    for one in targets:
        named |= {one} if isinstance(one, str) else set(one)
    return tuple(outcome.id for outcome in decision.outcomes if outcome.id in named)


class Settling:
    """How one decision is settled, for whoever settles it often.

    Sets of rules are bits, in declared order. `beaten` has what `beaten_by` gives, `beaten_bits`
    and `beats_bits` the same per rule as bits, both ways around. `form` is all that settles
    the decision, conditions aside.
    """

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        self.beaten = beaten_by(decision)
        bit = {rule.id: 1 << place for place, rule in enumerate(decision.rules)}
        self.bit: Mapping[str, int] = bit
        self.beaten_bits = {one: sum(bit[by] for by in some) for one, some in self.beaten.items()}
        self.beats_bits = {
            one: sum(bit[other] for other, some in self.beaten.items() if one in some)
            for one in bit
        }
        self._beaten = tuple(self.beaten_bits.values())
        self._otherwise = sum(bit[rule.id] for rule in decision.rules if rule.when is None)
        outcomes = tuple(outcome.id for outcome in decision.outcomes)
        rules = tuple((r.id, target(r), r.outranks, r.when is None) for r in decision.rules)
        self.form = decision.id, outcomes, rules
        # INVARIANT: a verdict hangs on nothing but the rules that apply.
        self._known: dict[int, FullVerdict] = {}

    def of(self, applying: int) -> FullVerdict:
        """Give the verdict where just these rules apply."""
        known = self._known.get(applying)
        if known is None:
            known = self._settle(applying or self._otherwise)
            if len(self._known) < REMEMBERED:
                self._known[applying] = known
        return known

    def _settle(self, applying: int) -> FullVerdict:
        rules = self.decision.rules
        winners = [rules[n] for n in numbers(applying) if not applying & self._beaten[n]]
        return _won(self.decision, winners)


class Settlings:
    """How each decision of a rule set is settled, made when first asked for."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._ruleset = ruleset
        self._known: dict[str, Settling] = {}

    def __getitem__(self, decision: str) -> Settling:
        known = self._known.get(decision)
        if known is None:
            known = self._known[decision] = Settling(self._ruleset.decision[decision])
        return known
