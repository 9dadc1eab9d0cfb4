"""What surrounds one state of knowledge: the smallest changes that lead elsewhere.

A *step* moves one fact to one cell. Two passes over the diagram do. The first goes up from
the leaves and gives, per node and for all answers at once, how many steps no way from
there can do without: one word per node, with a bit per answer and number of steps. The
second goes down level by level with all nodes that the completions reach, and keeps
only what can still arrive. At each level the fact stays as it is known, or takes a step.
Ways that meet go on as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from routeengine.bits import highest, numbers
from routeengine.errors import BudgetError
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Ground", "Neighbours", "Step", "Steps"]

Step: TypeAlias = tuple[int, int]
"""The level of a fact, and the cell it moves to."""

Steps: TypeAlias = tuple[Step, ...]
"""Steps at different levels."""

MOST_WAYS = 200_000
"""Partial sets of steps that are looked into before a search is given up."""

Ways: TypeAlias = dict[frozenset[Node], list[int]]
"""The nodes that are reached, with the sets of steps that lead there as bits."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The diagram of one decision, laid out for searching: children before parents.

    `key` gives, per leaf, the number of its answer; None for what is impossible. `levels` are
    those that make a difference.
    """

    diagram: Diagram
    root: Node
    inner: tuple[tuple[Node, int, tuple[Node, ...]], ...]
    key: Mapping[Node, int | None]
    answers: int
    first_bit: tuple[int, ...]
    levels: tuple[int, ...]

    @classmethod
    def of(cls, diagram: Diagram, root: Node, answers: int, number: Callable[[Any], int]) -> Ground:
        """Lay out the diagram below a root; `number` says which answer a leaf is."""
        below = diagram.reachable(root)[::-1]
        first, bits = list[int](), 0
        for size in diagram.sizes:
            first.append(bits)
            bits += size
        return cls(
            diagram,
            root,
            tuple((n, diagram.level[n], diagram.kids[n]) for n in below if diagram.kids[n]),
            {
                n: None if diagram.values[n] is IMPOSSIBLE else number(diagram.values[n])
                for n in below
                if not diagram.kids[n]
            },
            answers,
            tuple(first),
            tuple(sorted(diagram.support(root))),
        )


class Neighbours:
    """The surroundings of one state, up to `limit` steps away.

    `may` has the cells per level as known now, `go` the cells that a step at a level may go to,
    both as bits. After the steps every completion has to lead to one answer, and there has to be
    a completion.

    Raises BudgetError where a search looks into more than `most_ways` partial sets of steps.
    """

    def __init__(
        self,
        ground: Ground,
        may: Sequence[int],
        go: Sequence[int],
        limit: int,
        most_ways: int | None = None,
    ) -> None:
        self._ground = ground
        self._limit = limit
        self._stay = [numbers(mask) for mask in may]
        self._go = [numbers(mask) for mask in go]
        self._near = self._measure()
        self._left = MOST_WAYS if most_ways is None else most_ways

    def nearest(self) -> dict[int, list[Steps]]:
        """Give, per answer that can be led to within the limit, all its sets of fewest steps."""
        found: dict[int, list[Steps]] = {}
        for size in range(self._limit + 1):
            left = (1 << self._ground.answers) - 1 - sum(1 << answer for answer in found)
            for answer, ways in self._arrive(left, size, ()).items():
                found[answer] = [self._steps(way) for way in ways]
        return found

    def all_to(self, answer: int) -> list[Steps]:
        """Give every subset-minimal set of steps that leads to one answer, smallest first."""
        found: list[int] = []
        for size in range(self._limit + 1):
            found += self._arrive(1 << answer, size, tuple(found)).get(answer, [])
        return [self._steps(way) for way in found]

    def _measure(self) -> dict[Node, int]:
        """Give per node which answers may be so many steps away: a field of bits per number.

        INVARIANT: an answer that is missing in the field of a number needs more steps.
        """
        width = self._ground.answers
        fields = sum(1 << width * size for size in range(self._limit + 1))
        everything = (1 << width * (self._limit + 1)) - 1
        stay, go = self._stay, self._go
        # Where everything is known, what is impossible stays so; else others may be possible.
        impossible = 0 if all(len(cells) == 1 for cells in stay) else everything
        near = {
            leaf: impossible if answer is None else fields << answer
            for leaf, answer in self._ground.key.items()
        }
        for node, level, kids in self._ground.inner:
            staying = everything
            for cell in stay[level]:
                staying &= near[kids[cell]]
            going = 0
            for cell in go[level]:
                going |= near[kids[cell]]
            near[node] = staying | going << width & everything
        return near

    def _arrive(self, wanted: int, size: int, spare: Sequence[int]) -> dict[int, list[int]]:
        """Give the sets of just so many steps that lead to wanted answers.

        What holds one of the sets in `spare` is left out.
        """
        ground = self._ground
        diagram, bottom = ground.diagram, ground.diagram.bottom
        level, kids = diagram.level, diagram.kids
        # Per number of steps taken: by level, what is reached.
        at: list[list[Ways]] = [[{} for _ in range(bottom + 1)] for _ in range(size + 1)]
        self._push(at[0], frozenset({ground.root}), [0], wanted << ground.answers * size)
        for top in range(bottom):
            stay, go, first = self._stay[top], self._go[top], ground.first_bit[top]
            for taken in range(size + 1):
                if not at[taken][top]:
                    continue
                goal = wanted << ground.answers * (size - taken)
                for nodes, sets in at[taken][top].items():
                    here = [kids[node] for node in nodes if level[node] == top]
                    rest = [] if len(nodes) == 1 else [n for n in nodes if level[n] != top]
                    staying = frozenset([*rest, *[some[c] for some in here for c in stay]])
                    self._push(at[taken], staying, sets, goal)
                    if taken == size:
                        continue
                    for cell in go:
                        going = frozenset([*rest, *[some[cell] for some in here]])
                        bit = 1 << first + cell
                        further = [one | bit for one in sets]
                        if spare:
                            further = [
                                one for one in further if not any(s & one == s for s in spare)
                            ]
                        if further and going != staying:
                            self._push(at[taken + 1], going, further, goal >> ground.answers)
        return self._arrived(at[size][bottom])

    def _push(self, at: list[Ways], nodes: frozenset[Node], sets: list[int], goal: int) -> None:
        """Go on from these nodes, unless nothing wanted can be near enough."""
        near, level = self._near, self._ground.diagram.level
        top = len(at)
        for node in nodes:
            goal &= near[node]
            top = min(top, level[node])
        if not goal:
            return
        self._left -= len(sets)
        if self._left < 0:
            raise BudgetError("too many ways to change the facts: ask for fewer changes")
        ways = at[top].setdefault(nodes, [])
        ways += sets

    def _arrived(self, ways: Ways) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for leaves, sets in ways.items():
            # No two answers get here together, for near neither is the other. What is possible
            # nowhere leads to no answer.
            for answer in {self._ground.key[leaf] for leaf in leaves}:
                if answer is not None:
                    found.setdefault(answer, []).extend(sets)
        return found

    def _steps(self, bits: int) -> Steps:
        """Give a set of steps as levels and cells."""
        first, steps = self._ground.first_bit, []
        for level, base in enumerate(first):
            cells = bits >> base & (1 << self._ground.diagram.sizes[level]) - 1
            if cells:
                steps.append((level, highest(cells)))
        return tuple(steps)
