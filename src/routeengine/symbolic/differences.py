"""What can still change a verdict, for many profiles at once.

A fact matters where two completions that differ in it alone lead to different leaves.
So all pairs of nodes are walked that a profile can stand at after such a difference;
below it both go the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, TypeAlias

from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.program import EVERYWHERE, NOWHERE, Circuit, Wire, cells_to

Way: TypeAlias = tuple[Node, int]
"""A child, and the cells that lead there as bits."""

MOST_PAIRS = 20_000
"""Pairs of nodes that are walked; past it there is no program, and profiles go one by one."""


class Differences:
    """The lanes in which a change of one fact changes the value of a leaf.

    `same` compares the values of two leaves.
    """

    def __init__(
        self, circuit: Circuit, diagram: Diagram, same: Callable[[Any, Any], bool]
    ) -> None:
        self._circuit = circuit
        self._diagram = diagram
        self._same = same
        self._known: dict[tuple[Node, Node], Wire] = {}

    def of(self, root: Node) -> dict[int, Wire]:
        """Give, per level, the lanes in which its variable alone makes a difference.

        Raises BudgetError where too many pairs of nodes would have to be walked.
        """
        circuit, diagram = self._circuit, self._diagram
        found: dict[int, Wire] = {}
        at = circuit.nodes(root)
        for level, nodes in diagram.by_level(root):
            # Two ways on from a node, each a child and its cells: the same from many a node.
            forks: dict[tuple[Way, Way], Wire] = {}
            for node in nodes:
                for fork in combinations(sorted(cells_to(diagram.kids[node]).items()), 2):
                    forks[fork] = circuit.either(forks.get(fork, NOWHERE), at[node])
            for ((one, here), (other, there)), lanes in forks.items():
                may = circuit.both(circuit.may(level, here), circuit.may(level, there))
                differ = circuit.both(circuit.both(may, self._differ(one, other)), lanes)
                found[level] = circuit.either(found.get(level, NOWHERE), differ)
        return found

    def _differ(self, one: Node, other: Node) -> Wire:
        """Give the lanes in which two nodes lead to different leaves by the same cells."""
        first = (one, other) if one < other else (other, one)
        todo = [first]
        while todo:
            pair = todo[-1]
            if pair not in self._known:
                below = list(self._below(*pair))
                pending = [p for p in below if p not in self._known and p[0] != p[1]]
                if pending:
                    todo += pending
                    continue
                if len(self._known) >= MOST_PAIRS:
                    raise BudgetError(f"more than {MOST_PAIRS} pairs of nodes are needed")
                self._known[pair] = self._joined(pair, below)
            todo.pop()
        return self._known[first]

    def _below(self, one: Node, other: Node) -> Iterator[tuple[Node, Node]]:
        """Yield the pair below a pair for each cell."""
        diagram = self._diagram
        level = min(diagram.level[one], diagram.level[other])
        if level == diagram.bottom:
            return
        size = diagram.sizes[level]
        left = diagram.kids[one] if diagram.level[one] == level else (one,) * size
        right = diagram.kids[other] if diagram.level[other] == level else (other,) * size
        for a, b in zip(left, right, strict=True):
            yield (a, b) if a < b else (b, a)

    def _joined(self, pair: tuple[Node, Node], below: list[tuple[Node, Node]]) -> Wire:
        diagram = self._diagram
        if not below:
            same = self._same(*(diagram.values[leaf] for leaf in pair))
            return NOWHERE if same else EVERYWHERE
        level = min(diagram.level[node] for node in pair)
        words = [NOWHERE if one[0] == one[1] else self._known[one] for one in below]
        return self._circuit.any_of(level, words)
