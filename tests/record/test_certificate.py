"""A record can carry a certificate of its advice: it is checked, and nothing else moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.made import a_ruleset
from examples import examples
from loading.small import small
from portable.spoiled import spoil
from portable.test_certificates import a_few_profiles, a_profile
from portable.truth_of import Enumerated
from record.recorded import AT, certified, changed
from record.test_schema import VALIDATOR
from routeengine import DECLINED, Engine, Explanation, RecordError, load_ruleset, replay
from routeengine.portable import AdviceCertifier, certify, export_rules
from routeengine.record import Record
from routeengine.record.canonical import canonical
from routeengine.ruleset.model import RuleSet

KNOWN: dict[str, Any] = {"age": 30, "willing": True, "debt": "none"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Give an engine of small rules: a module of which all is quick."""
    return Engine(small())


@pytest.fixture(scope="module")
def record(engine: Engine) -> Record:
    """Record advice with its certificate."""
    return engine.record(engine.classify(KNOWN), AT, certificate=True)


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(certified())
def test_a_certificate_comes_back_and_moves_nothing(two: tuple[Record, Record]) -> None:
    """It is the only key that is new; the record is read, replayed, and the same in bytes."""
    plain, record = two
    body = record.body
    certificate = body.certificate
    assert certificate is not None
    rules = plain.body.rules
    assert replace(body, certificate=None) == plain.body
    document = json.loads(record.data)
    assert document["body"].pop("certificate") == certificate
    assert document["body"] == json.loads(plain.data)["body"]
    assert type(body).from_dict(body.to_dict()) == body
    assert canonical(body.to_dict()) in record.data
    if rules is not None:
        VALIDATOR.validate(json.loads(record.data))
        found = replay(record)
        assert (found.differences, found.notes) == ((), ())
        assert Engine(rules, "reference").replay(record).same


def test_no_record_has_one_unless_it_is_asked_for(engine: Engine, record: Record) -> None:
    """So records of before, their digests and their replays are what they were."""
    plain = engine.record(engine.classify(KNOWN), AT)
    assert b"certificate" not in plain.data
    assert plain.body.certificate is None
    assert engine.replay(plain).same
    assert changed(record, certificate=None) != plain.data
    assert engine.replay(changed(record, certificate=None)).same


def test_an_explanation_carries_one_where_it_is_asked_for(engine: Engine) -> None:
    """The same as a record does, through JSON too; not in short."""
    result = engine.classify(KNOWN)
    certificate = engine.record(result, AT, certificate=True).body.certificate
    assert certificate == AdviceCertifier(engine).certify(result)
    explanation = replace(engine.explain(result), certificate=certificate)
    text = explanation.model_dump_json()
    assert json.loads(text)["certificate"] == certificate
    assert Explanation.model_validate_json(text) == explanation
    assert "certificate" not in json.loads(explanation.model_dump_json(short=True))


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.integers(0, 999), st.randoms(use_true_random=False))
def test_a_spoiled_certificate_is_refused_or_so(seed: int, draw: Random) -> None:
    """Digests put right: a replay tells that it does not fit, or all it claims is so regardless."""
    ruleset = a_few_profiles(Random(seed), a_ruleset)
    engine = Engine(ruleset)
    result = engine.classify(a_profile(Random(seed), ruleset))
    record = engine.record(result, AT, certificate=True)
    good = record.body.certificate
    assert good is not None
    certificate: Any = spoil(draw, {"certificate": good})["certificate"]
    assume(certificate != good)
    try:
        found = engine.replay(changed(record, certificate=certificate))
    except RecordError:
        return  # it is no object, or no number of JSON
    if not found.same:
        assert {one.kind for one in found.differences} == {"certificate"}
        return
    every, claims = Enumerated(json.loads(export_rules(ruleset))), certificate["explanations"]
    assert all(map(every.is_explained, claims))
    assert len(claims) + len(found.notes) == len(ruleset.decisions)


def of_another_client(engine: Engine, _: Any) -> Any:
    """Certify what somebody else is advised: right by itself, and not of this record."""
    return AdviceCertifier(engine).certify({**KNOWN, "age": 3})


def of_other_rules(engine: Engine, _: Any) -> Any:
    """Certify the same advice, by rules of another version."""
    return AdviceCertifier(Engine(replace(engine.ruleset, version="9.9.9"))).certify(KNOWN)


def of_rules(engine: Engine, _: Any) -> Any:
    """Certify the rules, and no advice."""
    return json.loads(certify(engine.ruleset).certificate)


def less(_: Engine, certificate: Any) -> Any:
    """Leave a decision out, and do not say so."""
    return {**certificate, "explanations": certificate["explanations"][1:]}


def twice(_: Engine, certificate: Any) -> Any:
    """Say one thing twice."""
    return {**certificate, "explanations": certificate["explanations"] * 2}


def without_witness(_: Engine, certificate: Any) -> Any:
    """Leave out what shows that an outcome is possible."""
    spoiled = deepcopy(certificate)
    spoiled["explanations"][0]["witnesses"] = {}
    return spoiled


def not_enough(_: Engine, certificate: Any) -> Any:
    """Give no reason."""
    spoiled = deepcopy(certificate)
    spoiled["explanations"][0].update(because=[], tree=0, minimal={})
    return spoiled


SPOILED: list[tuple[Callable[[Engine, Any], Any], str]] = [
    (of_another_client, "is of other advice"),
    (of_other_rules, "is of other rules"),
    (of_rules, "is not one of advice"),
    (less, "is of less advice"),
    (twice, "is of other advice"),
    (without_witness, "is refused: there is no `"),
    (not_enough, "is refused: the reason is not enough"),
    (lambda *_: {}, "is of other rules"),
]


@pytest.mark.gate
@pytest.mark.parametrize(("make", "message"), SPOILED)
def test_a_certificate_that_does_not_fit_is_told(
    engine: Engine, record: Record, make: Callable[[Engine, Any], Any], message: str
) -> None:
    """In a record that is whole: its digest was put right, and nothing else differs."""
    spoiled = changed(record, certificate=make(engine, record.body.certificate))
    for found in (engine.replay(spoiled), replay(spoiled)):
        (told,) = found.differences
        assert (told.path, told.kind) == ("certificate", "certificate")
        assert told.message.startswith(message)


def test_what_a_certificate_leaves_out_is_a_note(engine: Engine, record: Record) -> None:
    """It is named in it, as of advice that is not exact."""
    certificate: Any = deepcopy(record.body.certificate)
    name = certificate["explanations"].pop(0)["decision"]
    certificate["too_large"] = [f"advice on {name}"]
    found = engine.replay(changed(record, certificate=certificate))
    assert found.same
    assert [str(note) for note in found.notes] == [f"certificate: says nothing of `{name}`"]


def test_mended_texts_leave_a_certificate_unchecked(engine: Engine, record: Record) -> None:
    """It counts values as the rules then declared them: a note says so, and not that it fits."""
    mended = replace(engine.ruleset, version="9.9.9")
    for certificate in (record.body.certificate, {}):
        found = replay(changed(record, certificate=certificate), mended)
        assert found.same
        assert [note.kind for note in found.notes] == ["texts", "certificate"]
        said = "is of the rules as they were, and was not checked by these"
        assert found.notes[1].message == said


def test_facts_that_clash_have_their_certificate() -> None:
    """Nothing is possible there, in the record as in the certificate."""
    draw = Random(21)
    while True:
        ruleset: RuleSet = a_few_profiles(draw, a_ruleset)
        engine = Engine(ruleset)
        result = engine.classify(a_profile(draw, ruleset))
        if any(one.reason == "contradiction" for one in result.verdicts.values()):
            break
    assert engine.replay(engine.record(result, AT, certificate=True)).same


@pytest.mark.gate
def test_a_record_of_the_shipped_rules_carries_one() -> None:
    """With what is unknown, declined and known in part; it grows by less than a tenth."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    result = engine.classify({"client_id": "c1", "rung": 2, "willing": DECLINED})
    record = engine.record(result, AT, certificate=True)
    assert engine.replay(record).same
    assert len(record.data) < 1.1 * len(engine.record(result, AT).data)
