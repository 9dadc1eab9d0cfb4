"""docs/rulebook.md is true: its command and its program run, and it names every address."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import get_args

import pytest

from routeengine.cli import main
from routeengine.i18n import catalogue
from routeengine.pages.anchors import Kind

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")


@pytest.mark.gate
def test_the_command_runs_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the cases of the policy, and with status 0."""
    (command,) = re.findall(r"^\$ routeengine (.*)$", PAGE, re.MULTILINE)
    monkeypatch.chdir(ROOT)
    arguments = command.replace("rulebook.html", str(tmp_path / "rulebook.html")).split()
    assert main(arguments) == 0
    assert (tmp_path / "rulebook.html").exists()


def test_every_address_is_named() -> None:
    """The kinds of parts, and the sections in their order."""
    assert {kind for kind in get_args(Kind) if f"`#{kind}-" not in PAGE} == set()
    (row,) = re.findall(r"^\| (.*) \| the sections \|$", PAGE, re.MULTILINE)
    assert re.findall(r"`#(\w+)`", row) == list(catalogue("en").rulebook.sections)


@pytest.mark.gate
def test_the_program_prints_what_is_shown() -> None:
    """The comments are what it prints."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    shown = re.findall(r"^# (.*)$", program, re.MULTILINE)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(program, {})
    assert printed.getvalue().splitlines() == shown
