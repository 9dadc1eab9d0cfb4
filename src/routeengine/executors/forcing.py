"""Whether known facts force what a decision can be, also without some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from routeengine.bits import numbers

__all__ = ["AT_ONCE", "Forces", "one_by_one"]

Forces: TypeAlias = Callable[[frozenset[str], Sequence[str]], Callable[[int], bool]]
"""Says whether known facts force what a decision can be, and whether they do without some.

Facts force it where all others could be unknown, and no more would be possible. Given facts,
and those of them that may be left out, it gives what answers for every set of the latter: bit n
of the set leaves out the nth. No more than `AT_ONCE` may be left out at a time.
"""

AT_ONCE = 8
"""Facts that may be left out at a time: there is a lane for every set of them."""


def one_by_one(enough: Callable[[frozenset[str]], bool]) -> Forces:
    """Answer for each set of facts as it is asked about."""

    def forces(facts: frozenset[str], spare: Sequence[str]) -> Callable[[int], bool]:
        return lambda left_out: enough(facts.difference([spare[n] for n in numbers(left_out)]))

    return forces
