"""The finite domains of facts.

Every domain numbers its values 0, 1, 2, … in declared order, so a set of values
is an `int` with one bit per value. Sets of values are then compared, joined and
split the same way whatever the type of the fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from routeengine.bits import numbers

Value: TypeAlias = bool | int | str

MAX_DOMAIN_SIZE = 100_000
"""Values per fact: past this a set of values as bits is no longer small."""


@dataclass(frozen=True, slots=True)
class BooleanDomain:
    """False and True, in that order."""

    kind: ClassVar[Literal["boolean"]] = "boolean"
    size: ClassVar[int] = 2
    full: ClassVar[int] = 0b11
    values: ClassVar[tuple[Value, ...]] = (False, True)

    def index(self, value: object) -> int | None:
        """Return the number of a value, or None if it is no value of this domain."""
        return int(value) if type(value) is bool else None

    def value(self, index: int) -> Value:
        """Return the value with this number."""
        return bool(index)

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        return "true or false"


@dataclass(frozen=True, slots=True)
class CategoryDomain:
    """A few named values, in declared order."""

    kind: ClassVar[Literal["category"]] = "category"
    values: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.values)

    @property
    def full(self) -> int:
        """The set of all values, as bits."""
        return (1 << len(self.values)) - 1

    def index(self, value: object) -> int | None:
        """Return the number of a value, or None if it is no value of this domain."""
        if isinstance(value, str) and value in self.values:
            return self.values.index(value)
        return None

    def value(self, index: int) -> Value:
        """Return the value with this number."""
        return self.values[index]

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        return "one of " + ", ".join(f"`{value}`" for value in self.values)


@dataclass(frozen=True, slots=True)
class IntegerDomain:
    """The whole numbers from `minimum` to `maximum`, both included."""

    kind: ClassVar[Literal["integer"]] = "integer"
    minimum: int
    maximum: int

    @property
    def size(self) -> int:
        """Number of values."""
        return self.maximum - self.minimum + 1

    @property
    def full(self) -> int:
        """The set of all values, as bits."""
        return (1 << self.size) - 1

    @property
    def values(self) -> range:
        """All values in order."""
        return range(self.minimum, self.maximum + 1)

    def index(self, value: object) -> int | None:
        """Return the number of a value, or None if it is no value of this domain."""
        if type(value) is int and self.minimum <= value <= self.maximum:
            return value - self.minimum
        return None

    def value(self, index: int) -> Value:
        """Return the value with this number."""
        return self.minimum + index

    def between(self, low: int | None, high: int | None) -> int:
        """Return the set of values from `low` to `high`, both included, as bits.

        None leaves that side open; what lies outside the domain is left out.
        """
        first = self.minimum if low is None else max(low, self.minimum)
        last = self.maximum if high is None else min(high, self.maximum)
        if first > last:
            return 0
        return ((1 << (last - first + 1)) - 1) << (first - self.minimum)

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        return f"a whole number from {self.minimum} to {self.maximum}"


Domain: TypeAlias = BooleanDomain | CategoryDomain | IntegerDomain


def spans(bits: int) -> list[tuple[int, int]]:
    """Return a set of values as runs of neighbours: (first, last), both included."""
    # Where a value differs from the one before it: 0b01101 gives 0, 1, 2 and 4.
    ends = iter(numbers(bits ^ bits << 1))
    return [(first, end - 1) for first, end in zip(ends, ends, strict=True)]


def word(value: Value) -> str:
    """Return a value as rule files write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
