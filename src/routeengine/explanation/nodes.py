"""Condition nodes: one spot of the rules, with what is true of it for one client."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation.facts import Facts
from routeengine.explanation.model import ConditionNode
from routeengine.explanation.plan import Spot
from routeengine.explanation.truths import Truths
from routeengine.ruleset.conditions import FactIs
from routeengine.truth import Truth

__all__ = ["Nodes", "deciding"]

REMEMBERED = 128
"""Nodes that are kept per spot, for the next client of whom the same is true."""


class Nodes:
    """Builds the nodes of one client; equal nodes of other clients are used again."""

    def __init__(self, facts: Facts, truths: Truths) -> None:
        self._facts = facts
        self._truths = truths

    def truth(self, spot: Spot) -> Truth:
        """Give the truth at a spot."""
        return self._truths.of(spot)

    def at(self, spot: Spot) -> ConditionNode:
        """Give the node at a spot, with all below it."""
        truth = self._truths.of(spot)
        condition, leaf = spot.condition, None
        children = tuple([self.at(part) for part in spot.parts])
        if isinstance(condition, FactIs):
            implied = self._facts.implied(condition, truth)
            leaf = self._facts.leaf(condition.fact, implied=implied)
            key: tuple[object, ...] = (truth, leaf.status, leaf.words)
        else:
            # A node that is kept keeps its children, so their identity stays theirs.
            key = (truth, *map(id, children))
        node = spot.made.get(key)
        if node is None:
            node = ConditionNode(
                id=spot.id,
                kind=spot.kind,
                text=spot.text,
                head=spot.head,
                truth=truth,
                reference=spot.reference,
                count=getattr(condition, "count", None),
                label=spot.label,
                grounds=spot.grounds,
                fact=leaf,
                children=children,
            )
            if len(spot.made) >= REMEMBERED:
                spot.made.clear()
            spot.made[key] = node
        return node


def deciding(node: ConditionNode) -> Iterator[ConditionNode]:
    """Yield the nodes that give a node its truth: which of its parts failed, or are open.

    An "all" that fails is taken apart into the parts that fail. Where no part
    fails by itself (they cannot hold together), it is the "all" that fails.
    """
    if node.kind == "all" and node.truth is not Truth.TRUE:
        parts = [child for child in node.children if child.truth is node.truth]
        if parts:
            for part in parts:
                yield from deciding(part)
            return
    yield node
