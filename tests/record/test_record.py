"""Records: what stands in them, that they are whole, and who wrote them."""

from __future__ import annotations

import hashlib
import hmac
import json
import pickle
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from examples import examples
from generated import states
from record.recorded import AT, PROFILE, changed, engines, records, resealed
from routeengine import DECLINED, Between, Engine, OneOf, RecordError
from routeengine.dossier import Dossier, Observation
from routeengine.errors import UsageError
from routeengine.profile import Conflicting
from routeengine.record import Record, Signature
from routeengine.record.canonical import LARGEST
from routeengine.record.document import seal
from routeengine.ruleset.model import RuleSet
from test_engine import as_profile

KEY = b"only for tests"


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, engine: Engine) -> None:
    """A record holds all that was known of a client; a file that is there keeps its mode."""
    record = engine.record(engine.classify(PROFILE), AT)
    (tmp_path / "old").touch()
    (tmp_path / "old").chmod(0o640)
    for name, mode in (("new", 0o600), ("old", 0o640)):
        record.write(tmp_path / name)
        assert Record.read(tmp_path / name) == record
        assert (tmp_path / name).stat().st_mode & 0o777 == mode


def sign(body: bytes) -> Signature:
    """Sign with a key that both sides have."""
    return Signature("hmac-sha256", "key 1", hmac.new(KEY, body, hashlib.sha256).hexdigest())


def verify(body: bytes, signature: Signature) -> bool:
    """Check such a signature."""
    return hmac.compare_digest(sign(body).value, signature.value)


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(engines(), st.data())
def test_a_record_says_what_the_engine_said(engine: Engine, data: st.DataObject) -> None:
    """Input, verdicts, flags and rule set come back from the record as they were."""
    profile = as_profile(engine.ruleset, data.draw(states(engine.ruleset)))
    result = engine.classify(profile)
    record = engine.record(result, AT)
    body = Record(record.data).body
    assert body.facts == profile
    assert body.at == AT
    assert (body.flags, body.flags_possible) == (result.flags, result.flags_possible)
    assert body.ruleset == engine.reference
    assert body.rules == engine.ruleset
    for name, verdict in result.verdicts.items():
        entry = body.verdicts[name]
        for field in entry.__dataclass_fields__:
            assert getattr(entry, field) == getattr(verdict, field)
    again = Engine(body.rules).classify(body.profile) if body.rules else None
    assert again is not None
    assert again.answer == result.answer


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(engines(), st.data())
def test_the_trace_is_the_exact_truth(engine: Engine, data: st.DataObject) -> None:
    """Each criterion, rule and flag has the truth that a closer look gives."""
    profile = as_profile(engine.ruleset, data.draw(states(engine.ruleset)))
    trace = engine.record(engine.classify(profile), AT).body.trace
    closer = Engine(engine.ruleset, executor="reference")
    reference = closer.record(closer.classify(profile), AT).body.trace
    assert trace == reference
    assert trace.rules.keys() == engine.ruleset.rule.keys()
    assert trace.criteria.keys() == engine.ruleset.criterion.keys()


def test_the_same_classification_has_the_same_bytes(engine: Engine) -> None:
    """Nothing but what was given goes into a record: no clock, no chance, no order of keys."""
    one = engine.record(engine.classify(PROFILE), AT, asked_by="intake")
    other = engine.record(engine.classify(dict(reversed(PROFILE.items()))), AT, asked_by="intake")
    assert one == other
    assert one.sha256 == other.sha256 == json.loads(one.data)["sha256"]
    assert one.body.asked_by == "intake"
    assert one.body.client_id == "c1"
    assert "client_id" not in one.body.facts


def test_what_is_known_in_part_has_a_form(engine: Engine) -> None:
    """The four forms of partial knowledge stand in JSON, and come back."""
    profile = {
        "finances": OneOf(["mild", "serious"]),
        "prognosis_months": Between(12, None),
        "willing": DECLINED,
        "current_service": Conflicting(["wsp", "participation"]),
        "rung": None,
    }
    record = engine.record(engine.classify(profile), AT)
    assert json.loads(record.data)["body"]["facts"] == {
        "finances": {"one_of": ["mild", "serious"]},
        "prognosis_months": {"between": [12, None]},
        "willing": {"declined": True},
        "current_service": {"conflicting": ["wsp", "participation"]},
        "rung": None,
    }
    assert record.body.facts == profile


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(observations() | observations("debts"), min_size=1, max_size=8))
def test_the_evidence_of_a_dossier_is_recorded(some: list[Any]) -> None:
    """Each observation stands in the record, with source, date, assessor and how it counted."""
    engine = Engine(SMALL)
    profile = Dossier(SMALL, some, as_of=TODAY).profile()
    record = engine.record(engine.classify(profile), AT)
    body = record.body
    assert body.flags_of_dossier == profile.flags
    assert body.facts == dict(profile)
    told = {
        (fact, one.value, one.source, one.date, one.assessor)
        for fact, held in body.evidence.items()
        for one in held
    }
    assert told >= {(one.fact, one.value, one.source, one.date, one.assessor) for one in some}
    for fact, held in body.evidence.items():
        weighed = profile.evidence[fact]
        chosen = () if weighed.chosen is None else (weighed.chosen,)
        standing = {"basis": chosen} | {
            name: getattr(weighed, name)
            for name in ("conflicting", "agreeing", "superseded", "declined")
        }
        # What the fact rests on stands first, and the rest in this order.
        assert [
            (one.value, one.source, one.date, one.assessor, one.standing, one.stale) for one in held
        ] == [
            (one.value, one.source, one.date, one.assessor, name, one in weighed.stale)
            for name, several in standing.items()
            for one in several
        ]


def test_every_standing_has_its_word() -> None:
    """What counted, agreed, was outdone, declined or stood against another, in that order."""
    old, new = date(2023, 12, 1), date(2024, 1, 1)
    some = [
        Observation("debts", DECLINED, "file", new, "a"),
        Observation("debts", "mild", "file", new, "a"),
        Observation("debts", "serious", "form", old, "a"),
        Observation("debts", "serious", "form", new, "a"),
        Observation("months", 2, "form", new, "a"),
        Observation("months", 3, "form", new, "a"),
    ]
    engine = Engine(SMALL)
    record = engine.record(engine.classify(Dossier(SMALL, some, as_of=TODAY).profile()), AT)
    assert {
        fact: [one.standing for one in held] for fact, held in record.body.evidence.items()
    } == {
        "debts": ["basis", "agreeing", "superseded", "declined"],
        "months": ["conflicting", "conflicting"],
    }


@pytest.mark.parametrize(
    "at",
    [
        datetime(2024, 5, 3, 10),  # noqa: DTZ001  on purpose
        datetime(1900, 1, 1, tzinfo=timezone(timedelta(minutes=19, seconds=32))),
        date(2024, 5, 3),
    ],
)
def test_the_time_says_its_distance_from_utc(engine: Engine, at: Any) -> None:
    """A time without it, or with one that RFC 3339 cannot write, is refused; so is a day."""
    with pytest.raises(RecordError, match=r"^at: must say its distance .*, in whole minutes$"):
        engine.record(engine.classify(PROFILE), at)


def test_the_distance_from_utc_is_kept(engine: Engine) -> None:
    """The time is told as the caller told it, not moved to another zone."""
    at = datetime(2024, 5, 3, 10, 15, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    record = engine.record(engine.classify(PROFILE), at)
    assert b'"at":"2024-05-03T10:15:00+05:45"' in record.data


def test_a_result_of_another_rule_set_is_refused(engine: Engine) -> None:
    """An engine records only what its own rule set answered."""
    other = Engine(replace(engine.ruleset, version="1.0.1"))
    with pytest.raises(UsageError, match="another rule set"):
        engine.record(other.classify(PROFILE), AT)


@pytest.mark.parametrize(
    "asked_by",
    ["secret\ud800", "secret\x1b[2J", "sec\u202eret", "secret\nsecret", " ", "secret" * 40],
    ids=ascii,
)
def test_who_asked_is_one_line_of_text(engine: Engine, asked_by: str) -> None:
    """As a client id is; what is refused is not shown."""
    with pytest.raises(RecordError, match=r"^asked_by: must ") as caught:
        engine.record(engine.classify(PROFILE), AT, asked_by=asked_by)
    assert "secret" not in str(caught.value)


def test_what_would_be_too_large_is_not_written() -> None:
    """A record that could not be read again is refused when it is made."""
    with pytest.raises(RecordError, match="leave the rule set out"):
        seal({"text": "x" * LARGEST})


def test_a_record_goes_to_a_file_and_back(engine: Engine, tmp_path: Path) -> None:
    """The file holds just the bytes; a file that is too large is refused unread."""
    record = engine.record(engine.classify(PROFILE), AT)
    file = tmp_path / "c1.json"
    record.write(file)
    assert file.read_bytes() == record.data
    assert Record.read(str(file)) == record
    file.write_bytes(b" " * (LARGEST + 1))
    with pytest.raises(RecordError, match="is larger than"):
        Record.read(file)


def test_nothing_of_the_client_is_shown_by_repr(engine: Engine) -> None:
    """A record, its body and its evidence show no fact when they are printed."""
    record = engine.record(engine.classify(PROFILE), AT)
    for shown in (repr(record), repr(record.body)):
        assert "serious" not in shown


def test_a_record_error_can_be_pickled() -> None:
    """It keeps its fields, as all errors do."""
    error: RecordError = pickle.loads(pickle.dumps(RecordError("is odd", "at", refused=True)))
    assert (error.message, error.path, error.refused) == ("is odd", "at", True)
    assert str(error) == "at: is odd"


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(records(), st.data())
def test_a_signature_shows_who_wrote_it(some: tuple[RuleSet, Record], data: st.DataObject) -> None:
    """A signature is good for the body it was made for, and for no other."""
    body = json.loads(some[1].data)["body"]
    signed = Record(seal(body, sign))
    assert signed.verified(verify)
    assert signed.signature is not None
    # Whoever writes another body can compute the digest, and not the signature.
    forged = json.loads(seal(body | {"asked_by": "somebody else"}))
    forged["signature"] = json.loads(signed.data)["signature"]
    assert not Record(resigned(forged)).verified(verify)
    # Any changed byte is noticed, those of the signature too.
    place = data.draw(st.integers(0, len(signed.data) - 1))
    touched = bytearray(signed.data)
    touched[place] ^= data.draw(st.integers(1, 255))
    with suppress(RecordError):
        assert not Record(bytes(touched)).verified(verify)
    assert not some[1].verified(verify)


def resigned(document: dict[str, Any]) -> bytes:
    """Give the bytes of a document with another signature, and the digest that belongs to it."""
    return seal(document["body"], lambda _: Signature(**document["signature"]))


@pytest.mark.gate
def test_a_touched_record_is_not_read_as_if_it_were_whole(engine: Engine) -> None:
    """Asking a touched record for its body, digest or signature says that it was touched."""
    record = engine.record(engine.classify(PROFILE), AT, sign=sign)
    touched = Record(record.data.replace(b'"rung":2', b'"rung":3'))
    for ask in ("body", "sha256", "signature"):
        assert getattr(record, ask)
        with pytest.raises(RecordError, match="was touched: sha256: is not the digest"):
            getattr(touched, ask)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{}", "must be an object with `body` and `sha256`"),
        (b"[]", "must be an object with `body` and `sha256`"),
        (b'{"body":{},"more":1,"sha256":""}', "has members beside"),
        (b'{"body":[],"sha256":""}', "body: must be object"),
        (b'{"body":{},"sha256":"","signature":null}', "signature: must be object"),
        (b'{"body":{},"sha256":1}', "was touched"),
        (resealed({}), "form: is missing"),
        (resealed({"form": "routeengine/record/2"}), "form: must be one of `routeengine/record/1`"),
    ],
)
def test_what_is_no_record_is_refused(data: bytes, message: str) -> None:
    """One clear error each."""
    with pytest.raises(RecordError) as caught:
        _ = Record(data).body
    assert message in str(caught.value)


def test_a_whole_record_with_an_odd_field_is_refused(engine: Engine) -> None:
    """A digest that is right does not make up for a field that is wrong."""
    record = engine.record(engine.classify(PROFILE), AT)
    with pytest.raises(RecordError, match=r"facts\.rung: must be a value or a form"):
        _ = Record(changed(record, facts={"rung": {"about": 2}})).body
    with pytest.raises(RecordError, match="flags: must be array"):
        _ = Record(changed(record, flags="rung_check")).body
