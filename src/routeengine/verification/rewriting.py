"""A rule set that says something else: with a part changed or left out, or in other names."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from routeengine.ruleset.conditions import (
    Condition,
    CriterionIs,
    FactIs,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
    walk,
    with_children,
)
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Flag,
    Outcome,
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
    return replace(
        ruleset,
        criteria=tuple(replace(c, when=_renamed(c.when, names)) for c in ruleset.criteria),
        constraints=tuple(
            replace(one, forbids=_renamed(one.forbids, names)) for one in ruleset.constraints
        ),
        decisions=tuple(_decision(one, names) for one in ruleset.decisions),
        flags=tuple(
            replace(one, id=names.flags.get(one.id, one.id), when=_if_any(one.when, names))
            for one in ruleset.flags
        ),
        expectations=(),
        acceptances=(),
    )


def _decision(decision: Decision, names: Names) -> Decision:
    outcomes = tuple(
        replace(one, id=names.outcome(decision.id, one.id)) for one in decision.outcomes
    )
    return replace(
        decision,
        id=names.decisions.get(decision.id, decision.id),
        outcomes=outcomes,
        rules=tuple(_rule(one, decision.id, outcomes, names) for one in decision.rules),
        applies_when=_if_any(decision.applies_when, names),
    )


def _rule(rule: Rule, decision: str, outcomes: tuple[Outcome, ...], names: Names) -> Rule:
    then: str | Review
    if isinstance(rule.then, Review):
        named = {names.outcome(decision, one) for one in rule.then.candidates}
        candidates = tuple(one.id for one in outcomes if one.id in named)
        then = replace(rule.then, candidates=candidates)
    else:
        then = names.outcome(decision, rule.then)
    return replace(rule, when=_if_any(rule.when, names), then=then)


def _if_any(condition: Condition | None, names: Names) -> Condition | None:
    return None if condition is None else _renamed(condition, names)


def _renamed(condition: Condition, names: Names) -> Condition:
    match condition:
        case FactIs(fact=fact, allowed=allowed, written=written):
            values = names.values.get(fact)
            moved = allowed if values is None else values(allowed)
            return FactIs(names.facts.get(fact, fact), moved, written)
        case OutcomeIs(decision=name, outcomes=outcomes):
            other = tuple(names.outcome(name, one) for one in outcomes)
            return OutcomeIs(names.decisions.get(name, name), other)
        case StatusIs(decision=name) | RuleIs(decision=name):
            return replace(condition, decision=names.decisions.get(name, name))
        case CriterionIs():
            return condition
        case _:
            parts = tuple(_renamed(one, names) for one in children(condition))
            return with_children(condition, parts)
