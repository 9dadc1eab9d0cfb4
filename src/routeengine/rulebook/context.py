"""What every part of a rule book is made with: words, links, and what rests on what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from routeengine.explanation.clauses import Clause, clause_of, clause_of_score
from routeengine.explanation.phrases import phrases_of
from routeengine.i18n import count_in_words, span_in_words
from routeengine.lazy import cached_property
from routeengine.own_words import numbers_of, words_of
from routeengine.pages.anchors import Kind, anchor, reading_anchor
from routeengine.pages.render import day_in_words, first_up
from routeengine.rulebook.model import Basis, Link, Pair, PlaceEntry, ReadingEntry
from routeengine.ruleset.conditions import Condition, CriterionIs, ScoreIs, walk
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Parameter,
    Rule,
    RuleSet,
    Score,
)
from routeengine.ruleset.sources import Citation, Interpretation
from routeengine.ruleset.words import Text

Grounded: TypeAlias = Rule | Criterion | Score | Constraint | Flag | Parameter
"""What has grounds."""

_KINDS: dict[type, Kind] = {
    Fact: "fact",
    Criterion: "criterion",
    Score: "score",
    Constraint: "constraint",
    Decision: "decision",
    Rule: "rule",
    Flag: "flag",
    Parameter: "parameter",
}


class Context:
    """One rule set in one language."""

    def __init__(self, ruleset: RuleSet, language: str) -> None:
        self.ruleset = ruleset
        self.language = language
        every = words_of(ruleset.wording, language)
        self.words, self.not_recorded = every.rulebook, every.page.not_recorded
        self.phrases = phrases_of(ruleset, language)
        self.say = self.phrases.say

    def recorded(self, text: Text | None) -> str:
        """Return a text of the rule set, or that it is not recorded yet."""
        return first_up(self.not_recorded) if text is None else self.say(text)

    def count(self, number: int) -> str:
        """Return a count as people of the language write it."""
        return count_in_words(number, self.language)

    def clause(self, condition: Condition | None) -> Clause | None:
        """Return a condition as lists in words, with links, if there is one."""
        return None if condition is None else clause_of(self.phrases, condition)

    def clause_of(self, part: Grounded) -> Clause | None:
        """Return when a part holds, or what a score adds up."""
        if isinstance(part, Score):
            return clause_of_score(self.phrases, part)
        if isinstance(part, Parameter):
            return Clause(self.phrases.number(part))
        return self.clause(part.forbids if isinstance(part, Constraint) else part.when)

    @property
    def instance(self) -> str:
        """For which days and which variant the numbers are; "" of rules without parameters."""
        return first_up(numbers_of(self.ruleset.instance, self.language))

    def link(self, part: Grounded | Decision | Fact) -> Link:
        """Return where a part stands."""
        return Link(first_up(self.say(part.label)), anchor(_KINDS[type(part)], part.id))

    @property
    def validity(self) -> str:
        """From when to when the rules are valid."""
        said = span_in_words(self.ruleset.valid_from, self.ruleset.valid_until, self.language)
        return first_up(said or self.words.valid_always)

    @cached_property
    def grounded(self) -> tuple[Grounded, ...]:
        """All that has grounds, in the order in which the book has it."""
        ruleset = self.ruleset
        named: tuple[Grounded, ...] = (*ruleset.rule.values(), *ruleset.criteria, *ruleset.scores)
        return (*named, *ruleset.constraints, *ruleset.flags, *ruleset.parameters)

    # Readings

    @cached_property
    def _readings(self) -> dict[tuple[type, str], str]:
        """The address of each reading, by what it is a reading for."""
        taken: set[str] = set()
        return {
            (type(part), part.id): reading_anchor(_KINDS[type(part)], part.id, taken)
            for part in self.grounded
            if part.grounds.interpretation is not None
        }

    def readings(self) -> Iterator[ReadingEntry]:
        """Yield the log of readings."""
        for part in self.grounded:
            if (reading := part.grounds.interpretation) is not None:
                yield ReadingEntry(
                    self._readings[type(part), part.id],
                    self.link(part),
                    self.say(reading.choice),
                    self.say(reading.because),
                    self.say(reading.alternative),
                    self._who(reading),
                )

    def _who(self, reading: Interpretation) -> str:
        day = reading.decided_on
        if reading.decided_by is None and day is None:
            return first_up(self.not_recorded)
        who = reading.decided_by or self.not_recorded
        return f"{first_up(who)}, {day_in_words(day, self.language)}"

    # Citations

    def basis(self, part: Grounded) -> Basis:
        """Return what a part rests on."""
        places = [self.place(self.ruleset.citation[name]) for name in part.grounds.cites]
        return Basis(self._readings.get((type(part), part.id), ""), tuple(places))

    def place(self, citation: Citation) -> Link:
        """Return the place of a sentence; its section has a name in the language of the source."""
        wording, sources = self.phrases.wording, {one.id: one for one in self.ruleset.sources}
        place = wording.passage(citation.section, citation.paragraph, (citation.sentence,))
        source = sources[citation.source]
        if len(sources) > 1:
            kind = first_up(self.say(source.kind))
            place = wording.place.format(kind=kind, number=source.number, place=place)
        language = source.language or self.language
        foreign = "" if language == self.language else citation.section
        return Link(first_up(place), anchor("citation", citation.id), foreign, language)

    def citations(self) -> Iterator[PlaceEntry]:
        """Yield each sentence that is cited, with all that rests on it."""
        for citation in self.ruleset.citations:
            used = [self.link(one) for one in self.grounded if citation.id in one.grounds.cites]
            yield PlaceEntry(self.place(citation), tuple(used), citation.sha256)

    def parts_to_places(self) -> Iterator[Pair]:
        """Yield each part with its places, and whether the source says it or it is a reading."""
        for part in self.grounded:
            source = part.grounds.interpretation is None
            note = self.words.says_source if source else self.words.is_reading
            yield Pair(self.link(part), self.basis(part).places, note)

    # Criteria and scores

    def criteria_in(self, *conditions: Condition) -> frozenset[str]:
        """Return the criteria and scores that conditions name, also by way of one another."""
        found, todo = set[str](), list(conditions)
        while todo:
            for part in walk(todo.pop()):
                if isinstance(part, CriterionIs) and part.criterion not in found:
                    found.add(part.criterion)
                    todo.append(self.ruleset.criterion[part.criterion].when)
                elif isinstance(part, ScoreIs) and part.score not in found:
                    found.add(part.score)
                    todo += [one.when for one in self.ruleset.score[part.score].parts]
        return frozenset(found)

    @cached_property
    def criteria_of(self) -> dict[str, frozenset[str]]:
        """The criteria and scores that each rule reads, by the rule's id."""
        return {
            rule.id: frozenset() if rule.when is None else self.criteria_in(rule.when)
            for rule in self.ruleset.rule.values()
        }

    def rules_to_criteria(self) -> Iterator[Pair]:
        """Yield each rule with the criteria that it reads."""
        for rule in self.ruleset.rule.values():
            read = self.criteria_of[rule.id]
            criteria = [self.link(one) for one in self.ruleset.criteria if one.id in read]
            yield Pair(self.link(rule), tuple(criteria))
