"""Amounts and days in the pydantic model of a profile, and in its JSON Schema."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from examples import examples
from money import MONEY
from routeengine import Engine, ProfileError
from routeengine.errors import ProfileFault
from routeengine.profile import OneOf, decode_knowledge, plain_knowledge, read_profile
from routeengine.profile_model import profile_json_schema, profile_model

MODEL = profile_model(MONEY)
SCHEMA = jsonschema.Draft202012Validator(
    profile_json_schema(MONEY), format_checker=jsonschema.FormatChecker()
)

values = st.one_of(
    st.sampled_from(
        ["1091.71", "1091.710", "1091.715", "1091,71", "-0", "1e3", "NaN", "", "0.00", "10000000",
         "10000000.01", "9" * 17, "0." + "0" * 16, "0." + "0" * 17, "2025-07-01", "1-7-2025",
         "2025-02-30", "1899-12-31", "2025-07-01T00:00:00", " 5", "+5", ".5", "\u0661"]
    ),
    st.decimals(-10, 10**7, places=2),
    st.sampled_from([Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("0.001")]),
    st.dates(date(1890, 1, 1), date(2040, 1, 1)),
    st.datetimes(),
    st.integers(-2, 2**54),
    st.booleans(),
    st.none(),
    st.floats(),
)  # fmt: skip
forms = st.one_of(
    values,
    st.fixed_dictionaries({"one_of": st.lists(values, max_size=3)}),
    st.fixed_dictionaries({"between": st.lists(values, min_size=2, max_size=2)}),
    st.builds(OneOf, st.lists(values, max_size=2)),
)
profiles = st.dictionaries(st.sampled_from(list(MONEY.fact)), forms, max_size=4)


def plain(profile: dict[str, Any]) -> dict[str, Any]:
    """Give a profile as the engine has it."""
    return {key: plain_knowledge(decode_knowledge(value)) for key, value in profile.items()}


@settings(max_examples=examples(500), deadline=None)
@given(profiles)
def test_the_model_takes_what_a_profile_takes(profile: dict[str, Any]) -> None:
    """And knows the same by it; the rest is refused in the same words."""
    known, faults = None, list[ProfileFault]()
    try:
        known = read_profile(MONEY, plain(profile))
    except ProfileError as error:
        faults = list(error.faults)
    if known is None:
        with pytest.raises(ValidationError) as modelled:
            MODEL.model_validate(profile)
        told = [(str(one["loc"][0]), one["msg"]) for one in modelled.value.errors()]
        assert told == [(one.field, one.message) for one in faults]
    else:
        made = MODEL.model_validate(profile)
        assert read_profile(MONEY, dict(made)) == known
        assert MODEL.model_validate_json(made.model_dump_json()) == made
        SCHEMA.validate(json.loads(made.model_dump_json()))


@settings(max_examples=examples(500), deadline=None)
@given(st.dictionaries(st.sampled_from(["income", "born"]), values, max_size=2))
def test_the_schema_refuses_no_more_than_the_model(profile: dict[str, Any]) -> None:
    """Of what JSON has; the model knows the bounds of an amount too, and the schema its form."""
    profile = {k: v for k, v in profile.items() if isinstance(v, str | int | None)}
    fits = SCHEMA.is_valid(profile)
    try:
        MODEL.model_validate(profile)
    except ValidationError:
        return
    assert fits


def test_a_value_has_one_form() -> None:
    """However it was given, it comes out as text."""
    for income in ("1091.7", "1091.700", Decimal("1091.7")):
        assert dict(MODEL.model_validate({"income": income}))["income"] == "1091.70"
    assert dict(MODEL.model_validate({"income": 5}))["income"] == "5.00"
    day = MODEL.model_validate({"born": date(1958, 12, 31), "points": np.int64(7)})
    assert day.model_dump(exclude_none=True) == {"born": "1958-12-31", "points": 7}
    some = MODEL.model_validate({"income": {"between": [Decimal(1), None]}})
    assert json.loads(some.model_dump_json(exclude_none=True)) == {
        "income": {"between": ["1", None]}
    }
    assert Engine(MONEY).classify(day).verdicts["card"].outcome == "senior"


@pytest.mark.parametrize(
    ("field", "given", "message"),
    [
        ("income", 1091.71, "as text or as Decimal: a float is not exact"),
        ("income", "77777777.77", "must be a number from 0.00 to 10000000.00"),
        ("born", datetime.fromisoformat("1958-12-31"), "must be a date from 1900-01-01"),
        ("born", "07-07-1977", "must be a date from 1900-01-01"),
        ("points", 7 * 10**15, "must be a whole number from"),
    ],
)
def test_no_error_holds_what_was_given(field: str, given: object, message: str) -> None:
    """It says what is allowed."""
    with pytest.raises(ValidationError, match=message) as caught:
        MODEL.model_validate({field: given})
    assert str(given) not in f"{caught.value}{caught.value.errors()}{caught.value.json()}"


def test_the_schema_of_an_amount_and_a_day() -> None:
    """A pattern with the places, whole numbers within the bounds, and the format of a date."""
    fields = profile_json_schema(MONEY)["properties"]
    text, whole = fields["income"]["anyOf"][0]["anyOf"]
    assert text == {"type": "string", "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,2}0{0,14})?$"}
    assert whole == {"type": "integer", "minimum": 0, "maximum": 10**7}
    assert fields["born"]["anyOf"][0] == {
        "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    }  # fmt: skip
    jsonschema.Draft202012Validator.check_schema(profile_json_schema(MONEY))
