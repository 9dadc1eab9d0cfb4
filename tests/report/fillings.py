"""All whole numbers that hidden counts could be, found by trying them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from routeengine.suppress import Figure

Key: TypeAlias = str
Sums: TypeAlias = Sequence[tuple[Key, tuple[Key, ...]]]


def table(cells: Sequence[Sequence[int]], name: str = "t") -> tuple[dict[Key, int], Sums]:
    """Give a table with the totals of its rows and columns, and of all: counts, and sums."""
    rows, columns = range(len(cells)), range(len(cells[0]))
    counts = {f"{name}{i}{j}": cells[i][j] for i in rows for j in columns}
    sums = [(f"{name}r{i}", tuple(f"{name}{i}{j}" for j in columns)) for i in rows]
    sums += [(f"{name}c{j}", tuple(f"{name}{i}{j}" for i in rows)) for j in columns]
    sums += [(f"{name}", tuple(f"{name}r{i}" for i in rows))]
    sums += [(f"{name}", tuple(f"{name}c{j}" for j in columns))]
    for total, parts in sums:
        counts[total] = sum(counts[part] for part in parts)
    return counts, sums


def possible(
    counts: Mapping[Key, int], sums: Sums, figures: Mapping[Key, Figure], key: Key, limit: int
) -> set[int]:
    """Give what a count could be, for a reader who sees the figures; up to some past the limit."""
    parts = dict(sums)
    leaves = [one for one in counts if one not in parts]
    bounds: list[tuple[frozenset[Key], int, int]] = []
    for one in counts:
        figure = figures.get(one)
        if figure is None or figure.number is None:
            continue
        step = 5 if figure.rounded else 0
        low, high = figure.number - step, figure.number + max(step - 1, 0)
        bounds += [(frozenset(way), max(low, 0), high) for way in _ways(one, sums)]
    if key not in leaves:
        way = next(iter(_ways(key, sums)))
        return {sum(one[leaf] for leaf in way) for one in _fill(leaves, bounds, counts, limit)}
    return {one[key] for one in _fill(leaves, bounds, counts, limit)}


def _ways(key: Key, sums: Sums) -> list[list[Key]]:
    """Give the leaves that a count adds up from, by each sum that it is the total of."""
    own = [parts for total, parts in sums if total == key]
    if not own:
        return [[key]]
    return [[leaf for part in parts for leaf in _ways(part, sums)[0]] for parts in own]


def _fill(
    leaves: Sequence[Key],
    bounds: Sequence[tuple[frozenset[Key], int, int]],
    counts: Mapping[Key, int],
    limit: int,
) -> Iterator[dict[Key, int]]:
    """Yield every way to fill the leaves within the bounds."""
    order = {leaf: place for place, leaf in enumerate(leaves)}

    def go(place: int, filled: dict[Key, int]) -> Iterator[dict[Key, int]]:
        if place == len(leaves):
            yield dict(filled)
            return
        leaf = leaves[place]
        most = counts[leaf] + limit
        for over, _, high in bounds:
            if leaf in over:
                most = min(most, high - sum(filled.get(one, 0) for one in over))
        for number in range(most + 1):
            filled[leaf] = number
            if all(
                sum(filled.get(one, 0) for one in over) >= low
                for over, low, _ in bounds
                if max(order[one] for one in over) == place
            ):
                yield from go(place + 1, filled)
        filled.pop(leaf, None)

    yield from go(0, {})
