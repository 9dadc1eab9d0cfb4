"""docs/verification.md is true: its commands print what it shows, and it names every finding."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from routeengine.cli import main
from routeengine.i18n import catalogue
from routeengine.ruleset.words import NOWHERE
from routeengine.verification.findings import Finding, Kind
from verification.broken import LIBRARY

PATH = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
PAGE = PATH.read_text(encoding="utf-8")
COMMAND = re.compile(r"^```console\n\$ routeengine (.*)\n((?:.*\n)*?)```$", re.MULTILINE)
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \| .* \| (error|warning|note) \|$", re.MULTILINE)


def next_year(tmp_path: Path) -> None:
    """Put the rules there as the page has them: those of the library, and those of next year."""
    shutil.copytree(LIBRARY, tmp_path / "fixtures" / "library-card")
    shutil.copytree(LIBRARY, tmp_path / "next-year")
    for file, old, new in (
        ("1-ruleset.yaml", "version: 1.2.0", "version: 1.3.0"),
        ("2-facts.yaml", "age: {at_most: 17}", "age: {at_most: 15}"),
    ):
        path = tmp_path / "next-year" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def test_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/verification/test_docs.py` writes them anew."""
    next_year(tmp_path)
    monkeypatch.chdir(tmp_path)
    page = PAGE
    assert len(COMMAND.findall(PAGE)) == 4
    for command, shown in COMMAND.findall(PAGE):
        main(command.split())
        printed = capsys.readouterr().out.replace("\u00a0", " ")
        page = page.replace(
            f"$ routeengine {command}\n{shown}", f"$ routeengine {command}\n{printed}"
        )
    if os.environ.get("ROUTEENGINE_RECORD"):
        PATH.write_text(page, encoding="utf-8")
    assert page == PATH.read_text(encoding="utf-8")


def test_every_finding_is_named_with_its_severity() -> None:
    """The table holds each kind of finding, and no other."""
    rows = [(re.findall(r"\w+", kinds), severity) for kinds, severity in ROW.findall(PAGE)]
    named = {kind: severity for kinds, severity in rows for kind in kinds}
    kinds = [kind for some in get_args(Kind) for kind in get_args(some)]
    assert named == {kind: Finding(kind, "", "", (), NOWHERE).severity for kind in kinds}


@pytest.mark.gate
def test_the_python_of_the_page_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Every comment is a line that is printed."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "verification.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", block, re.MULTILINE)


@pytest.mark.gate
def test_the_page_of_a_change_is_in_the_order_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that is shown writes it, with the sections of the list, the warning first."""
    next_year(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clients.csv").write_text("client_id,age\na,17\n", encoding="utf-8")
    (command,) = re.findall(r"^```sh\nrouteengine (.*)\n```$", PAGE, re.MULTILINE)
    assert main(command.split()) == 1
    page = (tmp_path / "change.html").read_text(encoding="utf-8")
    found = re.findall(r'<h2 id="(\w+)">', page)
    sections = ["looks", *catalogue("en").change.sections]
    assert found == [one for one in sections if one != "groups"]
    assert main([*command.split(), "--by", "age"]) == 1
    page = (tmp_path / "change.html").read_text(encoding="utf-8")
    found = re.findall(r'<h2 id="(\w+)">', page)
    assert found == [one for one in sections if one != "clients"]
