"""The pydantic model of a profile, and its JSON Schema."""

from __future__ import annotations

import json
from dataclasses import replace
from traceback import format_exception
from types import GenericAlias
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from caseload.small import RULES
from routeengine.engine import Engine
from routeengine.errors import LanguageError, ProfileError
from routeengine.profile import (
    DECLINED,
    Between,
    Conflicting,
    Knowledge,
    OneOf,
    decode_knowledge,
    encode_knowledge,
    read_profile,
)
from routeengine.profile_model import profile_json_schema, profile_model

MODEL = profile_model(RULES)
ENGINE = Engine(RULES)

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 250),
    st.sampled_from(["none", "mild", "serious", "ja", "2", ""]),
    st.floats(allow_nan=False),
)
forms = st.one_of(
    values,
    st.lists(values, max_size=3),
    st.fixed_dictionaries({"one_of": st.lists(values, max_size=3)}),
    st.fixed_dictionaries({"conflicting": st.lists(values, max_size=3)}),
    st.fixed_dictionaries({"between": st.lists(values, max_size=3)}),
    st.fixed_dictionaries({"declined": values}),
    st.dictionaries(st.text(max_size=3), values, max_size=2),
)
profiles = st.dictionaries(
    st.sampled_from(["client_id", "shoe_size", *RULES.fact]), forms, max_size=4
)


def accepted(profile: dict[str, object]) -> bool:
    """Say whether `read_profile` takes a profile in JSON form."""
    try:
        read_profile(RULES, {key: decode_knowledge(value) for key, value in profile.items()})
    except ProfileError:
        return False
    return True


def faults(error: ValidationError) -> list[tuple[str, str]]:
    """Give the fields that an error of pydantic names, each with what is wrong."""
    return [(str(one["loc"][0]), one["msg"]) for one in error.errors()]


@settings(deadline=None)
@given(profiles)
def test_model_takes_what_a_profile_takes(profile: dict[str, object]) -> None:
    """The model accepts just what `read_profile` accepts, and says the same of the rest."""
    if accepted(profile):
        assert read_profile(RULES, dict(MODEL.model_validate(profile)))
        return
    with pytest.raises(ValidationError) as modelled:
        MODEL.model_validate(profile)
    with pytest.raises(ProfileError) as plain:
        read_profile(RULES, {key: decode_knowledge(value) for key, value in profile.items()})
    assert faults(modelled.value) == [(one.field, one.message) for one in plain.value.faults]


@settings(deadline=None)
@given(profiles)
def test_json_goes_in_and_out(profile: dict[str, object]) -> None:
    """What is accepted comes back the same from its own JSON, and fits the schema."""
    if accepted(profile):
        instance = MODEL.model_validate(profile)
        assert MODEL.model_validate_json(instance.model_dump_json()) == instance
        jsonschema.validate(json.loads(instance.model_dump_json()), profile_json_schema(RULES))


@settings(deadline=None)
@given(profiles)
def test_schema_refuses_what_the_model_refuses_by_type(profile: dict[str, object]) -> None:
    """Where the schema says no, so does the model (which knows more: that a range is no range)."""
    schema = jsonschema.Draft202012Validator(profile_json_schema(RULES, "nl"))
    if not schema.is_valid(profile):
        # The other way round it need not hold: JSON Schema takes 2.0 for the integer 2.
        assert not accepted(profile)


@pytest.mark.parametrize(
    "knowledge",
    [None, 2, True, "mild", DECLINED, OneOf((1, 2)), Conflicting((True,)), Between(None, 3)],
)
def test_knowledge_in_json_form(knowledge: Knowledge) -> None:
    """Each form of knowledge comes back from its JSON form."""
    assert decode_knowledge(json.loads(json.dumps(encode_knowledge(knowledge)))) == knowledge


def test_instance_is_classified_as_its_mapping() -> None:
    """The engine takes an instance, partial knowledge included."""
    profile = {"client_id": "c1", "rung": 1, "finances": {"one_of": ["none", "serious"]}}
    instance = MODEL(**profile)
    plain = {"client_id": "c1", "rung": 1, "finances": OneOf(("none", "serious"))}
    assert ENGINE.classify(instance).verdicts == ENGINE.classify(plain).verdicts
    assert ENGINE.classify(instance).client_id == "c1"


def test_a_scalar_of_numpy_is_the_value_that_it_stands_for() -> None:
    """As it is where no model is used."""
    given = {"rung": np.int64(1), "finances": {"one_of": [np.str_("none"), "mild"]}}
    assert dict(MODEL.model_validate(given)).items() >= {"rung": 1}.items()
    assert MODEL.model_validate(given).model_dump()["finances"] == {"one_of": ["none", "mild"]}


def test_instance_is_frozen() -> None:
    """A profile that was checked does not change."""
    (field,) = profile = {"rung": 2}
    with pytest.raises(ValidationError):
        setattr(MODEL.model_validate(profile), field, 3)


MARK = "Zq7marker"


@pytest.mark.parametrize("field", ["client_id", *RULES.fact])
@pytest.mark.parametrize("form", [[MARK], {"one_of": [MARK]}, {MARK: 1}, {"between": [MARK, 1]}])
def test_value_stands_in_no_message(field: str, form: object) -> None:
    """No error holds what was given: not its text, nor what led to it."""
    with pytest.raises(ValidationError) as caught:
        MODEL(**{field: form})
    assert MARK not in f"{caught.value}{caught.value.errors()}{caught.value.json()}"
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"rung": NaN}', '{"rung": 2.0}', "null"])
def test_text_that_is_no_profile(text: str) -> None:
    """JSON that is broken or no object is refused in words."""
    with pytest.raises(ValidationError, match="must be a"):
        MODEL.model_validate_json(text)


def test_schema_has_labels_and_questions() -> None:
    """A form or editor can show what is asked, in the language that was chosen."""
    fact = replace(RULES.facts[0], question={"nl": "Welke trede?", "en": "Which rung?"})
    rules = replace(RULES, facts=(fact, *RULES.facts[1:]))
    rung = profile_json_schema(rules, "nl")["properties"]["rung"]
    assert rung["title"] == "trede"
    assert rung["description"] == "Welke trede? woorden"
    assert profile_json_schema(rules, "en")["properties"]["rung"]["title"] == "rung"
    assert profile_json_schema(rules) == profile_json_schema(rules, "nl")
    turned = replace(rules, languages=("en", "nl"))
    assert profile_json_schema(turned) == profile_json_schema(rules, "en")
    for lang in ("nl", "en"):
        fields = profile_model(rules, lang=lang).model_fields
        assert fields["rung"].title == {"nl": "trede", "en": "rung"}[lang]
    jsonschema.Draft202012Validator.check_schema(profile_json_schema(rules))


def test_unknown_language_is_refused() -> None:
    """A language that the rule set does not have is a mistake of the caller."""
    with pytest.raises(ValueError, match="no words in `fr`: the languages are `nl`, `en`"):
        profile_json_schema(RULES, "fr")
    with pytest.raises(LanguageError, match="no words in `fr`"):
        profile_model(RULES, "fr")


def test_fact_may_have_a_name_that_pydantic_uses() -> None:
    """A fact called `copy` or `schema` is a field like any other."""
    facts = tuple(replace(RULES.facts[0], id=name) for name in ("copy", "schema", "model_dump"))
    model = profile_model(replace(RULES, facts=facts))
    assert dict(model.model_validate({"copy": 2}))["copy"] == 2


FINANCES = {"finances": "must be one of `none`, `mild`, `serious`"}
ONE_LINE = "must be one line of text that can be printed"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"finances": "SECRET"}, FINANCES),
        ({"finances": {"one_of": ["SECRET"]}}, FINANCES),
        ({"finance": "SECRET", "months": "SECRET"},
         {"finance": "is no fact of the rule set `small` (did you mean `finances`?)",
          "months": "must be a whole number from 0 to 240"}),
        ({"client_id": "SECRET\x1b"}, {"client_id": ONE_LINE}),
        ({"client_id": ["SECRET"]}, {"client_id": "must be text"}),
        ({"SECRET 12": 1}, {"(key 1)": "is no fact of the rule set `small`"}),
        (["SECRET"], {"(profile)": "must be a mapping, or a JSON object"}),
    ],
)  # fmt: skip
def test_errors_of_pydantic_hold_no_value(given: Any, errors: dict[str, str]) -> None:
    """Neither as text, as data, as JSON nor in a chain: one error per field, with its reason."""
    model = profile_model(RULES)
    models: Any = GenericAlias(list, (model,))
    adapter = TypeAdapter[Any](models)
    for call in (
        lambda: model.model_validate(given),
        lambda: model.model_validate_json(json.dumps(given)),
        lambda: adapter.validate_python([given]),
        lambda: adapter.validate_json(json.dumps([given])),
    ):
        with pytest.raises(ValidationError) as caught:
            call()
        error = caught.value
        assert {one["loc"][-1]: one["msg"] for one in error.errors()} == errors
        assert {one["input"] for one in error.errors()} == {None}
        told = f"{error}{error.errors()}{error.json()}" + "".join(format_exception(error))
        assert "SECRET" not in told


def test_text_that_is_not_json_is_not_repeated() -> None:
    """It may be a profile that was cut short."""
    with pytest.raises(ValidationError) as caught:
        profile_model(RULES).model_validate_json('{"finances": "SECRET')
    assert "SECRET" not in f"{caught.value}{caught.value.errors()}{caught.value.json()}"


def test_a_key_that_is_no_name_is_not_told() -> None:
    """It may be a value that stands where a name should."""
    for key, name in (("heavily in debt", "(key 1)"), ("naam", "naam")):
        with pytest.raises(ValidationError) as caught:
            MODEL.model_validate({key: True})
        assert faults(caught.value) == [(name, "is no fact of the rule set `small`")]
