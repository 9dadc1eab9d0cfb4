"""The order of variables: facts that are used together stand together.

The size of a diagram hangs on it. The order is taken from the structure of the
rules, never from the order of the file, by the FORCE heuristic (F. Aloul,
I. Markov, K. Sakallah, "FORCE: a fast and easy-to-implement variable-ordering
heuristic", 2003): each group of facts pulls its members to its centre.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routeengine.ruleset.conditions import Condition, children
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import facts_of

__all__ = ["groups_of", "order_by_structure"]

ROUNDS = 40


def groups_of(ruleset: RuleSet) -> list[tuple[str, ...]]:
    """Give the sets of facts that some condition, or part of one, uses together."""
    groups = {
        tuple(sorted(facts_of(ruleset, part)))
        for condition in ruleset.conditions
        for part in _combining(condition)
    }
    return sorted(group for group in groups if len(group) > 1)


def _combining(condition: Condition) -> Iterator[Condition]:
    yield condition
    for part in children(condition):
        yield from _combining(part)


def order_by_structure(facts: Sequence[str], groups: Sequence[tuple[str, ...]]) -> list[str]:
    """Order the facts so that small groups span little; the same whatever the input's order."""
    best = current = sorted(facts)
    if not groups:
        return best
    narrowest = _span(current, groups)
    for _ in range(ROUNDS):
        current = _pulled(current, groups)
        span = _span(current, groups)
        if span < narrowest:
            best, narrowest = current, span
    return best


def _pulled(order: Sequence[str], groups: Sequence[tuple[str, ...]]) -> list[str]:
    place = {fact: number for number, fact in enumerate(order)}
    pull: dict[str, tuple[float, float]] = dict.fromkeys(order, (0.0, 0.0))
    for group in groups:
        centre = sum(place[fact] for fact in group) / len(group)
        weight = 1 / (len(group) - 1)
        for fact in group:
            total, weights = pull[fact]
            pull[fact] = (total + weight * centre, weights + weight)
    wanted = {
        fact: total / weights if weights else place[fact] for fact, (total, weights) in pull.items()
    }
    return sorted(order, key=lambda fact: (wanted[fact], place[fact]))


def _span(order: Sequence[str], groups: Sequence[tuple[str, ...]]) -> float:
    place = {fact: number for number, fact in enumerate(order)}
    total = 0.0
    for group in groups:
        places = [place[fact] for fact in group]
        total += (max(places) - min(places)) / (len(group) - 1)
    return total
