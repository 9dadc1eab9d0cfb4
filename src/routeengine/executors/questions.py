"""The questions that are left for one decision: what can still change its verdict, best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from routeengine.errors import BudgetError
from routeengine.executors.summary import ordered_keys, rank
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.result import Lead
from routeengine.ruleset.model import Decision
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.symbolic.compiled import Compilation, CompiledRuleSet
from routeengine.symbolic.diagram import IMPOSSIBLE, Node
from routeengine.symbolic.influence import leaves_by_cell, levels_alone, levels_together

Placed: TypeAlias = tuple[Compilation, Node, Sequence[int]]
"""A diagram, a root in it, and per level the cells that may be, as bits."""


class Questions:
    """The unknown facts that can still change a verdict.

    `state` is without what contradicts itself. `placed` is the diagram of the decision, or None
    if there are only bounds.
    """

    def __init__(
        self, compiled: CompiledRuleSet, decision: Decision, state: State, placed: Placed | None
    ) -> None:
        self._compiled = compiled
        self._decision = decision
        self._state = state
        if placed is not None:
            self._where, root, self._masks = placed
            self._small, self._top = self._where.diagram.restrict(
                root, self._masks, self._where.impossible
            )
        self._bounds_only = placed is None

    @cached_property
    def matter(self) -> tuple[str, ...]:
        """The facts in an inclusion-minimal set on which verdicts differ, declared order.

        Facts that no constraint couples matter alone or not at all; larger sets
        are looked for among the facts of one coupling only. If there are only bounds,
        these are all unknown facts that the decision reads, or that a constraint ties to those.
        """
        compiled, named = self._compiled, set[str]()
        if self._bounds_only:
            may = compiled.cells.may(self._state)
            bearing = compiled.bearing(compiled.reads[self._decision.id])
            named = {fact for fact in bearing if may[fact].bit_count() > 1}
        else:
            small, top, where = self._small, self._top, self._where
            found = levels_alone(small, top, same_verdict)
            # Facts of different couplings never need each other, so each is looked at alone.
            left, nowhere = small.support(top) - found, small.leaf(IMPOSSIBLE)
            for coupling in compiled.couplings:
                pool = {at for fact in coupling.facts if (at := where.level.get(fact)) in left}
                if len(pool) > 1:
                    try:
                        found |= levels_together(small, top, pool, same_verdict, nowhere)
                    except BudgetError:
                        found |= pool  # rather a question too many than one too few
            named = {where.order[at] for at in found}
        return tuple([fact.id for fact in compiled.ruleset.facts if fact.id in named])

    @property
    def ranked(self) -> Mapping[str, tuple[Lead, ...]]:
        """The questions, best first; facts that were declined are not asked again."""
        if self._bounds_only:
            return rank(dict.fromkeys(self.matter, ()), self._state)
        reached, level = leaves_by_cell(self._small, self._top, self._masks), self._where.level
        leads = {fact: tuple(self._leads(fact, reached[level[fact]])) for fact in self.matter}
        return rank(leads, self._state)

    def _leads(
        self, fact: str, reached: Mapping[int, set[CompleteVerdict | None]]
    ) -> Iterator[Lead]:
        """Yield what each answer leads to, for each cell that the fact may be in."""
        cells, allowed = self._compiled.cells.of[fact], self._state[fact].allowed
        for cell, values in reached.items():
            if keys := {full.key for full in values if full is not None}:  # None is IMPOSSIBLE
                yield Lead(cells[cell] & allowed, ordered_keys(self._decision, keys))


def same_verdict(one: CompleteVerdict | None, other: CompleteVerdict | None) -> bool:
    """Return whether two verdicts are the same, or one of them is impossible."""
    return one is None or other is None or one.key == other.key
