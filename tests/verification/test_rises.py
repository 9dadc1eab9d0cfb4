"""How many pairs of clients a broken expectation covers is counted in runs, as one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routeengine.value_set import ValueSet
from routeengine.verification.expectation_checks import _rises

NUMBERS = st.sets(st.integers(0, 20))


@given(NUMBERS, NUMBERS)
def test_pairs_of_a_value_and_a_higher_one(old: set[int], new: set[int]) -> None:
    """The two sets have no value in common."""
    higher = new - old
    pairs = sum(low < high for low in old for high in higher)
    assert _rises(ValueSet.of(old), ValueSet.of(higher)) == pairs
