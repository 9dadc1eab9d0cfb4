"""The cells of a table of rules: what each asks, as a condition.

    a fact         18   >= 18   < 18   18..64   18-64   mild | serious   not none   ja
    a criterion    ja   nee
    a score        >= 95   < 95   95..140
    decision:ID    A   A | B   not review

An empty cell and `-` ask nothing. `|` parts what may be, and `not` turns the whole cell round.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, get_args

from routeengine.loading import shapes
from routeengine.loading.comparisons import HOLE, ValueReader, fault
from routeengine.loading.scores import read_score
from routeengine.loading.shapes import Run
from routeengine.loading.yaml_tree import ScalarNode
from routeengine.quantities import read_amount, read_day
from routeengine.ruleset import conditions, domains
from routeengine.ruleset.conditions import Comparison, Condition, FactIs
from routeengine.ruleset.flaws import Path, quote
from routeengine.ruleset.naming import BOOLEAN_TEXTS, fold

NOTHING = ("", "-", "\u2013")
"""What stands in a cell that asks nothing; spreadsheets make a dash of a hyphen."""

_NOT = re.compile(r"(?:not|niet)\s+(?=\S)", re.IGNORECASE)
_BOUND = re.compile(r"(>=|<=|[><\u2265\u2264])\s*(.*)", re.DOTALL)
_FROM_TO = re.compile(r"([0-9][0-9.,]*)\s*[-\u2013]\s*([0-9][0-9.,]*)")
_KEYS = {">=": "at_least", ">": "at_least", "\u2265": "at_least"}
_TRUTHS = {word: truth for truth, words in BOOLEAN_TEXTS.items() for word in words}
_STATUSES = get_args(conditions.DecisionStatus)


class Cells(Protocol):
    """Reads the cells of one column."""

    @abstractmethod
    def read(self, text: str, path: Path) -> Condition:
        """Return what a cell asks; what is wrong goes to the collector, at that path."""
        ...


def parted(text: str) -> list[str]:
    """Return what a cell holds, parted at `|`."""
    return [part.strip() for part in text.split("|")]


def _turned(text: str) -> tuple[bool, list[str]]:
    """Return whether a cell is turned round by `not`, and its parts."""
    denied = _NOT.match(text)
    return bool(denied), parted(text[denied.end() :] if denied else text)


def _ranges(parts: Sequence[str]) -> list[str]:
    """Return parts of a cell of numbers, with the ranges that people write as `40-69` as `40..69`.

    A sign before the lower end is none of it: `-5-10` stays what it is, and so does a day.
    """
    return [_FROM_TO.sub(r"\1..\2", part) if _FROM_TO.fullmatch(part) else part for part in parts]


def _any_of(parts: Sequence[Condition], *, denied: bool) -> Condition:
    whole = parts[0] if len(parts) == 1 else conditions.Any(tuple(parts))
    return conditions.Not(whole) if denied else whole


def _is_bound(text: str) -> bool:
    return bool(_BOUND.fullmatch(text)) or ".." in text


def _is_repeated(run: Run, path: Path, parts: Sequence[str], meant: Sequence[object]) -> bool:
    """Keep a fault, and return True, if a part of a cell means what an earlier one does."""
    for number, one in enumerate(meant):
        if one in meant[:number] and not run.collector.holds_damage(path):
            fault(run, path, f"{quote(parts[number])} says what stands before it")
            return True
    return False


@dataclass(frozen=True, slots=True)
class FactCells(Cells):
    """Reads the cells of a fact."""

    run: Run
    fact: str
    domain: domains.Domain

    def read(self, text: str, path: Path) -> Condition:
        """Return what a cell asks: as one set of values where it names values alone."""
        denied, parts = _turned(text)
        if isinstance(self.domain, domains.IntegerDomain | domains.DecimalDomain):
            parts = _ranges(parts)
        reader = ValueReader(self.run, self.fact, self.domain, path)
        if not any(map(_is_bound, parts)):
            written: Comparison = "not" if denied else "in" if len(parts) > 1 else "is"
            leaves = self._leaves(parts, path)
            return reader.values(leaves, written, path) if leaves else HOLE
        tests = [self._test(reader, one) for one in parts]
        meant = [getattr(one, "allowed", None) for one in tests]
        _is_repeated(self.run, path, parts, meant)
        return _any_of(tests, denied=denied)

    def _test(self, reader: ValueReader, text: str) -> Condition:
        path, bound = reader.path, _BOUND.fullmatch(text)
        if bound is None:
            ends = self._leaves(text.split("..", 1), path)
            if not ends[1:]:
                return reader.values(ends, "is", path) if ends else HOLE
            return reader.bounds({"between": ends})
        sign, leaves = bound[1], self._leaves([bound[2]], path)
        if not leaves:
            return HOLE
        (leaf,) = leaves
        asked = reader.bounds({_KEYS.get(sign, "at_most"): leaf})
        if sign not in "<>":
            return asked
        itself = reader.values([leaf], "is", path)
        if not isinstance(asked, FactIs) or not isinstance(itself, FactIs):
            return asked
        allowed = asked.allowed - itself.allowed
        if not allowed:
            return fault(self.run, path, f"no value of `{self.fact}` is {quote(text)}")
        return FactIs(self.fact, allowed, asked.written)

    def _leaves(self, texts: Iterable[str], path: Path) -> list[ScalarNode]:
        """Return texts as a rule file would have them; none if one can mean two things."""
        written = [self._written(text.strip(), path) for text in texts]
        return [ScalarNode(one, path) for one in written if one is not None] * (None not in written)

    def _written(self, text: str, path: Path) -> str | None:
        """Return a value as a rule file would have it; None, with a fault, if it can mean two."""
        if isinstance(self.domain, domains.BooleanDomain):
            truth = _TRUTHS.get(fold(text))
            return text if truth is None else domains.word(truth)
        if not isinstance(self.domain, domains.DecimalDomain | domains.DateDomain):
            return text
        # Amounts and days are read as in caseloads.
        is_day = isinstance(self.domain, domains.DateDomain)
        found = read_day(text) if is_day else read_amount(text, euros=True)
        if isinstance(found, str) or not found.problem:
            return found if isinstance(found, str) else text
        what, _, _ = found.problem.partition(":")
        hint = "write the day as 2025-12-31" if is_day else "write it without a sign, or as 1091.00"
        fault(self.run, path, f"{quote(text)} {what}", hint)
        return None


@dataclass(frozen=True, slots=True)
class CriterionCells(Cells):
    """Reads the cells of a criterion."""

    run: Run
    criterion: str

    def read(self, text: str, path: Path) -> Condition:
        """Return whether a cell asks that the criterion holds, or that it does not."""
        truth = _TRUTHS.get(fold(text))
        if truth is None:
            message = f"{quote(text)} is no answer to whether `{self.criterion}` holds"
            return fault(self.run, path, message, "write `ja` or `nee`, `yes` or `no`")
        holds = conditions.CriterionIs(self.criterion)
        return holds if truth else conditions.Not(holds)


@dataclass(frozen=True, slots=True)
class ScoreCells(Cells):
    """Reads the cells of a score."""

    run: Run
    score: str

    def read(self, text: str, path: Path) -> Condition:
        """Return how many points a cell asks."""
        denied, parts = _turned(text)
        tests = [self._test(one, path) for one in _ranges(parts)]
        _is_repeated(self.run, path, parts, tests)
        return _any_of(tests, denied=denied)

    def _test(self, text: str, path: Path) -> Condition:
        bound = _BOUND.fullmatch(text)
        low, dots, high = text.partition("..")
        ends = [low, high if dots else low] if bound is None else [bound[2]]
        leaves = [ScalarNode(end.strip(), path) for end in ends]
        if bound is None:
            return read_score(self.score, {"between": leaves}, path, self.run)
        number = shapes.whole_number(leaves[0])
        if number is not None:
            # Points are whole numbers: below 95 is at most 94.
            leaves = [ScalarNode(str(number + {"<": -1, ">": 1}.get(bound[1], 0)), path)]
        key = _KEYS.get(bound[1], "at_most")
        return read_score(self.score, {key: leaves[0]}, path, self.run)


@dataclass(frozen=True, slots=True)
class DecisionCells(Cells):
    """Reads the cells of an earlier decision: its outcomes, and statuses."""

    decision: str

    def read(self, text: str, path: Path) -> Condition:
        """Return what a cell asks; whether there are such outcomes is for the checks."""
        denied, parts = _turned(text)
        statuses = tuple([one for one in _STATUSES if one in parts])
        outcomes = tuple([one for one in parts if one not in _STATUSES])
        asked: list[Condition] = []
        if outcomes:
            asked.append(conditions.OutcomeIs(self.decision, outcomes))
        if statuses:
            asked.append(conditions.StatusIs(self.decision, statuses))
        return _any_of(asked, denied=denied)
