"""`routeengine export`: rules in other forms, to standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from families import text_of
from routeengine import load_ruleset
from routeengine.cli import main
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
