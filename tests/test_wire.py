"""Whatever goes over a wire comes back as it was, is what its schema says, and tells no value."""

from __future__ import annotations

import gc
import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from api.schemas import CLASSES, path_of, text_of
from dossier.observed import SMALL, TODAY, observations
from examples import examples
from generated import states
from record.recorded import AT, PROFILE, engines
from routeengine import Engine, Result, RuleSet
from routeengine.departure import Departure
from routeengine.dossier import Dossier, DossierProfile
from routeengine.errors import UsageError, WireError
from routeengine.interview import Interview
from routeengine.progression import Moment, history, progress
from routeengine.result import Verdict
from routeengine.wire import Wire
from test_engine import as_profile

VALIDATORS = {
    cls: jsonschema.Draft202012Validator(json.loads(path_of(name).read_text(encoding="utf-8")))
    for name, cls in CLASSES.items()
}


def over_a_wire(one: Wire) -> Any:
    """Send it: as JSON text, held to its schema, by pydantic too."""
    data = one.to_dict()
    text = json.dumps(data, allow_nan=False)
    VALIDATORS[type(one)].validate(data)
    adapter = TypeAdapter[Any](type(one))
    assert json.loads(adapter.dump_json(one)) == data
    assert adapter.validate_json(text) == one
    assert adapter.validate_python(one) is one
    again = type(one).from_dict(json.loads(text))
    assert again.to_dict() == data
    assert repr(again) == repr(one)
    return again


@pytest.mark.parametrize("name", CLASSES)
def test_schemas_are_up_to_date(name: str) -> None:
    """If this fails: python tests/api/schemas.py."""
    assert path_of(name).read_text(encoding="utf-8") == text_of(name)
    jsonschema.Draft202012Validator.check_schema(json.loads(text_of(name)))


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_what_an_engine_gives_comes_back_as_it_was(data: st.DataObject) -> None:
    """Of any rule set and whatever is known; what is missing too."""
    engine = data.draw(engines())
    ruleset = engine.ruleset
    profiles = states(ruleset).map(lambda state: as_profile(ruleset, state))
    before, after = data.draw(profiles), data.draw(profiles)
    result = engine.classify({"client_id": "Ren\u00e9", **before})
    assert over_a_wire(result) == result
    assert engine.explain(over_a_wire(result), ruleset.languages[0]) == engine.explain(
        result, ruleset.languages[0]
    )
    for verdict in result.verdicts.values():
        assert over_a_wire(verdict) == verdict
    what_if = engine.what_if(before, after)
    assert over_a_wire(what_if) == what_if
    assert over_a_wire(what_if.change) == what_if.change
    decision = data.draw(st.sampled_from(ruleset.decisions))
    for found in engine.changes_to(before, decision.id, data.draw(st.sampled_from(decision.keys))):
        assert over_a_wire(found) == found
    interview = Interview(engine, before)
    for answer in (None, {"declined": True}):
        assert over_a_wire(interview) == interview
        assert hash(over_a_wire(interview)) == hash(interview)
        if interview.question is None:
            break
        interview = interview.answer(answer)
    record = engine.record(result, AT, embed=data.draw(st.booleans()))
    assert record.result == result
    assert type(record.body).from_dict(record.body.to_dict()) == record.body


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(observations(), min_size=1, max_size=5))
def test_a_dossier_and_what_rests_on_it_come_back_as_they_were(some: list[Any]) -> None:
    """The evidence goes along, and so do the flags that it raises; from a record too."""
    engine = Engine(SMALL)
    dossier = Dossier(SMALL, some, as_of=TODAY, client_id="c1")
    assert over_a_wire(dossier) == dossier
    for one in some:
        assert over_a_wire(one) == one
    result = engine.classify(dossier.profile())
    for again in (over_a_wire(result), engine.record(result, AT).result):
        assert again == result
        assert (again.flags, again.provenance) == (result.flags, result.provenance)
        assert isinstance(again.profile, DossierProfile)
        assert again.profile.evidence == dossier.profile().evidence


def test_a_client_over_time_comes_back_as_it_was(engine: Engine) -> None:
    """Progress, a history and a departure."""
    moments = [
        Moment(date(2024, 1, 1), engine.classify(PROFILE)),
        Moment(date(2024, 9, 1), engine.classify({**PROFILE, "rung": 1}), chosen="B"),
    ]
    one, whole = progress(engine.ruleset, *moments), history(engine.ruleset, moments)
    assert over_a_wire(one) == one
    assert over_a_wire(whole) == whole
    departure = Departure("route", "B", "teamleider", "zij rust wil", date(2024, 5, 6))
    assert over_a_wire(departure) == departure


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"engine": 7}, "engine: must be string"),
        ({"profile": {"rung": [2]}},
         "profile.rung: must be boolean or integer or null or object or string"),
        ({"profile": {"rung": {"about": 2}}},
         "profile.rung: must be a value or a form of partial knowledge"),
        ({"profile": {"rung": 2.5}},
         "profile.rung: must be boolean or integer or null or object or string"),
        ({"flags": ("x",)}, "flags: must be array"),
        ({"flags_of_dossier": ["x"]}, "the data: contradicts itself, or is of no client"),
        ({"client_id": " c"}, "the data: contradicts itself, or is of no client"),
        ({"more": 1}, "more: is not known here"),
        ({"verdicts": {"route": {}}}, "verdicts.route.decision: is missing"),
    ],
)  # fmt: skip
def test_other_data_is_refused_by_its_place(
    engine: Engine, change: dict[str, Any], message: str
) -> None:
    """And without its values: also by pydantic, which would show what it was given."""
    data = engine.classify({"finances": "serious"}).to_dict() | change
    with pytest.raises(WireError) as caught:
        Result.from_dict(data)
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Result).validate_python(data)
    assert "serious" not in str(refused.value) + str(refused.value.errors())
    assert refused.value.errors()[0]["msg"] == message.partition(": ")[2]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_changed_data_is_refused_or_is_what_comes_back(data: st.DataObject) -> None:
    """Whatever stands anywhere in it: nothing is lost in silence, and no other error is raised."""
    profile = Dossier(SMALL, data.draw(st.lists(observations(), max_size=2)), as_of=TODAY).profile()
    engine = Engine(SMALL)
    changed = data.draw(
        st.sampled_from([profile, {"client_id": "c1"}]).map(engine.classify)
    ).to_dict()
    part: Any = changed
    while True:
        key = data.draw(st.sampled_from(list(range(len(part)) if isinstance(part, list) else part)))
        if not isinstance(part[key], dict | list) or not part[key] or data.draw(st.booleans()):
            break
        part = part[key]
    part[key] = data.draw(JSON)
    with suppress(WireError):
        assert Result.from_dict(changed).to_dict() == changed


def test_a_result_that_was_changed_on_its_way_is_not_explained(engine: Engine) -> None:
    """What is explained is what the rules say."""
    data = engine.classify(PROFILE).to_dict()
    data["verdicts"]["route"]["outcome"] = "D"
    with pytest.raises(UsageError, match="not what its rules give"):
        engine.explain(Result.from_dict(data))


@pytest.mark.parametrize("data", [None, [], "serious", 7])
def test_what_is_no_object_is_refused(data: Any) -> None:
    """In the same way."""
    with pytest.raises(WireError, match=r"^the data: must be object$"):
        Verdict.from_dict(data)


def test_rules_are_found_by_their_name_or_given(rijswijk: RuleSet) -> None:
    """A dossier and an interview name their rule set: it has to be at hand."""
    other = replace(rijswijk, version="9.9.9")
    engine = Engine(other)
    dossier = Dossier(other, as_of=TODAY).to_dict()
    interview = Interview(engine, {"rung": 2}).to_dict()
    assert Dossier.from_dict(dossier).ruleset is other
    assert Interview.from_dict(interview).question == interview["question"]
    del engine, other
    gc.collect()
    with pytest.raises(UsageError, match=r"`rijswijk-2023 9.9.9` is not in use here"):
        Dossier.from_dict(dossier)
    with pytest.raises(UsageError, match=r"no engine of the rule set `rijswijk-2023 9.9.9`"):
        Interview.from_dict(interview)
    with pytest.raises(ValidationError, match="is not in use here"):
        TypeAdapter(Dossier).validate_python(dossier)
    assert Dossier.from_dict(dossier, rijswijk).ruleset is rijswijk
    assert Interview.from_dict(interview, Engine(rijswijk)).to_dict()["asked"] == []
    with pytest.raises(WireError, match="as_of: must be a date in ISO 8601"):
        Dossier.from_dict(dossier | {"as_of": "soon"}, rijswijk)


def test_an_engine_is_found_though_an_equal_one_went(rijswijk: RuleSet) -> None:
    """Whichever of two was built last: what is still held is there."""
    other = replace(rijswijk, version="9.9.8")
    for first_goes in (True, False):
        held = [Engine(other), Engine(other)]
        interview = Interview(held[0], {"rung": 2}).to_dict()
        held.pop(0 if first_goes else 1)
        gc.collect()
        assert Interview.from_dict(interview).to_dict() == interview


@pytest.mark.gate
def test_a_pool_of_processes_builds_an_engine_once(rijswijk: RuleSet) -> None:
    """However often the engine is sent there; here it is the engine itself that comes back."""
    engine = Engine(replace(rijswijk, version="9.9.7"))
    assert pickle.loads(pickle.dumps(engine)) is engine
    profiles = [{"rung": 2, "client_id": f"c{number}"} for number in range(6)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(engine.classify, profiles))
        assert len(set(pool.map(identity, [engine] * 6))) == 1
    assert results == engine.classify_many(profiles)


def identity(engine: Engine) -> int:
    """Tell one engine of a process from another."""
    return id(engine)
