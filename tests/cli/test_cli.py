"""The command line: what it prints, where, and with which exit status."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import jsonschema
import pytest

from routeengine import Engine, Explanation, load_ruleset
from routeengine.caseload import open_caseload
from routeengine.cli import main
from routeengine.cli.inputs import progress_bar
from routeengine.executors.lanes import LanesExecutor
from routeengine.own_words import words_of
from routeengine.ruleset.model import RuleSet

ROOT = Path(__file__).parents[2]
CASELOAD = str(ROOT / "fixtures/caseload.csv")
CASES = str(ROOT / "fixtures/cases")
HEADER = "client_id,rung,receives_benefit,current_service\n"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a caseload of three clients, of whom one row cannot be used."""
    file = tmp_path / "small.csv"
    rows = "a,2,true,wsp\nb,seven,true,participation\nc,,false,participation\n"
    file.write_text(HEADER + rows, encoding="utf-8")
    return file


def test_the_made_caseload_is_classified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every client gets a row, the summary has the letter's margins, and the status is 0."""
    out = tmp_path / "out.csv"
    assert main(["classify", CASELOAD, "-o", str(out), "--lang", "en"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 1113
    assert sum(row["scope"] == "wsp" for row in rows) == 87
    assert sum(row["scope"] == "interim_group" for row in rows) == 74
    lines = [" ".join(line.split()) for line in printed.out.splitlines()]
    assert "wsp served by the employer service point 87" in lines
    assert lines[0] == "1,113 clients, 0 rows that could not be used"
    words = words_of(load_ruleset("rijswijk-2023").wording, "en").summary
    assert f"{words.review} route 149" in lines
    assert f"{words.insufficient} route 82" in lines
    assert f"{words.missing} route: willing to work on the problems 40" in lines
    assert lines[-2:] == ["This is advice: a consultant decides.", "Fictional figures."]


def test_answers_that_may_be_bounds_are_announced(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rules are too large for every answer to be exact, the command says so."""

    class Small(LanesExecutor):
        def __init__(self, ruleset: RuleSet) -> None:
            super().__init__(ruleset, budget=40)

    assert main(["classify", str(small)]) == 1
    assert "warning" not in capsys.readouterr().err
    monkeypatch.setattr("routeengine.executors.interface.LanesExecutor", Small)
    assert not Engine(load_ruleset("rijswijk-2023")).exact
    assert main(["classify", str(small)]) == 1
    assert "warning: these rules are too large" in capsys.readouterr().err


@pytest.mark.gate
def test_municipal_habits_change_nothing(tmp_path: Path) -> None:
    """Semicolons, Windows-1252, Dutch headers and ja/nee give the same classes."""
    ruleset = load_ruleset("rijswijk-2023")
    with Path(CASELOAD).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    heads = {"client_id": ruleset.client_id_aliases[0]}
    heads |= {fact.id: fact.label["nl"] for fact in ruleset.facts}

    def word(fact: str, text: str) -> str:
        if text in ("true", "false"):
            return {"true": "ja", "false": "nee"}[text]
        if text == "":
            return "onbekend"
        labels = ruleset.fact[fact].value_labels if fact in ruleset.fact else {}
        return labels[text]["nl"] if text in labels else text

    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([heads[name] for name in rows[0]])
    writer.writerows([[word(name, cell) for name, cell in row.items()] for row in rows])
    dutch = tmp_path / "bestand.csv"
    dutch.write_bytes(text.getvalue().encode("cp1252"))
    outputs = [tmp_path / "one.csv", tmp_path / "two.csv"]
    assert main(["classify", CASELOAD, "-o", str(outputs[0])]) == 0
    assert main(["classify", str(dutch), "-o", str(outputs[1])]) == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_a_bad_row_is_told_and_the_others_go_on(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault has file, row and field but no value; the output has every row; status 1."""
    out = tmp_path / "out.jsonl"
    assert main(["classify", str(small), "-o", str(out), "--lang", "nl"]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith(f"{small}:3: rung: ")
    assert "seven" not in printed.err + printed.out
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["client_id"] for row in rows] == ["a", "b", "c"]
    assert rows[1]["error"].startswith("rung: ")
    assert "2 cliënten, 1 niet te gebruiken rij\n" in printed.out


def test_without_an_output_only_the_summary_is_given(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written anywhere."""
    before = sorted(small.parent.iterdir())
    assert main(["classify", str(small)]) == 1
    assert "2 cliënten" in capsys.readouterr().out
    assert sorted(small.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("text", "Ons advies voor u"),
        ("markdown", "# Ons advies voor u"),
        ("json", '"client_id":"R-0001"'),
    ],
)
def test_one_client_is_explained(form: str, sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In each form, in Dutch unless another language is asked for."""
    assert main(["explain", CASELOAD, "--client", "R-0001", "--format", form]) == 0
    assert sign in capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_an_explanation_in_short(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The answers and who decides, without the policy and the facts."""
    ask = ["explain", CASELOAD, "--client", "R-0002", "--format", form]
    assert main([*ask, "--short"]) == 0
    short = capsys.readouterr().out
    assert main(ask) == 0
    assert re.search("consulent (beslist|neemt de beslissing)", short)
    assert "Hoe lazen wij het beleid?" not in short
    assert 2 * len(short) < len(capsys.readouterr().out)


def test_an_explanation_in_short_is_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form of every explanation: it shows what the short text shows."""
    ask = ["explain", CASELOAD, "--client", "R-0002", "--short"]
    assert main([*ask, "--format", "json"]) == 0
    explanation = Explanation.model_validate_json(capsys.readouterr().out)
    assert explanation.short
    assert main(ask) == 0
    assert capsys.readouterr().out.strip() == explanation.to_text().strip()


def test_health_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--mask` no fact of health is shown, in words or as data."""
    assert main(["explain", CASELOAD, "--client", "R-0002", "--mask", "--format", "json"]) == 0
    masked = json.loads(capsys.readouterr().out)
    schema = json.loads((Path(__file__).parents[2] / "schemas/explanation.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(masked)
    assert masked["facts"]["physical_health"]["status"] == "masked"
    assert masked["hidden"][0] == "physical_health"
    assert main(["explain", CASELOAD, "--client", "R-0002", "--mask"]) == 0
    assert "Beschermde gegevens staan niet in deze versie." in " ".join(
        capsys.readouterr().out.split()
    )


def test_html_is_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """One self-contained page in the language that was asked for."""
    assert main(
        ["explain", CASELOAD, "--client", "R-0001", "--format", "html", "--lang", "en"]
    ) == 0  # fmt: skip
    page = capsys.readouterr().out
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_client_whose_row_is_bad_is_not_explained(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault is told instead, and the status is 1."""
    assert main(["explain", str(small), "--client", "b"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{small}:3: rung: ")


@pytest.mark.gate
def test_cases_are_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped cases pass, and every rule is reached."""
    assert main(["test", "rijswijk-2023", CASES]) == 0
    assert "rules reached:     24 of 24" in capsys.readouterr().out
    assert main(["test", "rijswijk-2023", CASES, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coverage"]["complete"] is True


def test_a_failing_case_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its place, what was expected and what came out; status 1."""
    file = tmp_path / "cases.yaml"
    file.write_text("cases:\n  x: {facts: {current_service: wsp}, expect: {scope: in_scope}}\n")
    assert main(["test", "rijswijk-2023", str(file)]) == 1
    printed = capsys.readouterr().out
    assert f"{file}:2:3: x: scope.outcome: expected `in_scope`, got `wsp`" in printed
    assert "0 passed, 1 failed" in printed
    assert "not: " in printed
    assert main(["test", "rijswijk-2023", str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["cases"][0]["passed"] is False


@pytest.mark.gate
def test_rules_are_checked_and_proved(capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped policy has no findings, and the size of the proof is shown."""
    assert main(["check", "rijswijk-2023"]) == 0
    printed = capsys.readouterr().out
    assert "no findings: every decision is total and exclusive" in printed
    assert "551,124,000 combinations (66,410,442,000 full profiles) looked through" in printed
    assert "expectations that hold: 12 of 12" in printed
    assert main(["check", "rijswijk-2023", "--json"]) == 0
    (note,) = json.loads(capsys.readouterr().out)["findings"]
    assert (note["severity"], note["kind"]) == ("note", "unchecked_citations")


@pytest.mark.gate
def test_a_gap_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With file, line, a witness and how much it covers; status 1."""
    for file in (ROOT / "rules/rijswijk-2023").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    scope = tmp_path / "decision-1-scope.yaml"
    text = scope.read_text(encoding="utf-8")
    scope.write_text(text.replace("rung: {at_least: 3}", "rung: {at_least: 4}"), encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "decision `scope` has a gap: no rule applies" in printed
    assert f"{scope}:" in printed
    assert "for instance: rung: 3, receives_benefit: true" in printed
    assert "1 error, " in printed
    assert main(["check", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["kind"] == "gap"


@pytest.mark.gate
def test_citations_are_checked_against_a_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text that is not the source has none of the sentences; what is not UTF-8 is refused."""
    other = tmp_path / "other.txt"
    other.write_text("Inleiding\nIets anders.\n", encoding="utf-8")
    assert main(["check", "rijswijk-2023", "--source", f"letter={other}"]) == 1
    assert " errors, 5 accepted" in capsys.readouterr().out
    assert main(["check", "rijswijk-2023", "--source", "brief"]) == 2
    assert "`--source` takes ID=FILE" in capsys.readouterr().err
    other.write_bytes(b"\xff\xfe\xfa")
    assert main(["check", "rijswijk-2023", "--source", f"letter={other}"]) == 2
    assert "is no UTF-8 text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["classify", "nowhere.csv"], "nowhere.csv"),
        (["classify", CASELOAD, "--rules", "rijswijk-2032"], "rijswijk-2023"),
        (["explain", CASELOAD, "--client", "nobody"], "there is no client with that id"),
        (["check", "no-such-rules"], "no-such-rules"),
        (["test", "rijswijk-2023", "nowhere.yaml"], "there is no such file or folder"),
    ],
)
def test_what_cannot_run_says_why(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One message on standard error, no traceback, status 2."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert "Traceback" not in printed.err


def test_a_column_that_is_no_fact_has_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is refused by name, unless it is dropped on purpose."""
    file = tmp_path / "extra.csv"
    file.write_text("client_id,rung,colour\na,2,blue\n", encoding="utf-8")
    assert main(["classify", str(file)]) == 2
    assert "colour" in capsys.readouterr().err
    assert main(["classify", str(file), "--drop-columns", "colour"]) == 0


def test_a_caseload_is_never_written_over(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An output that is the input is refused, and the input stays as it was."""
    before = small.read_bytes()
    assert main(["classify", str(small), "-o", str(small)]) == 2
    assert str(small) in capsys.readouterr().err
    assert small.read_bytes() == before


def test_an_operating_system_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file and the reason, and status 2."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "out.csv")

    monkeypatch.setattr("routeengine.cli.check.load_instances", fail)
    assert main(["check", "x"]) == 2
    assert capsys.readouterr().err == "out.csv: no space left on device\n"


def command(*arguments: str) -> list[str]:
    """Give the command line of a process of its own."""
    return [sys.executable, "-m", "routeengine", *arguments]


@pytest.mark.gate
def test_help_names_every_command() -> None:
    """`python -m routeengine --help` works as `routeengine --help` does."""
    done = subprocess.run(command("--help"), capture_output=True, text=True, check=True)
    for name in ("classify", "explain", "check", "test", "export", "diff", "replay"):
        assert name in done.stdout


@pytest.mark.gate
def test_a_terminal_shows_progress_and_a_pipe_does_not() -> None:
    """The bar is on standard error, and only where that is a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    done = subprocess.run(
        command("classify", CASELOAD), stdout=subprocess.PIPE, stderr=theirs, check=True
    )
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    assert "%" in shown
    assert b"%" not in done.stdout


def test_progress_in_process(monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    """On a terminal every row still comes out once, and the bar ends where the file ends."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with open_caseload(small, load_ruleset("rijswijk-2023")) as caseload, progress_bar() as show:
        assert show is not None
        assert [show(caseload) for _ in caseload] == [None] * 3
        assert caseload.done == caseload.total


@pytest.mark.gate
def test_what_a_terminal_cannot_show_is_no_error() -> None:
    """On a terminal without the marks a question mark stands for them."""
    done = subprocess.run(
        command("explain", CASELOAD, "--client", "R-0002"),
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"?" in done.stdout


def test_a_client_who_stands_there_twice_is_not_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which of the rows is right is for a person to say."""
    file = tmp_path / "twice.csv"
    file.write_text("client_id,rung\na,1\na,2\n", encoding="utf-8")
    assert main(["explain", str(file), "--client", "a"]) == 1
    assert f"{file}:3: client_id: " in capsys.readouterr().err


def test_faults_of_rule_files_are_data_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json they stand on standard output, each with its place."""
    file = tmp_path / "rules.yaml"
    file.write_text("factz: {}\n", encoding="utf-8")
    assert main(["check", str(file), "--json"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [one["line"] for one in faults if "factz" in one["message"]] == [1]


def test_citations_that_are_right_are_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The library card's rules cite house rules that stand beside them."""
    folder = ROOT / "fixtures/library-card"
    (text,) = folder.glob("*.txt")
    source = load_ruleset(folder).sources[0].id
    assert main(["check", str(folder), "--source", f"{source}={text}"]) == 0
    assert "every citation has the sentence it names" in capsys.readouterr().out


@pytest.mark.gate
def test_output_may_go_anywhere() -> None:
    """Also into something that is no file at all."""
    into = io.StringIO()
    with contextlib.redirect_stdout(into):
        assert main(["check", "rijswijk-2023"]) == 0
    assert "no findings" in into.getvalue()
