"""Small counts in figures that are published: hidden, and not to be worked out from the others.

Every count of 1 to `limit - 1` is hidden, and as many others as it takes until each small one could
still be anything in a range at least `limit` wide, for a reader who knows all that is shown, what
adds up to what, and that no count is below nothing. Tables that share a count share it here as
well: it is hidden in both or in none. Where no set of cells will do, a total is rounded; and so is
a large count that would else be hidden, if that is enough.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, permutations
from typing import Generic, TypeAlias, TypeVar

K = TypeVar("K", bound=Hashable)

SMALL = 5
"""Counts below this are hidden where the rule set does not say below what."""

MAX_SEARCH = 400
"""Ways that are looked at to move one count; past that a count is taken not to move."""

LARGE = 8
"""Times the limit from which a count is rounded rather than hidden, where that will do."""

ROUNDING, HIDING = 10**6, 10**9
"""What it costs to round, and to hide, a total: more than any number of other counts."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A count as it may be shown: as it is, as about a number of tens, or (None) not at all."""

    number: int | None
    rounded: bool = False


HIDDEN = Figure(None)


def suppress(
    counts: Mapping[K, int],
    sums: Iterable[tuple[K, Sequence[K]]],
    limit: int,
    unseen: Collection[K] = (),
) -> dict[K, Figure]:
    """Return how each count may be shown.

    `sums` has each total with what adds up to it. Counts that are `unseen` are shown nowhere, but
    a reader can think of them, as of what is left of a total; small ones are guarded as well.
    """
    guard = _Guard(dict(counts), [(total, tuple(parts)) for total, parts in sums], limit, unseen)
    guard.run()
    return {key: guard.figure(key) for key in counts if key not in unseen}


class _Guard(Generic[K]):
    """Hides counts until all small ones are safe."""

    def __init__(
        self,
        counts: dict[K, int],
        sums: list[tuple[K, tuple[K, ...]]],
        limit: int,
        unseen: Collection[K],
    ) -> None:
        self._counts = counts
        self._limit = limit
        # Wide enough that a count that is rounded can still be anything in such a range.
        self._step = 10 * (limit // 10 + 1)
        self._small = [key for key, number in counts.items() if 0 < number < limit]
        self._hidden = {*self._small, *unseen}
        self._needed = set(self._hidden)
        self._rounded: set[K] = set()
        # A sum is an equation: its total counts as minus one, each part as one.
        self._equations = [
            {total: -1, **dict.fromkeys(parts, 1)} for total, parts in sums if parts != (total,)
        ]
        self._totals = {total for total, _ in sums}
        # Per small count, once it was safe, all that moved to show it.
        self._shown_by: dict[K, set[K]] = {}
        self._places: dict[K, list[int]] = {key: [] for key in counts}
        for place, equation in enumerate(self._equations):
            for key in equation:
                self._places[key].append(place)

    def run(self) -> None:
        """Hide until every small count is safe, then show again what need not be hidden."""
        for key in self._small:
            # Of what is all hidden nothing can be worked out.
            while len(self._hidden) < len(self._counts) and not self._is_safe(key):
                self._hide_for(key)
        # What many tables have is worth most to a reader.
        others = (self._hidden | self._rounded) - self._needed
        for key in sorted(others, key=lambda key: (-len(self._places[key]), -self._counts[key])):
            was = self._hidden if key in self._hidden else self._rounded
            was.discard(key)
            if not self._all_safe_without(key):
                was.add(key)
        # And about so many says more than nothing.
        for key in sorted(self._hidden - self._needed, key=lambda key: -self._counts[key]):
            if self._counts[key] >= LARGE * self._limit:
                self._hidden.discard(key)
                self._rounded.add(key)
                if not self._all_safe_without(key):
                    self._rounded.discard(key)
                    self._hidden.add(key)

    def _all_safe_without(self, key: K) -> bool:
        """Return whether all small counts are still safe when one more says something."""
        # What moved without it moves still.
        touched = (one for one in self._small if key in self._shown_by.get(one, {key}))
        return all(map(self._is_safe, touched))

    def figure(self, key: K) -> Figure:
        """Return how a count may be shown."""
        if key in self._hidden:
            return HIDDEN
        if key in self._rounded:
            return Figure(self._nearest(key), rounded=True)
        return Figure(self._counts[key])

    def _nearest(self, key: K) -> int:
        return (self._counts[key] + self._step // 2) // self._step * self._step

    def _is_safe(self, key: K) -> bool:
        """Return whether a count can be anything in a range as wide as the limit."""
        moved = set[K]()
        safe = self._room(key, moved)[0] >= self._limit
        if safe:
            self._shown_by[key] = moved
        return safe

    def _room(self, key: K, moved: set[K]) -> tuple[int, dict[K, int], dict[K, int]]:
        """Return how far a count can move, and all counts where it can go no further either way.

        What `moved` with it is noted. Each step leaves whole numbers that add up and that nothing
        shown speaks against, so every number between the ends is possible.
        """
        wide, ends = 0, []
        for sign in (1, -1):
            now = dict(self._counts)
            while wide < self._limit and (move := self._move(key, sign, now, free=True)):
                for one, by in move.items():
                    now[one] += by
                moved.update(move)
                wide += 1
            ends.append(now)
        return wide, ends[0], ends[1]

    def _hide_for(self, key: K) -> None:
        """Hide, or round, what costs least to let a count move further."""
        before = len(self._hidden) + len(self._rounded)
        _, *ends = self._room(key, set())
        for sign, now in zip((1, -1), ends, strict=True):
            for one, by in (self._move(key, sign, now, free=False) or {}).items():
                self._release(one, by, now)
            if len(self._hidden) + len(self._rounded) > before:
                return
        # Nothing was found in time: all that it adds up with goes.
        near = {one for place in self._places[key] for one in self._equations[place]}
        self._hidden |= near - self._hidden or set(self._counts)
        self._rounded -= self._hidden

    def _release(self, key: K, by: int, now: Mapping[K, int]) -> None:
        """Let a count that is shown move by so much: rounded if it is a total and that will do."""
        if self._cost(key, by, now) == 0:
            return
        if key in self._totals and key not in self._rounded and self._is_near(key, now[key] + by):
            self._rounded.add(key)
        else:
            self._hidden.add(key)
            self._rounded.discard(key)

    def _is_near(self, key: K, number: int) -> bool:
        """Return whether a count would be rounded to the same as it is."""
        least = self._nearest(key) - self._step // 2
        return max(least, 0) <= number < least + self._step

    def _cost(self, key: K, by: int, now: Mapping[K, int]) -> int | None:
        """Return what it costs to let a count move by so much, or None where it cannot."""
        number = now[key] + by
        if number < 0:
            return None
        if key in self._hidden or (key in self._rounded and self._is_near(key, number)):
            return 0
        if not self._counts[key]:
            # That there is nobody may be known, and hides nobody.
            return None
        if key not in self._totals:
            return 1 + self._counts[key]
        return ROUNDING if key not in self._rounded and self._is_near(key, number) else HIDING

    def _move(self, key: K, sign: int, now: Mapping[K, int], *, free: bool) -> dict[K, int] | None:
        """Return the cheapest move of a count by one, and of others so that all adds up.

        Each moves by one, up or down. With `free`, only what is hidden or rounded moves.
        """
        if self._cost(key, sign, now) is None:
            return None
        turn = count()
        heap: list[tuple[int, int, dict[K, int]]] = [(0, next(turn), {key: sign})]
        for _ in range(MAX_SEARCH):
            if not heap:
                return None
            cost, _, move = heappop(heap)
            choices = self._choices(move, now, free=free)
            if choices is None:
                return move
            for one, by, more in choices:
                heappush(heap, (cost + more, next(turn), {**move, one: by}))
        return None

    def _choices(
        self, move: Mapping[K, int], now: Mapping[K, int], *, free: bool
    ) -> list[tuple[K, int, int]] | None:
        """Return what may move next, by how much and at what cost; None if all adds up already.

        It is of the sum that leaves the fewest choices, so that dead ends are found early.
        """
        fewest: list[tuple[K, int, int]] | None = None
        for place in dict.fromkeys(place for one in move for place in self._places[one]):
            equation = self._equations[place]
            missing = sum(weight * move[one] for one, weight in equation.items() if one in move)
            if not missing:
                continue
            choices = []
            for one, weight in equation.items():
                by = -weight if missing > 0 else weight
                cost = None if one in move else self._cost(one, by, now)
                if cost is not None and not (free and cost):
                    choices.append((one, by, cost))
            if fewest is None or len(choices) < len(fewest):
                fewest = choices
            if not fewest:
                break
        return fewest


Group: TypeAlias = int
"""Clients, as bits."""


@dataclass(slots=True)
class Counted:
    """Groups of `size` clients that are shown together.

    A group is a set of clients, so two tables that count the same clients count one group. `settle`
    works out what may be shown, once every table is there.
    """

    size: int
    limit: int
    figures: dict[Group, Figure] = field(default_factory=dict)
    _shown: set[Group] = field(default_factory=set)
    _sums: list[tuple[Group, tuple[Group, ...]]] = field(default_factory=list)

    @property
    def everybody(self) -> Group:
        """All clients."""
        return (1 << self.size) - 1

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


def group_of(places: Iterable[int]) -> Group:
    """Return the clients at these places, each from 0."""
    data = bytearray()
    for place in places:
        byte = place >> 3
        data.extend(bytes(max(byte + 1 - len(data), 0)))
        data[byte] |= 1 << (place & 7)
    return int.from_bytes(data, "little")
