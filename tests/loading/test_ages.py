"""Bounds by age are bounds of a birth date, on the day for which rules are read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from loading.small import SMALL
from loading.test_schema import as_an_editor
from routeengine.errors import RuleSetError
from routeengine.loading import load_instances, load_ruleset
from routeengine.loading.birthdays import birthday, last_born
from routeengine.loading.named_schema import ruleset_json_schema
from routeengine.ruleset.conditions import FactIs, walk
from routeengine.ruleset.digest import meaning_digest
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import single
from routeengine.verification import verify

LEAPS = ["feb_28", "mar_1"]
DAY = timedelta(1)

DAYS = st.dates(date(1950, 1, 1), date(2060, 12, 31)) | st.sampled_from(
    [date(year, month, day) for year in (2023, 2024, 2025) for month, day in ((2, 28), (3, 1))]
    + [date(2024, 2, 29), date(2000, 2, 29)]
)


def age(born: date, on: date, leap: str) -> int:
    """Count the birthdays of somebody, year by year, up to a day."""
    years = 0
    while True:
        year = born.year + years + 1
        common = (born.month, born.day) == (2, 29) and (year % 4 != 0 or year == 2100)
        month, day = (born.month, born.day)
        if common:
            month, day = (2, 28) if leap == "feb_28" else (3, 1)
        if (year, month, day) > (on.year, on.month, on.day):
            return years if born <= on else -1
        years += 1


def rules(
    adult: str = "{age_at_least: 18}",
    *,
    leap: str = "mar_1",
    young: str = "{after: 2020-12-31}",
    other: str = "{age_at_most: 17}",
    valid: str = "",
) -> dict[str, str]:
    """Write the small rules with a birth date for an age."""
    born = "type: date\n    minimum: 1900-01-01\n    maximum: 2070-12-31"
    text = SMALL.replace("type: integer\n    minimum: 0\n    maximum: 120", born)
    text = text.replace(
        "    question: {nl: hoe oud", f"    leap_birthday: {leap}\n    question: {{nl: hoe oud"
    )
    for old, new in (
        ("{age: {at_least: 18}}", f"{{age: {adult}}}"),
        ("{age: {at_most: 10}}", f"{{age: {young}}}"),
        ("{age: {between: [0, 17]}}", f"{{age: {other}}}"),
        ("  languages", f"{valid}  languages"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    return {"r.yaml": text}


@pytest.mark.parametrize(
    ("bound", "message"),
    [("{before: 1900-01-01}", "`age` has no day before that"),
     ("{after: 2070-12-31}", "`age` has no day after that")],
)  # fmt: skip
def test_before_the_first_day_there_is_none(bound: str, message: str) -> None:
    """Nor after the last; the days beside those are just one."""
    assert message in told(rules(young=bound))
    for young, number in (("{before: 1900-01-02}", 0), ("{after: 2070-12-30}", None)):
        ruleset = load_ruleset(rules(young=young), "2024-01-01")
        last = ruleset.fact["age"].domain.size - 1
        asked = [
            one for when in ruleset.conditions for one in walk(when) if isinstance(one, FactIs)
        ]
        assert single(last if number is None else number) in [one.allowed for one in asked]


def told(files: dict[str, str], **asked: Any) -> str:
    """Give what is told of rules that do not load."""
    with pytest.raises(RuleSetError) as caught:
        load_ruleset(files, **asked)
    return str(caught.value)


@given(DAYS, st.integers(0, 60), st.sampled_from(LEAPS))
@example(date(2025, 2, 28), 21, "feb_28")
@example(date(2024, 2, 29), 20, "mar_1")
def test_who_is_old_enough_was_born_by_then(on: date, years: int, leap: Any) -> None:
    """The last day is just the last: who is born a day later is not that old yet."""
    last = last_born(on, years, leap)
    assert last is not None
    assert age(last, on, leap) >= years
    assert age(last + DAY, on, leap) < years
    turned = birthday(last, years, leap)
    assert turned is not None
    assert turned <= on


@pytest.mark.parametrize(("leap", "day"), [("feb_28", (2, 28)), ("mar_1", (3, 1))])
def test_who_is_born_on_a_leap_day_gets_older_each_year(leap: Any, day: tuple[int, int]) -> None:
    """On the day itself in leap years, and else on the day that the fact says."""
    born = date(2004, 2, 29)
    assert birthday(born, 20, leap) == date(2024, 2, 29)
    assert birthday(born, 21, leap) == date(2025, *day)
    assert last_born(born.replace(year=2024), 21, leap) == date(2003, 2, 28)
    assert last_born(date(2025, *day), 21, leap) == (date(2004, *day) if day[0] == 3 else born)


def test_the_calendar_has_ends() -> None:
    """Nobody is born before the first year, or gets older after the last."""
    assert last_born(date(20, 1, 1), 21, "mar_1") is None
    assert birthday(date(9990, 1, 1), 21, "mar_1") is None


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 40), st.sampled_from(LEAPS))
def test_an_age_is_a_bound_of_the_date(on: date, years: int, leap: Any) -> None:
    """The meaning is that of rules in which the day is typed in, of both bounds."""
    by_age = rules(f"{{age_at_least: {years}}}", leap=leap, other=f"{{age_at_most: {years}}}")
    first, second = (last_born(on, number, leap) for number in (years, years + 1))
    assert first is not None
    assert second is not None
    by_day = rules(f"{{until: {first}}}", leap=leap, other=f"{{from: {second + DAY}}}")
    ruleset = load_ruleset(by_age, on)
    assert meaning_digest(ruleset) == meaning_digest(load_ruleset(by_day))
    assert ruleset.instance == Instance(on, on, None)
    assert load_ruleset(by_day).instance is None


def found(ruleset: RuleSet) -> list[tuple[str, tuple[str, ...]]]:
    """Give what a check finds, without the days that it happens on."""
    return sorted((one.kind, one.about) for one in verify(ruleset).findings)


@pytest.mark.gate
@given(st.data(), st.integers(16, 20), DAYS, DAYS, st.sampled_from(LEAPS))
def test_all_days_of_a_period_have_the_same_findings(
    data: st.DataObject, years: int, fixed: date, first: date, leap: str
) -> None:
    """So that a proof on the first of them holds on all; periods are side by side."""
    last = first + timedelta(data.draw(st.integers(0, 20_000)))
    valid = f"  valid_from: {first}\n  valid_until: {last}\n"
    files = rules(
        f"{{age_at_least: {years}}}", leap=leap, young=f"{{after: {fixed}}}", valid=valid,
        other=f"{{from: {fixed - 300 * DAY}}}",
    )  # fmt: skip
    # The age tells people apart on all these days: the domain is wide enough.
    periods = load_instances(files)
    on = first
    for ruleset in periods:
        assert ruleset.instance is not None
        assert ruleset.instance.since == on
        assert ruleset.instance.until is not None
        days = st.dates(on, ruleset.instance.until)
        assert found(load_ruleset(files, data.draw(days))) == found(ruleset)
        on = ruleset.instance.until + DAY
    assert on == last + DAY


def test_an_open_end_is_looked_at_as_far_as_an_age_tells_apart() -> None:
    """From when the oldest reaches it to when the youngest does."""
    periods = [str(one.instance) for one in load_instances(rules())]
    assert periods == [
        "from 1918-01-01 until 2038-12-30",
        "from 2038-12-31 until 2038-12-31",
        "from 2039-01-01 until 2088-12-30",
    ]
    early = "  valid_until: 1910-01-01\n"
    with pytest.raises(RuleSetError, match="is the same for all of `age` on 1910-01-01"):
        load_instances(rules(valid=early))
    (one,) = load_instances(rules(), "2025-01-01")
    assert one == load_ruleset(rules(), "2025-01-01")


def test_ages_and_parameters_go_together() -> None:
    """An age may be a parameter; each instance is parted by itself."""
    parameter = (
        "variants: [a, b]\nparameters:\n  years:\n    label: {nl: x, en: x}\n    basis: source\n"
        "    cites: [first]\n    type: integer\n"
        "    values: [{is: 18}, {variant: b, is: 21}]\nfacts:"
    )
    (text,) = rules("{age_at_least: {parameter: years}}", other="{after: 2030-01-01}").values()
    files = {"r.yaml": text.replace("facts:", parameter, 1)}
    assert [str(one.instance).split(", ")[1] for one in load_instances(files)] == ["a"] * 5 + [
        "b"
    ] * 5
    ruleset = load_ruleset(files, "2025-07-01", "b")
    condition: Any = ruleset.criterion["adult"].when
    assert ruleset.fact["age"].domain.value(condition.allowed.highest) == "2004-07-01"
    assert str(ruleset.instance) == "from 2025-07-01 until 2025-07-01, b"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (rules(leap="feb_29"), "`leap_birthday` cannot be `feb_29`"),
        (rules("{age_at_least: x}"), "`age_at_least` must be a number of years, 0 to 150"),
        (rules("{age_at_least: 151}"), "`age_at_least` must be a number of years, 0 to 150"),
        (rules("{age_at_least: 130}"), "`age_at_least: 130` is the same for all of `age` on 2025-"),
        (rules(other="{age_at_most: 149}"), "`age_at_most: 149` is the same for all of `age` on"),
    ],
)
def test_what_is_wrong_is_told(files: dict[str, str], message: str) -> None:
    """Once, at its place."""
    found = told(files, as_of="2025-07-01")
    assert message in found
    assert len(found.splitlines()) == 1


def test_no_day_is_guessed_and_no_birthday() -> None:
    """Ages need a day, and what who was born on 29 February does in other years."""
    assert told(rules()).endswith(
        ": ages are those of a day (ask for a day with `as_of`, or `--as-of DAY`)"
    )
    (text,) = rules().values()
    unsaid = {"r.yaml": text.replace("    leap_birthday: mar_1\n", "")}
    assert told(unsaid, as_of="2025-07-01").count("needs `leap_birthday`: `feb_28` or `mar_1`") == 2
    other = SMALL.replace("    label: {nl: wil,", "    leap_birthday: mar_1\n    label: {nl: wil,")
    assert "only a date has `leap_birthday` (take it out)" in told({"r.yaml": other})
    number = SMALL.replace("{age: {at_least: 18}}", "{age: {age_at_least: 18}}")
    assert "`age_at_least` is for dates, and `age` is a whole number" in told({"r.yaml": number})


def test_versions_with_ages(tmp_path: Any) -> None:
    """Of a folder of versions each is read for the day that is asked."""
    for name, valid in (
        ("1", "  valid_until: 2025-06-30\n"),
        ("2", "  valid_from: 2025-07-01\n"),
    ):
        (tmp_path / name).mkdir()
        (text,) = rules(valid=valid).values()
        (tmp_path / name / "r.yaml").write_text(text, encoding="utf-8")
    for on in ("2025-06-30", "2025-07-01"):
        assert load_ruleset(tmp_path, on).instance == Instance(
            date.fromisoformat(on), date.fromisoformat(on), None
        )


def test_an_editor_is_told_of_ages() -> None:
    """In the schema of these rules a birth date has ages, in years, and no other fact does."""
    (text,) = rules().values()
    validator = Draft202012Validator(ruleset_json_schema(load_ruleset(rules(), "2025-01-01")))
    validator.validate(as_an_editor(text))
    for old, new in (
        ("age_at_least: 18", "age_at_least: 2007-01-01"),
        ("age_at_least: 18", "age_at_least: 151"),
        ("age_at_least: 18", "at_least: 18"),
        ("{debt: serious}", "{debt: {age_at_least: 18}}"),
    ):
        assert old in text
        assert not validator.is_valid(as_an_editor(text.replace(old, new, 1)))
