"""The README's Python example does what its comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Each comment under a print is the line that is printed, and the explanation follows."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    promised = re.findall(r"^print\(.*\)\n# (.*)$", blocks[0], re.MULTILINE)
    exec(compile(blocks[0], "README.md", "exec"), {})  # noqa: S102  our own example
    printed = capsys.readouterr().out.splitlines()
    assert len(promised) == 2
    assert printed[:2] == promised
    assert "B" in "\n".join(printed[2:])
