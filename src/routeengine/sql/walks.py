"""Diagrams as columns: per node the bits of the leaves that a row can reach.

A node's value is the "or" of its children's, each "and" the bits that its way down lets through in
that row. A node with one parent stands inside it; every other node is a column of its own, worked
out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from routeengine.sql.expressions import Sql, among, choose, column, masked, number, union
from routeengine.sql.inputs import UNKNOWN
from routeengine.sql.plan import Plan
from routeengine.symbolic.diagram import Diagram, Node

ALL = -1
"""A number with all bits set."""

DEEPEST = 12
"""Nodes within each other in one expression; databases limit how deep one is."""


class Variable(NamedTuple):
    """What a row says of a variable of a diagram: the column with the cell of a fact, or UNKNOWN.

    `ways` has per child, and per value of that column, the bits that are let through. A value that
    is not there lets none through, and None in place of them all lets everything through always.
    """

    column: str
    ways: Sequence[Mapping[int, int] | None]


def by_cell(column: str, cells: int) -> Variable:
    """Return the variable that goes to the child of the fact's cell, and to all where unknown."""
    return Variable(column, [{UNKNOWN: ALL, cell: ALL} for cell in range(cells)])


class Walks:
    """The nodes below some roots, as columns of a plan whose names begin with `name`.

    A leaf is a number, or a truth value, which stands for all bits or none. `variables` are by
    level.
    """

    def __init__(
        self, plan: Plan, diagram: Diagram, variables: Mapping[int, Variable], name: str
    ) -> None:
        self.plan = plan
        self.diagram = diagram
        self.variables = variables
        self.name = name
        self._may = cache(self._let_through)

    def define(self, roots: Mapping[str, Node]) -> None:
        """Plan a column of this name for each root."""
        kids = self.diagram.kids
        nodes = [node for node in self.diagram.reachable(*roots.values())[::-1] if kids[node]]
        parents = Counter(kid for node in nodes for kid in set(kids[node]))
        self._own = {node for node in nodes if parents[node] > 1} | set(roots.values())
        depth: dict[Node, int] = {}
        for node in nodes:
            depth[node] = 1 + max([depth.get(kid, 0) for kid in kids[node]])
            # What would be too deep stands alone.
            if node in self._own or depth[node] >= DEEPEST:
                self._own.add(node)
                depth[node] = 0
                self.plan.define(f"{self.name}_{node}", *self._expression(node))
        for name, root in roots.items():
            self.plan.define(name, *self._value(root))

    def _value(self, node: Node) -> tuple[Sql, frozenset[str]]:
        """Give a node where another one uses it, and the columns that it is made of."""
        if not self.diagram.kids[node]:
            value = self.diagram.values[node]
            return number(ALL if value is True else int(value)), frozenset()
        if node in self._own:
            own = f"{self.name}_{node}"
            return column(own), frozenset({own})
        return self._expression(node)

    def _expression(self, node: Node) -> tuple[Sql, frozenset[str]]:
        needs: set[str] = set()
        parts = []
        kids = self.diagram.kids[node]
        for kid in dict.fromkeys(kids):
            if not self.diagram.kids[kid] and not self.diagram.values[kid]:
                continue
            value, made_of = self._value(kid)
            needs |= made_of
            ways = tuple([way for way, one in enumerate(kids) if one == kid])
            may = self._may(self.diagram.level[node], ways)
            if may is not None:
                value = masked(column(may), value)
                needs.add(may)
            parts.append(value)
        return union(parts), frozenset(needs)

    def _let_through(self, level: int, ways: tuple[int, ...]) -> str | None:
        """Give the column with the bits that some ways down let through; None where it is all."""
        cell, every = self.variables[level]
        through: dict[int, int] = {}
        for way in ways:
            lets = every[way]
            if lets is None:
                return None
            for value, some in lets.items():
                through[value] = through.get(value, 0) | some
        values: dict[int, list[int]] = {}
        for value in sorted(through):
            values.setdefault(through[value], []).append(value)
        cases = [(among(cell, some), number(bits)) for bits, some in values.items()]
        return self.plan.define(f"may_{len(self.plan)}", choose(cases, number(0)), [cell])
