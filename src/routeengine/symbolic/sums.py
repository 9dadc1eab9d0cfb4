"""Sums of points as diagrams, made in layers and not by adding.

A layer is a part of the score, or all parts that look at one and the same fact. From the top down
it is noted which sums are reached before each layer, and from the last layer up each of them
becomes a node. Where the rest cannot carry a sum over a bound any more there is nothing to ask. Of
p worth 2, q worth 2 and r worth -1, and "at least 3":

    before p    0           open: 0 + 4 is enough, 0 - 1 is not
    before q    0 2         0: never, for 2 is the most; 2 is open
    before r    2 4         2: never; 4: always, for 3 is the least
                            so `q` alone is asked where p holds, and r is never asked

That is how N. Eén and N. Sörensson make diagrams of such sums ("Translating pseudo-Boolean
constraints into SAT", 2006), here with several values to a variable. Each pair of bounds has
layers of its own: one diagram of the sum itself, with the bounds at its leaves, was larger than
three of these together. It is made only to say which sums there are somewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.truth import Truth, range_truth

_SETTLED = {Truth.TRUE: TRUE, Truth.FALSE: FALSE}


class Layer(NamedTuple):
    """What one step adds to the sum.

    If `root` is None it is the variable at this level, and `adds` has a number per cell. Else it is
    the condition `root`, and `adds` has what it adds where it fails, and where it holds.
    """

    level: int
    root: Node | None
    adds: tuple[int, ...]


def bounded(
    diagram: Diagram, parts: Iterable[tuple[Node, int]], low: int | None, high: int | None
) -> Node:
    """Return where the sum of these conditions, each with what it is worth, lies within bounds.

    Raises BudgetError where that takes more nodes than there may be.
    """
    start, layers = _layers(diagram, parts)
    # What the layers from each one on add together, at least and at most.
    rest = [(0, 0)]
    for layer in reversed(layers):
        least, most = rest[-1]
        rest.append((least + min(layer.adds), most + max(layer.adds)))
    rest.reverse()

    def settled(at: int, reached: int) -> Node | None:
        least, most = rest[at]
        return _SETTLED.get(range_truth(reached + least, reached + most, low, high))

    return _summed(diagram, start, layers, settled)


def total(diagram: Diagram, parts: Iterable[tuple[Node, int]]) -> Node:
    """Return the sum of these conditions itself: the leaves are whole numbers.

    Raises BudgetError where that takes more nodes than there may be.
    """
    start, layers = _layers(diagram, parts)
    last = len(layers)
    leaf = diagram.leaf
    return _summed(diagram, start, layers, lambda at, one: leaf(one) if at == last else None)


def _summed(
    diagram: Diagram,
    start: int,
    layers: Sequence[Layer],
    settled: Callable[[int, int], Node | None],
) -> Node:
    """Make the layers; `settled` tells what a sum before one of them comes to, if that is sure.

    After the last layer every sum is settled.
    """
    reached = [{start: settled(0, start)}]
    for at, layer in enumerate(layers, 1):
        going_on = [one for one, node in reached[-1].items() if node is None]
        sums = dict.fromkeys(one + add for one in going_on for add in layer.adds)
        reached.append({one: settled(at, one) for one in sums})
        if sum(map(len, reached)) > diagram.budget:
            raise BudgetError(f"more than {diagram.budget} sums are reached")
    below = dict[int, Node]()
    while reached:
        some, at = reached.pop(), len(reached)
        below = {
            one: _node(diagram, layers[at], [below[one + add] for add in layers[at].adds])
            if node is None
            else node
            for one, node in some.items()
        }
    return below[start]


def _node(diagram: Diagram, layer: Layer, below: Sequence[Node]) -> Node:
    if layer.root is None:
        return diagram.node(layer.level, tuple(below))
    return diagram.ite(layer.root, below[1], below[0])


def _layers(diagram: Diagram, parts: Iterable[tuple[Node, int]]) -> tuple[int, list[Layer]]:
    """Return what is counted for sure, and the layers from the top of the diagram down."""
    start, layers = 0, list[Layer]()
    alone: dict[int, list[int]] = {}
    for root, worth in parts:
        level, children = diagram.level[root], diagram.children[root]
        if root in (FALSE, TRUE):
            start += worth if root == TRUE else 0
        elif all(child in (FALSE, TRUE) for child in children):
            adds = alone.setdefault(level, [0] * len(children))
            alone[level] = [a + worth * (b == TRUE) for a, b in zip(adds, children, strict=True)]
        else:
            layers.append(Layer(level, root, (0, worth)))
    layers += [Layer(level, None, tuple(adds)) for level, adds in alone.items()]
    return start, sorted(layers, key=lambda layer: layer.level)
