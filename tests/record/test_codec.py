"""Typed data as JSON: it comes back as it was, and nothing else is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL
from examples import examples
from generated import rulesets, wide_domains
from record.recorded import AT
from routeengine import RecordError
from routeengine.codec import VALUES, form_of
from routeengine.record.canonical import canonical
from routeengine.record.find import check_embedded
from routeengine.ruleset.digest import reference
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import ValueSet, set_of_bits

RULES = form_of(RuleSet)


def again(ruleset: RuleSet) -> RuleSet:
    """Write a rule set as canonical bytes, and read it."""
    back: RuleSet = RULES.read(json.loads(canonical(RULES.write(ruleset))), "rules")
    return back


@settings(max_examples=examples(80), deadline=None)
@given(rulesets(of=wide_domains))
def test_a_rule_set_comes_back_from_plain_data(ruleset: RuleSet) -> None:
    """The rule set that is read is equal to the one that was written, and sound."""
    back = again(ruleset)
    assert back == ruleset
    assert reference(back) == reference(ruleset)
    check_embedded(back)


def test_shipped_and_odd_rule_sets_come_back(rijswijk: RuleSet) -> None:
    """Labels of values, dates, evidence and all else that rule files can say come back."""
    for ruleset in (rijswijk, SMALL):
        assert again(ruleset) == ruleset
        assert reference(again(ruleset)) == reference(ruleset)


@given(st.integers(0, 2**52 - 1).map(set_of_bits))
def test_sets_of_numbers_come_back(values: ValueSet) -> None:
    """A set of numbers is written as runs, so that it stays small, and read back."""
    assert VALUES.read(VALUES.write(values), "") == values


@dataclass(frozen=True)
class One:
    """A form of its own."""

    number: int


@dataclass(frozen=True)
class Other:
    """Another, with the same field."""

    number: int


@dataclass(frozen=True)
class Everything:
    """Every form at once."""

    text: str
    yes: bool
    maybe: int | None
    day: date | None
    moment: datetime
    choice: Literal["a", "b"]
    many: tuple[int, ...]
    named: Mapping[str, bool]
    paired: Mapping[Value, str]
    either: One | Other | None
    single: str | One
    added: int = 0


FORM = form_of(Everything)
WHOLE = Everything(
    "t", True, None, date(2024, 1, 31), AT, "a", (1, 2), {"k": False},
    {True: "x", "1": "x", "true": "y"}, Other(1), One(2), 3,
)  # fmt: skip
DATA = FORM.write(WHOLE)


def test_every_form_comes_back() -> None:
    """Each form is written as JSON and read back as it was."""
    assert FORM.read(json.loads(json.dumps(DATA)), "") == WHOLE
    assert DATA["either"] == {"is": "Other", "number": 1}
    assert DATA["single"] == {"number": 2}
    assert FORM.read(DATA | {"single": "s", "either": None, "maybe": 4, "day": None}, "")


def test_a_field_that_came_later_may_be_absent() -> None:
    """What has a default may be left out, so that older records can still be read."""
    del (data := deepcopy(DATA))["added"]
    assert FORM.read(data, "").added == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": 1}, "text: must be string"),
        ({"yes": 1}, "yes: must be boolean"),
        ({"maybe": True}, "maybe: must be integer or null"),
        ({"day": "2024-02-30"}, "day: must be a date in ISO 8601"),
        ({"day": "20240131"}, "day: must be a date in ISO 8601"),
        ({"moment": "2024-05-03T08:15:00"}, "moment: must say its distance from UTC"),
        ({"moment": "2024-05-03T08:15:00Z"}, "moment: must be a moment in ISO 8601"),
        ({"moment": "noon"}, "moment: must be a moment in ISO 8601"),
        ({"choice": "c"}, "choice: must be one of `a`, `b`"),
        ({"many": {}}, "many: must be array"),
        ({"many": [1, "2"]}, "many[1]: must be integer"),
        ({"named": {"k": 0}}, "named.k: must be boolean"),
        ({"named": {"a b\x1b": 0}}, "named.(key): must be boolean"),
        ({"paired": [["a"]]}, "paired[0]: must be a pair"),
        ({"paired": ["ab"]}, "paired[0]: must be a pair"),
        ({"paired": [["a", "x"], ["a", "x"]]}, "paired: has a key that appears twice"),
        ({"either": {"number": 1}}, "either.is: must be one of `One`, `Other`"),
        ({"either": {"is": ["One"]}}, "either.is: must be one of `One`, `Other`"),
        ({"either": {"is": "One", "number": 1, "more": 1}}, "either.more: is not known here"),
        ({"either": 1}, "either: must be null or object"),
        ({"single": {"is": "One", "number": 1}}, "single.is: is not known here"),
        ({"single": {}}, "single.number: is missing"),
    ],
)
def test_any_other_form_is_refused_by_its_place(change: dict[str, Any], error: str) -> None:
    """The message names the place and what is allowed, never what stood there."""
    with pytest.raises(RecordError) as caught:
        FORM.read(DATA | change, "")
    assert str(caught.value) == error


@pytest.mark.parametrize(
    "data",
    [
        {},
        [1],
        [[1]],
        [[1, "2"]],
        [[2, 1]],
        [[-1, 1]],
        [[0, 1], [2, 3]],
        [[3, 4], [0, 1]],
        [[0, 10**17]],
    ],
)
def test_runs_have_one_spelling(data: Any) -> None:
    """Runs that overlap, touch, stand out of order or reach too far are refused."""
    with pytest.raises(RecordError):
        VALUES.read(data, "allowed")


def test_a_type_without_a_form_is_said() -> None:
    """A field of a type that JSON has no form for is a fault of the programmer."""
    with pytest.raises(TypeError, match="no form for"):
        form_of(complex)
    with pytest.raises(TypeError, match="no form for"):
        form_of(list[int])
