"""Case files: YAML with `defaults` and `cases`, every fault at once by line and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from routeengine.errors import Fault, RuleSetError, listed
from routeengine.loading.comparisons import plain_value
from routeengine.loading.files import path_text, read_text, yaml_files
from routeengine.loading.yaml_tree import (
    Collector,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    TreeReader,
    UnreadableError,
)
from routeengine.profile import DECLINED, decode_knowledge, read_knowledge
from routeengine.result import Reason, Status
from routeengine.ruleset.flaws import did_you_mean, quote
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.ruleset.words import NOWHERE, Place

LISTS = ("rules", "candidates", "possible", "missing", "conflict")
CASE_FIELDS = ("status", "outcome", "rule", "reason", *LISTS)
"""What a case may expect of a verdict, in the order in which it is told."""

FLAGS = ("flags", "flags_possible")

NUMBERS = ("as_of", "variant")
"""What says of which instance a case, or all cases of a file, are."""

Expected = Mapping[str, str | tuple[str, ...] | None]
"""What a case expects of one verdict: field -> value; what is not named is not looked at."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One profile, and what is expected of it.

    Attributes:
        id: The name of the case in its file.
        label: What the case is about, by language.
        profile: The facts, as `Engine.classify` takes them.
        expect: By decision, the fields of its verdict that are expected, and their values.
        flags: The flags that are expected; None if the case says nothing of them.
        flags_possible: The flags that may be raised; None if the case says nothing of them.
        place: Where the case stands: file, line and column.
        as_of: The day whose numbers it is looked at with, if it or its file names one.
        variant: The variant whose numbers it is looked at with, likewise.
        numbers_at: Where that day or variant is named.
    """

    id: str
    label: Mapping[str, str]
    profile: Mapping[str, Any]
    expect: Mapping[str, Expected]
    flags: tuple[str, ...] | None
    flags_possible: tuple[str, ...] | None
    place: Place
    as_of: date | None = None
    variant: str | None = None
    numbers_at: Place = NOWHERE

    def __repr__(self) -> str:
        return f"Case({self.id})"


def load_cases(path: str | Path | Sequence[str | Path], ruleset: RuleSet) -> tuple[Case, ...]:
    """Load a case file, or every YAML file of a folder in order of name; or several of these.

    Raises RuleSetError with every fault at once, each with file, line and column: an unknown fact,
    decision, outcome, rule or flag, a value outside its domain, an id that appears twice; and for a
    file that does not exist.
    """
    # One collector for all files, so that an id that two of them have is found with the rest.
    collector = Collector()
    by_id: dict[str, Case] = {}
    paths = [path] if isinstance(path, str | Path) else path
    files = {name: file for one in paths for name, file in _files(Path(path_text(one))).items()}
    for name, file in files.items():
        collector.mark((), Place(name, 1, 1))
        root = MappingNode()
        try:
            TreeReader(collector).read(name, read_text(name, file, collector), root)
        except UnreadableError:
            continue
        for case in _Builder(ruleset, collector).build(root):
            if (first := by_id.setdefault(case.id, case)) is not case:
                message = f"the case {quote(case.id)} appears twice"
                collector.report(case.place, message, f"the first is at {first.place}")
    collector.raise_faults()
    return tuple(by_id.values())


def _files(path: Path) -> dict[str, Path]:
    files, message = [path], "there is no such file or folder"
    if path.is_dir():
        files = [path / one.name for one in yaml_files(path)]
        message = "the folder holds no case file"
    if not (files and path.exists()):
        raise RuleSetError((Fault(str(path), 0, 0, message),))
    return {str(one): one for one in files}


class _Builder:
    """Builds the cases of a file, and keeps every fault at its place."""

    def __init__(self, ruleset: RuleSet, collector: Collector) -> None:
        self.ruleset = ruleset
        self.collector = collector
        self._fault = collector.add

    def build(self, root: MappingNode) -> Iterator[Case]:
        """Yield the cases of one file."""
        self._known_keys(root, (*NUMBERS, "defaults", "cases"))
        defaults = self._facts(root.get("defaults", MappingNode(("defaults",))))
        of_all = {name: root[name] for name in NUMBERS if name in root}
        cases = root.get("cases")
        if not isinstance(cases, MappingNode) or not cases:
            self._fault(("cases",), "a case file needs `cases`, each with an id of its own")
            return
        for name, case in cases.items():
            if isinstance(case, MappingNode):
                numbers = of_all | {one: case[one] for one in NUMBERS if one in case}
                yield self._case(name, case, defaults, numbers)
            else:
                self._fault(case.path, "a case is a mapping with `facts` and `expect`")

    def _case(
        self,
        name: str,
        case: MappingNode,
        defaults: Mapping[str, Any],
        numbers: Mapping[str, Node],
    ) -> Case:
        self._known_keys(case, ("label", *NUMBERS, "facts", "expect"))
        facts = self._facts(case.get("facts", MappingNode((*case.path, "facts"))))
        expect, flags = self._expect(case.get("expect", MappingNode((*case.path, "expect"))))
        label = case.get("label")
        words = {k: str(v) for k, v in label.items()} if isinstance(label, MappingNode) else {}
        known = {**defaults, **facts}
        profile = {fact: value for fact, value in known.items() if value is not None}
        place = self.collector.place(case.path, key=True)
        raised, possible = map(flags.get, FLAGS)
        told = next((self.collector.place(one.path) for one in numbers.values()), NOWHERE)
        asked = self._day(numbers.get("as_of")), self._variant(numbers.get("variant")), told
        return Case(name, words, profile, expect, raised, possible, place, *asked)

    def _day(self, node: Node | None) -> date | None:
        day = None
        if isinstance(node, ScalarNode):
            with suppress(ValueError):
                day = date.fromisoformat(node)
        if node is not None and (day is None or str(node) != day.isoformat()):
            self._fault(node.path, "`as_of` must be a day, as 2025-07-01")
        return day

    def _variant(self, node: Node | None) -> str | None:
        if node is not None and not isinstance(node, ScalarNode):
            self._fault(node.path, "write one variant")
        return None if node is None else str(node)

    # Facts

    def _facts(self, facts: Node) -> dict[str, Any]:
        if not isinstance(facts, MappingNode):
            self._fault(facts.path, "write the facts as `fact: value`")
            return {}
        read = {}
        for name, node in facts.items():
            fact = self.ruleset.fact.get(name)
            if fact is None:
                hint = did_you_mean(name, self.ruleset.fact)
                self._fault((*facts.path, name), f"unknown fact {quote(name)}", hint, key=True)
                continue
            read[name] = self._knowledge(fact, node)
            if read_knowledge(fact, read[name]) is None:
                self._fault(node.path, f"`{name}` must be {fact.domain.describe()}, or null")
        return read

    def _knowledge(self, fact: Fact, node: Node) -> Any:
        """Return what is known of a fact; something that no fact can have if it makes no sense."""
        if isinstance(node, SequenceNode):
            return [self._knowledge(fact, one) for one in node]
        if isinstance(node, MappingNode):
            forms = {form: self._knowledge(fact, one) for form, one in node.items()}
            return DECLINED if node == {"declined": "true"} else decode_knowledge(forms)
        if _is_null(node):
            return None
        value = plain_value(node, fact.domain)
        return str(node) if value is None else value

    # Expectations

    def _expect(self, expect: Node) -> tuple[dict[str, Expected], dict[str, tuple[str, ...]]]:
        verdicts: dict[str, Expected] = {}
        flags: dict[str, tuple[str, ...]] = {}
        if not isinstance(expect, MappingNode) or not expect:
            self._fault(expect.path, "a case needs `expect`: what the answer should be")
            return verdicts, flags
        for name, node in expect.items():
            if name in FLAGS:
                flags[name] = self._names(node, [flag.id for flag in self.ruleset.flags], "flag")
            elif name in self.ruleset.decision:
                verdicts[name] = self._verdict(self.ruleset.decision[name], node)
            else:
                hint = did_you_mean(name, [*self.ruleset.decision, *FLAGS])
                message = f"unknown decision {quote(name)}"
                self._fault((*expect.path, name), message, hint, key=True)
        return verdicts, flags

    def _verdict(self, decision: Decision, node: Node) -> Expected:
        outcomes = [outcome.id for outcome in decision.outcomes]
        known: dict[str, Sequence[str]] = {
            "status": get_args(Status),
            "reason": get_args(Reason),
            "possible": decision.keys,
            **dict.fromkeys(("outcome", "candidates"), outcomes),
            **dict.fromkeys(("rule", "rules"), tuple(rule.id for rule in decision.rules)),
            **dict.fromkeys(("missing", "conflict"), tuple(self.ruleset.fact)),
        }
        if isinstance(node, ScalarNode):
            return {"status": "decided", "outcome": self._name(node, outcomes, "outcome")}
        if not isinstance(node, MappingNode) or not node:
            self._fault(node.path, "write an outcome, or a mapping with what is expected")
            return {}
        self._known_keys(node, CASE_FIELDS)
        return {
            field: (self._names if field in LISTS else self._name)(value, known[field], field)
            for field, value in node.items()
            if field in known
        }

    def _name(self, node: Node, known: Sequence[str], what: str) -> str | None:
        if _is_null(node):
            return None
        if not isinstance(node, ScalarNode):
            self._fault(node.path, f"write one {what}")
        elif node not in known:
            self._fault(node.path, f"unknown {what} {quote(node)}", did_you_mean(node, known))
        return str(node)

    def _names(self, node: Node, known: Sequence[str], what: str) -> tuple[str, ...]:
        if not isinstance(node, SequenceNode):
            self._fault(node.path, "write a list, such as `[]` for nothing")
            return ()
        for one in node:
            if not isinstance(one, ScalarNode) or one not in known:
                word = str(one) if isinstance(one, ScalarNode) else ""
                message = f"unknown name {quote(word)} under `{what}`"
                self._fault(one.path, message, did_you_mean(word, known))
        return tuple(map(str, node))

    def _known_keys(self, branch: MappingNode, known: Sequence[str]) -> None:
        for key in branch:
            if key not in known:
                hint = did_you_mean(key, known, f"known are {listed(known)}")
                self._fault((*branch.path, key), f"unknown key {quote(key)}", hint, key=True)


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.quoted and node in ("null", "~", "")
