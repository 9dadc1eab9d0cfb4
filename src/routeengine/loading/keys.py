"""Mappings of rule files whose keys are known beforehand, each declared once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from routeengine.loading.shapes import Run, Schema, Shape, is_empty, name_of, table
from routeengine.loading.yaml_tree import Collector, MappingNode, Node
from routeengine.ruleset.flaws import Path, nearest, quote
from routeengine.ruleset.words import Element

Values: TypeAlias = dict[str, Any]
"""What an entry says, by the field that it is for."""


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
            what = "has no value" if is_empty(node) else f"must be {cls.noun}, as a mapping"
            run.collector.add(node.path, f"{name_of(node)} {what}", cls._keys_in_words())
        return cls.make(values, node.path, run)

    @classmethod
    def make(cls, values: Values, path: Path, run: Run, /) -> Any:
        """Return what an entry says: the part that is made of it, or else its values by field."""
        if cls.makes is None:
            return values
        if issubclass(cls.makes, Element):
            # What stands in a table has its key for an id.
            values |= {"id": str(path[-1]), "place": run.collector.place(path, key=True)}
        return cls.makes(**values)

    @classmethod
    def _keys_in_words(cls) -> str:
        return "it has " + ", ".join(f"`{key}`" for key in cls.keys)

    @classmethod
    def _check_keys(cls, node: MappingNode, collector: Collector) -> None:
        """Keep a fault for each key that is unknown, and for each that must be there and is not."""
        meant = set()
        for key in node:
            if key not in cls.keys:
                near = nearest(key, cls.keys)
                hint = cls._keys_in_words() if near is None else f"did you mean `{near}`?"
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


def either(alone: Shape, mapping: type[Entry]) -> Shape:
    """Return the shape of what is one thing or, as a mapping, another."""
    return Shape(
        lambda node, run: (mapping if isinstance(node, MappingNode) else alone).read(node, run),
        lambda defs: {"oneOf": [alone.schema(defs), mapping.schema(defs)]},
        alone.hole,
        alone.absent,
    )


def parts(entry: type[Entry]) -> Shape:
    """Return the shape of entries by id, of which the parts are what is made."""
    entries = table(entry)
    return Shape(lambda node, run: tuple(entries.read(node, run).values()), entries.schema, (), ())
