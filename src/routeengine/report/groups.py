"""Groups of clients that a report counts, and how each may be shown.

A group is a set of clients, one bit each. So two tables that count the same clients count one
group, and it is hidden in both or in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeAlias

from routeengine.report.standing import Standing
from routeengine.suppress import Figure, suppress

Group: TypeAlias = int
"""Clients, as bits."""

Named: TypeAlias = tuple[str, Group]
"""A group and what it is called."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name, its groups, words beside them, and whether it is a total.

    `figure` names what may be published beside the last group.
    """

    name: str
    groups: tuple[Group, ...]
    words: tuple[str, ...] = ()
    is_total: bool = False
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table before it is known what of it may be shown; `head` is of its first column on."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(slots=True)
class Groups:
    """All groups of a report. `settle` works out what may be shown, once every table is there."""

    standings: Sequence[Standing]
    limit: int
    figures: dict[Group, Figure] = field(default_factory=dict)
    _shown: set[Group] = field(default_factory=set)
    _sums: list[tuple[Group, tuple[Group, ...]]] = field(default_factory=list)

    @property
    def everybody(self) -> Group:
        """All clients."""
        return (1 << len(self.standings)) - 1

    def of(self, holds: Callable[[Standing], object]) -> Group:
        """Return the clients of whom something holds."""
        return _bits(place for place, one in enumerate(self.standings) if holds(one))

    def by(self, key: Callable[[Standing], str]) -> Mapping[str, Group]:
        """Return the clients by what something is of each; nobody of what it is of none."""
        return self.by_each(lambda one: (key(one),))

    def by_each(self, keys: Callable[[Standing], Iterable[str]]) -> Mapping[str, Group]:
        """Return the clients by each of the things that something is of them."""
        places: dict[str, list[int]] = {}
        for place, one in enumerate(self.standings):
            for key in keys(one):
                places.setdefault(key, []).append(place)
        found = {key: _bits(its) for key, its in places.items()}
        return defaultdict(int, found)

    def show(self, *groups: Group) -> None:
        """Note that groups are shown."""
        self._shown |= set(groups)

    def add_up(self, total: Group, parts: Iterable[Group]) -> None:
        """Note that a reader sees a total and its parts, which have nobody in common."""
        there = tuple(part for part in parts if part)
        self.show(total, *there)
        if total and there != (total,):
            self._sums.append((total, there))

    def settle(self) -> None:
        """Work out what may be shown of each group."""
        left = list(self._differences())
        there = {*self._shown, *(rest for _, _, rest in left)}
        counts = {group: group.bit_count() for group in sorted(there)}
        sums = [*self._sums, *((whole, (part, rest)) for whole, part, rest in left)]
        unseen = there - self._shown
        self.figures = suppress(counts, dict.fromkeys(sums), self.limit, unseen)

    def _differences(self) -> Iterator[tuple[Group, Group, Group]]:
        """Yield a group, another that it holds, and what is left, if that is few clients.

        The two may stand in tables that have nothing else in common.
        """
        for whole, part in permutations(sorted(group for group in self._shown if group), 2):
            if part & whole == part and 0 < (whole ^ part).bit_count() < self.limit:
                yield whole, part, whole ^ part

    def figure(self, group: Group) -> Figure:
        """Return how a group may be shown."""
        return self.figures[group] if group else Figure(0)


def _bits(places: Iterable[int]) -> Group:
    data = bytearray()
    for place in places:
        byte = place >> 3
        data.extend(bytes(max(byte + 1 - len(data), 0)))
        data[byte] |= 1 << (place & 7)
    return int.from_bytes(data, "little")


def crossed(
    groups: Groups, rows: Sequence[Named], columns: Sequence[Named], within: Group, total: str
) -> tuple[Line, ...]:
    """Return the lines of a table of rows and columns, with the totals of both and of all."""
    lines = [
        Line(line.name, (*line.groups, row & within))
        for line, (_, row) in zip(by_column(groups, rows, columns, within), rows, strict=True)
    ]
    for line in lines:
        groups.add_up(line.groups[-1], line.groups[:-1])
    groups.add_up(within, [row & within for _, row in rows])
    groups.add_up(within, [column & within for _, column in columns])
    return (*lines, Line(total, (*(c & within for _, c in columns), within), is_total=True))


def by_column(
    groups: Groups, rows: Sequence[Named], columns: Sequence[Named], within: Group
) -> tuple[Line, ...]:
    """Return the lines of a table of which only columns have a total, without that total."""
    for _, column in columns:
        groups.add_up(column & within, [row & column & within for _, row in rows])
    return tuple(
        Line(name, tuple(row & column & within for _, column in columns)) for name, row in rows
    )


def listed(groups: Groups, rows: Sequence[Named], within: Group, total: str) -> tuple[Line, ...]:
    """Return the lines of a table of one column, with its total; its rows share nobody."""
    groups.add_up(within, [row & within for _, row in rows])
    lines = tuple(Line(name, (row & within,)) for name, row in rows)
    return (*lines, Line(total, (within,), is_total=True))
