"""The page on tables says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


@pytest.mark.gate
def test_the_examples_print_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    """The blocks run one after the other, and every comment is a line that is printed."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "tables.md", "exec"), names)
    promised = re.findall(r"^# (.*)$", "\n".join(blocks), re.MULTILINE)
    assert len(promised) == 8
    assert capsys.readouterr().out.splitlines() == promised
