"""Several functions walked as one: one walk finds what each of them can come to.

The leaves of a function are given as *words*: sets of bits that say what is so there. The words
of two functions are joined by "or", so a leaf of both says what each of them says. The word 0
says that nothing is possible there, and then nothing is for both.

A product of diagrams may be as large as the product of their sizes. So functions go into
*bundles*, none of which is much larger than what its members come to one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import or_
from typing import Any, TypeAlias

from routeengine.bits import few
from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import Diagram, Node

Word: TypeAlias = int
"""What is so at a leaf, as bits."""

NOTHING: Word = 0
"""The word where nothing is possible."""

POSSIBLE: Word = 1
"""The bit that stands in every other word."""

Function: TypeAlias = tuple[Node, Callable[[Any], Word]]
"""The root of a function, and what gives the word for a value at its leaves."""

ANY = -1
"""Stands for a cell, where a variable may be in every one of its cells."""


def most_nodes(alone: int) -> int:
    """Return how many nodes a bundle may have whose members have so many one by one.

    INVARIANT: measured against the members, never against a bundle that was made. Where each step
    may double what the step before it made, sixteen rules come to 131,071 nodes.
    """
    return 2 * alone + 300


@dataclass(frozen=True, slots=True)
class Bundle:
    """Functions that are walked as one, from `root`.

    `members` are their numbers, in the order in which they were given, and `alone` is how many
    nodes they have one by one.
    """

    members: range
    alone: int
    root: Node


class Joint:
    """Functions over the variables of one diagram, in bundles of neighbours. Immutable once built.

    `bundles` has them in order. A function joins the bundle before it where they fit together.
    """

    def __init__(self, source: Diagram, functions: Iterable[Function]) -> None:
        diagram = Diagram(source.sizes, 4)
        diagram.leaf(NOTHING)
        diagram.leaf(POSSIBLE)
        bundles: list[Bundle] = []
        for number, (root, word) in enumerate(functions):
            alone = len(source.reachable(root))
            diagram.budget = len(diagram) + alone
            copied = source.copy([root], diagram, word)[root]
            new = Bundle(range(number, number + 1), alone, copied)
            both = _both(diagram, bundles[-1], new) if bundles else None
            if both is not None:
                bundles.pop()
            bundles.append(both or new)
        # Numbered anew, leaves first: so a walk knows a leaf by its number.
        left = diagram.reachable(*[bundle.root for bundle in bundles])
        leaves = [node for node in left if not diagram.children[node]]
        inner = [node for node in reversed(left) if diagram.children[node]]
        number_of = {node: number for number, node in enumerate(leaves + inner)}
        self.bundles = tuple([replace(one, root=number_of[one.root]) for one in bundles])
        self._words: list[Word] = [diagram.values[node] for node in leaves]
        self._nodes = [
            (diagram.level[node], tuple([number_of[child] for child in diagram.children[node]]))
            for node in leaves + inner
        ]
        self._every = [tuple(dict.fromkeys(children)) for _, children in self._nodes]

    def reach(self, bundle: Bundle, cells: Sequence[int]) -> Word:
        """Return all that is so at some leaf within the cells that may be.

        `cells` has per variable the one cell that it is in, or ANY, or else the set of cells that
        it may be in as the complement of its bits: a number below 0 is never one cell.
        """
        nodes, every, words = self._nodes, self._every, self._words
        first, word = len(words), NOTHING
        todo, seen = [bundle.root], set()
        while todo:
            node = todo.pop()
            # Down as long as the way is plain; only where it forks is anything put aside.
            while node >= first:
                level, children = nodes[node]
                cell = cells[level]
                if cell >= 0:
                    node = children[cell]
                elif node in seen:
                    break
                else:
                    seen.add(node)
                    todo += every[node] if cell == ANY else [children[n] for n in few(~cell)]
                    node = todo.pop()
            else:
                word |= words[node]
        return word


def _both(diagram: Diagram, one: Bundle, other: Bundle) -> Bundle | None:
    """Join two bundles, or return None if that is too large."""
    nothing, possible = diagram.leaf(NOTHING), diagram.leaf(POSSIBLE)
    size, alone = len(diagram), one.alone + other.alone
    root: Node | None

    def shortcut(a: Node, b: Node) -> Node | None:
        if nothing in (a, b):
            return nothing
        if a == possible:  # it adds nothing to the other
            return b
        return a if b == possible else None

    diagram.budget = size + most_nodes(alone)
    try:
        root = diagram.apply("both", or_, one.root, other.root, shortcut)
    except BudgetError:
        root = None
    # The budget counts new nodes, and some were there before.
    if root is None or len(diagram.reachable(root)) > most_nodes(alone):
        diagram.rollback(size)
        return None
    return Bundle(range(one.members.start, other.members.stop), alone, root)
