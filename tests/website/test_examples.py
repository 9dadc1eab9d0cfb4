"""What the pages show is run: each block by a test of its page, or there is a reason why not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from routeengine.cli.arguments import parser
from website.build import ROOT, TOP

PAGES = [
    *(ROOT / name for name in TOP if name != "CHANGELOG.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]

BLOCK = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

RUN = {
    "README.md": "tests/test_readme.py",
    "docs/artefact.md": "tests/portable/test_artefact.py",
    "docs/auditors.md": "tests/explanation/test_docs.py",
    "docs/auditors.nl.md": "tests/explanation/test_docs.py",
    "docs/authoring.md": "tests/cli/test_authoring_docs.py",
    "docs/bijstand-norm.md": "tests/bijstand_norm/test_docs.py",
    "docs/caseloads.md": "tests/caseload/test_docs.py",
    "docs/dmn.md": "tests/dmn/test_docs.py",
    "docs/dossier.md": "tests/dossier/test_docs.py",
    "docs/durable.md": "tests/executors/test_durable_docs.py",
    "docs/embedding.md": "tests/test_readme.py",
    "docs/events.md": "tests/events/test_docs.py",
    "docs/examples.md": "tests/test_example_programs.py",
    "docs/explanations.md": "tests/website/test_examples.py",
    "docs/ideas/cells.md": "tests/test_tutorials.py",
    "docs/ideas/unknown.md": "tests/test_tutorials.py",
    "docs/policy-rijswijk.md": "tests/policy/test_citations.py",
    "docs/records.md": "tests/record/test_docs.py",
    "docs/rulebook.md": "tests/rulebook/test_docs.py",
    "docs/scale.md": "tests/spark/test_docs.py",
    "docs/sql.md": "tests/sql/test_docs.py",
    "docs/start.md": "tests/test_tutorials.py",
    "docs/tables.md": "tests/tables/test_docs.py",
    "docs/testing.md": "tests/testing/test_docs.py",
    "docs/tutorials/auditor.md": "tests/test_tutorials.py",
    "docs/tutorials/auditor.nl.md": "tests/test_tutorials.py",
    "docs/tutorials/author.md": "tests/test_tutorials.py",
    "docs/tutorials/integrator.md": "tests/test_tutorials.py",
    "docs/verification.md": "tests/verification/test_docs.py",
}
"""Pages with programs or with what commands print, and the test that runs them all."""

NOT_RUN = {
    "docs/pyodide.md": "takes Pyodide from npm; `tests/portable` runs the same in it where it is",
}
"""Pages with such blocks that no test of the suite runs, and why."""


def blocks(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a page by their language."""
    for indent, language, text in BLOCK.findall(path.read_text(encoding="utf-8")):
        yield language, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)


def named(path: Path) -> str:
    """Return the name of a page in the repository."""
    return path.relative_to(ROOT).as_posix()


def test_every_page_with_programs_is_run() -> None:
    """By the test that the table names; and the table names no page without any."""
    pages = {
        named(page) for page in PAGES if {"python", "console", "js"} & dict(blocks(page)).keys()
    }
    assert pages == RUN.keys() | NOT_RUN.keys()
    assert RUN.keys().isdisjoint(NOT_RUN)
    for page, test in RUN.items():
        text = (ROOT / test).read_text(encoding="utf-8")
        assert Path(page).name in text or f'"{Path(page).parent.name}"' in text, page


def commands(path: Path) -> Iterator[list[str]]:
    """Yield the words of each `routeengine …` that a page shows in a block."""
    for _, text in blocks(path):
        for line in re.sub(r"\\\n", " ", text).splitlines():
            if not re.search(r"(^|\$ |\s)(\.venv/bin/)?routeengine ", line) or "…" in line:
                continue
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            # At `&&`, `|` and the like another command begins.
            for ends, part in groupby(words, key=lambda word: not set(word) - set("&|;<>()")):
                command = [word for word in part if word not in ("$", "do")]
                if not ends and command and command[0].rpartition("/")[2] == "routeengine":
                    yield command[1:]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_a_command_that_is_shown_can_be_given(path: Path) -> None:
    """Its name and its options are known; what capitals stand for is the reader's."""
    top = parser()
    for words in commands(path):
        if words and words[0] not in ("--version", "--help"):
            top.parse_args(["2023-06-05" if word == "DAY" else word for word in words])


def test_the_page_on_explanations_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """Its program prints the explanation; each other line gives a text or data."""
    page = ROOT / "docs/explanations.md"
    [program] = [text for language, text in blocks(page) if language == "python"]
    names: dict[str, Any] = {}
    exec(compile(program, "docs/explanations.md", "exec"), names)
    assert capsys.readouterr().out == names["explanation"].to_text() + "\n"
