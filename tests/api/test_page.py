"""The page of public names is up to date, and says something of every name."""

from __future__ import annotations

import importlib
import json
import os
import pydoc
import re
from datetime import date
from pathlib import Path
from typing import get_type_hints

import pytest
import yaml
from pydantic import TypeAdapter

import routeengine
from api import keys
from api.page import PAGE, page
from routeengine import Departure, Observation, errors

PACKAGE = Path(routeengine.__file__).parent


@pytest.mark.gate
def test_the_page_is_what_the_code_says() -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/api` writes it anew, and so does the script."""
    made = page(PACKAGE)
    if os.environ.get("ROUTEENGINE_RECORD") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert made == PAGE.read_text(encoding="utf-8"), "run `python tests/api/page.py`"


@pytest.mark.gate
def test_the_page_of_keys_is_what_the_schema_says() -> None:
    """Every key of every entry is on it; `ROUTEENGINE_RECORD=1 pytest tests/api` writes it anew."""
    made = keys.page()
    if os.environ.get("ROUTEENGINE_RECORD") == "1":
        keys.PAGE.write_text(made, encoding="utf-8")
    assert made == keys.PAGE.read_text(encoding="utf-8"), "run `python tests/api/keys.py`"
    defs = json.loads(keys.SCHEMA.read_text(encoding="utf-8"))["$defs"]
    headings = {f"\n## {keys.spoken(name).capitalize()}\n" for name in defs}
    assert {one for one in headings if one not in made} == set()
    assert made.count("\n| ") > sum(len(one.get("properties", ())) for one in defs.values())


def test_examples_of_keys_are_short_and_real() -> None:
    """Most keys have one, and what stands in code is YAML."""
    rows = re.findall(
        r"^\| \*{0,2}`\w+`\*{0,2} \|.*\| (.*) \|$",
        keys.PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    shown = [row.strip("`") for row in rows if row]
    assert len(shown) > 0.7 * len(rows)
    assert all(yaml.safe_load(one) is not None for one in shown)


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


def test_the_root_shows_all_its_names() -> None:
    """`dir` and `help` list them, those that are imported later too; every error is among them."""
    names = set(routeengine.__all__)
    assert names <= set(dir(routeengine))
    shown = pydoc.plain(pydoc.render_doc(routeengine))
    assert {name for name in names - {"__version__"} if name not in shown} == set()
    raised = {
        name
        for name in errors.__all__
        if isinstance(getattr(errors, name), type) and issubclass(getattr(errors, name), Exception)
    }
    assert raised <= names
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = routeengine.nothing


@pytest.mark.parametrize("cls", [Observation, Departure])
def test_a_field_called_as_its_type_keeps_its_type(cls: type) -> None:
    """Both have a field `date` of the type `date`, which whoever reads types has to find."""
    assert get_type_hints(cls)["date"] is date
    assert "date" in TypeAdapter(cls).json_schema(mode="serialization")["properties"]
