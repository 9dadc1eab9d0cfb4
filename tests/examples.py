"""How much the tests try: a share unless told otherwise, and many times as much at night."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

__all__ = ["SHARE", "examples", "few", "gated", "share"]

T = TypeVar("T")

SHARE = float(os.environ.get("ROUTEENGINE_EXAMPLES", "0.05"))
"""The share of the examples that each test names; `.ci/nightly` sets it by its minutes."""


def examples(number: int) -> int:
    """Give the share of a number of examples, and never fewer than five."""
    return max(5, int(number * SHARE))


def share(items: Sequence[T]) -> list[T]:
    """Give the share of what is always the same, spread evenly, and never fewer than five."""
    count = min(len(items), examples(len(items)))
    return [items[number * len(items) // count] for number in range(count)]


def few(items: Sequence[T], number: int) -> list[T]:
    """Give a share of `number` of what is always the same, spread evenly; at night all of it."""
    count = len(items) if SHARE >= 1 else min(len(items), examples(number))
    return [items[place * len(items) // count] for place in range(count)]


def gated(cases: Iterable[Any], count: int = 1, *, night: bool = False) -> list[Any]:
    """Give the first cases of a matrix as they are, and leave the others to the gate.

    Where those are for the `night`, the first are for the gate.
    """
    every = [one if isinstance(one, tuple) else (one,) for one in cases]
    first, later = (pytest.mark.gate, pytest.mark.night) if night else ((), pytest.mark.gate)
    return [
        pytest.param(*one, marks=first if number < count else later)
        for number, one in enumerate(every)
    ]
