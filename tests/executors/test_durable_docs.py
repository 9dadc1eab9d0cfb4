"""The page on durable_rules says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from executors.durable_there import absent
from required import required
from routeengine.executors.durable.executor import LIMIT

PAGE = (Path(__file__).parents[2] / "docs" / "durable.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [0, 1])
def test_the_example_prints_what_it_says(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Each comment is a line that is printed; what a host of one's own loads needs no package."""
    if number == 0:
        required("durable", absent())
    example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[number]
    exec(compile(example, "docs/durable.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)


def test_the_page_names_the_limit() -> None:
    """How many completions are listed stands there as it is."""
    assert f"at most {LIMIT:,}" in PAGE
