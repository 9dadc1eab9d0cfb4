"""The fewest facts that would have to be otherwise for another outcome, as nodes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from routeengine.changes import ChangeSet, can_act
from routeengine.explanation.model import ChangeNode, NearestNode
from routeengine.explanation.plan import Plan
from routeengine.profile import State
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Decision

__all__ = ["FindNearest", "Nearest"]

FindNearest: TypeAlias = Callable[[State, str], Mapping[str, tuple[ChangeSet, ...]] | None]
"""Gives the nearest change sets of a decision per outcome, or None where it is too large."""


class Nearest:
    """The nearest changes of one client, per decision and outcome.

    Where a decision hangs on facts in `clashing`, which contradict each other, there are none: what
    is right comes first.
    """

    def __init__(
        self, plan: Plan, state: State, find: FindNearest, clashing: Collection[str]
    ) -> None:
        self._plan = plan
        self._state = state
        self._find = find
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}
        self._found: dict[str, Mapping[str, tuple[ChangeSet, ...]] | None] = {}

    def distance(self, decision: Decision, outcome: str) -> int | None:
        """Give how many facts differ at least; None where that is more than are looked for."""
        sets = (self._sets(decision) or {}).get(outcome)
        return sets[0].size if sets else None

    def nodes(self, decision: Decision, outcome: str) -> tuple[NearestNode, ...] | None:
        """Give every set of so few differences; None where it was not looked for."""
        sets = self._sets(decision)
        if sets is None:
            return None
        return tuple(
            NearestNode(
                id=f"nearest:{decision.id}/{outcome}/{number}",
                changes=tuple([self._node(*one) for one in found.changes.items()]),
                answers=tuple([self._node(*one) for one in found.answers.items()]),
            )
            for number, found in enumerate(sets.get(outcome, ()), 1)
        )

    def _sets(self, decision: Decision) -> Mapping[str, tuple[ChangeSet, ...]] | None:
        if not self._clashing.isdisjoint(self._plan.reads[decision.id]):
            return None
        if decision.id not in self._found:
            self._found[decision.id] = self._find(self._state, decision.id)
        return self._found[decision.id]

    def _node(self, name: str, value: Value) -> ChangeNode:
        plan, known = self._plan, self._state[name]
        fact = plan.ruleset.fact[name]
        index = fact.domain.index(value) or 0
        cell = next(cell for cell in plan.cells[name] if cell >> index & 1)
        answer = known.allowed.bit_count() > 1
        now = fact.domain.value(known.allowed.bit_length() - 1)
        return ChangeNode(
            fact=name,
            label=plan.facts[name].label,
            now=plan.wording.unknown
            if known.allowed == fact.domain.full
            else plan.phrases.values(fact, known.allowed),
            words=plan.phrases.values(fact, cell & known.allowed if answer else cell),
            value=value,
            actionable=not answer and can_act(fact, now, value),
        )
