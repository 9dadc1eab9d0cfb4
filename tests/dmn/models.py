"""Decision models of our own making, in the form that modelling tools write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass
class Column:
    """An input or an output of a table."""

    name: str
    type: str = ""
    values: str | None = None
    default: str | None = None


@dataclass
class Table:
    """A decision with a table; a row is its cells, inputs before outputs."""

    name: str
    inputs: Sequence[Column]
    outputs: Sequence[Column]
    rows: Sequence[Sequence[str]]
    policy: str = "UNIQUE"
    type: str = ""
    more: str = ""
    notes: Sequence[str] = field(default_factory=list)

    def lines(self) -> Iterable[str]:
        """Yield the decision, an element to a line."""
        yield f"<decision name={quoteattr(self.name)}>"
        yield f"<variable name={quoteattr(self.name)} typeRef={quoteattr(self.type)}/>"
        yield from self.table()
        yield "</decision>"

    def table(self) -> Iterable[str]:
        """Yield the table alone."""
        policy = f"hitPolicy={quoteattr(self.policy)}" if self.policy else ""
        yield f"<decisionTable {policy} {self.more}>"
        for one in self.inputs:
            yield "<input>"
            yield f"<inputExpression typeRef={quoteattr(one.type)}>"
            yield f"<text>{escape(one.name)}</text>"
            yield "</inputExpression>"
            yield from _texts("inputValues", one.values)
            yield "</input>"
        for one in self.outputs:
            yield f"<output name={quoteattr(one.name)} typeRef={quoteattr(one.type)}>"
            yield from _texts("outputValues", one.values)
            yield from _texts("defaultOutputEntry", one.default)
            yield "</output>"
        for number, row in enumerate(self.rows):
            yield "<rule>"
            for place, cell in enumerate(row):
                kind = "inputEntry" if place < len(self.inputs) else "outputEntry"
                yield from _texts(kind, cell)
            if number < len(self.notes):
                yield from _texts("annotationEntry", self.notes[number])
            yield "</rule>"
        yield "</decisionTable>"


def _texts(tag: str, text: str | None) -> Iterable[str]:
    if text is not None:
        yield f"<{tag}>"
        yield f"<text>{escape(text)}</text>"
        yield f"</{tag}>"


def inputs(**types: str) -> list[str]:
    """Return input data with their types."""
    return [
        f"<inputData name={quoteattr(name)}>"
        f"<variable name={quoteattr(name)} typeRef={quoteattr(kind)}/></inputData>"
        for name, kind in types.items()
    ]


def item(name: str, base: str, values: str | None = None, more: str = "") -> str:
    """Return a type with allowed values, or with parts."""
    allowed = (
        "" if values is None else f"<allowedValues><text>{escape(values)}</text></allowedValues>"
    )
    base = f"<typeRef>{base}</typeRef>" if base else ""
    return f"<itemDefinition name={quoteattr(name)}>{base}{allowed}{more}</itemDefinition>"


def model(*parts: Table | str | Sequence[str], name: str = "made here") -> bytes:
    """Return a decision model as a file has it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<definitions xmlns={quoteattr(SPACE)} name={quoteattr(name)} namespace='x'>")
    for part in parts:
        lines += (
            [part] if isinstance(part, str) else part.lines() if isinstance(part, Table) else part
        )
    return "\n".join([*lines, "</definitions>"]).encode()


def line_of(data: bytes, text: str, nth: int = 1) -> int:
    """Return the number of the n-th line that holds a text."""
    found = [
        number
        for number, line in enumerate(data.decode().splitlines(), 1)
        if text in line or escape(text) in line
    ]
    return found[nth - 1]


_PARTS = "<itemComponent name='Sum'><typeRef>number</typeRef></itemComponent>"
_TABLE = Table(
    "Shared",
    [Column("Age", "tAge"), Column("Case.Sum", "number", "[0..9]")],
    [Column("a", "string", '"x", "y"', '"y"'), Column("b")],
    [["< 18", "-", '"x"', "1"], ["[18..65]", "not(5)", '"y"', "2"]],
    "PRIORITY",
)
ALL_KINDS = model(
    item("tAge", "number", "[0..120], null"),
    item("tCase", "", more=_PARTS),
    inputs(Age="tAge", Case="tCase"),
    _TABLE,
    "<decision name='Calls'><variable name='Calls' typeRef='string'/><invocation>",
    "<literalExpression><text>Shared</text></literalExpression>",
    "<binding><parameter name='Age'/><literalExpression><text>Age</text></literalExpression>",
    "</binding></invocation></decision>",
    ["<businessKnowledgeModel name='Shared'><encapsulatedLogic>", "<formalParameter name='Age'/>"],
    list(_TABLE.table()),
    ["</encapsulatedLogic></businessKnowledgeModel>"],
)  # fmt: skip
"""A model with every kind of thing that is read."""
