"""The page for auditors does what it says, and names tests that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "auditors.md").read_text(encoding="utf-8")


def test_the_examples_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    """The blocks run one after the other, and each comment is a line that is printed."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    exec(compile(code, "auditors.md", "exec"), {"__name__": "auditors"})
    promised = re.findall(r"^# (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) >= 8


def test_every_test_that_is_named_is_there() -> None:
    """A guarantee without its test would be a promise."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)
    assert len(named) > 20
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        tests = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
        assert not name or name in tests, f"{path}::{name}"


def test_every_guarantee_names_its_test() -> None:
    """Each row of the table ends in the name of a test."""
    table = PAGE.split("## What is guaranteed")[1].split("## What is not")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    assert all("`tests/" in row.rsplit("|", 2)[1] for row in rows)
