"""What would have to be different for a decision to come out otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from routeengine.bits import highest, lowest
from routeengine.errors import BudgetError, UsageError
from routeengine.executors.decision_lanes import DecisionLanes
from routeengine.executors.lanes import LanesExecutor
from routeengine.lazy import cached_property
from routeengine.profile import Known, State, known
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Fact
from routeengine.symbolic.neighbours import Ground, Neighbours, Step, Steps
from routeengine.symbolic.surroundings import LIMIT, Surroundings, surroundings_of

__all__ = ["NEAR", "ChangeSet", "Changes", "Move", "NearestSets", "can_act"]

NEAR = LIMIT
"""Differences at once that are looked for where nobody says otherwise: past it nobody reads."""

MOST_WAYS_NEAR = 20_000
"""Partial sets of steps that are looked into for the nearest: an explanation has to come soon."""


@dataclass(frozen=True, slots=True, repr=False)
class ChangeSet:
    """A smallest set of differences that leads to the verdict that was asked for.

    `changes` maps each known fact that would be otherwise to its new value, `answers` each
    unknown fact to the answer that it would need. For a range of values that mean the
    same, the nearest one stands here. Without any one of these the verdict is another.
    """

    changes: Mapping[str, Value] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of facts in the set."""
        return len(self.changes) + len(self.answers)

    def applied(self, profile: Mapping[str, object]) -> dict[str, object]:
        """Give the profile with these changes and answers."""
        return {**profile, **self.changes, **self.answers}

    def __repr__(self) -> str:
        return f"ChangeSet(changes: {', '.join(self.changes)}; answers: {', '.join(self.answers)})"


class Move(NamedTuple):
    """One difference: the fact would have this value, as an `answer` where it is unknown now."""

    fact: str
    value: Value
    answer: bool


NearestSets: TypeAlias = Callable[[str], Sequence[tuple[Move, ...]]]
"""Gives the sets of fewest differences that lead to an outcome of a decision."""


Found: TypeAlias = Callable[[str], Sequence[Steps]]
"""Gives the sets of fewest steps to an outcome, in the order of facts as they are declared."""


class Changes:
    """Searches what would have to be different, for one engine; threads may share it.

    `possible` says what a decision can be in a state: nothing is claimed that it does not
    confirm.
    """

    def __init__(
        self, executor: LanesExecutor, possible: Callable[[State, str], tuple[str, ...]]
    ) -> None:
        self._executor = executor
        self._possible = possible
        self._facts = [executor.ruleset.fact[fact] for fact in executor.compiled.whole.order]
        declared = {fact.id: n for n, fact in enumerate(executor.ruleset.facts)}
        self._places = [declared[fact.id] for fact in self._facts]
        self._grounds: dict[str, Ground] = {}

    @cached_property
    def _levels(self) -> tuple[int, ...]:
        """The levels that make a difference to some decision, as their facts are declared."""
        return self._declared({n for lanes in self._executor.lanes.values() for n in lanes.levels})

    def _declared(self, levels: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(levels, key=self._places.__getitem__))

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
        may = self._may(state)
        go = self._go(state, may, actionable_only)
        search = Neighbours(self._ground(decision), may, go, max_changes)
        found = self._ordered(search.all_to(keys.index(outcome)))
        return self._change_sets(state, decision, outcome, found, actionable_only)

    def nearest(self, state: State) -> Callable[[str], NearestSets | None]:
        """Give what tells, per decision, the sets of fewest differences that lead to an outcome.

        They are at most `NEAR`. "review" and "not_applicable" are among the outcomes, and so is
        what the verdict is already, with the empty set. None stands for a decision that is
        too large to be searched.
        """
        may = self._may(state)
        go = self._go(state, may, False)
        sizes = self._executor.compiled.whole.diagram.sizes
        whole = surroundings_of(self._levels, may, go, sizes)
        moves: dict[Step, Move] = {}

        def decision_sets(decision: str) -> NearestSets | None:
            lanes = self._executor.lanes.get(decision)
            if lanes is None:
                return None
            around = whole or surroundings_of(self._declared(lanes.levels), may, go, sizes)
            found = self._searched(decision, may, go) if around is None else _looked(around, lanes)
            if found is None:
                return None

            def move(step: Step) -> Move:
                known = moves.get(step)
                return moves.setdefault(step, self._move(state, step)) if known is None else known

            return lambda outcome: [tuple(map(move, steps)) for steps in found(outcome)]

        return decision_sets

    def _searched(self, decision: str, may: Sequence[int], go: Sequence[int]) -> Found | None:
        """Search for what is nearest, where there are too many steps for lanes."""
        try:
            found = Neighbours(self._ground(decision), may, go, NEAR, MOST_WAYS_NEAR).nearest()
        except BudgetError:
            return None
        keys = self._executor.ruleset.decision[decision].keys
        return lambda outcome: self._ordered(found.get(keys.index(outcome), ()))

    def _refuse_unknown_names(
        self, decision: str, outcome: str, max_changes: int
    ) -> tuple[str, ...]:
        decisions = self._executor.ruleset.decision
        if decision not in decisions:
            raise UsageError(f"no decision `{decision}`: there are {_listed(decisions)}")
        keys = decisions[decision].keys
        if outcome not in keys:
            raise UsageError(f"no outcome `{outcome}` of `{decision}`: there are {_listed(keys)}")
        if type(max_changes) is not int or max_changes < 0:
            raise UsageError("`max_changes` must be a whole number, 0 or more")
        return keys

    def _ground(self, decision: str) -> Ground:
        """Lay out the diagram of a decision for searching.

        Raises BudgetError where there is none.
        """
        ground = self._grounds.get(decision)
        if ground is None:
            compiled, keys = self._executor.compiled, self._executor.ruleset.decision[decision].keys
            part = compiled.decisions[decision]
            if part is None:
                raise BudgetError(f"the decision `{decision}` is too large to search for changes")
            ground = self._grounds[decision] = Ground.of(
                compiled.whole.diagram, part.root, len(keys), lambda full: keys.index(full.key)
            )
        return ground

    def _may(self, state: State) -> list[int]:
        covering = self._executor.compiled.cells.covering
        return [covering(fact.id, state[fact.id].allowed) for fact in self._facts]

    def _go(self, state: State, may: Sequence[int], actionable_only: bool) -> list[int]:
        """Give per level the cells that a step may go to, as bits."""
        compiled = self._executor.compiled
        go = []
        for fact, here in zip(self._facts, may, strict=True):
            allowed = state[fact.id].allowed
            if allowed & allowed - 1:  # it is not known, so to know it is a step
                go.append(here)
                continue
            free = compiled.everything[fact.id]
            if actionable_only:
                free = compiled.cells.covering(fact.id, _reachable(fact, lowest(allowed)))
            go.append(free & ~here)
        return go

    def _ordered(self, sets: Sequence[Steps]) -> list[Steps]:
        """Order sets by size, then by facts as they are declared, whatever the diagram's order."""
        place = self._places
        declared = [sorted(steps, key=lambda step: place[step[0]]) for steps in sets]
        if len(declared) > 1:
            declared.sort(key=lambda steps: (len(steps), [(place[at], cell) for at, cell in steps]))
        return list(map(tuple, declared))

    def _change_sets(
        self,
        state: State,
        decision: str,
        outcome: str,
        found: Sequence[Steps],
        actionable_only: bool,
    ) -> tuple[ChangeSet, ...]:
        """Give sets of steps as changes and answers, each looked at before it is given."""
        sets = [self._change_set(state, steps, actionable_only) for steps in found]
        for one in sets:
            moved = {**one.changes, **one.answers}
            after = {**state, **{fact: self._known(fact, moved[fact]) for fact in moved}}
            if self._possible(after, decision) != (outcome,):
                raise AssertionError(f"a change set does not lead to `{outcome}`: please report it")
        return tuple(sets)

    def _change_set(self, state: State, steps: Steps, actionable_only: bool) -> ChangeSet:
        """Give steps, with their facts in declared order, as changes and answers."""
        moves = [self._move(state, step, actionable_only) for step in steps]
        return ChangeSet(
            {move.fact: move.value for move in moves if not move.answer},
            {move.fact: move.value for move in moves if move.answer},
        )

    def _move(self, state: State, step: Step, actionable_only: bool = False) -> Move:
        """Give a step as the value that its fact would have: of a cell the nearest."""
        level, number = step
        fact = self._facts[level]
        cell = self._executor.compiled.cells.of[fact.id][number]
        allowed = state[fact.id].allowed
        if allowed.bit_count() > 1:
            return Move(fact.id, fact.domain.value(lowest(cell & allowed)), True)
        now = lowest(allowed)
        free = _reachable(fact, now) if actionable_only else fact.domain.full
        return Move(fact.id, fact.domain.value(_nearest(cell & free, now)), False)

    def _known(self, fact: str, value: Value) -> Known:
        index = self._executor.ruleset.fact[fact].domain.index(value)
        return known(1 << (index or 0))


def _looked(around: Surroundings, lanes: DecisionLanes) -> Found:
    """Look at all lanes at once: they are classifications, so there is no second look."""
    near = around.nearest(lanes.possible(around.may, around.everywhere))
    return lambda outcome: around.sets(near.get(outcome, 0))


def can_act(fact: Fact, now: Value, new: Value) -> bool:
    """Say whether a person can bring about that a fact goes from one value to another."""
    here, there = fact.domain.index(now), fact.domain.index(new)
    return here is not None and there is not None and bool(_reachable(fact, here) >> there & 1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _reachable(fact: Fact, now: int) -> int:
    """Give the values that a person can bring about, as bits."""
    below = (1 << now) - 1
    match fact.actionable:
        case "up":
            return fact.domain.full & ~below
        case "down":
            return below
        case "any":
            return fact.domain.full
        case _:
            return 0


def _nearest(bits: int, now: int) -> int:
    """Give the number of the nearest value in a set; of two as near, the lower one."""
    above = bits >> now
    below = bits & ((1 << now) - 1)
    up = now + lowest(above) if above else None
    down = highest(below) if below else None
    if up is None:
        return down or 0
    return up if down is None or now - down > up - now else down
