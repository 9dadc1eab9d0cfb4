"""Sets of values of a fact, by their numbers in its domain.

A set is kept as its *boundaries*: in from the first, out from the second, in again from the third.
So the income of at most € 1,000 or at least € 9,000 is three numbers of cents, however many amounts
lie between. What it costs grows with the distinctions that rules make, never with the size of a
domain.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from routeengine.bits import numbers

KEPT = 4_096
"""Sets of one value that are kept, and sets of all values of a domain."""


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A set of whole numbers from 0 up; equal sets have equal boundaries.

    `boundaries` rise strictly, and there are an even number of them: {2, 3, 7} is (2, 4, 7, 8).
    """

    boundaries: tuple[int, ...] = ()

    @staticmethod
    def span(first: int, last: int) -> ValueSet:
        """Return the numbers from `first` to `last`, both included; none if `last` is smaller."""
        return ValueSet((first, last + 1)) if first <= last else NO_VALUES

    @staticmethod
    def of_runs(runs: Iterable[tuple[int, int]]) -> ValueSet:
        """Return a set from runs in order: (first, last), both included; they may touch."""
        boundaries: list[int] = []
        for first, last in runs:
            if boundaries and boundaries[-1] == first:
                boundaries[-1] = last + 1
            else:
                boundaries += (first, last + 1)
        return ValueSet(tuple(boundaries))

    @staticmethod
    def of(numbers: Iterable[int]) -> ValueSet:
        """Return a set of just these numbers."""
        return ValueSet.of_runs((number, number) for number in sorted(set(numbers)))

    def __contains__(self, number: int | None) -> bool:
        if number is None:  # as a domain has it for what is no value
            return False
        # The boundaries up to a number inside are odd in number: of (2, 4, 7, 8), for 3 just (2).
        return bool(bisect_right(self.boundaries, number) & 1)

    def __bool__(self) -> bool:
        return bool(self.boundaries)

    def __and__(self, other: ValueSet) -> ValueSet:
        mine, others = self.boundaries, other.boundaries
        if len(mine) == len(others) == 2:  # two ranges, as most are
            first, end = max(mine[0], others[0]), min(mine[1], others[1])
            return ValueSet((first, end)) if first < end else NO_VALUES
        return self._merged(other, _BOTH)

    def __or__(self, other: ValueSet) -> ValueSet:
        return self._merged(other, _EITHER)

    def __sub__(self, other: ValueSet) -> ValueSet:
        if self.boundaries == other.boundaries:  # as often as not
            return NO_VALUES
        return self._merged(other, _FIRST_ONLY)

    def __xor__(self, other: ValueSet) -> ValueSet:
        # To change sides twice at one number is not to change them.
        mine, others = set(self.boundaries), set(other.boundaries)
        return ValueSet(tuple(sorted(mine ^ others)))

    def _merged(self, other: ValueSet, kept: tuple[bool, ...]) -> ValueSet:
        """Return the numbers that are kept, by whether they are in this set, the other, or both.

        `kept` is indexed by 1 for "in this set" and 2 for "in the other", added up.
        """
        # Of (2, 8) and (5, 9) something changes at 2, 5, 8 and 9: from there on a number is in the
        # first, in both, in the second, in neither. So what is in both begins at 5 and ends at 8.
        found: list[int] = []
        for number in sorted({*self.boundaries, *other.boundaries}):
            if kept[(number in self) | (number in other) << 1] is not bool(len(found) & 1):
                found.append(number)
        return ValueSet(tuple(found))

    def __le__(self, other: ValueSet) -> bool:
        return not self - other

    @property
    def runs(self) -> Iterator[tuple[int, int]]:
        """The runs of neighbours, from low to high: (first, last), both included."""
        ends = iter(self.boundaries)
        return ((first, end - 1) for first, end in zip(ends, ends, strict=True))

    @property
    def numbers(self) -> Iterator[int]:
        """All numbers, from low to high: for domains that are small, or sets that are."""
        return (number for first, last in self.runs for number in range(first, last + 1))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return sum(self.boundaries[1::2]) - sum(self.boundaries[::2])

    @property
    def lowest(self) -> int:
        """The lowest number of a set that is not empty."""
        return self.boundaries[0]

    @property
    def highest(self) -> int:
        """The highest number of a set that is not empty."""
        return self.boundaries[-1] - 1

    @property
    def is_single(self) -> bool:
        """Whether there is just one number."""
        return len(self.boundaries) == 2 and self.boundaries[1] - self.boundaries[0] == 1

    @property
    def has_several(self) -> bool:
        """Whether there is more than one number."""
        return bool(self.boundaries) and not self.is_single

    def nearest(self, number: int) -> int:
        """Return the number in the set that is nearest to another; of two as near, the lower."""
        inside = [min(max(number, first), last) for first, last in self.runs]
        return min(inside, key=lambda one: abs(one - number))

    def nth(self, place: int) -> int:
        """Return the number at a place, from 0, of those in the set from low to high."""
        for first, last in self.runs:
            if place <= last - first:
                return first + place
            place -= last - first + 1
        raise IndexError(place)

    def moved(self, by: int) -> ValueSet:
        """Return the set with every number raised."""
        return ValueSet(tuple([boundary + by for boundary in self.boundaries]))


NO_VALUES = ValueSet()

_BOTH = (False, False, False, True)
_EITHER = (False, True, True, True)
_FIRST_ONLY = (False, True, False, False)


def union(sets: Iterable[ValueSet]) -> ValueSet:
    """Return the numbers that are in one set or more."""
    return reduce(or_, sets, NO_VALUES)


@lru_cache(KEPT)
def single(number: int) -> ValueSet:
    """Return the set of one number; the same few come again and again."""
    return ValueSet((number, number + 1))


@lru_cache(KEPT)
def all_below(count: int) -> ValueSet:
    """Return the set of all numbers below one, from 0; the same few come again and again too."""
    return ValueSet.span(0, count - 1)


def bits_of_set(values: ValueSet) -> int:
    """Return a set as the bits of one number: for forms that were given so, and small domains."""
    return sum((1 << (last + 1)) - (1 << first) for first, last in values.runs)


def set_of_bits(bits: int) -> ValueSet:
    """Return the set of the numbers of the bits that are set."""
    # Where a bit differs from the one below it is a boundary: 0b01101 gives 0, 1, 2 and 4.
    return ValueSet(tuple(numbers(bits ^ bits << 1)))
