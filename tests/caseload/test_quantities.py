"""Amounts and days as people write them: one meaning, or none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.small import RULES, fact
from examples import examples
from routeengine import quantities
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.profile import Between, OneOf
from routeengine.quantities import (
    AMBIGUOUS,
    LONG,
    ROUNDED,
    TIME_OF_DAY,
    TWO_DIGITS,
    ZONED,
    DecimalSign,
    SheetDay,
    SheetNumber,
    Unread,
    day_of,
    read_amount,
    read_day,
    sheet_amount,
    sheet_day,
)
from routeengine.ruleset.domains import DateDomain, DecimalDomain, Domain, IntegerDomain


def reader(domain: Domain, decimal: DecimalSign | None = None) -> FactReader:
    """Make a reader of a fact with this domain."""
    return FactReader(RULES, fact("f", domain, "iets", "something"), decimal)


MONEY = DecimalDomain("-1000000", "9999999.99", 2)
BORN = DateDomain(date(1900, 1, 1), date(2030, 12, 31))
WIDE = IntegerDomain(-(10**6), 2**53 - 1)
AMOUNT, DAY, NUMBER = reader(MONEY), reader(BORN), reader(WIDE)
NO_DAY = "must be a date from 1900-01-01 to 2030-12-31, as 31-12-1990 or 1990-12-31"


@pytest.mark.parametrize(
    "text",
    [
        "1.091,71", "1091,71", "1,091.71", "1091.71", "€ 1.091,71", "€1091,71", "1091,71 €",
        "EUR 1,091.71", "1091.71 eur", "EUR1091,71", "\u00a01091,71\u00a0", "€\u00a01.091,71",
        "1 091,71", "1\u00a0091,71", "1\u202f091.71", "+1091.71", "+ € 1.091,71", "1091,710",
        "01091.71",
    ],
)  # fmt: skip
def test_an_amount_however_it_is_written(text: str) -> None:
    """With a comma or a point, groups of thousands, a currency and blanks."""
    assert AMOUNT.text(text) == "1091.71"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35,-", "35.00"), ("€ 1.091,--", "1091.00"), ("35,\u2014", "35.00"), ("0,5", "0.50"),
        ("-€ 5", "-5.00"), ("€ -5", "-5.00"), ("€-5,5", "-5.50"), ("\u22125", "-5.00"),
        ("- 5", "-5.00"), ("1.000.000", "1000000.00"), ("1,000,000.5", "1000000.50"),
        ("0,125", FAULTY), ("0,120", "0.12"), ("0.000", "0.00"), ("-0", "0.00"),
        ("1091", "1091.00"), ("1000.000", "1000.00"), ("1 091 710", "1091710.00"),
        ("999999,1", "999999.10"),
    ],
)  # fmt: skip
def test_amounts_of_many_forms(text: str, value: object) -> None:
    """Prices without cents, signs before or after the currency, and groups."""
    assert AMOUNT.text(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1.09,71", "1,091,71", "10.91.71", "1,5,5", "1.091,71.5", ".5", "5.", "5,", "1e3",
        "NaN", "Infinity", "\u0661", "1_0", "0x1", "€", "EUR", "€€5", "€5€", "$5", "5 USD", "--5",
        "-€-5", "+-5", "1 09", "10 91,71", "1  091", "1'091", "1.091 710", "", "-", "10000000",
        "-1000000.01", "1,234", "1.091", "-1.091", "€ 12,345", "0,001", "9" * 30, "5,- -",
    ],
)  # fmt: skip
def test_no_amount_of_the_domain(text: str) -> None:
    """What has no meaning, two meanings, more places or lies outside is not read."""
    assert AMOUNT.text(text) in (FAULTY, None)
    assert (AMOUNT.text(text) is None) == (text == "")


def by_sign(text: str, sign: str) -> Decimal | None:
    """Read digits by the one sign that stands before decimals, as its users would."""
    other = {",": ".", ".": ","}[sign]
    whole, *part = text.split(sign)
    if len(part) > 1 or any(not one.isdigit() for one in part):
        return None
    groups = whole.split(other)
    if len(groups) > 1 and (
        any(len(one) != 3 for one in groups[1:]) or not 0 < len(groups[0]) < 4 or whole[0] == "0"
    ):
        return None
    digits = "".join(groups)
    return Decimal(".".join([digits, *part])) if digits.isdigit() else None


@pytest.mark.gate
@settings(max_examples=examples(2000), deadline=None)
@given(st.text("0123456789.,", max_size=12) | st.from_regex(r"\A[0-9]{1,4}([.,][0-9]{2,3}){0,3}\Z"))
def test_what_has_one_meaning_is_read_and_no_more(text: str) -> None:
    """By a comma or by a point: where both ways differ it is refused, and `decimal` settles it."""
    comma, point = by_sign(text, ","), by_sign(text, ".")
    meanings = {one for one in (comma, point) if one is not None}
    found = read_amount(text)
    if len(meanings) == 1:
        assert isinstance(found, str)
        assert {Decimal(found)} == meanings
    else:
        assert found == Unread(AMBIGUOUS if meanings else "")
    ways: list[tuple[DecimalSign, Decimal | None]] = [("comma", comma), ("point", point)]
    for sign, own in ways:
        settled = read_amount(text, sign)
        if len(meanings) == 2:
            assert isinstance(settled, str)
            assert Decimal(settled) == own
        else:
            assert settled == found


@settings(max_examples=examples(500), deadline=None)
@given(
    st.integers(-(10**8), 10**9 - 1),
    st.sampled_from([("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("\u00a0", ".")]),
    st.sampled_from(["{}", "€ {}", "{} EUR", "\u00a0{} "]),
)
def test_each_amount_is_read_back(cents: int, signs: tuple[str, str], around: str) -> None:
    """In every way to write it; with cents no amount has two meanings."""
    value = Decimal(cents) / 100
    text = f"{value:,.2f}".replace(",", "g").replace(".", "d")
    text = text.replace("g", signs[0]).replace("d", signs[1])
    assert AMOUNT.text(around.format(text)) == f"{value:.2f}"


def test_what_has_two_meanings_says_so() -> None:
    """In the fault, with what to do; also as an end of a range, and for a whole number."""
    for one in (AMOUNT, NUMBER, reader(IntegerDomain(0, 9))):
        for text in ("1.091", "1,091", " € 1.091 " if one is AMOUNT else "1.091"):
            assert one.text(text) is FAULTY
            assert one.complaint(text, is_text=True) == AMBIGUOUS
    assert AMOUNT.complaint("1.091 t/m 2.000", is_text=True) == AMBIGUOUS
    assert AMOUNT.complaint("1.091", is_text=False) == AMOUNT.allowed
    assert AMOUNT.complaint("x" * 5000, is_text=True) == AMOUNT.allowed
    comma, point = reader(MONEY, "comma"), reader(MONEY, "point")
    assert (comma.text("1.091"), point.text("1.091")) == ("1091.00", FAULTY)
    assert (comma.text("1,090"), point.text("1,090")) == ("1.09", "1090.00")
    assert comma.text("1,091.71") == point.text("1.091,71") == "1091.71"
    assert point.complaint("1.091", is_text=True) == AMOUNT.allowed


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("1.000,00 - 2.000,50", Between("1000.00", "2000.50")),
        ("1000-2000", Between("1000.00", "2000.00")),
        ("1.5..2.5", Between("1.50", "2.50")),
        ("€ 5 t/m € 10,-", Between("5.00", "10.00")),
        ("35,- \u2013 40,-", Between("35.00", "40.00")),
        ("-5 - -3", Between("-5.00", "-3.00")),
        ("-5--3", Between("-5.00", "-3.00")),
        ("5|6,5", OneOf(("5.00", "6.50"))),
        ("5/5.0", "5.00"),
        ("2000-1000", FAULTY),
        ("1-2-3", FAULTY),
        ("5-", FAULTY),
        ("1.000-2.000", FAULTY),
    ],
)
def test_ranges_of_amounts(text: str, known: object) -> None:
    """As of whole numbers, with every sign between the ends."""
    assert AMOUNT.text(text) == known


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("9007199254740991", 2**53 - 1), ("9007199254740992", FAULTY), ("1.091.710", 1091710),
        ("1 000 000", 10**6), ("1234567890,00", 1234567890), ("2,5", FAULTY), ("€ 5", FAULTY),
        ("1000000000-2000000000", Between(10**9, 2 * 10**9)), ("9" * 17, FAULTY),
    ],
)  # fmt: skip
def test_whole_numbers_of_any_length(text: str, known: object) -> None:
    """Up to the last that a domain can have, and no currency where none is said."""
    assert NUMBER.text(text) == known


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01", "01-07-2025", "1-7-2025", "1/7/2025", "01/07/2025", "1 juli 2025",
        "1 July 2025", "01 JUL 2025", "1-jul-2025", "1 jul. 2025", " 2025-07-01 ",
        "2025-07-01T00:00:00", "2025-07-01 00:00", "2025-07-01 00:00:00.000000",
    ],
)  # fmt: skip
def test_a_day_however_it_is_written(text: str) -> None:
    """The day comes first, unless the year does."""
    assert DAY.text(text) == "2025-07-01"


def test_months_in_words_of_both_languages() -> None:
    """Every month in Dutch and English, in full and short."""
    nl = "januari februari maart april mei juni juli augustus september oktober november december"
    en = "January February March April May June July August September October November December"
    for words in (nl, en):
        for number, word in enumerate(words.split(), 1):
            for written in (word, word.upper(), word[:3]):
                if written != "maa":
                    assert DAY.text(f"9 {written} 1999") == f"1999-{number:02}-09"
    assert DAY.text("9 mrt 1999") == "1999-03-09"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31-12-25", TWO_DIGITS), ("31/12/99", TWO_DIGITS), ("25-12-31", TWO_DIGITS),
        ("31 december '25", TWO_DIGITS), ("1 jan 05", TWO_DIGITS),
        ("2025-07-01 13:00", TIME_OF_DAY), ("2025-07-01T00:00:01", TIME_OF_DAY),
        ("12/31/2025", ""), ("31-02-2025", ""), ("29-02-2023", ""), ("2025-13-01", ""),
        ("1-1-202", ""), ("1-1-20255", ""), ("01-07/2025", ""), ("1 foo 2025", ""), ("2025", ""),
        ("45000", ""), ("0000-01-01", ""), ("1-1-0000", ""), ("1.7.2025", ""), ("2025/07/01", ""),
        ("2025-7-1", ""), ("1899-12-31", ""), ("2031-01-01", ""), ("2025-07-01T00:00Z", ""),
        ("\u0661-1-2025", ""), ("juli 2025", ""), ("0-1-2025", ""),
    ],
)  # fmt: skip
def test_no_day(text: str, problem: str) -> None:
    """What is no day, has a time of day or two digits for a year is refused in words."""
    assert DAY.text(text) is FAULTY
    assert DAY.complaint(text, is_text=True) == (problem or NO_DAY)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("2025-07-01..2025-07-31", Between("2025-07-01", "2025-07-31")),
        ("1-7-2025 t/m 31-7-2025", Between("2025-07-01", "2025-07-31")),
        ("1-7-2025 - 31-7-2025", Between("2025-07-01", "2025-07-31")),
        ("1-7-2025-31-7-2025", Between("2025-07-01", "2025-07-31")),
        ("1 juli 2025 \u2013 31 juli 2025", Between("2025-07-01", "2025-07-31")),
        ("1/7/2025|2/7/2025", OneOf(("2025-07-01", "2025-07-02"))),
        ("31-7-2025 t/m 1-7-2025", FAULTY),
        ("1-7-2025/2-7-2025", FAULTY),
    ],
)
def test_ranges_of_days(text: str, known: object) -> None:
    """As of numbers; between several days stands a bar, for a stroke is part of a day."""
    assert DAY.text(text) == known


@settings(max_examples=examples(300), deadline=None)
@given(
    st.dates(), st.sampled_from(["{0:04}-{1:02}-{2:02}", "{2}-{1}-{0:04}", "{2:02}/{1:02}/{0:04}"])
)
def test_each_day_is_read_back(day: date, form: str) -> None:
    """In every form, from the year 1 on."""
    assert read_day(form.format(day.year, day.month, day.day)) == day.isoformat()


@pytest.mark.gate
@settings(max_examples=examples(500), deadline=None)
@given(
    st.text("0123456789.,- €/|tm'jani\u00a0", max_size=30) | st.text(max_size=30),
    st.sampled_from([AMOUNT, DAY, NUMBER, reader(MONEY, "comma")]),
)
def test_any_text_is_knowledge_or_a_fault_without_the_text(text: str, one: FactReader) -> None:
    """Whatever stands there, and the fault never repeats it."""
    known = one.text(text)
    if known is FAULTY:
        said = one.complaint(text, is_text=True)
        assert said in (one.allowed, NO_DAY, AMBIGUOUS, TWO_DIGITS, TIME_OF_DAY)
    elif isinstance(known, str):
        domain: Any = one.fact.domain
        assert domain.value(domain.index(known)) == known


@settings(max_examples=examples(500), deadline=None)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_what_was_typed_in_a_sheet_is_read_back(amount: Decimal) -> None:
    """However a program writes the number: in short, or with 17 digits."""
    number = float(amount)
    for text in (repr(number), f"{number:.17g}", f"{number:.16e}", str(amount)):
        found = sheet_amount(SheetNumber(text))
        assert isinstance(found, str)
        assert Decimal(found) == amount


def test_what_was_worked_out_in_a_sheet_is_refused_unless_it_is_exact() -> None:
    """A sum that is next to what is shown is another number, and is not rounded in silence."""
    assert sheet_amount(SheetNumber(repr(0.1 + 0.2))) == Unread(ROUNDED)
    assert sheet_amount(SheetNumber(repr(0.5 + 0.25))) == "0.75"
    assert sheet_amount(SheetNumber("1091.7099999999998")) == Unread(ROUNDED)
    assert sheet_amount(SheetNumber("1091.7100000000001")) == "1091.71"
    assert sheet_amount(SheetNumber("1e15")) == Unread(LONG)
    assert sheet_amount(SheetNumber("999999999999999")) == "999999999999999"
    assert sheet_amount(SheetNumber("1e300")) == Unread()
    assert AMOUNT.sheet(SheetNumber(repr(0.1 + 0.2))) is FAULTY
    assert AMOUNT.complaint(SheetNumber(repr(0.1 + 0.2)), is_text=True) == ROUNDED
    assert AMOUNT.sheet(SheetNumber("1091.71")) == "1091.71"
    assert AMOUNT.sheet(SheetNumber("1091.715")) is FAULTY
    assert AMOUNT.complaint(SheetNumber("1091.715"), is_text=True) == AMOUNT.allowed
    # To a person `1.091` has two meanings; a number of a sheet has one.
    assert reader(DecimalDomain("0", "9", 3)).sheet(SheetNumber("1.091")) == "1.091"


def test_days_of_both_systems_of_sheets() -> None:
    """Excel counts a day in 1900 that never was; since 1904 it does not."""
    days = {"1": "1900-01-01", "59": "1900-02-28", "61": "1900-03-01", "45839": "2025-07-01"}
    assert {serial: sheet_day(SheetDay(serial)) for serial in days} == days
    assert sheet_day(SheetDay("0", since_1904=True)) == "1904-01-01"
    assert sheet_day(SheetDay("44377", since_1904=True)) == "2025-07-01"
    assert sheet_day(SheetDay("60")) == sheet_day(SheetDay("0")) == Unread()
    assert sheet_day(SheetDay("2958466")) == sheet_day(SheetDay("1e300")) == Unread()
    assert sheet_day(SheetDay("-1", since_1904=True)) == "1903-12-31"
    assert sheet_day(SheetDay("45839.5")) == Unread(TIME_OF_DAY)
    assert sheet_day(SheetDay("2025-07-01T00:00:00")) == "2025-07-01"
    assert sheet_day(SheetDay("2025-07-01T13:00:00")) == Unread(TIME_OF_DAY)
    assert DAY.sheet(SheetDay("45839")) == "2025-07-01"
    assert DAY.sheet(SheetDay("60")) is FAULTY
    assert DAY.complaint(SheetDay("60"), is_text=True) == NO_DAY
    assert DAY.sheet(SheetNumber("45839")) is FAULTY
    assert DAY.complaint(SheetNumber("45839"), is_text=True) == quantities.NO_DATE_CELL
    for other in (AMOUNT, NUMBER, FactReader(RULES, RULES.facts[1])):
        assert other.sheet(SheetDay("1")) is FAULTY
        assert other.complaint(SheetDay("1"), is_text=True) == other.allowed


def test_typed_values_of_amounts_and_days() -> None:
    """Plain text, decimals and whole numbers; days as such; and no binary fraction."""
    assert AMOUNT.native(" 1091.7 ") == AMOUNT.native(Decimal("1091.700")) == "1091.70"
    assert AMOUNT.native(5) == AMOUNT.native(Decimal(5)) == "5.00"
    assert AMOUNT.native({"between": ["1", Decimal("2.5")]}) == Between("1", "2.5")
    faulty: tuple[Any, ...] = (
        1091.71, 2.0, True, "1091,71", "1.091,71", "1e3", "€ 5", Decimal("NaN"),
                  Decimal("1.001"), Decimal("1e50"), [], date(2025, 7, 1),
    )  # fmt: skip
    for wrong in faulty:
        assert AMOUNT.native(wrong) is FAULTY
    assert DAY.native("2025-07-01") == DAY.native(date(2025, 7, 1)) == "2025-07-01"
    assert DAY.native(datetime.fromisoformat("2025-07-01")) == "2025-07-01"
    moment = datetime(2025, 7, 1, tzinfo=UTC)
    for wrong in ("1-7-2025", 45839, Decimal(45839), moment, moment + timedelta(hours=1), True):
        assert DAY.native(wrong) is FAULTY
    assert day_of(moment) == Unread(ZONED)
    assert day_of(datetime.fromisoformat("2025-07-01T13:00")) == Unread(TIME_OF_DAY)
    assert DAY.complaint(moment, is_text=False) == ZONED
    assert NUMBER.native(Decimal("2.00")) == 2
    assert NUMBER.native(date(2025, 7, 1)) is FAULTY


def test_the_currency_of_a_whole_number() -> None:
    """Euros where the fact is in euros, and not in another currency."""
    euros = replace(NUMBER.fact, unit="EUR")
    assert FactReader(RULES, euros).text("€ 1.000.000") == 10**6
    dollars = replace(AMOUNT.fact, unit="USD")
    assert FactReader(RULES, dollars).text("€ 5") is FAULTY
    assert re.search("from -1000000.00 to 9999999.99", FactReader(RULES, dollars).allowed)
