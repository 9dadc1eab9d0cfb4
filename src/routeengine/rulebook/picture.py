"""The decisions of a rule set as boxes and arrows: what reads what."""

from __future__ import annotations

from collections.abc import Iterator

from routeengine.pages.anchors import anchor
from routeengine.pages.pictures_rules import Box
from routeengine.pages.render import first_up
from routeengine.rulebook.context import Context
from routeengine.ruleset.conditions import Condition, FactIs, walk
from routeengine.ruleset.dependencies import decisions_of, facts_read
from routeengine.ruleset.model import Decision, Fact

MOST = 7
"""Boxes of facts; with more kinds of use than that, all facts are one box."""

NAMED = 3
"""Facts or criteria that a box names."""

CRITERIA = "all-criteria"
"""The box of the criteria and scores; no decision is called so, for ids hold no hyphen."""


def boxes(book: Context) -> tuple[Box, ...]:
    """Return the boxes: facts that are used alike together, the criteria, and each decision."""
    ruleset = book.ruleset
    within = [part.when for one in ruleset.scores for part in one.parts]
    names = _named(*(one.when for one in ruleset.criteria), *within)
    groups: dict[frozenset[str], list[Fact]] = {}
    for fact in ruleset.facts:
        readers = {one.id for one in ruleset.decisions if fact.id in _named(*one.conditions)}
        readers |= {CRITERIA} if fact.id in names else set()
        groups.setdefault(frozenset(readers), []).append(fact)
    if len(groups) > MOST:
        every = frozenset[str]().union(*groups)
        groups = {every: list(ruleset.facts)}
    # What only decisions read stands above or below, so that its arrows pass the criteria by.
    first = ruleset.decisions[0].id
    ordered = sorted(groups.items(), key=lambda group: _band(group[0], first))
    facts = {f"facts-{number}": group for number, group in enumerate(ordered)}
    found = [_facts(book, name, some) for name, (_, some) in facts.items()]
    if ruleset.criteria or ruleset.scores:
        sources = tuple(name for name, (readers, _) in facts.items() if CRITERIA in readers)
        found.append(_criteria(book, sources))
    for number, decision in enumerate(ruleset.decisions, 1):
        fed = [name for name, (readers, _) in facts.items() if decision.id in readers]
        found.append(_decision(book, number, decision, fed))
    return tuple(found)


def _band(readers: frozenset[str], first: str) -> int:
    """Return where facts stand: above those that criteria read, among them, or below."""
    if CRITERIA in readers:
        return 1
    return 0 if first in readers else 2


def _named(*conditions: Condition) -> set[str]:
    """Return the facts that conditions name themselves."""
    return {one.fact for one in walk(*conditions) if isinstance(one, FactIs)}


def _facts(book: Context, name: str, some: list[Fact]) -> Box:
    words = book.words
    head = words.facts_one if len(some) == 1 else words.facts_count.format(count=len(some))
    labels = [book.say(fact.label) for fact in some]
    return Box(name, "facts", head, tuple(_few(labels)), anchor("fact", some[0].id))


def _few(labels: list[str]) -> Iterator[str]:
    """Yield the first few of some labels, and a sign where there are more."""
    yield from labels[: NAMED if len(labels) <= NAMED else NAMED - 1]
    if len(labels) > NAMED:
        yield f"{labels[NAMED - 1]} …"


def _criteria(book: Context, sources: tuple[str, ...]) -> Box:
    words, criteria, scores = book.words, book.ruleset.criteria, book.ruleset.scores
    heads = [
        one if len(some) == 1 else several.format(count=len(some))
        for some, one, several in (
            (criteria, words.criteria_one, words.criteria_count),
            (scores, words.scores_one, words.scores_count),
        )
        if some
    ]
    labels = [book.say(one.label) for some in (criteria, scores) for one in some]
    return Box(CRITERIA, "criteria", ", ".join(heads), tuple(_few(labels)), "criteria", sources)


def _decision(book: Context, number: int, decision: Decision, fed: list[str]) -> Box:
    words, ruleset = book.words, book.ruleset
    earlier = decisions_of(ruleset, decision)
    sources = [*fed, *(one.id for one in ruleset.decisions if one.id in earlier)]
    if book.criteria_in(*decision.conditions):
        sources.append(CRITERIA)
    reviews = sum(not isinstance(rule.then, str) for rule in decision.rules)
    rules, outcomes = book.count(len(decision.rules)), book.count(len(decision.outcomes))
    lines = [words.rules_count.format(count=rules, outcomes=outcomes)]
    lines += [words.rules_review.format(count=reviews)] if reviews else []
    lines.append(words.reads_count.format(count=len(facts_read(ruleset, decision.id))))
    head = f"{number}. {first_up(book.say(decision.label))}"
    address = anchor("decision", decision.id)
    return Box(decision.id, "decision", head, tuple(lines), address, tuple(sources))
