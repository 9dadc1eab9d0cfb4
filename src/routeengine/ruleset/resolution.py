"""How the rules that apply settle a decision, when every fact is known.

This is the one place that says what "outranks", gap and overlap mean. Every
executor and every proof calls it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, reduce
from operator import or_
from typing import Literal, TypeAlias

from routeengine.bits import numbers
from routeengine.lazy import cached_property
from routeengine.ruleset.conditions import DecisionIs, DecisionStatus, OutcomeIs, StatusIs
from routeengine.ruleset.model import Decision, Review, Rule

Target: TypeAlias = str | tuple[str, ...]
"""Where a rule leads: an outcome, or the candidates that a person chooses between."""


@dataclass(frozen=True, slots=True)
class CompleteVerdict:
    """The answer of a decision on one fully known profile.

    `rules` are the winners, in declared order. Where many profiles go side by side their winners
    are kept apart from what they lead to: then `rules` is empty, and so are the candidates of an
    overlap.
    """

    status: DecisionStatus
    outcome: str | None = None
    rules: tuple[str, ...] = ()
    reason: Literal["rule", "gap", "overlap"] | None = None
    candidates: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes two verdicts the same: the outcome, "review" or "not_applicable"."""
        return self.outcome if self.outcome is not None else self.status

    @property
    def without_rules(self) -> CompleteVerdict:
        """The same verdict as it is kept apart from its winners."""
        return OVERLAP if self.reason == "overlap" else replace(self, rules=())

    def meets(self, condition: DecisionIs) -> bool:
        """Return whether a condition on the decision holds."""
        match condition:
            case OutcomeIs(outcomes=outcomes):
                return self.outcome in outcomes
            case StatusIs(statuses=statuses):
                return self.status in statuses
            case _:  # RuleIs
                return not set(condition.rules).isdisjoint(self.rules)


NOT_APPLICABLE = CompleteVerdict("not_applicable")
GAP = CompleteVerdict("review", reason="gap")
OVERLAP = CompleteVerdict("review", reason="overlap")


def target(rule: Rule) -> Target:
    """Return where a rule leads."""
    return rule.then.candidates if isinstance(rule.then, Review) else rule.then


def by_target(decision: Decision) -> dict[Target, list[Rule]]:
    """Return the rules of a decision by where they lead."""
    rules: dict[Target, list[Rule]] = {}
    for rule in decision.rules:
        rules.setdefault(target(rule), []).append(rule)
    return rules


# Three rules: `a` leads to X and outranks `b`, `b` leads to Y and outranks `c`, `c` leads to Z.
#
#   outranked_by           a: {}   b: {a}   c: {a, b}, of which a by way of b
#   a and c apply       a wins, though b does not apply: decided, X
#   b and c apply       b wins: decided, Y
#   none applies        the `otherwise` rule if there is one, else review: a gap
#   no outranks at all  a and c win both: review, an overlap of X and Z


def outranked_by(decision: Decision) -> dict[str, frozenset[str]]:
    """Return, per rule, the rules that outrank it, also by way of others.

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


def resolve(
    decision: Decision,
    applying: Iterable[str],
    beaten: Mapping[str, frozenset[str]] | None = None,
) -> CompleteVerdict:
    """Return the verdict if just these rules apply (`otherwise` is worked out here).

    `beaten` is what `outranked_by` gives, for callers that settle the same decision often.
    """
    # `otherwise` is no rule that all others outrank: it applies if none does, and so always wins.
    applies = set(applying)
    if not applies:
        applies = {rule.id for rule in decision.rules if rule.when is None}
    beaten = outranked_by(decision) if beaten is None else beaten
    winners = [
        rule for rule in decision.rules if rule.id in applies and not beaten[rule.id] & applies
    ]
    if not winners:
        return GAP
    rules, targets = tuple(rule.id for rule in winners), {target(rule) for rule in winners}
    if len(targets) > 1:
        return replace(OVERLAP, rules=rules, candidates=in_order(decision, targets))
    return replace(verdict_to(decision, targets.pop()), rules=rules)


def verdict_to(decision: Decision, where: Target) -> CompleteVerdict:
    """Return the verdict that winners with this one target lead to, whichever they are."""
    if isinstance(where, str):
        return CompleteVerdict("decided", where)
    return CompleteVerdict("review", reason="rule", candidates=in_order(decision, [where]))


def in_order(decision: Decision, targets: Iterable[Target]) -> tuple[str, ...]:
    """Return the outcomes that these targets name, in declared order."""
    named = {name for one in targets for name in ([one] if isinstance(one, str) else one)}
    return tuple(outcome.id for outcome in decision.outcomes if outcome.id in named)


class Ranks:
    """Who outranks whom in one decision, for whoever asks often.

    `above` has what `outranked_by` returns as bits, by the `place` of each rule in its decision: of
    five thousand rules in a row that is three megabytes, and as sets of names it would be a
    thousand times as much. `next_above` has, per rule, those of the rules that outrank it between
    which and it no other stands: all of `above` follows from them.
    """

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self.place = {rule.id: number for number, rule in enumerate(decision.rules)}
        direct = dict.fromkeys(self.place, 0)
        for rule in decision.rules:
            for loser in rule.outranks:
                direct[loser] |= 1 << self.place[rule.id]
        self.above = self._all_above(direct)
        # Whoever has most above it goes first: what is above that is mostly all there is.
        self._above: dict[str, list[str]] = {rule.id: [] for rule in decision.rules}
        for rule in sorted(decision.rules, key=lambda one: -self.above[one.id].bit_count()):
            for loser in rule.outranks:
                self._above[loser].append(rule.id)
        # Rules of one rank have the same ones directly above them.
        nearest = cache(lambda bits: tuple(sorted(self.names(bits & ~self._or_above(bits)))))
        self.next_above = {rule: nearest(bits) for rule, bits in direct.items()}

    def _all_above(self, direct: Mapping[str, int]) -> dict[str, int]:
        """Return what outranks each rule, from what does so directly: the highest rules first."""
        above = dict(direct)
        waiting = {rule: bits.bit_count() for rule, bits in direct.items()}
        ready = [rule for rule, number in waiting.items() if not number]
        outranks = {rule.id: set(rule.outranks) for rule in self._decision.rules}
        while ready:
            rule = ready.pop()
            for loser in outranks[rule]:
                above[loser] |= above[rule]
                waiting[loser] -= 1
                if not waiting[loser]:
                    ready.append(loser)
        return above

    def _or_above(self, bits: int) -> int:
        """Return what outranks one of these rules."""
        return reduce(or_, (self.above[rule] for rule in self.names(bits)), 0)

    def names(self, bits: int) -> list[str]:
        """Return the rules at these places."""
        return [self._decision.rules[place].id for place in numbers(bits)]

    @property
    def beaten(self) -> Mapping[str, frozenset[str]]:
        """What `outranked_by` returns; each set is made when it is asked for."""
        return _Named(self)

    @cached_property
    def alone(self) -> Mapping[str, CompleteVerdict]:
        """Per rule the verdict if it is the only one that applies."""
        return {
            rule.id: replace(verdict_to(self._decision, target(rule)), rules=(rule.id,))
            for rule in self._decision.rules
        }

    def without(self, winner: str, loser: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield what still outranks each rule that fewer rules outrank, if one rule does not.

        That is one `outranks` as it is written, of `winner` over `loser`.
        """
        # Only the loser and what it outranks can lose a rule above it. Those with fewest above go
        # first, so that what is left above a rule is known before what it outranks is looked at.
        above, place, left = self.above, self.place, dict[str, int]()
        below = [rule for rule, bits in above.items() if bits >> place[loser] & 1]
        for rule in [loser, *sorted(below, key=lambda one: above[one].bit_count())]:
            still = 0
            for other in self._above[rule]:
                if still == above[rule]:
                    break
                if (other, rule) != (winner, loser):
                    still |= 1 << place[other] | left.get(other, above[other])
            if still != above[rule]:
                left[rule] = still
                yield rule, frozenset(self.names(still))


class _Named(Mapping[str, frozenset[str]]):
    """The rules that outrank each, by their names."""

    def __init__(self, ranks: Ranks) -> None:
        self._ranks = ranks

    def __getitem__(self, rule: str) -> frozenset[str]:
        return frozenset(self._ranks.names(self._ranks.above[rule]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._ranks.above)

    def __len__(self) -> int:
        return len(self._ranks.above)
