"""The smallest changes are found, all of them, and no others."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import Diagram
from routeengine.symbolic.neighbours import MAX_WAYS, Neighbours, SearchGraph
from symbolic.test_diagram import ALL, SIZES, from_table, masks

tables = st.lists(st.sampled_from([None, 0, 1, 2]), min_size=len(ALL), max_size=len(ALL))


def enumerated(
    table: list[int | None], may: tuple[int, ...], allowed: dict[int, int], limit: int
) -> set[frozenset[tuple[int, int]]]:
    """Find them the slow way: every set of steps, smallest first."""
    values = dict(zip(ALL, table, strict=True))
    steps = [
        (level, cell)
        for level, cells in allowed.items()
        for cell in range(SIZES[level])
        if cells >> cell & 1
    ]
    found: set[frozenset[tuple[int, int]]] = set()
    for size in range(limit + 1):
        for some in combinations(steps, size):
            moved = dict(some)
            if len(moved) < size or any(one <= set(some) for one in found):
                continue
            choices = [
                [moved[at]] if at in moved else [c for c in range(size_) if may[at] >> c & 1]
                for at, size_ in enumerate(SIZES)
            ]
            seen = {values[cells] for cells in product(*choices)} - {None}
            if seen == {1}:
                found.add(frozenset(some))
    return found


def neighbours_of(
    root_of: list[int | None],
    may: tuple[int, ...],
    go: tuple[int, ...],
    limit: int,
    most_ways: int = MAX_WAYS,
) -> Neighbours:
    """Lay out a table as a diagram, and a search on it."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(root_of))
    return Neighbours(SearchGraph(diagram, root, 3, int), may, go, limit, most_ways)


@settings(max_examples=examples(300), deadline=None)
@given(tables, masks, masks, st.integers(0, 4))
def test_the_search_finds_what_enumeration_finds(
    table: list[int | None], may: tuple[int, ...], cells: tuple[int, ...], limit: int
) -> None:
    """Every subset-minimal set of steps up to the limit, known and unknown facts alike.

    The nearest are, for every answer at once, those of them with the fewest steps.
    """
    search = neighbours_of(table, may, cells, limit)
    near = search.nearest()
    for answer in range(3):
        relabelled = [None if value is None else int(value == answer) for value in table]
        wanted = enumerated(relabelled, may, dict(enumerate(cells)), limit)
        found = search.all_to(answer)
        assert {frozenset(steps) for steps in found} == wanted
        assert len(found) == len(wanted)
        fewest = min(map(len, wanted), default=0)
        nearest = {frozenset(steps) for steps in near.get(answer, [])}
        assert nearest == {one for one in wanted if len(one) == fewest}
        assert len(near.get(answer, [])) == len(nearest)


def test_the_search_gives_up_rather_than_run_on() -> None:
    """Past its limit the search says so."""
    table: list[int | None] = [int(cells[0] == 1 and cells[3] == 3) for cells in ALL]
    search = neighbours_of(table, (1, 1, 1, 1), (2, 0, 0, 8), 2, most_ways=0)
    with pytest.raises(BudgetError, match="ask for fewer changes"):
        search.all_to(1)
