"""Diagrams as columns: per node the features of the leaves that a row can reach.

A node's value is the "or" of its children's, over the cells that its fact may be in. A node
with one parent stands inside it; every other node is a column of its own, worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from routeengine.sql.expressions import Sql, among, choose, column, masked, number, union
from routeengine.sql.inputs import UNKNOWN
from routeengine.sql.plan import Plan
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Walks", "copied"]

ALL = -1
"""A number with all bits set."""

DEEPEST = 12
"""Nodes within each other in one expression; databases limit how deep one is."""


def copied(source: Diagram, root: Node, to: Diagram, value: Callable[[Any], int]) -> Node:
    """Copy a function to another diagram of the same variables, with other leaves."""
    moved: dict[Node, Node] = {}
    for node in sorted(source.reachable(root)):
        kids = source.kids[node]
        moved[node] = (
            to.node(source.level[node], tuple([moved[kid] for kid in kids]))
            if kids
            else to.leaf(value(source.values[node]))
        )
    return moved[root]


class Walks:
    """The nodes below some roots, as columns of a plan. `cells` names the columns by level."""

    def __init__(self, plan: Plan, diagram: Diagram, cells: Sequence[str]) -> None:
        self.plan = plan
        self.diagram = diagram
        self.cells = cells
        self._mays: dict[tuple[int, tuple[int, ...]], str] = {}

    def define(self, roots: dict[str, Node]) -> None:
        """Plan a column of this name for each root."""
        parents: dict[Node, int] = {}
        nodes = sorted({n for root in roots.values() for n in self.diagram.reachable(root)})
        for node in nodes:
            for kid in set(self.diagram.kids[node]):
                parents[kid] = parents.get(kid, 0) + 1
        self._own = {node for node in nodes if parents.get(node, 0) > 1} | set(roots.values())
        self._depth: dict[Node, int] = {}
        for node in nodes:
            self._settle(node)
        for name, root in roots.items():
            self.plan.define(name, *self._value(root))

    def _settle(self, node: Node) -> None:
        """Say how deep a node's expression is; one that is too deep stands alone."""
        kids = self.diagram.kids[node]
        if not kids:
            self._depth[node] = 0
            return
        depth = 1 + max(0 if kid in self._own else self._depth[kid] for kid in kids)
        self._depth[node] = depth
        if depth >= DEEPEST:
            self._own.add(node)
        if node in self._own:
            self.plan.define(f"node_{node}", *self._expression(node))

    def _value(self, node: Node) -> tuple[Sql, frozenset[str]]:
        """Give a node where another one uses it, and the columns that it is made of."""
        if not self.diagram.kids[node]:
            return number(self.diagram.values[node]), frozenset()
        if node in self._own:
            return column(f"node_{node}"), frozenset({f"node_{node}"})
        return self._expression(node)

    def _expression(self, node: Node) -> tuple[Sql, frozenset[str]]:
        needs: set[str] = set()
        parts = []
        for kid, cells in self._branches(node):
            value, made_of = self._value(kid)
            may = self._may(self.diagram.level[node], cells)
            parts.append(masked(column(may), value))
            needs |= {may, *made_of}
        return union(parts), frozenset(needs)

    def _may(self, level: int, cells: tuple[int, ...]) -> str:
        """Give the column with all bits set where a fact may be in one of some cells, else 0."""
        known = self._mays.get((level, cells))
        if known is None:
            cell = self.cells[level]
            may = among(lambda: column(cell), [UNKNOWN, *cells])
            sql = choose([(may, number(ALL))], number(0))
            known = self.plan.define(f"may_{len(self.plan)}", sql, [cell])
            self._mays[level, cells] = known
        return known

    def _branches(self, node: Node) -> Iterator[tuple[Node, tuple[int, ...]]]:
        """Yield each child that leads anywhere, with its cells."""
        kids = self.diagram.kids[node]
        for kid in dict.fromkeys(kids):
            if self.diagram.kids[kid] or self.diagram.values[kid]:
                yield kid, tuple([cell for cell, one in enumerate(kids) if one == kid])
