"""From JSON to an explanation: form 2 (see `encode`), and form 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from routeengine.errors import UsageError
from routeengine.explanation.encode import DECISIONS, FORM_1, INTERPRETATION, Data, Templates, given
from routeengine.explanation.model import FORM, ConditionNode, ExplanationData, decisive_ids
from routeengine.explanation.sites import MAX_NODES, condition_id, part_place
from routeengine.truth import Truth


def read(text: str | bytes) -> ExplanationData:
    """Return the explanation that this JSON holds.

    Raises UsageError, which shows no value, for what is no explanation.
    """
    try:
        data = from_json(text)
        # Form 1 named itself among the versions alone.
        if isinstance(data, dict) and data.pop("form", None) == FORM:
            data = _Lengthener(data).whole()
        return FORM_1.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        # A name that no node has may be anything, a value too.
        loc = first["loc"][:-1] if first["type"] == "unexpected_keyword_argument" else first["loc"]
        place = ".".join(map(str, loc))
        where = f"{place}: " if place else ""
        raise UsageError(f"is no explanation: {where}{first['msg']}") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # A message of theirs would show what was read.
        raise UsageError("is no explanation") from None


class _Lengthener:
    """Puts what an entry refers to in its place, and adds what follows from where it is."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._facts, self._verdicts = data["facts"], data["verdicts"]
        self._rules, self._conditions = data.pop("rules"), data.pop("conditions")
        self._changes, self._sources = data.pop("changes"), data.pop("sources")
        self._templates = Templates(data.pop("words"))
        self._places = {
            citation: self._place(name, source, section, citation, *row)
            for name, source in self._sources.items()
            for section, rows in source["sections"].items()
            for citation, row in rows.items()
        }
        self._fact_labels = {name: fact["label"] for name, fact in self._facts.items()}
        self._rule_labels = {
            decision: {name: rule["label"] for name, rule in rules.items()}
            for decision, rules in self._rules.items()
        }
        self._nodes = 0

    def whole(self) -> Data:
        """Return the whole in form 1."""
        data = self._data
        for decision, why in data["why"].items():
            why["id"] = f"why:{decision}"
            why["because_facts"] = [self._leaf(fact) for fact in why.get("because", ())]
            self._put_rules(decision, why, "rules", "other_rules")
            why["applies_when"] = self._condition(f"{decision}:applies_when", why)
        for decision, others in data["why_not"].items():
            for outcome, node in others.items():
                self._why_not(decision, outcome, node)
        for decision, verdict in self._verdicts.items():
            self._verdict(decision, verdict)
        for flag in (*data["flags"], *data["flags_possible"]):
            flag["id"] = f"flag:{flag['flag']}"
            flag["when"] = self._condition(f"{flag['id']}/when", flag)
            self._ground(f"flag/{flag['flag']}", flag)
        for name, fact in self._facts.items():
            fact |= {"id": f"fact:{name}", "fact": name}
            if "value" in fact:
                fact["ranges"] = [[fact["value"]] * 2]
            for key in ("given", "question", "why_needed", "answers"):
                fact.pop(key, None)
        for verdict in self._verdicts.values():
            verdict.pop("outcomes", None)
        return data

    def _place(self, name: str, source: Data, section: str, citation: str, *row: Any) -> Data:
        paragraph, sentence, sha256, *text = row
        known = {key: value for key, value in source.items() if key != "sections"}
        usual = self._templates.place(source, section, paragraph, sentence)
        return known | {
            "id": f"cite:{citation}",
            "citation": citation,
            "source": name,
            "section": section,
            "paragraph": paragraph,
            "sentence": sentence,
            "sha256": sha256,
            "text": text[0] if text else usual,
        }

    def _put_rules(self, decision: str, node: Data, *keys: str) -> None:
        for key in keys:
            node[key] = [self._rule(decision, rule) for rule in node.get(key, ())]

    def _rule(self, decision: str, rule: str) -> Data:
        node = dict(self._rules[decision][rule])
        node |= {"id": f"{decision}/{rule}", "rule": rule}
        when = node["when"] = self._condition(f"{decision}/{rule}/when", node)
        node["applies"] = applies = Truth(node["applies"]) if when is None else when.truth
        decisive = () if when is None else decisive_ids(when)
        node["failed"] = decisive if applies is Truth.FALSE else ()
        node["open"] = decisive if applies is Truth.OPEN else ()
        self._put_names(node, self._verdicts[decision]["outcomes"], "candidates")
        self._put_names(node, self._rule_labels[decision], "outranked_by", "maybe_outranked_by")
        self._ground(f"rule/{rule}", node)
        return node

    def _put_names(self, node: Data, labels: Data, *keys: str) -> None:
        for key in keys:
            node[key] = [{"id": one, "label": labels[one]} for one in node.get(key, ())]

    def _why_not(self, decision: str, outcome: str, node: Data) -> None:
        node |= {"id": f"why_not:{decision}/{outcome}", "outcome": outcome}
        self._put_rules(decision, node, "rules")
        nearest = node.get("nearest")
        if nearest is not None:
            node["distance"] = len(nearest[0]) if nearest else None
            node["nearest"] = [
                {
                    "id": f"nearest:{decision}/{outcome}/{number}",
                    "changes": self._moves(some, answers=False),
                    "answers": self._moves(some, answers=True),
                }
                for number, some in enumerate(nearest, 1)
            ]

    def _moves(self, numbers: Iterable[int], *, answers: bool) -> list[Data]:
        entries = [at(self._changes, number) for number in numbers]
        return [
            {key: value for key, value in one.items() if key != "answer"}
            | {"label": self._fact_labels[one["fact"]]}
            for one in entries
            if one.get("answer", False) is answers
        ]

    def _verdict(self, decision: str, node: Data) -> None:
        node |= {"id": f"verdict:{decision}", "decision": decision}
        node["missing"] = [
            self._question(decision, fact, rows, node)
            for fact, rows in node.get("missing", {}).items()
        ]
        self._put_names(node, self._rule_labels[decision], "rules")
        self._put_names(node, node["outcomes"], "candidates", "possible")
        self._put_names(node, self._fact_labels, "conflict", "conflicting")
        for one in node.get("broken", ()):
            one["id"] = f"constraint:{one['constraint']}"
            self._ground(f"constraint/{one['constraint']}", one)

    def _question(self, decision: str, name: str, rows: Sequence[Any], verdict: Data) -> Data:
        fact = self._facts[name]
        answers = []
        for number, (answer, *leads) in enumerate(rows, 1):
            words, ranges = at(fact["answers"], answer)
            node = {"id": f"answer:{decision}/{name}/{number}", "words": words, "ranges": ranges}
            node["possible"] = leads[0] if leads else verdict["possible"]
            self._put_names(node, verdict["outcomes"], "possible")
            answers.append(node)
        return {
            "id": f"question:{decision}/{name}",
            "fact": name,
            **{key: fact[key] for key in ("label", "question", "why_needed")},
            "answers": answers,
        }

    def _condition(self, place: str, node: Data) -> ConditionNode | None:
        when = node.get("when", node.get("applies_when"))
        return None if when is None else self._node(place, when)

    def _node(self, place: str, number: int) -> ConditionNode:
        """Return the condition with this number, at this place."""
        # Parts of parts that are all the same would double with each of a few entries.
        self._nodes += 1
        entry = at(self._conditions, number)
        if isinstance(entry, list):
            truth, fact, words = entry
            entry = {"truth": truth, "kind": "fact", "reference": fact, "words": words}
        parts, kind = entry.get("parts", ()), entry["kind"]
        reference: Any = entry.get("reference")
        # INVARIANT: a part has a lower number than its whole, and so no condition is within itself.
        # A file that breaks this is refused here, before it can be followed round and round.
        if self._nodes > MAX_NODES or not all(part < number for part in parts):
            raise ValueError
        name = condition_id(place, kind, reference)
        children = [
            self._node(part_place(name, kind, nth), part) for nth, part in enumerate(parts, 1)
        ]
        label = entry.get("label")
        if kind == "fact":
            label = self._fact_labels[reference]
        elif kind in DECISIONS:
            label = self._verdicts[reference]["label"]
        text = entry.get("text")
        if text is None:
            text = self._templates.text(entry, label, [child.text for child in children])
        head = entry.get("head")
        rest = {key: value for key, value in entry.items() if key not in _WORKED_OUT}
        node = rest | {
            "id": name,
            "text": text,
            "head": self._templates.head(entry, text) if head is None else head,
            "truth": Truth(entry["truth"]),
            "label": label,
            "fact": self._leaf(reference, entry.get("known")) if kind == "fact" else None,
            "children": tuple(children),
        }
        if "grounds" in node:
            self._ground(f"criterion/{reference}", node)
        return ConditionNode(**node)

    def _leaf(self, name: str, known: Data | None = None) -> Data:
        """Return what is known of a fact: as a condition says, or as it was given."""
        fact = self._facts[name]
        return {"fact": name, "label": fact["label"], **(known or given(fact))}

    def _ground(self, owner: str, node: Data) -> None:
        grounds = {"basis": INTERPRETATION, **node["grounds"]}
        grounds["cites"] = [self._places[citation] for citation in grounds.get("cites", ())]
        reading = {key: grounds.pop(key) for key in _READING if key in grounds}
        if reading:
            grounds["reading"] = {"id": f"reading:{owner}", **reading}
        node["grounds"] = grounds


_READING = ("choice", "because", "alternative")
_WORKED_OUT = ("words", "known", "parts")


def at(table: Sequence[Any], number: int) -> Any:
    """Return the entry with this number; a negative one is no number of an entry."""
    if number < 0:
        raise ValueError
    return table[number]
