"""The answers of a rule set, planned as columns over a table of profiles."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from functools import partial, reduce
from operator import is_
from typing import Any, TypeVar

from routeengine.errors import BudgetError
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.conditions import Not
from routeengine.ruleset.model import Decision
from routeengine.sql import expressions as sql
from routeengine.sql.conflicts import Conflicts
from routeengine.sql.inputs import ERROR, read_table
from routeengine.sql.plan import Plan
from routeengine.sql.verdicts import Columns
from routeengine.sql.walks import Walks, by_cell
from routeengine.symbolic.compiled import CompiledRuleSet, Decided
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, Diagram, Node

T = TypeVar("T")


class Answers:
    """The plan of every decision and flag of a rule set.

    `sizes` has the number of nodes that each part takes. Raises BudgetError, which names the part,
    where all together take more than `most_nodes`.
    """

    def __init__(self, compiled: CompiledRuleSet, most_nodes: int) -> None:
        self.compiled = compiled
        self.ruleset = compiled.ruleset
        self.plan = Plan()
        self.sizes: dict[str, int] = {}
        self._most_nodes = most_nodes
        # A diagram has two leaves of its own from the start.
        self._diagram = Diagram(compiled.whole.diagram.sizes, most_nodes + 2)
        self._roots: dict[str, Node] = {}
        self._decisions: list[Columns] = []
        # By number: the id of a flag may be longer than the name of a column.
        self._flags = {f.id: f"unraised_{n}" for n, f in enumerate(self.ruleset.flags) if f.when}
        self.plan.define(CLIENT_ID, sql.column(CLIENT_ID))
        read_table(self.ruleset, compiled.cells, self.plan)
        self._conflicts = Conflicts(compiled, self.plan)
        self._add_parts()
        variables = {
            level: by_cell(self._conflicts.cells[fact], len(compiled.cells.of[fact]))
            for fact, level in compiled.whole.level.items()
        }
        Walks(self.plan, self._diagram, variables, "node").define(self._roots)
        for columns in self._decisions:
            reads = compiled.reads[columns.decision.id]
            columns.define(self.plan, self._conflicts, reads)

    @property
    def needs(self) -> set[str]:
        """The columns that have to be there at the end."""
        decisions = {name for columns in self._decisions for name in columns.needs}
        return {CLIENT_ID, ERROR, *self._flags.values(), *self._conflicts.needs, *decisions}

    @property
    def width(self) -> int:
        """The largest number of columns that stand side by side."""
        return max(map(len, self.plan.steps(self.needs)))

    def columns(self) -> Iterator[tuple[str, sql.Sql]]:
        """Yield the columns of every decision, of the flags and of what is wrong."""
        for columns in self._decisions:
            yield from columns
        yield "flags", self._raised()
        yield ERROR, sql.column(ERROR)

    # Parts, within the budget

    def _add_parts(self) -> None:
        compiled = self.compiled
        for coupling, held in zip(compiled.couplings, compiled.coupled, strict=True):
            some = [c.id for c in self.ruleset.constraints if Not(c.forbids) in coupling.holds]
            named = " and ".join(f"`{constraint}`" for constraint in some)
            self._add(f"constraint {named}", held, self._conflicts.add)
        for decision in self.ruleset.decisions:
            decided = compiled.decisions[decision.id]
            self._add(f"decision `{decision.id}`", decided, partial(self._decide, decision))
        for flag, name in self._flags.items():
            # Whether it is not raised on some completion.
            take = partial(self._take, name, compiled.whole.diagram, value=partial(is_, False))
            self._add(f"flag `{flag}`", compiled.flags[flag], take)

    def _add(self, part: str, compiled: T | None, add: Callable[[T], None]) -> None:
        """Take up a part of the rule set, or say that it is too large."""
        most = self.compiled.whole.diagram.budget if compiled is None else self._most_nodes
        before = len(self._diagram) + self._conflicts.nodes
        self.sizes[part] = most + 1
        if compiled is not None:
            with suppress(BudgetError):
                add(compiled)
                self.sizes[part] = len(self._diagram) + self._conflicts.nodes - before
        if sum(self.sizes.values()) > most:
            raise BudgetError(
                f"too large to be written as SQL: with {part} the rule set needs more than "
                f"{most:,} nodes"
            )

    def _decide(self, decision: Decision, decided: Decided) -> None:
        source = self.compiled.whole.diagram
        values = [source.values[node] for node in source.reachable(decided.root)]
        leaves = [value for value in values if value is not IMPOSSIBLE]
        winning = [rule for rule, root in decided.wins.items() if root != FALSE]
        columns = Columns(decision, len(self._decisions), leaves, winning)
        self._decisions.append(columns)
        for name in columns.leads.parts:
            self._take(name, source, decided.root, value=partial(columns.leads.bits, name))
        # What is made on the way to "one of these wins" stays apart.
        joined = Diagram(source.sizes, source.budget)
        wins = source.copy(decided.wins.values(), joined)
        for name, rules in columns.wanted.items():
            some = sorted([wins[decided.wins[one]] for one in rules], key=joined.level.__getitem__)
            self._take(name, joined, reduce(joined.disjunction, reversed(some)), value=bool)

    def _take(
        self, name: str, source: Diagram, root: Node, *, value: Callable[[Any], Hashable]
    ) -> None:
        """Take up a function as a column, with other leaves."""
        self._roots[name] = source.copy([root], self._diagram, value)[root]

    def _raised(self) -> sql.Sql:
        """Give the flags that are raised; none in a contradictory row."""
        cases = [(sql.known(sql.column(ERROR)), sql.no_text())]
        if clash := self._conflicts.touching(self.ruleset.fact):
            cases.append((clash, sql.literal("")))
        raised = [(sql.column_is(name, 0), flag) for flag, name in self._flags.items()]
        return sql.choose(cases, sql.join_words(raised))
