"""The small types that rule files are made of, read by the place they stand in.

Every type takes a node of the tree. What is wrong with it goes to the collector
of the run, and a hole of the right type stands in for it, so that one reading
finds the faults of a whole rule set.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, ClassVar, TypeAlias, TypeVar, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from routeengine.loading.faults import Collector
from routeengine.loading.yaml_tree import Branch, Leaf, Listing, Node
from routeengine.ruleset.flaws import did_you_mean, nearest, shown

T = TypeVar("T")

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def collector_of(info: ValidationInfo) -> Collector:
    """Give the collector of the run."""
    return cast("Collector", info.context)


def _named(node: Node) -> str:
    """Name what stands at a node: its key, or that it is an entry of a list."""
    last = node.path[-1] if node.path else "the file"
    return shown(last) if isinstance(last, str) else "this entry"


def _is_empty(node: object) -> bool:
    return isinstance(node, Leaf) and node == "" and not node.quoted


def _leaf(node: Node, info: ValidationInfo, wanted: str) -> Leaf | None:
    """Give a node that is a scalar, or None and keep the fault."""
    if isinstance(node, Leaf) and not _is_empty(node):
        return node
    if _is_empty(node):
        collector_of(info).add(node.path, f"{_named(node)} has no value", f"write {wanted}")
    else:
        collector_of(info).add(node.path, f"{_named(node)} must be {wanted}")
    return None


def _words(node: Node, info: ValidationInfo) -> str:
    return _filled(node, info, "text")


def _filled(node: Node, info: ValidationInfo, wanted: str) -> str:
    """Give a scalar that is not blank."""
    leaf = _leaf(node, info, wanted)
    if leaf is not None and not leaf.strip():
        collector_of(info).add(leaf.path, f"{_named(leaf)} is empty", f"write {wanted}")
    return "" if leaf is None else str(leaf)


def _name(node: Node, info: ValidationInfo) -> str:
    return _filled(node, info, "one word")


def _target(node: Node, info: ValidationInfo) -> str:
    leaf = _leaf(node, info, "an outcome, or `{review: [candidates]}`")
    return "" if leaf is None else str(leaf)


def _section(node: Node, info: ValidationInfo) -> str:
    leaf = _leaf(node, info, 'the heading of a section, or ""')
    return "" if leaf is None else str(leaf)


def _value(node: Node, info: ValidationInfo) -> Leaf | None:
    return _leaf(node, info, "one value")


def _whole(node: Node, info: ValidationInfo) -> int:
    leaf = _leaf(node, info, "a whole number")
    if leaf is None:
        return 0
    number = whole_number(leaf)
    if number is None:
        hint = "write it without quotes" if _WHOLE.fullmatch(leaf) else ""
        collector_of(info).add(leaf.path, f"{_named(leaf)} must be a whole number", hint)
    return number or 0


def whole_number(leaf: Leaf) -> int | None:
    """Read a plain scalar as a whole number, or give None."""
    return int(leaf) if not leaf.quoted and _WHOLE.fullmatch(leaf) else None


def truth_value(leaf: Leaf) -> bool | None:
    """Read a plain scalar as true or false, or give None."""
    return None if leaf.quoted else {"true": True, "false": False}.get(leaf)


def _yes_no(node: Node, info: ValidationInfo) -> bool:
    leaf = _leaf(node, info, "`true` or `false`")
    if leaf is None:
        return False
    truth = truth_value(leaf)
    if truth is None:
        hint = "write it without quotes" if leaf in {"true", "false"} else ""
        collector_of(info).add(leaf.path, f"{_named(leaf)} must be `true` or `false`", hint)
    return bool(truth)


def _day(node: Node, info: ValidationInfo) -> date | None:
    leaf = _leaf(node, info, "a date as YYYY-MM-DD")
    if leaf is not None:
        try:
            if _DAY.fullmatch(leaf):
                return date.fromisoformat(leaf)
        except ValueError:
            pass
        collector_of(info).add(leaf.path, f"{_named(leaf)} must be a date as YYYY-MM-DD")
    return None


def _mapping(node: Node, info: ValidationInfo) -> Branch:
    if isinstance(node, Branch):
        return node
    collector_of(info).add(node.path, f"{_named(node)} must be a mapping", "write `key: value`")
    return Branch(node.path)


def _per_language(node: Node, info: ValidationInfo) -> Branch:
    if isinstance(node, Branch):
        return node
    collector_of(info).add(
        node.path,
        f"{_named(node)} must hold its words per language",
        "write `{nl: …, en: …}`",
    )
    return Branch(node.path)


def _list(node: Node, info: ValidationInfo) -> Listing:
    if isinstance(node, Listing):
        return node
    collector_of(info).add(node.path, f"{_named(node)} must be a list", "write `[one, other]`")
    return Listing(node.path)


def _one_or_more(node: Node, info: ValidationInfo) -> Listing:
    if isinstance(node, Leaf):
        single = Listing(node.path)
        if _leaf(node, info, "a name, or a list of names") is not None:
            single.append(node)
        return single
    listing = _list(node, info)
    if isinstance(node, Listing) and not node:
        collector_of(info).add(node.path, f"{_named(node)} is an empty list", "name one or more")
    return listing


ANY_SCALAR: dict[str, Any] = {"type": ["string", "integer", "number", "boolean"]}

ONE_OR_MORE_SCALARS: dict[str, Any] = {
    "anyOf": [ANY_SCALAR, {"type": "array", "items": ANY_SCALAR, "minItems": 1}]
}

Words: TypeAlias = Annotated[str, PlainValidator(_words), WithJsonSchema({"type": "string"})]
"""Text that people read."""

Name: TypeAlias = Annotated[str, PlainValidator(_name), WithJsonSchema(ANY_SCALAR)]
"""An id or another short word. An editor may take `1` for a number; it is a name here."""

Target: TypeAlias = Annotated[str, PlainValidator(_target), WithJsonSchema(ANY_SCALAR)]
"""The outcome that a rule leads to."""

Section: TypeAlias = Annotated[str, PlainValidator(_section), WithJsonSchema({"type": "string"})]
"""A heading of a source, or nothing for what stands before the first."""

Value: TypeAlias = Annotated[Leaf | None, PlainValidator(_value), WithJsonSchema(ANY_SCALAR)]
"""A value of a fact; the fact says of what type."""

Whole: TypeAlias = Annotated[int, PlainValidator(_whole), WithJsonSchema({"type": "integer"})]
"""A whole number, of nine digits at most."""

YesNo: TypeAlias = Annotated[bool, PlainValidator(_yes_no), WithJsonSchema({"type": "boolean"})]
"""`true` or `false`, and no other word."""

Day: TypeAlias = Annotated[
    date | None, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
"""A date."""

Table: TypeAlias = Annotated[dict[str, T], BeforeValidator(_mapping)]
"""Entries by id."""

Listed: TypeAlias = Annotated[list[T], BeforeValidator(_list)]
"""A list."""

Text: TypeAlias = Annotated[
    dict[str, Words],
    BeforeValidator(_per_language),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
"""The same words in each language."""

Names: TypeAlias = Listed[Name]
"""A list of ids or other words."""

OneOrMore: TypeAlias = Annotated[
    list[Name],
    BeforeValidator(_one_or_more),
    WithJsonSchema(ONE_OR_MORE_SCALARS),
]
"""A name, or a list of them."""


class Choice:
    """Marks a place where one of a few words can stand."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"enum": list(self.words)}

    def _read(self, node: Node, info: ValidationInfo) -> str:
        allowed = ", ".join(f"`{word}`" for word in self.words)
        leaf = _leaf(node, info, f"one of {allowed}")
        if leaf is None:
            return self.words[0]
        if leaf not in self.words:
            hint = did_you_mean(leaf, self.words, f"write {allowed}")
            collector_of(info).add(leaf.path, f"{_named(leaf)} cannot be {shown(leaf)}", hint)
            return self.words[0]
        return str(leaf)


def needed(description: str, hole: Callable[[], Any], **more: Any) -> Any:
    """Declare a key that must be there; `hole` makes what stands in where it is not."""
    return Field(
        default_factory=hole,
        description=description,
        json_schema_extra={"needed": True},
        **more,
    )


def optional(description: str, default: Callable[[], Any] = lambda: None, **more: Any) -> Any:
    """Declare a key that may be left out."""
    return Field(default_factory=default, description=description, **more)


def _finish_schema(schema: dict[str, Any]) -> None:
    """Say which keys must be there; to a reader of the tree all have a default."""
    properties = schema.get("properties", {})
    required = [key for key, one in properties.items() if one.pop("needed", False)]
    if required:
        schema["required"] = required
    schema.pop("title", None)
    for one in properties.values():
        one.pop("title", None)
        one.pop("default", None)
        # An optional key is left out; it is never written as null.
        if one.get("anyOf", [None])[-1] == {"type": "null"}:
            kept = one.pop("anyOf")[:-1]
            one.update(kept[0] if len(kept) == 1 else {"anyOf": kept})


class Entry(BaseModel):
    """A mapping with keys that are known beforehand."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, json_schema_extra=_finish_schema
    )
    noun: ClassVar[str] = "an entry"

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, node: Node, info: ValidationInfo) -> Branch:
        """Keep a fault for each key that is unknown or lacking, and leave out the unknown."""
        collector = collector_of(info)
        if not isinstance(node, Branch):
            what = "has no value" if _is_empty(node) else f"must be {cls.noun}, as a mapping"
            collector.add(node.path, f"{_named(node)} {what}", "it has " + cls._key_list())
            return Branch(node.path)
        keys = cls._keys()
        meant = cls._find_unknown(node, collector)
        for key, is_needed in keys.items():
            if key in meant:
                collector.damage((*node.path, key))
            elif is_needed and key not in node:
                collector.add((*node.path, key), f"{cls.noun} needs `{key}`", cls._purpose(key))
        known = Branch(node.path)
        known.update((key, one) for key, one in node.items() if key in keys)
        return known

    @classmethod
    def _find_unknown(cls, node: Branch, collector: Collector) -> set[str]:
        """Keep a fault for each unknown key; give the lacking keys that were meant by them."""
        meant = set()
        keys = cls._keys()
        for key in node:
            if key in keys:
                continue
            near = nearest(key, keys)
            hint = "it has " + cls._key_list() if near is None else f"did you mean `{near}`?"
            message = f"{shown(key)} is no key of {cls.noun}"
            collector.add((*node.path, key), message, hint, key=True)
            if near is not None and near not in node:
                meant.add(near)
        return meant

    @classmethod
    def _keys(cls) -> dict[str, bool]:
        return {
            field.alias or name: isinstance(field.json_schema_extra, dict)
            for name, field in cls.model_fields.items()
        }

    @classmethod
    def _key_list(cls) -> str:
        return ", ".join(f"`{key}`" for key in cls._keys())

    @classmethod
    def _purpose(cls, key: str) -> str:
        fields = cls.model_fields.items()
        return next(
            f"{field.description}" for name, field in fields if (field.alias or name) == key
        )
