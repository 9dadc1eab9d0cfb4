"""Facts that constraints tie together so tightly that none of them can change alone.

What matters to a verdict is found by changing one fact at a time, except where every
way from one completion to another leads through what is forbidden. That is a property of
the constraints alone ("x just when y"), so it is looked up once for a rule set.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import prod

from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import TRUE

__all__ = ["tied_sets"]

MOST_STATES = 256
"""States of coupled facts that are compared pair by pair; past it, any two count as tied."""


def tied_sets(compiled: CompiledRuleSet, number: int) -> list[frozenset[str]]:
    """Give the smallest sets of facts of a coupling that can only change together.

    Two states of the coupled facts are tied where no state in between is possible: none
    that takes each fact from one of the two.
    """
    held = compiled.coupled[number]
    facts = [fact for fact in compiled.couplings[number].facts if fact in compiled.order]
    cells = [range(len(compiled.cells.of[fact])) for fact in facts]
    if held is None or prod(map(len, cells)) > MOST_STATES:
        return [frozenset(pair) for pair in combinations(facts, 2)]
    diagram, order = compiled.whole.diagram, compiled.order
    possible = set()
    for state in product(*cells):
        at = dict(zip(facts, state, strict=True))
        masks = [1 << at.get(fact, 0) for fact in order]
        if TRUE in diagram.reach(held, masks):
            possible.add(state)
    found: list[frozenset[str]] = []
    for parted in sorted({_parted(*pair) for pair in _tied(possible)}, key=len):
        some = frozenset(facts[place] for place in parted)
        if not any(one <= some for one in found):
            found.append(some)
    return found


def _tied(possible: set[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    for one, other in combinations(sorted(possible), 2):
        places = _parted(one, other)
        if len(places) < 2:
            continue
        near = ((*one[:p], other[p], *one[p + 1 :]) for p in places)
        if possible.isdisjoint(near) and not any(
            state not in (one, other)
            and all(s in pair for s, pair in zip(state, zip(one, other, strict=True), strict=True))
            for state in possible
        ):
            yield one, other


def _parted(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
