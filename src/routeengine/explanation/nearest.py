"""The fewest facts that would have to be otherwise for another outcome, as nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

from routeengine.changes import NearestSets
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import NearestNode
from routeengine.explanation.plan import Plan
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.ruleset.model import Decision

__all__ = ["FindNearest", "Nearest"]

FindNearest: TypeAlias = Callable[[State], NearestSets]
"""Looks round in a state of knowledge."""


class Nearest:
    """The nearest changes of one client, per decision and outcome.

    Where a decision hangs on facts in `clashing`, which contradict each other, there are none: what
    is right comes first.
    """

    def __init__(
        self, plan: Plan, facts: Facts, find: FindNearest, clashing: Collection[str]
    ) -> None:
        self._plan = plan
        self._facts = facts
        self._find = find
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}

    @cached_property
    def _sets(self) -> NearestSets:
        return self._find(self._facts.state)

    def nodes(self, decision: Decision, outcome: str) -> tuple[NearestNode, ...] | None:
        """Give every set of fewest differences; None where they were not looked for."""
        if not self._clashing.isdisjoint(self._plan.reads[decision.id]):
            return None
        sets, change = self._sets(decision.id, outcome), self._facts.change
        if sets is None:
            return None
        return tuple([
            NearestNode(
                id=f"nearest:{decision.id}/{outcome}/{number}",
                changes=tuple([change(*one) for one in found.changes.items()]),
                answers=tuple([change(*one) for one in found.answers.items()]),
            )
            for number, found in enumerate(sets, 1)
        ])  # fmt: skip
