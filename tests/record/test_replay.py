"""Replay: the same where nothing changed, and else just what differs."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.observed import SMALL, TODAY, observations
from examples import examples
from families import FAMILIES
from record.recorded import AT, PROFILE, changed, records, resealed
from routeengine import Engine, RecordError, RouteEngineError, __version__, replay
from routeengine.codec import form_of
from routeengine.dossier import Dossier
from routeengine.executors.interface import Inspection
from routeengine.profile import State
from routeengine.record import Record, Signature, find_ruleset
from routeengine.record.canonical import canonical
from routeengine.record.document import seal
from routeengine.result import Reason, Status
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import RuleSet

RULES = form_of(RuleSet)
RIJSWIJK = Path(__file__).parents[2] / "rules" / "rijswijk-2023"


@pytest.fixture(scope="module")
def record(engine: Engine) -> Record:
    """Record one classification, with the rule set inside."""
    return engine.record(engine.classify(PROFILE), AT)


@pytest.fixture(scope="module")
def alone(engine: Engine) -> Record:
    """Record one classification, without the rule set."""
    return engine.record(engine.classify(PROFILE), AT, embed=False)


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(records())
def test_an_untouched_record_is_the_same(some: tuple[RuleSet, Record]) -> None:
    """Whatever the rule set and the profile were, it comes out just as it was recorded."""
    ruleset, record = some
    found = replay(record, ruleset)
    assert found.same
    assert (found.differences, found.notes) == ((), ())
    assert found.ruleset == reference(ruleset)
    if record.body.rules is not None:
        assert replay(record.data) == found
    assert Engine(ruleset).replay(record) == found


@pytest.mark.gate
@settings(max_examples=examples(120), deadline=None)
@given(records(), st.data())
def test_any_changed_byte_is_noticed(some: tuple[RuleSet, Record], data: st.DataObject) -> None:
    """Whichever single byte is another: the replay says that the record was touched."""
    ruleset, record = some
    touched = bytearray(record.data)
    touched[data.draw(st.integers(0, len(touched) - 1))] ^= data.draw(st.integers(1, 255))
    for found in (replay(bytes(touched), ruleset), replay(Record(bytes(touched)))):
        assert not found.same
        assert found.differences[0].kind == "bytes"


@pytest.mark.gate
def test_any_changed_byte_of_a_shipped_record_is_noticed(alone: Record) -> None:
    """Every 31st byte of a record of the shipped rules, one after the other, by its lowest bit."""
    executor = Engine(find_ruleset(alone.body.ruleset))
    for place in range(0, len(alone.data), 31):
        touched = bytearray(alone.data)
        touched[place] ^= 1
        assert not executor.replay(bytes(touched)).same


@pytest.mark.gate
@settings(max_examples=examples(30), deadline=None)
@given(records(), st.data())
def test_a_cut_or_longer_record_is_noticed(
    some: tuple[RuleSet, Record], data: st.DataObject
) -> None:
    """Bytes that fell off at the end, or came on, are a change."""
    ruleset, record = some
    end = data.draw(st.integers(20, len(record.data) - 1))
    assert not replay(record.data[:end], ruleset).same
    assert not replay(record.data + b"\n", ruleset).same


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_order_in_rule_files_means_nothing(some: tuple[RuleSet, Record], random: Any) -> None:
    """With rules, criteria, constraints and flags in another order the record is the same."""
    ruleset, record = some

    def mixed(things: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(things, len(things)))

    other = replace(
        ruleset,
        criteria=mixed(ruleset.criteria),
        constraints=mixed(ruleset.constraints),
        flags=mixed(ruleset.flags),
        decisions=tuple(replace(one, rules=mixed(one.rules)) for one in ruleset.decisions),
    )
    assert replay(record, other).same


@pytest.mark.gate
def test_a_mended_typo_orphans_no_record(record: Record, alone: Record, rijswijk: RuleSet) -> None:
    """With other texts and another version the record is the same, and a note says so."""
    title = {"nl": "Andere titel", "en": "Another title"}
    mended = replace(rijswijk, version="1.0.1", title=title)
    for one in (record, alone):
        found = replay(one, mended)
        assert found.same
        assert [(note.kind, str(note)) for note in found.notes] == [
            (
                "texts",
                "ruleset.sha256: the rule set means the same; its texts or its version are others",
            )
        ]
        assert found.ruleset == reference(mended)


def test_rules_with_another_meaning_are_told(record: Record, rijswijk: RuleSet) -> None:
    """It is said that the meaning differs, and which verdicts do, with recorded and new words."""
    scope, *others = rijswijk.decisions
    rules = tuple(
        replace(rule, then="other_rung") if rule.id == "scope_in_scope" else rule
        for rule in scope.rules
    )
    other = replace(rijswijk, decisions=(replace(scope, rules=rules), *others))
    found = replay(record, other)
    assert not found.same
    told = {difference.path: str(difference) for difference in found.differences}
    assert found.differences[0].kind == "meaning"
    assert told["ruleset.meaning_sha256"] == (
        "ruleset.meaning_sha256: the rule set that was used for the replay has another meaning"
    )
    expected = "the record says `in_scope`, the rules give `other_rung`"
    assert told["verdicts.scope.outcome"] == f"verdicts.scope.outcome: {expected}"


@pytest.mark.gate
def test_rules_that_lost_what_the_record_has_are_told(record: Record, rijswijk: RuleSet) -> None:
    """Criteria and decisions that stand on one side only are named, and facts that are none."""
    fewer = replace(rijswijk, decisions=rijswijk.decisions[:1], flags=())
    told = {str(difference) for difference in replay(record, fewer).differences}
    assert "verdicts.route: the rule set does not have this" in told
    assert "trace.flags.rung_check: the rule set does not have this" in told
    back = Engine(fewer).record(Engine(fewer).classify(PROFILE), AT)
    told = {str(difference) for difference in replay(back, rijswijk).differences}
    assert "verdicts.route: the record does not have this" in told
    small = replay(record, SMALL)
    assert "facts.rung" in {difference.path for difference in small.differences}


EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "verdicts.scope.status": (
        lambda body: body["verdicts"]["scope"].update(status="review"),
        "verdict: the record says `review`, the rules give `decided`"),
    "verdicts.scope.outcome": (
        lambda body: body["verdicts"]["scope"].update(outcome="huge debts"),
        "verdict: the record says something else, the rules give `in_scope`"),
    "verdicts.scope.exact": (
        lambda body: body["verdicts"]["scope"].update(exact=False),
        "verdict: the record says no, the rules give yes"),
    "verdicts.route.missing": (
        lambda body: body["verdicts"]["route"].update(missing=[]),
        "verdict: the record says none, the rules give `at_maximum`"),
    "verdicts.scope.rule": (
        lambda body: body["verdicts"]["scope"].update(rule=None),
        "verdict: the record says none, the rules give `scope_in_scope`"),
    "flags": (
        lambda body: body.update(flags=["rung_check"]),
        "flags: the record says `rung_check`, the rules give none"),
    "flags_possible": (
        lambda body: body.update(flags_possible=[]),
        "flags: the record says none, the rules give `rung_check`, `prognosis_conflict`"),
    "trace.criteria.active": (
        lambda body: body["trace"]["criteria"].update(active="true"),
        "trace: the record says `true`, the rules give `open`"),
    "trace.flags.rung_check": (
        lambda body: body["trace"]["flags"].pop("rung_check"),
        "trace: the record does not have this"),
    "verdicts.shoe": (
        lambda body: body["verdicts"].update(shoe=body["verdicts"]["scope"]),
        "verdict: the rule set does not have this"),
    "ruleset": (
        lambda body: body["ruleset"].update(version="9.9.9"),
        "digest: the id or the version is not that of the rule set with this digest"),
}  # fmt: skip


@pytest.mark.parametrize("path", EDITS)
def test_a_record_that_was_written_anew_is_worked_out(
    alone: Record, rijswijk: RuleSet, path: str
) -> None:
    """A digest that is right does not hide an answer that the rules do not give, and no more."""
    body = json.loads(alone.data)["body"]
    edit, told = EDITS[path]
    edit(body)
    found = replay(resealed(body), rijswijk)
    assert [(one.path, f"{one.kind}: {one.message}") for one in found.differences] == [(path, told)]


def test_what_stands_on_one_side_hides_nothing_else(alone: Record, rijswijk: RuleSet) -> None:
    """A verdict that is gone is told, and so is another that differs."""
    body = json.loads(alone.data)["body"]
    del body["verdicts"]["scope"]
    body["verdicts"]["route"]["status"] = "review"
    assert [str(one) for one in replay(resealed(body), rijswijk).differences] == [
        "verdicts.scope: the record does not have this",
        "verdicts.route.status: the record says `review`, the rules give `insufficient`",
    ]


KNOWN: list[tuple[str, object]] = [
    *(("verdicts.scope.status", word) for word in get_args(Status) if word != "decided"),
    ("verdicts.route.status", "decided"),
    *(("verdicts.scope.reason", word) for word in get_args(Reason)),
    ("trace.criteria.active", "true"),
    ("trace.criteria.active", "false"),
    ("trace.rules.scope_in_scope", "open"),
    ("verdicts.route.outcome", "in_scope"),
    ("verdicts.scope.rule", "route_a"),
    ("verdicts.scope.rules", ["route_a", "route_b"]),
    ("verdicts.scope.conflict", ["rung", "willing"]),
    ("verdicts.scope.exact", False),
    ("flags", ["rung_check"]),
]
"""Words of rules and of verdicts, each where the record of a client has another."""


@pytest.mark.gate
@pytest.mark.parametrize(("path", "value"), KNOWN)
def test_words_that_the_rules_know_are_repeated(
    alone: Record, rijswijk: RuleSet, path: str, value: object
) -> None:
    """A difference says what stands in the record, in words that a reader can look up."""
    body = json.loads(alone.data)["body"]
    *steps, last = path.split(".")
    part = body
    for step in steps:
        part = part[step]
    part[last] = value
    (found,) = replay(resealed(body), rijswijk).differences
    words = value if isinstance(value, list) else [value]
    told = "no" if value is False else ", ".join(f"`{word}`" for word in words)
    assert found.message.startswith(f"the record says {told}, the rules give ")


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(records(), st.randoms(use_true_random=False))
def test_the_order_of_flags_and_rules_means_nothing(
    some: tuple[RuleSet, Record], random: Any
) -> None:
    """Flags and rules of a verdict may stand in any order; it is that of a file of rules."""
    ruleset, record = some
    body = json.loads(record.data)["body"]
    for lists in (body, *body["verdicts"].values()):
        for name in lists.keys() & {"flags", "flags_possible", "rules"}:
            if isinstance(lists[name], list):
                random.shuffle(lists[name])
    assert replay(resealed(body), ruleset).same


@pytest.mark.gate
def test_rules_that_win_together_stand_in_any_order() -> None:
    """Three grounds, each of them enough, hold of one client."""
    engine = Engine(FAMILIES["same_outcome"](3))
    everything = {"client_id": "c1", "f0": True, "f1": True, "f2": True}
    body = json.loads(engine.record(engine.classify(everything), AT).data)["body"]
    (verdict,) = body["verdicts"].values()
    assert len(verdict["rules"]) == 3
    verdict["rules"].reverse()
    assert engine.replay(resealed(body)).same


@pytest.mark.gate
@pytest.mark.parametrize("field", ["missing", "possible"])
def test_the_order_of_what_stands_in_order_is_compared(engine: Engine, field: str) -> None:
    """Questions stand with the best first, what is possible in the order of the outcomes."""
    body = json.loads(engine.record(engine.classify({"client_id": "c1"}), AT).data)["body"]
    body["verdicts"]["route"][field].reverse()
    found = engine.replay(resealed(body))
    assert [one.path for one in found.differences] == [f"verdicts.route.{field}"]


@pytest.mark.gate
def test_words_that_the_rules_do_not_know_are_not_repeated(
    record: Record, rijswijk: RuleSet
) -> None:
    """Whatever stands in a forged record, a difference repeats only words of the rule set."""
    body = json.loads(record.data)["body"]
    EDITS["verdicts.scope.outcome"][0](body)
    body["facts"]["finances"] = "rather bad"
    found = replay(resealed(body), rijswijk)
    assert [(one.kind, str(one)) for one in found.differences] == [
        ("facts", "facts.finances: must be one of `none`, `mild`, `serious`")
    ]
    body["facts"]["finances"] = "serious"
    told = "\n".join(map(str, replay(resealed(body), rijswijk).differences))
    assert "the record says something else, the rules give `in_scope`" in told
    assert "huge debts" not in told


@pytest.mark.gate
def test_another_rule_set_inside_is_noticed(record: Record, rijswijk: RuleSet) -> None:
    """The rule set inside has to be the one that is named, whichever is used for the replay."""
    other = RULES.write(replace(rijswijk, version="2.0.0"))
    found = replay(changed(record, rules=other), rijswijk)
    assert [(one.kind, str(one)) for one in found.differences] == [
        ("digest", "rules: is not the rule set that the record names")
    ]


@pytest.mark.parametrize(
    ("recorded", "notes"),
    [
        ("lanes", []),
        (None, []),
        ("reference", ["executor: `reference` answered then, and `lanes` now"]),
        ("by hand", ["executor: something else answered then, and `lanes` now"]),
    ],
)
def test_a_record_of_another_executor(
    record: Record, rijswijk: RuleSet, recorded: str | None, notes: list[str]
) -> None:
    """That is a note, for all executors agree; what is no executor is not repeated."""
    found = replay(changed(record, executor=recorded), rijswijk)
    assert found.same
    assert [str(note) for note in found.notes] == notes
    assert {note.kind for note in found.notes} <= {"executor"}


@pytest.mark.gate
def test_a_record_of_another_version_of_the_engine(record: Record, rijswijk: RuleSet) -> None:
    """That is a note; the texts of the rule set inside may then count in another way."""
    other = RULES.write(replace(rijswijk, version="2.0.0"))
    found = replay(changed(record, rules=other, engine="0.0.9"), rijswijk)
    assert found.same
    (note,) = found.notes
    said = f"engine: another version of the engine made the record; this is {__version__}"
    assert (note.kind, str(note)) == ("engine", said)
    inside = replay(changed(record, rules=RULES.write(SMALL), engine="0.0.9"), rijswijk)
    assert [one.kind for one in inside.differences] == ["digest"]


@pytest.mark.gate
def test_a_signature_is_a_note(engine: Engine) -> None:
    """A replay says that there is one, and that it did not look at it."""
    record = engine.record(engine.classify(PROFILE), AT, sign=lambda _: Signature("a", "k", "v"))
    found = engine.replay(record)
    assert found.same
    (note,) = found.notes
    said = "signature: the record is signed; a replay does not check by whom"
    assert (note.kind, str(note)) == ("signature", said)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"routeengine", b"[" * 100_000, b'{"body":1}', b'{"a":NaN}',
        b"\x00\xff" * 50, b'{"body":{"form":"routeengine/record/1"' + b"[" * 5_000_000,
        b'{"body":{"form":"routeengine/record/1","x":' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_record_is_one_clear_error(data: bytes) -> None:
    """Neither small, huge nor deep nonsense is taken for a touched record, or breaks anything."""
    with pytest.raises(RecordError):
        replay(data)


@pytest.mark.gate
def test_a_marked_record_that_cannot_be_read_was_touched(record: Record) -> None:
    """A broken bracket or quote is a change of the record, and no other kind of file."""
    for broken in (record.data[1:], b'{"body":{', record.data.replace(b'"at":', b'"at";')):
        found = replay(broken)
        assert [one.kind for one in found.differences] == ["bytes"]
        assert found.ruleset is None
    document = json.loads(record.data) | {"signature": 1}
    assert [str(one) for one in replay(canonical(document)).differences] == [
        "signature: must be object"
    ]
    spaced = record.data.replace(b'"at":', b'"at": ')
    assert [str(one) for one in replay(spaced).differences] == [
        "(bytes): are not in the canonical form"
    ]


def test_a_touched_record_tells_the_field(record: Record, rijswijk: RuleSet) -> None:
    """Where the change makes a field unreadable, its place is told beside the bytes."""
    found = replay(record.data.replace(b'"asked_by":null', b'"asked_by":1000'), rijswijk)
    assert [(one.kind, str(one)) for one in found.differences] == [
        ("bytes", "sha256: is not the digest of what the document holds"),
        ("shape", "asked_by: must be null or string"),
    ]


def test_an_executor_that_is_there_is_used(
    engine: Engine, record: Record, rijswijk: RuleSet
) -> None:
    """For many records by one rule set nothing is compiled again."""
    asked: list[State] = []

    def inspect(state: State) -> Inspection:
        asked.append(state)
        return engine._closer.inspect(state)

    executor: Any = SimpleNamespace(inspect=inspect)
    assert replay(record, rijswijk, executor=executor).same
    assert len(asked) == 1


@pytest.mark.gate
def test_a_record_without_its_rules_needs_them(alone: Record) -> None:
    """Shipped rules are found by digest; where there are none, that is told."""
    assert replay(alone).same
    named = json.loads(alone.data)["body"]["ruleset"]
    other = named | {"meaning_sha256": "0" * 64, "sha256": "1" * 64}
    with pytest.raises(RecordError, match="no rule set with this meaning is at hand"):
        replay(changed(alone, ruleset=other))
    touched = alone.data.replace(named["meaning_sha256"].encode(), b"0" * 64)
    touched = touched.replace(named["sha256"].encode(), b"1" * 64)
    differences = replay(touched).differences
    assert [(one.kind, one.path) for one in differences] == [
        ("bytes", "sha256"),
        ("digest", "ruleset"),
    ]
    assert str(differences[1]).startswith("ruleset: no rule set with this meaning is at hand")


def test_a_touched_record_whose_rules_allow_nobody_says_so(record: Record) -> None:
    """What the rules inside cannot be used for is told beside the touch."""
    body = json.loads(record.data)["body"]
    always = {"is": "All", "parts": []}
    body["rules"]["constraints"].append(
        body["rules"]["constraints"][0] | {"id": "k", "forbids": always}
    )
    differences = replay(canonical({"body": body, "sha256": "0" * 64})).differences
    assert [(one.kind, one.path) for one in differences] == [
        ("bytes", "sha256"),
        ("digest", "ruleset"),
    ]


def older(folder: Path) -> Path:
    """Write an older version of the shipped rules, with another meaning, under a folder."""
    place = folder / "old" / "1.0.0"
    place.mkdir(parents=True)
    for file in RIJSWIJK.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "ruleset.yaml":
            text = text.replace("version: 1.0.0", "version: 0.9.0")
        text = text.replace("maximum: 240", "maximum: 120")
        (place / file.name).write_text(text, encoding="utf-8")
    return place


@pytest.mark.gate
def test_an_older_version_is_found_by_digest(tmp_path: Path, rijswijk: RuleSet) -> None:
    """Among folders with versions, and files that are no rules, the right one is found."""
    from routeengine import load_ruleset

    place = older(tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.yaml").write_text("facts: [", encoding="utf-8")
    (tmp_path / "broken" / "b.yaml").write_text("facts: [", encoding="utf-8")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "notes.txt").write_text("no rules", encoding="utf-8")
    (tmp_path / "circle").symlink_to(tmp_path)
    old = load_ruleset(place)
    assert reference(old).meaning_sha256 != reference(rijswijk).meaning_sha256
    assert find_ruleset(reference(old), [tmp_path]) == old
    assert find_ruleset(reference(old).meaning_sha256, [str(place)]) == old
    engine = Engine(old)
    record = engine.record(engine.classify(PROFILE), AT, embed=False)
    assert replay(record, folders=[tmp_path]).same
    with pytest.raises(RecordError):
        find_ruleset(reference(old), [place / "facts.yaml", tmp_path / "nowhere"])


@pytest.mark.gate
def test_the_same_words_go_before_the_same_meaning(tmp_path: Path, rijswijk: RuleSet) -> None:
    """Of two versions that mean the same, the one that was named is found, else the other."""
    place = tmp_path / "1.0.1"
    place.mkdir()
    for file in RIJSWIJK.iterdir():
        text = file.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 1.0.1")
        (place / file.name).write_text(text, encoding="utf-8")
    assert find_ruleset(reference(rijswijk), [tmp_path]).version == "1.0.0"
    assert find_ruleset(reference(rijswijk), [tmp_path], shipped=False).version == "1.0.1"


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(observations(), min_size=1, max_size=6))
def test_the_evidence_is_weighed_again(some: list[Any]) -> None:
    """A dossier's classification comes out the same, its evidence and flags included."""
    engine = Engine(SMALL)
    profile = Dossier(SMALL, some, as_of=TODAY).profile()
    record = engine.record(engine.classify(profile), AT)
    assert engine.replay(record).same


def dossier_record() -> Record:
    """Record a classification of a small dossier, with a superseded observation."""
    from datetime import date

    from routeengine.dossier import Observation

    some = [
        Observation("debts", "serious", "form", date(2024, 1, 1), "consultant 1"),
        Observation("debts", "mild", "file", date(2023, 12, 1), "consultant 2"),
    ]
    engine = Engine(SMALL)
    return engine.record(engine.classify(Dossier(SMALL, some, as_of=TODAY).profile()), AT)


EVIDENCE: dict[str, tuple[Callable[[dict[str, Any]], object], dict[str, str]]] = {
    "another fact than the evidence gives": (
        lambda body: body["facts"].update(debts="mild"),
        {"facts.debts": "facts: is not what the evidence gives"}),
    "a fact without evidence": (
        lambda body: body["facts"].update(able=True),
        {"facts.able": "facts: is not what the evidence gives"}),
    "another standing": (
        lambda body: body["evidence"]["debts"][1].update(standing="agreeing"),
        {"evidence.debts": "facts: is not how the evidence weighs"}),
    "a source that does not exist": (
        lambda body: body["evidence"]["debts"][0].update(source="rumour"),
        {"evidence.source": "facts: must be one of `file`, `form`, `conversation`"}),
    "a fact that is none": (
        lambda body: body["evidence"].update(shoe=[]),
        {"evidence.shoe": "facts: is not how the evidence weighs"}),
    "an observation that is none": (
        lambda body: body["evidence"].update(shoe=body["evidence"]["debts"]),
        {"evidence.shoe": "facts: is no fact of the rule set `small`"}),
    "a flag that the evidence does not raise": (
        lambda body: body.update(flags_of_dossier=["stale_evidence"]),
        {"flags_of_dossier": "flags: are not the flags that the evidence raises"}),
    "evidence without observations": (
        lambda body: body.update(evidence={"debts": []}, flags_of_dossier=[]),
        {"facts.debts": "facts: is not what the evidence gives",
         "evidence.debts": "facts: is not how the evidence weighs"}),
}  # fmt: skip
"""What somebody may write in a record with evidence, and what is said of its evidence then."""


@pytest.mark.parametrize("name", EVIDENCE)
def test_evidence_that_does_not_carry_the_facts_is_told(name: str) -> None:
    """What the recorded evidence does not give is named by its fact, without its value."""
    edit, told = EVIDENCE[name]
    body = json.loads(dossier_record().data)["body"]
    edit(body)
    found = replay(resealed(body))
    assert {
        one.path: f"{one.kind}: {one.message}"
        for one in found.differences
        if one.path.startswith(("facts", "evidence", "flags_of_dossier"))
    } == told
    assert "mild" not in "".join(difference.message for difference in found.differences)


def test_what_was_stale_is_taken_on_its_word() -> None:
    """A record does not hold the day on which the dossier was looked at."""
    body = json.loads(dossier_record().data)["body"]
    assert body["flags_of_dossier"] == ["superseded_evidence"]
    body["flags_of_dossier"] = ["stale_evidence", "superseded_evidence"]
    body["evidence"]["debts"][0]["stale"] = True
    assert replay(resealed(body)).same


def flawed(edit: Callable[[dict[str, Any]], object]) -> bytes:
    """Give a whole record whose rule set has a flaw."""
    body = json.loads(dossier_record().data)["body"]
    edit(body["rules"])
    return seal(body)


def a_score(rules: dict[str, Any], worth: int) -> dict[str, Any]:
    """Give a score of one part, on what the second flag asks."""
    grounds: dict[str, Any] = {"basis": "source", "cites": [], "interpretation": None}
    part = {"when": rules["flags"][1]["when"], "worth": worth}
    return {"id": "need", "label": {"en": "need"}, "parts": [part], "grounds": grounds}


FLAWS: dict[str, Callable[[dict[str, Any]], object]] = {
    "rules.facts.debts: appears twice": (
        lambda rules: rules["facts"].append(rules["facts"][0])
    ),
    "rules.help.some: appears twice": (
        lambda rules: rules["decisions"][1]["outcomes"].append(
            rules["decisions"][1]["outcomes"][0])
    ),
    "rules.evidence.file: appears twice": (
        lambda rules: rules["evidence"]["sources"].append(rules["evidence"]["sources"][0])
    ),
    "rules.facts.months.domain.minimum: `minimum` is larger than `maximum`": (
        lambda rules: rules["facts"][2]["domain"].update(minimum=10**15)
    ),
    "rules.facts.debts.domain: must have a value, and none twice": (
        lambda rules: rules["facts"][0]["domain"].update(values=["a", "a"])
    ),
    "rules.conditions: a count must be from 0 to the number of parts": (
        lambda rules: rules["flags"][1].update(when={"is": "AtLeast", "count": 9, "parts": []})
    ),
    "rules.scores.need.of[0].worth: a part that is worth 0 counts for nothing": (
        lambda rules: rules.update(scores=[a_score(rules, 0)])
    ),
    "rules.scores.need.of: `need` can come to 10001": (
        lambda rules: rules.update(scores=[a_score(rules, 10_001)])
    ),
    "rules.scores.need: appears twice": (
        lambda rules: rules.update(scores=[a_score(rules, 1)] * 2)
    ),
    "`shoe` is no fact": (
        lambda rules: rules["flags"][1]["when"].update(fact="shoe")
    ),
    "`lots` is no outcome of `help`": (
        lambda rules: rules["decisions"][1]["rules"][0].update(then="lots")
    ),
    "`much` is no outcome of `help`": (
        lambda rules: rules["decisions"][1]["rules"][0].update(
            then={"candidates": ["some", "much"], "no_candidates_because": None})
    ),
    "rules.decisions.help: has more than one `otherwise` rule": (
        lambda rules: [rule.update(when=None) for rule in rules["decisions"][1]["rules"]]
    ),
    "rules.flags[1].when.part.is: must be one of": (
        lambda rules: rules["flags"][1].update(when={"is": "Not", "part": {"is": "Eval"}})
    ),
}  # fmt: skip


@pytest.mark.parametrize("message", FLAWS)
def test_flawed_rules_inside_are_one_clear_error(message: str) -> None:
    """Rules that could send the engine astray are refused before they are used."""
    with pytest.raises(RouteEngineError) as caught:
        replay(flawed(FLAWS[message]))
    assert message in str(caught.value)


def places(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Give the path of everything that stands in a JSON value."""
    if not isinstance(part, dict | list):
        return [path]
    inner = part.items() if isinstance(part, dict) else enumerate(part)
    return [path, *(one for key, value in inner for one in places(value, (*path, key)))]


@pytest.mark.gate
@settings(max_examples=examples(150), deadline=None)
@given(records(), st.data())
def test_hostile_records_are_differences_or_clear_errors(
    some: tuple[RuleSet, Record], data: st.DataObject
) -> None:
    """Whatever stands anywhere in a record with the right digest, nothing else happens."""
    body = json.loads(some[1].data)["body"] | {"rules": RULES.write(some[0])}
    every = places(body)
    for _ in range(data.draw(st.integers(1, 3))):
        part, path = body, data.draw(st.sampled_from(every[1:]))
        other = data.draw(st.sampled_from(every))
        odd: st.SearchStrategy[Any] = (
            st.none() | st.booleans() | st.integers(-3, 10**15) | st.text("abf01") | st.just([])
        )
        moved: Any = body
        with suppress(LookupError, TypeError):
            for step in other:
                moved = moved[step]
        with suppress(LookupError, TypeError):
            for step in path[:-1]:
                part = part[step]
            part[path[-1]] = deepcopy(data.draw(odd | st.just(moved)))
    with suppress(RouteEngineError):
        for difference in replay(resealed(body), some[0]).differences:
            assert str(difference)
        replay(resealed(body))


def test_rules_inside_that_exclude_everybody_are_an_error() -> None:
    """Constraints that no profile satisfies are told as such."""
    everybody = {"is": "Any", "parts": [RULES.write(SMALL)["flags"][1]["when"]]}
    with pytest.raises(RouteEngineError):
        replay(
            flawed(
                lambda rules: rules["constraints"].extend(
                    {**rules["constraints"][0], "id": name, "forbids": forbids}
                    for name, forbids in (("a", everybody), ("b", {"is": "Not", "part": everybody}))
                )
            )
        )
