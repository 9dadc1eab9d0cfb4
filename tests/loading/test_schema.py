"""The JSON Schema for editors is current, takes what loads and refuses wrong forms."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from loading.broken import BROKEN
from loading.small import LIBRARY, REPOSITORY, SMALL, changed
from routeengine.loading.document import json_schema

KEPT = REPOSITORY / "schemas" / "ruleset.schema.json"


class _Core(yaml.SafeLoader):
    """Reads as YAML 1.2 does, as editors do: `yes`, `no` and dates are words."""


_Core.yaml_implicit_resolvers = {
    sign: [
        (tag, form)
        for tag, form in forms
        if tag.endswith((":int", ":float", ":null"))
        or (tag.endswith(":bool") and sign not in "yYnNoO")
    ]
    for sign, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def _read(text: str) -> str:
    return json.dumps(_Core(text).get_single_data())


def as_an_editor(text: str) -> Any:
    """Read a file as an editor does before it looks at the schema; the same text once."""
    return json.loads(_read(text))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Make a validator, once."""
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_kept_schema_is_current() -> None:
    """`routeengine export json-schema > schemas/ruleset.schema.json` changes nothing."""
    assert json.loads(KEPT.read_text(encoding="utf-8")) == json_schema()


@pytest.mark.gate
def test_the_schema_is_printed() -> None:
    """The command prints just what is kept, byte by byte."""
    command = [sys.executable, "-m", "routeengine", "export", "json-schema"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    assert printed == KEPT.read_bytes()


@pytest.mark.parametrize(
    "path", [*sorted(LIBRARY.glob("*.yaml")), *sorted((REPOSITORY / "rules").rglob("*.yaml"))]
)
def test_the_schema_takes_what_loads(path: Path, validator: Draft202012Validator) -> None:
    """No file of a rule set that loads is marked in an editor."""
    tree = as_an_editor(path.read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(tree)] == []


FORMS = [
    "unknown key with a near one", "unknown section", "missing key", "text where a number must be",
    "list where text must be", "text where a list must be", "text without languages",
    "unknown type", "unknown basis", "unknown bound", "list as a condition",
    "empty mapping as a condition",
    "two keys in a condition", "text under any", "count without count", "review without list",
    "flag raised by another", "empty list of outcomes", "quoted number",
]  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_the_schema_refuses_wrong_forms(name: str, validator: Draft202012Validator) -> None:
    """What is wrong in its form is marked while it is being written."""
    validator.validate(as_an_editor(SMALL))
    assert not validator.is_valid(as_an_editor(changed(*BROKEN[name])))


def test_every_key_is_described() -> None:
    """An editor has something to say of every key of every entry."""
    for name, entry in json_schema()["$defs"].items():
        for key, one in entry.get("properties", {}).items():
            assert one.get("description"), f"{name}.{key}"
