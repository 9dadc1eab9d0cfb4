"""The examples in docs/records.md do what their comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routeengine.record import Record, replay
from routeengine.record.canonical import DEEPEST_READ, LARGEST

PAGE = Path(__file__).parents[2] / "docs" / "records.md"


@pytest.mark.gate
def test_the_examples_print_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The blocks run one after the other, and each comment under a print is what it prints."""
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    promised = [
        line.removeprefix("# ")
        for block in re.findall(r"^ *print\(.*\)\n((?:# .*\n)+)", code, re.MULTILINE)
        for line in block.splitlines()
    ]
    exec(compile(code, "records.md", "exec"), {"__name__": "records"})
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) == 8
    assert replay(Record.read("c1.json")).same


def test_the_limits_stand_in_the_page() -> None:
    """The page names the limits that the program has."""
    limits = f"larger than {LARGEST // 2**20} MiB or nested deeper than {DEEPEST_READ}"
    assert limits in PAGE.read_text(encoding="utf-8")
