"""The tutorials can be followed: every command and every block of code prints what is shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from examples import gated
from followed import Page, change, printed_as

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
IDEAS = sorted((DOCS / "ideas").glob("*.md"))
AUDITOR = DOCS / "tutorials" / "auditor.md"
TUTORIALS = [DOCS / "start.md", *sorted({*(DOCS / "tutorials").glob("*.md")} - {AUDITOR})]
PICTURES = [
    DOCS / "pictures" / f"{name}.svg" for name in ("overview", "completions", "cells", "believed")
]


@pytest.mark.parametrize(
    "path",
    # Of the pages for auditors, which take the same steps, the Dutch one is followed by the gate.
    [*IDEAS, *gated(TUTORIALS, 0), pytest.param(AUDITOR, marks=pytest.mark.night)],
    ids=lambda path: path.relative_to(DOCS).as_posix(),
)
def test_a_tutorial_can_be_followed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a copy of the repository; `ROUTEENGINE_RECORD=1` writes anew what commands print."""
    monkeypatch.chdir(tmp_path)
    for name in ("fixtures", "portable", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    Page(path).follow()


def test_what_differs_from_the_page_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another line, a line more, a line less, and a block that nobody runs."""
    monkeypatch.delenv("ROUTEENGINE_RECORD", raising=False)
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    for text in (
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ echo one\n```\n",
        "```console\n$ echo one\none\ntwo\n```\n",
        "```python\nprint(1)\n# 2\n```\n",
        "```python\nprint(1)\n```\n",
        "```sh\necho one\n```\n",
        "```console\n$ routeengine check nowhere\n$ echo $?\n0\n```\n",
        "<!-- file: a.txt -->\n```text\none\n```\n<!-- change: a.txt -->\n```diff\n-two\n```\n",
    ):
        page.write_text(text, encoding="utf-8")
        with pytest.raises(AssertionError):
            Page(page).follow()
    page.write_text("```console\n$ echo one; echo two\n…\ntw…\n```\n", encoding="utf-8")
    Page(page).follow()


def test_a_difference_is_applied_once() -> None:
    """What stays is where it was; a place that is not there, or twice, is no place."""
    assert change("a\nb\nc\n", " a\n-b\n+d\n+e\n c\n") == "a\nd\ne\nc\n"
    for text in ("b\n", "a\na\n"):
        with pytest.raises(AssertionError):
            change(text, "-a\n+b\n")


def test_dots_stand_for_lines_and_for_the_rest_of_one() -> None:
    """And for nothing else."""
    assert printed_as("a\n…\nd\n").fullmatch("a\nb\nc\nd\n")
    assert printed_as("a\n…\nd\n").fullmatch("a\nd\n")
    assert printed_as("a…\n").fullmatch("abc\n")
    assert not printed_as("a…\n").fullmatch("a\nb\n")


def test_both_languages_of_the_auditor_take_the_same_steps() -> None:
    """The same headings, blocks and commands, in the same order; only the language differs."""
    shapes = []
    for name in ("auditor.md", "auditor.nl.md"):
        text = (DOCS / "tutorials" / name).read_text(encoding="utf-8")
        commands = re.findall(r"^\$ (.*)$", text, re.MULTILINE)
        starts = re.findall(r"^(#+ |```\w+)", text, re.MULTILINE)
        shapes.append((starts, [re.sub(r"--lang \w+", "", one) for one in commands]))
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_for_everybody(path: Path) -> None:
    """It has a paper of its own, colours for a dark screen, a title, and asks for nothing."""
    text = path.read_text(encoding="utf-8")
    assert 'class="paper"' in text
    assert "prefers-color-scheme: dark" in text
    assert re.search(r'<title id="title">.{40,}</title>', text)
    assert "href" not in text
    assert "url(" not in text
