"""The shape of conditions in rule files."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    PlainValidator,
    RootModel,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from routeengine.loading.shapes import (
    ONE_OR_MORE_SCALARS,
    Entry,
    Listed,
    Name,
    OneOrMore,
    Value,
    Whole,
    collector_of,
    needed,
    optional,
)
from routeengine.loading.yaml_tree import Branch, Leaf, Listing, Node
from routeengine.ruleset.flaws import shown
from routeengine.ruleset.naming import CONDITION_WORDS

HOW = "write the name of a criterion or boolean fact, `fact: value`, or one of " + ", ".join(
    f"`{word}`" for word in CONDITION_WORDS
)


class AllOf(Entry):
    """Every one of the conditions holds."""

    noun: ClassVar[str] = "`all`"
    parts: Listed[Condition] = needed("the conditions that all hold", list, alias="all")


class AnyOf(Entry):
    """At least one of the conditions holds."""

    noun: ClassVar[str] = "`any`"
    parts: Listed[Condition] = needed(
        "the conditions of which one or more holds", list, alias="any"
    )


class NotThat(Entry):
    """The condition does not hold."""

    noun: ClassVar[str] = "`not`"
    part: Condition = needed("the condition that does not hold", lambda: None, alias="not")


class Count(Entry):
    """How many of which conditions."""

    noun: ClassVar[str] = "a count"
    count: Whole = needed("how many of the conditions hold", int)
    of: Listed[Condition] = needed("the conditions that are counted", list)


class AtLeastOf(Entry):
    """So many, or more, of the conditions hold."""

    noun: ClassVar[str] = "`at_least`"
    counted: Count = needed("`count` and `of`", lambda: None, alias="at_least")


class ExactlyOf(Entry):
    """Just so many of the conditions hold."""

    noun: ClassVar[str] = "`exactly`"
    counted: Count = needed("`count` and `of`", lambda: None, alias="exactly")


class AboutDecision(Entry):
    """What an earlier decision answers: one of `outcome`, `status` and `rule`."""

    noun: ClassVar[str] = "a condition on a decision"
    decision: Name = needed("the earlier decision", str)
    outcome: OneOrMore | None = optional("it is decided, with this outcome or one of these")
    status: OneOrMore | None = optional("it has this status: decided, review, not_applicable")
    rule: OneOrMore | None = optional("this rule, or one of these, is among its winners")


def _as_list(node: Node) -> Any:
    if not isinstance(node, Leaf):
        return node
    single = Listing(node.path)
    single.append(node)
    return single


Values: TypeAlias = Annotated[
    Listed[Value], BeforeValidator(_as_list), WithJsonSchema(ONE_OR_MORE_SCALARS)
]
"""A value, or a list of them."""


class Bounds(Entry):
    """How a fact's value is bounded: just one of these keys."""

    noun: ClassVar[str] = "a comparison"
    other_than: Values | None = optional("another value than this, or than these", alias="not")
    at_least: Value | None = optional("this number or more")
    at_most: Value | None = optional("this number or less")
    between: Listed[Value] | None = optional("the lowest and the highest number, both included")


def _test_kind(node: Node) -> str:
    return "bounds" if isinstance(node, Branch) else "values"


Test: TypeAlias = Annotated[
    Annotated[Values, Tag("values")] | Annotated[Bounds, Tag("bounds")],
    Discriminator(_test_kind),
]
"""What is asked of a fact's value."""


class _OneFact:
    """Tells an editor that a mapping names one fact, which no word of the language is."""

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            **handler(schema),
            "description": "a fact, and the value, values or bounds it has",
            "propertyNames": {"not": {"enum": list(CONDITION_WORDS)}},
            "minProperties": 1,
            "maxProperties": 1,
        }


FactTests: TypeAlias = Annotated[dict[str, Test], _OneFact()]

BareName: TypeAlias = Annotated[
    str,
    PlainValidator(str),
    WithJsonSchema(
        {"type": "string", "description": "a criterion that holds, or a boolean fact that is true"}
    ),
]


def _condition_kind(node: Node) -> str:
    if isinstance(node, Branch):
        return next((word for word in CONDITION_WORDS if word in node), "fact")
    return "name"


class Condition(
    RootModel[
        Annotated[
            Annotated[BareName, Tag("name")]
            | Annotated[AllOf, Tag("all")]
            | Annotated[AnyOf, Tag("any")]
            | Annotated[NotThat, Tag("not")]
            | Annotated[AtLeastOf, Tag("at_least")]
            | Annotated[ExactlyOf, Tag("exactly")]
            | Annotated[AboutDecision, Tag("decision")]
            | Annotated[FactTests, Tag("fact")],
            Discriminator(_condition_kind),
        ]
    ]
):
    """A condition on a client whose facts are all known."""

    @model_validator(mode="before")
    @classmethod
    def _check_form(cls, node: Node, info: ValidationInfo) -> Node:
        """Keep a fault where this can be no condition, and let a hole stand for it."""
        fault = _fault_of_form(node)
        if fault is None:
            return node
        collector_of(info).add(node.path, *fault)
        return Leaf("", node.path)


def _fault_of_form(node: Node) -> tuple[str, str] | None:
    if isinstance(node, Listing):
        return "a list is no condition", "say whether `all` or `any` of it must hold"
    if not node:
        return "a condition is missing here", HOW
    if isinstance(node, Branch) and len(node) > 1 and "decision" not in node:
        keys = ", ".join(shown(key) for key in list(node)[:3])
        return f"a condition has one key, and this has {keys}", "put them under `all` or `any`"
    return None
