"""Every executor, and which states it answers; what is added here has every claim to meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from math import prod
from operator import attrgetter
from typing import TypeAlias

import pyarrow as pa

from conformance.mini import Mini
from conformance.written import answer_as_json, state_as_json
from routeengine import Engine
from routeengine.codec import form_of
from routeengine.executors.durable import DurableExecutor
from routeengine.executors.durable.executor import LIMIT
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.executors.summary import forget
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.result import VERDICT_FIELDS, Answer, leads_of
from routeengine.ruleset.domains import RangeDomain
from routeengine.ruleset.model import Fact, RuleSet
from tables.generated_tables import cells, columns_of

__all__ = [
    "EXECUTORS",
    "MOST_LISTED",
    "Candidate",
    "Given",
    "Told",
    "few_completions",
    "frozen",
    "full_profiles",
    "in_a_row",
]

Told: TypeAlias = Mapping[str, object]
"""An answer as plain fields: `decision` -> fields of its verdict, and the flags."""

Given: TypeAlias = Callable[[Sequence[State]], list[Told]]
"""Answers many states, in their order."""


MOST_LISTED = 2_000
"""Full profiles that an executor which lists them is asked to list for one state."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An executor that has to agree.

    `build` makes it for a rule set; `claims` says whether it answers a state; `sees` gives what
    it can say of an answer, for one that does not say everything.
    """

    name: str
    build: Callable[[RuleSet], Given]
    claims: Callable[[RuleSet, State], bool]
    sees: Callable[[RuleSet, Answer], Told]


def told(_: RuleSet, answer: Answer) -> Told:
    """Give every field of an answer, what is missing and what each reply leads to included."""
    stored = attrgetter(*VERDICT_FIELDS)
    fields: dict[str, object] = {
        name: (*stored(verdict), tuple(leads_of(verdict).items()))
        for name, verdict in answer.verdicts.items()
    }
    return fields | {"flags": answer.flags, "flags_possible": answer.flags_possible}


def frozen(answer: Answer) -> Answer:
    """Give the answer with its questions worked out once, as pickling does."""
    verdicts = {name: copy(verdict) for name, verdict in answer.verdicts.items()}
    return Answer(verdicts, answer.flags, answer.flags_possible)


def one_by_one(make: Callable[[RuleSet], Executor]) -> Callable[[RuleSet], Given]:
    """Answer each state by itself."""

    def build(ruleset: RuleSet) -> Given:
        executor = make(ruleset)
        return lambda states: [told(ruleset, executor.evaluate(state)) for state in states]

    return build


class AtFirstSight(LanesExecutor):
    """Answers as an engine does: in one walk of all decisions, or else by a closer look."""

    def evaluate(self, state: State) -> Answer:
        """Give the verdicts and flags for one state of knowledge."""
        return self.sight.answer_of(state) or super().evaluate(state)

    @cached_property
    def sight(self) -> FirstSight:
        """What walks all decisions as one."""
        return FirstSight(self)


def full_profiles(ruleset: RuleSet, state: State) -> int:
    """Count the full profiles that agree with what is known; facts that clash are let go."""
    reference = ReferenceExecutor(ruleset)
    clashing = {fact for conflict in reference.conflicts(state) for fact in conflict}
    return prod(one.allowed.size for one in forget(ruleset, state, clashing).values())


def few_completions(ruleset: RuleSet, state: State) -> bool:
    """Claim what can be listed."""
    return full_profiles(ruleset, state) <= MOST_LISTED


def everything(ruleset: RuleSet, state: State) -> bool:
    """Claim every state."""
    return True


def fully_known(ruleset: RuleSet, state: State) -> bool:
    """Claim the states in which each fact has one value, and clashes let go of few of them."""
    known = all(one.allowed.is_single for one in state.values())
    return known and full_profiles(ruleset, state) <= LIMIT


# Tables


def in_a_row(ruleset: RuleSet, state: State) -> bool:
    """Claim what one row can say: a column has no form for evidence that disagrees."""
    return all(
        not known.conflicting
        and (
            known.declined
            or not isinstance(ruleset.fact[fact].domain, RangeDomain)
            or len(known.allowed.boundaries) == 2
        )
        for fact, known in state.items()
    )


def by_table(ruleset: RuleSet) -> Given:
    """Answer all states as the rows of a table of text."""
    if not ruleset.declined_texts:
        ruleset = replace(ruleset, declined_texts=("declined",))
    engine = Engine(ruleset)
    declined = ruleset.declined_texts[0]

    def answer(states: Sequence[State]) -> list[Told]:
        columns = {
            fact.id: pa.array([_word(fact, state, declined) for state in states], pa.string())
            for fact in ruleset.facts
        }
        rows = engine.classify_table(pa.table(columns)).to_pylist()
        names = [name for decision in ruleset.decisions for name in columns_of(decision.id)]
        return [{name: row[name] for name in [*names, "flags", "error"]} for row in rows]

    return answer


def _word(fact: Fact, state: State, declined: str) -> str | None:
    known = state[fact.id]
    if known.declined:
        return declined
    if known.allowed == fact.domain.full:
        return None
    words = [str(fact.domain.value(first)).lower() for first in known.allowed.numbers]
    if isinstance(fact.domain, RangeDomain) and len(words) > 1:
        return f"{words[0]}-{words[-1]}"
    return "/".join(words)


def row(ruleset: RuleSet, answer: Answer) -> Told:
    """Give what the columns of a table say of an answer."""
    order = list(ruleset.fact)
    said: dict[str, object] = {"flags": " ".join(answer.flags), "error": None}
    for name, verdict in answer.verdicts.items():
        said |= zip(columns_of(name), cells(verdict, order), strict=True)
    return said


# The independent one


def by_mini(ruleset: RuleSet) -> Given:
    """Answer each state by the executor that shares no code with the library."""
    mini = Mini(form_of(RuleSet).write(ruleset))
    return lambda states: [mini.answer({"known": state_as_json(state)}) for state in states]


def as_json(_: RuleSet, answer: Answer) -> Told:
    """Give an answer as it is published."""
    return answer_as_json(answer)


EXECUTORS: Mapping[str, Candidate] = {
    one.name: one
    for one in (
        Candidate("reference", one_by_one(ReferenceExecutor), few_completions, told),
        Candidate("lanes", one_by_one(LanesExecutor), everything, told),
        Candidate("first sight", one_by_one(AtFirstSight), everything, told),
        Candidate("tables", by_table, in_a_row, row),
        Candidate("durable", one_by_one(DurableExecutor), fully_known, told),
        Candidate("independent", by_mini, few_completions, as_json),
    )
}
"""All of them; the first is the definition."""
