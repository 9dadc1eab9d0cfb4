"""What would have to be different for a decision to come out otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from routeengine.errors import BudgetError, UsageError, listed
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import State, known
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Fact
from routeengine.symbolic.neighbours import CellMove, CellMoves, Neighbours, SearchGraph
from routeengine.value_set import NO_VALUES, ValueSet, single
from routeengine.wire import Wire

__all__ = ["MAX_CHANGES", "ChangeSet", "Changes"]

MAX_CHANGES = 3
"""How many differences at once are looked for unless a call says otherwise.

Of more than three nobody reads the list.
"""

MAX_NEAR_WAYS = 20_000
"""Partial sets of steps that are looked into for what is nearest: it has to be done soon."""

Found: TypeAlias = Callable[[str], Sequence[CellMoves]]
"""Returns the sets of fewest steps to an outcome, in the order of facts as they are declared."""


@dataclass(frozen=True, slots=True, repr=False)
class ChangeSet(Wire):
    """A smallest set of differences that leads to the verdict that was asked for.

    `changes` maps each known fact that would be otherwise to its new value, `answers` each unknown
    fact to the answer that it would need. Where a whole range of values would do, the one nearest
    to the present value stands here, and of an unknown fact the lowest. Without any one of these
    differences the verdict is another.
    """

    changes: Mapping[str, Value] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of facts in the set, changes and answers together."""
        return len(self.changes) + len(self.answers)

    def __repr__(self) -> str:
        return f"ChangeSet(changes: {', '.join(self.changes)}; answers: {', '.join(self.answers)})"


class Move(NamedTuple):
    """One difference: the fact would have this value, as an `answer` where it is unknown now."""

    fact: str
    value: Value
    answer: bool


class Changes:
    """Searches what would have to be different, for one engine; threads may share it.

    For the library's own use: `Engine.changes_to` is what others call. `possible` says what a
    decision can be in a state, and confirms each set before it is returned.
    """

    def __init__(
        self, executor: LanesExecutor, possible: Callable[[State, str], tuple[str, ...]]
    ) -> None:
        self.ruleset, self.compiled = executor.ruleset, executor.compiled
        self.facts = [self.ruleset.fact[fact] for fact in self.compiled.order]
        declared = {fact.id: n for n, fact in enumerate(self.ruleset.facts)}
        self._places = [declared[fact.id] for fact in self.facts]
        self._graphs: dict[str, SearchGraph] = {}
        self._possible = possible

    def near(self, state: State) -> Origin:
        """Return a state of knowledge as a place to search from, for explanations."""
        return Origin(self, state)

    def to(
        self, state: State, decision: str, outcome: str, max_changes: int, actionable_only: bool
    ) -> tuple[ChangeSet, ...]:
        """Return every subset-minimal set of at most `max_changes` differences, smallest first.

        `outcome` may also be "review" or "not_applicable". Each set respects the constraints, and
        mends a contradiction if the facts have one. If the verdict is the asked one already, the
        one set is empty. `actionable_only` keeps to changes of facts, and to directions, that a
        person can act on. It does not limit answers to what is unknown.

        Raises UsageError for a decision or outcome that does not exist, and BudgetError if the
        decision is too large to be searched.
        """
        self._refuse_unknown_names(decision, outcome, max_changes)
        graph, origin = self.graph(decision), Origin(self, state, actionable_only)
        search = Neighbours(graph, origin.may, origin.go, max_changes)
        found = search.all_to(self.keys(decision).index(outcome))
        sets = []
        for steps in self.ordered(found):
            moves = list(map(origin.move, steps))
            one = ChangeSet(
                {move.fact: move.value for move in moves if not move.answer},
                {move.fact: move.value for move in moves if move.answer},
            )
            after = dict(state)
            for fact, value, _ in moves:
                after[fact] = known(single(self.ruleset.fact[fact].domain.index(value) or 0))
            # Asked of the executor anew: the search is not what is to be trusted.
            if self._possible(after, decision) != (outcome,):
                raise AssertionError(f"a change set does not lead to `{outcome}`: please report it")
            sets.append(one)
        return tuple(sets)

    def _refuse_unknown_names(self, decision: str, outcome: str, max_changes: int) -> None:
        decisions = self.ruleset.decision
        if decision not in decisions:
            raise UsageError(f"no decision `{decision}`: there are {listed(decisions)}")
        keys = self.keys(decision)
        if outcome not in keys:
            raise UsageError(f"no outcome `{outcome}` of `{decision}`: there are {listed(keys)}")
        if type(max_changes) is not int or max_changes < 0:
            raise UsageError("`max_changes` must be a whole number, 0 or more")

    def keys(self, decision: str) -> tuple[str, ...]:
        """Return what a decision can come to, as answers are numbered in its graph."""
        return self.ruleset.decision[decision].keys

    def graph(self, decision: str) -> SearchGraph:
        """Return the diagram of a decision laid out for searching; it is made once.

        Raises BudgetError if the decision has no diagram, because it is too large.
        """
        graph = self._graphs.get(decision)
        if graph is None:
            keys, part = self.keys(decision), self.compiled.decisions[decision]
            if part is None:
                raise BudgetError(f"the decision `{decision}` is too large to search for changes")
            graph = self._graphs[decision] = SearchGraph(
                self.compiled.whole.diagram, part.root, len(keys), lambda full: keys.index(full.key)
            )
        return graph

    def ordered(self, sets: Sequence[CellMoves]) -> list[CellMoves]:
        """Return sets by size, then by facts as they are declared, whatever the diagram's order."""
        place = self._places
        declared = [tuple(sorted(steps, key=lambda step: place[step[0]])) for steps in sets]
        # Cells are numbered from low to high, so of equals the lower values come first.
        declared.sort(key=lambda steps: (len(steps), [(place[at], cell) for at, cell in steps]))
        return declared


class Origin:
    """One state of knowledge, the steps from there, and what is nearest to it.

    `may` has per level the cells that the fact may be in, `go` those that a step may go to, both as
    bits. With `actionable_only` known facts go only where a person can bring them.
    """

    def __init__(self, changes: Changes, state: State, actionable_only: bool = False) -> None:
        self._changes = changes
        self._state = state
        self._actionable_only = actionable_only
        covering = changes.compiled.cells.covering
        self.may: list[int] = []
        self.go: list[int] = []
        for fact in changes.facts:
            allowed = state[fact.id].allowed
            here = covering(fact.id, allowed)
            self.may.append(here)
            if allowed.has_several:  # it is not known, so to know it is a step
                self.go.append(here)
            else:
                self.go.append(covering(fact.id, self._free(fact, allowed.lowest)) & ~here)

    def _free(self, fact: Fact, now: int) -> ValueSet:
        """Return the values that a known fact may go to."""
        return reachable(fact, now) if self._actionable_only else fact.domain.full

    def of(self, decision: str) -> Found | None:
        """Return what leads to each outcome of a decision in fewest steps, at most MAX_CHANGES.

        "review" and "not_applicable" are among the outcomes, and so is what the verdict is
        already, with the empty set. None if the decision is too large to be searched.
        """
        changes = self._changes
        try:
            graph = changes.graph(decision)
            found = Neighbours(graph, self.may, self.go, MAX_CHANGES, MAX_NEAR_WAYS).nearest()
        except BudgetError:
            return None
        keys = changes.keys(decision)
        return lambda outcome: changes.ordered(found.get(keys.index(outcome), ()))

    def move(self, step: CellMove) -> Move:
        """Return a step as the value that its fact would have: of a cell the nearest."""
        level, number = step
        fact = self._changes.facts[level]
        cell = self._changes.compiled.cells.of[fact.id][number]
        allowed = self._state[fact.id].allowed
        if allowed.has_several:
            return Move(fact.id, fact.domain.value((cell & allowed).lowest), True)
        now = allowed.lowest
        return Move(fact.id, fact.domain.value((cell & self._free(fact, now)).nearest(now)), False)


def can_act(fact: Fact, now: int, new: Value) -> bool:
    """Return whether a person can bring about that a fact goes from the value `now`, by number."""
    there = fact.domain.index(new)
    return there is not None and there in reachable(fact, now)


def reachable(fact: Fact, now: int) -> ValueSet:
    """Return the values that a person can bring about."""
    match fact.actionable:
        case "up":
            return ValueSet.span(now, fact.domain.size - 1)
        case "down":
            return ValueSet.span(0, now - 1)
        case "any":
            return fact.domain.full
        case _:
            return NO_VALUES
