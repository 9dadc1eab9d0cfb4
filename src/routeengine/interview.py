"""Asking a client no more than what can still matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routeengine.engine import Engine
from routeengine.errors import UsageError
from routeengine.profile import DECLINED, narrowed
from routeengine.result import Result

__all__ = ["Interview"]


class Interview:
    """A conversation, one question at a time; every answer gives a new interview.

    `question` is the fact to ask next, or None if every decision is settled or
    only depends on what was declined. Decisions are settled in declared order; `decisions`
    keeps to some of them. It always ends: each step makes one more fact known or declined.
    """

    def __init__(
        self,
        engine: Engine,
        profile: Mapping[str, Any],
        decisions: Sequence[str] | None = None,
        *,
        passed: frozenset[str] = frozenset(),
    ) -> None:
        known = engine.ruleset.decision
        self._decisions = tuple(known) if decisions is None else tuple(decisions)
        for name in self._decisions:
            if name not in known:
                listed = ", ".join(f"`{one}`" for one in known)
                raise UsageError(f"no decision `{name}`: there are {listed}")
        self._engine = engine
        self._passed = passed
        self.result: Result = engine.classify(profile)

    @property
    def question(self) -> str | None:
        """The fact to ask about: the best question of the first decision that has one."""
        for name in self._decisions:
            for fact in self.result.verdicts[name].missing:
                if fact not in self._passed:
                    return fact
        return None

    def words(self, lang: str | None = None) -> str | None:
        """Return the words of the question, in the first language of the rule set if none is given.

        They are as the rule set has them.
        """
        fact, ruleset = self.question, self._engine.ruleset
        return None if fact is None else ruleset.fact[fact].question[lang or ruleset.languages[0]]

    def answer(self, value: Any) -> Interview:
        """Return the interview after an answer: a value, or any form of partial knowledge.

        What was known in part before is narrowed by it. An answer that adds nothing to what is
        known (None, or all values) counts as asked: the question does not come again.

        Raises ProfileError for an answer that the fact cannot have or that goes against what is
        known of it, and UsageError if there is nothing to answer.
        """
        fact = self.question
        if fact is None:
            raise UsageError("there is no question left to answer")
        known = narrowed(self._engine.ruleset.fact[fact], self.result.profile.get(fact), value)
        profile = {**self.result.profile, fact: known}
        return Interview(self._engine, profile, self._decisions, passed=self._passed | {fact})

    def decline(self) -> Interview:
        """Return the interview after the client did not want to answer; it is not asked again."""
        return self.answer(DECLINED)
