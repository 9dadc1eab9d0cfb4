"""The page on how it is built says rightly what has to be believed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import routeengine
from house.measure import import_graph, reachable, read

PACKAGE = Path(routeengine.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
START = "routeengine.executors.reference"


@pytest.mark.gate
def test_the_definition_rests_on_what_the_page_names() -> None:
    """The reference imports the modules that are named, and no others; their size is as told."""
    part = PAGE.read_text(encoding="utf-8").split("## What has to be believed\n")[1]
    part, rest = part.split("\n## ")[0].split("\nNothing else has to be believed")
    assert rest
    named = set(re.findall(r"`((?!tests/)[\w/]+\.py)`", part))
    believed = set(re.findall(r"^\| `([\w/]+\.py)`", part, re.MULTILINE))

    paths = sorted(PACKAGE.rglob("*.py"))
    modules = {module.name: module for module in (read(path, PACKAGE.parent) for path in paths)}
    used = {START, *reachable(import_graph([*modules.values()]), START)}
    files = {f"{name.removeprefix('routeengine.').replace('.', '/')}.py": name for name in used}
    assert files.keys() == named

    (told,) = re.findall(r"some (\d+) lines of code", part)
    lines = sum(modules[files[name]].code_lines for name in believed)
    assert abs(lines - int(told)) < 30, lines
