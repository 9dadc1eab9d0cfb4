"""The page of public names is up to date, and says something of every name."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path

import routeengine
from api.page import PAGE, page

PACKAGE = Path(routeengine.__file__).parent


def test_the_page_is_what_the_code_says() -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/api` writes it anew, and so does the script."""
    made = page(PACKAGE)
    if os.environ.get("ROUTEENGINE_RECORD") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert made == PAGE.read_text(encoding="utf-8"), "run `python tests/api/page.py`"


def test_every_name_has_a_line() -> None:
    """A name without a docstring of its own would stand there alone."""
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 100
    assert [name for name, what in rows if not what.endswith((".", "?"))] == []


def test_names_are_found_without_importing() -> None:
    """What is read from the source is what a package says once it is imported."""
    text = PAGE.read_text(encoding="utf-8")
    for module in ("routeengine", "routeengine.record", "routeengine.errors"):
        part = text.split(f"## {module}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", part, re.MULTILINE) == list(
            importlib.import_module(module).__all__
        )
