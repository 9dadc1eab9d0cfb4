"""A rule set that says something else: with a part changed or left out, or in other names."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import partial
from typing import NamedTuple, TypeAlias

from routeengine.ruleset.conditions import (
    Condition,
    FactIs,
    OutcomeIs,
    RuleIs,
    StatusIs,
    walk,
)
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Flag,
    Review,
    Rule,
    RuleSet,
)

Part: TypeAlias = Constraint | Criterion | Decision | Flag | Rule
"""A part of a rule set that has conditions, or rules that have them."""

_FIELDS = {
    Constraint: "constraints",
    Criterion: "criteria",
    Decision: "decisions",
    Flag: "flags",
}


class Site(NamedTuple):
    """A condition, and the part of a rule set that it is a field of."""

    kind: str
    part: Part
    field: str
    condition: Condition


def sites(ruleset: RuleSet) -> Iterator[Site]:
    """Yield every condition that can change an answer, with what it belongs to."""
    for constraint in ruleset.constraints:
        yield Site("constraint", constraint, "forbids", constraint.forbids)
    for criterion in ruleset.criteria:
        yield Site("criterion", criterion, "when", criterion.when)
    for decision in ruleset.decisions:
        if decision.applies_when is not None:
            yield Site("decision", decision, "applies_when", decision.applies_when)
        for rule in decision.rules:
            if rule.when is not None:
                yield Site("rule", rule, "when", rule.when)
    for flag in ruleset.flags:
        if flag.when is not None:
            yield Site("flag", flag, "when", flag.when)


def with_part(ruleset: RuleSet, old: Part, new: Part | None) -> RuleSet:
    """Return the rule set with one part replaced by another, or left out if that is None."""
    if isinstance(old, Rule):
        decision = ruleset.decision_of[old.id]
        other = replace(decision, rules=_swapped(decision.rules, old, new))
        return with_part(ruleset, decision, other)
    field = _FIELDS[type(old)]
    change: dict[str, typing.Any] = {field: _swapped(getattr(ruleset, field), old, new)}
    return replace(ruleset, **change)


def _swapped(parts: tuple[Part, ...], old: Part, new: Part | None) -> tuple[typing.Any, ...]:
    return tuple(new if one is old else one for one in parts if one is not old or new is not None)


def rules_asked(ruleset: RuleSet) -> frozenset[str]:
    """Return the rules that a condition asks for by name."""
    parts = (part for condition in ruleset.conditions for part in walk(condition))
    return frozenset(rule for part in parts if isinstance(part, RuleIs) for rule in part.rules)


@dataclass(frozen=True, slots=True)
class Names:
    """What is called otherwise: per old id the new one; outcomes per old decision.

    `values` gives, per old fact, its sets of values in the numbers of another domain.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[str, Callable[[int], int]] = field(default_factory=dict)

    def outcome(self, decision: str, outcome: str) -> str:
        """Return the new id of an outcome of an old decision."""
        return self.outcomes.get((decision, outcome), outcome)


def renamed(ruleset: RuleSet, names: Names) -> RuleSet:
    """Return the rules of a rule set in these names; its facts stay for the caller to set."""
    bare = replace(ruleset, expectations=(), acceptances=())
    other: RuleSet = _rebuilt(bare, partial(_renamed, names))
    return other


def _rebuilt(part: typing.Any, change: Callable[[object], object]) -> typing.Any:
    """Return a part of a rule set with all that it is made of changed, from the inside out."""
    if isinstance(part, tuple):
        return tuple(_rebuilt(one, change) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    inside = {one.name: _rebuilt(getattr(part, one.name), change) for one in fields(part)}
    return change(replace(part, **inside))


def _renamed(names: Names, part: object) -> object:
    """Return a part in other names, whatever is inside it aside."""
    match part:
        case FactIs(fact=fact, allowed=allowed):
            values = names.values.get(fact)
            moved = allowed if values is None else values(allowed)
            return replace(part, fact=names.facts.get(fact, fact), allowed=moved)
        case OutcomeIs(decision=name, outcomes=outcomes):
            other = tuple(names.outcome(name, one) for one in outcomes)
            return OutcomeIs(names.decisions.get(name, name), other)
        case StatusIs(decision=name) | RuleIs(decision=name):
            return replace(part, decision=names.decisions.get(name, name))
        case Decision():
            return _decision(names, part)
        case Flag():
            return replace(part, id=names.flags.get(part.id, part.id))
        case _:
            return part


def _decision(names: Names, decision: Decision) -> Decision:
    name = partial(names.outcome, decision.id)
    outcomes = tuple(replace(one, id=name(one.id)) for one in decision.outcomes)

    def leading(rule: Rule) -> Rule:
        if not isinstance(rule.then, Review):
            return replace(rule, then=name(rule.then))
        named = set(map(name, rule.then.candidates))
        candidates = tuple(one.id for one in outcomes if one.id in named)
        return replace(rule, then=replace(rule.then, candidates=candidates))

    rules = tuple(map(leading, decision.rules))
    other = names.decisions.get(decision.id, decision.id)
    return replace(decision, id=other, outcomes=outcomes, rules=rules)
