"""The page for auditors does what it says, and names tests that are there."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from html import unescape
from itertools import islice
from pathlib import Path

import pytest

from browser.annotated import MARKS, example, picture_of
from routeengine import Engine
from routeengine.caseload import classify_file, open_caseload
from routeengine.ruleset.model import RuleSet

ROOT = Path(__file__).parents[2]
PAGES = {
    language: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for language, name in (("en", "auditors.md"), ("nl", "auditors.nl.md"))
}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)

COMMAND = re.compile(r"<!-- command: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@every_page
def test_the_examples_print_what_they_say(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The blocks run one after the other, and each comment is a line that is printed."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    exec(compile(code, "auditors.md", "exec"), {"__name__": "auditors"})
    promised = re.findall(r"^# (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == promised
    assert len(promised) >= 8


@pytest.mark.parametrize("language", PAGES)
def test_the_picture_is_of_the_page(language: str) -> None:
    """Each line of it stands on the page of that client, but for what is cut; and the ten marks.

    Draw it anew where the page says something else: `tests/browser/annotated.py`.
    """
    drawing = picture_of(language)
    assert f"(pictures/{drawing.name})" in PAGES[language]
    svg = drawing.read_text(encoding="utf-8")
    assert len(svg) < 50_000
    html = example(language).to_html(audience="auditor")
    page = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", html, flags=re.DOTALL))
    said = " ".join(page.split()).casefold()
    marks = [int(one) for one in re.findall(r'<text class="mark"[^>]*>(\d+)<', svg)]
    assert sorted(marks) == list(range(1, 11))
    assert marks == [number for number, _ in MARKS]
    lines = [unescape(one) for one in re.findall(r"<text x=[^>]*>([^<]*)<", svg)]
    assert len(lines) > 100
    for line in lines:
        # Digests are of these rules, whatever they say.
        told = re.sub(r"[0-9a-f]{20,}\.?", "", line).casefold()
        assert all(part.strip() in said for part in re.split("[…✓✗?–]", told)), line


@pytest.mark.gate
@every_page
def test_every_test_that_is_named_is_there(page: str) -> None:
    """A guarantee without its test would be a promise."""
    named = TEST.findall(page)
    assert len(named) > 20
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        tests = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
        assert not name or name in tests, f"{path}::{name}"


@every_page
def test_every_guarantee_names_its_test(page: str) -> None:
    """Each row of the table ends in the name of a test."""
    table = next(part for part in page.split("\n## ") if part.startswith(("What is g", "Wat g")))
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    assert all("`tests/" in row.rsplit("|", 2)[1] for row in rows)


def test_both_languages_say_the_same() -> None:
    """The same headings, lists, rows, articles, tests and commands, in the same order."""

    def shape(page: str) -> list[object]:
        text = re.sub(r"```python\n.*?```", "", page, flags=re.DOTALL)
        starts = re.findall(r"^(#+ |\d+\. |- |\| )", text, re.MULTILINE)
        articles = re.findall(r"\d+:\d+|\b\d+\(\d\)(?:\(\w\))?|C-203/22", text)
        return [
            starts,
            articles,
            TEST.findall(text),
            [COMMANDS[name] for name, _ in commands(page)],
        ]

    assert shape(PAGES["en"]) == shape(PAGES["nl"])


@pytest.mark.parametrize("language", PAGES)
def test_every_heading_that_is_named_stands_on_the_page(engine: Engine, language: str) -> None:
    """On that of the auditor, in the order of the table."""
    with open_caseload(ROOT / "fixtures" / "caseload.csv", engine.ruleset) as rows:
        profile = next(islice(rows, 1, None)).profile
    assert profile is not None
    text = engine.explain(profile, lang=language).to_html(audience="auditor")
    headings = re.findall(r"<(?:h\d|caption)[^>]*>\s*([^<]*?)\s*<", text)
    cells = re.findall(r"^\| ([^|]*\*[^|]*) \|", PAGES[language], re.MULTILINE)
    named = [re.findall(r"\*([^*]+)\*", cell) for cell in cells]
    assert len(named) > 10
    assert {one for some in named for one in some} <= set(headings)
    firsts = [headings.index(some[0]) for some in named]
    assert firsts == sorted(firsts)


def commands(page: str) -> list[tuple[str, str]]:
    """Give the commands of a page, by name."""
    return COMMAND.findall(page)


COMMANDS = dict(commands(PAGES["en"]))


@pytest.fixture
def office(tmp_path: Path, rijswijk: RuleSet, engine: Engine) -> Path:
    """Make a folder with forty records, and the caseload and output that they are of."""
    (tmp_path / "records").mkdir()
    (tmp_path / "fixtures").mkdir()
    at = datetime(2024, 5, 1, tzinfo=UTC)
    caseload = shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path / "fixtures")
    with open_caseload(caseload, rijswijk) as rows:
        for row in islice(rows, 40):
            record = engine.record(engine.classify(row.profile or {}), at)
            record.write(tmp_path / "records" / f"{row.client_id}.json")
    classify_file(engine, caseload, tmp_path / "out.csv")
    return tmp_path


def sh(folder: Path, *names: str) -> str:
    """Run commands of the page one after the other, with the library's own beside them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = "set -e\n" + "".join(COMMANDS[name] for name in names)
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.night
def test_thirty_files_are_drawn_and_worked_out_again(office: Path) -> None:
    """The same ones for the same number; one that was touched is told, and named in a file."""
    assert sh(office, "draw").strip() == "40"
    drawn = (office / "drawn.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(drawn)) == 30
    touched = office / drawn[3]
    touched.write_bytes(touched.read_bytes().replace(b'"outcome":', b'"outcome" :', 1))
    sh(office, "draw")
    assert (office / "drawn.txt").read_text(encoding="utf-8").splitlines() == drawn
    # The first six: a process each takes its time.
    (office / "drawn.txt").write_text("".join(f"{one}\n" for one in drawn[:6]), encoding="utf-8")
    told = [line for line in sh(office, "again").splitlines() if not line.startswith("  ")]
    assert [line.split(":")[0] for line in told] == drawn[:6]
    assert told.pop(3) == f"{drawn[3]}: not the same by rijswijk-2023 1.0.0"
    assert all(": the same, worked out again by rijswijk-2023 1.0.0" in line for line in told)
    assert (office / "differs.txt").read_text(encoding="utf-8") == f"{drawn[3]}\n"


@pytest.mark.gate
def test_a_record_is_read_and_an_output_is_compared(office: Path) -> None:
    """The page of the first file, and the same bytes for the same caseload."""
    sh(office, "draw", "read", "compare")
    assert "<html lang=" in (office / "first.html").read_text(encoding="utf-8")
    assert (office / "again.csv").read_bytes() == (office / "out.csv").read_bytes()
