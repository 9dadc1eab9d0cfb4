"""Asking a client no more than what can still matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from routeengine.engine import Engine
from routeengine.errors import UsageError, listed
from routeengine.executors.grounds import question_grounds
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
    """Return the best fact to ask for of those that a verdict misses; None if all were asked.

    `asked` are facts that are not asked again. The least sensitive fact comes first, then the one
    of whose answers the most settle the verdict, then the one whose answers leave the fewest
    outcomes possible. Of equals one with the topic of `last`, the question before, goes first, and
    else the first declared.
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

    Both profiles, `first` and `second`, agree with all that is known and on every fact that is less
    sensitive than the question. They break no constraint, and lead to different verdicts of
    `decision`.
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

    `profile` is what is known already, and `decisions` are those to settle, one after the other;
    all of them in declared order if it is None. `asked` are facts that were asked before and are
    not asked again. An interview always ends, for no fact is asked twice. It asks nothing that can
    no longer change a verdict, and health and the like only if nothing else settles the answer.

    - `result` is what is advised on what is known so far.
    - `decisions` are the ids of the decisions, in the order in which they are settled.
    - `asked` are the facts that were asked, in order.

    Raises UsageError for a decision or a fact that does not exist, and ProfileError as
    `Engine.classify` does.

    Examples:
        >>> from routeengine import Engine, Interview, load_ruleset
        >>> talk = Interview(Engine(load_ruleset("rijswijk-2023")), {"client_id": "c1"})
        >>> talk.question, talk.words("en")
        ('current_service', 'Who serves the client now, according to the records?')
        >>> talk = talk.answer("wsp")
        >>> talk.question, talk.result.verdicts["scope"].outcome
        (None, 'wsp')
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
        self._engine, self.asked = engine, tuple(asked)
        if not engine.ruleset.fact.keys() >= {*self.asked}:
            raise UsageError("`asked` names something that is no fact of the rule set")
        self.result: Result = engine.classify(profile)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], engine: Engine | None = None) -> Self:
        """Return the interview that `to_dict` wrote, to go on with.

        It goes on with `engine` if that is given, and else with one that this process has of the
        rule set that the data name.

        Raises WireError for anything else, UsageError where this process has no such engine, and
        what a new interview raises.
        """
        return cls.from_view(read(InterviewView, data), engine)

    def to_view(self) -> InterviewView:
        """Return the data that `to_dict` writes."""
        return InterviewView(self.question, self.result, self.decisions, self.asked)

    @classmethod
    def from_view(cls, view: InterviewView, engine: Engine | None = None) -> Self:
        """Return the interview that such data describes, for `from_dict`."""
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
        """The id of the fact to ask for, or None if no question is left.

        It is the least sensitive one that matters to the first decision that has a question. What
        is `indirect` comes last. None is left if every decision is settled, or only depends on what
        was asked and left open.
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
        """The facts that may help although no verdict depends on them, by way of a constraint.

        The constraint ties such a fact to one that the client was asked and did not know. There are
        none while another question is left. A fact is never among them that constraints tie to one
        that was declined: nobody asks round a refusal. The least sensitive comes first, and of
        equals the first declared.
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

        Nothing shows it in three cases: if a constraint ties the question to a less sensitive fact
        (`routeengine check` tells which do) and it matters only along with that; if what was
        answered cannot be true together; and if the rules are too large to be looked through.
        """
        decision, fact = self._next
        if fact is None:
            return None
        ruleset = self._engine.ruleset
        state = read_profile(ruleset, self.result.profile)
        pair = question_grounds(self._engine.lanes.inspect(state), decision, fact)
        if pair is None:
            return None
        first, second = (
            {name: ruleset.fact[name].domain.value(number) for name, number in one.items()}
            for one in pair
        )
        return QuestionGrounds(decision, first, second)

    def asked_in_words(self, lang: str | None = None) -> str:
        """Return a sentence: how many facts were asked of all, and how many on health and the like.

        `lang` is a language of the rule set that the library has words in, the first such if it is
        None. Raises LanguageError for another.
        """
        ruleset = self._engine.ruleset
        special = sum(ruleset.fact[one].special_category for one in self.asked)
        words = catalogue(language_for(ruleset.languages, lang)).interview
        return words.asked.format(asked=len(self.asked), facts=len(ruleset.facts), special=special)

    def words(self, lang: str | None = None) -> str | None:
        """Return the question in words, as the rule set has them; None if there is no question.

        `lang` is a language of the rule set, the first if it is None. Raises LanguageError for
        another.
        """
        fact, ruleset = self.question, self._engine.ruleset
        language = text_language_for(ruleset.languages, lang)
        return None if fact is None else ruleset.fact[fact].question[language]

    def answer(self, value: Any) -> Interview:
        """Return the interview after an answer: a value, or any form of partial knowledge.

        The answer narrows what was known in part before. One that adds nothing to what is known
        (None, or all values) counts as asked: the question does not come again.

        Raises ProfileError for an answer that the fact cannot have or that goes against what is
        known of it, and UsageError if there is no question left.
        """
        fact = self.question
        if fact is None:
            raise UsageError("there is no question left to answer")
        known = narrowed(self._engine.ruleset.fact[fact], self.result.profile.get(fact), value)
        profile = {**self.result.profile, fact: known}
        return Interview(self._engine, profile, self.decisions, asked=(*self.asked, fact))

    def decline(self) -> Interview:
        """Return the interview after the client did not want to answer; it is not asked again.

        Raises UsageError if there is no question left.
        """
        return self.answer(DECLINED)
