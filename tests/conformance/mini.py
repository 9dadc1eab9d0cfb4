"""What `docs/semantics.md` and `conformance/README.md` say, as a program of its own.

It shares no code with the library: only the standard library is imported. It lists
completions, and is slow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from typing import Any

__all__ = ["Mini"]

JSON = Any
Full = dict[str, int]
Key = tuple[str, str | None]


def numbers(runs: JSON) -> set[int]:
    """Give a set of values."""
    return {number for first, last in runs for number in range(first, last + 1)}


def inner(condition: JSON) -> Iterator[JSON]:
    """Yield a condition and its parts."""
    yield condition
    for part in condition.get("parts", [condition["part"]] if "part" in condition else []):
        yield from inner(part)


class Mini:
    """Answers cases of one rule set."""

    def __init__(self, ruleset: JSON) -> None:
        self.facts = {fact["id"]: self.size(fact["domain"]) for fact in ruleset["facts"]}
        self.criteria = {one["id"]: one["when"] for one in ruleset["criteria"]}
        self.scores = {one["id"]: one["parts"] for one in ruleset.get("scores", ())}
        self.decisions = {one["id"]: one for one in ruleset["decisions"]}
        self.forbidden = [one["forbids"] for one in ruleset["constraints"]]
        self.flags = {one["id"]: one["when"] for one in ruleset["flags"] if one["when"]}
        self.allowed: dict[int, set[int]] = {}
        conditions = [*self.criteria.values(), *self.forbidden, *self.flags.values()]
        conditions += [part["when"] for parts in self.scores.values() for part in parts]
        for decision in self.decisions.values():
            conditions += [decision["applies_when"], *(rule["when"] for rule in decision["rules"])]
        self.leaves = [leaf for one in conditions if one for leaf in inner(one)]
        for leaf in self.leaves:
            if leaf["is"] == "FactIs":
                self.allowed[id(leaf)] = numbers(leaf["allowed"])

    @staticmethod
    def size(domain: JSON) -> int:
        """Count the values of a fact."""
        if domain["is"] == "IntegerDomain":
            return int(domain["maximum"] - domain["minimum"] + 1)
        if domain["is"] == "DecimalDomain":
            span = Decimal(domain["maximum"]) - Decimal(domain["minimum"])
            return int(span.scaleb(domain["places"])) + 1
        if domain["is"] == "DateDomain":
            first, last = (date.fromisoformat(domain[end]) for end in ("minimum", "maximum"))
            return (last - first).days + 1
        return 2 if domain["is"] == "BooleanDomain" else len(domain["values"])

    # Full profiles

    def holds(self, condition: JSON, full: Full, verdicts: JSON) -> bool:
        """Say whether a condition holds."""
        kind, parts = condition["is"], condition.get("parts", [])
        if kind == "FactIs":
            return full[condition["fact"]] in self.allowed[id(condition)]
        if kind == "CriterionIs":
            return self.holds(self.criteria[condition["criterion"]], full, verdicts)
        if kind == "ScoreIs":
            holding = [one for one in self.scores[condition["score"]]
                       if self.holds(one["when"], full, verdicts)]  # fmt: skip
            total = sum(one["worth"] for one in holding)
            low, high = "low", "high"
            return bool((condition[low] is None or condition[low] <= total)
                        and (condition[high] is None or total <= condition[high]))  # fmt: skip
        if kind == "Not":
            return not self.holds(condition["part"], full, verdicts)
        if kind in ("OutcomeIs", "StatusIs", "RuleIs"):
            verdict = self.decide(condition["decision"], full, verdicts)
            if kind == "OutcomeIs":
                return verdict["outcome"] in condition["outcomes"]
            if kind == "StatusIs":
                return verdict["status"] in condition["statuses"]
            return any(rule in verdict["rules"] for rule in condition["rules"])
        count = sum(self.holds(part, full, verdicts) for part in parts)
        least = {"All": len(parts), "Any": 1}.get(kind, condition.get("count"))
        return bool(count == least if kind == "Exactly" else count >= least)

    def decide(self, name: str, full: Full, verdicts: JSON) -> JSON:
        """Answer a decision, and keep the answer in `verdicts`."""
        if name in verdicts:
            return verdicts[name]
        decision = self.decisions[name]
        verdict: JSON = {
            "status": "review",
            "outcome": None,
            "rules": [],
            "reason": "gap",
            "to": [],
        }
        verdicts[name] = verdict
        when = decision["applies_when"]
        if when is not None and not self.holds(when, full, verdicts):
            verdict |= {"status": "not_applicable", "reason": None}
            return verdict
        rules = {rule["id"]: rule for rule in decision["rules"]}
        applies = {r for r, rule in rules.items()
                   if rule["when"] and self.holds(rule["when"], full, verdicts)}  # fmt: skip
        applies = applies or {r for r, rule in rules.items() if rule["when"] is None}
        beaten: set[str] = set()
        todo = [loser for rule in applies for loser in rules[rule]["outranks"]]
        while todo:
            loser = todo.pop()
            if loser not in beaten:
                beaten.add(loser)
                todo += rules[loser]["outranks"]
        winners = [rule for rule in rules if rule in applies - beaten]
        thens = [rules[rule]["then"] for rule in winners]
        targets = {one if isinstance(one, str) else tuple(one["candidates"]) for one in thens}
        named = {o for one in targets for o in ([one] if isinstance(one, str) else one)}
        verdict |= {"rules": winners, "to": sorted(named)}
        if len(targets) > 1:
            verdict["reason"] = "overlap"
        elif targets:
            only = targets.pop()
            verdict |= {"reason": "rule"}
            if isinstance(only, str):
                verdict |= {"status": "decided", "outcome": only, "reason": None, "to": []}
        return verdict

    # What is known in part

    def stands(self, full: Full, constraints: list[JSON]) -> bool:
        """Say that no constraint is broken."""
        return not any(self.holds(one, full, {}) for one in constraints)

    def reads(self, *conditions: JSON) -> set[str]:
        """Give the facts that conditions name, directly or by way of others."""
        found: set[str] = set()
        for leaf in (leaf for one in conditions if one for leaf in inner(one)):
            if "fact" in leaf:
                found.add(leaf["fact"])
            elif "criterion" in leaf:
                found |= self.reads(self.criteria[leaf["criterion"]])
            elif "score" in leaf:
                found |= self.reads(*(part["when"] for part in self.scores[leaf["score"]]))
            elif "decision" in leaf:
                found |= self.read_by(leaf["decision"])
        return found

    def read_by(self, name: str) -> set[str]:
        """Give the facts that a decision reads."""
        decision = self.decisions[name]
        return self.reads(decision["applies_when"], *(r["when"] for r in decision["rules"]))

    def conflicts(self, known: dict[str, set[int]]) -> list[set[str]]:
        """Give the minimal conflicts, one group of constraints that share facts at a time."""
        groups: list[tuple[set[str], list[JSON]]] = []
        for one in self.forbidden:
            apart, facts, some = [], self.reads(one), [one]
            for group in groups:
                if group[0] & facts:
                    facts, some = facts | group[0], some + group[1]
                else:
                    apart.append(group)
            groups = [*apart, (facts, some)]
        found: list[set[str]] = []
        for facts, some in groups:
            order = sorted(facts)
            every = product(*(range(self.facts[fact]) for fact in order))
            fulls = (dict(zip(order, values, strict=True)) for values in every)
            sound = [full for full in fulls if self.stands(full, some)]
            for size in range(len(order) + 1):
                for names in map(set, combinations(order, size)):
                    if not any(one <= names for one in found) and not any(
                        all(full[fact] in known[fact] for fact in names) for full in sound
                    ):
                        found.append(names)
        return found

    def answer(self, case: JSON) -> JSON:
        """Answer a case: verdicts and flags, as the case should have them."""
        known = {fact: numbers(one["allowed"]) for fact, one in case["known"].items()}
        conflicts = self.conflicts(known)
        clashing: set[str] = set().union(*conflicts)
        for fact in clashing:
            known[fact] = set(range(self.facts[fact]))
        marked = {f: one for f, one in case["known"].items() if f not in clashing}
        fulls = [dict(zip(known, values, strict=True)) for values in product(*known.values())]
        fulls = [full for full in fulls if self.stands(full, self.forbidden)]
        seen: list[JSON] = [{} for _ in fulls]
        for full, verdicts in zip(fulls, seen, strict=True):
            for name in self.decisions:
                self.decide(name, full, verdicts)
        raised = {flag: {self.holds(when, f, v) for f, v in zip(fulls, seen, strict=True)}
                  for flag, when in self.flags.items() if not conflicts}  # fmt: skip
        marks = {"known": known, "marks": marked, "fulls": fulls}
        return {
            "verdicts": {
                name: self.verdict(name, [v[name] for v in seen], conflicts, marks)
                for name in self.decisions
            },
            "flags": [flag for flag, truths in raised.items() if truths == {True}],
            "flags_possible": [flag for flag, truths in raised.items() if len(truths) == 2],
        }

    def verdict(self, name: str, seen: list[JSON], conflicts: list[set[str]], at: JSON) -> JSON:
        """Sum up what the completions give for one decision."""
        decision = self.decisions[name]
        outcomes = [one["id"] for one in decision["outcomes"]]
        keys = [one["outcome"] or one["status"] for one in seen]
        possible = [one for one in [*outcomes, "review", "not_applicable"] if one in keys]
        told: JSON = {"outcome": None, "rule": None, "rules": [], "reason": None, "candidates": [],
                      "possible": possible, "conflict": [], "missing": []}  # fmt: skip
        clash = set().union(*(one for one in conflicts if one & self.read_by(name)))
        if clash and possible != ["not_applicable"]:
            conflict = [fact for fact in self.facts if fact in clash]
            return told | {"status": "review", "reason": "contradiction", "possible": ["review"],
                           "conflict": conflict}  # fmt: skip
        if len(possible) > 1:
            matter = self.matters(keys, at)
            told |= {"status": "insufficient", "missing": self.ranked(matter, keys, at)}
            if any("conflicting" in at["marks"].get(fact, ()) for fact in matter):
                named = {outcome for one in seen for outcome in one["to"]}
                of = [one for one in outcomes if one in possible or one in named]
                told |= {"status": "review", "reason": "conflicting_evidence", "candidates": of}
            return told
        first = seen[0]
        rules = {rule for one in seen for rule in one["rules"]}
        named = {outcome for one in seen for outcome in one["to"]}
        same = all(one["rules"] == first["rules"] for one in seen) and len(first["rules"]) == 1
        return told | {
            "status": first["status"],
            "outcome": first["outcome"],
            "rule": first["rules"][0] if same else None,
            "rules": [rule["id"] for rule in decision["rules"] if rule["id"] in rules],
            "reason": first["reason"] if len({one["reason"] for one in seen}) == 1 else None,
            "candidates": [outcome for outcome in outcomes if outcome in named],
        }

    def matters(self, keys: list[str], at: JSON) -> list[str]:
        """Give the facts in a smallest set of unknown facts on which the verdict hangs."""
        open_ = [fact for fact, values in at["known"].items() if len(values) > 1]
        found: list[set[str]] = []
        for size in range(1, len(open_) + 1):
            for names in map(set, combinations(open_, size)):
                if any(one <= names for one in found):
                    continue
                first: dict[tuple[int, ...], str] = {}
                for full, key in zip(at["fulls"], keys, strict=True):
                    rest = tuple(value for fact, value in full.items() if fact not in names)
                    if first.setdefault(rest, key) != key:
                        found.append(names)
                        break
        return [fact for fact in self.facts if any(fact in one for one in found)]

    def ranked(self, matter: list[str], keys: list[str], at: JSON) -> list[str]:
        """Order the questions, best first; what was declined is not asked again."""

        def worth(fact: str) -> tuple[float, int]:
            leaves = [leaf for leaf in self.leaves if leaf.get("fact") == fact]
            left: dict[tuple[bool, ...], set[str]] = {}
            for full, key in zip(at["fulls"], keys, strict=True):
                group = tuple(full[fact] in self.allowed[id(leaf)] for leaf in leaves)
                left.setdefault(group, set()).add(key)
            sizes = [len(some) for some in left.values()]
            return -sizes.count(1) / len(sizes), sum(sizes)

        return sorted((f for f in matter if "declined" not in at["marks"].get(f, ())), key=worth)
