"""Conditions and values in words: the labels of the rule set, joined by a language's wording."""

from __future__ import annotations

from routeengine.bits import numbers
from routeengine.i18n.words import Wording
from routeengine.lazy import cached_property
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
)
from routeengine.ruleset.domains import IntegerDomain, Value, spans
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.ruleset.words import Text

SHORT_ID = 2
"""Outcome ids up to this length are what people say (`A`, `3`); longer ones are code."""

LONG_LIST = 4
"""Past so many values it is clearer to say what is left out."""

REMEMBERED = 4_096
"""Sets of values whose words are remembered."""


class Phrases:
    """Puts what a rule set says into the words of one language."""

    def __init__(self, ruleset: RuleSet, language: str, wording: Wording) -> None:
        self.ruleset = ruleset
        self.language = language
        self.wording = wording
        self._values: dict[tuple[str, int], str] = {}

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
        return str(value)

    def values(self, fact: Fact, bits: int) -> str:
        """Return the values that a fact may have, where a person reads what is known of it."""
        words = self._values.get((fact.id, bits))
        if words is None:
            # The same few come again and again: every value, and every cell.
            words = self._worded(fact, bits)
            if len(self._values) < REMEMBERED:
                self._values[fact.id, bits] = words
        return words

    def _worded(self, fact: Fact, bits: int) -> str:
        if bits == fact.domain.full and not isinstance(fact.domain, IntegerDomain):
            return self.wording.either([self.value(fact, one) for one in fact.domain.values])
        return self.allowed(fact, bits, "between")

    def allowed(self, fact: Fact, bits: int, written: str = "in") -> str:
        """Return a set of values in words, as near to how the author wrote it as may be."""
        domain, wording = fact.domain, self.wording
        if not bits:
            return wording.no_value
        if bits == domain.full:
            return wording.any_value
        if isinstance(domain, IntegerDomain):
            return self._numbers(domain, bits, written)
        values = [self.value(fact, domain.value(i)) for i in numbers(bits)]
        left_out = [self.value(fact, domain.value(i)) for i in numbers(domain.full & ~bits)]
        if len(values) > max(LONG_LIST, len(left_out)):
            return wording.other_than.format(words=wording.either(left_out))
        return wording.either(values)

    def _numbers(self, domain: IntegerDomain, bits: int, written: str) -> str:
        wording, runs = self.wording, spans(bits)
        if len(runs) > 1 and len(gaps := spans(domain.full & ~bits)) < len(runs):
            words = wording.either([self._run(domain, *gap) for gap in gaps])
            return wording.other_than.format(words=words)
        first, last = runs[0]
        if len(runs) == 1 and first < last:
            if last == domain.size - 1 and written != "between":
                return wording.at_least.format(low=domain.value(first))
            if first == 0 and written != "between":
                return wording.at_most.format(high=domain.value(last))
        return wording.either([self._run(domain, *run) for run in runs])

    def _run(self, domain: IntegerDomain, first: int, last: int) -> str:
        if first == last:
            return str(domain.value(first))
        low, high = domain.value(first), domain.value(last)
        return self.wording.between.format(low=low, high=high)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The names of all sources of evidence."""
        evidence = self.ruleset.evidence
        return {one.id: self.say(one.label) for one in (evidence.sources if evidence else ())}

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

    def condition(self, condition: Condition) -> str:
        """Return a whole condition in words, on one line."""
        match condition:
            case FactIs(fact=name, allowed=allowed, written=written):
                fact = self.ruleset.fact[name]
                words = self.allowed(fact, allowed, written)
                return self.wording.labelled_as(self.say(fact.label), words)
            case CriterionIs(criterion=criterion):
                return self._criterion(criterion, self.wording.yes)
            case Not(part=part):
                return self._not(part)
            case OutcomeIs() | StatusIs() | RuleIs():
                return self._decision(condition)
            case _:
                return self._group(condition, _STEM)

    def head(self, condition: Condition) -> str:
        """Return what stands above the parts of a condition, when they are listed below it."""
        whole = condition.part if isinstance(condition, Not) else condition
        stem = (_NEGATED if isinstance(condition, Not) else _STEM).get(type(whole))
        if stem is None:
            return self.condition(condition)
        return self.wording.head[stem].format(count=getattr(whole, "count", len(children(whole))))

    def _criterion(self, criterion: str, words: str) -> str:
        label = self.say(self.ruleset.criterion[criterion].label)
        return self.wording.labelled_as(label, words)

    def _not(self, part: Condition) -> str:
        """Put a denial in words; a leaf is turned round rather than denied."""
        match part:
            case FactIs(fact=fact, allowed=allowed):
                rest = self.ruleset.fact[fact].domain.full & ~allowed
                return self.condition(FactIs(fact, rest))
            case CriterionIs(criterion=criterion):
                return self._criterion(criterion, self.wording.no)
            case Not(part=inner):
                return self.condition(inner)
            case OutcomeIs() | StatusIs() | RuleIs():
                return self.wording.decision_not.format(text=self._decision(part))
            case _:
                return self._group(part, _NEGATED)

    def _decision(self, condition: OutcomeIs | StatusIs | RuleIs) -> str:
        wording, decision = self.wording, self.ruleset.decision[condition.decision]
        label = self.say(decision.label)
        match condition:
            case OutcomeIs(outcomes=outcomes):
                words = wording.either([self.outcomes[decision.id][one] for one in outcomes])
                return wording.labelled_as(label, words)
            case StatusIs(statuses=statuses):
                words = wording.either([wording.status[one] for one in statuses])
                return wording.labelled_as(label, words)
            case _:
                labels = [self.say(self.ruleset.rule[rule].label) for rule in condition.rules]
                named = wording.either(labels)
                return wording.decision_rule.format(decision=label, words=named)

    def _group(self, condition: Condition, stems: dict[type, str]) -> str:
        parts = children(condition)
        if len(parts) == 1 and isinstance(condition, All | Any):
            return self._not(parts[0]) if stems is _NEGATED else self.condition(parts[0])
        items = "; ".join(self.condition(part) for part in parts)
        template = self.wording.inline[stems[type(condition)]]
        return template.format(count=getattr(condition, "count", len(parts)), items=items)


_STEM: dict[type, str] = {All: "all", Any: "any", AtLeast: "at_least", Exactly: "exactly"}
"""Which templates word a group, and which word its denial."""

_NEGATED: dict[type, str] = {
    All: "not_all",
    Any: "none",
    AtLeast: "fewer",
    Exactly: "not_exactly",
}
