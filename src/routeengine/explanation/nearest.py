"""The fewest facts that would have to be otherwise for another outcome, as nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from routeengine.changes import Move, NearestSets
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import NearestNode
from routeengine.explanation.parts import made
from routeengine.explanation.plan import Plan
from routeengine.profile import State
from routeengine.ruleset.model import Decision

__all__ = ["FindNearest", "Nearest"]

FindNearest: TypeAlias = Callable[[State], Callable[[str], NearestSets | None]]
"""Looks round in a state of knowledge, per decision; None where that is too large."""


class Nearest:
    """The nearest changes of one client, per decision and outcome.

    Where a decision hangs on facts that contradict each other there are none: what is right
    comes first.
    """

    def __init__(self, plan: Plan, facts: Facts, find: FindNearest) -> None:
        self._plan = plan
        self._facts = facts
        clashing = facts.clashing
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}
        self._near = find(facts.state)

    def of(self, decision: Decision) -> Callable[[str], tuple[NearestNode, ...]] | None:
        """Give what tells every set of fewest differences that leads to an outcome.

        None where they were not looked for.
        """
        if not self._clashing.isdisjoint(self._plan.reads[decision.id]):
            return None
        sets = self._near(decision.id)
        if sets is None:
            return None
        return lambda outcome: self._nodes(f"nearest:{decision.id}/{outcome}", sets(outcome))

    def _nodes(self, place: str, sets: Sequence[tuple[Move, ...]]) -> tuple[NearestNode, ...]:
        change = self._facts.change
        return tuple([
            made(
                NearestNode,
                id=f"{place}/{number}",
                changes=tuple([change(m.fact, m.value) for m in moves if not m.answer]),
                answers=tuple([change(m.fact, m.value) for m in moves if m.answer]),
            )
            for number, moves in enumerate(sets, 1)
        ])  # fmt: skip
