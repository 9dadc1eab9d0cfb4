"""docs/bijstand-norm.md is true: its rules stand in the rule files, and its programs run."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from bijstand_norm.instances import ROOT, RULES, SOURCES, grounds, rules
from routeengine.cli import main

PAGE = (ROOT / "docs" / "bijstand-norm.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    """Give the blocks of one kind, in order."""
    return [text for found, text in BLOCK.findall(PAGE) if found == kind]


def test_what_is_shown_of_rule_files_stands_in_them() -> None:
    """Line by line, as it is indented there."""
    files = "\n".join(path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.yaml")))
    assert len(blocks("yaml")) == 9
    assert [block for block in blocks("yaml") if f"\n{block}" not in files] == []


@pytest.mark.gate
def test_the_programs_print_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """One after the other, and every comment is a line that is printed."""
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, "bijstand-norm.md", "exec"), names)
    promised = re.findall(r"^# (.*)$", "\n".join(blocks("python")), re.MULTILINE)
    assert len(promised) == 9
    assert capsys.readouterr().out.splitlines() == promised


@pytest.mark.gate
def test_the_commands_print_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their first line, and the others in their order; only what compares rules finds something."""
    (clients,) = blocks("csv")
    (tmp_path / "clients.csv").write_text(clients, encoding="utf-8")
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    for block in blocks("console"):
        command, first, *promised = block.splitlines()
        status = main(command.removeprefix("$ routeengine ").split())
        assert status == ("diff" in command)
        printed = iter(capsys.readouterr().out.splitlines())
        assert next(printed) == first
        for line in promised:
            assert any(one.startswith(line) for one in printed), line
    assert len(blocks("console")) == 4
    columns = ("client_id", "norm", "means", "supplement")
    with (tmp_path / "advice.csv").open(encoding="utf-8", newline="") as file:
        given = [[row[name] for name in columns] for row in csv.DictReader(file)]
    table = PAGE.partition("| client | `norm`")[2].partition("\n\n")[0].splitlines()[2:]
    assert given == [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def test_every_file_and_every_reading_is_named() -> None:
    """And no other."""
    table = PAGE.partition("\n## How it is laid out\n")[2]
    assert set(re.findall(r"`([\w-]+\.yaml)`", table)) == {one.name for one in RULES.glob("*")}
    readings = {name for name, one in grounds().items() if one.interpretation is not None}
    section = PAGE.partition("\n## Readings\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) == readings


def test_every_source_is_named() -> None:
    """By its number: of the act on two days, once."""
    section = PAGE.partition("\n## Sources\n")[2]
    numbers = {source.number.partition("/")[0] for source in rules().sources}
    assert len(numbers) == len(SOURCES) - 1
    assert all(number in section for number in numbers)
