"""From the XML of a decision model (DMN 1.1 to 1.6) to its tables, inputs and types."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from routeengine.dmn.elements import OURS, SEPARATOR, Element, parse
from routeengine.dmn.feel import COMPUTED
from routeengine.dmn.model import (
    Cell,
    Decision,
    Input,
    ItemType,
    Model,
    Output,
    RefusedError,
    Row,
    Table,
)
from routeengine.errors import Fault, RuleSetError

SUM: Final = "COLLECT SUM"

READ: Final = ("UNIQUE", "ANY", "FIRST", "PRIORITY", SUM)
"""Hit policies by which a table gives one answer, or adds one up."""

PLACES: Final = f"{OURS}{SEPARATOR}places"
"""The attribute of a type that says how many decimals its numbers have."""

_LOGIC: Final = (
    "decisionTable", "literalExpression", "context", "invocation", "relation", "list",
    "conditional", "filter", "for", "every", "some", "functionDefinition",
)  # fmt: skip

_WORDS: Final = {
    "literalExpression": "an expression",
    "functionDefinition": "a function",
}
"""What a kind of logic is called; of the others, its own name says it."""

_PLAIN: Final = re.compile(r"[^\W\d][^()\[\]{}\"=<>+*/,;]*")
"""A name, and no expression; a minus may be part of it."""


def read_model(data: bytes, file: str) -> Model:
    """Return the model that a file holds; raises RuleSetError for what is none."""
    root = parse(data, file)
    if root.tag != "definitions":
        message = f"is no decision model: the file begins with `{root.tag}`"
        fault = Fault(
            file, root.line, 1, message, "give a DMN file, which begins with `definitions`"
        )
        raise RuleSetError((fault,))
    called = {one.get("name"): one for one in root.every("businessKnowledgeModel")}
    inputs = {one.get("name"): _type_of(one) for one in root.every("inputData")}
    return Model(
        file,
        root.get("name") or "decision model",
        hashlib.sha256(data).hexdigest(),
        tuple(_decisions(root, called)),
        inputs,
        {one.get("name"): _item_type(one) for one in root.every("itemDefinition")},
        tuple(one.get("name") for one in root.every("import") if one.get("name")),
    )


def _type_of(element: Element) -> str:
    variable = element.first("variable")
    return _plain_type(variable.get("typeRef")) if variable is not None else ""


def _plain_type(reference: str) -> str:
    """Return the name of a type, without the prefix that DMN 1.1 writes before it."""
    return reference.rpartition(":")[2].strip()


def _cell(element: Element | None) -> Cell | None:
    """Return the text of an expression, or None where there is none."""
    text = element.first("text") if element is not None else None
    return Cell(text.text.strip(), text.line) if text is not None else None


def _cell_at(element: Element) -> Cell:
    return _cell(element) or Cell("", element.line)


def _item_type(element: Element) -> ItemType:
    base = element.first("typeRef")
    return ItemType(
        _plain_type(base.text if base is not None else ""),
        element.line,
        _cell(element.first("allowedValues")) or _cell(element.first("typeConstraint")),
        {one.get("name"): _item_type(one) for one in element.every("itemComponent")},
        element.get("isCollection") == "true",
        int(places) if (places := element.get(PLACES)) in tuple("0123456") else None,
    )


# Decisions


def _decisions(root: Element, called: Mapping[str, Element]) -> Iterator[Decision]:
    seen = {one.get("name") for one in root.every("inputData")}
    for element in root.every("decision"):
        decision = _decision(element, called)
        if not decision.name or decision.name in seen:
            what = "has the name of another" if decision.name else "has no name"
            refused = RefusedError(element.line, "", what, "give it a name of its own")
            yield replace(decision, name="", table=None, refused=refused.of(decision.name))
        else:
            seen.add(decision.name)
            yield decision


def _decision(element: Element, tables: Mapping[str, Element]) -> Decision:
    name, kind = element.get("name"), _type_of(element)
    try:
        return Decision(name, kind, element.line, _logic(element, tables))
    except RefusedError as refused:
        return Decision(name, kind, element.line, None, refused.of(name))


def _logic(element: Element, tables: Mapping[str, Element]) -> Table:
    logic = next(element.every(*_LOGIC), None)
    if logic is None:
        raise RefusedError(element.line, "", "has no logic", "draw its table")
    if logic.tag == "decisionTable":
        return _table(logic, {})
    call = _call(logic, tables)
    if call is None:
        what = f"is {_WORDS.get(logic.tag, f'a {logic.tag}')}, and only tables are read"
        raise RefusedError(logic.line, "", what, COMPUTED)
    name, given = call
    table = tables[name].first("encapsulatedLogic", "decisionTable") if name in tables else None
    if table is None:
        raise RefusedError(logic.line, "", f"calls `{name}`, which is no table", COMPUTED)
    if not all(is_name(one) for one in given.values()):
        raise RefusedError(logic.line, "", f"calls `{name}` with more than names", COMPUTED)
    return _table(table, given)


def _call(logic: Element, tables: Mapping[str, Element]) -> tuple[str, dict[str, str]] | None:
    """Return what an expression calls, and what is given for each parameter; None for no call."""
    expression = logic if logic.tag == "literalExpression" else logic.first("literalExpression")
    text = "" if expression is None else _cell_at(expression).folded
    if logic.tag == "invocation":
        given = dict[str, str]()
        for binding in logic.every("binding"):
            parameter, what = binding.first("parameter"), binding.first("literalExpression")
            name = "" if parameter is None else parameter.get("name")
            given[name] = "" if what is None else _cell_at(what).folded
        return text, given
    name, bracket, rest = text.partition("(")
    if not bracket or not rest.endswith(")") or name.strip() not in tables:
        return None
    # As FEEL writes a call: what is given stands in the order of the parameters.
    body = tables[name.strip()].first("encapsulatedLogic")
    parameters = [] if body is None else [one.get("name") for one in body.every("formalParameter")]
    listed = [one.strip() for one in rest[:-1].split(",")]
    return name.strip(), dict(zip_longest(parameters, listed, fillvalue=""))


def is_name(text: str) -> bool:
    """Return whether a text can be a name: of FEEL, with spaces, and dots between names."""
    return _PLAIN.fullmatch(text) is not None


def _table(element: Element, given: dict[str, str]) -> Table:
    policy = element.get("hitPolicy") or "UNIQUE"
    policy = " ".join(filter(None, (policy, element.get("aggregation"))))
    if policy not in READ:
        what = f"has hit policy {policy}"
        hint = "a decision has one answer: let the list or the sum be an input"
        raise RefusedError(element.line, "", what, hint)
    inputs = tuple(_input(one) for one in element.every("input"))
    outputs = tuple(_output(one) for one in element.every("output"))
    if len(outputs) > 1 and len({one.name for one in outputs}) < len(outputs):
        what = "has two outputs of one name"
        raise RefusedError(element.line, "", what, "give every output a name of its own")
    rows = tuple(_row(number, one) for number, one in enumerate(element.every("rule"), 1))
    if not outputs or not rows:
        what = f"has a table without {'outputs' if rows else 'rows'}"
        raise RefusedError(element.line, "", what, "draw the table to its end")
    for row in rows:
        if (len(row.tests), len(row.answers)) != (len(inputs), len(outputs)):
            what = (
                f"has {len(row.tests)} inputs and {len(row.answers)} outputs, where the table has "
                f"{len(inputs)} and {len(outputs)}"
            )
            raise RefusedError(row.line, f"row {row.number}", what, "fill every cell, any by `-`")
    return Table(policy, inputs, outputs, rows, element.line, given)


def _input(element: Element) -> Input:
    expression = element.first("inputExpression")
    if expression is None:
        what = "has an input that asks nothing"
        raise RefusedError(element.line, "", what, "name what it asks")
    values = _cell(element.first("inputValues"))
    return Input(_cell_at(expression), _plain_type(expression.get("typeRef")), values)


def _output(element: Element) -> Output:
    return Output(
        element.get("name") or element.get("label"),
        _plain_type(element.get("typeRef")),
        element.line,
        _cell(element.first("outputValues")),
        _cell(element.first("defaultOutputEntry")),
    )


def _row(number: int, element: Element) -> Row:
    return Row(
        number,
        element.line,
        tuple(_cell_at(one) for one in element.every("inputEntry")),
        tuple(_cell_at(one) for one in element.every("outputEntry")),
        tuple(_cell_at(one).folded for one in element.every("annotationEntry")),
    )
