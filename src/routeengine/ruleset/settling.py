"""How the rules that apply settle a decision, where every fact is known.

This is the one place that says what "outranks", gap and overlap mean. Every
executor and every proof calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from routeengine.ruleset.model import Decision, Review, Rule

__all__ = ["NOT_APPLICABLE", "FullVerdict", "Target", "beaten_by", "settle", "target"]

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
