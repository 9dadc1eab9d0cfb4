"""Condition nodes: one spot of the rules, with what is true of it for one client."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.explanation.model import ConditionNode
from routeengine.explanation.parts import altered
from routeengine.explanation.spots import Look, Spot, remember
from routeengine.explanation.truths import Looks

__all__ = ["node_at"]


def node_at(looks: Looks, spot: Spot) -> ConditionNode:
    """Give the node at a spot, with all below it.

    What was made for another client is used again, from the smallest part on, where it looks
    the same.
    """
    return _made(spot, looks.below(spot))


def _made(spot: Spot, looks: Mapping[int, Look]) -> ConditionNode:
    look = looks[spot.number]
    node = spot.made.get(look)
    if node is None:
        children = tuple([_made(part, looks) for part in spot.parts])
        node = altered(spot.node, truth=look.truth, fact=look.leaf, children=children)
        remember(spot.made, look, node)
    return node
