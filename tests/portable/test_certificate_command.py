"""`routeengine check` and `explain` write certificates that the programs in the package confirm."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from loading.test_named_schema import DIEMEN
from money import MONEY
from portable.certified import CHECKS, NODE
from routeengine import BudgetError, load_ruleset
from routeengine.cli import main
from routeengine.portable import AdviceCertifier, certify
from routeengine.ruleset.domains import MAX_NUMBER, IntegerDomain

CARD = str(Path(__file__).parents[2] / "fixtures" / "library-card")


ALONE = (sys.executable, "-E", "-S")
"""Python with its own library and nothing that was installed."""


def run(*command: object) -> tuple[int, list[str]]:
    """Run a checker as anyone would."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


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


@pytest.mark.parametrize("form", ["text", "json"])
def test_explain_writes_a_certificate(form: str, tmp_path: Path) -> None:
    """Of the reasons for one client, which the programs confirm from the rules beside it."""
    caseload = tmp_path / "clients.csv"
    caseload.write_text("client_id,age\nA1,70\n", encoding="utf-8")
    to = ["--certificate", str(tmp_path / "to"), "-o", str(tmp_path / "out")]
    command = ["explain", str(caseload), "--rules", CARD, "--client", "A1", "--format", form]
    assert main([*command, *to]) == 0
    for program in (
        [*ALONE, CHECKS / "check_rules.py"], [NODE, CHECKS / "check.mjs"],
    ):  # fmt: skip
        told, lines = run(*program, tmp_path / "to")
        assert told == 0
        assert any(line.startswith("explanations confirmed: ") for line in lines)


def test_advice_without_a_certificate_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, by `explain`: of that decision nothing is to be checked."""
    caseload = tmp_path / "clients.csv"
    caseload.write_text("client_id,age\nA1,70\n", encoding="utf-8")
    made = AdviceCertifier.certify
    monkeypatch.setattr(
        AdviceCertifier,
        "certify",
        lambda *given: made(*given) | {"too_large": ["advice on card", "advice on loans"]},
    )
    to = ["--certificate", str(tmp_path / "to"), "-o", str(tmp_path / "out")]
    assert main(["explain", str(caseload), "--rules", CARD, "--client", "A1", *to]) == 0
    told = "not certified: advice on card\nnot certified: advice on loans\n"
    assert capsys.readouterr().err == told


def test_a_certificate_is_of_one_client(capsys: pytest.CaptureFixture[str]) -> None:
    """A page for each client has no folder for one."""
    command = ["explain", "no.csv", "--rules", CARD, "--all", "-o", "x", "--certificate", "y"]
    assert main(command) == 2
    assert "`--certificate` is of one client" in capsys.readouterr().err
