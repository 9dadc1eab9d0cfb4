"""Condition nodes: one spot of the rules, with what is true of it for one client."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.explanation.facts import Facts
from routeengine.explanation.model import ConditionNode
from routeengine.explanation.parts import altered
from routeengine.explanation.spots import Look, Spot, remember
from routeengine.explanation.truths import Looks


class Nodes:
    """The condition nodes of one client, each made once.

    Nodes of comparisons come with what is known of the facts. What was made for another client is
    used again, from the smallest part on, where it looks the same.
    """

    def __init__(self, looks: Looks, facts: Facts) -> None:
        self.looks = looks
        self._made = facts.comparisons()

    def at(self, spot: Spot) -> ConditionNode:
        """Give the node at a spot, with all below it."""
        node = self._made.get(spot.place)
        return self._make(spot, self.looks.below(spot)) if node is None else node

    def _make(self, spot: Spot, looks: Mapping[int, Look]) -> ConditionNode:
        made, look = self._made, looks[spot.number]
        node = spot.made.get(look) if spot.shared else None
        if node is None:
            for part in spot.inner:
                self._make(part, looks)
            node = altered(spot.node, truth=look.truth, children=spot.nodes_of(made))
            if spot.shared:
                node = remember(spot.made, look, node)
        made[spot.place] = node
        return node
