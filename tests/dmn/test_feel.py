"""Cells of tables: what passes, and what would have to be computed and is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine.dmn.feel import (
    FeelError,
    Value,
    kind_of,
    parse_allowed,
    parse_tests,
    parse_value,
    parse_values,
)

NUMBERS = st.integers(-20, 20).map(lambda units: Decimal(units) / 4)
DAYS = st.dates(date(2024, 1, 1), date(2024, 1, 20))
TEXTS = st.text(max_size=3)
VALUES: st.SearchStrategy[Value] = st.one_of(NUMBERS, DAYS, TEXTS, st.booleans())


def literal(value: Value) -> str:
    """Return a value as FEEL writes it."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case Decimal():
            return format(value, "f")
    return f'date("{value}")'


@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: Value) -> None:
    """A value is read as it was written."""
    assert parse_value(literal(value)) == value
    assert parse_value(f"  {literal(value)}\n") == value
    assert kind_of(parse_value(literal(value))) == kind_of(value)


@given(st.data(), VALUES)
def test_a_list_takes_its_values_and_no_others(data: st.DataObject, value: Value) -> None:
    """A list takes its values and no others."""
    listed = data.draw(st.lists(VALUES, min_size=1, max_size=4))
    text = " , ".join(map(literal, listed))
    same = [(kind_of(one), one) for one in listed]
    passes = (kind_of(value), value) in same
    tests, others = parse_tests(text), parse_tests(f"not ( {text} )")
    assert tests is not None
    assert others is not None
    assert tests.holds(value) == passes
    assert others.holds(value) == (not passes)


SIGNS = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])


def compares(sign: str, order: int) -> bool:
    """Return whether a value that is less (-1), equal or more than a bound passes."""
    return (
        order in {"<": [-1], "<=": [-1, 0], ">": [1], ">=": [0, 1], "=": [0], "!=": [-1, 1]}[sign]
    )


@given(SIGNS, st.sampled_from(["", "?", "? "]), NUMBERS, NUMBERS)
def test_a_comparison_takes_the_numbers_that_compare_so(
    sign: str, asked: str, bound: Decimal, value: Decimal
) -> None:
    """A comparison takes the numbers that compare so."""
    tests = parse_tests(f"{asked}{sign} {literal(bound)}")
    assert tests is not None
    assert tests.holds(value) == compares(sign, (value > bound) - (value < bound))


@given(SIGNS, DAYS, DAYS)
def test_a_comparison_takes_the_days_that_compare_so(sign: str, bound: date, value: date) -> None:
    """A comparison takes the days that compare so."""
    tests = parse_tests(f"{sign}{literal(bound)}")
    assert tests is not None
    assert tests.holds(value) == compares(sign, (value > bound) - (value < bound))


@given(st.sampled_from("[(]"), st.sampled_from("])["), NUMBERS, NUMBERS, NUMBERS)
def test_a_range_has_the_ends_that_its_brackets_say(
    opening: str, closing: str, low: Decimal, high: Decimal, value: Decimal
) -> None:
    """A range has the ends that its brackets say."""
    low, high = sorted((low, high))
    tests = parse_tests(f"{opening}{literal(low)}..{literal(high)}{closing}")
    assert tests is not None
    above = value >= low if opening == "[" else value > low
    below = value <= high if closing == "]" else value < high
    assert tests.holds(value) == (above and below)


@pytest.mark.parametrize("text", ["", "-", " \n- "])
def test_a_dash_or_nothing_takes_any_value(text: str) -> None:
    """A dash or nothing takes any value."""
    assert parse_tests(text) is None
    assert parse_allowed(text) is None


def test_an_input_can_be_compared_by_its_sign() -> None:
    """A question mark stands for the input."""
    assert parse_tests("? = 5") == parse_tests("5")
    assert parse_tests("? != 5") == parse_tests("not(5)")


def test_days_are_written_in_three_ways() -> None:
    """Days are written in three ways."""
    written = ('date("2024-05-06")', '@"2024-05-06"', "date(2024, 5, 6)")
    assert {parse_value(one) for one in written} == {date(2024, 5, 6)}


def test_signs_in_texts_can_be_escaped() -> None:
    """Signs in texts can be escaped."""
    assert parse_value(r'"a\"b\\c\né\t\x"') == 'a"b\\c\né\tx'


def test_null_among_the_values_that_can_be_is_passed_over() -> None:
    """Null among the values that can be is passed over."""
    assert parse_allowed('"a", null, "b"') == parse_tests('"a", "b"')
    assert parse_allowed("[0..9], null") == parse_tests("[0..9]")
    assert parse_allowed("null") is None
    assert parse_values('"a", null') == ("a",)
    assert parse_values("") == ()


def test_a_list_of_outputs_names_every_value() -> None:
    """A list of outputs names every value."""
    assert parse_values('1, "a", true') == (Decimal(1), "a", True)
    with pytest.raises(FeelError, match=r"`\[1\.\.5\]` is no list of values"):
        parse_values("[1..5]")
    with pytest.raises(FeelError, match="no list of values"):
        parse_values("not(1)")


COMPUTED = "is no value, list or range: it would be computed"
MOMENT = "is a moment, a length of time or no day at all"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Other name", f"`Other name` {COMPUTED}"),
        ("> other", f"`> other` {COMPUTED}"),
        ("2 * 3", f"`2 * 3` {COMPUTED}"),
        ("1 + 2", f"`1 + 2` {COMPUTED}"),
        ("<> 47", f"`<> 47` {COMPUTED}"),
        ("? > 1 and ? < 5", f"`? > 1 and ? < 5` {COMPUTED}"),
        ("? 5", f"`? 5` {COMPUTED}"),
        ("count(?) > 2", f"`count(?) > 2` {COMPUTED}"),
        ("[1..5", f"`[1..5` {COMPUTED}"),
        ("[1..5}", f"`[1..5}}` {COMPUTED}"),
        ("[1..5,", f"`[1..5,` {COMPUTED}"),
        ("[1,5]", f"`[1,5]` {COMPUTED}"),
        ("not 5", f"`not 5` {COMPUTED}"),
        ("not(5", f"`not(5` {COMPUTED}"),
        ("not(5), 6", f"`not(5), 6` {COMPUTED}"),
        ("5,", f"`5,` {COMPUTED}"),
        ('"open', f'`"open` {COMPUTED}'),
        ("--5", f"`--5` {COMPUTED}"),
        ("1e3", f"`1e3` {COMPUTED}"),
        ("“a”", f"`“a”` {COMPUTED}"),
        ("null", "`null` tests on null"),
        ("not( null )", "`not( null )` tests on null"),
        ('"null", 5 + 1', f'`"null", 5 + 1` {COMPUTED}'),
        ('> "a"', '`> "a"` is an order of texts or truth values'),
        ("[true..false]", "`[true..false]` is an order of texts or truth values"),
        ('[1..date("2024-05-06")]', "is a range between two kinds of values"),
        ('date("2024-13-01")', f'`date("2024-13-01")` {MOMENT}'),
        ('@"P1Y"', f'`@"P1Y"` {MOMENT}'),
        ('@"2024-05-06T10:00"', MOMENT),
        ("date(2024, 5)", MOMENT),
        ("date(2024, 5, x)", MOMENT),
        ("date(today)", MOMENT),
    ],
)
def test_what_would_be_computed_is_refused_by_what_it_is(text: str, what: str) -> None:
    """What would be computed is refused by what it is."""
    with pytest.raises(FeelError) as caught:
        parse_tests(text)
    assert what in caught.value.what
    assert caught.value.hint


@given(st.text(alphabet='0 1-.,<>=!?()[]"@notdae\\u\n\x00é'))
def test_whatever_stands_in_a_cell_it_is_read_or_refused(text: str) -> None:
    """Whatever stands in a cell it is read or refused."""
    for parse in (parse_tests, parse_allowed, parse_value, parse_values):
        with suppress(FeelError):
            parse(text)
