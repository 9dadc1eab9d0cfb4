"""Facts that constraints tie together so tightly that none of them can change alone.

What matters to a verdict is found by changing one fact at a time, except where every
way from one completion to another leads through what is forbidden. That is a property of
the constraints alone ("x just when y"), so it is looked up once for a rule set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import prod
from typing import cast

from routeengine.errors import BudgetError
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import TRUE, Diagram, Node

MOST_STATES = 256
"""States of coupled facts that are compared pair by pair; past it, any two may count as tied."""

MOST_NODES = 20_000
"""Nodes that are made to see which facts cannot be tied; past it, all may be."""


def tied_sets(compiled: CompiledRuleSet, number: int) -> list[frozenset[str]]:
    """Give the smallest sets of facts of a coupling that can only change together.

    Two states of the coupled facts are tied where no state in between is possible: none
    that takes each fact from one of the two. The constraints of the coupling must have fit.
    """
    held = cast(Node, compiled.coupled[number])
    facts = [fact for fact in compiled.couplings[number].facts if fact in compiled.order]
    cells = [range(len(compiled.cells.of[fact])) for fact in facts]
    if prod(map(len, cells)) > MOST_STATES:
        return [frozenset(pair) for pair in combinations(_contested(compiled, held, facts), 2)]
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


def _contested(compiled: CompiledRuleSet, held: Node, facts: list[str]) -> list[str]:
    """Give the facts of which two cells are not "one allows all that the other does, and more".

    No other fact is tied. Take two states that differ in it and in more: in one of them it is in
    the cell that allows more, and the other one with that cell is possible too, in between.
    """
    whole = compiled.whole.diagram
    own = Diagram(whole.sizes, MOST_NODES)
    try:
        levels = list(own.by_level(whole.copy([held], own)[held]))
        return [compiled.order[level] for level, nodes in levels if _crosses(own, nodes)]
    except BudgetError:
        return facts


def _crosses(own: Diagram, nodes: Sequence[Node]) -> bool:
    """Say whether two cells of a variable differ both ways, over all nodes that test it."""

    def within(one: int, other: int) -> bool:
        kids = [own.kids[node] for node in nodes]
        return all(own.ite(some[one], some[other], TRUE) == TRUE for some in kids)

    pairs = combinations(range(len(own.kids[nodes[0]])), 2)
    return not all(within(one, other) or within(other, one) for one, other in pairs)


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
