"""All that is a few steps away from one state of knowledge, side by side in lanes.

A *step* moves one fact to one cell (see `neighbours`, which searches where the steps are too
many to lay out). Every set of up to `LIMIT` steps has a lane: one run of a lane program
classifies the profile after each of them. The lanes of smaller sets come first. Among sets of
a size, the one of the steps a < b < c has the place C(a, 1) + C(b, 2) + C(c, 3) (the
combinatorial number system; D. E. Knuth, "The Art of Computer Programming" 4A, 7.2.1.3). How
many steps there are makes no difference to that: the words are made once, and cut off where a
profile needs fewer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from math import comb
from typing import NamedTuple, TypeVar

from routeengine.bits import few, lowest, numbers
from routeengine.symbolic.neighbours import Step, Steps

__all__ = ["LIMIT", "Surroundings", "surroundings_of"]

LIMIT = 3
"""Steps at once."""

MOST_STEPS = 61
"""Steps that are laid out: 37,882 lanes."""

Key = TypeVar("Key")


def _first(lanes: int) -> int:
    return (1 << lanes) - 1


@cache
def _holding(size: int) -> list[int]:
    """Give, per step, the places of the sets of this size that hold it."""
    steps = range(MOST_STEPS)
    if size == 1:
        return [1 << step for step in steps]
    smaller = _holding(size - 1)
    return [
        _first(comb(step, size - 1)) << comb(step, size)
        | sum(
            (smaller[step] & _first(comb(top, size - 1))) << comb(top, size)
            for top in steps[step + 1 :]
        )
        for step in steps
    ]


class _Lanes(NamedTuple):
    """The lanes of the sets of up to `LIMIT` of so many steps.

    `starts` has the first lane of each size and `of_size` its lanes; `holding` has per step the
    lanes whose set holds it, and `elsewhere` those whose set does not.
    """

    everywhere: int
    starts: tuple[int, ...]
    of_size: tuple[int, ...]
    holding: tuple[int, ...]
    elsewhere: tuple[int, ...]


@cache
def _lanes(steps: int) -> _Lanes:
    """Lay out the sets of so many steps."""
    counts = [comb(steps, size) for size in range(LIMIT + 1)]
    starts = tuple([sum(counts[:size]) for size in range(LIMIT + 1)])
    everywhere = _first(sum(counts))
    holding = [
        sum([
            (_holding(size)[step] & _first(counts[size])) << starts[size]
            for size in range(1, LIMIT + 1)
        ])
        for step in range(steps)
    ]  # fmt: skip
    return _Lanes(
        everywhere,
        starts,
        tuple([_first(count) << start for count, start in zip(counts, starts, strict=True)]),
        tuple(holding),
        tuple([everywhere ^ word for word in holding]),
    )


class Surroundings(NamedTuple):
    """One state of knowledge after every set of up to `LIMIT` steps; each in its lane.

    `may[level][cell]` has the lanes in which the fact may be in the cell, as a program wants it,
    and `everywhere` all of them. `steps` stand in the order of the levels. In some
    lanes one fact goes to two cells, and may be in either: fewer steps do as well then, so no such
    lane is ever nearest.
    """

    may: Mapping[int, Sequence[int]]
    everywhere: int
    steps: tuple[Step, ...]

    def nearest(self, reached: Mapping[Key, int]) -> Callable[[Key], list[Steps]]:
        """Give what gives all sets of fewest steps after which every completion has an answer.

        `reached` has per answer the lanes in which some completion has it. The sets stand in the
        order of `steps`.
        """
        seen = several = 0
        for word in reached.values():
            several |= seen & word
            seen |= word
        single = seen ^ several

        def sets(answer: Key) -> list[Steps]:
            certain = reached.get(answer, 0) & single
            if not certain:
                return []
            lanes = _lanes(len(self.steps))
            size = bisect_right(lanes.starts, lowest(certain)) - 1
            start, fewest = lanes.starts[size], certain & lanes.of_size[size]
            found = sorted([_set_at(lane - start, size) for lane in numbers(fewest)])
            return [tuple([self.steps[step] for step in some]) for some in found]

        return sets


@lru_cache(maxsize=4_096)
def _set_at(place: int, size: int) -> tuple[int, ...]:
    """Give the set of this size that has this place, from its lowest step to its highest."""
    steps = []
    for left in range(size, 0, -1):
        firsts = _firsts(left)
        step = bisect_right(firsts, place) - 1
        place -= firsts[step]
        steps.append(step)
    return tuple(reversed(steps))


@cache
def _firsts(size: int) -> list[int]:
    """Give, per step, the first place of the sets of this size of which it is the highest."""
    return [comb(step, size) for step in range(MOST_STEPS)]


def surroundings_of(
    levels: Sequence[int], may: Sequence[int], go: Sequence[int], sizes: Sequence[int]
) -> Surroundings | None:
    """Lay out what is up to `LIMIT` steps away; None where the steps are too many.

    At `levels` steps are taken. `may` has the cells per level as known now, `go` the cells that
    a step at a level may go to, both as bits; `sizes` how many cells there are.
    """
    steps = tuple([(level, cell) for level in levels for cell in few(go[level])])
    if len(steps) > MOST_STEPS:
        return None
    lanes = _lanes(len(steps))
    rows = {level: [0] * sizes[level] for level in levels}
    stay = dict.fromkeys(levels, lanes.everywhere)
    for (level, cell), holding, elsewhere in zip(
        steps, lanes.holding, lanes.elsewhere, strict=True
    ):
        rows[level][cell] = holding
        # Where there is no other step, this saves an operation on all lanes.
        staying = stay[level]
        stay[level] = elsewhere if staying is lanes.everywhere else staying & elsewhere
    for level, row in rows.items():
        for cell in few(may[level]):
            # Nothing may be copied that is so long.
            row[cell] = row[cell] | stay[level] if row[cell] else stay[level]
    return Surroundings(rows, lanes.everywhere, steps)
