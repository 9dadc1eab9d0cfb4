"""The smallest changes of what is known that make a decision come out as asked.

A *step* moves one fact to one cell. The search goes down the diagram level by
level with all nodes that the completions reach; at each level the fact stays as it
is known, or takes a step. It is exact: a smallest set of steps is a path of
its own, and a branch is left only where more steps are needed than are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from routeengine.errors import BudgetError
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Steps", "smallest_steps"]

Steps: TypeAlias = tuple[tuple[int, int], ...]
"""Per step the level of the fact and the cell it moves to, from the top down."""

MOST_STATES = 200_000
"""Partial sets of steps that are looked into before the search is given up."""


def smallest_steps(
    diagram: Diagram,
    root: Node,
    may: Sequence[int],
    allowed: Mapping[int, int],
    wanted: Callable[[Any], bool],
    limit: int,
) -> list[Steps]:
    """Give every subset-minimal set of at most `limit` steps that leads where wanted.

    `may` has the cells per level as known now, `allowed` the cells that a step at
    a level may go to, as bits (none for levels left out). After the steps every completion
    has to lead to a leaf for which `wanted` holds, and there has to be one.

    Raises BudgetError where the search grows out of bounds.
    """
    search = _Search(diagram, may, allowed, wanted)
    search.measure(root)
    search.descend(root, limit)
    found = sorted(search.found, key=lambda steps: (len(steps), steps))
    minimal: list[Steps] = []
    for steps in found:
        if not any(set(smaller) <= set(steps) for smaller in minimal):
            minimal.append(steps)
    return minimal


class _Search:
    def __init__(
        self,
        diagram: Diagram,
        may: Sequence[int],
        allowed: Mapping[int, int],
        wanted: Callable[[Any], bool],
    ) -> None:
        self.diagram = diagram
        self.stay = [_cells(mask) for mask in may]
        self.go = [_cells(allowed.get(level, 0)) for level in range(len(may))]
        self.wanted = wanted
        self.need: dict[Node, float] = {}
        self.found: list[Steps] = []

    def measure(self, root: Node) -> None:
        """Work out, per node, a number of steps that no set of steps can do without."""
        diagram, need = self.diagram, self.need
        for node in reversed(diagram.reachable(root)):
            kids = diagram.kids[node]
            if not kids:
                value = diagram.values[node]
                need[node] = 0 if value is IMPOSSIBLE or self.wanted(value) else float("inf")
                continue
            level = diagram.level[node]
            staying = max(need[kids[cell]] for cell in self.stay[level])
            going = min((need[kids[cell]] for cell in self.go[level]), default=float("inf"))
            need[node] = min(staying, 1 + going)

    def descend(self, root: Node, limit: int) -> None:
        """Try every way down: stay with what is known, or take a step."""
        diagram = self.diagram
        todo: list[tuple[frozenset[Node], Steps]] = [(frozenset({root}), ())]
        states = 0
        while todo:
            nodes, steps = todo.pop()
            states += 1
            if states > MOST_STATES:
                raise BudgetError("too many ways to change the facts: ask for fewer changes")
            left = limit - len(steps)
            if max(self.need[node] for node in nodes) > left:
                continue
            # No fact above the highest node of the set makes a difference.
            at = min(diagram.level[node] for node in nodes)
            if at == diagram.bottom:
                if any(diagram.values[node] is not IMPOSSIBLE for node in nodes):
                    self.found.append(steps)
                continue
            here = [diagram.kids[node] for node in nodes if diagram.level[node] == at]
            rest = frozenset(node for node in nodes if diagram.level[node] != at)
            todo.append((rest.union(kids[cell] for kids in here for cell in self.stay[at]), steps))
            if left:
                todo += [
                    (rest.union(kids[cell] for kids in here), (*steps, (at, cell)))
                    for cell in self.go[at]
                ]


def _cells(mask: int) -> list[int]:
    return [cell for cell in range(mask.bit_length()) if mask >> cell & 1]
