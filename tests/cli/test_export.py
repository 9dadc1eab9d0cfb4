"""`routeengine export`: rules in other forms, to standard output."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from families import text_of
from loading.test_ages import rules as rules_with_ages
from loading.test_named_schema import DIEMEN
from routeengine import load_ruleset
from routeengine.cases.schema import cases_json_schema
from routeengine.cli import main
from routeengine.loading.named_schema import ruleset_json_schema
from routeengine.profile_model import profile_json_schema
from routeengine.ruleset.model import RuleSet
from routeengine.sql import export_sql

LIBRARY = str(Path(__file__).parents[2] / "fixtures/library-card")


def test_the_statement_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """It is what the library writes, with the names that were asked for."""
    options = ["--dialect", "postgres", "--table", "t", "--view", "v", "--rules", LIBRARY]
    assert main(["export", "sql", *options]) == 0
    printed = capsys.readouterr()
    ruleset = load_ruleset(LIBRARY)
    assert printed.out == export_sql(ruleset, "postgres", table_name="t", view_name="v")
    assert printed.err == ""


@pytest.mark.gate
def test_rules_that_are_too_large_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The status is 2, no statement is printed, and the message names the part and the budget."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(text_of("different_outcomes", 130), encoding="utf-8")
    assert main(["export", "sql", "--rules", str(rules)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "too large to be written as SQL: with decision `door` the rule set needs more than "
        "5,000 nodes\n"
    )


def test_an_unknown_dialect_cannot_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 2, and the message names the dialects."""
    assert main(["export", "sql", "--dialect", "cobol"]) == 2
    assert "use duckdb, postgres" in capsys.readouterr().err


def test_the_schema_of_rule_files_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the schema that stands in the repository."""
    assert main(["export", "json-schema"]) == 0
    schemas = Path(__file__).parents[2] / "schemas"
    shipped = json.loads((schemas / "ruleset.schema.json").read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == shipped


@pytest.mark.parametrize(
    ("options", "schema"),
    [
        ([], ruleset_json_schema),
        (["--of", "ruleset"], ruleset_json_schema),
        (["--of", "cases"], cases_json_schema),
        (["--of", "profile"], profile_json_schema),
    ],
)
def test_the_schema_of_one_rule_set_is_written(
    options: list[str],
    schema: Callable[[RuleSet], object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of its rule files, its case files or its profiles; printed, or to a file."""
    command = ["export", "json-schema", "--rules", LIBRARY, "--as-of", "2024-05-06", *options]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == json.loads(json.dumps(schema(load_ruleset(LIBRARY))))
    assert main([*command, "-o", str(tmp_path / "a.json")]) == 0
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("of", ["ruleset", "cases", "profile"])
def test_names_hang_on_no_day(of: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The schema is the same without a day and a variant as with any of them."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(DIEMEN, encoding="utf-8")
    command = ["export", "json-schema", "--rules", str(rules), "--of", of]
    written = []
    for asked in (
        [],
        ["--variant", "rijswijk"],
        ["--as-of", "2026-01-01", "--variant", "diemen"],
        ["--as-of", "2026-08-01"],
    ):
        assert main([*command, *asked]) == 0
        written.append(capsys.readouterr().out)
    assert len(set(written)) == 1
    assert main([*command, "--variant", "weesp"]) == 2
    assert "`weesp` is no variant" in capsys.readouterr().err


def test_names_of_rules_with_ages_hang_on_no_day(tmp_path: Path) -> None:
    """Though a bound by age is one of birth dates on some day."""
    rules = tmp_path / "rules.yaml"
    rules.write_text(rules_with_ages()["r.yaml"], encoding="utf-8")
    output = tmp_path / "schema.json"
    assert main(["export", "json-schema", "--rules", str(rules), "-o", str(output)]) == 0
    schema = ruleset_json_schema(load_ruleset(rules, "2025-01-01"))
    assert json.loads(output.read_text(encoding="utf-8")) == schema


def test_the_general_schema_is_of_no_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """`--of ruleset` alone changes nothing; what needs the names of rules is bad usage."""
    assert main(["export", "json-schema"]) == 0
    general = capsys.readouterr().out
    assert main(["export", "json-schema", "--of", "ruleset"]) == 0
    assert capsys.readouterr().out == general
    for options in (
        ["--of", "cases"],
        ["--of", "profile"],
        ["--as-of", "2024-05-06"],
        ["--variant", "x"],
    ):
        assert main(["export", "json-schema", *options]) == 2
        printed = capsys.readouterr()
        assert "are of the rules that `--rules R` names" in printed.err
        assert printed.out == ""
