"""What came of a caseload in short, as `classify` says it at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from routeengine.caseload import Tally
from routeengine.i18n import catalogue, count_in_words
from routeengine.own_words import numbers_of, words_of
from routeengine.ruleset.model import Decision, Outcome, RuleSet

MAX_MISSING = 3
"""Facts that are named per decision: those that are unknown to most."""

Block: TypeAlias = tuple[str, list[tuple[str, int]]]
"""What a block of the summary is about, and its rows: a label and a number each."""


def summary(ruleset: RuleSet, tally: Tally, lang: str) -> str:
    """Return what came of a caseload: who gets what, for whom a person is, and what is missing.

    The numbers stand in one aligned table, a block for each decision and one for each of the rest.
    """
    words = words_of(ruleset.wording, lang).summary
    first = ruleset.decisions[0].id
    clients = sum(number for (decision, _), number in tally.counts.items() if decision == first)
    blocks = [_answers(decision, tally, lang) for decision in ruleset.decisions]
    for status in ("review", "insufficient"):
        rows = [(one.label[lang], tally.counts[one.id, status]) for one in ruleset.decisions]
        rows = [(label, number) for label, number in rows if number]
        blocks.append((getattr(words, status), rows or [(words.nobody, 0)]))
    if missing := _missing(ruleset, tally, lang):
        blocks.append((words.missing, missing))
    wide = (
        max(len(name) for name, _ in blocks),
        max(len(label) for _, rows in blocks for label, _ in rows),
    )
    named, numbers = f"{ruleset.id} {ruleset.version}", numbers_of(ruleset.instance, lang)
    some, faulty = (
        _numbered(word, number, lang)
        for word, number in ((words.clients, clients), (words.faulty, tally.faulty))
    )
    lines = [
        f"{some}, {faulty}",
        f"{ruleset.title[lang]} ({'; '.join(filter(None, (named, numbers)))})",
    ]
    for name, rows in blocks:
        lines.append("")
        for number, (label, count) in enumerate(rows):
            many = count_in_words(count, lang)
            lines.append(f"{'' if number else name:<{wide[0]}}  {label:<{wide[1]}}  {many:>9}")
    return "\n".join([*lines, "", words.advice])


def _answers(decision: Decision, tally: Tally, lang: str) -> Block:
    """Return how many have each outcome of a decision, and for how many it does not arise."""
    labels = {one.id: _named(one, lang) for one in decision.outcomes}
    labels["not_applicable"] = catalogue(lang).summary.not_applicable
    rows = [(label, tally.counts[decision.id, key]) for key, label in labels.items()]
    return decision.label[lang], rows


def _missing(ruleset: RuleSet, tally: Tally, lang: str) -> list[tuple[str, int]]:
    """Return the facts that are unknown to most and can still change a decision, most first."""
    rows = []
    for decision in ruleset.decisions:
        name = decision.label[lang]
        some = [
            (f"{name}: {fact.label[lang]}", number)
            for fact in ruleset.facts
            if (number := tally.missing[decision.id, fact.id])
        ]
        rows += sorted(some, key=lambda row: -row[1])[:MAX_MISSING]
    return rows


def _numbered(words: Sequence[str], number: int, lang: str) -> str:
    """Return a number with its word: the first of two words is for one."""
    return f"{count_in_words(number, lang)} {words[number != 1]}"


def _named(outcome: Outcome, lang: str) -> str:
    label = outcome.label[lang]
    return label if label == outcome.id else f"{outcome.id}  {label}"
