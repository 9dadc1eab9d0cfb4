"""What rule files are made of: how each piece is read, and what an editor is told of it.

Every shape takes a node of the tree. What is wrong with it goes to the collector of the run, and a
hole of the right type stands in for it, so that one reading finds the faults of a whole rule set.
The same shapes give the JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, TypeAlias, TypeVar

from routeengine.loading.yaml_tree import Collector, MappingNode, Node, ScalarNode, SequenceNode
from routeengine.ruleset.domains import Domain
from routeengine.ruleset.flaws import Path, did_you_mean, nearest, quote
from routeengine.ruleset.model import Grounds

T = TypeVar("T", MappingNode, SequenceNode)

Schema: TypeAlias = dict[str, Any]

Values: TypeAlias = dict[str, Any]
"""What an entry says, by the field that it is for."""

STRING: Schema = {"type": "string"}
ANY_SCALAR: Schema = {"type": ["string", "integer", "number", "boolean"]}
"""An editor may take `1` for a number where it is a name here."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of a rule set: where faults go, and what its conditions can name.

    `facts` holds None for a fact whose own entry has a fault.
    """

    collector: Collector
    criteria: Collection[str]
    decisions: Collection[str]
    facts: dict[str, Domain | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """What can stand in one place of a rule file.

    `read` takes what stands there, `hole` is what stands in for it, and `absent` is what it means
    that nothing stands there. `schema` takes the definitions that a JSON Schema has so far, by
    name, and adds its own to them.
    """

    read: Callable[[Any, Run], Any]
    schema: Callable[[Schema], Schema]
    hole: Any = None
    absent: Any = None


# Scalars


def _named(node: Node) -> str:
    """Name what stands at a node: its key, or that it is an entry of a list."""
    last = node.path[-1] if node.path else "the file"
    return quote(last) if isinstance(last, str) else "this entry"


def _is_empty(node: object) -> bool:
    return isinstance(node, ScalarNode) and node == "" and not node.quoted


def _leaf(node: Node, run: Run, wanted: str) -> ScalarNode | None:
    """Return a node that is a scalar, or None and keep the fault."""
    if isinstance(node, ScalarNode) and not _is_empty(node):
        return node
    if _is_empty(node):
        run.collector.add(node.path, f"{_named(node)} has no value", f"write {wanted}")
    else:
        run.collector.add(node.path, f"{_named(node)} must be {wanted}")
    return None


def text(wanted: str, schema: Schema, *, may_be_blank: bool = False) -> Shape:
    """Return the shape of a text."""

    def read(node: Node, run: Run) -> str:
        leaf = _leaf(node, run, wanted)
        if leaf is not None and not leaf.strip() and not may_be_blank:
            run.collector.add(leaf.path, f"{_named(leaf)} is empty", f"write {wanted}")
        return "" if leaf is None else str(leaf)

    return Shape(read, lambda _: schema, "")


def scalar(
    wanted: str, parse: Callable[[ScalarNode], object], schema: Schema, hole: object
) -> Shape:
    """Return the shape of a scalar that `parse` makes something of; None if it cannot."""

    def read(node: Node, run: Run) -> object:
        leaf = _leaf(node, run, wanted)
        value = None if leaf is None else parse(leaf)
        if leaf is not None and value is None:
            hint = "" if parse(ScalarNode(leaf)) is None else "write it without quotes"
            run.collector.add(leaf.path, f"{_named(leaf)} must be {wanted}", hint)
        return hole if value is None else value

    return Shape(read, lambda _: schema, hole)


def whole_number(leaf: ScalarNode) -> int | None:
    """Read a plain scalar as a whole number, or return None."""
    return int(leaf) if not leaf.quoted and _WHOLE.fullmatch(leaf) else None


def truth_value(leaf: ScalarNode) -> bool | None:
    """Read a plain scalar as true or false, or return None."""
    return None if leaf.quoted else {"true": True, "false": False}.get(leaf)


WORDS = text("text", STRING)
"""Text that people read."""

NAME = text("one word", ANY_SCALAR)
"""An id or another short word."""

VALUE = Shape(lambda node, run: _leaf(node, run, "one value"), lambda _: ANY_SCALAR)
"""A value of a fact, as written: what it means depends on the fact."""

WHOLE = scalar("a whole number", whole_number, {"type": "integer"}, 0)
YES_NO = replace(scalar("`true` or `false`", truth_value, {"type": "boolean"}, False), absent=False)


def choice(*words: str) -> Shape:
    """Return the shape of a place where one of a few words can stand."""
    allowed = ", ".join(f"`{word}`" for word in words)

    def read(node: Node, run: Run) -> str:
        leaf = _leaf(node, run, f"one of {allowed}")
        if leaf is not None and leaf not in words:
            hint = did_you_mean(leaf, words, f"write {allowed}")
            run.collector.add(leaf.path, f"{_named(leaf)} cannot be {quote(leaf)}", hint)
        return str(leaf) if leaf in words else words[0]

    return Shape(read, lambda _: {"enum": list(words)}, words[0])


# Lists and mappings


def _as(kind: type[T], node: Node, run: Run, wanted: str, hint: str) -> T:
    """Return a node that is of a kind, or an empty one and keep the fault."""
    if isinstance(node, kind):
        return node
    run.collector.add(node.path, f"{_named(node)} must {wanted}", hint)
    return kind(node.path)


def _items(node: Node, run: Run) -> SequenceNode:
    return _as(SequenceNode, node, run, "be a list", "write `[one, other]`")


def _alone(leaf: ScalarNode) -> SequenceNode:
    """Return a list of one scalar, which has the path of that scalar."""
    single = SequenceNode(leaf.path)
    single.append(leaf)
    return single


def _sequence(
    item: Shape, items: Callable[[Node, Run], SequenceNode], schema: Callable[[Schema], Schema]
) -> Shape:
    return Shape(
        lambda node, run: tuple([item.read(one, run) for one in items(node, run)]), schema, (), ()
    )


def listed(item: Shape) -> Shape:
    """Return the shape of a list."""
    return _sequence(item, _items, lambda defs: {"items": item.schema(defs), "type": "array"})


def _names(node: Node, run: Run) -> SequenceNode:
    if isinstance(node, ScalarNode):
        leaf = _leaf(node, run, "a name, or a list of names")
        return SequenceNode(node.path) if leaf is None else _alone(leaf)
    items = _items(node, run)
    if isinstance(node, SequenceNode) and not node:
        run.collector.add(node.path, f"{_named(node)} is an empty list", "name one or more")
    return items


NAMES = listed(NAME)
"""A list of ids or other words."""

_MANY: Schema = {"items": ANY_SCALAR, "minItems": 1, "type": "array"}

ONE_OR_MORE = _sequence(NAME, _names, lambda _: {"anyOf": [ANY_SCALAR, _MANY]})
"""A name, or a list of them."""

VALUES = _sequence(
    VALUE,
    lambda node, run: _alone(node) if isinstance(node, ScalarNode) else _items(node, run),
    ONE_OR_MORE.schema,
)
"""A value, or a list of them."""


def table(item: AnyShape) -> Shape:
    """Return the shape of a mapping whose keys are ids."""

    def read(node: Node, run: Run) -> dict[str, Any]:
        entries = _as(MappingNode, node, run, "be a mapping", "write `key: value`")
        return {key: item.read(one, run) for key, one in entries.items()}

    return Shape(
        read,
        lambda defs: {"additionalProperties": item.schema(defs), "type": "object"},
        {},
    )


def _per_language(node: Node, run: Run) -> dict[str, str]:
    words = _as(MappingNode, node, run, "hold its words per language", "write `{nl: …, en: …}`")
    return {language: WORDS.read(one, run) for language, one in words.items()}


TEXT = Shape(_per_language, table(WORDS).schema, {})
"""The same words in each language."""


def either(alone: Shape, mapping: type[Entry]) -> Shape:
    """Return the shape of what is one thing or, as a mapping, another."""
    return Shape(
        lambda node, run: (mapping if isinstance(node, MappingNode) else alone).read(node, run),
        lambda defs: {"oneOf": [alone.schema(defs), mapping.schema(defs)]},
        alone.hole,
        alone.absent,
    )


AnyShape: TypeAlias = "Shape | type[Entry]"
"""What can stand in one place of a rule file."""


@dataclass(slots=True)
class Key:
    """A key of an entry; `hole` is its value if the key is not there.

    It is an attribute of the entry, called as the `field` of what is made of it. `key` is what it
    is called in a rule file: another word, if Python or the rule set has another use for that.
    """

    shape: AnyShape
    description: str
    hole: Any
    needed: bool
    key: str
    field: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = name
        self.key = self.key or name


def needed(shape: AnyShape, description: str, *, key: str = "") -> Key:
    """Declare a key that must be there."""
    return Key(shape, description, shape.hole, True, key)


def optional(shape: AnyShape, description: str, otherwise: Any = ..., *, key: str = "") -> Key:
    """Declare a key that may be left out: that means `otherwise`, or what it does for its shape."""
    return Key(shape, description, shape.absent if otherwise is ... else otherwise, False, key)


class Entry:
    """A mapping with keys that are known beforehand: the attributes of a subclass.

    What a subclass says of itself is what an editor says of the entry. `noun` is what faults call
    it, `makes` the class of the part of a rule set that is made of it, and `first` are the keys
    that are read before the others.
    """

    noun: ClassVar[str]
    makes: ClassVar[type | None]
    first: ClassVar[tuple[str, ...]]
    keys: ClassVar[Mapping[str, Key]] = {}
    hole: ClassVar[Any] = None
    absent: ClassVar[Any] = None

    # class CountEntry(Entry, noun="a count", makes=Count):
    #     count = needed(WHOLE, "how many")        # Count(count=3, parts=(…)) is made of
    #     parts = needed(…, "…", key="of")         #   count: 3
    #                                              #   of: […]
    # and without `count` the fault is "a count needs `count` (how many)".

    def __init_subclass__(
        cls, noun: str = "", makes: type | None = None, first: tuple[str, ...] = ()
    ) -> None:
        cls.noun, cls.makes, cls.first = noun, makes, first
        own = [one for one in vars(cls).values() if isinstance(one, Key)]
        cls.keys = {**cls.keys, **{one.key: one for one in own}}

    @classmethod
    def holes(cls) -> dict[str, Any]:
        """Return the values of an entry in which nothing is written."""
        return {one.field: one.hole for one in cls.keys.values()}

    @classmethod
    def read(cls, node: Node, run: Run) -> Any:
        """Read an entry; what is wrong with it goes to the collector."""
        values = cls.holes()
        if isinstance(node, MappingNode):
            cls._check_keys(node, run.collector)
            for key in dict.fromkeys((*cls.first, *cls.keys)):
                if key in node:
                    one = cls.keys[key]
                    values[one.field] = one.shape.read(node[key], run)
        else:
            what = "has no value" if _is_empty(node) else f"must be {cls.noun}, as a mapping"
            run.collector.add(node.path, f"{_named(node)} {what}", cls._listed())
        return cls.make(values, node.path, run)

    @classmethod
    def make(cls, values: Values, path: Path, run: Run, /) -> Any:
        """Return what an entry says: the part that is made of it, or else its values by field."""
        if cls.makes is None:
            return values
        names = {one.name for one in fields(cls.makes)}
        # What stands in a table has its key for an id.
        if "id" in names:
            values["id"] = str(path[-1])
        if "place" in names:
            values["place"] = run.collector.place(path, key=True)
        if "grounds" in names:
            parts = [values.pop(key) for key in ("basis", "cites", "interpretation")]
            values["grounds"] = Grounds(*parts)
        return cls.makes(**values)

    @classmethod
    def _listed(cls) -> str:
        return "it has " + ", ".join(f"`{key}`" for key in cls.keys)

    @classmethod
    def _check_keys(cls, node: MappingNode, collector: Collector) -> None:
        """Keep a fault for each key that is unknown, and for each that must be there and is not."""
        meant = set()
        for key in node:
            if key not in cls.keys:
                near = nearest(key, cls.keys)
                hint = cls._listed() if near is None else f"did you mean `{near}`?"
                message = f"{quote(key)} is no key of {cls.noun}"
                collector.add((*node.path, key), message, hint, key=True)
                meant.add(near)
        for key, one in cls.keys.items():
            # What was meant by an unknown key is not missed as well.
            if key not in node and key in meant:
                collector.damage((*node.path, key))
            elif key not in node and one.needed:
                message = f"{cls.noun} needs `{key}`"
                collector.add((*node.path, key), message, one.description)

    @classmethod
    def schema(cls, defs: Schema) -> Schema:
        """Return a reference to the JSON Schema of the entry, which goes to the definitions."""
        if cls.__name__ not in defs:
            defs[cls.__name__] = {}  # a condition refers to itself
            defs[cls.__name__] = cls.definition(defs)
        return {"$ref": f"#/$defs/{cls.__name__}"}

    @classmethod
    def definition(cls, defs: Schema) -> Schema:
        """Return the JSON Schema of the entry itself."""
        properties = {
            key: dict(sorted({**one.shape.schema(defs), "description": one.description}.items()))
            for key, one in cls.keys.items()
        }
        required = [key for key, one in cls.keys.items() if one.needed]
        return {
            "additionalProperties": False,
            "description": cls.__doc__,
            "properties": properties,
            **({"required": required} if required else {}),
            "type": "object",
        }


def parts(entry: type[Entry]) -> Shape:
    """Return the shape of entries by id, of which the parts are what is made."""
    entries = table(entry)
    return Shape(lambda node, run: tuple(entries.read(node, run).values()), entries.schema, (), ())
