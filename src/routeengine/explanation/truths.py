"""The exact truth of every condition, with as few questions to the executor as can be."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.executors.interface import Inspection
from routeengine.explanation.sites import ConditionSite, compared
from routeengine.result import Verdict
from routeengine.ruleset.conditions import FactIs, OutcomeIs, StatusIs
from routeengine.truth import Truth


class ConditionTruths:
    """What is true of each condition for one client, on everything that is still possible.

    `values` are the values that each fact can still have. The executor is asked only about what
    neither the parts of a condition settle nor a verdict.
    """

    def __init__(
        self,
        values: Mapping[str, int],
        inspection: Inspection,
        verdicts: Mapping[str, Verdict],
    ) -> None:
        self._values = values
        self._inspection = inspection
        self._verdicts = verdicts
        # By the number of the condition: equal conditions are equally true.
        self._found: dict[int, Truth] = {}

    def of(self, site: ConditionSite) -> Truth:
        """Return the truth of the condition at a site."""
        truth = self._found.get(site.number)
        if truth is None:
            truth = self._found[site.number] = self._find(site)
        return truth

    def _find(self, site: ConditionSite) -> Truth:
        condition = site.condition
        if isinstance(condition, FactIs):
            return compared(self._values[condition.fact], condition.allowed)
        if isinstance(condition, OutcomeIs | StatusIs):
            verdict = self._verdicts[condition.decision]
            # A contradiction is no answer on what is possible without the facts that clash.
            if verdict.reason != "contradiction":
                holds = [_meets(condition, key) for key in verdict.possible]
                return Truth.of(True in holds, False in holds)
        settled = site.settled([self.of(part) for part in site.parts])
        return self._inspection.truth(condition) if settled is None else settled


def _meets(condition: OutcomeIs | StatusIs, key: str) -> bool:
    """Return whether a condition on a decision holds if that ends in this outcome or status."""
    if isinstance(condition, OutcomeIs):
        return key in condition.outcomes
    return (key if key in ("review", "not_applicable") else "decided") in condition.statuses
