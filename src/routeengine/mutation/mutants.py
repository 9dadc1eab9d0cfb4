"""Every rule set that differs from a given one in one small thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from routeengine.mutation.conditions import ConditionKind, changed
from routeengine.ruleset.model import Decision, Review, Rule, RuleSet
from routeengine.ruleset.resolution import outranked_by
from routeengine.ruleset.words import Place
from routeengine.verification.parts import rules_asked, with_part

Kind: TypeAlias = (
    ConditionKind
    | Literal["outcome", "candidates", "outranks", "rule", "applies_when", "constraint"]
)
"""What was changed: something in a condition, or a rule, decision or constraint as a whole."""


@dataclass(frozen=True, slots=True, repr=False)
class Mutant:
    """A rule set with one thing changed: `where`, and in words `what` was done there."""

    kind: Kind
    where: str
    what: str
    place: Place
    ruleset: RuleSet

    def __str__(self) -> str:
        """Return place, owner and change in one line."""
        return f"{self.place}: {self.where}: {self.what}"

    def __repr__(self) -> str:
        return f"Mutant({self.where}: {self.what})"


def mutants(ruleset: RuleSet) -> Iterator[Mutant]:
    """Yield every mutant of a rule set, conditions first, each in the order of its parts.

    Conditions are changed in every way of `mutation.conditions`; constraints, rules and
    `applies_when` are taken out; outcomes and candidates are swapped, and `outranks` is
    dropped, or added if that makes no circle. Whether a mutant is equivalent, or
    excludes every profile, is not looked at here.
    """
    for kind, owner, field, condition in ruleset.owned_conditions():
        where = f"{kind} `{owner.id}`"
        if field == "applies_when":
            where += ", applies_when"
        # Two ways to change a condition may come to the same one.
        seen = {condition}
        for one in changed(ruleset, condition):
            if one.condition not in seen:
                seen.add(one.condition)
                change: dict[str, Any] = {field: one.condition}
                other = with_part(ruleset, owner, replace(owner, **change))
                yield Mutant(one.kind, where, one.words, owner.place, other)
    for constraint in ruleset.constraints:
        where, other = f"constraint `{constraint.id}`", with_part(ruleset, constraint, None)
        yield Mutant("constraint", where, "is taken out", constraint.place, other)
    asked = rules_asked(ruleset)
    for decision in ruleset.decisions:
        yield from _of_decision(ruleset, decision, asked)


def _of_decision(ruleset: RuleSet, decision: Decision, asked: frozenset[str]) -> Iterator[Mutant]:
    """Yield what can be done to a decision and its rules as a whole."""
    if decision.applies_when is not None:
        always = replace(decision, applies_when=None, not_applicable_because=None)
        other = with_part(ruleset, decision, always)
        where = f"decision `{decision.id}`, applies_when"
        yield Mutant("applies_when", where, "is taken out", decision.place, other)
    for rule in decision.rules:
        where = f"rule `{rule.id}`"
        for kind, what, new in (*_targets(decision, rule), *_rankings(decision, rule)):
            yield Mutant(kind, where, what, rule.place, with_part(ruleset, rule, new))
        if rule.id not in asked and len(decision.rules) > 1:
            other = with_part(ruleset, decision, _without(decision, rule))
            yield Mutant("rule", where, "is taken out", rule.place, other)


def _without(decision: Decision, rule: Rule) -> Decision:
    """Take a rule out; what outranked it outranks what it outranked, as before."""
    rules = tuple(
        replace(one, outranks=_inherited(one, rule)) for one in decision.rules if one is not rule
    )
    return replace(decision, rules=rules)


def _inherited(one: Rule, gone: Rule) -> tuple[str, ...]:
    # If x outranks y, and y outranks z, then x outranks z by way of y. Without y, x has to say so
    # itself, or the mutant would differ in two things: what is found missing would not be clear.
    if gone.id not in one.outranks:
        return one.outranks
    both = dict.fromkeys((*one.outranks, *gone.outranks))
    return tuple(name for name in both if name != gone.id)


def _targets(decision: Decision, rule: Rule) -> Iterator[tuple[Kind, str, Rule]]:
    """Yield the rule with another outcome, or other candidates."""
    outcomes = [outcome.id for outcome in decision.outcomes]
    if not isinstance(rule.then, Review):
        for outcome in outcomes:
            if outcome != rule.then:
                words = f"leads to `{outcome}` instead of `{rule.then}`"
                yield "outcome", words, replace(rule, then=outcome)
        words = f"asks for review of `{rule.then}` instead of deciding it"
        yield "outcome", words, replace(rule, then=Review((rule.then,)))
        return
    candidates = rule.then.candidates
    for outcome in outcomes:
        if outcome in candidates:
            rest = tuple(one for one in candidates if one != outcome)
            # A review without candidates says why; any reason will do, as nobody reads it.
            fewer = Review(rest, None if rest else rule.reason)
            yield "candidates", f"the candidate `{outcome}` is left out", replace(rule, then=fewer)
            words = f"decides `{outcome}` instead of asking for review"
            yield "outcome", words, replace(rule, then=outcome)
        else:
            more = Review(tuple(one for one in outcomes if one in (*candidates, outcome)))
            yield "candidates", f"`{outcome}` becomes a candidate", replace(rule, then=more)


def _rankings(decision: Decision, rule: Rule) -> Iterator[tuple[Kind, str, Rule]]:
    """Yield the rule outranking one rule less, or one more."""
    beaten = outranked_by(decision)
    for other in decision.rules:
        if other.id in rule.outranks:
            rest = tuple(one for one in rule.outranks if one != other.id)
            words = f"does not outrank `{other.id}`"
            yield "outranks", words, replace(rule, outranks=rest)
            continue
        related = rule.id in beaten[other.id] or other.id in beaten[rule.id]
        # What it beats by way of others says nothing new; what beats it would close a circle.
        if other is not rule and not related:
            words = f"outranks `{other.id}` too"
            yield "outranks", words, replace(rule, outranks=(*rule.outranks, other.id))
