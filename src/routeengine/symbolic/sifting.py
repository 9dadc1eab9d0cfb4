"""A better order of variables, found on diagrams that are there already.

Each variable in turn is moved through all places, by exchanges with its neighbour, and stays
where the diagrams are smallest (R. Rudell, "Dynamic variable ordering for ordered binary decision
diagrams", 1993; here for variables of any number of values). An exchange makes anew just the
nodes of two levels. What comes out is an order and no more: the rules are compiled again by it,
so nothing that is said hangs on this.
"""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["sifted"]

MOST_NODES = 4_000
"""Nodes that are sifted; of more the order stays as it is."""

MOST_WORK = 150_000
"""Children that exchanges may look at and make before sifting ends: about a tenth of a second."""

AN_EXCHANGE = 10
"""What an exchange takes beside its nodes, in the time of a child."""

GROWTH = 1.02
"""A variable is moved on while the diagrams are at most so many times as large as at best."""

Kids = tuple[int, ...]


def sifted(diagram: Diagram, roots: Sequence[Node]) -> list[int]:
    """Give the levels of the diagrams below these roots, in an order that makes them smaller.

    At worst it is the order that they have.
    """
    nodes = diagram.reachable(*roots)
    levels = list(range(diagram.bottom))
    if len(nodes) > MOST_NODES:
        return levels
    sifting = _Sifting(diagram, nodes, roots)
    # The most populous first; where a variable has no node, no place is better than another.
    for level in sorted(levels, key=lambda one: (-len(sifting.at[one]), one)):
        if sifting.at[level] and sifting.left > 0:
            sifting.sift(level)
    return sifting.order


class _Sifting:
    """Diagrams whose levels can be exchanged; a node stays the same function all the while.

    `at` has per variable its nodes by their children, `order` the variables from the top down;
    `left` is how much work may still be done.
    """

    def __init__(self, diagram: Diagram, nodes: Sequence[Node], roots: Sequence[Node]) -> None:
        self.sizes = diagram.sizes
        self.order = list(range(diagram.bottom))
        self.at: list[dict[Kids, int]] = [{} for _ in self.order]
        self._variable = {node: diagram.level[node] for node in nodes}
        self._kids: dict[int, Kids] = {}
        self._parents = dict.fromkeys(nodes, 0)
        for node in nodes:
            if kids := diagram.kids[node]:
                self.at[diagram.level[node]][kids] = node
                self._kids[node] = kids
            for kid in kids:
                self._parents[kid] += 1
        for root in roots:
            self._parents[root] += 1
        self._next = max(nodes, default=0) + 1
        self.left = MOST_WORK

    def sift(self, variable: int) -> None:
        """Move a variable to its best place, the nearer end first."""
        place = start = self.order.index(variable)
        size = least = sum(map(len, self.at))
        last = len(self.order) - 1
        steps = [-1, 1] if start <= last // 2 else [1, -1]
        best = start
        for step in steps:
            while 0 <= place + step <= last and size <= GROWTH * least:
                upper = min(place, place + step)
                self.left -= self._work(upper)
                if self.left < 0:
                    break
                size += self._exchange(upper)
                place += step
                if size < least:
                    least, best = size, place
            while place != best:
                back = 1 if place < best else -1
                self._exchange(min(place, place + back))
                place += back
            size = least

    def _work(self, place: int) -> int:
        """Give what it takes at most to exchange a level with the one below it, in children."""
        upper, lower = self.order[place], self.order[place + 1]
        return AN_EXCHANGE + len(self.at[upper]) * self.sizes[upper] * (1 + self.sizes[lower])

    def _exchange(self, place: int) -> int:
        """Exchange a level with the one below it; give how many nodes there are more."""
        upper, lower = self.order[place], self.order[place + 1]
        self.order[place], self.order[place + 1] = lower, upper
        above, below, variable = self.at[upper], self.at[lower], self._variable
        before = len(above) + len(below)
        moving = [
            (kids, node)
            for kids, node in above.items()
            if any(variable[kid] == lower for kid in kids)
        ]
        for kids, _ in moving:
            del above[kids]
        for kids, node in moving:
            # Per kid what is below it, for each cell of the lower variable.
            rows = [
                self._kids[kid] if variable[kid] == lower else (kid,) * self.sizes[lower]
                for kid in kids
            ]
            new = tuple([self._node(upper, column) for column in zip(*rows, strict=True)])
            for kid in new:
                self._parents[kid] += 1
            variable[node] = lower
            below[new] = node
            self._kids[node] = new
            for kid in kids:
                self._leave(kid)
        return len(above) + len(below) - before

    def _node(self, variable: int, kids: Kids) -> int:
        """Give the node with these children, a new one where there is none."""
        if kids.count(kids[0]) == len(kids):
            return kids[0]
        node = self.at[variable].get(kids)
        if node is None:
            node = self.at[variable][kids] = self._next
            self._next += 1
            self._variable[node], self._kids[node], self._parents[node] = variable, kids, 0
            for kid in kids:
                self._parents[kid] += 1
        return node

    def _leave(self, node: int) -> None:
        """Take a parent from a node; without any it is gone."""
        self._parents[node] -= 1
        if not self._parents[node] and node in self._kids:
            kids = self._kids.pop(node)
            del self.at[self._variable[node]][kids]
            for kid in kids:
                self._leave(kid)
