"""Form 2 of an explanation as JSON: what is said often stands once, and the rest refers to it.

    conditions   each once, by number: `route/route_a/when` is `"when": 12` of its rule
    rules        by decision and id; facts, with what is asked of them, by id
    sources      citations by source, section and id: a rule cites them by id
    changes      one fact that would be otherwise, by number: a nearest set is a list of numbers
    words        templates of texts that follow from the rest, such as `{label}: yes`

What has its usual value is left out, and so is what follows: an id that says where a node is, and
a text that a template gives. `schemas/explanation.schema.json` describes each field.

In form 1 everything stands where it is said: it is the nodes themselves. So form 1 is made short
here, and `decode` makes it long again, which is then checked as form 1 is. Both change the plain
data that they are given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from pydantic_core import to_json

from routeengine.explanation.model import FORM, ExplanationData
from routeengine.i18n import wording_of
from routeengine.i18n.words import Wording

Data: TypeAlias = dict[str, Any]
"""A JSON object."""

FORM_1: TypeAdapter[ExplanationData] = TypeAdapter(ExplanationData)

GROUPS = ("all", "any", "at_least", "exactly")
"""The kinds of condition whose text is that of their parts, joined."""

INTERPRETATION = "interpretation"
"""The usual basis: the others are written out."""

DECISIONS = ("outcome", "status", "rule")
"""The kinds of condition that refer to a decision."""

KNOWN = ("status", "words")
"""The fields of what is known of a fact."""


def given(fact: Data) -> Data:
    """Return what was given of a fact: that is what most conditions show.

    A fact shows what constraints make of it. If less was given, and an answer rests on that, it is
    written as `given`.
    """
    return fact.get("given") or {key: fact[key] for key in KNOWN}


class Templates:
    """The texts that follow from the rest.

    Nothing but a name in braces is filled in, whatever a template that comes from outside asks.
    """

    def __init__(self, words: dict[str, str]) -> None:
        self._words = words

    def _filled(self, name: str, **values: object) -> str:
        return re.sub(r"{(\w+)}", lambda found: str(values[found[1]]), self._words[name])

    def text(self, entry: Data, label: str | None, parts: Sequence[str]) -> str:
        """Return the text of a condition; `parts` are the texts of its parts."""
        count, items = entry.get("count", len(parts)), "; ".join(parts)
        words = entry.get("words")
        return self._filled(entry["kind"], label=label, words=words, count=count, items=items)

    def head(self, entry: Data, text: str) -> str:
        """Return what is above the parts of a condition with this text."""
        if entry["kind"] not in GROUPS:
            return text
        count = entry.get("count", len(entry.get("parts", ())))
        return self._filled(f"{entry['kind']}_head", count=count)

    def place(self, source: Data, section: str, paragraph: int, sentence: int) -> str:
        """Return a place in a source, in words."""
        return self._filled(
            "place" if section else "place_at_start",
            kind=source["kind"],
            number=source["number"],
            section=section,
            paragraph=paragraph,
            sentence=sentence,
        )


def words_of(wording: Wording) -> dict[str, str]:
    """Return the templates that are needed to read an explanation in a language."""
    words = {
        "fact": wording.labelled,
        "criterion": wording.labelled_as("{label}", wording.yes),
        "place": wording.place.replace("{place}", wording.place_in),
        "place_at_start": wording.place.replace("{place}", wording.place_at_start),
    }
    for kind in GROUPS:
        words[kind] = wording.inline[kind]
        words[f"{kind}_head"] = wording.head[kind]
    return words


def written(explanation: ExplanationData, indent: int | None) -> str:
    """Return an explanation as JSON."""
    data = FORM_1.dump_python(explanation, mode="json", exclude_defaults=True)
    return to_json(_Shortener(data).whole(), indent=indent).decode()


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


class _Shortener:
    """Puts what is said often into tables, while it goes through the nodes."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._facts: Data = data["facts"]
        self._words = words_of(wording_of(data["language"]))
        self._templates = Templates(self._words)
        self._conditions, self._changes = Table(), Table()
        self._criteria: dict[str, int] = {}
        self._answers = {fact: Table() for fact in self._facts}
        self._rules: dict[str, Data] = {decision: {} for decision in data["verdicts"]}
        # The labels of what a decision can come to, as far as anything refers to them.
        self._outcomes: dict[str, Data] = {
            decision: verdict.setdefault("outcomes", {})
            for decision, verdict in data["verdicts"].items()
        }
        self._sources: Data = {}

    def whole(self) -> Data:
        """Return the whole in short."""
        data = self._data
        # First of all: these leaves show what was given of a fact if that is not what the fact
        # shows, and conditions leave out what was given.
        for why in data["why"].values():
            for leaf in why.pop("because_facts", ()):
                known = self._unusual(leaf)
                if known is not None:
                    self._facts[leaf["fact"]]["given"] = known
        for decision, why in data["why"].items():
            del why["id"]
            rule = partial(self._rule, decision)
            self._refer(why, rules=rule, other_rules=rule)
            self._number(why, "applies_when")
        for decision, others in data["why_not"].items():
            for why_not in others.values():
                self._why_not(decision, why_not)
        for decision, verdict in data["verdicts"].items():
            self._verdict(decision, verdict)
        for flag in (*data["flags"], *data["flags_possible"]):
            del flag["id"]
            self._number(flag, "when")
            self._ground(flag)
        for name, fact in self._facts.items():
            self._fact(fact, self._answers[name])
        return {
            "form": FORM,
            **data,
            "rules": self._rules,
            "conditions": self._conditions.entries,
            "changes": self._changes.entries,
            "sources": self._sources,
            "words": self._words,
        }

    def _refer(self, node: Data, **references: Callable[[Data], object]) -> None:
        """Put what the functions make of the nodes under these keys in their place."""
        for key, reference in references.items():
            if key in node:
                node[key] = [reference(one) for one in node[key]]

    def _why_not(self, decision: str, node: Data) -> None:
        del node["id"], node["outcome"]
        node.pop("distance", None)
        self._refer(node, rules=partial(self._rule, decision), nearest=self._nearest)

    def _nearest(self, node: Data) -> list[int]:
        return [
            self._changes.number(
                {key: value for key, value in one.items() if key != "label"}
                | ({"answer": True} if kind == "answers" else {})
            )
            for kind in ("changes", "answers")
            for one in node.get(kind, ())
        ]

    def _verdict(self, decision: str, node: Data) -> None:
        del node["id"], node["decision"]
        outcome = partial(self._outcome, decision)
        self._refer(
            node,
            rules=_id,
            candidates=outcome,
            possible=outcome,
            conflict=_id,
            conflicting=_id,
            broken=self._constraint,
        )
        missing = {one["fact"]: self._question(decision, one) for one in node.pop("missing", ())}
        if missing:
            node["missing"] = missing

    def _outcome(self, decision: str, node: Data) -> object:
        self._outcomes[decision][node["id"]] = node["label"]
        return node["id"]

    def _constraint(self, node: Data) -> Data:
        del node["id"]
        self._ground(node)
        return node

    def _question(self, decision: str, node: Data) -> list[list[object]]:
        """Return what each answer leads to: nothing that is not possible already, or less."""
        fact, verdict = self._facts[node["fact"]], self._data["verdicts"][decision]
        fact["question"], fact["why_needed"] = node["question"], node["why_needed"]
        rows = []
        for answer in node.get("answers", ()):
            number = self._answers[node["fact"]].number([answer["words"], answer["ranges"]])
            self._refer(answer, possible=partial(self._outcome, decision))
            all_of_it = answer["possible"] == verdict.get("possible")
            rows.append([number] if all_of_it else [number, answer["possible"]])
        return rows

    def _rule(self, decision: str, node: Data) -> object:
        name = node.pop("rule")
        for key in ("id", "failed", "open", *(["applies"] if "when" in node else [])):
            node.pop(key, None)
        outcome = partial(self._outcome, decision)
        self._refer(node, candidates=outcome, outranked_by=_id, maybe_outranked_by=_id)
        self._number(node, "when")
        self._ground(node)
        self._rules[decision][name] = node
        return name

    def _number(self, node: Data, key: str) -> None:
        if key in node:
            node[key] = self._condition(node[key])

    def _condition(self, node: Data) -> int:
        """Return the number of a condition, which comes after those of its parts."""
        if node["kind"] != "criterion":
            return self._conditions.number(self._entry(node))
        # A criterion is one node, however often it is referred to.
        name = node["id"]
        if name not in self._criteria:
            self._criteria[name] = self._conditions.number(self._entry(node))
        return self._criteria[name]

    def _entry(self, node: Data) -> object:
        """Return a condition without what follows; one that compares a fact is a row."""
        # A part goes into the table before its whole. Of "at most 2" and what is around it, this is
        # left:
        #
        #     0   ["true", "rung", "at most 2"]              the label "rung" stands with the fact
        #     1   ["true", "receives_benefit", "yes"]
        #     2   ["true", "current_service", "participation consultant"]
        #     3   {"kind": "all", "truth": "true", "parts": [0, 1, 2]}
        #
        # The text of 3 follows from those of its parts, and so it is not written.
        kind, label, text, head = node["kind"], node.pop("label", ""), *map(node.pop, _TEXTS)
        texts = [part["text"] for part in node.get("children", ())]
        del node["id"]
        if "children" in node:
            node["parts"] = [self._condition(part) for part in node.pop("children")]
        if kind == "criterion":
            node["label"] = label
            self._ground(node)
        known = self._unusual(node.pop("fact")) if kind == "fact" else None
        if known is not None:
            node["known"] = known
        if self._templates.head(node, text) != head:
            node["head"] = head
        short = text.removeprefix(f"{label}: ")
        if kind == "fact" and self._templates.text(node | {"words": short}, label, ()) == text:
            if known is None and "head" not in node:
                return [node["truth"], node["reference"], short]
            node["words"] = short
        elif kind not in ("criterion", *GROUPS) or self._templates.text(node, label, texts) != text:
            node["text"] = text
        return node

    def _unusual(self, leaf: Data) -> Data | None:
        """Return what is known of a fact, if that is not what the fact says itself."""
        fact, known = self._facts[leaf["fact"]], {key: leaf[key] for key in KNOWN}
        return None if known == given(fact) else known

    def _ground(self, node: Data) -> None:
        grounds = node["grounds"]
        self._refer(grounds, cites=self._citation)
        if grounds["basis"] == INTERPRETATION:
            del grounds["basis"]
        reading = grounds.pop("reading", {"id": ""})
        del reading["id"]
        grounds.update(reading)

    def _citation(self, node: Data) -> object:
        source = self._sources.setdefault(
            node["source"], {key: node[key] for key in _SOURCE if key in node} | {"sections": {}}
        )
        section = source["sections"].setdefault(node["section"], {})
        if node["citation"] not in section:
            place = node["paragraph"], node["sentence"]
            usual = self._templates.place(source, node["section"], *place)
            text = [] if usual == node["text"] else [node["text"]]
            section[node["citation"]] = [*place, node["sha256"], *text]
        return node["citation"]

    def _fact(self, node: Data, answers: Table) -> None:
        del node["id"], node["fact"]
        if "value" in node:
            del node["ranges"]
        if answers.entries:
            node["answers"] = answers.entries


_TEXTS = ("text", "head")
_SOURCE = ("title", "kind", "number", "language")


def _id(node: Data) -> object:
    return node["id"]
