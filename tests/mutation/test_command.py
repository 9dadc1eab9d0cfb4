"""`routeengine test --mutate`: what it prints, and with which exit status."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from loading.small import SMALL
from routeengine.cases import load_cases
from routeengine.cli import main
from routeengine.formatters.cases import mutation_text
from routeengine.loading import load_ruleset
from routeengine.mutation import MutationReport, mutants

CASES = """\
cases:
  adult:
    facts: {age: 18, willing: true, debt: none}
    expect: {card: {outcome: A, rule: card_a}, loan: {outcome: "1", rule: loan_one}, flags: []}
"""


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Write a small rule set and a case file."""
    rules, cases = tmp_path / "rules.yaml", tmp_path / "cases.yaml"
    rules.write_text(SMALL, encoding="utf-8")
    cases.write_text(CASES, encoding="utf-8")
    return [str(rules), str(cases)]


def test_the_score_comes_first_and_what_goes_unnoticed_by_its_rule(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Place, what was changed and what would differ, under its part; and cases to paste."""
    assert main(["test", *files, "--mutate"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("mutation score: ")
    assert lines[1].endswith("that no case could notice")
    found = lines.index("criterion `adult`: 1")
    changed, difference = lines[found + 1 : found + 3]
    assert changed == f"  {files[0]}:54:3: `age: {{at_least: 18}}` becomes `age: {{at_least: 17}}`"
    assert difference.startswith("    no case notices: card is review by card_b, and would be A")
    assert "# keep each only if the policy says so, and give it a name of its own." in lines


@pytest.mark.gate
def test_each_part_counts_what_goes_unnoticed_in_it(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The heads are the parts, each once; their counts add up to what goes unnoticed."""
    assert main(["test", *files, "--mutate"]) == 1
    text = capsys.readouterr().out
    heads = re.findall(r"^((?:rule|criterion|constraint|decision) .*): (\d+)$", text, re.MULTILINE)
    (missed,) = re.findall(r"noticed, (\d+) not", text)
    assert len(dict(heads)) == len(heads)
    assert sum(int(number) for _, number in heads) == int(missed) == text.count("no case notices")


@pytest.mark.gate
def test_what_is_printed_can_be_pasted(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the cases that are printed nothing goes unnoticed, and the status is 0."""
    main(["test", *files, "--mutate"])
    text = capsys.readouterr().out
    start = text.index("# Cases that are missing")
    more = text[start:]
    file = tmp_path / "more" / "more.yaml"
    file.parent.mkdir()
    file.write_text(more, encoding="utf-8")
    (file.parent / "cases.yaml").write_text(CASES, encoding="utf-8")
    assert main(["test", files[0], str(file.parent), "--mutate"]) == 0
    assert "mutation score: 100 %" in capsys.readouterr().out


@pytest.mark.gate
def test_the_same_as_data(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Counts, and every mutant that was not killed with its place and its witness."""
    assert main(["test", *files, "--mutate", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert not data["passed"]
    assert 0 < data["score"] < 1
    assert data["undetermined"] == []
    first = data["survivors"][0]
    assert set(first) == {"place", "kind", "where", "what", "witness", "difference"}
    assert set(first["witness"]) <= {"age", "willing", "debt"}
    assert set(data["equivalent"][0]) == {"place", "kind", "where", "what"}


def test_failing_cases_are_shown_first(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """No mutant is tried while a case fails."""
    Path(files[1]).write_text(CASES.replace("outcome: A", "outcome: B"), encoding="utf-8")
    assert main(["test", *files, "--mutate"]) == 1
    printed = capsys.readouterr()
    assert "adult: card.outcome: expected `B`, got `A`" in printed.out
    assert "mutation score" not in printed.out
    assert printed.err == "mutants not tried: a case fails first\n"
    assert main(["test", *files, "--mutate", "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["passed"] is False
    assert printed.err == "mutants not tried: a case fails first\n"
    assert main(["test", *files]) == 1
    assert capsys.readouterr().err == ""


def test_what_could_not_be_told_is_listed(files: list[str]) -> None:
    """It is counted apart, and keeps the score under 100 %."""
    ruleset = load_ruleset(files[0])
    one, other = list(mutants(ruleset))[:2]
    report = MutationReport((one,), (), (), (other,))
    text = mutation_text(ruleset, report)
    assert f"{other.where}: 1\n  {other.place}: {other.what}\n    passes all cases, and" in text
    assert text.startswith("mutation score: 50 % (1 of 2)\n")
    assert "could not tell: 1\n" in text
    assert load_cases(files[1], ruleset)


def test_a_score_is_never_rounded_up(files: list[str]) -> None:
    """Where one in a thousand is missed, it is not 100 %."""
    ruleset = load_ruleset(files[0])
    one = next(mutants(ruleset))
    report = MutationReport((one,) * 1999, (), (), (one,))
    assert mutation_text(ruleset, report).startswith("mutation score: 99.9 % (1999 of 2000)\n")


@pytest.mark.gate
def test_progress_is_shown_on_a_terminal_only(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gets no bar."""
    main(["test", *files, "--mutate"])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    main(["test", *files, "--mutate"])
    assert "mutants" in capsys.readouterr().err


@pytest.mark.gate
def test_a_budget_of_mutants(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """So many are tried, the same ones each time, and what that leaves is told, also as data."""
    every = len(list(mutants(load_ruleset(files[0]))))
    budget = ["test", *files, "--mutate", "--mutants"]
    assert main([*budget, "5"]) == 1
    text = capsys.readouterr().out
    assert f"not tried: {every - 5} mutants more; of those the score says nothing" in text
    assert main([*budget, "5"]) == 1
    assert capsys.readouterr().out == text
    assert main([*budget, "5", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["not_tried"] == every - 5
    assert data["killed"] + len(data["survivors"]) + len(data["equivalent"]) <= 5
    main(["test", *files, "--mutate"])
    whole = capsys.readouterr().out
    main([*budget, str(every + 1)])
    assert capsys.readouterr().out == whole
    assert "not tried" not in whole


@pytest.mark.parametrize("number", ["0", "-1", "some", "\u0663", ""])
def test_what_is_no_budget(
    files: list[str], capsys: pytest.CaptureFixture[str], number: str
) -> None:
    """Is bad usage, and so is one of mutants that nobody asked for."""
    with pytest.raises(SystemExit, match="2"):
        main(["test", *files, "--mutate", f"--mutants={number}"])
    assert "--mutants: must be a whole number from 1" in capsys.readouterr().err
    assert main(["test", *files, "--mutants", "1"]) == 2
    assert capsys.readouterr().err.startswith("`--mutants` needs `--mutate`")
