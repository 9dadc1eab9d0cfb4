"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.executors.interface import Inspection
from routeengine.explanation.facts import Facts
from routeengine.explanation.plan import Plan
from routeengine.explanation.spots import UNSHARED, Look, Spot, remember
from routeengine.result import Verdict
from routeengine.ruleset.conditions import FactIs, OutcomeIs, StatusIs
from routeengine.truth import Truth


class Looks:
    """What one client's facts make of every condition; each distinct condition is looked at once.

    The executor is asked only about what neither the parts of a condition settle nor a verdict.
    """

    def __init__(
        self, plan: Plan, facts: Facts, inspection: Inspection, verdicts: Mapping[str, Verdict]
    ) -> None:
        self._inspection = inspection
        self._verdicts = verdicts
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

    def below(self, spot: Spot) -> Mapping[int, Look]:
        """Give the looks at the condition at a spot and at all below it, by their numbers."""
        self.at(spot)
        return self._found

    def _look(self, spot: Spot) -> Look:
        """Look at a condition whose parts were looked at."""
        parts = spot.looks_of(self._found)
        if spot.refers and not parts:
            look = self._referring(spot)
        elif spot.shared:
            look = self._shared(spot, parts)
        else:
            look = UNSHARED[spot.settled(parts) or self._inspection.truth(spot.condition)]
        self._found[spot.number] = look
        return look

    def _shared(self, spot: Spot, parts: tuple[Look, ...]) -> Look:
        key: tuple[object, ...] = parts
        look = spot.looks.get(key)
        if look is None:
            truth = spot.settled(parts)
            if truth is None:
                truth = self._inspection.truth(spot.condition)
                key = (truth, *parts)
            look = spot.looks.get(key) or remember(spot.looks, key, Look(truth))
        return look

    def _referring(self, spot: Spot) -> Look:
        """Look at a condition on another decision, of which the verdict often says enough."""
        condition = spot.condition
        if isinstance(condition, OutcomeIs | StatusIs):
            verdict = self._verdicts[condition.decision]
            # A contradiction is no answer on what is possible without the facts that clash.
            if verdict.reason != "contradiction":
                look = spot.looks.get(verdict.possible)
                if look is None:
                    holds = [_meets(condition, key) for key in verdict.possible]
                    look = UNSHARED[Truth.of(True in holds, False in holds)]
                    remember(spot.looks, verdict.possible, look)
                return look
        return UNSHARED[self._inspection.truth(condition)]


def broken(spot: Spot, values: Mapping[str, int]) -> bool:
    """Say whether a condition is certain to hold by these values alone, and nothing else."""

    def of(spot: Spot) -> Truth:
        condition = spot.condition
        if isinstance(condition, FactIs):
            left = values[condition.fact]
            return Truth.of(bool(left & condition.allowed), bool(left & ~condition.allowed))
        return spot.settled([UNSHARED[of(part)] for part in spot.parts]) or Truth.OPEN

    return of(spot) is Truth.TRUE


def _meets(condition: OutcomeIs | StatusIs, key: str) -> bool:
    """Say whether a condition on a decision holds where it ends in an outcome or status."""
    if isinstance(condition, OutcomeIs):
        return key in condition.outcomes
    return (key if key in ("review", "not_applicable") else "decided") in condition.statuses
