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

ROUNDS, FEWEST_ROUNDS = 40, 8

MOST_PULLS = 400_000
"""Pulls of a group at a member, over all rounds: about a tenth of a second."""


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
    names = sorted(facts)
    number = {fact: place for place, fact in enumerate(names)}
    members = [[number[fact] for fact in group] for group in groups]
    best = current = list(range(len(names)))
    narrowest = float("inf")
    for _ in range(_rounds(members)):
        span, pulled = _pulled(current, members)
        if span < narrowest:
            best, narrowest = current, span
        if pulled == current:  # so would be every further round
            break
        current = pulled
    return [names[fact] for fact in best]


def _rounds(groups: Sequence[Sequence[int]]) -> int:
    """Give the rounds that are worth it: huge rule sets get fewer."""
    return max(FEWEST_ROUNDS, min(ROUNDS, MOST_PULLS // max(1, sum(map(len, groups)))))


def _pulled(order: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[float, list[int]]:
    """Give how far the groups span in this order, and the order that they pull to."""
    place = [0] * len(order)
    for number, fact in enumerate(order):
        place[fact] = number
    totals, weights = [0.0] * len(order), [0.0] * len(order)
    span = 0.0
    for group in groups:
        places = [place[fact] for fact in group]
        span += (max(places) - min(places)) / (len(group) - 1)
        weight = 1 / (len(group) - 1)
        pull = weight * (sum(places) / len(group))
        for fact in group:
            totals[fact] += pull
            weights[fact] += weight
    wanted = [
        total / weight if weight else at
        for total, weight, at in zip(totals, weights, place, strict=True)
    ]
    return span, sorted(order, key=lambda fact: (wanted[fact], place[fact]))
