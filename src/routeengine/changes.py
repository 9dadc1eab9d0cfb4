"""What would have to be different for a decision to come out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from routeengine.errors import BudgetError, UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import State
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Fact
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.neighbours import Steps, smallest_steps

__all__ = ["ChangeSet", "changes_to"]


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


def changes_to(
    executor: LanesExecutor,
    state: State,
    decision: str,
    outcome: str,
    max_changes: int = 3,
    actionable_only: bool = False,
) -> tuple[ChangeSet, ...]:
    """Give every subset-minimal set of at most `max_changes` differences, smallest first.

    `outcome` may also be "review" or "not_applicable". Each set respects the
    constraints. Where the verdict is the asked one already, the one set is
    empty. `actionable_only` keeps to changes of facts, and in directions, that a
    person can act on; answers to what is unknown are not changes and stay.

    Raises UsageError for a decision or outcome that does not exist, and BudgetError
    where the decision is too large to be searched.
    """
    ruleset = executor.ruleset
    _refuse_unknown_names(executor, decision, outcome, max_changes)
    compiled = executor.compiled
    part = compiled.decisions[decision]
    if part is None:
        raise BudgetError(f"the decision `{decision}` is too large to search for changes")
    where = compiled.whole
    goals = {
        level: _goals(executor, ruleset.fact[fact], state, actionable_only)
        for level, fact in enumerate(where.order)
    }

    def wanted(full: FullVerdict) -> bool:
        return full.key == outcome

    found = smallest_steps(
        where.diagram,
        part.root,
        where.masks(compiled.cells.may(state)),
        {level: sum(1 << cell for cell in cells) for level, cells in goals.items()},
        wanted,
        max_changes,
    )
    return tuple(_change_set(executor, state, steps, goals) for steps in found)


def _refuse_unknown_names(
    executor: LanesExecutor, decision: str, outcome: str, max_changes: int
) -> None:
    decisions = executor.ruleset.decision
    if decision not in decisions:
        raise UsageError(f"no decision `{decision}`: there are {_listed(decisions)}")
    keys = [one.id for one in decisions[decision].outcomes] + ["review", "not_applicable"]
    if outcome not in keys:
        raise UsageError(f"no outcome `{outcome}` of `{decision}`: there are {_listed(keys)}")
    if type(max_changes) is not int or max_changes < 0:
        raise UsageError("`max_changes` must be a whole number, 0 or more")


def _listed(names: Mapping[str, object] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _goals(
    executor: LanesExecutor, fact: Fact, state: State, actionable_only: bool
) -> dict[int, Value]:
    """Give the cells a step of this fact may go to, each with the value that is proposed."""
    cells = executor.compiled.cells.of[fact.id]
    allowed = state[fact.id].allowed
    if allowed.bit_count() > 1:
        inside = {number: cell & allowed for number, cell in enumerate(cells)}
        return {n: fact.domain.value(_lowest(cell)) for n, cell in inside.items() if cell}
    now = _lowest(allowed)
    free = _reachable(fact, now) if actionable_only else fact.domain.full
    goals = {}
    for number, cell in enumerate(cells):
        if not cell >> now & 1 and (near := _nearest(cell & free, now)) is not None:
            goals[number] = fact.domain.value(near)
    return goals


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


def _lowest(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _nearest(bits: int, now: int) -> int | None:
    """Give the number of the nearest value in a set; of two as near, the lower one."""
    above = bits >> now
    below = bits & ((1 << now) - 1)
    up = now + _lowest(above) if above else None
    down = below.bit_length() - 1 if below else None
    if up is None or (down is not None and now - down <= up - now):
        return down
    return up


def _change_set(
    executor: LanesExecutor, state: State, steps: Steps, goals: Mapping[int, Mapping[int, Value]]
) -> ChangeSet:
    order = executor.compiled.whole.order
    moved = {order[level]: goals[level][cell] for level, cell in steps}
    sorted_facts = [fact.id for fact in executor.ruleset.facts if fact.id in moved]
    known = [fact for fact in sorted_facts if state[fact].allowed.bit_count() == 1]
    return ChangeSet(
        {fact: moved[fact] for fact in known},
        {fact: moved[fact] for fact in sorted_facts if fact not in known},
    )
