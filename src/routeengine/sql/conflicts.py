"""Contradictory rows: which facts are in a minimal conflict, and so count as unknown.

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

from collections.abc import Collection, Iterable

from routeengine.sql.expressions import Sql, choose, column, either, number
from routeengine.sql.inputs import UNKNOWN, cell_of
from routeengine.sql.plan import Plan
from routeengine.sql.walks import ALL, Variable, Walks
from routeengine.sql.words import Words
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.conflicts import clash_of
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node


class Conflicts:
    """The facts in minimal conflicts, as columns of a plan.

    `cells` names, per fact, the column with its cell, where a fact of a conflict counts as
    unknown. `nodes` is how many it takes to tell.
    """

    def __init__(self, compiled: CompiledRuleSet, plan: Plan) -> None:
        self.plan = plan
        self.cells = {fact.id: cell_of(n) for n, fact in enumerate(compiled.ruleset.facts)}
        self.nodes = 0
        self._whole = compiled.whole
        self._words: list[Words[str]] = []

    def add(self, held: Node) -> None:
        """Plan what clashes by the constraints of one coupling.

        Raises BudgetError where they are too many.
        """
        sizes, order = self._whole.diagram.sizes, self._whole.order
        # Each fact can be told in each of its cells, and be picked in each of them.
        ways = [[1 << cell for cell in range(size)] * 2 for size in sizes]
        own, clash = clash_of(self._whole.diagram, held, ways)
        level = {order[place]: place for place in sorted(own.support(clash))}
        name = f"clash_{len(self._words)}"
        words = Words(name, level)
        roots = {
            word: _picked(own, clash, {level[fact] for fact in facts})
            for word, facts in words.parts.items()
        }
        variables = {
            place: _both_ways(self.cells[fact], sizes[place], words.bit[fact])
            for fact, place in level.items()
        }
        Walks(self.plan, own, variables, f"{name}_node").define(roots)
        for fact in words.things:
            cell = self.cells[fact]
            kept = choose([(words.some([fact]), number(UNKNOWN))], column(cell))
            self.cells[fact] = self.plan.define(f"kept_{cell}", kept, (*words.parts, cell))
        self._words.append(words)
        self.nodes += len(own.reachable(*roots.values()))

    @property
    def needs(self) -> set[str]:
        """The columns that say which facts are in a conflict."""
        return {name for words in self._words for name in words.parts}

    def touching(self, facts: Iterable[str]) -> Sql | None:
        """Give "a minimal conflict has one of these facts"; None where none can have."""
        found = [(words, words.bit.keys() & facts) for words in self._words]
        touched = [words.some(some) for words, some in found if some]
        return either(touched) if touched else None


def _picked(own: Diagram, clash: Node, levels: Collection[int]) -> Node:
    """Return, in the same diagram, the walk that picks the facts at these levels.

    Of the children of a node the first one is for "untold", the rest are for "told" and, as many
    and the same, for "picked".
    """
    picked = {FALSE: FALSE, TRUE: FALSE}
    for node in reversed(own.reachable(clash)):
        if kids := own.kids[node]:
            level, untold, told = own.level[node], kids[0], kids[1 : len(kids) // 2 + 1]
            parts = [own.ite(untold, FALSE, kid) if level in levels else FALSE for kid in told]
            picked[node] = own.node(level, (*[picked[kid] for kid in (untold, *told)], *parts))
    return picked[clash]


def _both_ways(cell: str, cells: int, bit: int) -> Variable:
    """Return the variable of a fact that a row may tell or leave aside, or may pick."""
    told = [{value: ALL} for value in range(cells)]
    picked = [{value: bit} for value in range(cells)]
    return Variable(cell, [None, *told, *picked])
