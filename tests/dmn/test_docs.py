"""docs/dmn.md is true: its commands print what it shows, one after the other."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from routeengine.cli import main

PATH = Path(__file__).resolve().parents[2] / "docs" / "dmn.md"
PAGE = PATH.read_text(encoding="utf-8")
COMMAND = re.compile(r"^\$ routeengine (.*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)


def test_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/dmn/test_docs.py` writes them anew."""
    monkeypatch.chdir(tmp_path)
    found = re.search(r"^```xml plans\.dmn\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    (tmp_path / "plans.dmn").write_text(found[1], encoding="utf-8")
    page = PAGE
    assert len(COMMAND.findall(PAGE)) == 3
    for command, shown in COMMAND.findall(PAGE):
        main(command.split())
        printed = capsys.readouterr()
        block = f"$ routeengine {command}\n"
        page = page.replace(f"{block}{shown}", f"{block}{printed.err}{printed.out}", 1)
    if os.environ.get("ROUTEENGINE_RECORD"):
        PATH.write_text(page, encoding="utf-8")
    assert page == PATH.read_text(encoding="utf-8")
