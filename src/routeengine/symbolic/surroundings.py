"""All that is a few steps away from one state of knowledge, side by side in lanes.

A *step* moves one fact to one cell (see `neighbours`, which searches where the steps are too
many to lay out). A possible step is a slot, and every set of up to `LIMIT` slots has a lane: one
run of a lane program classifies the profile after each of them. Before the steps come `LIMIT`
slots that stand for no step, so that smaller sets have lanes too. A set of slots a < b < c has
the lane C(a, 1) + C(b, 2) + C(c, 3) (the combinatorial number system; D. E. Knuth, "The Art
of Computer Programming" 4A, 7.2.1.3). How many slots there are makes no difference to that: the
words are made once, and cut off where a profile needs fewer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from math import comb
from typing import NamedTuple, TypeVar

from routeengine.bits import numbers
from routeengine.symbolic.neighbours import Steps

__all__ = ["LIMIT", "Surroundings", "surroundings_of"]

LIMIT = 3
"""Steps at once."""

MOST_SLOTS = 64
"""Slots that are laid out, those for no step among them: 41,664 lanes."""

Key = TypeVar("Key")


class _Lanes(NamedTuple):
    """Per slot the lanes whose set holds it, and the lanes of just so many steps."""

    holding: tuple[int, ...]
    of_size: tuple[int, ...]


@cache
def _lanes() -> _Lanes:
    slots = range(MOST_SLOTS)
    holding = [1 << slot for slot in slots]
    for size in range(2, LIMIT + 1):
        holding = [
            _first(comb(slot, size - 1)) << comb(slot, size)
            | sum(
                (holding[slot] & _first(comb(top, size - 1))) << comb(top, size)
                for top in slots[slot + 1 :]
            )
            for slot in slots
        ]
    everywhere = _first(comb(MOST_SLOTS, LIMIT))
    # Of the slots that stand for no step just the first ones are used: else sets would stand twice.
    once = everywhere
    for slot in range(1, LIMIT):
        once &= ~holding[slot] | holding[slot - 1]
    none = [everywhere, *holding[:LIMIT], 0]
    sizes = [none[LIMIT - size] & ~none[LIMIT - size + 1] & once for size in range(LIMIT + 1)]
    return _Lanes(tuple(holding), tuple(sizes))


def _first(lanes: int) -> int:
    return (1 << lanes) - 1


class _Cut(NamedTuple):
    """The lanes of so many slots: all, per slot those that hold it, and those that do not."""

    everywhere: int
    holding: tuple[int, ...]
    elsewhere: tuple[int, ...]


@cache
def _cut(slots: int) -> _Cut:
    everywhere = _first(comb(slots, LIMIT))
    holding = tuple([word & everywhere for word in _lanes().holding[LIMIT:slots]])
    return _Cut(everywhere, holding, tuple([everywhere ^ word for word in holding]))


class Surroundings(NamedTuple):
    """One state of knowledge after every set of up to `LIMIT` steps; each in its lane.

    `may[level][cell]` has the lanes in which the fact may be in the cell, as a program wants it,
    and `everywhere` all of them. `steps` are the steps by slot. In some lanes one fact goes to
    two cells, and may be in either: fewer steps do as well then, so no such lane is ever nearest.
    """

    may: Mapping[int, Sequence[int]]
    everywhere: int
    steps: tuple[tuple[int, int], ...]

    def nearest(self, reached: Mapping[Key, int]) -> dict[Key, int]:
        """Give, per answer, the lanes of fewest steps after which every completion has it.

        `reached` has per answer the lanes in which some completion has it.
        """
        seen = several = 0
        for word in reached.values():
            several |= seen & word
            seen |= word
        found = {}
        for answer, word in reached.items():
            certain = word & ~several
            for lanes in _lanes().of_size if certain else ():
                if fewest := certain & lanes:
                    found[answer] = fewest
                    break
        return found

    def sets(self, lanes: int) -> list[Steps]:
        """Give the steps of each of these lanes, from the top down."""
        return [self._steps(lane) for lane in numbers(lanes)]

    def _steps(self, lane: int) -> Steps:
        slots = []
        for size in range(LIMIT, 0, -1):
            starts = _starts(size)
            slot = bisect_right(starts, lane) - 1
            lane -= starts[slot]
            slots.append(slot - LIMIT)
        return tuple([self.steps[slot] for slot in reversed(slots) if slot >= 0])


@cache
def _starts(size: int) -> list[int]:
    """Give per slot the first number of the sets of this size of which it is the highest."""
    return [comb(slot, size) for slot in range(MOST_SLOTS)]


_cells = lru_cache(maxsize=1_024)(numbers)
"""The cells of small sets, of which the same come again and again."""


def surroundings_of(
    levels: Sequence[int], may: Sequence[int], go: Sequence[int], sizes: Sequence[int]
) -> Surroundings | None:
    """Lay out what is up to `LIMIT` steps away; None where the steps are too many.

    At `levels` steps are taken. `may` has the cells per level as known now, `go` the cells that
    a step at a level may go to, both as bits; `sizes` how many cells there are.
    """
    steps = tuple([(level, cell) for level in levels for cell in _cells(go[level])])
    if LIMIT + len(steps) > MOST_SLOTS:
        return None
    everywhere, holding, elsewhere = _cut(LIMIT + len(steps))
    rows = {level: [0] * sizes[level] for level in levels}
    stay = dict.fromkeys(levels, everywhere)
    for slot, (level, cell) in enumerate(steps):
        rows[level][cell] = holding[slot]
        # Where there is no other step, this saves an operation on all lanes.
        staying = stay[level]
        stay[level] = elsewhere[slot] if staying is everywhere else staying & elsewhere[slot]
    for level, row in rows.items():
        for cell in _cells(may[level]):
            row[cell] |= stay[level]
    return Surroundings(rows, everywhere, steps)
