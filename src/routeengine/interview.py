"""Asking a client no more than what can still matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from routeengine.engine import Engine
from routeengine.errors import UsageError, listed
from routeengine.executors.grounds import parting
from routeengine.executors.summary import worth
from routeengine.i18n import catalogue, language_for, text_language_for
from routeengine.lazy import cached_property
from routeengine.profile import DECLINED, Known, knowledge_of, narrowed, read_profile
from routeengine.result import Result, Verdict, leads_of
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.wire import Wire, read

__all__ = ["Interview", "QuestionGrounds", "best_question"]


def best_question(
    ruleset: RuleSet, verdict: Verdict, asked: Collection[str] = (), last: str | None = None
) -> str | None:
    """Return the fact to ask for, of those missing that were not asked; None if there is none.

    The least sensitive comes first, then the best by what its answers lead to, as in `missing`; of
    equals one with the topic of `last`, the question before, and else the first declared.
    """
    fact = ruleset.fact
    topic, leads = None if last is None else fact[last].topic, leads_of(verdict)

    def place(name: str) -> tuple[int, tuple[float, int], bool]:
        strays = topic is None or fact[name].topic != topic
        return fact[name].tier, worth(leads[name]), strays

    # The first of equals: `missing` has those in declared order.
    return min((one for one in verdict.missing if one not in asked), key=place, default=None)


@dataclass(frozen=True, slots=True, repr=False)
class QuestionGrounds:
    """Why a question is asked: two full profiles between which less sensitive answers cannot tell.

    Both agree with all that is known and on every fact that is less sensitive than the question,
    break no constraint, and lead to different verdicts of `decision`.
    """

    decision: str
    first: Mapping[str, Value]
    second: Mapping[str, Value]


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
    them. Of one decision the least sensitive question comes first. It always ends: no fact is asked
    twice. `result` is what is advised so far.
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
        """The fact to ask about: the least sensitive of the first decision that has a question.

        What is `indirect` comes last.
        """
        return self._next[1]

    @cached_property
    def _next(self) -> tuple[str, str | None]:
        """The decision that the next question is about, and the question."""
        last = self.asked[-1] if self.asked else None
        for name in self.decisions:
            verdict = self.result.verdicts[name]
            fact = best_question(self._engine.ruleset, verdict, self.asked, last)
            if fact is not None:
                return name, fact
        return next(self._from_afar(), ("", None))

    @property
    def indirect(self) -> tuple[str, ...]:
        """The facts that may help by what a constraint says of a fact that the client did not know.

        No verdict depends on them by themselves. There are none while another question is left,
        and a fact is never among them that constraints tie to one that was declined: nobody asks
        round a refusal. The least sensitive comes first, and of equals the first declared.
        """
        if any(
            best_question(self._engine.ruleset, self.result.verdicts[name], self.asked)
            for name in self.decisions
        ):
            return ()
        return tuple(dict.fromkeys(fact for _, fact in self._from_afar()))

    def _from_afar(self) -> Iterator[tuple[str, str]]:
        """Yield the decisions that are open, each with a fact of which some answer narrows it."""
        ruleset, compiled = self._engine.ruleset, self._engine.lanes.compiled
        state = read_profile(ruleset, self.result.profile)
        for name in self.decisions:
            if self.result.verdicts[name].status != "insufficient":
                continue
            near = [compiled.couplings[at].facts for at in compiled.touched(compiled.reads[name])]
            # All that constraints tie together: what one says of a refusal may go by way of others.
            tied = [facts for facts in near if not any(state[fact].declined for fact in facts)]
            some = [fact for facts in tied for fact in facts if fact not in self.asked]
            for fact in sorted(some, key=lambda one: ruleset.fact[one].tier):
                if self._narrows(name, fact, state[fact]):
                    yield name, fact

    def _narrows(self, decision: str, fact: str, known: Known) -> bool:
        """Return whether some answer leaves less possible of a decision, without a clash."""
        before = set(self.result.verdicts[decision].possible)
        cells = [known.allowed & cell for cell in self._engine.lanes.compiled.cells.of[fact]]
        values = [knowledge_of(self._engine.ruleset.fact[fact], cell) for cell in cells if cell]
        results = (self._engine.classify({**self.result.profile, fact: one}) for one in values)
        verdicts = (result.verdicts[decision] for result in results)
        return any(set(one.possible) < before and one.reason != "contradiction" for one in verdicts)

    @cached_property
    def grounds(self) -> QuestionGrounds | None:
        """Why the question is asked, or None if there is no question or nothing that shows it.

        Nothing shows it where a constraint ties the question to a less sensitive fact (`routeengine
        check` tells which do) and it matters only along with that; where what was answered cannot
        stand together; and where the rules are too large to be looked through.
        """
        decision, fact = self._next
        if fact is None:
            return None
        ruleset = self._engine.ruleset
        state = read_profile(ruleset, self.result.profile)
        pair = parting(self._engine.lanes.inspect(state), decision, fact)
        if pair is None:
            return None
        first, second = (
            {name: ruleset.fact[name].domain.value(number) for name, number in one.items()}
            for one in pair
        )
        return QuestionGrounds(decision, first, second)

    def asked_in_words(self, lang: str | None = None) -> str:
        """Return how many facts were asked of all, and how many on health and the like.

        The language is the first of the rule set's that the library has words in, if it is not
        given. Raises LanguageError for one that either lacks.
        """
        ruleset = self._engine.ruleset
        special = sum(ruleset.fact[one].special_category for one in self.asked)
        words = catalogue(language_for(ruleset.languages, lang)).interview
        return words.asked.format(asked=len(self.asked), facts=len(ruleset.facts), special=special)

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
