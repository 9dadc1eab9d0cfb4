"""Sums of points as diagrams."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine.errors import BudgetError
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.sums import bounded, total


def value(diagram: Diagram, root: Node, cells: tuple[int, ...]) -> object:
    """Give what a function comes to."""
    while diagram.children[root]:
        root = diagram.children[root][cells[diagram.level[root]]]
    return diagram.values[root]


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_sums_lie_where_they_are_said_to(data: st.DataObject) -> None:
    """True just where the sum of what holds is in bounds, and the sum itself at the leaves."""
    sizes = data.draw(st.lists(st.integers(2, 3), min_size=1, max_size=4))
    diagram = Diagram(sizes, 10_000)
    roots = [FALSE, TRUE]
    for level, size in enumerate(sizes):
        truths = data.draw(st.lists(st.sampled_from((FALSE, TRUE)), min_size=size, max_size=size))
        roots.append(diagram.node(level, tuple(truths)))
    for _ in range(3):
        three = [data.draw(st.sampled_from(roots)) for _ in range(3)]
        roots.append(diagram.ite(three[0], three[1], three[2]))
    part = st.tuples(st.sampled_from(roots), st.integers(-4, 6).filter(bool))
    parts = data.draw(st.lists(part, max_size=6))
    low, high = (data.draw(st.none() | st.integers(-10, 20)) for _ in range(2))
    root, whole = bounded(diagram, parts, low, high), total(diagram, parts)
    for cells in product(*map(range, sizes)):
        added = sum(worth for one, worth in parts if value(diagram, one, cells) is True)
        within = (low is None or low <= added) and (high is None or added <= high)
        assert value(diagram, root, cells) is within
        assert (value(diagram, whole, cells), type(value(diagram, whole, cells))) == (added, int)


def test_what_cannot_change_the_answer_is_not_asked() -> None:
    """Of p worth 2, q worth 2 and r worth -1 and at least 3, r is never asked."""
    diagram = Diagram([2, 2, 2], 100)
    variables = [diagram.node(level, (FALSE, TRUE)) for level in range(3)]
    root = bounded(diagram, zip(variables, (2, 2, -1), strict=True), 3, None)
    assert diagram.support(root) == {0, 1}
    assert len(diagram.inner(root)) == 2


def test_brackets_of_one_fact_are_one_layer() -> None:
    """Ten brackets of one fact, of which one holds, give ten sums and no combinations of them."""
    diagram = Diagram([10, 2], 100)
    brackets = [
        (diagram.node(0, tuple(TRUE if n == cell else FALSE for n in range(10))), 1 << cell)
        for cell in range(10)
    ]
    parts = [*brackets, (diagram.node(1, (FALSE, TRUE)), 3)]
    before = len(diagram)
    root = bounded(diagram, parts, 130, None)
    assert [value(diagram, root, (6, yes)) for yes in (0, 1)] == [False, False]
    assert [value(diagram, root, (7, yes)) for yes in (0, 1)] == [False, True]
    assert len(diagram) - before == 1  # the child of cell 7 is there already


def test_hardly_more_is_made_than_is_needed() -> None:
    """Forty items worth 1 to 100, and half of all points: some 14,500 nodes."""
    chance = Random(1)
    diagram = Diagram([2] * 40, 20_000)
    parts = [(diagram.node(level, (FALSE, TRUE)), chance.randint(1, 100)) for level in range(40)]
    root = bounded(diagram, parts, sum(worth for _, worth in parts) // 2, None)
    needed = len(diagram.reachable(root))
    assert 14_000 < needed < 15_000
    # The variables themselves, which were there before, are no part of the answer.
    assert len(diagram) <= needed + 40


def test_more_sums_than_nodes_may_be_made() -> None:
    """Where more sums are reached than the budget has nodes, nothing is begun."""
    diagram = Diagram([2] * 12, 1_000)
    parts = [(diagram.node(level, (FALSE, TRUE)), 1 << level) for level in range(12)]
    size = len(diagram)
    with pytest.raises(BudgetError, match="more than 1000 sums"):
        bounded(diagram, [(one, worth // 3 + 100) for one, worth in parts], 1_200, 1_300)
    assert len(diagram) == size
