"""Condition nodes: one spot of the rules, with what is true of it for one client."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation.facts import Facts
from routeengine.explanation.model import ConditionNode
from routeengine.explanation.plan import Spot, remember
from routeengine.explanation.truths import Truths
from routeengine.ruleset.conditions import FactIs
from routeengine.truth import Truth

__all__ = ["Nodes", "deciding"]


class Nodes:
    """Builds the nodes of one client; whole trees of other clients are used again if equal."""

    def __init__(self, facts: Facts, truths: Truths) -> None:
        self._facts = facts
        self._truths = truths

    def truth(self, spot: Spot) -> Truth:
        """Give the truth at a spot."""
        return self._truths.of(spot)

    def at(self, spot: Spot) -> ConditionNode:
        """Give the node at a spot, with all below it."""
        truth = self._truths.of
        # A tree that is kept keeps its leaves, so their identity stays their own.
        key = (
            tuple([truth(part) for part in spot.distinct]),
            tuple([id(self._facts.compared(one, truth(part))) for part, one in spot.comparisons]),
        )
        node = spot.made.get(key)
        return remember(spot.made, key, self._make(spot)) if node is None else node

    def _make(self, spot: Spot) -> ConditionNode:
        truth, condition = self._truths.of(spot), spot.condition
        leaf = None
        if isinstance(condition, FactIs):
            leaf = self._facts.compared(condition, truth)
        return ConditionNode(
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
            children=tuple([self._make(part) for part in spot.parts]),
        )


def deciding(node: ConditionNode) -> Iterator[ConditionNode]:
    """Yield the nodes that give a node its truth: which of its parts failed, or are open.

    An "all" that fails is taken apart into the parts that fail. Where no part
    fails by itself (they cannot hold together), it is the "all" that fails.
    """
    parts = [child for child in node.children if child.truth is node.truth]
    if node.kind == "all" and node.truth is not Truth.TRUE and parts:
        for part in parts:
            yield from deciding(part)
    else:
        yield node
