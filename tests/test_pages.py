"""What the pages point at is there: links, headings, tests and modules."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "conformance/*.md", "fixtures/*.md")
    for path in ROOT.glob(pattern)
)
ids = [path.relative_to(ROOT).as_posix() for path in PAGES]


def prose(path: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(
        r"^ *```.*?^ *```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as repository hosts make them."""
    headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_every_link_leads_somewhere(path: Path) -> None:
    """To a file of the repository, and to a heading of it where one is named."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        # The suite may run beside the wheel, without the source and the tools around it.
        if not (ROOT / "src").exists() and not there.exists():
            continue
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.gate
@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_every_test_that_is_named_is_there(path: Path) -> None:
    """A claim whose test is gone would be held by nothing."""
    for file, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", prose(path)):
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        tests = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
        assert not name or name in tests, f"{file}::{name}"


@pytest.mark.parametrize("path", PAGES, ids=ids)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    """A file of the repository that a page names by its whole path."""
    named = re.findall(r"`((?:src|tests|docs|schemas)/[\w/.-]+\.\w+)`", prose(path))
    beside = (ROOT / "src").exists()
    assert [name for name in named if beside and not (ROOT / name).exists()] == []


def test_every_promise_names_its_test() -> None:
    """Each row of the table ends in the name of a test."""
    page = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| **")]
    assert len(rows) >= 8
    assert all("`tests/" in row.rsplit("|", 2)[1] for row in rows)
