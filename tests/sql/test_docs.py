"""The page on SQL says what is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from families import FAMILIES
from routeengine.sql import DIALECTS
from routeengine.sql.answers import Answers
from routeengine.symbolic.compiled import CompiledRuleSet

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")


def test_the_example_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each comment at its end is a line that is printed."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/sql.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)


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
