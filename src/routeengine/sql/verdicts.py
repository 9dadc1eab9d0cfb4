"""From what completions lead to, to the columns of one decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeAlias

from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    OVERLAP,
    FullVerdict,
    target,
    verdict_to,
)
from routeengine.sql import expressions as sql
from routeengine.sql.conflicts import Conflicts
from routeengine.sql.inputs import ERROR
from routeengine.sql.plan import Plan
from routeengine.sql.words import Words

FAULTY = -4
CLASH = -3
SEVERAL = -2
"""What a row's answer may be besides one key, which is told by its number."""

Trait: TypeAlias = str | tuple[int, int]
"""Of rules that win: an outcome that one of them names, or a binary digit of one's number."""


class Columns:
    """The columns of one decision, made of the leaves that a row can reach, and of its winners.

    Of the rules that win on some completion, few traits tell enough. Which one wins counts where
    all completions lead to one leaf: the rules that lead there are numbered, and just one of them
    wins where each binary digit has one value. Which outcomes they name counts where a person
    decides; where rules never overlap, the leaves tell that.

    `place` is the number of the decision, `leaves` are what it can lead to, and `winning` has the
    rules that ever win.
    """

    def __init__(
        self,
        decision: Decision,
        place: int,
        leaves: Collection[FullVerdict],
        winning: Collection[str],
    ) -> None:
        self.decision = decision
        leaves = sorted(leaves, key=lambda leaf: decision.keys.index(leaf.key))
        self.leads = Words(f"leads_{place}", leaves)
        self.answer = f"answer_{place}"
        self._number = {key: n for n, key in enumerate(dict.fromkeys(one.key for one in leaves))}
        self._outcomes = [one.id for one in decision.outcomes if one.id in self._number]
        self._reviews = [leaf for leaf in leaves if leaf.status == "review"]
        self._leading: dict[FullVerdict, list[str]] = {leaf: [] for leaf in leaves}
        having: dict[Trait, list[str]] = {}
        for rule in decision.rules:
            leaf = verdict_to(decision, target(rule))
            if rule.id in winning and leaf in self._leading:
                self._leading[leaf].append(rule.id)
            if rule.id in winning and OVERLAP in self._leading:
                for outcome in leaf.candidates if leaf.outcome is None else (leaf.outcome,):
                    having.setdefault(outcome, []).append(rule.id)
        for rules in self._leading.values():
            for n, rule_id in enumerate(rules):
                for digit in _digits(n, len(rules)):
                    having.setdefault(digit, []).append(rule_id)
        self._won = Words(f"won_{place}", having)
        self._traits = {trait: f"trait_{place}_{n}" for n, trait in enumerate(having)}
        self.wanted = {self._traits[trait]: rules for trait, rules in having.items()}
        """The columns in which all bits are set where one of these rules can win."""

    def define(self, plan: Plan, conflicts: Conflicts, reads: Collection[str]) -> None:
        """Plan the one key that completions lead to, or what a row has instead.

        `reads` are the facts that the decision reads. The columns of `leads` and those that are
        `wanted` have to be there.
        """
        for name, traits in self._won.parts.items():
            needs = {self._traits[trait]: self._won.bit[trait] for trait in traits}
            bits = [sql.masked(sql.column(trait), sql.number(bit)) for trait, bit in needs.items()]
            plan.define(name, sql.union(bits), needs)
        cases = [(sql.known(sql.column(ERROR)), sql.number(FAULTY))]
        needed = {ERROR, *self.leads.parts}
        if clash := conflicts.touching(reads):
            # It is for a person, save where it does not apply whatever the facts in conflict are.
            left = [self._outright(key) for key in self._number if key == NOT_APPLICABLE.key]
            cases.append((clash, sql.choose(left, sql.number(CLASH))))
            needed |= conflicts.needs
        cases += map(self._outright, self._number)
        plan.define(self.answer, sql.choose(cases, sql.number(SEVERAL)), needed)

    def __iter__(self) -> Iterator[tuple[str, sql.Sql]]:
        name = self.decision.id
        yield name, self._named(self._outcomes, sql.no_text())
        yield f"{name}_status", self._status()
        yield f"{name}_rule", sql.choose(self._rules(), sql.no_text())
        yield f"{name}_candidates", self._candidates()
        yield f"{name}_possible", self._possible()
        yield f"{name}_reason", sql.choose(self._reasons(), sql.no_text())

    @property
    def needs(self) -> set[str]:
        """The columns that these are made of."""
        return {self.answer, *self.leads.parts, *self._won.parts}

    def _leaves(self, key: str) -> list[FullVerdict]:
        return [leaf for leaf in self.leads.things if leaf.key == key]

    def _outright(self, key: str) -> tuple[sql.Sql, sql.Sql]:
        """Give the answer where all completions lead to one key."""
        others = [leaf for leaf in self.leads.things if leaf.key != key]
        return self.leads.none(others), sql.number(self._number[key])

    def _is(self, answer: int) -> sql.Sql:
        return sql.column_is(self.answer, answer)

    def _named(self, keys: Iterable[str], otherwise: sql.Sql) -> sql.Sql:
        cases = [(self._is(self._number[key]), sql.literal(key)) for key in keys]
        return sql.choose(cases, otherwise)

    def _just(self, *leaves: FullVerdict) -> sql.Sql:
        """Say whether completions lead to some of these leaves, which have one key, alone."""
        key = leaves[0].key
        others = [leaf for leaf in self._leaves(key) if leaf not in leaves]
        return sql.both([self._is(self._number[key]), self.leads.none(others)])

    def _status(self) -> sql.Sql:
        decided = [self._number[outcome] for outcome in self._outcomes]
        cases = [
            (self._is(FAULTY), sql.no_text()),
            (self._is(SEVERAL), sql.literal("insufficient")),
            (self._is(CLASH), sql.literal("review")),
        ]
        if decided:
            cases.append((sql.among(self.answer, decided), sql.literal("decided")))
        others = [key for key in self._number if key not in self._outcomes]
        return sql.choose(cases, self._named(others, sql.no_text()))

    def _rules(self) -> Iterator[tuple[sql.Sql, sql.Sql]]:
        for leaf, rules in self._leading.items():
            for n, rule in enumerate(rules):
                case = [self._just(leaf)]
                if wanted := _digits(n, len(rules)):
                    every = [(digit, value) for digit, _ in wanted for value in (0, 1)]
                    case.append(self._won.just(wanted, every))
                yield sql.both(case), sql.literal(rule)

    def _candidates(self) -> sql.Sql:
        cases = [(self._is(FAULTY), sql.no_text())]
        words = []
        for name in [outcome.id for outcome in self.decision.outcomes]:
            naming = [leaf for leaf in self._reviews if name in leaf.candidates]
            if name in self._won.bit:
                words.append((self._won.some([name]), name))
            elif naming:
                words.append((self.leads.some(naming), name))
        if words:
            cases.append((self._is(self._number["review"]), sql.join_words(words)))
        return sql.choose(cases, sql.literal(""))

    def _possible(self) -> sql.Sql:
        cases = [(self._is(FAULTY), sql.no_text()), (self._is(CLASH), sql.literal("review"))]
        words = [(self.leads.some(self._leaves(key)), key) for key in self._number]
        cases.append((self._is(SEVERAL), sql.join_words(words)))
        return sql.choose(cases, self._named(self._number, sql.no_text()))

    def _reasons(self) -> Iterator[tuple[sql.Sql, sql.Sql]]:
        yield self._is(CLASH), sql.literal("contradiction")
        for reason in ("rule", "gap", "overlap"):
            if same := [leaf for leaf in self._reviews if leaf.reason == reason]:
                yield self._just(*same), sql.literal(reason)


def _digits(place: int, count: int) -> list[tuple[int, int]]:
    """Give the binary digits of one of so many numbers, each with its value."""
    return [(digit, place >> digit & 1) for digit in range((count - 1).bit_length())]
