"""Conditions and values in words: the labels of the rule set, joined by a language's wording."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from routeengine.i18n import date_in_words, language_for, number_in_words
from routeengine.i18n.words import ExplanationWording
from routeengine.lazy import cached_property
from routeengine.own_words import words_of
from routeengine.ruleset import conditions
from routeengine.ruleset.domains import DateDomain, DecimalDomain, RangeDomain, Value, parse_day
from routeengine.ruleset.model import Fact, Parameter, RuleSet
from routeengine.ruleset.words import Text
from routeengine.value_set import ValueSet

SHORT_ID = 2
"""Outcome ids up to this length are what people say (`A`, `3`); longer ones are code."""

LONG_LIST = 4
"""Past so many values it is clearer to say what is left out."""

WORDS_CACHE_SIZE = 4_096
"""Sets of values whose words are kept."""


class Phrases:
    """Puts what a rule set says into the words of one language."""

    def __init__(self, ruleset: RuleSet, language: str, wording: ExplanationWording) -> None:
        self.ruleset = ruleset
        self.language = language
        self.wording = wording
        # The same few come again and again: every value, and every cell.
        self._values = lru_cache(WORDS_CACHE_SIZE)(self._in_words)

    def say(self, text: Text | None) -> str:
        """Return a text of the rule set in this language; nothing if there is none."""
        return "" if text is None else text[self.language]

    def value(self, fact: Fact, value: Value) -> str:
        """Return one value of a fact in words."""
        label = fact.value_labels.get(value)
        if label is not None:
            return label[self.language]
        if isinstance(value, bool):
            return self.wording.yes if value else self.wording.no
        if fact.kind == "date":
            return date_in_words(date.fromisoformat(str(value)), self.language)
        if fact.kind == "decimal" or fact.unit is not None:
            return number_in_words(str(value), self.language, fact.unit)
        return str(value)

    def number(self, parameter: Parameter) -> str:
        """Return what a parameter is in this instance, in words.

        With decimals it can bound no more than facts with decimals. So it is in their unit, if all
        of them have the same.
        """
        value = str(parameter.value)
        if (day := parse_day(value)) is not None:
            return date_in_words(day, self.language)
        amounts = [one for one in self.ruleset.facts if one.kind == "decimal"]
        units = {one.unit for one in amounts} if "." in value else {None}
        return number_in_words(value, self.language, units.pop() if len(units) == 1 else None)

    def values(self, fact: Fact, values: ValueSet) -> str:
        """Return the values that a fact may have, where a person reads what is known of it."""
        return self._values(fact.id, values)

    def known(self, fact: Fact, allowed: ValueSet) -> str:
        """Return what is known of a fact: of numbers in a row the least and the most.

        Of 0 to 240 it is `at most 23`, `at least 3 and at most 5` or `3 or 4`; of amounts and days
        `€3.00 to €5.00`.
        """
        domain, found = fact.domain, list(allowed.runs)
        if allowed == domain.full or not isinstance(domain, RangeDomain) or len(found) != 1:
            return self.values(fact, allowed)
        ((first, last),) = found
        low, high = (self.value(fact, domain.value(end)) for end in (first, last))
        if last - first < 2:
            return self.wording.either([low, high]) if first < last else low
        at_least, at_most = self._ends(domain)
        ends = [at_least.format(low=low)] if first else []
        ends += [at_most.format(high=high)] if last < domain.size - 1 else []
        if len(ends) == 2 and fact.kind in ("decimal", "date"):
            return self._span(domain, low, high)
        return self.wording.both(ends)

    def _span(self, domain: RangeDomain, low: str, high: str) -> str:
        """Return a row of amounts or of days by both its ends."""
        wording = self.wording
        template = wording.days_between if isinstance(domain, DateDomain) else wording.between
        return template.format(low=low, high=high)

    def _ends(self, domain: RangeDomain) -> tuple[str, str]:
        """Return the words for a lowest and for a highest value."""
        wording = self.wording
        if isinstance(domain, DateDomain):
            return wording.from_day, wording.until_day
        return wording.at_least, wording.at_most

    def _in_words(self, name: str, values: ValueSet) -> str:
        fact = self.ruleset.fact[name]
        if values == fact.domain.full and not isinstance(fact.domain, RangeDomain):
            return self.wording.either([self.value(fact, one) for one in fact.domain.values])
        # The bounds of amounts and days are there to catch typing faults: nobody is to read them.
        in_a_row = values != fact.domain.full and len(values.boundaries) == 2
        if in_a_row and isinstance(fact.domain, DecimalDomain | DateDomain):
            return self.known(fact, values)
        return self.allowed(fact, values, "between")

    def allowed(self, fact: Fact, allowed: ValueSet, written: str = "in") -> str:
        """Return a set of values in words, as near to how the author wrote it as may be."""
        domain, wording = fact.domain, self.wording
        if not allowed:
            return wording.no_value
        if allowed == domain.full:
            return wording.any_value
        if isinstance(domain, RangeDomain):
            return self._ranges(fact, domain, allowed, written)
        rest = domain.full - allowed
        values = [self.value(fact, domain.value(number)) for number in allowed.numbers]
        left_out = [self.value(fact, domain.value(number)) for number in rest.numbers]
        if len(values) > max(LONG_LIST, len(left_out)):
            return wording.other_than.format(words=wording.either(left_out))
        return wording.either(values)

    def _ranges(self, fact: Fact, domain: RangeDomain, allowed: ValueSet, written: str) -> str:
        wording, runs = self.wording, list(allowed.runs)
        if len(runs) > 1 and len(gaps := list((domain.full - allowed).runs)) < len(runs):
            words = wording.either([self._run(fact, *gap) for gap in gaps])
            return wording.other_than.format(words=words)
        first, last = runs[0]
        if len(runs) == 1 and first < last:
            at_least, at_most = self._ends(domain)
            if last == domain.size - 1 and written != "between":
                return at_least.format(low=self.value(fact, domain.value(first)))
            if first == 0 and written != "between":
                return at_most.format(high=self.value(fact, domain.value(last)))
        return wording.either([self._run(fact, *run) for run in runs])

    def _run(self, fact: Fact, first: int, last: int) -> str:
        low, high = (self.value(fact, fact.domain.value(end)) for end in (first, last))
        if first == last:
            return low
        return self.wording.between.format(low=low, high=high)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The names of all sources of evidence."""
        evidence = self.ruleset.evidence
        return {one.id: self.say(one.label) for one in (evidence.sources if evidence else ())}

    @cached_property
    def settled(self) -> frozenset[str]:
        """The facts that a source of evidence settles, whatever its observations are about."""
        evidence = self.ruleset.evidence
        return frozenset().union(*(one.sets for one in (evidence.sources if evidence else ())))

    @cached_property
    def outcomes(self) -> dict[str, dict[str, str]]:
        """The names of all outcomes by decision, with what else stands in `possible`."""
        wording = self.wording
        return {
            decision.id: {
                **{
                    one.id: (
                        wording.outcome.format(outcome=one.id, label=self.say(one.label))
                        if len(one.id) <= SHORT_ID and one.id != self.say(one.label)
                        else self.say(one.label)
                    )
                    for one in decision.outcomes
                },
                "review": wording.review_name,
                "not_applicable": wording.not_applicable_name,
            }
            for decision in self.ruleset.decisions
        }

    def condition(self, condition: conditions.Condition, *, denied: bool = False) -> str:
        """Return a whole condition in words, on one line; to deny a leaf is to turn it round."""
        wording = self.wording
        match condition:
            case conditions.FactIs(name, allowed, written):
                fact = self.ruleset.fact[name]
                if denied:
                    allowed, written = fact.domain.full - allowed, "in"
                words = self.allowed(fact, allowed, written)
                return wording.labelled_as(self.say(fact.label), words)
            case conditions.CriterionIs(name):
                label = self.say(self.ruleset.criterion[name].label)
                return wording.labelled_as(label, wording.no if denied else wording.yes)
            case conditions.ScoreIs(name):
                label = self.say(self.ruleset.score[name].label)
                return wording.labelled_as(label, self.bounds(condition, denied=denied))
            case conditions.Not(part):
                return self.condition(part, denied=not denied)
            case conditions.All((part,)) | conditions.Any((part,)):
                return self.condition(part, denied=denied)
            case conditions.All(()) if not denied:
                return wording.always
            case conditions.OutcomeIs() | conditions.StatusIs() | conditions.RuleIs():
                text = self._decision(condition)
                return wording.decision_not.format(text=text) if denied else text
            case _:
                items = "; ".join(self.condition(part) for part in condition.parts)
                template = wording.inline[_STEMS[type(condition)][denied]]
                return template.format(count=_count(condition), items=items)

    def bounds(self, score: conditions.ScoreIs, *, denied: bool = False) -> str:
        """Return what is asked of a score in words: `at least 120 points`."""
        low, high = score.low, score.high
        if denied and low is not None and high is not None:
            words = self.bounds(score)
            return self.wording.other_than.format(words=words)
        if denied:
            low, high = None if high is None else high + 1, None if low is None else low - 1
        return self.wording.points_between(low, high)

    def head(self, condition: conditions.Condition) -> str:
        """Return what stands above the parts of a condition, when they are listed below it."""
        denied = isinstance(condition, conditions.Not)
        whole = condition.part if isinstance(condition, conditions.Not) else condition
        if not isinstance(whole, conditions.Group) or condition == conditions.All(()):
            return self.condition(condition)
        return self.wording.head[_STEMS[type(whole)][denied]].format(count=_count(whole))

    def _decision(self, condition: conditions.DecisionIs) -> str:
        wording, decision = self.wording, self.ruleset.decision[condition.decision]
        label = self.say(decision.label)
        match condition:
            case conditions.OutcomeIs(_, outcomes):
                words = wording.either([self.outcomes[decision.id][one] for one in outcomes])
            case conditions.StatusIs(_, statuses):
                words = wording.either([wording.status[one] for one in statuses])
            case _:
                labels = [self.say(self.ruleset.rule[rule].label) for rule in condition.rules]
                named = wording.either(labels)
                return wording.decision_rule.format(decision=label, words=named)
        return wording.labelled_as(label, words)


def phrases_of(ruleset: RuleSet, language: str) -> Phrases:
    """Return what puts a rule set into the words of a language.

    Raises LanguageError if there is no wording, or the rule set lacks the language.
    """
    spoken = language_for(ruleset.languages, language)
    return Phrases(ruleset, language, words_of(ruleset.wording, spoken).explanation)


def _count(group: conditions.Group) -> int:
    """Return how many parts a group speaks of: of all of them, if it does not say."""
    return getattr(group, "count", len(group.parts))


_STEMS: dict[type, tuple[str, str]] = {
    conditions.All: ("all", "not_all"),
    conditions.Any: ("any", "none"),
    conditions.AtLeast: ("at_least", "fewer"),
    conditions.Exactly: ("exactly", "not_exactly"),
}
"""Which templates word a group, and which word its denial."""
