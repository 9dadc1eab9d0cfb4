"""Records that earlier versions wrote: they load, and give the same again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routeengine import Engine, replay
from routeengine.departure import DepartureRecord, check_chain
from routeengine.record import Record

FORM_1 = Path(__file__).parent / "form1"
NAMES = sorted(path.name for path in FORM_1.glob("*.json"))


@pytest.mark.gate
@pytest.mark.parametrize("name", NAMES)
def test_a_record_of_form_1_replays(name: str) -> None:
    """With the rule set inside or found by its digest, of a dossier or not.

    That the engine is a later one, and texts of the shipped rules are worded anew, is said beside.
    """
    record = Record.read(FORM_1 / name)
    assert record.body.form == "routeengine/record/1"
    again = replay(record)
    assert again.same, again.differences
    assert {note.kind for note in again.notes} <= {"engine", "texts"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_record_of_form_1_holds_can_be_explained(name: str, engine: Engine) -> None:
    """Its facts, classified by its own rules, give the verdicts that it holds."""
    body = Record.read(FORM_1 / name).body
    result = (engine if body.rules is None else Engine(body.rules)).classify(body.profile)
    assert {one: verdict.status for one, verdict in result.verdicts.items()} == {
        one: entry.status for one, entry in body.verdicts.items()
    }


def test_a_departure_of_form_1_still_follows_its_record() -> None:
    """A departure names the digest of its record, so neither may be written otherwise."""
    record = Record.read(FORM_1 / "library_dossier.json")
    chain = [DepartureRecord.read(FORM_1 / "departures" / "library_dossier.json")]
    assert check_chain(record, chain) == ()
    assert chain[0].body.departure.outcome == "3"


def test_every_form_has_documents_of_its_own() -> None:
    """A form that no document here is of would be held by nothing."""
    schema = Path(__file__).parents[2] / "schemas" / "record.schema.json"
    forms = set(re.findall(r"routeengine/record/(\d+)", schema.read_text(encoding="utf-8")))
    assert forms == {"1"}
