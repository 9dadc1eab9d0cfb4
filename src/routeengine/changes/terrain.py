"""Where changes are looked for: the facts as levels and cells, and a client among them."""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.bits import highest, lowest
from routeengine.changes.acting import reachable
from routeengine.changes.model import Move
from routeengine.errors import BudgetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import State
from routeengine.symbolic.neighbours import Ground, Step, Steps


class Terrain:
    """The facts of one rule set as the levels and cells of its diagrams; threads may share it."""

    def __init__(self, executor: LanesExecutor) -> None:
        self.executor = executor
        self.compiled = executor.compiled
        self.facts = [executor.ruleset.fact[fact] for fact in self.compiled.whole.order]
        declared = {fact.id: n for n, fact in enumerate(executor.ruleset.facts)}
        self._places = [declared[fact.id] for fact in self.facts]
        self._grounds: dict[str, Ground] = {}

    def ordered(self, sets: Sequence[Steps]) -> list[Steps]:
        """Order sets by size, then by facts as they are declared, whatever the diagram's order."""
        place = self._places
        declared = [tuple(sorted(steps, key=lambda step: place[step[0]])) for steps in sets]
        declared.sort(key=lambda steps: (len(steps), [(place[at], cell) for at, cell in steps]))
        return declared

    def ground(self, decision: str) -> Ground:
        """Lay out the diagram of a decision for searching.

        Raises BudgetError where there is none.
        """
        ground = self._grounds.get(decision)
        if ground is None:
            keys, part = self.keys(decision), self.compiled.decisions[decision]
            if part is None:
                raise BudgetError(f"the decision `{decision}` is too large to search for changes")
            ground = self._grounds[decision] = Ground.of(
                self.compiled.whole.diagram, part.root, len(keys), lambda full: keys.index(full.key)
            )
        return ground

    def keys(self, decision: str) -> tuple[str, ...]:
        """Give what a decision can come to, as answers are numbered in its ground."""
        return self.executor.ruleset.decision[decision].keys


class Position:
    """One state of knowledge, and the steps from there.

    `may` has per level the cells that the fact may be in, `go` those that a step may go to, both as
    bits. With `actionable_only` known facts go only where a person can bring them.
    """

    def __init__(self, terrain: Terrain, state: State, actionable_only: bool = False) -> None:
        self._terrain = terrain
        self._state = state
        self._actionable_only = actionable_only
        covering = terrain.compiled.cells.covering
        self.may: list[int] = []
        self.go: list[int] = []
        for fact in terrain.facts:
            allowed = state[fact.id].allowed
            here = covering(fact.id, allowed)
            self.may.append(here)
            if allowed & allowed - 1:  # it is not known, so to know it is a step
                self.go.append(here)
                continue
            free = terrain.compiled.everything[fact.id]
            if actionable_only:
                free = covering(fact.id, reachable(fact, lowest(allowed)))
            self.go.append(free & ~here)

    def move(self, step: Step) -> Move:
        """Give a step as the value that its fact would have: of a cell the nearest."""
        level, number = step
        fact = self._terrain.facts[level]
        cell = self._terrain.compiled.cells.of[fact.id][number]
        allowed = self._state[fact.id].allowed
        if allowed.bit_count() > 1:
            return Move(fact.id, fact.domain.value(lowest(cell & allowed)), True)
        now = lowest(allowed)
        free = reachable(fact, now) if self._actionable_only else fact.domain.full
        return Move(fact.id, fact.domain.value(_nearest(cell & free, now)), False)


def _nearest(bits: int, now: int) -> int:
    """Give the number of the nearest value in a set; of two as near, the lower one."""
    above = bits >> now
    below = bits & ((1 << now) - 1)
    up = now + lowest(above) if above else None
    down = highest(below) if below else None
    if up is None:
        return down or 0
    return up if down is None or now - down > up - now else down
