"""Asking a client no more than what can still matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from routeengine.engine import Engine
from routeengine.errors import UsageError, listed
from routeengine.i18n import text_language_for
from routeengine.profile import DECLINED, narrowed
from routeengine.result import Result
from routeengine.wire import Wire, read

__all__ = ["Interview"]


@dataclass(frozen=True, slots=True, repr=False)
class InterviewView:
    """What `Interview.to_dict` gives: the fact to ask next, and all that is needed to go on."""

    question: str | None
    result: Result
    decisions: tuple[str, ...]
    asked: tuple[str, ...]


class Interview(Wire):
    """A conversation, one question at a time; every answer gives a new interview.

    `question` is the fact to ask next, or None if every decision is settled or only depends on what
    was asked and left open. Decisions are settled in declared order; `decisions` keeps to some of
    them. It always ends: no fact is asked twice. `result` is what is advised so far.
    """

    wire_view: ClassVar[type] = InterviewView

    def __init__(
        self,
        engine: Engine,
        profile: Mapping[str, Any],
        decisions: Sequence[str] | None = None,
        *,
        asked: Iterable[str] = (),
    ) -> None:
        known = engine.ruleset.decision
        self.decisions = tuple(known) if decisions is None else tuple(decisions)
        for name in self.decisions:
            if name not in known:
                raise UsageError(f"no decision `{name}`: there are {listed(known)}")
        self.asked = tuple(asked)
        self._engine = engine
        self.result: Result = engine.classify(profile)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], engine: Engine | None = None) -> Self:
        """Return what `to_dict` gave, to go on with an engine of the same rule set.

        Raises WireError for anything else, and UsageError where no engine is given and this process
        has none of the rule set that is named.
        """
        return cls.from_view(read(InterviewView, data), engine)

    def to_view(self) -> InterviewView:
        """Return what is written of it."""
        return InterviewView(self.question, self.result, self.decisions, self.asked)

    @classmethod
    def from_view(cls, view: InterviewView, engine: Engine | None = None) -> Self:
        """Return the interview back."""
        engine = engine or Engine.in_use(view.result)
        return cls(engine, view.result.profile, view.decisions, asked=view.asked)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interview) and self.to_view() == other.to_view()

    def __hash__(self) -> int:
        return hash((self.question, self.decisions, self.asked))

    def __repr__(self) -> str:
        return f"Interview({self.question})"

    @property
    def question(self) -> str | None:
        """The fact to ask about: the best question of the first decision that has one."""
        for name in self.decisions:
            for fact in self.result.verdicts[name].missing:
                if fact not in self.asked:
                    return fact
        return None

    def words(self, lang: str | None = None) -> str | None:
        """Return the words of the question, as the rule set has them.

        The language is the first of the rule set's, if it is not given. Raises LanguageError for
        one that it lacks.
        """
        fact, ruleset = self.question, self._engine.ruleset
        language = text_language_for(ruleset.languages, lang)
        return None if fact is None else ruleset.fact[fact].question[language]

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
        return Interview(self._engine, profile, self.decisions, asked=(*self.asked, fact))

    def decline(self) -> Interview:
        """Return the interview after the client did not want to answer; it is not asked again."""
        return self.answer(DECLINED)
