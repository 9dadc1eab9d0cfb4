"""Variables that change the value of a function together, and not by less than that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from routeengine.bits import few
from routeengine.errors import BudgetError
from routeengine.ruleset.conflicts import minimal_conflicts
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Together"]

MOST_PAIRS = 200_000
"""Pairs of nodes that are looked at for one function: about half a second."""


class Together:
    """Looks for sets of variables on which one function differs, within the cells that may be.

    `same` compares the values of two leaves; nothing is compared with the leaf `nowhere`.
    """

    def __init__(
        self,
        diagram: Diagram,
        root: Node,
        may: Sequence[int],
        same: Callable[[Any, Any], bool],
        nowhere: Node,
    ) -> None:
        self._diagram = diagram
        self._root = root
        self._cells = list(map(few, may))
        self._same = same
        self._nowhere = nowhere
        self._left = MOST_PAIRS

    def smallest(self, pool: Collection[int]) -> list[frozenset[int]]:
        """Give every inclusion-minimal set of these variables on which the function differs.

        Whoever may change more finds no less, so they are found as minimal conflicts are.

        Raises BudgetError where too many pairs of nodes would have to be looked at.
        """
        return minimal_conflicts(pool, self._differs)

    def _differs(self, split: frozenset[int]) -> bool:
        """Say whether two completions that are alike outside `split` differ.

        Walks pairs of nodes: equal cells everywhere, and any cells at the variables in `split`.
        """
        if not split:
            return False
        diagram, level, kids = self._diagram, self._diagram.level, self._diagram.kids
        last, seen, todo = max(split), {(self._root, self._root)}, [(self._root, self._root)]
        while todo:
            a, b = todo.pop()
            at = min(level[a], level[b])
            if at == diagram.bottom:
                if not self._same(diagram.values[a], diagram.values[b]):
                    return True
                continue
            if a == b and at > last:
                continue
            left = kids[a] if level[a] == at else (a,) * diagram.sizes[at]
            right = kids[b] if level[b] == at else (b,) * diagram.sizes[at]
            cells = self._cells[at]
            if at in split:
                pairs = {(left[i], right[j]) for i in cells for j in cells}
            else:
                pairs = {(left[i], right[i]) for i in cells}
            new = {pair for pair in pairs - seen if self._nowhere not in pair}
            self._left -= len(new)
            if self._left < 0:
                raise BudgetError(f"more than {MOST_PAIRS} pairs of nodes are needed")
            seen |= new
            todo += new
        return False
