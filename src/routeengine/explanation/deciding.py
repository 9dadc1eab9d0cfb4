"""Which conditions make a condition what it is."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.explanation.model import ConditionNode
from routeengine.truth import Truth

__all__ = ["deciding"]


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
