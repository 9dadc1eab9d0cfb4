"""How numbers of a column tell values: cents of euros, and parts of cents."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routeengine.tables.columns import Scale

VALUES = st.integers(-(10**6), 10**6)


@given(st.integers(1, 1_000), VALUES, VALUES)
def test_the_first_and_the_last_number_that_tell_a_value(steps: int, zero: int, value: int) -> None:
    """They are next to each other, or the same where one number tells it to the step."""
    scale = Scale(steps=steps, zero=zero)
    first, last = scale.first(value), scale.last(value)
    assert zero + (first - 1) * steps < value <= zero + first * steps
    assert zero + last * steps <= value < zero + (last + 1) * steps
