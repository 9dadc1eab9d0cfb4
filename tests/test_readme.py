"""The Python examples of the README and of the page on embedding do what their comments say."""

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
    exec(compile(blocks[0], "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(promised) == 2
    assert printed[:2] == promised
    assert "B" in "\n".join(printed[2:])


def test_the_page_on_embedding_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Its blocks run one after the other, and every comment is a line that is printed."""
    page = (README.parent / "docs/embedding.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "embedding.md", "exec"), names)
    promised = re.findall(r"^# (.*)$", "\n".join(blocks), re.MULTILINE)
    assert len(promised) >= 6
    assert capsys.readouterr().out.splitlines() == promised
