"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from routeengine.explanation.plan import Spot
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
)
from routeengine.truth import Truth

__all__ = ["Truths"]

Group: TypeAlias = All | Any | AtLeast | Exactly

_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}


class Truths:
    """Truth on everything that is still possible, found once per distinct condition.

    Three-valued logic is right wherever it gives true or false, and wherever just
    one part of an "all" or "any" is open while the others do not decide. The
    executor is asked, with `ask`, only about the rest. `values` are the values that
    each fact may have, as bits.
    """

    def __init__(self, ask: Callable[[Condition], Truth], values: Mapping[str, int]) -> None:
        self._ask = ask
        self._values = values
        self._found: dict[int, Truth] = {}

    def of(self, spot: Spot) -> Truth:
        """Give the truth of the condition at a spot."""
        truth = self._found.get(spot.number)
        if truth is None:
            truth = self._found[spot.number] = self._work_out(spot)
        return truth

    def _work_out(self, spot: Spot) -> Truth:
        condition = spot.condition
        match condition:
            case FactIs(fact=fact, allowed=allowed):
                left = self._values[fact]
                return Truth.of(bool(left & allowed), bool(left & ~allowed))
            case CriterionIs():
                return self.of(spot.parts[0])
            case Not():
                return _OPPOSITE[self.of(spot.parts[0])]
            case OutcomeIs() | StatusIs() | RuleIs():
                return self._ask(condition)
        truths = [self.of(part) for part in spot.parts]
        settled = settle(condition, truths.count(Truth.TRUE), truths.count(Truth.OPEN), len(truths))
        return self._ask(condition) if settled is None else settled


def settle(condition: Group, true: int, open_: int, parts: int) -> Truth | None:
    """Give the truth of a group from how many parts hold and are open.

    None where more than one part is open and the others do not decide: then the
    parts may hang together.
    """
    match condition:
        case All():
            low, high = parts, parts
        case Any():
            low, high = 1, parts
        case AtLeast(count=count):
            low, high = count, parts
        case Exactly(count=count):
            low, high = count, count
    if true > high or true + open_ < low:
        return Truth.FALSE
    if true >= low and true + open_ <= high:
        return Truth.TRUE
    return Truth.OPEN if open_ == 1 else None
