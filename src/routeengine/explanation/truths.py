"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from routeengine.executors.interface import Inspection
from routeengine.explanation.facts import Facts
from routeengine.explanation.plan import Plan
from routeengine.explanation.spots import UNSHARED, Look, Spot, remember
from routeengine.result import Verdict
from routeengine.ruleset.conditions import Condition, FactIs, OutcomeIs, StatusIs
from routeengine.truth import Truth

__all__ = ["Ask", "Looks", "asking", "broken"]

Ask = Callable[[Condition], Truth]
"""Answers on a condition that its parts do not settle."""


class Looks:
    """What one client's facts make of every condition; each distinct condition is looked at once.

    The executor is asked, with `ask`, only about what the parts of a condition do not settle.
    """

    def __init__(self, plan: Plan, facts: Facts, ask: Ask) -> None:
        self._ask = ask
        self._found = facts.looks()
        for spot in plan.always:
            self._look(spot)

    def of(self, spot: Spot) -> Truth:
        """Give the truth of the condition at a spot, on everything that is still possible."""
        return self.at(spot).truth

    def at(self, spot: Spot) -> Look:
        """Look at the condition at a spot."""
        look = self._found.get(spot.number)
        if look is None:
            for part in spot.parts:
                self.at(part)
            look = self._look(spot)
        return look

    def _look(self, spot: Spot) -> Look:
        """Look at a condition whose parts were looked at."""
        parts = spot.looks_of(self._found)
        look = spot.looks.get(parts) if spot.shared else None
        if look is None:
            key: tuple[object, ...] = parts
            truth = spot.settled(parts)
            if truth is None:
                truth = self._ask(spot.condition)
                key = (truth, *parts)
            look = UNSHARED[truth]
            if spot.shared:
                look = spot.looks.get(key) or remember(spot.looks, key, Look(truth))
        self._found[spot.number] = look
        return look


def broken(spot: Spot, values: Mapping[str, int]) -> bool:
    """Say whether a condition is certain to hold by these values alone, and nothing else."""

    def of(spot: Spot) -> Truth:
        condition = spot.condition
        if isinstance(condition, FactIs):
            left = values[condition.fact]
            return Truth.of(bool(left & condition.allowed), bool(left & ~condition.allowed))
        return spot.settled([UNSHARED[of(part)] for part in spot.parts]) or Truth.OPEN

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
