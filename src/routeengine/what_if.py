"""What would be different if some facts were otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routeengine.executors.interface import Inspection
from routeengine.progression.comparison import Change
from routeengine.result import Result
from routeengine.ruleset.conditions import CriterionIs
from routeengine.ruleset.model import RuleSet
from routeengine.truth import Truth
from routeengine.wire import Wire

__all__ = ["Flip", "WhatIf", "flips"]


@dataclass(frozen=True, slots=True)
class Flip:
    """A criterion or rule whose truth is another one now.

    `id` names it; `before` and `after` are its `Truth` then and now.
    """

    id: str
    before: Truth
    after: Truth


@dataclass(frozen=True, slots=True)
class WhatIf(Wire):
    """The classification as it would be, and what differs from the one as it is.

    Attributes:
        before: The classification as it is.
        result: The classification as it would be.
        change: The facts, verdicts and flags that differ.
        criteria: The criteria that hold otherwise, in declared order.
        rules: The rules whose conditions hold otherwise, in declared order.
    """

    before: Result
    result: Result
    change: Change
    criteria: tuple[Flip, ...]
    rules: tuple[Flip, ...]


def flips(
    ruleset: RuleSet, before: Inspection, after: Inspection
) -> tuple[tuple[Flip, ...], tuple[Flip, ...]]:
    """Return the criteria, and the rules, that hold otherwise after than before."""
    criteria: Mapping[str, tuple[Truth, Truth]] = {
        one.id: (before.truth(CriterionIs(one.id)), after.truth(CriterionIs(one.id)))
        for one in ruleset.criteria
    }
    rules = {rule: (before.applies(rule), after.applies(rule)) for rule in ruleset.rule}
    return _flipped(criteria), _flipped(rules)


def _flipped(truths: Mapping[str, tuple[Truth, Truth]]) -> tuple[Flip, ...]:
    return tuple(Flip(name, *two) for name, two in truths.items() if two[0] is not two[1])
