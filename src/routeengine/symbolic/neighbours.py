"""What surrounds one state of knowledge: the smallest changes that lead elsewhere.

A *step* moves one fact to one cell. Two passes over the diagram do. The first goes up from
the leaves and gives, per node and for all answers at once, how many steps no way from
there can do without: one word per node, with a bit per answer and number of steps. The
second goes down level by level with all nodes that the completions reach, and keeps
only what can still arrive. At each level the fact stays as it is known, or takes a step.
Ways that meet go on as one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_
from typing import Any, TypeAlias

from routeengine.bits import few, numbers
from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import IMPOSSIBLE, Diagram, Node

CellMove: TypeAlias = tuple[int, int]
"""A step: the level of a fact, and the cell it moves to."""

CellMoves: TypeAlias = tuple[CellMove, ...]
"""Steps at different levels."""

MAX_WAYS = 200_000
"""Partial sets of steps that are looked into before a search is given up."""

Ways: TypeAlias = dict[tuple[int, frozenset[Node]], list[int]]
"""What is wanted from here and the nodes that are reached, with the sets of steps, as bits."""


class SearchGraph:
    """The diagram of one decision, laid out for searching: `inner` nodes, children before parents.

    `number` says which of so many answers a leaf is. `key` has that per leaf, or None for what is
    impossible. `levels` are those that make a difference.
    """

    def __init__(
        self, diagram: Diagram, root: Node, answers: int, number: Callable[[Any], int]
    ) -> None:
        self.diagram, self.root, self.answers = diagram, root, answers
        self.inner = diagram.inner(root)
        values = {node: diagram.values[node] for node in diagram.leaves(root)}
        self.key = {
            node: None if value is IMPOSSIBLE else number(value) for node, value in values.items()
        }
        self.levels = sorted(diagram.support(root))


class Neighbours:
    """The surroundings of one state, up to `limit` steps away.

    Words have a field per number of steps, and a bit per answer in each. With the answers A (bit 0)
    and B, and at most two steps, "B by two steps" is 0b10_00_00. A node from which no step leads to
    A, and one step to B, has 0b11_11_01: B is in the fields of one step and of two.

    `may` has the cells per level as known now, `go` the cells that a step at a level may go to,
    both as bits. After the steps every completion has to lead to one answer, and there has to be
    a completion.

    Raises BudgetError if a search looks into more than `most_ways` partial sets of steps.
    """

    def __init__(
        self,
        graph: SearchGraph,
        may: Sequence[int],
        go: Sequence[int],
        limit: int,
        most_ways: int = MAX_WAYS,
    ) -> None:
        self._graph = graph
        self._limit = limit
        self._left = most_ways
        self._steps = [(level, cell) for level in graph.levels for cell in few(go[level])]
        # Per level where a fact may be as it is and after each step, with the bit of the step.
        self._moves = {level: [(few(may[level]), 0)] for level in graph.levels}
        for number, (level, cell) in enumerate(self._steps, 1):
            self._moves[level].append(((cell,), 1 << number))
        # The bit of the first answer in each field: with three answers, 0b001_001_001.
        self._first = sum(1 << graph.answers * size for size in range(limit + 1))
        self._near, self._sure = self._measured()

    def nearest(self) -> dict[int, list[CellMoves]]:
        """Return, per answer that can be led to within the limit, all its sets of fewest steps."""
        near, width = self._near[self._graph.root], self._graph.answers
        # Per answer how many steps it takes at least: a field for each number from there on has it.
        # Where all is known, it takes no more.
        sizes = {
            answer: self._limit + 1 - (near >> answer & self._first).bit_count()
            for answer in range(width)
        }
        found: dict[int, list[int]] = {}
        while sizes := {a: n for a, n in sizes.items() if a not in found and n <= self._limit}:
            found |= self._arrive(sum(1 << width * n + a for a, n in sizes.items()))
            sizes = {answer: size + 1 for answer, size in sizes.items()}
        return {answer: self._named(sets) for answer, sets in found.items()}

    def all_to(self, answer: int) -> list[CellMoves]:
        """Return every subset-minimal set of steps that leads to one answer, smallest first."""
        found: list[int] = []
        for size in range(self._limit + 1):
            wanted = 1 << self._graph.answers * size + answer
            found += self._arrive(wanted, tuple(found)).get(answer, [])
        return self._named(found)

    def _measured(self) -> tuple[dict[Node, int], dict[Node, int]]:
        """Return per node which answers may be so many steps away, and what leads to one for sure.

        The first is a field of bits per number of steps. INVARIANT: an answer that is missing in
        the field of a number needs more steps. The second is a field per answer, with a bit for
        "no step" and one for each step alone.
        """
        width, lanes = self._graph.answers, 1 + len(self._steps)
        everything = (1 << width * (self._limit + 1)) - 1
        every, each = (1 << lanes) - 1, sum(1 << lanes * answer for answer in range(width))
        # Where everything is known, what is impossible stays so; else others may be possible.
        open_facts = any(len(moves[0][0]) > 1 for moves in self._moves.values())
        near, sure = dict[Node, int](), dict[Node, int]()
        for leaf, answer in self._graph.key.items():
            # From its own leaf an answer is no step away, and so no more than any number.
            near[leaf] = everything * open_facts if answer is None else self._first << answer
            sure[leaf] = each * every if answer is None else every << lanes * answer
        # Per level the cells that the fact may be in, the bits of its own steps, and those of all
        # others and of "no step".
        at = {}
        for level, moves in self._moves.items():
            own = [(cell, each * step) for (cell,), step in moves[1:]]
            at[level] = moves[0][0], own, each * every - sum([bits for _, bits in own])
        for node, level, children in self._graph.inner:
            # As it is, every cell that the fact may be in has to lead there; after a step, the one.
            stay, own, certain = at[level]
            staying, moved = everything, 0
            for cell in stay:
                child = children[cell]
                staying &= near[child]
                certain &= sure[child]
            for cell, here in own:
                child = children[cell]
                moved |= near[child]
                certain |= sure[child] & here
            # What a step leads to is one number of steps further: one field up.
            near[node] = staying | moved << width & everything
            sure[node] = certain
        return near, sure

    def _arrive(self, wanted: int, spare: Sequence[int] = ()) -> dict[int, list[int]]:
        """Return, per answer, the sets of just so many steps that lead there.

        `wanted` has a bit per answer and number of steps, as the words of nodes have; with each
        step it loses a field. What holds one of the sets in `spare` is left out.
        """
        graph, width, near = self._graph, self._graph.answers, self._near
        level, children = graph.diagram.level, graph.diagram.children
        found: dict[int, list[int]] = {}

        def fresh(sets: list[int]) -> list[int]:
            if not spare:
                return sets
            return [one for one in sets if not any(some & one == some for some in spare)]

        at: list[Ways] = [{} for _ in range(graph.diagram.leaf_level + 1)]

        def push(left: int, below: Collection[Node], sets: list[int]) -> None:
            self._left -= len(sets)
            if self._left < 0:
                raise BudgetError("too many ways to change the facts: ask for fewer changes")
            # With one step left or none, the words of the nodes say which steps arrive.
            for answer, steps in self._last_steps(left, below):
                longer = [one | step for step in steps for one in sets]
                found.setdefault(answer, []).extend(fresh(longer))
            # What needs two steps or more goes on, level by level.
            far = left >> 2 * width << 2 * width
            if far:
                top = min([level[node] for node in below])
                at[top].setdefault((far, frozenset(below)), []).extend(sets)

        push(wanted, (graph.root,), [0])
        for top, moves in self._moves.items():
            for (left, nodes), sets in at[top].items():
                # Nodes further down pass this level by: they stay, whatever the fact does.
                here = [children[node] for node in nodes if level[node] == top]
                rest = [] if len(nodes) == 1 else [n for n in nodes if level[n] != top]
                staying: set[Node] = set()
                for cells, step in moves:
                    below = {*rest, *[some[cell] for some in here for cell in cells]}
                    staying = staying if step else below
                    goal = left >> width if step else left
                    for node in below:
                        goal &= near[node]
                    # Nothing wanted is near enough, or it is no step for those that are here.
                    if goal and not (step and below == staying):
                        push(goal, below, fresh([one | step for one in sets]) if step else sets)
        return found

    def _last_steps(self, left: int, nodes: Iterable[Node]) -> Iterator[tuple[int, list[int]]]:
        """Yield each answer that is wanted with one step at most, and those steps: 0 is none."""
        width, lanes = self._graph.answers, 1 + len(self._steps)
        soon = left & (1 << 2 * width) - 1
        if not soon:
            return
        sure = reduce(and_, [self._sure[node] for node in nodes])
        # What leads to two answers for sure is impossible.
        possible = ~(sure & sure >> lanes) & (1 << lanes) - 1
        for answer in few((soon | soon >> width) & (1 << width) - 1):
            steps = sure >> lanes * answer & possible
            if steps & 1:
                if soon >> answer & 1:
                    yield answer, [0]
            elif steps and soon >> width + answer & 1:
                yield answer, [1 << number for number in numbers(steps)]

    def _named(self, sets: Iterable[int]) -> list[CellMoves]:
        """Return sets of steps as levels and cells."""
        return [tuple([self._steps[number - 1] for number in numbers(one)]) for one in sets]
