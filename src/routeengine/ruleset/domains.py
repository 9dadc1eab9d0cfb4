"""The finite domains of facts.

Every domain numbers its values 0, 1, 2, … in declared order, so a set of values is a set of whole
numbers (`ValueSet`). Sets are compared, joined and split the same way, whatever the type of the
fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, overload

from routeengine.value_set import ValueSet, all_below

Value: TypeAlias = bool | int | str
"""A value as JSON has it: a decimal number and a date are text, each in one spelling."""

MAX_NUMBER = 2**53 - 1
"""The largest number of steps that a domain is from zero: JSON's whole numbers end there."""

MAX_PLACES = 6
"""Decimal places of a number."""

MAX_DIGITS = 16
"""Digits of a number in text before its point, and after it."""

_DECIMAL = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}(\.[0-9]{{1,{MAX_DIGITS}}})?", re.ASCII)
DAY_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""What a day looks like in text; most readers of JSON Schema do not check the format."""

_DAY = re.compile(DAY_PATTERN, re.ASCII)

_LONGEST = 40
"""Digits of a decimal number past which it is no value of any fact."""


@dataclass(frozen=True, slots=True)
class BooleanDomain:
    """False and True, in that order."""

    kind: ClassVar[Literal["boolean"]] = "boolean"
    size: ClassVar[int] = 2
    full: ClassVar[ValueSet] = ValueSet((0, 2))
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
    def full(self) -> ValueSet:
        """The set of all values."""
        return all_below(len(self.values))

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


class _Range:
    """What domains have in common whose values lie in a row, each one step past the one before.

    A value is a number of steps from zero (`_steps` and `_at`), and `minimum` has the number 0.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        # Each of the three domains below says these. An abstract class would make every
        # `isinstance` of a domain dearer.
        @property
        def ends(self) -> tuple[int, int]:
            """The lowest and the highest value, in steps from zero."""
            ...

        def _steps(self, value: object) -> int | None:
            """Return how many steps a value is from zero, or None for what is no such value."""
            ...

        def _at(self, steps: int) -> Value:
            """Return the value so many steps from zero."""
            ...

    @property
    def size(self) -> int:
        """Number of values."""
        lowest, highest = self.ends
        return highest - lowest + 1

    @property
    def full(self) -> ValueSet:
        """The set of all values."""
        return all_below(self.size)

    @property
    def values(self) -> Sequence[Value]:
        """All values in order, none of which is made before it is asked for: there may be 10^15."""
        return _Row(self)

    def between(self, low: object, high: object) -> ValueSet:
        """Return the set of values from `low` to `high`, both included.

        None leaves that side open; what lies outside the domain is left out.
        """
        first, last = self.ends
        steps = [None if end is None else self._steps(end) for end in (low, high)]
        lowest, highest = [0 if one is None else one for one in steps]
        lowest = first if low is None else max(lowest, first)
        highest = last if high is None else min(highest, last)
        return ValueSet.span(lowest - first, highest - first)

    def index(self, value: object) -> int | None:
        """Return the number of a value, or None if it is no value of this domain."""
        steps = self._steps(value)
        lowest, highest = self.ends
        return steps - lowest if steps is not None and lowest <= steps <= highest else None

    def value(self, index: int) -> Value:
        """Return the value with this number."""
        return self._at(self.ends[0] + index)


@dataclass(frozen=True, slots=True)
class _Row(Sequence[Value]):
    """The values of a domain in order."""

    domain: _Range

    def __len__(self) -> int:
        return self.domain.size

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        numbers = range(self.domain.size)[index]
        if isinstance(numbers, int):
            return self.domain.value(numbers)
        return list(map(self.domain.value, numbers))


@dataclass(frozen=True, slots=True)
class IntegerDomain(_Range):
    """The whole numbers from `minimum` to `maximum`, both included."""

    kind: ClassVar[Literal["integer"]] = "integer"
    minimum: int
    maximum: int

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest value, in steps from zero."""
        return self.minimum, self.maximum

    def _steps(self, value: object) -> int | None:
        return value if type(value) is int else None

    def _at(self, steps: int) -> Value:
        return steps

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        return f"a whole number from {self.minimum} to {self.maximum}"


@dataclass(frozen=True, slots=True)
class DecimalDomain(_Range):
    """The decimal numbers from `minimum` to `maximum`, both included, with so many `places`.

    A value is given as text ("1091.71"), as Decimal or as whole number; a binary float never.
    """

    kind: ClassVar[Literal["decimal"]] = "decimal"
    minimum: str
    maximum: str
    places: int

    def __post_init__(self) -> None:
        # In one spelling, so that equal domains are equal; what is no number stays to be refused.
        for name in ("minimum", "maximum"):
            steps = decimal_steps(getattr(self, name), self.places)
            if steps is not None:
                object.__setattr__(self, name, decimal_text(steps, self.places))

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest value, in steps from zero."""
        return _decimal_ends(self.minimum, self.maximum, self.places)

    def _steps(self, value: object) -> int | None:
        if isinstance(value, int) and type(value) is int:
            return value * int(10 ** min(max(self.places, 0), MAX_PLACES))
        return decimal_steps(value, self.places)

    def _at(self, steps: int) -> Value:
        return decimal_text(steps, self.places)

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        places = f"at most {self.places} decimal places" if self.places else "no decimal places"
        bounds = f"from {self.minimum} to {self.maximum}"
        return f"a number {bounds} with {places}"


@dataclass(frozen=True, slots=True)
class DateDomain(_Range):
    """The days from `minimum` to `maximum`, both included.

    A value is given as text ("2025-07-01") or as date; a datetime never.
    """

    kind: ClassVar[Literal["date"]] = "date"
    minimum: date
    maximum: date

    @property
    def ends(self) -> tuple[int, int]:
        """The lowest and the highest value, in days from the year 1."""
        return self.minimum.toordinal(), self.maximum.toordinal()

    def _steps(self, value: object) -> int | None:
        if type(value) is date:
            return value.toordinal()
        day = parse_day(value) if isinstance(value, str) else None
        return None if day is None else day.toordinal()

    def _at(self, steps: int) -> Value:
        return date.fromordinal(steps).isoformat()

    def describe(self) -> str:
        """Return what is allowed, for an error message."""
        return f"a date from {self.minimum} to {self.maximum}, as YYYY-MM-DD"


RangeDomain: TypeAlias = IntegerDomain | DecimalDomain | DateDomain
"""Domains in which there is a range from one value to another."""

ListedDomain: TypeAlias = BooleanDomain | CategoryDomain
"""Domains whose values are few, and each has a name."""

Domain: TypeAlias = ListedDomain | RangeDomain


@lru_cache
def _decimal_ends(minimum: str, maximum: str, places: int) -> tuple[int, int]:
    return decimal_steps(minimum, places) or 0, decimal_steps(maximum, places) or 0


def decimal_steps(value: object, places: int) -> int | None:
    """Return a decimal number, as text or Decimal, in steps of its last place; None if it is none.

    With 2 places "1091.71" and "1091.710" are 109171; "1091.715" is no such number.
    """
    # What was written may ask for any number of places, and nobody is to wait for its zeros.
    if not 0 <= places <= MAX_PLACES:
        return None
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            return None
        value = Decimal(value)
    if type(value) is not Decimal or not value.is_finite():
        return None
    _, digits, exponent = value.as_tuple()
    # A short way to write a long number ("1E+999999") is no value of any fact, and takes long.
    if len(digits) > _LONGEST or abs(int(exponent)) > _LONGEST:
        return None
    # By whole numbers: a context of whoever calls may round.
    numerator, denominator = value.as_integer_ratio()
    scaled = numerator * 10**places
    return None if scaled % denominator else scaled // denominator


def decimal_pattern(places: int) -> str:
    """Return what a number with so many decimal places looks like in text; zeros may follow."""
    zeros = MAX_DIGITS - places
    part = f"[0-9]{{1,{places}}}0{{0,{zeros}}}" if places else f"0{{1,{zeros}}}"
    return rf"^-?[0-9]{{1,{MAX_DIGITS}}}(\.{part})?$"


def decimal_as_text(value: Decimal) -> Decimal | str:
    """Return a Decimal as text in plain digits; what is no value of any fact stays as it is."""
    exponent = value.as_tuple().exponent
    plain = isinstance(exponent, int) and abs(exponent) <= _LONGEST
    return f"{value:f}" if plain else value


def decimal_text(steps: int, places: int) -> str:
    """Return so many steps of the last place as text: 109171 with 2 places is "1091.71"."""
    if not places:
        return str(steps)
    whole, part = divmod(abs(steps), 10**places)
    return f"{'-' if steps < 0 else ''}{whole}.{part:0{places}d}"


def parse_day(text: str) -> date | None:
    """Return a day that is written as YYYY-MM-DD, or None."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def word(value: Value) -> str:
    """Return a value as rule files write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
