"""Variables that only change a value together, held against the definition."""

from __future__ import annotations

from itertools import combinations
from operator import eq

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.errors import BudgetError
from routeengine.symbolic import together
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.together import Together

SIZES = (2, 3, 2, 2)


def drawn(data: st.DataObject) -> tuple[Diagram, Node]:
    """Draw a function of four variables; None is a value that nothing is compared with."""
    diagram = Diagram(SIZES, 10_000)
    values = st.sampled_from(["x", "y", None, None])

    def below(level: int) -> Node:
        if level == len(SIZES):
            return diagram.leaf(data.draw(values))
        return diagram.node(level, tuple(below(level + 1) for _ in range(SIZES[level])))

    return diagram, below(0)


def same(one: str | None, other: str | None) -> bool:
    """Say that two values are the same, or that there is nothing to compare."""
    return one is None or other is None or one == other


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_variables_are_those_of_the_smallest_sets_that_differ(data: st.DataObject) -> None:
    """A set counts where values differ on just that set, and on no smaller part of it."""
    diagram, root = drawn(data)
    may = [data.draw(st.integers(1, (1 << size) - 1)) for size in SIZES]
    pool = data.draw(st.sets(st.integers(0, len(SIZES) - 1)))
    expected: list[frozenset[int]] = []
    for size in range(1, len(pool) + 1):
        for some in map(frozenset, combinations(sorted(pool), size)):
            smaller = any(one <= some for one in expected)
            if not smaller and diagram.differs(root, some, may, same):
                expected.append(some)
    found = Together(diagram, root, may, eq, diagram.leaf(None)).within(pool)
    assert found == set().union(*expected)


def test_a_function_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at is bounded for all sets of one function together."""
    monkeypatch.setattr(together, "MOST_PAIRS", 1)
    diagram = Diagram(SIZES, 100)
    low, high = diagram.leaf("x"), diagram.leaf("y")
    root = diagram.node(0, (diagram.node(1, (low, high, low)), high))
    look = Together(diagram, root, [3, 7, 3, 3], same, diagram.leaf(None))
    with pytest.raises(BudgetError, match="more than 1 pairs"):
        look.within({0, 1})
