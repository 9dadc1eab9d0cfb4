"""Form 2 of an explanation as JSON: what is said often stands once, and the rest refers to it.

    conditions   each once, by number: `route/route_a/when` is `"when": 12` of its rule
    rules        by decision and id; facts, with what is asked of them, by id
    sources      citations by source, section and id: a rule cites them by id
    answers      values that a fact can have, by number: `missing` says what each would lead to
    changes      one fact that would be otherwise, by number: a nearest set is a list of numbers
    lists        ids that stand together more than once, by number
    words        templates of texts that follow from the rest, such as `{label}: yes`

What has its usual value is left out, and so is what follows: an id that says where a node is, and
a text that a template gives. `schemas/explanation.schema.json` describes each field.

In form 1 everything stands where it is said: it is the nodes themselves. So form 2 is made long
again by `decode`, and then checked as form 1 is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeAlias

from pydantic_core import to_json, to_jsonable_python

from routeengine.explanation import model, parts
from routeengine.i18n import wording_of
from routeengine.truth import Truth

Data: TypeAlias = dict[str, Any]
"""A JSON object."""

GROUPS = ("all", "any", "at_least", "exactly")
"""The kinds of condition whose text is that of their parts, joined."""

DECISIONS = ("outcome", "status", "rule")
"""The kinds of condition that refer to a decision."""

LEFT_OUT: Mapping[type, tuple[str, ...]] = {
    model.Why: ("id", "because_facts", "other_rules"),
    model.WhyNot: ("id", "outcome", "label", "distance"),
    model.VerdictNode: ("id", "decision", "missing", "conflicting"),
    model.RuleNode: ("id", "rule", "failed", "open", "standing"),
    model.FactNode: ("id", "fact", "status", "words", "ranges", "read_by", "coupled_with"),
    model.FlagNode: ("id",),
    model.ConstraintNode: ("id",),
    parts.ChangeNode: ("label", "now"),
    parts.OtherwiseNode: ("id", "ranges"),
}
"""The fields that follow from where a node is, or that are written in another way."""

ROWS = (("kind", "reference", "words", "truth"), ("kind", "parts", "truth"))
"""What stands in the row of a condition that refers to something, and of one that has parts."""

TABLES = ("conditions", "answers", "changes", "lists")
"""What is referred to by number."""

UNKNOWN, INTERPRETATION = "unknown", "interpretation"
"""The usual status of a fact and the usual basis of a rule: the others are written out."""

READING = ("choice", "because", "alternative")
SOURCE = ("title", "kind", "number", "language")

Known: TypeAlias = parts.LeafNode | model.FactNode
"""What says how much is known of a fact."""


class Templates:
    """The texts that follow from the rest.

    Nothing but a name in braces is filled in, whatever a template that comes from outside asks.
    """

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    @classmethod
    def of(cls, language: str) -> Templates:
        """Return the templates that are needed to read an explanation in a language."""
        wording = wording_of(language)
        words = {
            "labelled": wording.labelled,
            "criterion": wording.labelled_as("{label}", wording.yes),
            "not": wording.labelled_as("{label}", wording.no),
            "place": wording.place.replace("{place}", wording.place_in),
            "place_at_start": wording.place.replace("{place}", wording.place_at_start),
        }
        words |= {status: getattr(wording, status) for status in ("unknown", "declined", "masked")}
        for kind in GROUPS:
            words[kind] = wording.inline[kind]
            words[f"{kind}_head"] = wording.head[kind]
        return cls(words)

    def filled(self, name: str, **values: object) -> str:
        """Return a text: a template with these values in it."""
        return re.sub(r"{(\w+)}", lambda found: str(values[found[1]]), self.words[name])

    def text(self, entry: Data, label: str | None, texts: Sequence[str]) -> str:
        """Return the text of a condition; `texts` are those of its parts."""
        name = "labelled" if "words" in entry else entry["kind"]
        count, items = entry.get("count", len(texts)), "; ".join(texts)
        return self.filled(name, label=label, words=entry.get("words"), count=count, items=items)

    def head(self, entry: Data, text: str) -> str:
        """Return what is above the parts of a condition with this text."""
        if entry["kind"] not in GROUPS:
            return text
        count = entry.get("count", len(entry.get("parts", ())))
        return self.filled(f"{entry['kind']}_head", count=count)

    def place(self, source: Data, section: str, paragraph: int, sentence: int) -> str:
        """Return a place in a source, in words."""
        return self.filled(
            "place" if section else "place_at_start",
            kind=source["kind"],
            number=source["number"],
            section=section,
            paragraph=paragraph,
            sentence=sentence,
        )


class Table:
    """Entries by number, each once."""

    def __init__(self) -> None:
        self.entries: list[object] = []
        self._numbers: dict[str, int] = {}

    def number(self, entry: object) -> int:
        """Return the number of an entry, which is put into the table if it is new."""
        number = self._numbers.setdefault(json.dumps(entry), len(self.entries))
        if number == len(self.entries):
            self.entries.append(entry)
        return number


def disputed(
    decision: str,
    reason: str | None,
    facts: Mapping[str, tuple[str, Sequence[str]]],
    missing: Collection[str],
) -> Iterator[str]:
    """Yield the facts on which evidence disagrees and the answer depends, where that is why.

    `facts` are the status of each, and which decisions read it.
    """
    if reason == "conflicting_evidence":
        for name, (status, read_by) in facts.items():
            if status == "conflicting" and (decision in read_by or name in missing):
                yield name


def written(explanation: model.ExplanationData, indent: int | None) -> str:
    """Return an explanation as JSON."""
    return to_json(_Writer(explanation).whole(), indent=indent).decode()


def plain(explanation: model.ExplanationData) -> Data:
    """Return an explanation as plain JSON."""
    written: Data = to_jsonable_python(_Writer(explanation).whole())
    return written


class _Writer:
    """Puts what is said often into tables, while it goes through the nodes."""

    def __init__(self, explanation: model.ExplanationData) -> None:
        self._explanation = explanation
        self._templates = Templates.of(explanation.language)
        self._tables = {name: Table() for name in TABLES}
        self._numbers: dict[str, int] = {}
        self._rules: dict[str, Data] = {decision: {} for decision in explanation.verdicts}
        # The labels of what a decision can come to, as far as anything refers to them.
        self._outcomes: dict[str, Data] = {decision: {} for decision in explanation.verdicts}
        self._sources: Data = {}
        # What was given of a fact: that is what most conditions show.
        self._given: dict[str, Known] = dict(explanation.facts)
        self._references: dict[type, Callable[[Any, str], Any]] = {
            parts.Named: lambda node, _: node.id,
            parts.NearestNode: self._nearest,
            parts.OtherwiseNode: lambda node, _: (
                self._fields(node) | {"ranges": _short_runs(node.ranges)}
            ),
            model.ConditionNode: self._condition,
            model.FactNode: lambda node, _: self._facts[node.fact],
            model.RuleNode: self._rule,
            model.VerdictNode: self._verdict,
            model.Why: self._why,
            model.WhyNot: self._why_not,
        }
        self._facts = {name: self._fact(node) for name, node in explanation.facts.items()}

    def whole(self) -> Data:
        """Return the whole in short."""
        # A fact shows what constraints make of it. If less was given, and an answer rests on that,
        # it is written as `given`. First of all, for conditions leave out what was given.
        for why in self._explanation.why.values():
            for leaf in why.because_facts:
                if self._is_news(leaf):
                    self._given[leaf.fact] = leaf
                    self._facts[leaf.fact]["given"] = self._known(leaf)
        return {
            "form": model.FORM,
            **self._fields(self._explanation),
            "rules": self._rules,
            **{name: table.entries for name, table in self._tables.items()},
            "sources": self._sources,
            "words": self._templates.words,
        }

    def _short(self, part: Any, decision: str) -> Any:
        """Return what is in a field in short; what stands in a table is referred to."""
        if isinstance(part, tuple):
            return [self._short(one, decision) for one in part]
        if isinstance(part, dict):
            return {key: self._short(one, decision or key) for key, one in part.items()}
        refer = self._references.get(type(part))
        if refer is not None:
            return refer(part, decision)
        return self._fields(part, decision) if isinstance(part, parts.Node) else part

    def _fields(self, node: Any, decision: str = "") -> Data:
        """Return the fields of a node that do not follow, and have not their usual value."""
        short: Data = {}
        left_out = LEFT_OUT.get(type(node), ())
        for field in fields(node):
            name, value = field.name, getattr(node, field.name)
            if name in left_out or value == field.default:
                continue
            if name == "grounds":
                short |= self._grounds(value)
                continue
            if name in ("candidates", "possible"):
                self._outcomes[decision] |= {one.id: one.label for one in value}
            short[name] = self._short(value, decision)
        return short

    def _grounds(self, node: parts.GroundsNode) -> Data:
        grounds: Data = {} if node.basis == INTERPRETATION else {"basis": node.basis}
        if node.cites:
            grounds["cites"] = [self._citation(place) for place in node.cites]
        if node.reading is not None:
            grounds["reading"] = [getattr(node.reading, name) for name in READING]
        return grounds

    def _citation(self, node: parts.CitedPlace) -> str:
        source = {key: getattr(node, key) for key in SOURCE if getattr(node, key) is not None}
        sections = self._sources.setdefault(node.source, source | {"sections": {}})["sections"]
        section = sections.setdefault(node.section, {})
        if node.citation not in section:
            place = node.paragraph, node.sentence
            usual = self._templates.place(source, node.section, *place)
            text = [] if usual == node.text else [node.text]
            section[node.citation] = [*place, node.sha256, *text]
        return node.citation

    def _fact(self, node: model.FactNode) -> Data:
        fact = self._fields(node) | self._known(node)
        if node.value is None and node.ranges:
            fact["ranges"] = _short_runs(node.ranges)
        if node.read_by:
            fact["read_by"] = self._tables["lists"].number(node.read_by)
        if node.coupled_with:
            # With the fact itself: so it is the same list for all that are tied together.
            tied = [
                one for one in self._explanation.facts if one in (node.fact, *node.coupled_with)
            ]
            fact["coupled_with"] = self._tables["lists"].number(tied)
        return fact

    def _known(self, node: Known) -> Data:
        """Return what is known of a fact; that it is unknown is usual."""
        usual = self._templates.words.get(node.status) == node.words
        return ({} if node.status == UNKNOWN else {"status": node.status}) | (
            {} if usual else {"words": node.words}
        )

    def _is_news(self, leaf: parts.LeafNode) -> bool:
        """Return whether this is not what the fact itself says of what was given."""
        given = self._given[leaf.fact]
        return (leaf.status, leaf.words) != (given.status, given.words)

    def _verdict(self, node: model.VerdictNode, decision: str) -> Data:
        verdict = self._fields(node, decision) | {"outcomes": self._outcomes[decision]}
        if node.missing:
            verdict["missing"] = {
                one.fact: self._question(one, node, decision) for one in node.missing
            }
        conflicting = [one.id for one in node.conflicting]
        facts = {name: (one.status, one.read_by) for name, one in self._explanation.facts.items()}
        if conflicting != list(disputed(decision, node.reason, facts, verdict.get("missing", ()))):
            verdict["conflicting"] = conflicting
        return verdict

    def _question(self, node: model.Question, verdict: model.VerdictNode, decision: str) -> Any:
        """Return what each answer leads to: nothing that is not possible already, or less."""
        self._facts[node.fact]["asks"] = [node.question, node.why_needed]
        rows: list[object] = []
        for answer in node.answers:
            number = self._tables["answers"].number([answer.words, *_short_runs(answer.ranges)])
            if answer.possible != verdict.possible:
                leads = self._fields(answer, decision)["possible"]
                rows.append([number, self._tables["lists"].number(leads)])
            else:
                rows.append(number)
        return rows

    def _why(self, node: model.Why, decision: str) -> Data:
        why = self._fields(node, decision)
        # They are the rules that nothing else refers to, in the order in which they stand.
        for rule in node.other_rules:
            self._rule(rule, decision)
        return why

    def _why_not(self, node: model.WhyNot, decision: str) -> Data:
        self._outcomes[decision][node.outcome] = node.label
        return self._fields(node, decision)

    def _nearest(self, node: parts.NearestNode, _: str) -> list[int]:
        moves = [(one, False) for one in node.changes] + [(one, True) for one in node.answers]
        return [self._change(one, answer=answer) for one, answer in moves]

    def _change(self, node: parts.ChangeNode, *, answer: bool) -> int:
        now = {} if node.now == self._given[node.fact].words else {"now": node.now}
        known = now | ({"answer": True} if answer else {})
        return self._tables["changes"].number(self._fields(node) | known)

    def _rule(self, node: model.RuleNode, decision: str) -> str:
        if node.rule not in self._rules[decision]:
            rule = self._rules[decision][node.rule] = self._fields(node, decision)
            if node.when is not None:
                del rule["applies"]
            chosen = self._explanation.verdicts[decision].rules
            follows = model.standing_of(
                node.applies,
                outranked=bool(node.outranked_by),
                maybe=bool(node.maybe_outranked_by),
                may_decide=any(one.id == node.rule for one in chosen),
            )
            if node.standing != follows:
                rule["standing"] = node.standing
        return node.rule

    def _condition(self, node: model.ConditionNode, _: str = "") -> int:
        """Return the number of a condition, which comes after those of its parts."""
        number = self._numbers.get(node.id)
        if number is None:
            number = self._numbers[node.id] = self._tables["conditions"].number(self._entry(node))
        return number

    def _entry(self, node: model.ConditionNode) -> object:
        """Return a condition without what follows: a row, if nothing about it is unusual."""
        # A part goes into the table before its whole. Of "at most 2" and what is around it, this is
        # left; what is open has no truth written beside it:
        #
        #     0   ["fact", "rung", "at most 2", "true"]      the label "rung" stands with the fact
        #     1   ["fact", "receives_benefit", "yes"]
        #     2   ["fact", "current_service", "participation consultant", "true"]
        #     3   ["all", [0, 1, 2]]
        #
        # The text of 3 follows from those of its parts, and so it is not written.
        children, label = node.children, node.label
        entry: Data = {"kind": node.kind}
        if node.reference is not None:
            entry["reference"] = node.reference
        if children:
            entry["parts"] = [self._condition(child) for child in children]
        if node.truth is not Truth.OPEN:
            entry["truth"] = node.truth
        if node.count is not None:
            entry["count"] = node.count
        if node.grounds is not None:
            entry |= {"label": label, **self._grounds(node.grounds)}
        if node.kind == "not":
            label = children[0].label
        elif node.fact is not None or node.kind in ("score", *DECISIONS):
            entry["words"] = node.text.removeprefix(f"{label}: ")
        if self._templates.text(entry, label, [child.text for child in children]) != node.text:
            entry.pop("words", None)
            entry["text"] = node.text
        if self._templates.head(entry, node.text) != node.head:
            entry["head"] = node.head
        if node.points is not None:
            entry["points"] = self._fields(node.points)
        if node.fact is not None and self._is_news(node.fact):
            entry["known"] = self._known(node.fact)
        names = ROWS["parts" in entry][: len(entry)]
        return [entry[name] for name in names] if entry.keys() == set(names) else entry


def _short_runs(ranges: Iterable[tuple[object, object]]) -> list[object]:
    """Write runs of values: a run of one as that value."""
    return [first if first == last else [first, last] for first, last in ranges]
