"""Groups of clients that a report counts, and how each may be shown.

A group is a set of clients, one bit each. So two tables that count the same clients count one
group, and it is hidden in both or in none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

from routeengine.report.standing import Standing
from routeengine.suppress import Counted, Group, group_of

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
class Groups(Counted):
    """All groups of a report, of clients by their standings."""

    standings: Sequence[Standing] = ()

    @classmethod
    def of_standings(cls, standings: Sequence[Standing], limit: int) -> Self:
        """Return the groups of these clients, none of which is shown yet."""
        return cls(len(standings), limit, standings=standings)

    def of(self, holds: Callable[[Standing], object]) -> Group:
        """Return the clients of whom something holds."""
        return group_of(place for place, one in enumerate(self.standings) if holds(one))

    def by(self, key: Callable[[Standing], str]) -> Mapping[str, Group]:
        """Return the clients by what something is of each; nobody of what it is of none."""
        return self.by_each(lambda one: (key(one),))

    def by_each(self, keys: Callable[[Standing], Iterable[str]]) -> Mapping[str, Group]:
        """Return the clients by each of the things that something is of them."""
        places: dict[str, list[int]] = {}
        for place, one in enumerate(self.standings):
            for key in keys(one):
                places.setdefault(key, []).append(place)
        found = {key: group_of(its) for key, its in places.items()}
        return defaultdict(int, found)


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
