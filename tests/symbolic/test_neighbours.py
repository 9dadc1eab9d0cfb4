"""The smallest changes are found, all of them, and no others."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.errors import BudgetError
from routeengine.symbolic import neighbours
from routeengine.symbolic.diagram import Diagram
from routeengine.symbolic.neighbours import Ground, Neighbours, Steps
from routeengine.symbolic.program import Circuit, Program, Step
from routeengine.symbolic.straight import straight
from routeengine.symbolic.surroundings import LIMIT, MOST_STEPS, surroundings_of
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
    root_of: list[int | None], may: tuple[int, ...], go: tuple[int, ...], limit: int
) -> Neighbours:
    """Lay out a table as a diagram, and a search on it."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(root_of))
    return Neighbours(Ground.of(diagram, root, 3, int), may, go, limit)


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


def in_lanes(
    table: list[int | None], may: tuple[int, ...], go: tuple[int, ...]
) -> dict[int, list[Steps]]:
    """Find what is nearest by one run of lanes."""
    diagram = Diagram(SIZES, 10_000)
    root = from_table(diagram, list(table))
    circuit = Circuit(diagram)
    leaves = circuit.leaves(root)
    program = circuit.program([word for _, word in leaves])
    around = surroundings_of(range(len(SIZES)), may, go, SIZES)
    assert around is not None
    words = straight(program)(around.may, 0, around.everywhere)
    assert words == program.run(around.may, 0, around.everywhere)
    reached = {value: word for (value, _), word in zip(leaves, words, strict=True)}
    sets = around.nearest(reached)
    return {answer: found for answer in reached if (found := sets(answer))}


@settings(max_examples=examples(300), deadline=None)
@given(tables, masks, masks)
def test_lanes_find_what_the_search_finds(
    table: list[int | None], may: tuple[int, ...], go: tuple[int, ...]
) -> None:
    """The same sets of fewest steps to each answer, each once."""
    # A step to where the fact is known to be already is no step: the search never takes it.
    go = tuple(
        cells & ~now if now.bit_count() == 1 else cells for cells, now in zip(go, may, strict=True)
    )
    searched = neighbours_of(table, may, go, LIMIT).nearest()
    found = in_lanes(table, may, go)
    assert {answer: sorted(sets) for answer, sets in found.items()} == {
        answer: sorted(sets) for answer, sets in searched.items()
    }


def test_too_many_steps_are_not_laid_out() -> None:
    """There is no layout past the lanes that were made; up to there is one."""
    fits = MOST_STEPS
    for steps in (fits, fits + 1):
        around = surroundings_of(range(steps), [1] * steps, [2] * steps, [2] * steps)
        assert (around is not None) == (steps <= fits)


def test_a_very_long_program_stays_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not written out, and answers all the same."""
    program = Program(((0, 0), (0, 1)), (Step(True, 2, 3, 4), Step(False, 2, 3, 5)), 6, (4, 5))
    may = [[0b011, 0b110]]
    assert straight(program)(may, 0, 0b111) == [0b010, 0b111]
    monkeypatch.setattr("routeengine.symbolic.straight.MOST_STEPS", 1)
    assert straight(program) == program.run
    assert straight(program)(may, 0, 0b111) == [0b010, 0b111]


def test_the_search_gives_up_rather_than_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its limit the search says so."""
    monkeypatch.setattr(neighbours, "MOST_WAYS", 3)
    search = neighbours_of([n % 2 for n in range(len(ALL))], (3, 7, 3, 15), (3, 0, 0, 15), 2)
    with pytest.raises(BudgetError, match="ask for fewer changes"):
        search.all_to(1)
