"""The page on SQL says what is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from routeengine.sql import DIALECTS

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


def test_every_dialect_is_named() -> None:
    """The page names what `--dialect` takes."""
    assert all(f"`{dialect}`" in PAGE for dialect in DIALECTS)
