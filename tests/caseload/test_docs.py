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


EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=["a whole file", "row by row"])
def test_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    """Each example classifies the made caseload, a row for each of its rows."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/caseloads.md", "exec"), {})
    counts = []
    for name in ("caseload.csv", "out.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            counts.append(len(list(csv.reader(file))))
    assert counts[0] == counts[1] > 1000


def test_every_ending_is_named() -> None:
    """The table of endings has every ending that is read or written."""
    assert all(f"`{ending}`" in PAGE for ending in (*FORMATS, *OUTPUT_FORMATS))
