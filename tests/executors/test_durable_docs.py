"""The page on durable_rules says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routeengine.executors.durable.executor import LIMIT

PAGE = (Path(__file__).parents[2] / "docs" / "durable.md").read_text(encoding="utf-8")


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Each comment is a line that is printed; none of it needs the package."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/durable.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)


def test_the_page_names_the_limit() -> None:
    """How many completions are listed stands there as it is."""
    assert f"at most {LIMIT:,}" in PAGE
