"""`explain RECORD`: what was recorded, explained by its own rules, with its evidence and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from record.recorded import AT
from routeengine import Dossier, Engine, Observation
from routeengine.cli import main
from routeengine.departure import Departure, record_departure
from routeengine.record import Record, replay
from routeengine.ruleset.model import RuleSet

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"

TALK = date(2024, 4, 2)


@pytest.fixture(scope="module")
def record(rijswijk: RuleSet, engine: Engine) -> Record:
    """Record the advice to a client of whom a dossier holds two facts."""
    seen = [
        Observation("current_service", "wsp", "conversation", TALK, "adviser 7"),
        Observation("rung", 2, "file", TALK, "team 1"),
    ]
    dossier = Dossier(rijswijk, seen, as_of=TALK, client_id="c1")
    return engine.record(engine.classify(dossier.profile()), AT)


@pytest.fixture
def path(record: Record, tmp_path: Path) -> Path:
    """Write it to a file of any name."""
    path = tmp_path / "c1.json"
    record.write(path)
    return path


@pytest.mark.gate
def test_a_record_is_known_by_its_form(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No option says so: the client, who recorded what, and when it was classified."""
    ask = ["--lang", "en", "--audience", "auditor"]
    assert main(["explain", str(path), *ask]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for text in ("c1", "adviser 7", "2 April 2024", "team 1", "3 May 2024"):
        assert text in told
    other = path.rename(path.with_suffix(".csv"))
    assert main(["explain", str(other), *ask]) == 0
    assert " ".join(capsys.readouterr().out.split()) == told


@pytest.mark.gate
def test_what_was_decided_stands_beside_it(
    record: Record, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Departures in their order, each with its reason; one that does not follow is refused."""
    first = Departure("scope", "in_scope", "consultant", "the file at the WSP is closed", AT.date())
    last = replace(first, outcome="wsp", reason="it is open again")
    chain = [record_departure(record, first, AT)]
    chain.append(record_departure(record, last, AT, earlier=chain))
    files = [path.with_name(name) for name in ("first.json", "last.json")]
    for file, one in zip(files, chain, strict=True):
        one.write(file)
    ask = ["explain", str(path), "--lang", "en", "--audience", "consultant"]
    assert main([*ask, *(f"--departure={file}" for file in files)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert told.index("the file at the WSP is closed") < told.index("it is open again")
    assert main([*ask, "--departure", str(files[1])]) == 2
    assert f"{path}: departures[0]: does not follow the one before it" in capsys.readouterr().err


@pytest.mark.gate
def test_a_record_that_was_touched_is_not_explained(
    record: Record, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What differs is told as `replay` tells it, and nothing is shown."""
    for now in (b'"outcome":"in_scope"', b'"outcome":"in_sc'):
        path.write_bytes(record.data.replace(b'"outcome":"wsp"', now))
        assert main(["explain", str(path)]) == 1
        assert main(["replay", str(path)]) == 1
        printed, told = capsys.readouterr()
        assert told == printed
        assert "not the same" in told


def test_other_rules_are_asked_for(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By `--rules`; a record of other rules is told as what differs, and rules may be absent."""
    assert main(["explain", str(path), "--rules", "rijswijk-2023"]) == 0
    assert main(["explain", str(path), "--rules", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert main(["explain", str(path), "--as-of", "2024-05-03"]) == 2
    assert "`--as-of` needs `--rules`" in capsys.readouterr().err


@pytest.mark.gate
def test_a_record_without_rules_finds_them(
    engine: Engine, record: Record, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that are shipped with the same meaning; it says the same."""
    assert main(["explain", str(path)]) == 0
    told = capsys.readouterr().out
    bare = engine.record(record.result, AT, embed=False)
    assert replay(bare).same
    bare.write(path)
    assert main(["explain", str(path)]) == 0
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("more", [["--client", "c1"], ["--all", "-o", "pages"]])
def test_it_holds_one_client(
    path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """So naming one, or asking for all, is bad usage."""
    assert main(["explain", str(path), *more]) == 2
    assert "a record holds one client" in capsys.readouterr().err
    assert main(["explain", str(path), "--events", "events.csv"]) == 2
    assert "a record holds all that was known" in capsys.readouterr().err


def test_a_caseload_has_no_departures(capsys: pytest.CaptureFixture[str]) -> None:
    """What was decided is chained to a record."""
    ask = ["explain", str(CASELOAD), "--client", "R-0001", "--departure", "d.json"]
    assert main(ask) == 2
    assert "`--departure` goes with a record" in capsys.readouterr().err
