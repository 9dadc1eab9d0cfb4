"""Writes docs/rule-keys.md, every key of rule files: `python tests/api/keys.py` makes it again.

What is said of a key, and the form that it takes, is what the JSON Schema says to editors; what is
so if it is left out is what the reader of rule files takes. The examples are the shortest that the
page on the rule language, the shipped rules or those of the library's tests have.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from routeengine.loading.keys import Entry

ROOT = Path(__file__).resolve().parents[2]

PAGE = ROOT / "docs/rule-keys.md"

SCHEMA = ROOT / "schemas/ruleset.schema.json"

HEAD = """\
# Every key of rule files

[The rule language](rule-language.md) tells it as a story; this page is for looking things up. Each
table is what editors are told by [the JSON Schema](../schemas/ruleset.schema.json), and what the
library itself reads by. A key in bold is needed. *Left out* says what holds without the key, if
that is not plainly nothing. `python tests/api/keys.py` writes this page, and a test fails if it is
out of date.

*Text* stands for a text per language, as `{nl: Ja, en: Yes}`, or one text if the rule set has one
language.
"""

SCALAR = ["string", "integer", "number", "boolean"]

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

EXAMPLE = 90
"""Characters that an example may take."""


class Examples:
    """The shortest value that some rule file has for each key."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._defs: dict[str, Any] = schema["$defs"]
        self._found = dict[tuple[str, str], str]()
        page = (ROOT / "docs/rule-language.md").read_text(encoding="utf-8")
        texts = re.findall(r"^```yaml[^\n]*\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        folders = (ROOT / "rules", ROOT / "fixtures/library-card")
        files = [file for folder in folders for file in sorted(folder.rglob("*.yaml"))]
        # The page first: of examples that are as short as each other it has the first say.
        for text in [*texts, *(file.read_text(encoding="utf-8") for file in files)]:
            self._walk("", schema, LOADER(text).get_single_data())

    def of(self, owner: str, key: str) -> str:
        """Return the example of a key as code, or nothing if none is short."""
        text = self._found.get((owner, key), "").replace("|", "\\|")
        return f"`{text}`" if text else ""

    def _walk(self, owner: str, schema: dict[str, Any], value: Any) -> None:
        if "$ref" in schema:
            owner = schema["$ref"].rpartition("/")[2]
            schema = self._defs[owner]
        for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            self._walk(owner, choice, value)
        if isinstance(value, list):
            for one in value:
                self._walk(owner, schema.get("items", {}), one)
        if not isinstance(value, dict):
            return
        properties = schema.get("properties", {})
        if not set(schema.get("required", ())) <= set(value):
            return
        others = schema.get("additionalProperties")
        for key, inner in value.items():
            if key in properties:
                self._keep((owner, key), inner)
                self._walk("", properties[key], inner)
            elif isinstance(others, dict):
                self._walk("", others, inner)

    def _keep(self, at: tuple[str, str], value: Any) -> None:
        text = yaml.dump(value, Dumper=_Plain, default_flow_style=True, width=1000, sort_keys=False)
        text = text.removesuffix("\n").removesuffix("\n...")
        if (
            value
            and len(text) <= EXAMPLE
            and len(text) < len(self._found.get(at, " " * (EXAMPLE + 1)))
        ):
            self._found[at] = text


class _Plain(yaml.SafeDumper):
    """Writes every text as it was read, without quotes where a number or a day could stand."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Plain.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text)
)
_Plain.yaml_implicit_resolvers = {}


def form(schema: dict[str, Any]) -> str:
    """Return in a few words what can stand at a key."""
    match schema:
        case {"$ref": name}:
            name = name.rpartition("/")[2]
            return f"[{spoken(name)}](#{spoken(name).replace(' ', '-')})"
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"oneOf": forms} | {"anyOf": forms}:
            return " or ".join(dict.fromkeys(form(one) for one in forms))
        case {"type": "array", "items": items}:
            return f"list of {form(items)}" if schema.get("minItems") != 1 else "list of them"
        case {"type": "object", "additionalProperties": {"type": "string"}}:
            return "text"
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"by id: {form(inner)}"
        case {"format": "date"}:
            return "day"
        case {"type": "integer"}:
            return "whole number"
        case {"type": kind} if kind == SCALAR:
            return "word or number"
        case {"type": "string", "pattern": pattern}:
            return f"word, as `{pattern}`"
        case {"type": kind}:
            return {"string": "words", "boolean": "`true`", "object": "a fact and its values"}[kind]
    raise ValueError(schema)


def spoken(name: str) -> str:
    """Return the name of an entry as words: `EvidenceSourceEntry` is `evidence source`."""
    return " ".join(re.findall(r"[A-Z][a-z]*", name.removesuffix("Entry"))).lower()


def entries(cls: type[Entry] = Entry) -> Iterator[type[Entry]]:
    """Yield every kind of entry there is."""
    for inner in cls.__subclasses__():
        yield inner
        yield from entries(inner)


def left_out(holes: dict[str, Any], key: str) -> str:
    """Return what holds if an optional key is not there; nothing if that is nothing."""
    match holes.get(key):
        case bool(value):
            return f"`{str(value).lower()}`"
        case int(value) | str(value) if value != "":
            return f"`{value}`"
        case date() as value:
            return f"`{value}`"
    return ""


def section(
    title: str, name: str, schema: dict[str, Any], examples: Examples, holes: dict[str, Any]
) -> Iterator[str]:
    """Yield the part of the page on one kind of entry."""
    yield f"\n## {title.capitalize()}\n\n{schema['description']}\n"
    needed = schema.get("required", ())
    rows = []
    for key, inner in schema.get("properties", {}).items():
        shown = f"**`{key}`**" if key in needed else f"`{key}`"
        what = inner["description"].replace("|", "\\|")
        told = key in needed or "unless said" in what
        without = "" if told else left_out(holes, key)
        said = f"{what}; left out: {without}" if without else what
        rows.append(f"| {shown} | {said} | {form(inner)} | {examples.of(name, key)} |\n")
    if rows:
        yield "\n| key | says | form | example |\n| --- | --- | --- | --- |\n"
        yield from rows
    if isinstance(schema.get("additionalProperties"), dict):
        yield f"\nAnd {form(schema['additionalProperties'])}s beside these, by id.\n"


def condition(schema: dict[str, Any]) -> Iterator[str]:
    """Yield the part on conditions, which can be one of many forms."""
    yield f"\n## Condition\n\n{schema['description']} One of:\n\n"
    for one in schema["oneOf"]:
        match one:
            case {"$ref": _}:
                yield f"- {form(one)}\n"
            case {"type": "string"}:
                yield f"- one word: {one['description']}\n"
            case {"additionalProperties": _}:
                yield f"- `fact: value`: {one['description']} ([bounds](#bounds))\n"


def in_order(schema: Any, defs: dict[str, Any], seen: dict[str, None]) -> dict[str, None]:
    """Return the names of all entries, each where it is first spoken of."""
    if isinstance(schema, dict) and "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            seen[name] = None
            in_order(defs[name], defs, seen)
    elif isinstance(schema, dict | list):
        for inner in schema.values() if isinstance(schema, dict) else schema:
            in_order(inner, defs, seen)
    return seen


def page() -> str:
    """Return the whole page."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    examples = Examples(schema)
    holes = {
        one.__name__: {key: value.hole for key, value in one.keys.items()} for one in entries()
    }
    parts = [HEAD, *section("a rule set", "", schema, examples, {})]
    defs = schema["$defs"]
    for name in in_order(schema["properties"], defs, {}):
        inner = defs[name]
        if name == "Condition":
            parts += condition(inner)
        else:
            parts += section(spoken(name), name, inner, examples, holes.get(name, {}))
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(), encoding="utf-8")
