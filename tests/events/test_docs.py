"""The page on events says what is so."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from routeengine import load_ruleset
from routeengine.events import EVENTS, read_events

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.mark.gate
def test_the_example_is_read_and_its_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file on the page has an event of every kind, and no fault."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    (text,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    Path("events.csv").write_text(text, encoding="utf-8")
    read = read_events("events.csv", load_ruleset("rijswijk-2023"))
    assert not read.faults
    assert {line.split(",")[1] for line in text.splitlines()[1:]} == set(EVENTS)
    exec(compile(program, "docs/events.md", "exec"), {})


def test_every_event_and_its_fields_are_on_the_page() -> None:
    """The table has each kind of event with just its fields."""
    for kind, fields in EVENTS.items():
        (row,) = re.findall(rf"^\| `{kind}` \| (.*?) \|", PAGE, re.MULTILINE)
        assert tuple(re.findall(r"`(\w+)`", row)) == fields
