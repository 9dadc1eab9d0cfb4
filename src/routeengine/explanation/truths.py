"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from routeengine.executors.interface import Inspection
from routeengine.explanation.plan import Spot
from routeengine.result import Verdict
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

__all__ = ["Truths", "asking"]

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
        if settled is None:
            # Open parts that have nothing to do with each other leave the whole open.
            settled = Truth.OPEN if spot.independent else self._ask(condition)
        return settled


def asking(inspection: Inspection, verdicts: Mapping[str, Verdict]) -> Callable[[Condition], Truth]:
    """Give what answers about conditions: from the verdicts where they say it already."""

    def ask(condition: Condition) -> Truth:
        if isinstance(condition, OutcomeIs | StatusIs):
            verdict = verdicts[condition.decision]
            # A contradiction is no answer on what is possible without the facts that clash.
            if verdict.reason != "contradiction":
                holds = [_meets(condition, key) for key in verdict.possible]
                return Truth.of(True in holds, False in holds)
        return inspection.truth(condition)

    return ask


def _meets(condition: OutcomeIs | StatusIs, key: str) -> bool:
    """Say whether a condition on a decision holds where it ends in an outcome or status."""
    if isinstance(condition, OutcomeIs):
        return key in condition.outcomes
    return (key if key in ("review", "not_applicable") else "decided") in condition.statuses


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
        case _:
            low, high = condition.count, condition.count
    if true > high or true + open_ < low:
        return Truth.FALSE
    if true >= low and true + open_ <= high:
        return Truth.TRUE
    return Truth.OPEN if open_ == 1 else None
