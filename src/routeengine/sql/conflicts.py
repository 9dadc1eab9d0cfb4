"""Contradictory rows: which facts clash, what is then forgotten, and which decisions mind."""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.sql.clashes import Clash, smallest_clashes
from routeengine.sql.expressions import Sql, both, choose, column, either, equals, number
from routeengine.sql.inputs import UNKNOWN, cell_of
from routeengine.sql.plan import Plan
from routeengine.sql.walks import copied
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.symbolic.diagram import Diagram

__all__ = ["Conflicts"]

MOST_NODES = 20_000
"""Nodes that are made to find the clashes of one coupling."""


class Conflicts:
    """The clashes of every coupling, as columns of a plan.

    `cells` names, per fact, the column with its cell, where a fact of a conflict counts as
    unknown. `untold` has the couplings whose clashes are too many to be written out.
    """

    def __init__(self, compiled: CompiledRuleSet, plan: Plan) -> None:
        self.compiled = compiled
        self.plan = plan
        self.raw = {fact.id: cell_of(n) for n, fact in enumerate(compiled.ruleset.facts)}
        self.cells = dict(self.raw)
        self.untold: list[int] = []
        self._told: dict[int, list[Clash]] = {}
        self.columns: dict[int, str] = {}
        for place in range(len(compiled.couplings)):
            self._tell(place)

    def _tell(self, coupling: int) -> None:
        held, whole = self.compiled.coupled[coupling], self.compiled.whole.diagram
        clashes = None
        if held is not None:
            own = Diagram(whole.sizes, len(whole) + MOST_NODES)
            clashes = smallest_clashes(own, copied(whole, held, own, bool))
        if clashes is None:
            self.untold.append(coupling)
        elif clashes:
            self._told[coupling] = clashes
            name = self.plan.define(f"clash_{coupling}", *self._any(clashes))
            self.columns[coupling] = name
            self._forget(clashes, name)

    def _any(self, clashes: Sequence[Clash]) -> tuple[Sql, list[str]]:
        """Give 1 where a row holds one of the clashes, and the columns that this is made of."""
        held = either(
            both(equals(column(self._cell(level)), number(cell)) for level, cell in sorted(clash))
            for clash in clashes
        )
        levels = {level for clash in clashes for level, _ in clash}
        return choose([(held, number(1))], number(0)), [self._cell(level) for level in levels]

    def _cell(self, level: int) -> str:
        return self.raw[self.compiled.whole.order[level]]

    def _forget(self, clashes: Sequence[Clash], clash: str) -> None:
        """Plan the cells of the facts that clash: unknown in the rows where they do."""
        for level in sorted({level for clash in clashes for level, _ in clash}):
            fact, cell = self.compiled.whole.order[level], self._cell(level)
            with_it = [one for one in clashes if level in {at for at, _ in one}]
            own, needs = self._any(with_it)
            forgotten = both([equals(column(clash), number(1)), equals(own, number(1))])
            self.cells[fact] = self.plan.define(
                f"kept_{cell}",
                choose([(forgotten, number(UNKNOWN))], column(cell)),
                {clash, cell, *needs},
            )

    def minded(self, decision: str) -> str | None:
        """Plan whether a clash has a fact that a decision reads; None where none ever has."""
        reads, order = self.compiled.reads[decision], self.compiled.whole.order
        clashes = [
            clash
            for some in self._told.values()
            for clash in some
            if any(order[level] in reads for level, _ in clash)
        ]
        if not clashes:
            return None
        return self.plan.define(f"minded_{len(self.plan)}", *self._any(clashes))
