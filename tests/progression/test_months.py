"""Calendar months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine.months import months_after, months_between

ordinary = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"), ("2024-02-29", 48, "2028-02-29"),
        ("2023-12-31", 2, "2024-02-29"), ("2023-03-15", 0, "2023-03-15"),
        ("2023-11-30", 1, "2023-12-30"), ("2023-12-01", 1, "2024-01-01"),
        ("9999-01-01", 12, "9999-12-31"),
    ],
)  # fmt: skip
def test_a_month_later_is_the_same_day_or_the_last(day: str, months: int, later: str) -> None:
    """The day of the month stays, as far as the month has it; time ends with the year 9999."""
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


@given(ordinary, st.integers(0, 600))
def test_counting_undoes_adding(day: date, months: int) -> None:
    """So many months later, so many months have passed; a day before, one less."""
    later = months_after(day, months)
    assert months_between(day, later) == months
    if months:
        assert months_between(day, later - timedelta(1)) == months - 1


@given(ordinary, ordinary)
def test_the_months_between_have_passed_and_no_more(one: date, other: date) -> None:
    """It is the largest number of months that fits."""
    first, last = sorted((one, other))
    months = months_between(first, last)
    assert months_after(first, months) <= last < months_after(first, months + 1)


@given(ordinary, st.integers(0, 600), st.integers(0, 60))
def test_more_months_are_never_sooner(day: date, months: int, more: int) -> None:
    """Adding months keeps the order of days and of numbers."""
    assert months_after(day, months) <= months_after(day, months + more)
    assert months_after(day, months) <= months_after(day + timedelta(1), months)
