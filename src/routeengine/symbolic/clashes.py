"""The smallest clashes of constraints, written out: "these facts in these cells".

Where a fact is known with one cell or not at all, as in a table, the minimal conflicts of a row
are those clashes that the row holds.
"""

from __future__ import annotations

from typing import TypeAlias

from routeengine.errors import BudgetError
from routeengine.symbolic.conflicts import BUDGET, MinimalSets, clash_of
from routeengine.symbolic.diagram import Diagram, Node

Clash: TypeAlias = frozenset[tuple[int, int]]
"""Per variable of the clash its level in the diagram and its cell."""

MOST = 200
"""Smallest clashes of one coupling that are written out."""


def smallest_clashes(
    diagram: Diagram, held: Node, limit: int = MOST, budget: int = BUDGET
) -> list[Clash] | None:
    """Return the smallest sets of cells that make `held` false whatever else is so.

    The smallest come first. None where there are more than `limit`, or where finding them takes
    more than the budget of nodes. `held` has truth values at its leaves.
    """
    told = [[1 << cell for cell in range(size)] for size in diagram.sizes]
    try:
        sets = MinimalSets(*clash_of(diagram, held, told, budget), budget)
    except BudgetError:
        return None
    if sets.count > limit:
        return None
    # The first cell of the new variables tells nothing.
    found = [frozenset((level, cell - 1) for level, cell in one) for one in sets]
    return sorted(found, key=lambda clash: (len(clash), sorted(clash)))
