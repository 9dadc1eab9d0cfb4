"""Every rule set that differs from a given one in one small thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from routeengine.mutation.conditions import ConditionKind, changed
from routeengine.ruleset.conditions import Condition, RuleIs, walk
from routeengine.ruleset.model import Constraint, Criterion, Decision, Flag, Review, Rule, RuleSet
from routeengine.ruleset.settling import beaten_by
from routeengine.ruleset.words import Place

Kind: TypeAlias = (
    ConditionKind
    | Literal["outcome", "candidates", "outranks", "rule", "applies_when", "constraint"]
)
"""What was changed: something in a condition, or a rule, decision or constraint as a whole."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, repr=False)
class Mutant:
    """A rule set with one thing changed: `where`, and in words `what` was done there."""

    kind: Kind
    where: str
    what: str
    place: Place
    ruleset: RuleSet

    def __str__(self) -> str:
        """Give place, owner and change in one line."""
        return f"{self.place}: {self.where}: {self.what}"

    def __repr__(self) -> str:
        return f"Mutant({self.where}: {self.what})"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place where a condition stands, and how another one is put there."""

    where: str
    place: Place
    condition: Condition
    put: Callable[[Condition], RuleSet]


def mutants(ruleset: RuleSet) -> Iterator[Mutant]:
    """Yield every mutant of a rule set, conditions first, each in the order of its parts.

    Conditions are changed in every way of `mutation.conditions`; constraints, rules and
    `applies_when` are taken out; outcomes and candidates are swapped, and `outranks` is
    dropped, or added where that makes no circle. Whether a mutant is equivalent, or
    excludes every profile, is not looked at here.
    """
    for slot in _slots(ruleset):
        seen = {slot.condition}
        for one in changed(ruleset, slot.condition):
            if one.condition not in seen:
                seen.add(one.condition)
                yield Mutant(one.kind, slot.where, one.words, slot.place, slot.put(one.condition))
    for constraint in ruleset.constraints:
        rest = tuple(one for one in ruleset.constraints if one is not constraint)
        where, other = f"constraint `{constraint.id}`", replace(ruleset, constraints=rest)
        yield Mutant("constraint", where, "is taken out", constraint.place, other)
    for decision in ruleset.decisions:
        yield from _of_decision(ruleset, decision)


# Conditions


def _slots(ruleset: RuleSet) -> Iterator[_Slot]:
    for constraint in ruleset.constraints:
        yield _of_constraint(ruleset, constraint)
    for criterion in ruleset.criteria:
        yield _of_criterion(ruleset, criterion)
    for decision in ruleset.decisions:
        if decision.applies_when is not None:
            yield _of_applies_when(ruleset, decision, decision.applies_when)
        for rule in decision.rules:
            if rule.when is not None:
                yield _of_rule(ruleset, decision, rule, rule.when)
    for flag in ruleset.flags:
        if flag.when is not None:
            yield _of_flag(ruleset, flag, flag.when)


def _of_constraint(ruleset: RuleSet, constraint: Constraint) -> _Slot:
    def put(condition: Condition) -> RuleSet:
        other = replace(constraint, forbids=condition)
        return replace(ruleset, constraints=_swapped(ruleset.constraints, constraint, other))

    return _Slot(f"constraint `{constraint.id}`", constraint.place, constraint.forbids, put)


def _of_criterion(ruleset: RuleSet, criterion: Criterion) -> _Slot:
    def put(condition: Condition) -> RuleSet:
        other = replace(criterion, when=condition)
        return replace(ruleset, criteria=_swapped(ruleset.criteria, criterion, other))

    return _Slot(f"criterion `{criterion.id}`", criterion.place, criterion.when, put)


def _of_applies_when(ruleset: RuleSet, decision: Decision, applies: Condition) -> _Slot:
    def put(condition: Condition) -> RuleSet:
        return _with_decision(ruleset, decision, replace(decision, applies_when=condition))

    return _Slot(f"decision `{decision.id}`, applies_when", decision.place, applies, put)


def _of_rule(ruleset: RuleSet, decision: Decision, rule: Rule, when: Condition) -> _Slot:
    def put(condition: Condition) -> RuleSet:
        return _with_rule(ruleset, decision, rule, replace(rule, when=condition))

    return _Slot(f"rule `{rule.id}`", rule.place, when, put)


def _of_flag(ruleset: RuleSet, flag: Flag, when: Condition) -> _Slot:
    def put(condition: Condition) -> RuleSet:
        other = replace(flag, when=condition)
        return replace(ruleset, flags=_swapped(ruleset.flags, flag, other))

    return _Slot(f"flag `{flag.id}`", flag.place, when, put)


def _swapped(items: tuple[Item, ...], old: Item, new: Item) -> tuple[Item, ...]:
    return tuple(new if one is old else one for one in items)


def _with_decision(ruleset: RuleSet, old: Decision, new: Decision) -> RuleSet:
    return replace(ruleset, decisions=_swapped(ruleset.decisions, old, new))


def _with_rule(ruleset: RuleSet, decision: Decision, old: Rule, new: Rule) -> RuleSet:
    rules = _swapped(decision.rules, old, new)
    return _with_decision(ruleset, decision, replace(decision, rules=rules))


# Decisions and rules as a whole


def _of_decision(ruleset: RuleSet, decision: Decision) -> Iterator[Mutant]:
    if decision.applies_when is not None:
        always = replace(decision, applies_when=None, not_applicable_because=None)
        other = _with_decision(ruleset, decision, always)
        where = f"decision `{decision.id}`, applies_when"
        yield Mutant("applies_when", where, "is taken out", decision.place, other)
    asked = {
        name
        for condition in ruleset.conditions
        for part in walk(condition)
        if isinstance(part, RuleIs)
        for name in part.rules
    }
    for rule in decision.rules:
        where = f"rule `{rule.id}`"
        for kind, what, new in (*_targets(decision, rule), *_rankings(decision, rule)):
            other = _with_rule(ruleset, decision, rule, new)
            yield Mutant(kind, where, what, rule.place, other)
        if rule.id not in asked and len(decision.rules) > 1:
            other = _with_decision(ruleset, decision, _without(decision, rule))
            yield Mutant("rule", where, "is taken out", rule.place, other)


def _without(decision: Decision, rule: Rule) -> Decision:
    """Take a rule out; what outranked it outranks what it outranked, as before."""
    rules = tuple(
        replace(one, outranks=_inherited(one, rule)) for one in decision.rules if one is not rule
    )
    return replace(decision, rules=rules)


def _inherited(one: Rule, gone: Rule) -> tuple[str, ...]:
    if gone.id not in one.outranks:
        return one.outranks
    kept = dict.fromkeys((*one.outranks, *gone.outranks))
    return tuple(name for name in kept if name != gone.id)


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
    beaten = beaten_by(decision)
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
