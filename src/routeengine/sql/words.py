"""What a row can reach, as bits: what completions have in common is then a matter of "or"."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

from routeengine.sql.expressions import Sql, bits, both, column, differs, either, equals, number

Thing = TypeVar("Thing", bound=Hashable)

WIDTH = 30
"""Bits of one word: an integer of 32 bits, with a sign, is there in every database."""


class Words(Generic[Thing]):
    """Things with a bit each, spread over as few columns of bits as they need."""

    def __init__(self, name: str, things: Iterable[Thing]) -> None:
        self.things = tuple(things)
        self.parts: dict[str, tuple[Thing, ...]] = {
            f"{name}_{start // WIDTH}": self.things[start : start + WIDTH]
            for start in range(0, len(self.things), WIDTH)
        }
        """Per column the things that have a bit in it, the lowest first."""
        self.bit = {thing: 1 << place % WIDTH for place, thing in enumerate(self.things)}

    def bits(self, name: str, thing: Thing) -> int:
        """Give the bit of a thing in this column; 0 where it has none there."""
        return self.mask(name, [thing])

    def mask(self, name: str, things: Collection[Thing]) -> int:
        """Give those of some things that stand in one column, as bits."""
        return sum(self.bit[thing] for thing in self.parts[name] if thing in things)

    def _masked(self, things: Collection[Thing]) -> Iterator[tuple[str, Sql]]:
        for name in self.parts:
            if mask := self.mask(name, things):
                yield name, bits(column(name), mask)

    def some(self, things: Collection[Thing]) -> Sql:
        """Say whether one of these is reached; there has to be one."""
        return either(differs(value, 0) for _, value in self._masked(things))

    def none(self, things: Collection[Thing]) -> Sql:
        """Say whether none of these is reached."""
        absent = [equals(value, number(0)) for _, value in self._masked(things)]
        return both(absent or [equals(number(0), number(0))])

    def just(self, wanted: Collection[Thing], among: Collection[Thing]) -> Sql:
        """Say whether all of the wanted are reached, and of those among which they are no other."""
        return both(
            equals(value, number(self.mask(name, wanted))) for name, value in self._masked(among)
        )
