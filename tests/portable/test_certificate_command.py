"""`routeengine check` and `explain` write certificates that the programs in the package confirm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from events.happened import as_csv, event
from loading.test_named_schema import DIEMEN
from money import MONEY
from portable.certified import CHECKS, NODE, write
from portable.small_rules import EARLY, bare, rules_of
from record.recorded import AT, changed
from routeengine import BudgetError, Engine, load_ruleset
from routeengine.cli import main
from routeengine.portable import AdviceCertifier, certify
from routeengine.record import Record
from routeengine.ruleset.domains import MAX_NUMBER, IntegerDomain

CARD = str(Path(__file__).parents[2] / "fixtures" / "library-card")


ALONE = (sys.executable, "-E", "-S")
"""Python with its own library and nothing that was installed."""


def run(*command: object) -> tuple[int, list[str]]:
    """Run a checker as anyone would."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


@pytest.mark.gate
def test_check_writes_a_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three files, which all three programs confirm; with a gap that is 1, as `check` says."""
    folder = tmp_path / "new"
    status = main(["check", CARD, "--certificate", str(folder)])
    assert sorted(one.name for one in folder.iterdir()) == [
        "artefact.json", "certificate.json", "rules.json",
    ]  # fmt: skip
    assert "not certified" not in capsys.readouterr().out
    for program in ("check_rules.py", "check_artefact.py"):
        told, lines = run(*ALONE, CHECKS / program, folder)
        assert (told, lines[0]) == (status, "rules: library-card 1.2.0"), lines
    told, lines = run(NODE, CHECKS / "check.mjs", folder)
    assert told == status
    assert "the artefact says what the rules say" in lines


@pytest.mark.gate
def test_what_is_too_large_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `check`, which then ends with 1, in its JSON form too; and by those who check it."""
    monkeypatch.setattr("routeengine.portable.certify", partial(certify, budget=1))
    assert main(["check", CARD, "--certificate", str(tmp_path)]) == 1
    assert "not certified: decision loans" in capsys.readouterr().out
    told, lines = run(*ALONE, CHECKS / "check_rules.py", tmp_path)
    assert told == 1
    assert "not certified: decision loans" in lines
    told, lines = run(*ALONE, CHECKS / "check_artefact.py", tmp_path)
    assert told == 1
    assert any(line.startswith("not certified: rule ") for line in lines)
    assert "all else of the artefact says what the rules say" in lines
    assert main(["check", CARD, "--json", "--certificate", str(tmp_path)]) == 1
    out, error = capsys.readouterr()
    assert json.loads(out)
    assert "not certified: decision loans" in error


@pytest.mark.gate
def test_rules_without_an_artefact_have_a_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That decisions are total and exclusive needs no diagram."""

    def too_large(_: object) -> str:
        raise BudgetError("too large")

    monkeypatch.setattr("routeengine.portable.certificate.export_artefact", too_large)
    certified = certify(load_ruleset(CARD))
    assert certified.too_large == ("artefact",)
    for name, text in certified.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for program in (
        [*ALONE, CHECKS / "check_artefact.py"], [NODE, CHECKS / "check.mjs"],
    ):  # fmt: skip
        told, lines = run(*program, tmp_path)
        assert told == 1
        assert "not certified: there is no artefact" in lines


def test_numbers_that_json_cannot_count_are_refused() -> None:
    """No other program could read such rules."""
    wide = replace(MONEY.facts[0], domain=IntegerDomain(-MAX_NUMBER, MAX_NUMBER))
    some = replace(MONEY, facts=(wide,), criteria=(), constraints=(), flags=(), decisions=())
    with pytest.raises(BudgetError, match="too large to certify"):
        certify(some)


def test_one_instance_is_certified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules with numbers of periods and variants are so many rule sets."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(DIEMEN, encoding="utf-8")
    given = ["check", str(rules), "--certificate", str(tmp_path / "to")]
    assert main(given) == 2
    assert "`--as-of` and `--variant`" in capsys.readouterr().err
    main([*given, "--as-of", "2026-07-01", "--variant", "diemen"])
    told, _ = run(*ALONE, CHECKS / "check_artefact.py", tmp_path / "to")
    assert told == 0


@pytest.mark.gate
@pytest.mark.parametrize("form", ["text", "json"])
def test_explain_writes_a_certificate(form: str, tmp_path: Path) -> None:
    """Of the reasons for one client, which the programs confirm from the rules beside it."""
    caseload = tmp_path / "clients.csv"
    caseload.write_text("client_id,age\nA1,70\n", encoding="utf-8")
    to = ["--certificate", str(tmp_path / "to"), "-o", str(tmp_path / "out")]
    command = ["explain", str(caseload), "--rules", CARD, "--client", "A1", "--format", form]
    assert main([*command, *to]) == 0
    confirmed(tmp_path / "to")
    if form == "json":
        explanation = json.loads((tmp_path / "out").read_bytes())
        assert explanation["certificate"] == certificate_in(tmp_path / "to")
        assert main([*command, "--short", *to]) == 0
        assert "certificate" not in json.loads((tmp_path / "out").read_bytes())


def confirmed(folder: Path) -> None:
    """Claim that programs in both languages confirm the advice in a folder."""
    for program in (
        [*ALONE, CHECKS / "check_rules.py"], [NODE, CHECKS / "check.mjs"],
    ):  # fmt: skip
        told, lines = run(*program, folder)
        assert told == 0
        assert any(line.startswith("explanations confirmed: ") for line in lines)


def test_advice_without_a_certificate_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, by `explain`: of that decision nothing is to be checked."""
    caseload = tmp_path / "clients.csv"
    caseload.write_text("client_id,age\nA1,70\n", encoding="utf-8")
    left_out = {"too_large": ["advice on card", "advice on loans"]}
    monkeypatch.setattr(AdviceCertifier, "certify", lambda *_: left_out)
    to = ["--certificate", str(tmp_path / "to"), "-o", str(tmp_path / "out")]
    assert main(["explain", str(caseload), "--rules", CARD, "--client", "A1", *to]) == 0
    told = "not certified: advice on card\nnot certified: advice on loans\n"
    assert capsys.readouterr().err == told


@pytest.mark.gate
def test_what_advice_leaves_out_is_named_by_both_programs(tmp_path: Path) -> None:
    """Advice of which a decision has no certificate is not confirmed whole: status 1."""
    write(
        bare(rules_of(decisions=[EARLY]), explanations=[], too_large=["advice on e"]), str(tmp_path)
    )
    for program in ([*ALONE, CHECKS / "check_rules.py"], [NODE, CHECKS / "check.mjs"]):
        status, lines = run(*program, tmp_path)
        assert (status, lines[-2]) == (1, "not certified: advice on e")


def certificate_in(folder: Path) -> Any:
    """Give the certificate in a folder."""
    return json.loads((folder / "certificate.json").read_bytes())


@pytest.mark.gate
def test_a_certificate_is_of_what_was_observed_too(tmp_path: Path) -> None:
    """What events add to the row is known in it, as it is in the explanation."""
    caseload = tmp_path / "clients.csv"
    caseload.write_text("client_id,rung\nc1,2\n", encoding="utf-8")
    seen = event("observation", fact="current_service", value="wsp")
    events = as_csv(tmp_path / "events.csv", [event("classification"), seen])
    command = ["explain", str(caseload), "--client", "c1", "-o", str(tmp_path / "out")]
    counts = []
    for number, more in enumerate(([], ["--events", str(events)])):
        folder = tmp_path / str(number)
        assert main([*command, *more, "--certificate", str(folder)]) == 0
        known = certificate_in(folder)["explanations"][0]["known"]
        counts.append(sum(one is not None for one in known))
    assert counts[0] == 1 < counts[1]
    confirmed(tmp_path / "1")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Write a record with a certificate that leads to another reason than `explain` gives."""
    engine = Engine(load_ruleset(CARD))
    made = engine.record(engine.classify({"client_id": "A1", "age": 70}), AT, certificate=True)
    certificate: Any = made.body.certificate
    # A split more, which splits nothing: as good, and not the one that would be made now.
    (cells, *_) = engine.lanes.compiled.cells.of.values()
    certificate["nodes"].append([0, list(range(len(cells))), 0])
    path = tmp_path / "a1.json"
    path.write_bytes(changed(made, certificate=certificate))
    return path


@pytest.mark.gate
def test_a_recorded_certificate_is_given_as_it_is(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `explain RECORD`: for the programs to confirm, and in the explanation as JSON."""
    certificate = Record.read(record).body.certificate
    folder = tmp_path / "to"
    command = ["explain", str(record), "--format", "json"]
    assert main([*command, "--certificate", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"] == certificate
    assert certificate_in(folder) == certificate
    confirmed(folder)
    assert main(command) == 0
    assert "certificate" not in json.loads(capsys.readouterr().out)


@pytest.mark.gate
@pytest.mark.parametrize("carried", [None, {}])
def test_a_record_is_certified_anew_where_it_carries_none(
    record: Path, tmp_path: Path, carried: object
) -> None:
    """Or where that is of the rules as they were, in other words than today's."""
    folder, rules = tmp_path / "to", tmp_path / "rules"
    certificate: Any = Record.read(record).body.certificate
    record.write_bytes(changed(Record.read(record), certificate=carried))
    shutil.copytree(CARD, rules)
    text = (rules / "1-ruleset.yaml").read_text(encoding="utf-8")
    (rules / "1-ruleset.yaml").write_text(text.replace("1.2.0", "1.2.1"), encoding="utf-8")
    command = ["explain", str(record), "--rules", str(rules), "--certificate", str(folder)]
    assert main([*command, "-o", str(tmp_path / "out")]) == 0
    made = certificate_in(folder)
    assert made["nodes"] == certificate["nodes"][:-1]
    assert made["rules_sha256"] != certificate["rules_sha256"]
    confirmed(folder)


def test_a_record_whose_certificate_does_not_fit_is_not_explained(
    record: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its digest was put right first: `replay` says why, and so does `explain`."""
    certificate: Any = Record.read(record).body.certificate
    certificate["explanations"][0]["witnesses"] = {}
    record.write_bytes(changed(Record.read(record), certificate=certificate))
    assert main(["replay", str(record)]) == 1
    out = capsys.readouterr().out
    assert f"{record}: not the same by library-card 1.2.0" in out
    assert "  certificate: is refused: there is no `" in out
    assert main(["explain", str(record), "--certificate", str(tmp_path / "to")]) == 1
    assert capsys.readouterr().err == out
    assert not (tmp_path / "to").exists()


def test_a_certificate_is_of_one_client(capsys: pytest.CaptureFixture[str]) -> None:
    """A page for each client has no folder for one."""
    command = ["explain", "no.csv", "--rules", CARD, "--all", "-o", "x", "--certificate", "y"]
    assert main(command) == 2
    assert "`--certificate` is of one client" in capsys.readouterr().err


def test_a_certificate_does_not_go_with_a_mask(capsys: pytest.CaptureFixture[str]) -> None:
    """It holds the facts that the mask would leave out."""
    command = ["explain", "no.csv", "--client", "A1", "--mask", "--certificate", "y"]
    assert main(command) == 2
    assert "leave `--mask` out" in capsys.readouterr().err
