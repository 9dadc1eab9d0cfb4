"""Sets of whole numbers as runs of neighbours: pairs of the first and the last, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Runs: TypeAlias = tuple[tuple[int, int], ...]


def joined(runs: Iterable[tuple[int, int]]) -> Runs:
    """Return runs in order, with those made one that touch or overlap."""
    found = list[tuple[int, int]]()
    for low, high in sorted(runs):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def others(runs: Runs, low: int, high: int) -> Runs:
    """Return what lies from `low` to `high` and in none of some runs between these."""
    found, at = list[tuple[int, int]](), low
    for first, last in runs:
        if at < first:
            found.append((at, first - 1))
        at = last + 1
    return (*found, *([(at, high)] if at <= high else ()))


def common(some: Runs, more: Runs) -> Runs:
    """Return what lies in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in more)
    return tuple((low, high) for low, high in pairs if low <= high)
