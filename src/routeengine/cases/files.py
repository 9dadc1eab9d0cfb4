"""Case files: YAML with `defaults` and `cases`, every fault at once by line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routeengine.errors import Fault, RuleSetError
from routeengine.loading.files import read_text
from routeengine.loading.yaml_tree import (
    Branch,
    Collector,
    Leaf,
    Listing,
    TreeReader,
    UnreadableError,
)
from routeengine.profile import DECLINED, Between, Conflicting, OneOf, read_knowledge
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.flaws import did_you_mean, shown
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.ruleset.words import Place

ONE_WORD = ("status", "outcome", "rule", "reason")
LISTS = ("rules", "candidates", "possible", "missing", "conflict")
VERDICT_FIELDS = (*ONE_WORD, *LISTS)
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
    collector = Collector()
    cases: list[Case] = []
    for name, file in _files(path).items():
        root = Branch()
        text = read_text(name, file, collector)
        if text is None:
            continue
        try:
            collector.mark((), Place(name, 1, 1))
            TreeReader(collector).read(name, text, root)
        except UnreadableError:
            continue
        cases += _Builder(ruleset, collector).build(root)
    seen: dict[str, Case] = {}
    for case in cases:
        if (first := seen.setdefault(case.id, case)) is not case:
            collector.report(case.place, f"the case {shown(case.id)} stands twice",
                             f"the first is at {first.place}")  # fmt: skip
    collector.raise_faults()
    return tuple(cases)


def _files(path: str | Path) -> dict[str, Path]:
    place = Path(path)
    if place.is_dir():
        found = sorted(one for one in place.iterdir() if one.suffix in (".yaml", ".yml"))
        if found:
            return {str(one): one for one in found}
        raise RuleSetError((Fault(str(path), 0, 0, "the folder holds no case file"),))
    if not place.exists():
        raise RuleSetError((Fault(str(path), 0, 0, "there is no such file or folder"),))
    return {str(path): place}


class _Builder:
    def __init__(self, ruleset: RuleSet, collector: Collector) -> None:
        self.ruleset = ruleset
        self.collector = collector

    def build(self, root: Branch) -> list[Case]:
        """Build the cases of one file."""
        self._known_keys(root, ("defaults", "cases"))
        defaults = self._facts(root.get("defaults", Branch()), ("defaults",))
        cases = root.get("cases")
        if not isinstance(cases, Branch) or not cases:
            self._fault(("cases",), "a case file needs `cases`, each with an id of its own")
            return []
        built = [self._case(name, case, defaults) for name, case in cases.items()]
        return [case for case in built if case is not None]

    def _case(self, name: str, case: Any, defaults: Mapping[str, Any]) -> Case | None:
        path = ("cases", name)
        if not isinstance(case, Branch):
            self._fault(path, "a case is a mapping with `facts` and `expect`")
            return None
        self._known_keys(case, ("label", "facts", "expect"))
        facts = self._facts(case.get("facts", Branch()), (*path, "facts"))
        expect, flags = self._expect(case.get("expect"), (*path, "expect"))
        label = case.get("label")
        return Case(
            name,
            {lang: str(text) for lang, text in label.items()} if isinstance(label, Branch) else {},
            {fact: v for fact, v in {**defaults, **facts}.items() if v is not None},
            expect,
            flags.get("flags"),
            flags.get("flags_possible"),
            self.collector.place(path, key=True),
        )

    # Facts

    def _facts(self, facts: Any, path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(facts, Branch):
            self._fault(path, "write the facts as `fact: value`")
            return {}
        read = {}
        for name, node in facts.items():
            fact = self.ruleset.fact.get(name)
            if fact is None:
                hint = did_you_mean(name, self.ruleset.fact)
                self._fault((*path, name), f"unknown fact {shown(name)}", hint, key=True)
                continue
            value = self._knowledge(fact, node)
            if value is _WRONG or read_knowledge(fact, value) is None:
                message = f"`{name}` must be {fact.domain.describe()}, or null"
                self._fault((*path, name), message)
            else:
                read[name] = value
        return read

    def _knowledge(self, fact: Fact, node: Any) -> Any:
        if isinstance(node, Leaf):
            return self._value(fact, node)
        if isinstance(node, Branch) and len(node) == 1:
            ((form, inner),) = node.items()
            if form == "declined" and inner == "true":
                return DECLINED
            if isinstance(inner, Listing) and all(isinstance(one, Leaf) for one in inner):
                values = [self._value(fact, one) for one in inner]
                if form == "one_of":
                    return OneOf(values)
                if form == "conflicting":
                    return Conflicting(values)
                if form == "between" and len(values) == 2:
                    return Between(*values)
        return _WRONG

    def _value(self, fact: Fact, leaf: Leaf) -> Any:
        if not leaf.quoted and leaf in ("null", "~", ""):
            return None
        if isinstance(fact.domain, CategoryDomain):
            return str(leaf)
        if leaf.quoted:
            return _WRONG
        if isinstance(fact.domain, BooleanDomain):
            return {"true": True, "false": False}.get(leaf, _WRONG)
        sign = leaf.removeprefix("-")
        return int(leaf) if sign.isascii() and sign.isdigit() and len(sign) < 10 else _WRONG

    # Expectations

    def _expect(
        self, expect: Any, path: tuple[str, ...]
    ) -> tuple[dict[str, Expected], dict[str, tuple[str, ...]]]:
        verdicts: dict[str, Expected] = {}
        flags: dict[str, tuple[str, ...]] = {}
        if not isinstance(expect, Branch) or not expect:
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
                self._fault(here, f"unknown decision {shown(name)}", hint, key=True)
        return verdicts, flags

    def _verdict(self, decision: Decision, node: Any, path: tuple[str, ...]) -> Expected:
        outcomes = [outcome.id for outcome in decision.outcomes]
        known: dict[str, Sequence[str]] = {
            "status": ("decided", "review", "insufficient", "not_applicable"),
            "outcome": outcomes,
            "rule": [rule.id for rule in decision.rules],
            "rules": [rule.id for rule in decision.rules],
            "reason": ("rule", "gap", "overlap", "contradiction", "conflicting_evidence"),
            "candidates": outcomes,
            "possible": decision.keys,
            "missing": list(self.ruleset.fact),
            "conflict": list(self.ruleset.fact),
        }
        if isinstance(node, Leaf):
            return {"status": "decided", "outcome": self._name(node, path, outcomes, "outcome")}
        if not isinstance(node, Branch) or not node:
            self._fault(path, "write an outcome, or a mapping with what is expected")
            return {}
        self._known_keys(node, VERDICT_FIELDS)
        expected: dict[str, str | tuple[str, ...] | None] = {}
        for field, value in node.items():
            if field in LISTS:
                expected[field] = self._names(value, (*path, field), known[field], field)
            elif field in ONE_WORD:
                expected[field] = self._name(value, (*path, field), known[field], field)
        return expected

    def _name(
        self, node: Any, path: tuple[str, ...], known: Sequence[str], what: str
    ) -> str | None:
        if isinstance(node, Leaf) and not node.quoted and node in ("null", "~", ""):
            return None
        if not isinstance(node, Leaf):
            self._fault(path, f"write one {what}")
        elif node not in known:
            hint = did_you_mean(node, known)
            self._fault(path, f"unknown {what} {shown(node)}", hint)
        return str(node)

    def _names(
        self, node: Any, path: tuple[str, ...], known: Sequence[str], what: str
    ) -> tuple[str, ...]:
        if not isinstance(node, Listing):
            self._fault(path, "write a list, such as `[]` for nothing")
            return ()
        for number, one in enumerate(node):
            if not isinstance(one, Leaf) or one not in known:
                word = str(one) if isinstance(one, Leaf) else ""
                message = f"unknown name {shown(word)} under `{what}`"
                self._fault((*path, number), message, did_you_mean(word, known))
        return tuple(str(one) for one in node)

    def _known_keys(self, branch: Branch, known: Sequence[str]) -> None:
        for key in branch:
            if key not in known:
                hint = did_you_mean(key, known, "known are " + ", ".join(f"`{k}`" for k in known))
                self._fault((*branch.path, key), f"unknown key {shown(key)}", hint, key=True)

    def _fault(
        self, path: tuple[str | int, ...], message: str, hint: str = "", *, key: bool = False
    ) -> None:
        self.collector.add(path, message, hint, key=key)


_WRONG = object()
"""What no fact can have."""
