"""What the reference of the API says: its examples run, and no public field goes unexplained."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import routeengine
from api.page import INNER, Source
from routeengine import RuleSet, load_ruleset

PACKAGE = Path(routeengine.__file__).parent

SOURCE = Source(PACKAGE)

PUBLIC = [name for name in SOURCE.trees if SOURCE.public(name) and name not in INNER]

SHOWN = sorted(name for name in SOURCE.trees if ">>> " in ast.unparse(SOURCE.trees[name]))
"""The modules with an example."""

MOST_USED = (
    *("load_ruleset", "Engine", "Interview", "Dossier", "replay"),
    *(f"Engine.{name}" for name in ("classify", "classify_table", "explain", "what_if")),
    *("Engine.changes_to", "Engine.record", "Explanation.to_text"),
    *("verify", "diff", "hangs_on", "impact", "mutate", "run_cases", "certify", "open_caseload"),
)
"""What most programs call: a reader finds an example of each."""

PAGES = ("routeengine.change_page", "routeengine.rulebook", "routeengine.report")
"""Their data are the parts of a page, in its order: the page explains them."""


@cache
def shipped(name: str, *more: str) -> RuleSet:
    """Load a shipped rule set once for all examples; it is frozen, so that they may share it."""
    return load_ruleset(name, *more)


@pytest.mark.parametrize("name", SHOWN)
def test_the_examples_of_docstrings_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They print what stands under them; a reader may paste each, for it needs no other."""

    def loaded(rules: Any, *more: Any) -> RuleSet:
        return (shipped if isinstance(rules, str) else load_ruleset)(rules, *more)

    monkeypatch.setattr(routeengine, "load_ruleset", loaded, raising=False)
    found = doctest.testmod(import_module(name), extraglobs={"__name__": "example"})
    assert found.attempted
    assert not found.failed


def shown_by(name: str) -> Iterator[str]:
    """Yield the docstrings of a public name, or of a method by its class."""
    owner, _, method = name.partition(".")
    for module in PUBLIC:
        if owner in SOURCE.public(module):
            found = definition(module, owner)
            parts = [one for one in found.body if isinstance(one, ast.FunctionDef)] if found else []
            if not method:
                yield SOURCE.docstring(module, owner)
            yield from (ast.get_docstring(one) or "" for one in parts if one.name == method)


def test_what_is_used_most_has_an_example() -> None:
    """The docstring of whatever most programs call shows a call."""
    missing = [one for one in MOST_USED if not any(">>> " in text for text in shown_by(one))]
    assert not missing


def definition(module: str, name: str) -> ast.ClassDef | None:
    """Return the class of a name, wherever it is defined; None for what is no class."""
    tree = SOURCE.trees[module]
    for one in tree.body:
        if isinstance(one, ast.ClassDef) and one.name == name:
            return one
    for inner in ast.walk(tree):
        match inner:
            case ast.ImportFrom(module=str(origin), names=names) if origin in SOURCE.trees:
                if name in [alias.name for alias in names]:
                    return definition(origin, name)
    return None


def public_dataclasses() -> Iterator[ast.ClassDef]:
    """Yield the definitions of the dataclasses that the reference shows."""
    for module in PUBLIC:
        for name in SOURCE.public(module) if module not in PAGES else ():
            found = definition(module, name)
            if found and any("dataclass" in ast.unparse(one) for one in found.decorator_list):
                yield found


def fields_of(owner: ast.ClassDef) -> Iterator[str]:
    """Yield the public fields of a dataclass."""
    for one in owner.body:
        if isinstance(one, ast.AnnAssign) and "ClassVar" not in ast.unparse(one.annotation):
            name = ast.unparse(one.target)
            if not name.startswith("_"):
                yield name


def test_every_public_field_is_explained() -> None:
    """The docstring of a public dataclass names each field: in code, or under `Attributes`."""
    owners = list(public_dataclasses())
    assert len(owners) > 50
    unexplained = [
        f"{owner.name}.{name}"
        for owner in owners
        for name in fields_of(owner)
        if not re.search(rf"`{name}`|^ +{name}: ", ast.get_docstring(owner) or "", re.MULTILINE)
    ]
    assert not unexplained
