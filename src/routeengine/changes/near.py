"""What is nearest to a client: the fewest differences that lead to each outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from routeengine.changes.model import NEAR, Move
from routeengine.changes.terrain import Position, Terrain
from routeengine.errors import BudgetError
from routeengine.profile import State
from routeengine.symbolic.neighbours import Neighbours, Step, Steps

MOST_WAYS = 20_000
"""Partial sets of steps that are looked into: it has to be done soon."""

Found: TypeAlias = Callable[[str], Sequence[Steps]]
"""Gives the sets of fewest steps to an outcome, in the order of facts as they are declared."""


class Near:
    """All sets of fewest steps from one state of knowledge, at most `NEAR`.

    "review" and "not_applicable" are among the outcomes, and so is what the verdict is
    already, with the empty set.
    """

    def __init__(self, terrain: Terrain, state: State) -> None:
        self._terrain = terrain
        self._position = Position(terrain, state)

    def of(self, decision: str) -> Found | None:
        """Give what gives the sets for one decision; None where it is too large to be searched."""
        position = self._position
        try:
            ground = self._terrain.ground(decision)
            found = Neighbours(ground, position.may, position.go, NEAR, MOST_WAYS).nearest()
        except BudgetError:
            return None
        keys = self._terrain.keys(decision)
        return lambda outcome: self._terrain.ordered(found.get(keys.index(outcome), ()))

    def move(self, step: Step) -> Move:
        """Give a step as the value that its fact would have."""
        return self._position.move(step)
