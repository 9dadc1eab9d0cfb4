"""From what completions lead to, to the columns of one decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routeengine.ruleset.model import Decision
from routeengine.sql.expressions import (
    Sql,
    among,
    choose,
    column,
    equals,
    join_words,
    literal,
    no_text,
    number,
    one_of,
)
from routeengine.sql.features import Feature, Words

__all__ = ["CLASH", "FAULTY", "NOT_TOLD", "SEVERAL", "Columns"]

FAULTY = -5
NOT_TOLD = -4
CLASH = -3
SEVERAL = -2
"""What a row's answer may be besides one key, which is told by its number."""


class Columns:
    """The columns of one decision, made of its answer and of its features.

    `answer` names the column with the number of the one key that completions lead to, or one
    of the numbers above. `settled` names the column that is 1 where candidates are certain;
    None means everywhere.
    """

    def __init__(
        self, decision: Decision, words: Words, answer: str, settled: str | None = None
    ) -> None:
        self.decision = decision
        self.words = words
        self.answer = answer
        self.settled = settled
        self.keys = words.of("key")
        self.number = {feature.name: number for number, feature in enumerate(self.keys)}
        self.outcomes = [o.id for o in decision.outcomes if o.id in self.number]

    def __iter__(self) -> Iterator[tuple[str, Sql]]:
        name = self.decision.id
        yield name, self._named(self.outcomes, no_text())
        yield f"{name}_status", self._status()
        yield f"{name}_rule", self._rule()
        yield f"{name}_candidates", self._candidates()
        yield f"{name}_possible", self._possible()
        yield f"{name}_reason", self._reason()

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns that these are made of."""
        settled = () if self.settled is None else (self.settled,)
        return (self.answer, *self.words.names, *settled)

    def _is(self, *answers: int) -> Sql:
        return one_of(column(self.answer), [number(answer) for answer in answers])

    def _named(self, keys: Sequence[str], otherwise: Sql) -> Sql:
        return choose(((self._is(self.number[key]), literal(key)) for key in keys), otherwise)

    def _status(self) -> Sql:
        decided = [self.number[outcome] for outcome in self.outcomes]
        cases = [
            (self._is(FAULTY), no_text()),
            (self._is(NOT_TOLD, SEVERAL), literal("insufficient")),
        ]
        cases.append((self._is(CLASH), literal("review")))
        if decided:
            cases.append((among(lambda: column(self.answer), decided), literal("decided")))
        others = [key for key in self.number if key not in self.outcomes]
        return choose(cases, self._named(others, no_text()))

    def _rule(self) -> Sql:
        rules = self.words.of("rule")
        among_these = [*rules, *self.words.of("several_rules")]
        cases = [(self.words.just(rule, among_these), literal(rule.name)) for rule in rules]
        return choose([(self._is(FAULTY, NOT_TOLD, CLASH, SEVERAL), no_text()), *cases], no_text())

    def _review(self) -> Sql | None:
        return self._is(self.number["review"]) if "review" in self.number else None

    def _candidates(self) -> Sql:
        cases = [(self._is(FAULTY, NOT_TOLD), no_text())]
        named = set(self.words.of("candidate"))
        review = self._review()
        if review is not None and named:
            ordered = [Feature("candidate", outcome.id) for outcome in self.decision.outcomes]
            words = [(self.words.some([one]), one.name) for one in ordered if one in named]
            listed = join_words(words)
            if self.settled is not None:
                listed = choose([(equals(column(self.settled), number(1)), listed)], no_text())
            cases.append((review, listed))
        return choose(cases, literal(""))

    def _possible(self) -> Sql:
        cases = [(self._is(FAULTY, NOT_TOLD), no_text()), (self._is(CLASH), literal("review"))]
        keys = [key for key in self.decision.keys if key in self.number]
        words = [(self.words.some([Feature("key", key)]), key) for key in keys]
        cases.append((self._is(SEVERAL), join_words(words)))
        return choose(cases, self._named(list(self.number), no_text()))

    def _reason(self) -> Sql:
        cases = [(self._is(CLASH), literal("contradiction"))]
        review, reasons = self._review(), self.words.of("reason")
        if review is not None:
            told = ((self.words.just(one, reasons), literal(one.name)) for one in reasons)
            cases.append((review, choose(told, no_text())))
        return choose(cases, no_text())
