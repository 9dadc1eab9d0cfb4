"""A file of events: each kind is read whole, every fault names its line and field, and no value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.happened import TODAY, WHOLE, as_csv, as_jsonl, event, read
from examples import examples
from routeengine import Engine, Result, load_ruleset
from routeengine.cli import main
from routeengine.dossier import Dossier
from routeengine.errors import CaseloadError
from routeengine.events import EVENTS, read_events
from routeengine.observation import Observation

RULES = load_ruleset("rijswijk-2023")
HIDDEN = "c1-hidden-value"
DAY = date(2024, 1, 15)


def test_every_kind_of_event_is_kept_with_its_client(tmp_path: Path) -> None:
    """Every kind of event is kept with its client."""
    found = read(tmp_path, RULES, *(event(kind) for kind in EVENTS), event("activation", "c2"))
    held = found.of("c1")
    assert not found.faults
    assert held.classifications == held.conversations == [DAY]
    assert [one.form for one in held.activations] == ["basic_job"]
    assert [one.outcome for one in held.decided] == ["B"]
    assert [one.reason for one in held.departures] == ["she found a place"]
    assert [one.fact for one in held.observations] == ["conversation_held", "finances"]
    assert len(found.of("c2").activations) == 1
    assert not found.of("c3").rows
    assert [one.row for one in found.strangers({"c1"})] == [8]


@pytest.mark.parametrize("kind", EVENTS)
def test_a_field_that_is_missing_or_does_not_belong_is_a_fault_of_its_line(
    kind: str, tmp_path: Path
) -> None:
    """A field that is missing or does not belong is a fault of its line."""
    for name in ("client_id", "event", "date", *EVENTS[kind]):
        found = read(tmp_path, RULES, event("classification"), event(kind) | {name: ""})
        assert [(one.row, one.field) for one in found.faults] == [(3, name)]
    others = {name for one in WHOLE.values() for name in one} - {*EVENTS[kind]}
    for name in others:
        found = read(tmp_path, RULES, event(kind) | {name: HIDDEN})
        assert [(one.row, one.field) for one in found.faults] == [(2, name)]
        assert HIDDEN not in str(found.faults)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("observation", "fact", HIDDEN),
        ("observation", "value", HIDDEN),
        ("observation", "value", "unknown"),
        ("observation", "source", HIDDEN),
        ("observation", "assessor", "two\u2028lines of " + HIDDEN),
        ("activation", "form", HIDDEN),
        ("decided", "decision", HIDDEN),
        ("decided", "outcome", HIDDEN),
        ("decided", "role", HIDDEN * 20),
        ("departure", "reason", HIDDEN * 200),
        ("departure", "reason", " . "),
        ("classification", "event", HIDDEN),
        ("classification", "date", "15-01-2024"),
        ("classification", "date", "2024-02-30"),
        ("classification", "date", "2024-05-07"),
        ("classification", "client_id", "#N/A"),
    ],
)
def test_what_no_field_can_be_is_a_fault_without_the_value(
    kind: str, name: str, value: str, tmp_path: Path
) -> None:
    """What no field can be is a fault without the value."""
    found = read(tmp_path, RULES, event(kind) | {name: value})
    assert [one.field for one in found.faults] == [name]
    assert HIDDEN not in str(found.faults)
    assert not found.clients


@pytest.mark.gate
@given(
    kind=st.sampled_from([*EVENTS]),
    name=st.sampled_from(["client_id", "event", "date", *WHOLE["observation"], "form", "reason"]),
    value=st.one_of(st.text(max_size=20), st.integers(), st.booleans(), st.lists(st.integers())),
)
@settings(max_examples=examples(600))
def test_any_field_of_json_is_read_or_told(
    kind: str, name: str, value: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any field of json is read or told."""
    path = as_jsonl(tmp_path_factory.mktemp("e") / "e.jsonl", [event(kind) | {name: value}])
    found = read_events(path, RULES, TODAY)
    assert len(found.faults) + len(found.clients) == 1


def test_a_file_with_other_columns_or_another_format_is_refused(tmp_path: Path) -> None:
    """A file with other columns or another format is refused."""
    for header, message in {
        f"client_id,event,date,{HIDDEN}": "column 4 is no field of events",
        "client_id,event": "has no column `date`",
        "client_id,event,date,Date": "has a column twice",
    }.items():
        path = tmp_path / "e.csv"
        path.write_text(f"{header}\n")
        with pytest.raises(CaseloadError, match=message) as refused:
            read_events(path, RULES)
        assert HIDDEN not in str(refused.value)
    for name in ("e.xlsx", "e", "e.json"):
        with pytest.raises(CaseloadError, match="no ending that is read for events"):
            read_events(tmp_path / name, RULES)
    with pytest.raises(CaseloadError, match="no such file"):
        read_events(tmp_path / "none.csv", RULES)
    strange = tmp_path / "e.jsonl"
    strange.write_text(
        '{"client_id": "a", "event": "classification", "date": "2024-01-01", "outcom": "A"}\n'
        '{"client_id": "a", "date": "2024-01-01", "date": "2024-01-01"}\n[]\n'
    )
    fields = [(one.row, one.field) for one in read_events(strange, RULES).faults]
    assert fields == [(1, "(name 4)"), (2, "date"), (3, "(row)")]


def test_observations_are_weighed_as_a_dossier_does_and_other_facts_are_the_rows(
    tmp_path: Path,
) -> None:
    """Observations are weighed as a dossier does and other facts are the rows."""
    seen = [
        event("observation", value="mild", source="file", day="2023-01-01"),
        event("observation"),
        event("conversation"),
    ]
    found = read(tmp_path, RULES, *seen)
    row = {"client_id": "c1", "rung": 2, "finances": "none"}
    profile = found.profile(row)
    who = "consultant 4"
    dossier = Dossier(
        RULES,
        [
            Observation("finances", "mild", "file", date(2023, 1, 1), who),
            Observation("finances", "serious", "conversation", DAY, who),
        ],
        as_of=TODAY,
    ).profile()
    assert dict(profile) == {"rung": 2, "client_id": "c1", **dossier}
    result = Engine(RULES).classify(profile)
    assert "superseded_evidence" in result.flags
    assert Result.from_dict(result.to_dict()) == result
    assert found.profile({"client_id": "c2", "rung": 1}) == {"client_id": "c2", "rung": 1}
    assert dict(found.profile(row, date(2023, 6, 1)))["finances"] == "mild"


def test_the_last_decision_up_to_a_day_counts_and_a_departure_of_that_day(tmp_path: Path) -> None:
    """The last decision up to a day counts and a departure of that day."""
    held = read(
        tmp_path,
        RULES,
        event("departure"),
        event("decided"),
        event("decided", day="2024-03-01", outcome="C"),
        event("decided", day="2024-04-01", decision="path", outcome="1"),
    ).of("c1")
    assert held.chosen("route", date(2023, 12, 31)) is None
    assert held.chosen("route", date(2024, 2, 1)) == "A"
    assert held.chosen("route", TODAY) == "C"


def test_classify_reads_observations_and_tells_what_could_not_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Classify reads observations and tells what could not be used."""
    caseload = tmp_path / "caseload.csv"
    caseload.write_text("client_id,current_service,rung,receives_benefit\nc1,,1,ja\n")
    seen = event("observation", fact="current_service", value="wsp")
    path = as_csv(tmp_path / "events.csv", [seen])
    out = tmp_path / "out.csv"
    assert main(["classify", str(caseload), "--events", str(path), "-o", str(out)]) == 0
    assert out.read_text().splitlines()[1].startswith("c1,wsp,decided")
    as_csv(path, [seen, event("activation", HIDDEN), event("activation", form=HIDDEN)])
    capsys.readouterr()
    assert main(["classify", str(caseload), "--events", str(path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told[0] == f"{path}:3: client_id: is no client of the caseload"
    assert told[1].startswith(f"{path}:4: form: must be one of")
    assert HIDDEN not in "".join(told)


def test_a_rule_set_without_evidence_or_forms_refuses_what_needs_them(tmp_path: Path) -> None:
    """A rule set without evidence or forms refuses what needs them."""
    bare = replace(RULES, evidence=None, follow_up=None)
    kinds = ("conversation", "observation", "activation", "classification")
    found = read(tmp_path, bare, *map(event, kinds))
    assert [one.field for one in found.faults] == ["event", "event", "form"]


@pytest.mark.gate
def test_explain_has_the_evidence_and_what_a_person_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The explanation tells who recorded a fact, and the departure; another client's fault too."""
    caseload = tmp_path / "caseload.csv"
    caseload.write_text("client_id,current_service,rung,receives_benefit\nc1,,1,ja\nc2,,1,ja\n")
    happened = [
        event("observation", fact="current_service", value="wsp"),
        event("departure", decision="scope", outcome="in_scope"),
        event("departure", decision="scope", outcome="wsp", day="2024-01-01"),
    ]
    path = as_csv(tmp_path / "events.csv", happened)
    asked = ["explain", str(caseload), "--client", "c1", "--lang", "en", "--events", str(path)]
    assert main(asked) == 0
    told = capsys.readouterr()
    assert "consultant 4" in told.out
    assert "she found a place" in " ".join(told.out.split())
    assert "is left out: outcome: stands already" in told.err
    as_csv(path, [*happened, event("activation", "c2", form=HIDDEN)])
    assert main(asked) == 1
    assert f"{path}:5: form: must be one of" in capsys.readouterr().err
    folder = tmp_path / "pages"
    everyone = ["explain", str(caseload), "--all", "--events", str(path), "-o", str(folder)]
    assert main(everyone) == 1
    assert len(list(folder.iterdir())) == 2
