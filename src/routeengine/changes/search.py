"""Searches every smallest set of changes after which a decision comes out as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from routeengine.changes.model import ChangeSet
from routeengine.changes.near import Near
from routeengine.changes.terrain import Position, Terrain
from routeengine.errors import UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State, known
from routeengine.ruleset.domains import Value
from routeengine.symbolic.neighbours import Neighbours, Steps


class Changes:
    """Searches what would have to be different, for one engine; threads may share it.

    `possible` says what a decision can be in a state: nothing is claimed that it does not
    confirm.
    """

    def __init__(
        self, executor: LanesExecutor, possible: Callable[[State, str], tuple[str, ...]]
    ) -> None:
        self._terrain = Terrain(executor)
        self._possible = possible

    def near(self, state: State) -> Near:
        """Look round from a state of knowledge."""
        return Near(self._terrain, state)

    def to(
        self, state: State, decision: str, outcome: str, max_changes: int, actionable_only: bool
    ) -> tuple[ChangeSet, ...]:
        """Give every subset-minimal set of at most `max_changes` differences, smallest first.

        `outcome` may also be "review" or "not_applicable". Each set respects the constraints, and
        where the facts contradict each other it mends that too. Where the verdict is the
        asked one already, the one set is empty. `actionable_only` keeps to changes of facts, and
        in directions, that a person can act on; answers to what is unknown are not changes
        and stay.

        Raises UsageError for a decision or outcome that does not exist, and BudgetError
        where the decision is too large to be searched.
        """
        keys = self._refuse_unknown_names(decision, outcome, max_changes)
        ground = self._terrain.ground(decision)
        position = Position(self._terrain, state, actionable_only)
        search = Neighbours(ground, position.may, position.go, max_changes)
        found = search.all_to(keys.index(outcome))
        sets = tuple([_change_set(position, steps) for steps in self._terrain.ordered(found)])
        for one in sets:
            moved = {**one.changes, **one.answers}
            after = {**state, **{fact: self._known(fact, value) for fact, value in moved.items()}}
            if self._possible(after, decision) != (outcome,):
                raise AssertionError(f"a change set does not lead to `{outcome}`: please report it")
        return sets

    def _refuse_unknown_names(
        self, decision: str, outcome: str, max_changes: int
    ) -> tuple[str, ...]:
        decisions = self._terrain.executor.ruleset.decision
        if decision not in decisions:
            raise UsageError(f"no decision `{decision}`: there are {_listed(decisions)}")
        keys = decisions[decision].keys
        if outcome not in keys:
            raise UsageError(f"no outcome `{outcome}` of `{decision}`: there are {_listed(keys)}")
        if type(max_changes) is not int or max_changes < 0:
            raise UsageError("`max_changes` must be a whole number, 0 or more")
        return keys

    def _known(self, fact: str, value: Value) -> Known:
        index = self._terrain.executor.ruleset.fact[fact].domain.index(value)
        return known(1 << (index or 0))


def _change_set(position: Position, steps: Steps) -> ChangeSet:
    """Give steps, with their facts in declared order, as changes and answers."""
    moves = list(map(position.move, steps))
    return ChangeSet(
        {move.fact: move.value for move in moves if not move.answer},
        {move.fact: move.value for move in moves if move.answer},
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
