"""Variables that change the value of a function together, and not by less than that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import reduce
from typing import Any

from routeengine.bits import few
from routeengine.errors import BudgetError
from routeengine.symbolic.conflicts import BUDGET
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

MOST_PAIRS = 200_000
"""Pairs of nodes that are looked at for one function: about half a second."""


class Together:
    """Looks for variables on which one function differs, within the cells that may be.

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

    def within(self, pool: Collection[int]) -> set[int]:
        """Return the variables of every inclusion-minimal set of these on which it differs.

        Whoever may change more finds no less: that is a monotone function of "may it change",
        so the variables that it depends on are those of its minimal sets. It is worked out from
        below for pairs of nodes, which stand for two completions: in the same cell where a
        variable stays, and in any two cells where it may change.

        Raises BudgetError where too many pairs of nodes would have to be looked at, or nodes made.
        """
        diagram, level, kids = self._diagram, self._diagram.level, self._diagram.kids
        own = Diagram([2] * diagram.bottom, BUDGET)
        last, start = max(pool, default=-1), (self._root, self._root)
        differs: dict[tuple[Node, Node], Node] = {}
        todo = [start]
        while todo:
            pair = a, b = todo[-1]
            at = min(level[a], level[b])
            if pair in differs:
                todo.pop()
            elif self._nowhere in pair or (a == b and at > last):
                differs[pair] = FALSE
            elif at == diagram.bottom:
                differs[pair] = FALSE if self._same(diagram.values[a], diagram.values[b]) else TRUE
            else:
                left = kids[a] if level[a] == at else (a,) * diagram.sizes[at]
                right = kids[b] if level[b] == at else (b,) * diagram.sizes[at]
                cells = self._cells[at]
                stays = {(left[i], right[i]) for i in cells}
                moves = {(left[i], right[j]) for i in cells for j in cells} if at in pool else stays
                pending = [one for one in moves if one not in differs]
                todo += pending
                if not pending:
                    self._left -= 1
                    some = [[differs[one] for one in pairs] for pairs in (stays, moves)]
                    either = [reduce(own.disjunction, one) for one in some]
                    differs[pair] = own.node(at, tuple(either))
            if self._left < 0:
                raise BudgetError(f"more than {MOST_PAIRS} pairs of nodes are needed")
        return own.support(differs[start])
