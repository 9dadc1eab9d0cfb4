"""Amounts and days have numbers, are read strictly, and are written in one spelling."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine.ruleset.domains import (
    MAX_NUMBER,
    MAX_PLACES,
    DateDomain,
    DecimalDomain,
    IntegerDomain,
    RangeDomain,
    decimal_as_text,
    decimal_steps,
    decimal_text,
)

MONEY = DecimalDomain("-5", "1000000", 2)
BORN = DateDomain(date(1900, 1, 1), date(2030, 12, 31))


@given(st.integers(0, MAX_PLACES), st.integers(-MAX_NUMBER, MAX_NUMBER))
def test_an_amount_is_text_in_one_spelling(places: int, steps: int) -> None:
    """Written and read back it is the same, as text, as Decimal and with zeros behind it."""
    text = decimal_text(steps, places)
    assert decimal_steps(text, places) == steps
    assert decimal_steps(Decimal(text), places) == steps
    assert decimal_text(decimal_steps(text, places) or 0, places) == text
    assert decimal_steps(f"{text}{'' if '.' in text else '.'}0", places) == steps


@given(st.decimals(allow_nan=True, allow_infinity=True), st.integers(0, MAX_PLACES))
def test_a_decimal_is_read_exactly_or_not_at_all(value: Decimal, places: int) -> None:
    """Never rounded: by fractions, whatever the context of whoever calls."""
    with localcontext(Context(prec=3)):
        steps = decimal_steps(value, places)
    if steps is not None:
        numerator, denominator = value.as_integer_ratio()
        assert steps * denominator == numerator * 10**places


@pytest.mark.parametrize(
    "value",
    [
        1.5, 1091.71, "1e3", "1_000", " 1", "+1", "1.", ".5", "0.001", "١", "1000000.01", "-5.01",
        True, None, b"1", Decimal("NaN"), Decimal("Infinity"), Decimal("0.005"),
        Decimal("1E+999999"), Decimal("1E-999999"), Decimal("1091.7100000000000000000000000001"),
        "9" * 99, "1091,71",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_none(value: Any) -> None:
    """No binary fraction, no other spelling, no more decimals, nothing outside the bounds."""
    assert MONEY.index(value) is None


def test_amounts_are_counted_from_the_lowest() -> None:
    """In steps of the last place; minus zero is zero."""
    assert MONEY.size == 100_000_501
    for value, index in (("-5.00", 0), ("-0", 500), (Decimal("-0.00"), 500), (0, 500), ("1", 600)):
        assert MONEY.index(value) == index
    assert [MONEY.value(index) for index in (0, 499, 500, 109_671)] == [
        "-5.00", "-0.01", "0.00", "1091.71",
    ]  # fmt: skip
    assert DecimalDomain("-5.0", "1e", 2).maximum == "1e"
    assert DecimalDomain("1", "2", 0).value(1) == "2"
    assert DecimalDomain("-5", "1000000.0", 2) == MONEY


def test_days_are_counted_from_the_first() -> None:
    """A datetime is no day, and nor is what no calendar has."""
    for value in ("2025-07-01", date(2025, 7, 1)):
        assert BORN.value(BORN.index(value) or 0) == "2025-07-01"
    noon = datetime(2025, 7, 1, 12, tzinfo=UTC)
    wrong: list[object] = [noon, "2025-02-29", "2025-7-1", "20250701", "1899-12-31", 45_839]
    for other in wrong:
        assert BORN.index(other) is None
    assert BORN.index("2024-02-29") is not None
    assert DateDomain(date.min, date.max).index("0001-01-01") == 0


@pytest.mark.parametrize("domain", [MONEY, BORN, IntegerDomain(-3, 9)])
@given(data=st.data())
def test_a_range_is_what_lies_in_it(domain: RangeDomain, data: st.DataObject) -> None:
    """Ends included; an end that is left out is that of the domain."""
    one, other = (data.draw(st.integers(0, domain.size - 1)) for _ in range(2))
    low, high = domain.value(one), domain.value(other)
    assert list(domain.between(low, high).boundaries) == ([one, other + 1] if one <= other else [])
    assert domain.between(None, None) == domain.full
    assert domain.between(low, None).lowest == one
    assert domain.between(None, high).highest == other
    assert domain.values[one] == low
    assert domain.values[one : one + 1] == [low]
    assert len(domain.values) == domain.size


def test_a_decimal_becomes_text_unless_it_is_absurd() -> None:
    """In plain digits; what would fill the memory stays as it is, to be refused."""
    assert decimal_as_text(Decimal("1E+3")) == "1000"
    assert decimal_as_text(Decimal("1091.710")) == "1091.710"
    assert decimal_as_text(Decimal("1E+999999")) == Decimal("1E+999999")
    assert not isinstance(decimal_as_text(Decimal("NaN")), str)
