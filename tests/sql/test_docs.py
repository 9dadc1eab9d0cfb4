"""The page on SQL says what is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from caseload.small import RULES
from families import FAMILIES
from routeengine.sql import DIALECTS, export_sql
from routeengine.sql.answers import Answers
from routeengine.symbolic.compiled import CompiledRuleSet

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")


@pytest.mark.gate
def test_the_example_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each comment at its end is a line that is printed."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/sql.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)


def test_client_ids_are_taken_as_they_are() -> None:
    """In whatever spelling, also if a caseload file would refuse them, and twice."""
    ids = ["e\u0301", "\u00e9", "#N/A", " x", "x", "x"]
    kinds = {"boolean": "BOOLEAN", "integer": "INTEGER", "category": "TEXT"}
    facts = [f"CAST(NULL AS {kinds[fact.kind]}) AS {fact.id}" for fact in RULES.facts]
    with duckdb.connect() as database:
        database.execute(
            f"CREATE TABLE clients AS SELECT unnest(?) AS client_id, {', '.join(facts)}", [ids]
        )
        database.execute(export_sql(RULES, "duckdb"))
        found = database.execute("SELECT client_id FROM advice").fetchall()
    assert sorted(one for (one,) in found) == sorted(ids)


@pytest.mark.gate
@pytest.mark.parametrize(
    ("family", "size", "nodes"),
    [("same_outcome", 200, "1,754"), ("ranked", 100, "783"), ("different_outcomes", 60, "1,697")],
)
def test_the_sizes_of_decisions_are_what_they_take(family: str, size: int, nodes: str) -> None:
    """The page names how many nodes some rule sets take."""
    (taken,) = Answers(CompiledRuleSet(FAMILIES[family](size)), 5_000).sizes.values()
    assert f"{taken:,}" == nodes
    assert f"{size} rules" in PAGE
    assert nodes in PAGE


def test_every_dialect_is_named() -> None:
    """The page names what `--dialect` takes."""
    assert all(f"`{dialect}`" in PAGE for dialect in DIALECTS)
