"""Smallest clashes, written out: held against every combination of cells."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings

from examples import examples
from routeengine.symbolic.clashes import Clash, smallest_clashes
from routeengine.symbolic.diagram import Diagram
from symbolic.conflicting import ORDER, SIZES, Made, forbidding, made


def plain(one: Made) -> list[Clash]:
    """List the combinations of cells that clash and hold no smaller one, the smallest first."""
    found: list[Clash] = []
    for count in range(len(SIZES) + 1):
        for levels in combinations(range(len(SIZES)), count):
            for cells in product(*[range(SIZES[level]) for level in levels]):
                some = frozenset(zip(levels, cells, strict=True))
                if not any(smaller <= some for smaller in found):
                    told = {ORDER[level]: 1 << cell for level, cell in some}
                    if one.clashes(told):
                        found.append(some)
    return found


@settings(max_examples=examples(80), deadline=None)
@given(made())
def test_clashes_are_those_of_every_combination_of_cells(one: Made) -> None:
    """In one order, the smallest first; past the limit there is none, whatever their number."""
    expected = sorted(plain(one), key=lambda clash: (len(clash), sorted(clash)))
    assert smallest_clashes(one.diagram, one.held, limit=1_000) == expected
    assert smallest_clashes(one.diagram, one.held, limit=len(expected)) == expected
    assert smallest_clashes(one.diagram, one.held, limit=len(expected) - 1) is None


def test_past_the_budget_nothing_is_written_out() -> None:
    """Where there are no more than may be, but finding them takes too much."""
    diagram = Diagram([3] * 6, 1_000)
    held = forbidding(diagram, [{0: 1, 5: 2}, {1: 4, 2: 1, 3: 3}])
    found = smallest_clashes(diagram, held)
    assert found is not None
    assert len(found) == 3
    assert smallest_clashes(diagram, held, budget=5) is None
