"""What programs give: every way to write it is read as one, or refused with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import Enum, IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import states
from record.recorded import engines
from routeengine import DECLINED, Between, Engine, OneOf, ProfileError
from routeengine.errors import DossierError, UsageError
from routeengine.observation import Observation
from routeengine.profile import Conflicting, encode_knowledge
from routeengine.progression import Moment, compare, history, progress
from test_engine import as_profile


class Rung(IntEnum):
    """Whole numbers with names."""

    SECOND = 2


class Finances(StrEnum):
    """Texts with names."""

    MILD = "mild"


class Able(Enum):
    """Truth values with names."""

    YES = True


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_the_json_forms_are_those_of_python(data: st.DataObject) -> None:
    """Answers do not depend on which of both was given, and neither does what is kept of it."""
    engine = data.draw(engines())
    profile = as_profile(engine.ruleset, data.draw(states(engine.ruleset)))
    written = {name: encode_knowledge(value) for name, value in profile.items()}
    assert engine.classify(written) == engine.classify(profile)
    changed = engine.what_if({}, written).result
    assert changed.answer == engine.what_if({}, profile).result.answer


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"rung": np.int64(2)}, {"rung": 2}),
        ({"rung": np.uint8(2)}, {"rung": 2}),
        ({"rung": np.array(2)}, {"rung": 2}),
        ({"able_to_participate": np.True_}, {"able_to_participate": True}),
        ({"finances": np.str_("mild")}, {"finances": "mild"}),
        ({"rung": Rung.SECOND}, {"rung": 2}),
        ({"finances": Finances.MILD}, {"finances": "mild"}),
        ({"able_to_participate": Able.YES}, {"able_to_participate": True}),
        ({"finances": OneOf([Finances.MILD, np.str_("none")])},
         {"finances": OneOf(["mild", "none"])}),
        ({"rung": Between(Rung.SECOND, None)}, {"rung": Between(2, None)}),
        ({"rung": {"between": [None, np.int8(2)]}}, {"rung": Between(None, 2)}),
        ({"finances": {"conflicting": [Finances.MILD, "none"]}},
         {"finances": Conflicting(["mild", "none"])}),
        ({"finances": {"declined": True}}, {"finances": DECLINED}),
    ],
)  # fmt: skip
def test_scalars_of_other_libraries_are_values(
    engine: Engine, given: dict[str, Any], plain: dict[str, Any]
) -> None:
    """They stand for a value of Python, and it is that which is kept."""
    for result in (engine.classify(given), engine.what_if({}, given).result):
        assert result.profile == plain
        assert [type(one) for one in result.profile.values()] == [
            type(one) for one in plain.values()
        ]
    found = engine.changes_to(plain, "route", "A", 1)
    assert engine.changes_to(given, "route", "A", 1) == found
    ((fact, value),) = given.items()
    observation = Observation(fact, value, "conversation", date(2024, 1, 1), "consultant")
    assert observation.value == plain[fact]


IN_PART = 'known in part it is {"one_of": [...]} or'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rung": 2.0}, "rung: must be a whole number from 1 to 6"),
        ({"rung": True}, "rung: must be a whole number from 1 to 6"),
        ({"rung": [1, 2]},
         ("rung: must be a whole number from 1 to 6; "
          f'{IN_PART} {{"between": [low, high]}} or {{"declined": true}}')),
        ({"willing": {"declined": 1}},
         f'willing: must be true or false; {IN_PART} {{"declined": true}}'),
        ({"rungg": 2}, "rungg: is no fact of the rule set `rijswijk-2023` (did you mean `rung`?)"),
        ({"clientid": "x"},
         "clientid: is no fact of the rule set `rijswijk-2023` (did you mean `client_id`?)"),
        ({"123456782": "x"}, "(key 1): is no fact of the rule set `rijswijk-2023`"),
    ],
)  # fmt: skip
def test_what_is_refused_has_its_reason(
    engine: Engine, given: dict[str, Any], message: str
) -> None:
    """The field, what is allowed and how to write what is known in part; never the value."""
    with pytest.raises(ProfileError) as caught:
        engine.classify(given)
    assert str(caught.value) == message
    with pytest.raises(ProfileError) as caught:
        engine.classify_many([{}, given])
    assert (str(caught.value), caught.value.position) == (f"profile 1: {message}", 1)
    assert caught.value.faults[0].field == message.split(":", maxsplit=1)[0]


def test_a_message_stays_short_and_the_error_has_all(engine: Engine) -> None:
    """A profile that is something else altogether does not fill a log, nor take long."""
    with pytest.raises(ProfileError) as caught:
        engine.classify(dict.fromkeys((f"fact_{n}" for n in range(20_000)), 1))
    assert len(caught.value.faults) == 20_000
    assert len(str(caught.value)) < 10_000
    assert str(caught.value).endswith("; and 19900 more")


def test_results_of_different_clients_are_not_held_against_each_other(engine: Engine) -> None:
    """What differs between two people is no change; a result without an id may be anybody's."""
    one, other, nobody = (engine.classify({"client_id": name}) for name in ("a", "b", None))
    moments = [Moment(date(2024, 1, 1), one), Moment(date(2024, 2, 1), other)]
    with pytest.raises(UsageError, match="different clients"):
        compare(engine, one, other)
    with pytest.raises(UsageError, match="name another client"):
        engine.what_if(one, {"client_id": "b"})
    with pytest.raises(DossierError, match="item 2: result: is of another client"):
        progress(engine.ruleset, *moments)
    with pytest.raises(DossierError, match="item 2: result: is of another client"):
        history(engine.ruleset, moments)
    assert not compare(engine, one, nobody).facts
    assert not engine.what_if(one, {"client_id": "a"}).change.facts


def test_changes_are_of_a_result_of_these_rules(engine: Engine) -> None:
    """As an explanation is."""
    result = Engine(replace(engine.ruleset, version="0.0.1")).classify({})
    with pytest.raises(UsageError, match="not of this engine's"):
        engine.changes_to(result, "route", "A")
