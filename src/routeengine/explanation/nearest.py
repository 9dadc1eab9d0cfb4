"""The fewest facts that would have to be otherwise for another outcome, as nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from routeengine.changes import Origin
from routeengine.explanation.facts import Facts
from routeengine.explanation.parts import ChangeNode, NearestNode, made
from routeengine.explanation.plan import Plan
from routeengine.profile import State
from routeengine.ruleset.model import Decision
from routeengine.symbolic.neighbours import Step, Steps

LookRound: TypeAlias = Callable[[State], Origin]
"""Looks round from a state of knowledge."""


class Nearest:
    """The nearest changes of one client, per decision and outcome.

    Where a decision hangs on facts that contradict each other there are none: what is right
    comes first.
    """

    def __init__(self, plan: Plan, facts: Facts, look_round: LookRound) -> None:
        self._plan = plan
        self._facts = facts
        clashing = facts.clashing
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}
        self._near = look_round(facts.state)
        # Per step the node, and whether it is the answer to a question.
        self._known: dict[Step, tuple[ChangeNode, bool]] = {}

    def of(self, decision: Decision) -> Callable[[str], tuple[NearestNode, ...]] | None:
        """Give what tells every set of fewest differences that leads to an outcome.

        None where they were not looked for.
        """
        if not self._clashing.isdisjoint(self._plan.reads[decision.id]):
            return None
        sets = self._near.of(decision.id)
        if sets is None:
            return None
        return lambda outcome: self._nodes(f"nearest:{decision.id}/{outcome}", sets(outcome))

    def _nodes(self, place: str, sets: Sequence[Steps]) -> tuple[NearestNode, ...]:
        nodes = []
        for number, steps in enumerate(sets, 1):
            changes: list[ChangeNode] = []
            answers: list[ChangeNode] = []
            for step in steps:
                node, answer = self._known.get(step) or self._look_up(step)
                (answers if answer else changes).append(node)
            nodes.append(
                made(
                    NearestNode,
                    id=f"{place}/{number}",
                    changes=tuple(changes),
                    answers=tuple(answers),
                )
            )
        return tuple(nodes)

    def _look_up(self, step: Step) -> tuple[ChangeNode, bool]:
        move = self._near.move(step)
        known = self._known[step] = self._facts.change(move.fact, move.value), move.answer
        return known
