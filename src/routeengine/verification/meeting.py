"""Which of many functions can hold together: those whose cells have some in common on each level.

Of thousands of rules few pairs meet, and to try every pair takes longer than all else. So each is
put into a box, the cells that each fact may be in where it holds, and the boxes are looked up by
cell. A box may be too wide, so whether two that meet hold together is still to be seen.

    a row         age 0-17, fine none       level of age: {0}   level of fine: {0}
    another       age 18-120                level of age: {1}   so it meets no row of age 0-17
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress

from routeengine.bits import numbers
from routeengine.symbolic.boxes import Box
from routeengine.symbolic.diagram import FALSE, Diagram, Node


class Meeting:
    """Some functions of one diagram, known by their places in a list."""

    def __init__(self, diagram: Diagram, roots: Sequence[Node]) -> None:
        self._diagram = diagram
        self._known: dict[Node, Box] = {}
        self._boxes = [self._box(root) for root in roots]
        self._every = sum(1 << n for n, root in enumerate(roots) if root != FALSE)
        # Per level the functions that may be in any cell, and per cell those that may be there.
        self._free = dict.fromkeys(range(len(diagram.sizes)), self._every)
        self._there: dict[tuple[int, int], int] = {}
        for number, box in enumerate(self._boxes):
            own = 1 << number
            for level, cells in box.items():
                self._free[level] &= ~own
                for cell in cells:
                    self._there[level, cell] = self._there.get((level, cell), 0) | own

    def may_meet(self, number: int) -> Sequence[int]:
        """Return the functions after this one that it may meet."""
        found = self._every >> number + 1 << number + 1
        for level, cells in self._boxes[number].items():
            there = self._free[level]
            for cell in cells:
                there |= self._there[level, cell]
            found &= there
        return numbers(found)

    def may_hold(self, cells: Mapping[int, int]) -> Sequence[int]:
        """Return the functions that may hold where each level is in its cell, or else the first."""
        found = self._every
        for level, free in self._free.items():
            found &= free | self._there.get((level, cells.get(level, 0)), 0)
        return numbers(found)

    def _box(self, root: Node) -> Box:
        """Return the box of a function."""
        diagram, known, todo = self._diagram, self._known, [root]
        while todo:
            children = diagram.children[node := todo[-1]]
            alive = set(children) - {FALSE}
            if waiting := [child for child in alive if child not in known]:
                todo += waiting
                continue
            todo.pop()
            below = [known[child] for child in alive]
            levels = set(below[0]).intersection(*below[1:]) if below else set[int]()
            box = {level: frozenset().union(*(one[level] for one in below)) for level in levels}
            if children:
                # FALSE is node 0, so that what counts as true are the cells that do not lead there.
                box[diagram.level[node]] = frozenset(compress(range(len(children)), children))
            known[node] = box
        return known[root]
