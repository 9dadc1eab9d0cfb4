"""Whether what a certificate claims is so: by enumeration, and by a program that shares no code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from typing import Any

from conformance.mini import Full, Mini

__all__ = ["Enumerated"]

FEW = 400
"""Combinations of cells that are enumerated at most."""


class Enumerated:
    """The full profiles of some rules, each with what these say of it; all, if they are `few`."""

    def __init__(self, rules: Any) -> None:
        self.mini = Mini(rules)
        self.tiers = {fact["id"]: fact["sensitivity"] for fact in rules["facts"]}
        self.cells = {fact: self._cells(fact) for fact in self.mini.facts}
        self.fulls = list(self._fulls())
        self.verdicts: list[Any] = [{} for _ in self.fulls]
        for full, verdicts in zip(self.fulls, self.verdicts, strict=True):
            for name in self.mini.decisions:
                self.mini.decide(name, full, verdicts)
        self.stands = [self.mini.stands(full, self.mini.forbidden) for full in self.fulls]

    @property
    def few(self) -> bool:
        """Whether there are few enough for all to be looked at."""
        return len(self.fulls) <= FEW

    def _cells(self, fact: str) -> list[list[int]]:
        """Give the values of a fact that no condition tells apart, by the first of them."""
        allowed = [
            self.mini.allowed[id(leaf)] for leaf in self.mini.leaves if leaf.get("fact") == fact
        ]
        found: dict[tuple[bool, ...], list[int]] = {}
        for value in range(self.mini.facts[fact]):
            found.setdefault(tuple(value in some for some in allowed), []).append(value)
        return list(found.values())

    def _fulls(self) -> Iterator[Full]:
        """Give a profile per combination of cells, by the first value of each."""
        firsts = {fact: [cell[0] for cell in cells] for fact, cells in self.cells.items()}
        every = islice(product(*firsts.values()), FEW + 1)
        return (dict(zip(firsts, one, strict=True)) for one in every)

    def _key(self, name: str, at: int) -> str:
        verdict = self.verdicts[at][name]
        return str(verdict["outcome"] or verdict["status"])

    # What is claimed

    def findings(self, name: str) -> list[str]:
        """Give whether a decision comes to a gap or an overlap."""
        reasons = {
            verdicts[name]["reason"]
            for verdicts, stands in zip(self.verdicts, self.stands, strict=True)
            if stands
        }
        return sorted(reasons & {"gap", "overlap"})

    def is_artefact(self, artefact: Any) -> bool:
        """Say whether diagrams come to what the rules say, on every profile that is looked at."""
        return all(self._agrees(artefact, at) for at in range(len(self.fulls)))

    def _agrees(self, artefact: Any, at: int) -> bool:
        full = self.fulls[at]
        mini, names = self.mini, [fact["id"] for fact in artefact["facts"]]
        cells = [
            next(
                number
                for number, cell in enumerate(fact["cells"])
                if any(first <= full[fact["id"]] <= last for first, last in cell)
            )
            for fact in artefact["facts"]
        ]

        def leaf(root: int) -> int:
            while root >= len(artefact["leaves"]):
                fact, *children = artefact["nodes"][root - len(artefact["leaves"])]
                root = children[cells[fact]]
            return root

        held = [
            (set(map(names.__getitem__, one["facts"])), leaf(one["root"]))
            for one in artefact["couplings"]
        ]
        for facts, root in held:
            some = [one for one in mini.forbidden if mini.reads(one) <= facts]
            if root != (2 if mini.stands(full, some) else 1):
                return False

        def broken(reads: set[str]) -> bool:
            return any(root == 1 and facts & reads for facts, root in held)

        return self._decide(artefact, at, leaf, broken) and self._flags(artefact, at, leaf, broken)

    def _decide(
        self, artefact: Any, at: int, leaf: Callable[[int], int], broken: Callable[[set[str]], bool]
    ) -> bool:
        told = self.verdicts[at]
        for one in artefact["decisions"]:
            name, verdict = one["id"], told[one["id"]]
            wanted = [verdict["status"], verdict["outcome"], verdict["reason"], verdict["to"]]
            if verdict["reason"] != "rule":
                wanted[3] = []
            outcomes = [outcome["id"] for outcome in one["outcomes"]]
            wanted[3] = [outcome for outcome in outcomes if outcome in wanted[3]]
            out = broken(self.mini.read_by(name))
            root = leaf(one["root"])
            if (root != 0) if out else (artefact["leaves"][root] != wanted):
                return False
            for rule in one["rules"]:
                wins = not out and rule["id"] in verdict["rules"]
                if leaf(rule["wins"]) != (2 if wins else 1):
                    return False
        return True

    def _flags(
        self, artefact: Any, at: int, leaf: Callable[[int], int], broken: Callable[[set[str]], bool]
    ) -> bool:
        mini, full, told = self.mini, self.fulls[at], self.verdicts[at]
        for one in artefact["flags"]:
            when = mini.flags[one["id"]]
            raised = 2 if mini.holds(when, full, told) else 1
            if leaf(one["root"]) != (0 if broken(mini.reads(when)) else raised):
                return False
        return True

    def _among(self, known: Any, facts: Sequence[str]) -> list[int]:
        """Give the profiles that agree with what is known of some facts, and break nothing."""
        number = {fact: at for at, fact in enumerate(self.mini.facts)}
        may = {
            fact: {self.cells[fact][cell][0] for cell in known[number[fact]]}
            for fact in facts
            if known[number[fact]] is not None
        }
        return [
            at
            for at, full in enumerate(self.fulls)
            if self.stands[at] and all(full[fact] in some for fact, some in may.items())
        ]

    def is_explained(self, claim: Any) -> bool:
        """Say whether a reason is enough and needed, and all that is said to be possible is."""
        name, known, because = claim["decision"], claim["known"], claim["because"]

        def keys(facts: Sequence[str]) -> set[str]:
            return {self._key(name, at) for at in self._among(known, facts)}

        possible = set(claim["possible"])
        needed = all(keys([one for one in because if one != fact]) - possible for fact in because)
        everything = keys(list(self.mini.facts)) if possible else set()
        return keys(because) == possible == everything and needed

    def is_asked_rightly(self, claim: Any) -> bool:
        """Say whether no answers to less sensitive questions settle a decision by themselves."""
        tier = self.tiers[claim["question"]]
        less = [fact for fact, one in self.tiers.items() if one < tier]
        seen: dict[tuple[int, ...], set[str]] = {}
        for at in self._among(claim["known"], list(self.mini.facts)):
            rest = tuple(self.fulls[at][fact] for fact in less)
            seen.setdefault(rest, set()).add(self._key(claim["decision"], at))
        return any(len(some) > 1 for some in seen.values())
