"""Facts that cannot stand together, written out.

In a table a fact is known, with one value, or unknown. So the minimal conflicts of a row are
those smallest sets of "this fact is in this cell" that break the constraints and that the row
holds. They are listed once, from the diagram of the constraints.
"""

from __future__ import annotations

from typing import TypeAlias

from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

__all__ = ["Clash", "smallest_clashes"]

Clash: TypeAlias = frozenset[tuple[int, int]]
"""Per fact of the clash its level in the diagram and its cell."""

MOST = 200
"""Smallest clashes of one coupling that are written out."""


def smallest_clashes(diagram: Diagram, held: Node) -> list[Clash] | None:
    """List the smallest sets of cells that make `held` false whatever else is so.

    None where there are more than a statement should hold. `held` has truth values at its
    leaves. New nodes are made in the diagram.
    """
    search = _Search(diagram)
    try:
        return sorted(search.clashes(held), key=lambda clash: (len(clash), sorted(clash)))
    except BudgetError:
        return None


class _Search:
    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.known: dict[Node, frozenset[Clash]] = {
            FALSE: frozenset({frozenset()}),
            TRUE: frozenset(),
        }

    def clashes(self, root: Node) -> frozenset[Clash]:
        """Work out the clashes of a node from those below it, without recursion."""
        todo = [root]
        while todo:
            node = todo[-1]
            anyhow = self._anyhow(node) if node not in self.known else FALSE
            pending = [n for n in (anyhow, *self.diagram.kids[node]) if n not in self.known]
            if pending:
                todo += pending
                continue
            todo.pop()
            if node not in self.known:
                self.known[node] = self._join(node, anyhow)
        return self.known[root]

    def _anyhow(self, node: Node) -> Node:
        """Give what holds for some cell of the node's fact: where that fails, each cell does."""
        some = FALSE
        for kid in self.diagram.kids[node]:
            some = self.diagram.disjunction(some, kid)
        return some

    def _join(self, node: Node, anyhow: Node) -> frozenset[Clash]:
        without = self.known[anyhow]
        found = set(without)
        for cell, kid in enumerate(self.diagram.kids[node]):
            step = (self.diagram.level[node], cell)
            found |= {
                clash | {step}
                for clash in self.known[kid]
                if not any(smaller <= clash for smaller in without)
            }
        if len(found) > MOST:
            raise BudgetError(f"more than {MOST} clashes")
        return frozenset(found)
