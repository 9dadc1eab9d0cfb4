"""Lane programs: a diagram as straight-line steps over many profiles side by side.

A *lane* is one bit position; what is known of a profile stands in the same lane
of many words, one word per fact and cell ("may be in this cell"). The program
starts at the root with every lane and pushes lanes down the diagram: a lane is at a
node just when some completion of that profile leads there. So one pass gives,
for every leaf, the lanes that can reach it: exact, without search.

The words are whatever has `&` and `|`: Python integers of any length, or arrays
of machine words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Program", "Step", "Words", "lane_program"]


class Words(Protocol):
    """What a program runs on: bits side by side."""

    def __and__(self, other: Self, /) -> Self:
        """Give the lanes in both."""
        ...

    def __or__(self, other: Self, /) -> Self:
        """Give the lanes in either."""
        ...


W = TypeVar("W", bound=Words)


class Step(NamedTuple):
    """Push the lanes at slot `source` that may be in a cell on to slot `target`.

    `first` says that nothing is in the target yet.
    """

    source: int
    level: int
    cell: int
    target: int
    first: bool


@dataclass(frozen=True, slots=True)
class Program:
    """The steps, the number of slots they need, and per leaf its value and slot.

    A slot is used again once its node is done, so slots stay few.
    """

    steps: tuple[Step, ...]
    slots: int
    leaves: tuple[tuple[Any, int], ...]

    def run(self, may: Sequence[Sequence[W]], lanes: W) -> list[tuple[Any, W]]:
        """Give, per leaf, the lanes that reach it, of those in `lanes`.

        `may[level][cell]` has the lanes that may be in that cell.
        """
        at: list[W] = [lanes] * self.slots
        for source, level, cell, target, first in self.steps:
            moved = at[source] & may[level][cell]
            at[target] = moved if first else at[target] | moved
        return [(value, at[slot]) for value, slot in self.leaves]


def lane_program(diagram: Diagram, root: Node) -> Program:
    """Turn the diagram below a root into a program."""
    slot = {root: 0}
    free: list[int] = []
    slots = 1
    steps: list[Step] = []
    leaves: list[tuple[Any, int]] = []
    for node in diagram.reachable(root):
        kids = diagram.kids[node]
        if not kids:
            leaves.append((diagram.values[node], slot[node]))
            continue
        for cell, kid in enumerate(kids):
            first = kid not in slot
            if first:
                if free:
                    slot[kid] = free.pop()
                else:
                    slot[kid] = slots
                    slots += 1
            steps.append(Step(slot[node], diagram.level[node], cell, slot[kid], first))
        free.append(slot[node])
    return Program(tuple(steps), slots, tuple(leaves))
