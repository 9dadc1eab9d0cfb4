"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from routeengine.executors.interface import Inspection
from routeengine.explanation.facts import Facts
from routeengine.explanation.plan import Plan
from routeengine.explanation.spots import Look, Spot, remember
from routeengine.result import Verdict
from routeengine.ruleset.conditions import Condition, FactIs, OutcomeIs, StatusIs
from routeengine.truth import Truth

__all__ = ["Ask", "Looks", "asking", "broken"]

Ask = Callable[[Condition], Truth]
"""Answers on a condition that its parts do not settle."""

_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}


class Looks:
    """What one client's facts make of every condition; each distinct condition is looked at once.

    The executor is asked, with `ask`, only about what the parts of a condition do not settle.
    """

    def __init__(self, plan: Plan, facts: Facts, ask: Ask) -> None:
        self._ask = ask
        self._found = found = facts.looks()
        for spot in plan.always:
            parts = spot.pick(found)
            found[spot.number] = spot.looks.get(parts) or self._look(spot, parts)

    def of(self, spot: Spot) -> Truth:
        """Give the truth of the condition at a spot, on everything that is still possible."""
        return self.at(spot).truth

    def at(self, spot: Spot) -> Look:
        """Look at the condition at a spot."""
        look = self._found.get(spot.number)
        if look is None:
            parts = tuple([self.at(part) for part in spot.parts])
            look = self._found[spot.number] = spot.looks.get(parts) or self._look(spot, parts)
        return look

    def below(self, spot: Spot) -> Mapping[int, Look]:
        """Give the looks at a condition and at all below it, by number."""
        self.at(spot)
        return self._found

    def _look(self, spot: Spot, parts: tuple[Look, ...]) -> Look:
        """Give the one look that there is of these parts, and of the truth where they leave it."""
        truth = settled(spot, [part.truth for part in parts])
        if truth is not None:
            return remember(spot.looks, parts, Look(truth))
        truth = self._ask(spot.condition)
        key = (truth, *parts)
        return spot.looks.get(key) or remember(spot.looks, key, Look(truth))


def settled(spot: Spot, parts: Sequence[Truth]) -> Truth | None:
    """Give the truth of a condition from those of its parts; None where they do not settle it.

    Three-valued logic is right wherever it gives true or false, and wherever just
    one part of an "all" or "any" is open while the others do not decide; so are open
    parts that have nothing to do with each other.
    """
    match spot.node.kind:
        case "criterion":
            return parts[0]
        case "not":
            return _OPPOSITE[parts[0]]
        case "outcome" | "status" | "rule":
            return None
    true, open_ = parts.count(Truth.TRUE), parts.count(Truth.OPEN)
    if true > spot.high or true + open_ < spot.low:
        return Truth.FALSE
    if true >= spot.low and true + open_ <= spot.high:
        return Truth.TRUE
    return Truth.OPEN if open_ == 1 or spot.independent else None


def broken(spot: Spot, values: Mapping[str, int]) -> bool:
    """Say whether a condition is certain to hold by these values alone, and nothing else."""

    def of(spot: Spot) -> Truth:
        condition = spot.condition
        if isinstance(condition, FactIs):
            left = values[condition.fact]
            return Truth.of(bool(left & condition.allowed), bool(left & ~condition.allowed))
        return settled(spot, [of(part) for part in spot.parts]) or Truth.OPEN

    return of(spot) is Truth.TRUE


def asking(inspection: Inspection, verdicts: Mapping[str, Verdict]) -> Ask:
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
