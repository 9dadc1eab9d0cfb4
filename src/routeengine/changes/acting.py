"""What a person can bring about: which values a fact can go to from the one it has."""

from __future__ import annotations

from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Fact


def can_act(fact: Fact, now: Value, new: Value) -> bool:
    """Say whether a person can bring about that a fact goes from one value to another."""
    here, there = fact.domain.index(now), fact.domain.index(new)
    return here is not None and there is not None and bool(reachable(fact, here) >> there & 1)


def reachable(fact: Fact, now: int) -> int:
    """Give the values that a person can bring about, as bits."""
    below = (1 << now) - 1
    match fact.actionable:
        case "up":
            return fact.domain.full & ~below
        case "down":
            return below
        case "any":
            return fact.domain.full
        case _:
            return 0
