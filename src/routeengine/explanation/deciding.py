"""Which conditions make a condition what it is."""

from __future__ import annotations

from routeengine.explanation.model import ConditionNode
from routeengine.truth import Truth


def deciding(node: ConditionNode) -> list[ConditionNode]:
    """Give the nodes that give a node its truth: which of its parts failed, or are open.

    An "all" that fails is taken apart into the parts that fail. Where no part
    fails by itself (they cannot hold together), it is the "all" that fails.
    """
    if node.kind != "all" or node.truth is Truth.TRUE:
        return [node]
    found = []
    for part in node.children:
        if part.truth is node.truth:
            found += deciding(part) if part.kind == "all" else [part]
    return found or [node]
