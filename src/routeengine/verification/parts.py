"""The parts of a rule set that say something: one exchanged for another, and who asks for whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from routeengine.ruleset.conditions import RuleIs, walk
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Flag,
    Part,
    Rule,
    RuleSet,
    Score,
)

_FIELDS = {
    Constraint: "constraints",
    Criterion: "criteria",
    Score: "scores",
    Decision: "decisions",
    Flag: "flags",
}


def with_part(ruleset: RuleSet, old: Part, new: Part | None) -> RuleSet:
    """Return the rule set with one part replaced by another, or left out if that is None.

    What outranked a rule that is left out outranks what that one did, as before.
    """
    if isinstance(old, Rule):
        decision = ruleset.decision_of[old.id]
        rules = _swapped(decision.rules, old, new)
        if new is None:
            rules = tuple(replace(one, outranks=_inherited(one, old)) for one in rules)
        return with_part(ruleset, decision, replace(decision, rules=rules))
    field = _FIELDS[type(old)]
    change: dict[str, Any] = {field: _swapped(getattr(ruleset, field), old, new)}
    return replace(ruleset, **change)


def _swapped(parts: tuple[Part, ...], old: Part, new: Part | None) -> tuple[Any, ...]:
    return tuple(new if one is old else one for one in parts if one is not old or new is not None)


def _inherited(rule: Rule, gone: Rule) -> tuple[str, ...]:
    # If x outranks y, and y outranks z, then x outranks z by way of y. Without y, x has to say so
    # itself, or two things would differ: what is missing in the cases would not be clear.
    if gone.id not in rule.outranks:
        return rule.outranks
    both = dict.fromkeys((*rule.outranks, *gone.outranks))
    return tuple(name for name in both if name != gone.id)


def rules_asked(ruleset: RuleSet) -> frozenset[str]:
    """Return the rules that a condition asks for by name."""
    asked = [part.rules for part in walk(*ruleset.conditions) if isinstance(part, RuleIs)]
    return frozenset().union(*asked)
