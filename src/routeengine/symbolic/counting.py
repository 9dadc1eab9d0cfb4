"""Exact counts: how many profiles lead to each leaf of a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from routeengine.symbolic.diagram import Diagram, Node


def count_leaves(
    diagram: Diagram, root: Node, weights: Sequence[Sequence[int]] | None = None
) -> dict[Any, int]:
    """Give, per value of a leaf, how many combinations of cells lead there.

    Combinations are of all variables of the diagram; the counts are exact whole
    numbers, and their sum is the product of the numbers of cells. `weights` says, per
    level and cell, how much the cell counts for (how many values it holds, say).
    """
    if weights is None:
        weights = [(1,) * size for size in diagram.sizes]
    sums = [sum(some) for some in weights]
    ways: dict[Node, int] = {root: prod(sums[: diagram.level[root]])}
    counts: dict[Any, int] = {}
    for node in diagram.reachable(root):
        if not diagram.kids[node]:
            counts[diagram.values[node]] = ways[node]
            continue
        at = diagram.level[node]
        for cell, kid in enumerate(diagram.kids[node]):
            # A variable that the path leaves out may be in any of its cells.
            free = prod(sums[at + 1 : diagram.level[kid]])
            ways[kid] = ways.get(kid, 0) + ways[node] * weights[at][cell] * free
    return counts
