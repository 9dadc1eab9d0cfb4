"""Case files: YAML with `defaults` and `cases`, every fault at once by line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from routeengine.errors import Fault, RuleSetError
from routeengine.loading.files import read_text
from routeengine.loading.yaml_tree import (
    Collector,
    MappingNode,
    ScalarNode,
    SequenceNode,
    TreeReader,
    UnreadableError,
)
from routeengine.profile import DECLINED, decode_knowledge, read_knowledge
from routeengine.result import Reason, Status
from routeengine.ruleset.flaws import did_you_mean, quote
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.ruleset.words import Place

LISTS = ("rules", "candidates", "possible", "missing", "conflict")
CASE_FIELDS = ("status", "outcome", "rule", "reason", *LISTS)
"""What a case may expect of a verdict, in the order in which it is told."""

FLAGS = ("flags", "flags_possible")

Expected = Mapping[str, str | tuple[str, ...] | None]
"""What a case expects of one verdict: field -> value; what is not named is not looked at."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """One profile, and what is expected of it.

    `expect` maps decisions to fields of their verdicts; `flags` and
    `flags_possible` are None if the case says nothing of them.
    """

    id: str
    label: Mapping[str, str]
    profile: Mapping[str, Any]
    expect: Mapping[str, Expected]
    flags: tuple[str, ...] | None
    flags_possible: tuple[str, ...] | None
    place: Place

    def __repr__(self) -> str:
        return f"Case({self.id})"


def load_cases(path: str | Path, ruleset: RuleSet) -> tuple[Case, ...]:
    """Read a case file, or every `.yaml` file of a folder, in order of name.

    Raises RuleSetError with every fault at once, each with file, line and column: an
    unknown fact, decision, outcome, rule or flag, a value outside its domain, an
    id that appears twice.
    """
    # One collector for all files, so that an id that two of them have is found with the rest.
    collector = Collector()
    cases: list[Case] = []
    for name, file in _files(path).items():
        root = MappingNode()
        try:
            collector.mark((), Place(name, 1, 1))
            TreeReader(collector).read(name, read_text(name, file, collector), root)
        except UnreadableError:
            continue
        cases += _Builder(ruleset, collector).build(root)
    by_id: dict[str, Case] = {}
    for case in cases:
        if (first := by_id.setdefault(case.id, case)) is not case:
            collector.report(case.place, f"the case {quote(case.id)} stands twice",
                             f"the first is at {first.place}")  # fmt: skip
    collector.raise_faults()
    return tuple(cases)


def _files(path: str | Path) -> dict[str, Path]:
    place = Path(path)
    if place.is_dir():
        files = sorted(one for one in place.iterdir() if one.suffix in (".yaml", ".yml"))
        if files:
            return {str(one): one for one in files}
        raise RuleSetError((Fault(str(path), 0, 0, "the folder holds no case file"),))
    if not place.exists():
        raise RuleSetError((Fault(str(path), 0, 0, "there is no such file or folder"),))
    return {str(path): place}


class _Builder:
    def __init__(self, ruleset: RuleSet, collector: Collector) -> None:
        self.ruleset = ruleset
        self.collector = collector
        self._fault = collector.add

    def build(self, root: MappingNode) -> list[Case]:
        """Build the cases of one file."""
        self._known_keys(root, ("defaults", "cases"))
        defaults = self._facts(root.get("defaults", MappingNode()), ("defaults",))
        cases = root.get("cases")
        if not isinstance(cases, MappingNode) or not cases:
            self._fault(("cases",), "a case file needs `cases`, each with an id of its own")
            return []
        built = [self._case(name, case, defaults) for name, case in cases.items()]
        return [case for case in built if case is not None]

    def _case(self, name: str, case: Any, defaults: Mapping[str, Any]) -> Case | None:
        path = ("cases", name)
        if not isinstance(case, MappingNode):
            self._fault(path, "a case is a mapping with `facts` and `expect`")
            return None
        self._known_keys(case, ("label", "facts", "expect"))
        facts = self._facts(case.get("facts", MappingNode()), (*path, "facts"))
        expect, flags = self._expect(case.get("expect"), (*path, "expect"))
        label = case.get("label")
        return Case(
            name,
            {lang: str(text) for lang, text in label.items()}
            if isinstance(label, MappingNode)
            else {},
            {fact: v for fact, v in {**defaults, **facts}.items() if v is not None},
            expect,
            flags.get("flags"),
            flags.get("flags_possible"),
            self.collector.place(path, key=True),
        )

    # Facts

    def _facts(self, facts: Any, path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(facts, MappingNode):
            self._fault(path, "write the facts as `fact: value`")
            return {}
        read = {}
        for name, node in facts.items():
            fact = self.ruleset.fact.get(name)
            if fact is None:
                hint = did_you_mean(name, self.ruleset.fact)
                self._fault((*path, name), f"unknown fact {quote(name)}", hint, key=True)
                continue
            value = self._knowledge(fact, node)
            if read_knowledge(fact, value) is None:
                message = f"`{name}` must be {fact.domain.describe()}, or null"
                self._fault((*path, name), message)
            else:
                read[name] = value
        return read

    def _knowledge(self, fact: Fact, node: Any) -> Any:
        """Return what is known of a fact; something that no fact can have if it makes no sense."""
        if isinstance(node, ScalarNode):
            return self._value(fact, node)
        if isinstance(node, SequenceNode):
            return [self._knowledge(fact, one) for one in node]
        if node == {"declined": "true"}:
            return DECLINED
        return decode_knowledge({form: self._knowledge(fact, one) for form, one in node.items()})

    def _value(self, fact: Fact, leaf: ScalarNode) -> bool | int | str | None:
        if _is_null(leaf):
            return None
        digits = leaf.removeprefix("-")
        if fact.kind == "boolean" and not leaf.quoted and leaf in ("true", "false"):
            return leaf == "true"
        is_number = digits.isascii() and digits.isdigit() and len(digits) < 10
        return int(leaf) if fact.kind == "integer" and not leaf.quoted and is_number else str(leaf)

    # Expectations

    def _expect(
        self, expect: Any, path: tuple[str, ...]
    ) -> tuple[dict[str, Expected], dict[str, tuple[str, ...]]]:
        verdicts: dict[str, Expected] = {}
        flags: dict[str, tuple[str, ...]] = {}
        if not isinstance(expect, MappingNode) or not expect:
            self._fault(path, "a case needs `expect`: what the answer should be")
            return verdicts, flags
        for name, node in expect.items():
            here = (*path, name)
            if name in FLAGS:
                flags[name] = self._names(node, here, [f.id for f in self.ruleset.flags], "flag")
            elif name in self.ruleset.decision:
                verdicts[name] = self._verdict(self.ruleset.decision[name], node, here)
            else:
                hint = did_you_mean(name, [*self.ruleset.decision, *FLAGS])
                self._fault(here, f"unknown decision {quote(name)}", hint, key=True)
        return verdicts, flags

    def _verdict(self, decision: Decision, node: Any, path: tuple[str, ...]) -> Expected:
        outcomes = [outcome.id for outcome in decision.outcomes]
        rules, facts = [rule.id for rule in decision.rules], list(self.ruleset.fact)
        known: dict[str, Sequence[str]] = {
            "status": get_args(Status),
            "outcome": outcomes,
            "rule": rules,
            "reason": get_args(Reason),
            "rules": rules,
            "candidates": outcomes,
            "possible": decision.keys,
            "missing": facts,
            "conflict": facts,
        }
        if isinstance(node, ScalarNode):
            return {"status": "decided", "outcome": self._name(node, path, outcomes, "outcome")}
        if not isinstance(node, MappingNode) or not node:
            self._fault(path, "write an outcome, or a mapping with what is expected")
            return {}
        self._known_keys(node, CASE_FIELDS)
        expected: dict[str, str | tuple[str, ...] | None] = {}
        for field, value in node.items():
            if field in known:
                read = self._names if field in LISTS else self._name
                expected[field] = read(value, (*path, field), known[field], field)
        return expected

    def _name(
        self, node: Any, path: tuple[str, ...], known: Sequence[str], what: str
    ) -> str | None:
        if _is_null(node):
            return None
        if not isinstance(node, ScalarNode):
            self._fault(path, f"write one {what}")
        elif node not in known:
            hint = did_you_mean(node, known)
            self._fault(path, f"unknown {what} {quote(node)}", hint)
        return str(node)

    def _names(
        self, node: Any, path: tuple[str, ...], known: Sequence[str], what: str
    ) -> tuple[str, ...]:
        if not isinstance(node, SequenceNode):
            self._fault(path, "write a list, such as `[]` for nothing")
            return ()
        for number, one in enumerate(node):
            if not isinstance(one, ScalarNode) or one not in known:
                word = str(one) if isinstance(one, ScalarNode) else ""
                message = f"unknown name {quote(word)} under `{what}`"
                self._fault((*path, number), message, did_you_mean(word, known))
        return tuple(str(one) for one in node)

    def _known_keys(self, branch: MappingNode, known: Sequence[str]) -> None:
        for key in branch:
            if key not in known:
                hint = did_you_mean(key, known, "known are " + ", ".join(f"`{k}`" for k in known))
                self._fault((*branch.path, key), f"unknown key {quote(key)}", hint, key=True)


def _is_null(node: object) -> bool:
    return isinstance(node, ScalarNode) and not node.quoted and node in ("null", "~", "")
