"""Departing from the advice: side by side, in order, never overwritten."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import states
from record.recorded import AT, DAY, PROFILE, engines, resealed
from routeengine import Engine, RecordError, Result
from routeengine.departure import (
    AdviceWithDepartures,
    Departure,
    DepartureRecord,
    advice_with_departures,
    check_chain,
    depart,
    record_departure,
)
from routeengine.errors import DepartureError, UsageError
from routeengine.explanation import Explanation
from routeengine.record import Record, Signature
from routeengine.ruleset.model import RuleSet
from test_engine import as_profile

ROLE = "participatieconsulent"
CHOICE = Departure("scope", "wsp", ROLE, "het dossier nog bij het WSP ligt.", DAY)
BACK = Departure("scope", "in_scope", "teamleider", "het dossier nu is gesloten", date(2024, 6, 1))
ROUTE = Departure("route", "B", ROLE, "zij eerst haar schulden wil regelen", DAY)

FULL = PROFILE | {
    "finances": "none", "physical_health": "none", "mental_health": "none", "family": "none",
    "addiction": "none", "housing": "none", "other_domain": "none", "at_maximum": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def result(engine: Engine) -> Result:
    """Classify a client for whom the advice is A."""
    return engine.classify(FULL)


@pytest.fixture(scope="module")
def record(engine: Engine, result: Result) -> Record:
    """Record that advice, with the rule set inside."""
    return engine.record(result, AT)


def test_advice_and_decision_stand_side_by_side(
    record: Record, result: Result, rijswijk: RuleSet
) -> None:
    """In plain words, in both languages, in the order of the decisions and of the departures."""
    whole = depart(depart(depart(record, ROUTE), CHOICE), BACK)
    assert whole == depart(depart(depart(result, ROUTE, rijswijk), CHOICE), BACK)
    assert whole.to_text("nl") == (
        "doelgroep\n"
        "Advies: in_scope (binnen de doelgroep).\n"
        "Besluit: wsp (in behandeling bij het WSP), door participatieconsulent op 6 mei 2024, "
        "omdat het dossier nog bij het WSP ligt.\n"
        "Later besluit: in_scope (binnen de doelgroep), door teamleider op 1 juni 2024, "
        "omdat het dossier nu is gesloten.\n"
        "\n"
        "route\n"
        "Advies: A (Activering).\n"
        "Besluit: B (Beweging), door participatieconsulent op 6 mei 2024, "
        "omdat zij eerst haar schulden wil regelen."
    )
    assert whole.to_text("en").startswith(
        "scope\n"
        "Advice: in_scope (in scope).\n"
        "Decision: wsp (served by the employer service point), by participatieconsulent "
        "on 6 May 2024, because het dossier nog bij het WSP ligt.\n"
        "Later decision: in_scope (in scope), by teamleider on 1 June 2024, "
        "because het dossier nu is gesloten.\n"
    )
    assert whole.latest == {"scope": BACK, "route": ROUTE}


@pytest.mark.gate
def test_an_explanation_shows_what_was_decided_beside_the_advice(
    engine: Engine, record: Record, result: Result, rijswijk: RuleSet
) -> None:
    """Advice first, then each decision with role, date and reason; nothing is taken away."""
    whole = depart(depart(depart(record, ROUTE), CHOICE), BACK)
    plain = engine.explain(result, lang="nl")
    explanation = whole.annotate(plain)
    text = " ".join(explanation.to_text().split())
    assert "Besluit van 6 mei 2024 ---------------------- Route B – Beweging" in text
    assert "Ons advies was: Route A – Activering. Uw participatieconsulent koos anders." in text
    assert "Reden: “zij eerst haar schulden wil regelen" in text
    assert [one.outcome for one in explanation.verdicts["scope"].decisions] == ["wsp", "in_scope"]
    for name, verdict in plain.verdicts.items():
        assert replace(explanation.verdicts[name], decisions=()) == verdict
    assert Explanation.model_validate_json(explanation.model_dump_json()) == explanation
    # A reason is free text, and may tell what a reader may not see.
    masked = explanation.masked()
    assert "schulden" not in masked.to_text() + masked.model_dump_json()
    assert "Uw participatieconsulent koos anders." in " ".join(masked.to_text().split())
    with pytest.raises(UsageError, match="another advice"):
        whole.annotate(engine.explain({}, lang="nl"))
    other = replace(rijswijk, decisions=rijswijk.decisions[:2], flags=())
    with pytest.raises(UsageError, match="another rule set"):
        whole.annotate(Engine(other).explain({}, lang="nl"))


@pytest.mark.parametrize(
    ("profile", "decision", "words"),
    [
        ({}, "scope", "nog geen, er zijn nog niet genoeg gegevens"),
        ({"rung": 4, "receives_benefit": True, "current_service": "participation"}, "route",
         "geen, dit onderdeel geldt nu niet"),
        (FULL | {"able_to_participate": False, "can_start_soon": True}, "route",
         "een consulent beoordeelt dit"),
        (FULL | {"can_start_soon": False, "finances": "serious"}, "route",
         "een consulent bekijkt of dit past: B (Beweging)"),
        (FULL | {"finances": "serious"}, "route",
         "een consulent kiest tussen A (Activering) of B (Beweging)"),
    ],
)  # fmt: skip
def test_every_kind_of_advice_has_words(
    engine: Engine, rijswijk: RuleSet, profile: dict[str, Any], decision: str, words: str
) -> None:
    """A person can also decide where the advice is a review, is unfinished, or does not apply."""
    outcome = "wsp" if decision == "scope" else "C"
    choice = Departure(decision, outcome, ROLE, "dat beter past", DAY)
    text = depart(engine.classify(profile), choice, rijswijk).to_text()
    assert text.splitlines()[1] == f"Advies: {words}."


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(engines(), st.data())
def test_the_advice_is_never_overwritten(engine: Engine, data: st.DataObject) -> None:
    """However many departures are added, the advice and all earlier ones stay as they were."""
    ruleset = engine.ruleset
    result = engine.classify(as_profile(ruleset, data.draw(states(ruleset))))
    record = engine.record(result, AT)
    choices = st.sampled_from(
        [
            Departure(decision.id, outcome.id, role, "that fits better", DAY)
            for decision in ruleset.decisions
            for outcome in decision.outcomes
            for role in ("consultant", "team leader")
        ]
    )
    whole = AdviceWithDepartures(ruleset, dict(record.body.verdicts))
    chain: list[DepartureRecord] = []
    for choice in data.draw(st.lists(choices, max_size=5)):
        last = whole.latest.get(choice.decision)
        stands = whole.advice[choice.decision].outcome if last is None else last.outcome
        if choice.outcome == stands:
            with pytest.raises(DepartureError, match="stands already"):
                record_departure(record, choice, AT, earlier=chain)
            continue
        longer = depart(whole, choice)
        assert longer.departures == (*whole.departures, choice)
        assert longer.advice == whole.advice
        assert choice.reason in longer.to_text("en")
        chain.append(record_departure(record, choice, AT, earlier=chain))
        whole = longer
    assert check_chain(record, chain) == ()
    assert advice_with_departures(record, chain) == whole
    # Whatever is changed, moved or taken out from between is noticed.
    if len(chain) > 1:
        assert check_chain(record, chain[1:])
        assert check_chain(record, chain[::-1])
        with pytest.raises(RecordError, match=r"departures\[0\]"):
            advice_with_departures(record, chain[::-1])
    if chain:
        touched = bytearray(chain[-1].data)
        touched[data.draw(st.integers(0, len(touched) - 1))] ^= data.draw(st.integers(1, 255))
        told = check_chain(record, [*chain[:-1], DepartureRecord(bytes(touched))])
        assert [one.kind for one in told][:1] == ["bytes"]


FAULTS: dict[str, dict[str, Any]] = {
    "decision: `rout` is no decision of the rule set (did you mean `route`?)": {"decision": "rout"},
    "decision: `\u263a` is no decision of the rule set": {"decision": "\u263a"},
    "outcome: must be an outcome of `route`: `A`, `B`, `C`, `D`": {"outcome": "E"},
    "outcome: stands already: there is nothing to depart from": {"outcome": "A"},
    "role: must not be empty": {"role": " "},
    "role: must not be longer than 100 characters": {"role": "x" * 101},
    "role: must be one line of text that can be printed": {"role": "con\nsultant"},
    "reason: must be one line of text that can be printed": {"reason": "she \u202egnola tnew"},
    "reason: must not be empty": {"reason": " . "},
    "reason: must be text": {"reason": None},
    "date: must be the date of the decision, without a time": {
        "date": datetime(2024, 5, 6, tzinfo=UTC)
    },
}


@pytest.mark.parametrize("message", FAULTS)
def test_a_departure_that_cannot_be_taken_is_refused(record: Record, message: str) -> None:
    """Each fault names the field and what is allowed."""
    with pytest.raises(DepartureError) as caught:
        depart(record, replace(ROUTE, **FAULTS[message]))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "x" * 101),
        ("role", None),
        ("reason", "x" * 2001),
        ("reason", 7),
        ("date", "2024-05-06"),
    ],
)
def test_texts_and_dates_have_their_type_and_length(record: Record, field: str, value: Any) -> None:
    """What is too long or of another type is refused by the name of its field."""
    with pytest.raises(DepartureError) as caught:
        depart(record, replace(ROUTE, **{field: value}))
    again: DepartureError = pickle.loads(pickle.dumps(caught.value))
    assert (again.field, str(again)) == (field, str(caught.value))


def test_what_stands_is_no_departure_and_going_back_is(record: Record) -> None:
    """The last departure counts as what stands, so that one can come back to the advice."""
    once = depart(record, CHOICE)
    with pytest.raises(DepartureError, match="stands already"):
        depart(once, replace(CHOICE, role="teamleider"))
    assert depart(once, BACK).latest["scope"] == BACK


def test_the_rule_set_has_to_be_the_one_that_gave_the_advice(
    engine: Engine, result: Result, rijswijk: RuleSet
) -> None:
    """A missing rule set or another meaning is refused; other texts are not."""
    alone = engine.record(result, AT, embed=False)
    for subject in (alone, result):
        with pytest.raises(UsageError, match="pass it as `ruleset`"):
            depart(subject, ROUTE)
        other = replace(rijswijk, facts=rijswijk.facts[::-1])
        with pytest.raises(UsageError, match="not the one that gave the advice"):
            depart(subject, ROUTE, other)
        assert depart(subject, ROUTE, replace(rijswijk, version="1.0.1")).departures == (ROUTE,)
    first = record_departure(alone, ROUTE, AT, ruleset=rijswijk)
    assert advice_with_departures(alone, [first], rijswijk).departures == (ROUTE,)


def test_a_language_without_words_is_refused(record: Record, rijswijk: RuleSet) -> None:
    """Both this library and the rule set have to speak it."""
    whole = depart(record, ROUTE)
    with pytest.raises(UsageError, match="no words in `fy`"):
        whole.to_text("fy")
    with pytest.raises(UsageError, match="no words in `en`"):
        replace(whole, ruleset=replace(rijswijk, languages=("nl",))).to_text("en")


def test_no_reason_is_shown_by_repr(record: Record) -> None:
    """A reason can tell of somebody's health, so it is not shown where things are printed."""
    document = record_departure(record, ROUTE, AT)
    for shown in (repr(ROUTE), repr(depart(record, ROUTE)), repr(document), repr(document.body)):
        assert "schulden" not in shown
    assert ROLE in repr(ROUTE)


def test_a_departure_goes_to_a_file_and_back(record: Record, tmp_path: Path) -> None:
    """It is a sealed document of its own, that names the record and can be signed."""
    file = tmp_path / "departure.json"

    def sign(body: bytes) -> Signature:
        return Signature("length", "key 1", str(len(body)))

    def verify(body: bytes, signature: Signature) -> bool:
        return signature == sign(body)

    record_departure(record, ROUTE, AT, sign=sign).write(file)
    document = DepartureRecord.read(file)
    assert document.body.record_sha256 == record.sha256
    assert document.body.departure == ROUTE
    assert document.body.at == AT
    assert document.verified(verify)
    assert not document.verified(lambda _, __: False)


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "is about another record": lambda body: body.update(record_sha256="0" * 64),
    "does not follow the one before it": lambda body: body.update(previous_sha256="0" * 64),
    "tells another advice than the record": lambda body: body["advice"].update(outcome="C"),
    "at: must say its distance from UTC": lambda body: body.update(at="2024-05-03T08:15:00"),
}


@pytest.mark.parametrize("message", EDITS)
def test_a_departure_that_was_written_anew_is_noticed(record: Record, message: str) -> None:
    """A digest that is right does not make a document fit the record."""
    body = json.loads(record_departure(record, ROUTE, AT).data)["body"]
    EDITS[message](body)
    told = check_chain(record, [DepartureRecord(resealed(body))])
    assert [message in str(one) for one in told] == [True]


def test_a_record_is_no_departure_and_a_departure_no_record(record: Record) -> None:
    """Each names its own form."""
    with pytest.raises(RecordError, match="form: must be one of `routeengine/departure/1`"):
        _ = DepartureRecord(record.data).body
    with pytest.raises(RecordError, match="form: must be one of `routeengine/record/1`"):
        _ = Record(record_departure(record, ROUTE, AT).data).body


def test_a_departure_comes_after_its_advice(record: Record) -> None:
    """It is refused when it is made, and a chain that holds one all the same is no chain."""
    early = replace(ROUTE, date=AT.date() - timedelta(days=1))
    with pytest.raises(DepartureError, match=r"^date: lies before the day of the advice$"):
        record_departure(record, early, AT)
    made = record_departure(record, ROUTE, AT)
    body = json.loads(made.data)["body"]
    body["departure"]["date"] = str(early.date)
    forged = resealed(body)
    (found,) = check_chain(record, [DepartureRecord(forged)])
    assert (found.kind, found.message) == ("shape", "lies before the day of the advice")
    with pytest.raises(RecordError, match="lies before the day of the advice"):
        advice_with_departures(record, [DepartureRecord(forged)])
