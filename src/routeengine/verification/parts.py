"""The parts of a rule set with a meaning: their conditions, and one exchanged for another."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, Exactly, RuleIs, walk
from routeengine.ruleset.model import Constraint, Criterion, Decision, Flag, Rule, RuleSet

Part: TypeAlias = Constraint | Criterion | Decision | Flag | Rule
"""A part of a rule set that has conditions, or rules that have them."""

_FIELDS = {
    Constraint: "constraints",
    Criterion: "criteria",
    Decision: "decisions",
    Flag: "flags",
}


WORDS = {All: "all", Any: "any", AtLeast: "at_least", Exactly: "exactly"}
"""How rule files call what combines conditions."""


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
