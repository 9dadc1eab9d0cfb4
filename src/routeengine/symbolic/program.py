"""Lane programs: diagrams as straight-line steps over many profiles side by side.

A *lane* is one bit position; what is known of a profile stands in the same lane
of many words, one word per fact and cell ("may be in this cell"). From those words a
circuit of ANDs and ORs works out which lanes reach which leaf: exact, without search,
for on a path every fact appears once.

Everything that is asked of one diagram goes into one circuit, so that what two
questions have in common is worked out once. A program is the part of a circuit that
some answers need, in slots that are used again as soon as they may be. Its words are
whatever has `&` and `|`: Python integers of any length, or arrays of machine words.

Example: "yes if x and y, else no" has a node x, and below it a node y. With x0 for the lanes in
which x may be false, and x1, y0, y1 likewise, the lanes

    at y          x1             (all lanes are at x)
    at yes        x1 & y1
    at no         x0 | x1 & y0

so a lane in which x is known, and y is not, is in x1, y0 and y1, and reaches both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias, TypeVar

from routeengine.bits import numbers
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Diagram, Node

Wire: TypeAlias = int
"""A word of a circuit, by number. INVARIANT: a gate's inputs have smaller numbers."""

NOWHERE: Wire = 0
"""The word without any lane."""

EVERYWHERE: Wire = 1
"""The word of all lanes."""

K = TypeVar("K")


Step: TypeAlias = tuple[bool, int, int, int]
"""Whether it is "both" or "either", the slots of its two words, and the slot that it fills."""


@dataclass(frozen=True, slots=True)
class Program:
    """Steps over slots.

    Slot 0 holds no lanes and slot 1 all of them; then come the `inputs`, each the
    word of a level and cell: the lanes that may be in it. Then comes what the steps work out.
    `outputs` are the slots of the answers.
    """

    inputs: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]
    slots: int
    outputs: tuple[int, ...]


class Circuit:
    """Words over the cells of a diagram's variables; equal words are one word."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        # Per wire its gate (both, left, right), or its (level, cell), or None.
        self._gates: list[tuple[bool, Wire, Wire] | None] = [None, None]
        self._cells: dict[Wire, tuple[int, int]] = {}
        self._known: dict[tuple[object, ...], Wire] = {}
        self._leads: dict[Node, dict[tuple[Node, Node], Wire]] = {}  # per leaf that is wanted

    def may(self, level: int, cells: int) -> Wire:
        """Return the lanes that may be in one of these cells, given as bits."""
        if cells == (1 << self.diagram.sizes[level]) - 1:
            return EVERYWHERE  # something is always left
        return self.union(self._cell(level, cell) for cell in numbers(cells))

    def _cell(self, level: int, cell: int) -> Wire:
        key = ("may", level, cell)
        if key not in self._known:
            self._known[key] = len(self._gates)
            self._cells[len(self._gates)] = level, cell
            self._gates.append(None)
        return self._known[key]

    def both(self, one: Wire, other: Wire) -> Wire:
        """Return the lanes in both."""
        if NOWHERE in (one, other):
            return NOWHERE
        if one in (other, EVERYWHERE):
            return other
        return one if other == EVERYWHERE else self._gate(True, one, other)

    def either(self, one: Wire, other: Wire) -> Wire:
        """Return the lanes in either."""
        if EVERYWHERE in (one, other):
            return EVERYWHERE
        if one in (other, NOWHERE):
            return other
        return one if other == NOWHERE else self._gate(False, one, other)

    def union(self, words: Iterable[Wire]) -> Wire:
        """Return the lanes that are in one of these words at least."""
        return reduce(self.either, words, NOWHERE)

    def _gate(self, both: bool, one: Wire, other: Wire) -> Wire:
        gate = both, min(one, other), max(one, other)
        if gate not in self._known:
            self._known[gate] = len(self._gates)
            self._gates.append(gate)
        return self._known[gate]

    def nodes(self, root: Node) -> dict[Node, Wire]:
        """Return, per node below a root, the lanes that reach it; what is impossible left out.

        From the root down: a lane is at a node just when some completion leads there.
        """
        diagram = self.diagram
        # Levels come from the top down, so all that leads to a node was added before it is used.
        at = {root: EVERYWHERE}
        for level, nodes in diagram.by_level(root):
            # Those that go the same way go together, so that a cell is looked at once for all.
            ways: dict[tuple[Node, int], Wire] = {}
            for node in nodes:
                for way in cells_to(diagram.children[node]).items():
                    ways[way] = self.either(ways.get(way, NOWHERE), at[node])
            for (child, cells), here in ways.items():
                moved = self.both(here, self.may(level, cells))
                at[child] = self.either(at.get(child, NOWHERE), moved)
        impossible = {n for n in diagram.leaves(root) if diagram.values[n] is IMPOSSIBLE}
        return {node: lanes for node, lanes in at.items() if node not in impossible}

    def leaves(self, root: Node) -> list[tuple[Any, Wire]]:
        """Return, per leaf below a root, its value and the lanes that reach it."""
        diagram = self.diagram
        return [
            (diagram.values[n], w) for n, w in self.nodes(root).items() if not diagram.children[n]
        ]

    def leads(self, root: Node, wanted: Node, where: Node = TRUE) -> Wire:
        """Return the lanes that reach the leaf `wanted` below `root` where `where` is true.

        From the leaves up, by pairs of nodes.
        """
        diagram, known = self.diagram, self._leads.setdefault(wanted, {})
        todo = [(where, root)]
        while todo:
            pair = a, b = todo[-1]
            if pair in known:
                todo.pop()
                continue
            level = min(diagram.level[a], diagram.level[b])
            if a == FALSE or (not diagram.children[b] and b != wanted):
                known[pair] = NOWHERE
            elif level == diagram.leaf_level:
                known[pair] = EVERYWHERE
            else:
                below = list(diagram.cofactors(level, a, b))
                pending = [one for one in below if one not in known]
                todo += pending
                if not pending:
                    known[pair] = self.any_of(level, [known[one] for one in below])
        return known[where, root]

    def any_of(self, level: int, below: Sequence[Wire]) -> Wire:
        """Return the lanes that may be in a cell in whose word they are."""
        ways = cells_to(below).items()
        return self.union(self.both(lanes, self.may(level, cells)) for lanes, cells in ways)

    def program(self, outputs: Sequence[Wire]) -> Program:
        """Return the steps that work out these words, and no others."""
        needed = self._needed(outputs)
        inputs = [wire for wire in needed if wire in self._cells]
        gate = {wire: gate for wire in needed if (gate := self._gates[wire]) is not None}
        # After the last gate that reads a word, its slot is free for another one.
        last = {}
        for wire, (_, left, right) in gate.items():
            last[left] = last[right] = wire
        slot = {NOWHERE: 0, EVERYWHERE: 1} | {wire: n for n, wire in enumerate(inputs, 2)}
        slots = len(slot)
        # Inputs stay, for they are not copied, and outputs are what is wanted.
        lasting = {*outputs, *slot}
        free: list[int] = []
        steps = []
        for wire, (both, left, right) in gate.items():
            free += [slot[w] for w in {left, right} if last[w] == wire and w not in lasting]
            if not free:
                free.append(slots)
                slots += 1
            slot[wire] = free.pop()
            steps.append((both, slot[left], slot[right], slot[wire]))
        places = tuple(self._cells[wire] for wire in inputs)
        return Program(places, tuple(steps), slots, tuple(slot[wire] for wire in outputs))

    def _needed(self, outputs: Sequence[Wire]) -> list[Wire]:
        """Return these wires and all that they are made of, inputs first."""
        needed = set(outputs)
        todo = list(needed)
        while todo:
            gate = self._gates[todo.pop()]
            for wire in () if gate is None else gate[1:]:
                if wire not in needed:
                    needed.add(wire)
                    todo.append(wire)
        return sorted(needed)


def cells_to(children: Sequence[K]) -> dict[K, int]:
    """Return, per child, the cells that lead there, as bits."""
    cells: dict[K, int] = {}
    for cell, child in enumerate(children):
        cells[child] = cells.get(child, 0) | 1 << cell
    return cells
