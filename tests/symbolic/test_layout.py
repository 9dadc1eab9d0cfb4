"""The order of facts puts together what is used together."""

from __future__ import annotations

import pytest

from routeengine.symbolic.layout import order_by_structure

GROUPS = [("a", "z"), ("b", "y"), ("a", "c", "z"), ("m", "y")]
FACTS = ["a", "b", "c", "m", "y", "z"]


def test_facts_used_together_stand_together() -> None:
    """Whatever order they are given in, the order is the same."""
    order = order_by_structure(FACTS, GROUPS)
    assert order == order_by_structure(FACTS[::-1], GROUPS)
    assert sorted(order) == FACTS
    assert abs(order.index("a") - order.index("z")) <= 2
    assert abs(order.index("b") - order.index("y")) <= 2


def test_a_group_may_name_a_fact_that_has_no_place() -> None:
    """One of which a condition tells no values apart: of one value, say."""
    groups = [*GROUPS, ("a", "only"), ("a", "only", "z"), ("only", "other")]
    assert order_by_structure(FACTS, groups) == order_by_structure(FACTS, [*GROUPS, ("a", "z")])


@pytest.mark.parametrize("rounds", [1, 2])
def test_few_rounds_lose_no_fact(rounds: int) -> None:
    """Huge rule sets get fewer rounds: an order that is worse, of the same facts."""
    assert sorted(order_by_structure(FACTS, GROUPS, most_rounds=rounds)) == FACTS
