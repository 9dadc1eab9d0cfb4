"""The parts of a rule set that say something: one exchanged for another, and who asks for whom."""

from __future__ import annotations

import typing
from dataclasses import replace

from routeengine.ruleset.conditions import All, Any, AtLeast, Exactly, RuleIs, walk
from routeengine.ruleset.model import Constraint, Criterion, Decision, Flag, Part, Rule, RuleSet

_FIELDS = {
    Constraint: "constraints",
    Criterion: "criteria",
    Decision: "decisions",
    Flag: "flags",
}


WORDS = {All: "all", Any: "any", AtLeast: "at_least", Exactly: "exactly"}
"""How rule files call what combines conditions."""


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
