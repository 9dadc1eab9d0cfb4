"""What a row says: the cell that each fact is in, and which facts cannot be true together in it.

A column holds a number per row: the cell that the fact is in, UNKNOWN where it is NULL, and
OUTSIDE where it is not a value of the fact.

What clashes in a row is a monotone function of which of its facts are told (see
`symbolic/conflicts.py`), and a fact is in a minimal conflict just where that function depends on
it: where some of the others clash with this one told and not without it. So a row goes both ways
at each fact that it knows, and asks there whether they part further down:

    a node                untold, told: what is picked below that child
                          picked: the bit of this fact, where those two children part
    where two nodes part  all bits where the one clashes and the other does not, untold or told

No conflict is listed: of 40 facts of which no 20 may be true, say, a row has up to 10^11 of them,
and the walk has 1,206 nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from routeengine.errors import BudgetError
from routeengine.ruleset.domains import DateDomain, DecimalDomain, IntegerDomain, RangeDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.sql import expressions as sql
from routeengine.sql.columns import ALL, UNKNOWN, BitColumns, DiagramColumns, QueryPlan, Variable
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.conflicts import clash_of
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.layout import Cells
from routeengine.value_set import ValueSet

OUTSIDE = -2

ERROR = "error"

DIGITS = 18
"""Digits of a decimal number as it is written; no fact has more."""

MAX_SPANS = 5_000
"""Ranges of numbers that are distinguished, of all facts together."""


def read_table(ruleset: RuleSet, cells: Cells, plan: QueryPlan) -> dict[str, str]:
    """Plan the cell of every fact, and what is wrong with a row in the words of the engine.

    Returns the column with the cell, per fact. Raises BudgetError if the facts have more ranges
    than a statement can hold.
    """
    written = sum(len(cell.boundaries) // 2 for some in cells.of.values() for cell in some)
    if written > MAX_SPANS:
        raise BudgetError("the facts have too many ranges of values to be written as SQL")
    columns = {
        fact.id: plan.define(f"cell_{place}", _cell(fact, cells.of[fact.id]), of_table=True)
        for place, fact in enumerate(ruleset.facts)
    }
    faults = [
        (sql.column_is(columns[fact.id], OUTSIDE), f"{fact.id}: must be {fact.domain.describe()}")
        for fact in ruleset.facts
    ]
    wrong = [sql.column_is(name, OUTSIDE) for name in columns.values()]
    cases = [(sql.either(wrong), sql.join_sentences(faults))] if wrong else []
    plan.define(ERROR, sql.choose(cases))
    return columns


def _cell(fact: Fact, cells: Sequence[ValueSet]) -> sql.Sql:
    cases = [(sql.is_null(fact.id), UNKNOWN)]
    if isinstance(fact.domain, IntegerDomain):
        # A fraction lies between two numbers, and a text is refused by the database.
        cases.append((sql.is_fraction(sql.column(fact.id)), OUTSIDE))
    elif isinstance(fact.domain, DecimalDomain):
        cases.append((sql.is_finer(sql.column(fact.id), fact.domain.places), OUTSIDE))
    elif isinstance(fact.domain, DateDomain):
        cases.append((sql.has_time(sql.column(fact.id)), OUTSIDE))
    cases += [(sql.either(_in_cell(fact, cell)), n) for n, cell in enumerate(cells)]
    return sql.choose(cases, OUTSIDE)


def _in_cell(fact: Fact, cell: ValueSet) -> Iterable[sql.Sql]:
    domain = fact.domain
    if isinstance(domain, RangeDomain):
        for first, last in cell.runs:
            if first == last:
                yield sql.equals(sql.column(fact.id), _literal(domain, first))
            else:
                low, high = _literal(domain, first), _literal(domain, last)
                yield sql.within(sql.column(fact.id), low, high)
        return
    values = list(map(domain.value, cell.numbers))
    if fact.kind == "boolean":
        # One by one: not every database has a list of truth values.
        yield from (sql.equals(sql.column(fact.id), value) for value in values)
    else:
        yield sql.one_of(sql.column(fact.id), values)


def _literal(domain: RangeDomain, index: int) -> sql.Value:
    """Return the value with this number as it is written."""
    value = domain.value(index)
    if isinstance(domain, DecimalDomain):
        return sql.exactly(str(value), f"decimal({DIGITS}, {domain.places})")
    return sql.exactly(str(value), "date") if isinstance(domain, DateDomain) else value


class Conflicts:
    """The facts in minimal conflicts, as columns of a plan.

    `cells` names, per fact, the column with its cell; then one in which a fact of a conflict counts
    as unknown. `nodes` is how many it takes to tell.
    """

    def __init__(self, compiled: CompiledRuleSet, plan: QueryPlan, cells: dict[str, str]) -> None:
        self.plan = plan
        self.cells = cells
        self.nodes = 0
        self._whole = compiled.whole
        self._words: list[BitColumns[str]] = []

    def add(self, held: Node) -> None:
        """Plan what clashes by the constraints of one coupling.

        Raises BudgetError if they are too many.
        """
        sizes, order = self._whole.diagram.sizes, self._whole.order
        # Each fact can be told in each of its cells, and be picked in each of them.
        ways = [[1 << cell for cell in range(size)] * 2 for size in sizes]
        own, clash = clash_of(self._whole.diagram, held, ways)
        level = {order[place]: place for place in sorted(own.support(clash))}
        name = f"clash_{len(self._words)}"
        words = BitColumns(name, level)
        roots = {
            word: _picked(own, clash, {level[fact] for fact in facts})
            for word, facts in words.parts.items()
        }
        variables = {
            place: _both_ways(self.cells[fact], sizes[place], words.bit[fact])
            for fact, place in level.items()
        }
        DiagramColumns(self.plan, own, variables, f"{name}_node").define(roots)
        for fact in words.things:
            cell = self.cells[fact]
            kept = sql.choose([(words.some([fact]), UNKNOWN)], sql.column(cell))
            self.cells[fact] = self.plan.define(f"kept_{cell}", kept)
        self._words.append(words)
        self.nodes += len(own.reachable(*roots.values()))

    def touching(self, facts: Iterable[str]) -> sql.Sql | None:
        """Return "a minimal conflict has one of these facts"; None if none can have."""
        found = [(words, words.bit.keys() & facts) for words in self._words]
        touched = [words.some(some) for words, some in found if some]
        return sql.either(touched) if touched else None


def _picked(own: Diagram, clash: Node, levels: Collection[int]) -> Node:
    """Return, in the same diagram, the walk that picks the facts at these levels.

    Of the children of a node the first one is for "untold", the rest are for "told" and, as many
    and the same, for "picked".
    """
    picked = {FALSE: FALSE, TRUE: FALSE}
    for node, level, children in own.inner(clash):
        untold, told = children[0], children[1 : len(children) // 2 + 1]
        parts = [own.ite(untold, FALSE, child) if level in levels else FALSE for child in told]
        picked[node] = own.node(level, (*[picked[child] for child in (untold, *told)], *parts))
    return picked[clash]


def _both_ways(cell: str, cells: int, bit: int) -> Variable:
    """Return the variable of a fact that a row may tell or leave aside, or may pick."""
    told = [{value: ALL} for value in range(cells)]
    picked = [{value: bit} for value in range(cells)]
    return Variable(cell, [None, *told, *picked])
