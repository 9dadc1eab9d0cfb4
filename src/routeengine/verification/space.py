"""One diagram for the rule sets that are looked at together.

All of them speak of the same facts. Their cells are refined until no condition of
any of them tells two values of a cell apart, so that equal parts are equal nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeVar

from routeengine.bits import lowest
from routeengine.errors import BudgetError
from routeengine.ruleset.conditions import Condition, Not
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import facts_of
from routeengine.symbolic.cells import Cells, cells_told_apart
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.counting import count_leaves
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.order import groups_of, order_by_structure
from routeengine.verification.paths import Path, nearest

__all__ = ["NOTHING", "Amount", "Space", "Tie"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much something covers: combinations of cells, and full profiles."""

    combinations: int
    profiles: int

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.combinations + other.combinations, self.profiles + other.profiles)

    def __bool__(self) -> bool:
        return bool(self.combinations)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class Tie:
    """Facts that constraints tie together, and per rule set what must hold of them.

    `both` is where every rule set allows it.
    """

    facts: frozenset[str]
    holds: tuple[Node, ...]
    both: Node


class Space:
    """Rule sets over the same facts, compiled into one diagram.

    `conditions` are further ones that the cells must tell apart; `order` is the order
    of facts to begin with, where one was worked out before. Raises BudgetError where
    the constraints alone do not fit the budget.
    """

    def __init__(
        self,
        rulesets: Sequence[RuleSet],
        conditions: Iterable[Condition] = (),
        order: Sequence[str] = (),
        budget: int = NODE_BUDGET,
    ) -> None:
        self.facts = rulesets[0].facts
        every = [one for ruleset in rulesets for one in ruleset.conditions]
        self.cells: Cells = cells_told_apart(self.facts, [*every, *conditions])
        told = [fact for fact, cells in self.cells.of.items() if len(cells) > 1]
        if not order:
            order = order_by_structure(told, [g for one in rulesets for g in groups_of(one)])
        self.order = [fact for fact in order if fact in told]
        self.order += [fact for fact in told if fact not in self.order]
        self.level = {fact: level for level, fact in enumerate(self.order)}
        self.sizes = [len(self.cells.of[fact]) for fact in self.order]
        self.everything = {fact: (1 << len(some)) - 1 for fact, some in self.cells.of.items()}
        self.diagram = Diagram(self.sizes, budget)
        self.weights = [[c.bit_count() for c in self.cells.of[fact]] for fact in self.order]
        self.untold = prod(fact.domain.size for fact in self.facts if fact.id not in self.level)
        self.compilers: list[Compiler] = []
        for ruleset in rulesets:
            self.add(ruleset)
        self.ties = self.tie(self.compilers)

    def add(self, ruleset: RuleSet) -> Compiler:
        """Add a rule set whose conditions tell no more apart than the cells do."""
        compiler = Compiler(
            ruleset, self.cells, self.order, self.everything, self.diagram.budget, self.diagram
        )
        self.compilers.append(compiler)
        return compiler

    def attempt(self, build: Callable[[], T]) -> T | None:
        """Build something, or give None, and forget what was begun, where it does not fit."""
        size = len(self.diagram)
        try:
            return build()
        except BudgetError:
            self.diagram.rollback(size)
            for compiler in self.compilers:
                compiler.forget(size)
            return None

    # What is possible

    def tie(self, compilers: Sequence[Compiler]) -> tuple[Tie, ...]:
        """Group the constraints of these rule sets by the facts they share."""
        groups: list[tuple[frozenset[str], list[list[Condition]]]] = []
        for place, compiler in enumerate(compilers):
            for constraint in compiler.ruleset.constraints:
                facts = facts_of(compiler.ruleset, constraint.forbids)
                holds: list[list[Condition]] = [[] for _ in compilers]
                holds[place].append(Not(constraint.forbids))
                apart = []
                for group in groups:
                    if group[0] & facts:
                        facts |= group[0]
                        holds = [a + b for a, b in zip(group[1], holds, strict=True)]
                    else:
                        apart.append(group)
                groups = [*apart, (facts, holds)]
        return tuple(self._tie(compilers, facts, holds) for facts, holds in groups)

    def _tie(
        self, compilers: Sequence[Compiler], facts: frozenset[str], holds: list[list[Condition]]
    ) -> Tie:
        nodes = tuple(c.conjunction(some) for c, some in zip(compilers, holds, strict=True))
        return Tie(facts, nodes, self.all_of(nodes))

    def all_of(self, nodes: Iterable[Node]) -> Node:
        """Give where all of these hold."""
        joined = TRUE
        for node in sorted(nodes, key=lambda one: (-self.diagram.level[one], one)):
            joined = self.diagram.conjunction(node, joined)
        return joined

    def touched(self, facts: frozenset[str], ties: Sequence[Tie]) -> list[Tie]:
        """Give the ties that have a fact in common with these."""
        return [tie for tie in ties if tie.facts & facts]

    # Counts and witnesses

    def amounts(self, root: Node, touched: Sequence[Tie], ties: Sequence[Tie]) -> dict[Any, Amount]:
        """Count, per leaf, the consistent profiles that lead there.

        `root` has been confined to the ties that it touches; the others are counted in.
        """
        cells = self._counts(root, touched, ties, [(1,) * size for size in self.sizes])
        profiles = self._counts(root, touched, ties, self.weights)
        return {leaf: Amount(n, profiles[leaf] * self.untold) for leaf, n in cells.items()}

    def _counts(
        self,
        root: Node,
        touched: Sequence[Tie],
        ties: Sequence[Tie],
        weights: Sequence[Sequence[int]],
    ) -> dict[Any, int]:
        # Ties that share no fact with the root are free of it: each leaves the same share.
        whole = prod(map(sum, weights))
        counts = count_leaves(self.diagram, root, weights)
        for tie in ties:
            if tie not in touched:
                left = count_leaves(self.diagram, tie.both, weights).get(True, 0)
                counts = {leaf: number * left // whole for leaf, number in counts.items()}
        return counts

    def nearest(
        self,
        root: Node,
        wanted: Callable[[Any], bool],
        touched: Sequence[Tie],
        ties: Sequence[Tie],
    ) -> Path | None:
        """Give the most ordinary consistent profile that leads to a wanted leaf, or None."""
        path = nearest(self.diagram, root, wanted)
        for tie in ties:
            if tie not in touched and path is not None:
                other = nearest(self.diagram, tie.both, bool)
                path = None if other is None else path.joined(other)
        return path

    def possible(self, ties: Sequence[Tie]) -> bool:
        """Say whether there is a profile that every rule set allows."""
        return all(tie.both != FALSE for tie in ties)

    def full(self, path: Path) -> dict[str, int]:
        """Give a whole profile: the number of a value per fact, the first of each cell."""
        return {
            fact: lowest(cells[path.cells.get(self.level.get(fact, -1), 0)])
            for fact, cells in self.cells.of.items()
        }

    def values(self, full: Mapping[str, int]) -> dict[str, Value]:
        """Give a whole profile in the values of its facts."""
        return {fact.id: fact.domain.value(full[fact.id]) for fact in self.facts}
