"""What rule files are made of: how each piece is read, and what an editor is told of it.

Every shape takes a node of the tree. What is wrong with it goes to the collector of the run, and a
hole of the right type stands in for it, so that one reading finds the faults of a whole rule set.
The same shapes give the JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol, TypeAlias, TypeVar

from routeengine.loading.birthdays import Ages
from routeengine.loading.files import NOTHING_BESIDE, Beside
from routeengine.loading.yaml_tree import Collector, MappingNode, Node, ScalarNode, SequenceNode
from routeengine.ruleset.domains import MAX_PLACES, Domain, Value, decimal_steps, parse_day
from routeengine.ruleset.flaws import did_you_mean, quote
from routeengine.ruleset.instance import Instance
from routeengine.ruleset.model import Parameter, Periods

T = TypeVar("T", MappingNode, SequenceNode)

Schema: TypeAlias = dict[str, Any]

STRING: Schema = {"type": "string"}
ANY_SCALAR: Schema = {"type": ["string", "integer", "number", "boolean"]}
"""An editor may take `1` for a number where it is a name here."""

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Number:
    """What a parameter is in one instance: a whole number, a decimal with `places`, or a day."""

    kind: str
    places: int
    text: str

    @property
    def value(self) -> Value:
        """The same as a value of a fact."""
        return int(self.text) if self.kind == "integer" else self.text


@dataclass(slots=True)
class Numbers:
    """The numbers that parameters have in one reading of a rule set.

    `values` holds None for a parameter that has a fault, or where it is not settled which numbers
    are asked for. `every` has the instances that there are, and `instance` the one that is taken;
    `periods` are those of its variant. `named` are the parameters that a condition names.
    """

    variants: tuple[str, ...] = ()
    values: Mapping[str, Number | None] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    instance: Instance | None = None
    every: tuple[Instance, ...] = ()
    periods: Periods = field(default_factory=dict)
    named: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of a rule set: where faults go, and what its conditions can name.

    `facts` holds None for a fact whose own entry has a fault. Facts, `languages` and criteria are
    read before what speaks of them.
    """

    collector: Collector
    criteria: Collection[str]
    decisions: Collection[str]
    scores: Collection[str]
    facts: dict[str, Domain | None] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    ages: Ages = field(default_factory=Ages)
    languages: list[str] = field(default_factory=list)
    beside: Beside = NOTHING_BESIDE


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


class Readable(Protocol):
    """A shape, or a class of entries: what can stand in one place of a rule file."""

    def read(self, node: Any, run: Run, /) -> Any:
        """Return what stands there."""
        ...

    def schema(self, defs: Schema, /) -> Schema:
        """Return what an editor is told of it."""
        ...


# Scalars


def name_of(node: Node) -> str:
    """Name what stands at a node: its key, or that it is an entry of a list."""
    last = node.path[-1] if node.path else "the file"
    return quote(last) if isinstance(last, str) else "this entry"


def is_empty(node: object) -> bool:
    """Return whether nothing is written at a node."""
    return isinstance(node, ScalarNode) and node == "" and not node.quoted


def _leaf(node: Node, run: Run, wanted: str) -> ScalarNode | None:
    """Return a node that is a scalar, or None and keep the fault."""
    if isinstance(node, ScalarNode) and not is_empty(node):
        return node
    if is_empty(node):
        run.collector.add(node.path, f"{name_of(node)} has no value", f"write {wanted}")
    else:
        run.collector.add(node.path, f"{name_of(node)} must be {wanted}")
    return None


def text(wanted: str, schema: Schema, *, may_be_blank: bool = False) -> Shape:
    """Return the shape of a text."""

    def read(node: Node, run: Run) -> str:
        leaf = _leaf(node, run, wanted)
        if leaf is not None and not leaf.strip() and not may_be_blank:
            run.collector.add(leaf.path, f"{name_of(leaf)} is empty", f"write {wanted}")
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
            run.collector.add(leaf.path, f"{name_of(leaf)} must be {wanted}", hint)
        return hole if value is None else value

    return Shape(read, lambda _: schema, hole)


def whole_number(leaf: ScalarNode) -> int | None:
    """Read a plain scalar as a whole number, or return None."""
    return int(leaf) if not leaf.quoted and _WHOLE.fullmatch(leaf) else None


def truth_value(leaf: ScalarNode) -> bool | None:
    """Read a plain scalar as true or false, or return None."""
    return None if leaf.quoted else {"true": True, "false": False}.get(leaf)


def decimal_number(leaf: ScalarNode) -> str | None:
    """Read a scalar, quoted or not, as a decimal number in its own digits, or return None."""
    return str(leaf) if decimal_steps(str(leaf), MAX_PLACES) is not None else None


def _day(leaf: ScalarNode) -> date | None:
    return parse_day(leaf)


WORDS = text("text", STRING)
"""Text that people read."""

NAME = text("one word", ANY_SCALAR)
"""An id or another short word."""

SECTION = text('the heading of a section, or ""', STRING, may_be_blank=True)
"""A heading of a source, or nothing for what stands before the first."""

TARGET = text("an outcome, or `{review: [candidates]}`", ANY_SCALAR, may_be_blank=True)
"""The outcome that a rule leads to."""


def value(wanted: str) -> Shape:
    """Return the shape of a scalar as it is written, for whoever knows what it means."""
    return Shape(lambda node, run: _leaf(node, run, wanted), lambda _: ANY_SCALAR)


VALUE = value("one value")
"""A value of a fact, as written: what it means depends on the fact."""

WHOLE = scalar("a whole number", whole_number, {"type": "integer"}, 0)
DAY = scalar("a date as YYYY-MM-DD", _day, {"format": "date", "type": "string"}, None)
DECIMAL = scalar(
    "a decimal number, as 1091.71", decimal_number, {"type": ["number", "string"]}, None
)
YES_NO = replace(scalar("`true` or `false`", truth_value, {"type": "boolean"}, False), absent=False)


def choice(*words: str) -> Shape:
    """Return the shape of a place where one of a few words can stand."""
    allowed = ", ".join(f"`{word}`" for word in words)

    def read(node: Node, run: Run) -> str:
        leaf = _leaf(node, run, f"one of {allowed}")
        if leaf is not None and leaf not in words:
            hint = did_you_mean(leaf, words, f"write {allowed}")
            run.collector.add(leaf.path, f"{name_of(leaf)} cannot be {quote(leaf)}", hint)
        return str(leaf) if leaf in words else words[0]

    return Shape(read, lambda _: {"enum": list(words)}, words[0])


# Lists and mappings


def _as(kind: type[T], node: Node, run: Run, wanted: str, hint: str) -> T:
    """Return a node that is of a kind, or an empty one and keep the fault."""
    if isinstance(node, kind):
        return node
    run.collector.add(node.path, f"{name_of(node)} must {wanted}", hint)
    return kind(node.path)


def _items(node: Node, run: Run) -> SequenceNode:
    return _as(SequenceNode, node, run, "be a list", "write `[one, other]`")


def _alone(leaf: ScalarNode) -> SequenceNode:
    """Return a list of one scalar, which has the path of that scalar."""
    single = SequenceNode(leaf.path)
    single.append(leaf)
    return single


def _sequence(
    item: Readable, items: Callable[[Node, Run], SequenceNode], schema: Callable[[Schema], Schema]
) -> Shape:
    return Shape(
        lambda node, run: tuple([item.read(one, run) for one in items(node, run)]), schema, (), ()
    )


def list_of(item: Readable) -> Shape:
    """Return the shape of a list."""
    return _sequence(item, _items, lambda defs: {"items": item.schema(defs), "type": "array"})


def _names(node: Node, run: Run) -> SequenceNode:
    if isinstance(node, ScalarNode):
        leaf = _leaf(node, run, "a name, or a list of names")
        return SequenceNode(node.path) if leaf is None else _alone(leaf)
    items = _items(node, run)
    if isinstance(node, SequenceNode) and not node:
        run.collector.add(node.path, f"{name_of(node)} is an empty list", "name one or more")
    return items


NAMES = list_of(NAME)
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


def table(item: Readable) -> Shape:
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
