"""The page on caseload files says what is so."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from routeengine.caseload import FORMATS, OUTPUT_FORMATS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "caseloads.md").read_text(encoding="utf-8")


def test_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example classifies the made caseload, a row for each of its rows."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/caseloads.md", "exec"), {})
    counts = []
    for name in ("caseload.csv", "out.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            counts.append(len(list(csv.reader(file))))
    assert counts[0] == counts[1] > 1000


def test_every_ending_is_named() -> None:
    """The table of endings has every ending that is read or written."""
    assert all(f"`{ending}`" in PAGE for ending in (*FORMATS, *OUTPUT_FORMATS))
