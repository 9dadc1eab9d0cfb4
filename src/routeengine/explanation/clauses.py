"""Conditions in words as nested lists, each line with the address of what it names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from routeengine.explanation.phrases import Phrases
from routeengine.pages.anchors import anchor
from routeengine.pages.render import first_up
from routeengine.ruleset import conditions
from routeengine.ruleset.model import Score


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of a condition, and the address in the rule book of what it names.

    Where it combines others, they are its `parts`, and the text stands above them.
    """

    text: str
    address: str = ""
    parts: tuple[Clause, ...] = ()


def clause_of_score(phrases: Phrases, score: Score) -> Clause:
    """Return the parts of a score, each with what it is worth."""
    clauses = [(clause_of(phrases, part.when), part.worth) for part in score.parts]
    return Clause(
        first_up(phrases.wording.score["of"]),
        parts=tuple(
            [replace(one, text=phrases.wording.worth(one.text, worth)) for one, worth in clauses]
        ),
    )


def clause_of(phrases: Phrases, condition: conditions.Condition, *, denied: bool = False) -> Clause:
    """Return a condition as a list of lists; what is denied is turned round at the leaves."""
    match condition:
        case conditions.Not(part):
            return clause_of(phrases, part, denied=not denied)
        case conditions.All((part,)) | conditions.Any((part,)):
            return clause_of(phrases, part, denied=denied)
        case conditions.FactIs(name):
            address = anchor("fact", name)
        case conditions.CriterionIs(name):
            address = anchor("criterion", name)
        case conditions.ScoreIs(name):
            address = anchor("score", name)
        case conditions.OutcomeIs(name) | conditions.StatusIs(name) | conditions.RuleIs(name):
            address = anchor("decision", name)
        case _:
            head = phrases.head(conditions.Not(condition) if denied else condition)
            parts = tuple([clause_of(phrases, part) for part in condition.parts])
            return Clause(first_up(head), parts=parts)
    return Clause(first_up(phrases.condition(condition, denied=denied)), address)
