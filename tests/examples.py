"""How much the tests try: a tenth unless told otherwise, and many times as much at night."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["SHARE", "examples", "share"]

T = TypeVar("T")

SHARE = float(os.environ.get("ROUTEENGINE_EXAMPLES", "0.1"))
"""The share of the examples that each test names; `.ci/nightly` sets it by its minutes."""


def examples(number: int) -> int:
    """Give the share of a number of examples, and never fewer than five."""
    return max(5, int(number * SHARE))


def share(items: Sequence[T]) -> list[T]:
    """Give the share of what is always the same, spread evenly, and never fewer than five."""
    count = min(len(items), examples(len(items)))
    return [items[number * len(items) // count] for number in range(count)]
