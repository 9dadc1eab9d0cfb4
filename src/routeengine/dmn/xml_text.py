"""Tables as the XML of a decision model (DMN 1.3), an element to a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from routeengine.dmn.cells import Axis, fact_axis, feel
from routeengine.dmn.cubes import Cube
from routeengine.dmn.elements import OURS
from routeengine.ruleset.digest import reference
from routeengine.ruleset.model import Decision, Rule, RuleSet

SPACE: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
"""The namespace of DMN 1.3."""

NOTES: Final = ("label", "rule", "reason", "cites")
"""What stands beside each row: of the rule that it is of."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it asks, what it answers, and the rule that it is of."""

    cube: Cube
    answer: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its hit policy, the columns that it asks, its rows, and what it answers else.

    `outcomes` are those of the decision, in the order of priority where the policy asks for one.
    """

    decision: Decision
    policy: str
    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]
    outcomes: tuple[str, ...]
    default: str | None


@dataclass(frozen=True, slots=True)
class Tag:
    """An element: with a text, or with elements inside."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: Sequence[Tag] = ()
    text: str = ""


def model_text(ruleset: RuleSet, sheets: Sequence[Sheet], about: str, language: str) -> str:
    """Return a decision model of these tables; `about` is what its reader has to know."""
    root = _Writer(ruleset, language).definitions(sheets, about)
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, "")])


def _lines(tag: Tag, indent: str) -> Iterator[str]:
    attributes = "".join(f" {name}={quoteattr(one)}" for name, one in tag.attributes.items())
    opening = f"{indent}<{tag.name}{attributes}"
    if tag.inside:
        yield f"{opening}>"
        for one in tag.inside:
            yield from _lines(one, f"{indent}  ")
        yield f"{indent}</{tag.name}>"
    else:
        yield f"{opening}>{escape(tag.text)}</{tag.name}>" if tag.text else f"{opening}/>"


class _Writer:
    """Makes the elements of a decision model. Names are ids, so that reading gives them back."""

    def __init__(self, ruleset: RuleSet, language: str) -> None:
        self._ruleset, self._language = ruleset, language

    def definitions(self, sheets: Sequence[Sheet], about: str) -> Tag:
        ref = reference(self._ruleset)
        which = {
            "id": ref.id,
            "version": ref.version,
            "sha256": ref.sha256,
            "meaning_sha256": ref.meaning_sha256,
        }
        if ref.instance is not None:
            which |= {key: one for key, one in ref.instance.to_dict().items() if one is not None}
        asked = {axis.id for sheet in sheets for axis in sheet.axes}
        facts = [fact_axis(one, self._language) for one in self._ruleset.facts if one.id in asked]
        head = {
            "xmlns": SPACE,
            "xmlns:r": OURS,
            "id": f"definitions.{ref.id}",
            "name": self._ruleset.title[self._language],
            "namespace": f"{OURS}:{ref.id}",
        }
        inside = [
            Tag("description", text=about),
            Tag("extensionElements", inside=[Tag("r:ruleset", which)]),
            *map(self._type_of_fact, facts),
            *(_type(one.decision.id, "string", _listed(one)) for one in sheets),
            *map(_input_data, facts),
            *map(self._decision, sheets),
        ]
        return Tag("definitions", head, inside)

    def _type_of_fact(self, axis: Axis) -> Tag:
        more = {"label": axis.label}
        if axis.type == "number":
            more["r:places"] = str(getattr(self._ruleset.fact[axis.id].domain, "places", 0))
        return _type(axis.id, axis.type, axis.allowed, **more)

    def _decision(self, sheet: Sheet) -> Tag:
        name, label = sheet.decision.id, sheet.decision.label[self._language]
        needs = [
            Tag("informationRequirement", {"id": f"need.{name}.{axis.id}"}, [self._needed(axis)])
            for axis in sheet.axes
        ]
        variable = {"id": f"answer.{name}", "name": name, "typeRef": f"t_{name}"}
        attributes = {"id": f"decision.{name}", "name": name, "label": label}
        inside = [Tag("variable", variable), *needs, self._table(sheet)]
        return Tag("decision", attributes, inside)

    def _needed(self, axis: Axis) -> Tag:
        if axis.id in self._ruleset.fact:
            return Tag("requiredInput", {"href": f"#input.{axis.id}"})
        return Tag("requiredDecision", {"href": f"#decision.{axis.id}"})

    def _table(self, sheet: Sheet) -> Tag:
        name = sheet.decision.id
        given = [_texts("outputValues", _listed(sheet))]
        if sheet.default is not None:
            given.append(_texts("defaultOutputEntry", feel(sheet.default, "string")))
        inside = [
            *(_column(name, axis) for axis in sheet.axes),
            Tag("output", {"id": f"output.{name}", "typeRef": "string"}, given),
            *(Tag("annotation", {"name": one}) for one in NOTES),
            *(self._row(sheet, number, line) for number, line in enumerate(sheet.lines, 1)),
        ]
        return Tag("decisionTable", {"id": f"table.{name}", "hitPolicy": sheet.policy}, inside)

    def _row(self, sheet: Sheet, number: int, line: Line) -> Tag:
        rule = line.rule
        asked = (
            axis.cell(line.cube[axis.id]) if axis.id in line.cube else "-" for axis in sheet.axes
        )
        cites = ", ".join(rule.grounds.cites) or "-"
        told = (rule.label[self._language], rule.id, rule.reason[self._language], cites)
        inside = [
            *(_texts("inputEntry", cell) for cell in asked),
            _texts("outputEntry", feel(line.answer, "string")),
            *(_texts("annotationEntry", note) for note in told),
        ]
        return Tag("rule", {"id": f"row.{sheet.decision.id}.{number}"}, inside)


def _listed(sheet: Sheet) -> str:
    return ", ".join(feel(one, "string") for one in sheet.outcomes)


def _type(name: str, base: str, allowed: str | None, **more: str) -> Tag:
    values = [] if allowed is None else [_texts("allowedValues", allowed)]
    attributes = {"id": f"type.{name}", "name": f"t_{name}", **more}
    return Tag("itemDefinition", attributes, [Tag("typeRef", text=base), *values])


def _input_data(axis: Axis) -> Tag:
    variable = {"id": f"value.{axis.id}", "name": axis.id, "typeRef": f"t_{axis.id}"}
    attributes = {"id": f"input.{axis.id}", "name": axis.id, "label": axis.label}
    return Tag("inputData", attributes, [Tag("variable", variable)])


def _column(table: str, axis: Axis) -> Tag:
    asks = {"id": f"asks.{table}.{axis.id}", "typeRef": axis.type}
    expression = Tag("inputExpression", asks, [Tag("text", text=axis.id)])
    return Tag("input", {"id": f"column.{table}.{axis.id}", "label": axis.label}, [expression])


def _texts(name: str, text: str) -> Tag:
    return Tag(name, inside=[Tag("text", text=text)])
