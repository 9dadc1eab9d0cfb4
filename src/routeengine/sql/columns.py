"""Columns that are made of each other, laid out as the steps of a query.

What can be a column: whatever is written down; things with a bit each (`BitColumns`); and the nodes
of a diagram (`DiagramColumns`). Each is worked out once, in the first step that has all it is made
of, and is carried along as far as a later step needs it. So no expression is ever written twice:

    step 0, from the table     a, b
    step 1, from step 0        b, c = a + 1
    step 2, from step 1        d = c * b
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

from routeengine.sql import expressions as sql
from routeengine.symbolic.diagram import Diagram, Node

Thing = TypeVar("Thing", bound=Hashable)

UNKNOWN = -1
"""What a column with the cell of a fact holds where the fact is unknown."""

ALL = -1
"""A number with all bits set."""

WORD_SIZE = 30
"""Bits of one word: an integer of 32 bits, with a sign, is there in every database."""

MAX_DEPTH = 12
"""Nodes within each other in one expression; databases limit how deep one is."""


class QueryPlan:
    """Columns by name; those of step 0 are made of the columns of the table."""

    def __init__(self) -> None:
        self._sql: dict[str, sql.Sql] = {}
        self._needs: dict[str, set[str]] = {}
        self._step: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._sql)

    def define(self, name: str, value: sql.Sql, *, of_table: bool = False) -> str:
        """Add a column that is made of others, or of those of the table; return its name.

        Columns of the table may have any name, that of one of ours too.
        """
        needs = set() if of_table else sql.columns_in(value)
        self._needs[name] = needs
        self._step[name] = 1 + max((self._step[need] for need in needs), default=-1)
        self._sql[name] = value
        return name

    def queries(
        self, shown: Sequence[tuple[str, sql.Sql]], source: sql.Sql
    ) -> dict[str, sql.Select]:
        """Return the steps as queries by name, the first on a table, each on the one before.

        The last one shows these columns, which are made of the others.
        """
        needs = {name for _, value in shown for name in sql.columns_in(value)}
        queries: dict[str, sql.Select] = {}
        for step, names in enumerate(self._steps(needs)):
            columns = [
                (name, self._sql[name] if self._step[name] == step else sql.column(name))
                for name in names
            ]
            queries[f"step_{step}"] = sql.select(columns, source)
            source = sql.table(f"step_{step}")
        return queries | {"shown": sql.select(shown, source)}

    def _steps(self, needs: Iterable[str]) -> list[list[str]]:
        """Return, per step, the columns that have to be there after it, for these at the end."""
        last = 1 + max(self._step.values())
        until = dict.fromkeys(needs, last)
        for name in sorted(self._sql, key=self._step.__getitem__, reverse=True):
            for need in self._needs[name] if name in until else ():
                until[need] = max(until.get(need, 0), self._step[name])
        return [
            [name for name in self._sql if name in until and self._step[name] <= step < until[name]]
            for step in range(last)
        ]


class BitColumns(Generic[Thing]):
    """Things with a bit each, spread over as few columns of bits as they need.

    What a row can reach is then bits, and what completions have in common is a matter of "or".
    """

    def __init__(self, name: str, things: Iterable[Thing]) -> None:
        self.things = tuple(things)
        self.parts: dict[str, tuple[Thing, ...]] = {
            f"{name}_{start // WORD_SIZE}": self.things[start : start + WORD_SIZE]
            for start in range(0, len(self.things), WORD_SIZE)
        }
        """Per column the things that have a bit in it, the lowest first."""
        self.bit = {thing: 1 << place % WORD_SIZE for place, thing in enumerate(self.things)}

    def mask(self, name: str, things: Collection[Thing]) -> int:
        """Return those of some things that have a bit in one column, as bits."""
        return sum(self.bit[thing] for thing in self.parts[name] if thing in things)

    def _masked(self, things: Collection[Thing]) -> Iterator[tuple[str, sql.Sql]]:
        for name in self.parts:
            if mask := self.mask(name, things):
                yield name, sql.masked(sql.column(name), mask)

    def some(self, things: Collection[Thing]) -> sql.Sql:
        """Return whether one of these is reached; there has to be one."""
        return sql.either(sql.differs(value, 0) for _, value in self._masked(things))

    def none(self, things: Collection[Thing]) -> sql.Sql:
        """Return whether none of these is reached."""
        absent = [sql.equals(value, 0) for _, value in self._masked(things)]
        return sql.both(absent or [sql.equals(sql.literal(0), 0)])

    def just(self, wanted: Collection[Thing], among: Collection[Thing]) -> sql.Sql:
        """Return whether just the wanted are reached, of those among which they are."""
        masked = self._masked(among)
        return sql.both(sql.equals(value, self.mask(name, wanted)) for name, value in masked)


class Variable(NamedTuple):
    """What a row says of a variable of a diagram: the column with the cell of a fact, or UNKNOWN.

    `ways` has per child, and per value of that column, the bits that are let through. A value that
    is not there lets none through, and None in place of them all lets everything through always.
    """

    column: str
    ways: Sequence[Mapping[int, int] | None]


def by_cell(column: str, cells: int) -> Variable:
    """Return the variable that goes to the child of the fact's cell, and to all if unknown."""
    return Variable(column, [{UNKNOWN: ALL, cell: ALL} for cell in range(cells)])


class DiagramColumns:
    """Diagrams as columns of a plan: per node the bits of the leaves that a row can reach.

    A node's value is the "or" of its children's, each "and" the bits that its way down lets through
    in that row. A node with one parent is part of its expression; every other node is a column of
    its own, whose name begins with `name`. A leaf is a number, or a truth value, which stands for
    all bits or none. `variables` are by level.
    """

    def __init__(
        self, plan: QueryPlan, diagram: Diagram, variables: Mapping[int, Variable], name: str
    ) -> None:
        self.plan = plan
        self.diagram = diagram
        self.variables = variables
        self.name = name
        self._own: set[Node] = set()
        self._may = cache(self._let_through)

    def define(self, roots: Mapping[str, Node]) -> None:
        """Plan a column of this name for each root."""
        # "f and g, or neither", where f is asked first, and the leaves are 1 for yes and 2 for no:
        #
        #     below f        same = may_1 & 1 | may_2 & 2    may_1: all bits where g can be true
        #     below not f    other = may_1 & 2 | may_2 & 1   may_2: all bits where it can be false
        #     root           may_3 & same | may_4 & other    may_3 and may_4: as these, for f
        #
        # A row that knows f, and of g nothing, comes to 3: both leaves can be.
        nodes = self.diagram.inner(*roots.values())
        parents = Counter(child for _, _, children in nodes for child in set(children))
        self._own = {node for node, _, _ in nodes if parents[node] > 1} | set(roots.values())
        depth: dict[Node, int] = {}
        for node, _, children in nodes:
            depth[node] = 1 + max([depth.get(child, 0) for child in children])
            # What would be too deep gets a column.
            if node in self._own or depth[node] >= MAX_DEPTH:
                self._own.add(node)
                depth[node] = 0
                self.plan.define(f"{self.name}_{node}", self._expression(node))
        for name, root in roots.items():
            self.plan.define(name, self._value(root))

    def _value(self, node: Node) -> sql.Sql:
        """Return a node as another one uses it."""
        if not self.diagram.children[node]:
            value = self.diagram.values[node]
            return sql.literal(ALL if value is True else int(value))
        return sql.column(f"{self.name}_{node}") if node in self._own else self._expression(node)

    def _expression(self, node: Node) -> sql.Sql:
        children, parts = self.diagram.children[node], []
        for child in dict.fromkeys(children):
            if self.diagram.children[child] or self.diagram.values[child]:
                value = self._value(child)
                ways = tuple([way for way, one in enumerate(children) if one == child])
                may = self._may(self.diagram.level[node], ways)
                parts.append(value if may is None else sql.masked(sql.column(may), value))
        return sql.union(parts)

    def _let_through(self, level: int, ways: tuple[int, ...]) -> str | None:
        """Return the column with the bits that some ways down let through; None for all bits."""
        cell, every = self.variables[level]
        through: dict[int, int] = {}
        for way in ways:
            lets = every[way]
            if lets is None:
                return None
            for value, bits in lets.items():
                through[value] = through.get(value, 0) | bits
        values: dict[int, list[int]] = {}
        for value in sorted(through):
            values.setdefault(through[value], []).append(value)
        cases = [(sql.among(cell, some), bits) for bits, some in values.items()]
        return self.plan.define(f"may_{len(self.plan)}", sql.choose(cases, 0))
