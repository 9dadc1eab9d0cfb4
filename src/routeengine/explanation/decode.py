"""From JSON to an explanation: form 2 (see `encode`), and form 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from routeengine.codec import extend
from routeengine.errors import UsageError
from routeengine.explanation import encode, model
from routeengine.explanation.contradictions import contradictions
from routeengine.explanation.encode import INTERPRETATION, UNKNOWN, Data
from routeengine.explanation.plan import MAX_NODES, condition_id, part_place
from routeengine.truth import Truth

FORM_1: TypeAdapter[model.ExplanationData] = TypeAdapter(model.ExplanationData)

MAX_PLACE = 8
"""Steps of the way to what is wrong that an error tells: the parts of a condition go on."""


def read(text: str | bytes) -> model.ExplanationData:
    """Return the explanation that this JSON holds.

    Raises UsageError, which shows no value, for what is no explanation.
    """
    try:
        data = from_json(text)
    except ValueError:
        data = None  # a message of its own would show what was read
    return from_data(data)


def from_data(data: Any) -> model.ExplanationData:
    """Return the explanation that these data hold; they are not touched.

    Raises UsageError, which shows no value, for what is no explanation.
    """
    try:
        explanation = FORM_1.validate_python(_long(data))
        problem = next(contradictions(explanation), "")
        if not problem:
            return explanation
    except ValidationError as error:
        problem = _first(error)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        problem = ""
    # Out here, so that no error of theirs, which would show what was read, depends on this one.
    raise UsageError(f"is no explanation: {problem}" if problem else "is no explanation")


def _long(data: Any) -> Any:
    """Return an explanation in form 1."""
    # Form 1 named itself among the versions alone.
    if isinstance(data, dict) and data.get("form") == model.FORM:
        return _Reader({key: one for key, one in deepcopy(data).items() if key != "form"}).whole()
    return data


def _first(error: ValidationError) -> str:
    """Return where the first thing is wrong, and what."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    # A name that no node has may be anything, a value too.
    loc = first["loc"][:-1] if first["type"] == "unexpected_keyword_argument" else first["loc"]
    place = ""
    for step in loc[:MAX_PLACE]:
        place = extend(place, str(step))
    return f"{place}: {first['msg']}" if place else first["msg"]


class _Reader:
    """Puts what an entry refers to in its place, and adds what follows from where it is."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._facts, self._verdicts = data["facts"], data["verdicts"]
        self._rules, sources = data.pop("rules"), data.pop("sources")
        self._tables: dict[str, Sequence[Any]] = {name: data.pop(name) for name in encode.TABLES}
        self._templates = encode.Templates(data.pop("words"))
        self._places = {
            citation: self._place(name, source, section, citation, *row)
            for name, source in sources.items()
            for section, rows in source["sections"].items()
            for citation, row in rows.items()
        }
        self._labels = {name: fact["label"] for name, fact in self._facts.items()}
        self._rule_labels = {
            decision: {name: rule["label"] for name, rule in rules.items()}
            for decision, rules in self._rules.items()
        }
        self._outcomes = {name: one.pop("outcomes") for name, one in self._verdicts.items()}
        self._given: dict[str, Data] = {}
        self._asked: dict[str, Data] = {}
        for name, fact in self._facts.items():
            self._fact(name, fact)
        self._nodes = 0

    def _at(self, table: str, number: int) -> Any:
        """Return the entry with this number; a negative one is no number of an entry."""
        if number < 0:
            raise ValueError
        return self._tables[table][number]

    def whole(self) -> Data:
        """Return the whole in form 1."""
        data = self._data
        for decision, verdict in self._verdicts.items():
            self._verdict(decision, verdict)
        for decision, why in data["why"].items():
            why["id"] = f"why:{decision}"
            why["because_facts"] = [self._leaf(fact) for fact in why.get("because", ())]
            others = data["why_not"][decision].values()
            elsewhere = {rule for one in (why, *others) for rule in one.get("rules", ())}
            why["other_rules"] = [one for one in self._rules[decision] if one not in elsewhere]
            self._put_rules(decision, why, "rules", "other_rules")
            self._put_condition(why, "applies_when", f"{decision}:applies_when")
        for decision, others in data["why_not"].items():
            for outcome, node in others.items():
                self._why_not(decision, outcome, node)
        for flag in (*data["flags"], *data["flags_possible"]):
            flag["id"] = f"flag:{flag['flag']}"
            self._put_condition(flag, "when", f"{flag['id']}/when")
            self._ground(f"flag/{flag['flag']}", flag)
        return data

    def _place(self, name: str, source: Data, section: str, citation: str, *row: Any) -> Data:
        paragraph, sentence, _ = row[:3]
        usual = self._templates.place(source, section, paragraph, sentence)
        place = dict(zip(("paragraph", "sentence", "sha256", "text"), (*row, usual), strict=False))
        place |= {"id": f"cite:{citation}", "citation": citation, "source": name}
        named = {key: source[key] for key in encode.SOURCE if key in source}
        return named | {"section": section} | place

    def _fact(self, name: str, fact: Data) -> None:
        fact |= {"id": f"fact:{name}", "fact": name, **self._known(fact)}
        self._given[name] = self._known(fact.pop("given", fact))
        self._asked[name] = dict(
            zip(("question", "why_needed"), fact.pop("asks", ()), strict=False)
        )
        fact["ranges"] = _long_runs([fact["value"]] if "value" in fact else fact.get("ranges", ()))
        for number, one in enumerate(fact.get("otherwise", ()), 1):
            one |= {"id": f"otherwise:{name}/{number}", "ranges": _long_runs(one["ranges"])}
        for key in {"read_by", "coupled_with"} & fact.keys():
            fact[key] = self._at("lists", fact[key])
        fact["coupled_with"] = [one for one in fact.get("coupled_with", ()) if one != name]

    def _known(self, entry: Data) -> Data:
        """Return what an entry says that is known of a fact."""
        status = entry.get("status", UNKNOWN)
        words = entry["words"] if "words" in entry else self._templates.words[status]
        return {"status": status, "words": words}

    def _leaf(self, name: str, known: Data | None = None) -> Data:
        """Return what is known of a fact: as a condition says, or as it was given."""
        return {"fact": name, "label": self._labels[name], **(known or self._given[name])}

    def _put_rules(self, decision: str, node: Data, *keys: str) -> None:
        for key in keys:
            node[key] = [self._rule(decision, rule) for rule in node.get(key, ())]

    def _rule(self, decision: str, rule: str) -> Data:
        place, node = f"{decision}/{rule}", dict(self._rules[decision][rule])
        node |= {"id": place, "rule": rule}
        when = self._put_condition(node, "when", f"{place}/when")
        node["applies"] = applies = Truth(node["applies"]) if when is None else when.truth
        decisive = () if when is None else model.decisive_ids(when)
        node["failed"] = decisive if applies is Truth.FALSE else ()
        node["open"] = decisive if applies is Truth.OPEN else ()
        may_decide = any(one["id"] == rule for one in self._verdicts[decision]["rules"])
        node.setdefault(
            "standing",
            model.standing_of(
                applies,
                outranked="outranked_by" in node,
                maybe="maybe_outranked_by" in node,
                may_decide=may_decide,
            ),
        )
        self._put_names(node, self._outcomes[decision], "candidates")
        self._put_names(node, self._rule_labels[decision], "outranked_by", "maybe_outranked_by")
        self._ground(f"rule/{rule}", node)
        return node

    def _put_names(self, node: Data, labels: Data, *keys: str) -> None:
        for key in keys:
            node[key] = [{"id": one, "label": labels[one]} for one in node.get(key, ())]

    def _why_not(self, decision: str, outcome: str, node: Data) -> None:
        place = f"{decision}/{outcome}"
        node |= {"id": f"why_not:{place}", "outcome": outcome}
        node["label"] = self._outcomes[decision][outcome]
        self._put_rules(decision, node, "rules")
        nearest = node.get("nearest")
        if nearest is not None:
            node["distance"] = len(nearest[0]) if nearest else None
            node["nearest"] = [
                {
                    "id": f"nearest:{place}/{number}",
                    "changes": self._moves(some, answers=False),
                    "answers": self._moves(some, answers=True),
                }
                for number, some in enumerate(nearest, 1)
            ]

    def _moves(self, numbers: Iterable[int], *, answers: bool) -> list[Data]:
        entries = [dict(self._at("changes", number)) for number in numbers]
        return [
            {"label": self._labels[one["fact"]], "now": self._given[one["fact"]]["words"], **one}
            for one in entries
            if one.pop("answer", False) is answers
        ]

    def _verdict(self, decision: str, node: Data) -> None:
        node |= {"id": f"verdict:{decision}", "decision": decision}
        facts = {name: (one["status"], one.get("read_by", ())) for name, one in self._facts.items()}
        disputed = encode.disputed(decision, node.get("reason"), facts, node.get("missing", ()))
        node.setdefault("conflicting", list(disputed))
        node["missing"] = [
            self._question(decision, fact, rows, node.get("possible", ()))
            for fact, rows in node.get("missing", {}).items()
        ]
        self._put_names(node, self._rule_labels[decision], "rules")
        self._put_names(node, self._outcomes[decision], "candidates", "possible")
        self._put_names(node, self._labels, "conflict", "conflicting")
        for one in node.get("broken", ()):
            one["id"] = f"constraint:{one['constraint']}"
            self._ground(one["id"].replace(":", "/"), one)

    def _question(
        self, decision: str, fact: str, rows: Sequence[Any], possible: Sequence[str]
    ) -> Data:
        answers = []
        for nth, row in enumerate(rows, 1):
            number, leads = row if isinstance(row, list) else (row, None)
            words, *runs = self._at("answers", number)
            node = {"id": f"answer:{decision}/{fact}/{nth}", "words": words}
            node["ranges"] = _long_runs(runs)
            node["possible"] = possible if leads is None else self._at("lists", leads)
            self._put_names(node, self._outcomes[decision], "possible")
            answers.append(node)
        known = {"id": f"question:{decision}/{fact}", "fact": fact, "label": self._labels[fact]}
        return known | self._asked[fact] | {"answers": answers}

    def _put_condition(self, node: Data, key: str, place: str) -> model.ConditionNode | None:
        if key in node:
            node[key] = self._node(place, node[key])
        return node.get(key)

    def _node(self, place: str, number: int) -> model.ConditionNode:
        """Return the condition with this number, at this place."""
        # Parts of parts that are all the same would double with each of a few entries.
        self._nodes += 1
        entry = self._at("conditions", number)
        if isinstance(entry, list):
            entry = dict(zip(encode.ROWS[isinstance(entry[1], list)], entry, strict=False))
        numbers, kind = entry.get("parts", ()), entry["kind"]
        reference: Any = entry.get("reference")
        # INVARIANT: a part has a lower number than its whole, and so no condition is within itself.
        # A file that breaks this is refused here, before it can be followed round and round.
        if self._nodes > MAX_NODES or not all(part < number for part in numbers):
            raise ValueError
        name = condition_id(place, kind, reference)
        children = [
            self._node(part_place(name, kind, nth), part) for nth, part in enumerate(numbers, 1)
        ]
        label = entry.get("label")
        if kind == "fact":
            label = self._labels[reference]
        elif kind in encode.DECISIONS:
            label = self._verdicts[reference]["label"]
        text = entry.get("text")
        if text is None:
            shown = children[0].label if kind == "not" else label
            text = self._templates.text(entry, shown, [child.text for child in children])
        known = self._known(entry["known"]) if "known" in entry else None
        node = {
            key: value for key, value in entry.items() if key not in ("words", "known", "parts")
        }
        node |= {
            "id": name,
            "text": text,
            "head": entry.get("head", self._templates.head(entry, text)),
            "truth": Truth(entry.get("truth", Truth.OPEN)),
            "label": label,
            "fact": self._leaf(reference, known) if kind == "fact" else None,
            "children": tuple(children),
        }
        if kind in ("criterion", "score"):
            self._ground(f"{kind}/{reference}", node)
        return model.ConditionNode(**node)

    def _ground(self, owner: str, node: Data) -> None:
        reading = dict(zip(encode.READING, node.pop("reading", ()), strict=False))
        node["grounds"] = {
            "basis": node.pop("basis", INTERPRETATION),
            "cites": [self._places[citation] for citation in node.pop("cites", ())],
            "reading": {"id": f"reading:{owner}", **reading} if reading else None,
        }


def _long_runs(runs: Iterable[Any]) -> list[list[object]]:
    """Read runs of values; a single value is a run of one."""
    return [run if isinstance(run, list) else [run, run] for run in runs]
