"""The questions that are left for one decision: what can still change its verdict, best first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Protocol

from routeengine.errors import BudgetError
from routeengine.executors.summary import Questions as Later
from routeengine.executors.summary import ordered_keys, rank
from routeengine.lazy import cached_property
from routeengine.profile import State
from routeengine.result import Lead
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.compiled import Compilation, CompiledRuleSet
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Diagram, Node
from routeengine.symbolic.influence import joint, leaves_by_cell, single


class View(Protocol):
    """What questions are asked of: one state of knowledge over a compiled rule set."""

    @property
    def ruleset(self) -> RuleSet:
        """The rules."""
        ...

    @property
    def compiled(self) -> CompiledRuleSet:
        """The rules, compiled."""
        ...

    @property
    def state(self) -> State:
        """The state without what contradicts itself."""
        ...

    @property
    def may(self) -> Mapping[str, int]:
        """Per fact the cells that it may be in, as bits."""
        ...

    def part(self, name: str) -> tuple[Compilation, Node, list[int]] | None:
        """Give a decision's diagram and what may be, or None where there are bounds only."""
        ...


class Looks(Protocol):
    """Takes a closer look at one state of knowledge."""

    def inspect(self, state: State) -> View:
        """Look closer."""
        ...


def questions_later(looks: Looks, state: Callable[[], State], decision: Decision) -> Later:
    """Return what gives the questions of one decision, by a look of its own, once it is asked.

    INVARIANT: holds no inspection, and of what is known just the cells. Answers are shared by
    threads and kept by the thousand, and an inspection may hold a diagram that grows.
    """
    return cache(lambda: Questions(looks.inspect(state()), decision).ranked)


class Questions:
    """The unknown facts that can still change a verdict."""

    def __init__(self, view: View, decision: Decision) -> None:
        self.view = view
        self.decision = decision

    @cached_property
    def _restricted(self) -> tuple[Diagram, Node, list[int], Compilation] | None:
        found = self.view.part(self.decision.id)
        if found is None:
            return None
        where, root, masks = found
        small, top = where.diagram.restrict(root, masks, where.impossible)
        return small, top, masks, where

    @cached_property
    def matter(self) -> tuple[str, ...]:
        """The facts in an inclusion-minimal set on which verdicts differ, declared order.

        Facts that no constraint couples matter alone or not at all; larger sets
        are looked for among the facts of one coupling only. Where only bounds are
        to be had, these are all unknown facts that the decision reads, or that a
        constraint ties to those.
        """
        facts = [fact.id for fact in self.view.ruleset.facts]
        if self._restricted is None:
            compiled, may = self.view.compiled, self.view.may
            bearing = set(compiled.reads[self.decision.id])
            for number in compiled.touched(frozenset(bearing)):
                bearing.update(compiled.couplings[number].facts)
            return tuple(f for f in facts if f in bearing and may[f].bit_count() > 1)
        small, top, _, where = self._restricted
        found = single(small, top, same_verdict)
        left, nowhere = small.support(top) - found, small.leaf(IMPOSSIBLE)
        for coupling in self.view.compiled.couplings:
            pool = {at for fact in coupling.facts if (at := where.level.get(fact)) in left}
            try:
                found |= joint(small, top, pool, same_verdict, nowhere) if len(pool) > 1 else set()
            except BudgetError:
                found |= pool  # rather a question too many than one too few
        named = {where.order[at] for at in found}
        return tuple([fact for fact in facts if fact in named])

    @property
    def conflicting(self) -> bool:
        """Whether evidence that disagrees stands among the facts that matter."""
        return any(self.view.state[fact].conflicting for fact in self.matter)

    @property
    def ranked(self) -> Mapping[str, tuple[Lead, ...]]:
        """The questions, best first; facts that were declined are not asked again."""
        if self._restricted is None:
            open_ = (fact for fact in self.matter if not self.view.state[fact].declined)
            return MappingProxyType(dict.fromkeys(open_, ()))
        small, top, masks, where = self._restricted
        reached = leaves_by_cell(small, top, masks)
        leads = {fact: tuple(self._leads(fact, reached[where.level[fact]])) for fact in self.matter}
        return rank(leads, self.view.state)

    def _leads(self, fact: str, reached: Mapping[int, set[FullVerdict | None]]) -> Iterator[Lead]:
        """Yield what each answer leads to, for each cell that the fact may be in."""
        cells, allowed = self.view.compiled.cells.of[fact], self.view.state[fact].allowed
        for cell, values in reached.items():
            if keys := {full.key for full in values if full is not IMPOSSIBLE}:
                yield Lead(cells[cell] & allowed, ordered_keys(self.decision, keys))


def same_verdict(one: FullVerdict | None, other: FullVerdict | None) -> bool:
    """Say that two verdicts are the same, or that one of them is impossible."""
    return one is None or other is None or one.key == other.key
