"""Truth of a condition over everything that is still possible.

A *completion* is a full profile that agrees with what is known and breaks no constraint.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from enum import StrEnum

from routeengine.value_set import ValueSet

__all__ = ["Truth"]


class Truth(StrEnum):
    """TRUE or FALSE on every completion of what is known; OPEN if they differ."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"

    @staticmethod
    def of(can_be_true: bool, can_be_false: bool) -> Truth:
        """Return the truth by which of the two were seen among the completions.

        Raises ValueError if neither was: an empty set of completions makes everything true and
        false at once, and is for the caller to rule out.
        """
        if can_be_true and can_be_false:
            return Truth.OPEN
        if can_be_true:
            return Truth.TRUE
        if can_be_false:
            return Truth.FALSE
        raise ValueError("no completion was seen, so there is no truth to report")


FALSE, OPEN, TRUE = Truth.FALSE, Truth.OPEN, Truth.TRUE
"""The same three: a member of an enumeration takes longer to look up."""


def value_truth(values: ValueSet, allowed: ValueSet) -> Truth:
    """Return whether a value is among those allowed, where it is one of `values`.

    There is one value at least.
    """
    if len(values.boundaries) == 2:  # one run of values, as it most often is
        # Of those allowed, (2, 8), the values 3 to 5 pass one boundary before and none between, so
        # all are inside; 0 and 1 pass none; and 1 to 5 pass one on the way.
        first, end = values.boundaries
        before = bisect_right(allowed.boundaries, first)
        if before != bisect_left(allowed.boundaries, end):
            return OPEN
        return TRUE if before & 1 else FALSE
    within = values & allowed
    if not within:
        return FALSE
    return TRUE if within == values else OPEN


def quota_truth(truths: Iterable[Truth], count: int, low: int, high: int) -> Truth:
    """Return whether at least `low` and at most `high` of `count` parts hold.

    Truths are taken until they decide: of "any" up to the first that is true.
    This is strong Kleene logic (S. C. Kleene, "Introduction to metamathematics", 1952), for
    "all", "any", "not" and counting alike. It is sound but not tight: while `p` is open so is
    `not p`, and so is "any" of the two.
    """
    # Between what holds for sure and what may hold lies whatever can turn out.
    least, most = 0, count
    for truth in truths:
        if truth is OPEN:
            continue
        if truth is TRUE:
            least += 1
        else:
            most -= 1
        if least > high or most < low:
            return FALSE
        if low <= least and most <= high:
            return TRUE
    return range_truth(least, most, low, high)


def range_truth(least: int, most: int, low: int | None, high: int | None) -> Truth:
    """Return whether what lies between `least` and `most` lies between `low` and `high`.

    None leaves that side open.
    """
    low, high = least if low is None else low, most if high is None else high
    if low <= least and most <= high:
        return TRUE
    return FALSE if most < low or least > high else OPEN


def sum_range(parts: Iterable[tuple[Truth, int]]) -> tuple[int, int]:
    """Return the least and the most that parts can be worth together: truths and worths."""
    # Of a part that takes away it is least where it holds, and most where it does not.
    least = most = 0
    for truth, worth in parts:
        if truth is TRUE or (truth is OPEN and worth < 0):
            least += worth
        if truth is TRUE or (truth is OPEN and worth > 0):
            most += worth
    return least, most
