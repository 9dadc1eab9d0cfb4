"""Because: a subset-minimal set of known facts that by themselves force a verdict.

Defined on verdicts alone: from those facts, and nothing else, the same is
possible as from all that is known. Learning a fact never makes more possible, so what
may be left out of a larger set in vain may be left out of a smaller one in vain
too: greedy deletion ends in a minimal set, and facts may be tried in batches. That
holds where the facts do not clash. For a contradiction the facts are those of a
minimal conflict; where others clash, those count as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from routeengine.explanation.plan import Spot
from routeengine.explanation.truths import Truths
from routeengine.profile import Known, State
from routeengine.result import Verdict
from routeengine.ruleset.conditions import AtLeast, FactIs
from routeengine.ruleset.model import RuleSet
from routeengine.truth import Truth

__all__ = ["Because", "shrink", "support"]


class Because:
    """Finds minimal sufficient facts for the verdicts of one client.

    `possible` is asked what a decision can be in states in which less is known than in `state`.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        state: State,
        possible: Callable[[State, str], tuple[str, ...]],
        conflicts: Sequence[frozenset[str]],
    ) -> None:
        self._state = state
        self._order = [fact.id for fact in ruleset.facts]
        self._conflicts = conflicts
        self._possible = possible
        self._nothing = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
        clashing = {fact for conflict in conflicts for fact in conflict}
        self.known = [
            fact
            for fact, known in state.items()
            if known.allowed != self._nothing[fact].allowed and fact not in clashing
        ]

    def find(
        self, verdict: Verdict, read: Collection[str], preferred: Collection[str]
    ) -> tuple[str, ...]:
        """Give the facts that force a verdict, in declared order.

        `read` are the facts that the decision reads, `preferred` those that the
        deciding rule rests on: the others are left out first.
        """
        if verdict.reason == "contradiction":
            return self._conflict(frozenset(read))
        unread = [fact for fact in self.known if fact not in read]
        others = [fact for fact in self.known if fact in read and fact not in preferred]
        favoured = [fact for fact in self.known if fact in read and fact in preferred]

        def enough(facts: frozenset[str]) -> bool:
            return self._same(verdict, facts)

        kept = shrink(frozenset(self.known), unread + others, enough)
        for fact in favoured:
            kept = shrink(kept, [fact], enough)
        return tuple(fact for fact in self.known if fact in kept)

    def _conflict(self, read: frozenset[str]) -> tuple[str, ...]:
        """Give the smallest conflict of which the decision reads a fact; of equals the first."""
        bearing = [one for one in self._conflicts if not one.isdisjoint(read)]
        places = [sorted(map(self._order.index, one)) for one in bearing]
        return tuple(self._order[place] for place in min(places, key=lambda one: (len(one), one)))

    def _same(self, verdict: Verdict, facts: frozenset[str]) -> bool:
        state = self._nothing | {fact: self._state[fact] for fact in facts}
        return self._possible(state, verdict.decision) == verdict.possible


def shrink(
    facts: frozenset[str], spare: Sequence[str], enough: Callable[[frozenset[str]], bool]
) -> frozenset[str]:
    """Leave out of `facts` what can be spared of `spare`, in that order, while it is enough.

    The whole is tried first, then its halves: the same result as one by one, in
    fewer questions where most can be spared.
    """
    less = facts.difference(spare)
    if not spare or enough(less):
        return less
    if len(spare) == 1:
        return facts
    middle = len(spare) // 2
    return shrink(shrink(facts, spare[:middle], enough), spare[middle:], enough)


def support(spot: Spot, truths: Truths, known: Mapping[str, Iterable[str]]) -> set[str]:
    """Guess facts that make a condition as true or false as it is: enough in most cases.

    `known` gives, by the id of an earlier decision, the facts that force its
    verdict. A condition that is open rests on no fact.
    """
    truth, condition = truths.of(spot), spot.condition
    if truth is Truth.OPEN:
        return set()
    if isinstance(condition, FactIs):
        return {condition.fact}
    if spot.kind in ("outcome", "status", "rule"):
        return set(known.get(spot.reference or "", ()))
    parts = [support(part, truths, known) for part in spot.parts]
    if spot.kind in ("all", "any", "at_least"):
        holds = truth is Truth.TRUE
        needed = len(parts) if spot.kind == "all" else 1
        needed = condition.count if isinstance(condition, AtLeast) else needed
        # To fail, so many must fail that too few are left to hold.
        enough = needed if holds else len(parts) - needed + 1
        same = [facts for part, facts in zip(spot.parts, parts, strict=True)
                if truths.of(part) is truth]  # fmt: skip
        parts = sorted(same, key=len)[:enough] if len(same) >= enough else parts
    return {fact for facts in parts for fact in facts}
