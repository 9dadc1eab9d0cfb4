"""Two rule sets over the same facts, compiled into one diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.cells import Cells, cells_of
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.symbolic.order import groups_of, order_by_structure

__all__ = ["JOINT_BUDGET", "Joint", "order_of"]

JOINT_BUDGET = 400_000
"""Nodes for both rule sets together: twice what one alone may have."""


class Joint:
    """Two rule sets over the same facts in one diagram, so that equal functions are one node.

    `order` names all facts, as `order_of` gives them for either. `held` are the nodes of
    what the constraints of each allow.

    Raises BudgetError where the nodes run out.
    """

    def __init__(
        self, old: RuleSet, new: RuleSet, order: Sequence[str], budget: int = JOINT_BUDGET
    ) -> None:
        self.old, self.new = old, new
        other = _renamed(new)
        self.both = replace(
            old,
            criteria=old.criteria + other.criteria,
            decisions=old.decisions + other.decisions,
            constraints=old.constraints + other.constraints,
            flags=old.flags + other.flags,
        )
        self.cells = _common_cells(old, new)
        everything = {fact: (1 << len(cells)) - 1 for fact, cells in self.cells.of.items()}
        self._compiler = Compiler(self.both, self.cells, order, everything, budget)
        self.diagram: Diagram = self._compiler.diagram
        self.order = self._compiler.order
        self.masks = self._compiler.masks(everything)
        held = [self._held(one) for one in (old, other)]
        self.held: tuple[Node, Node] = (held[0], held[1])
        self.decisions: Mapping[str, tuple[Node, Node]] = {
            one.id: (self._compiler.decision(one.id), self._compiler.decision(two.id))
            for one, two in zip(old.decisions, other.decisions, strict=True)
        }
        self.flags: Mapping[str, tuple[Node, Node]] = {
            one.id: (self._compiler.condition(one.when), self._compiler.condition(two.when))
            for one, two in zip(old.flags, other.flags, strict=True)
            if one.when is not None and two.when is not None
        }

    def _held(self, ruleset: RuleSet) -> Node:
        return self._compiler.conjunction([Not(one.forbids) for one in ruleset.constraints])

    def apart(self, one: Node, other: Node) -> Node:
        """Give where two functions differ; the leaves are truth values."""
        return self.diagram.combine(
            "apart", lambda a, b: a != b, one, other, lambda a, b: FALSE if a == b else None
        )

    def within(self, region: Node, *others: Node) -> Node:
        """Give where all of these hold."""
        for other in others:
            region = self.diagram.conjunction(region, other)
        return region

    def cheapest(self, region: Node, ordinary: Mapping[str, int]) -> dict[str, int] | None:
        """Give the full profile in a region with the fewest facts that are not ordinary.

        Profiles map facts to the numbers of their values. None where the region is empty.
        """
        if region == FALSE:
            return None
        usual = [self._cell(fact, ordinary[fact]) for fact in self.order]
        cost: dict[Node, float] = {}
        step: dict[Node, int] = {}
        for node in reversed(self.diagram.reachable(region)):
            kids, at = self.diagram.kids[node], self.diagram.level[node]
            if not kids:
                cost[node] = 0 if node == TRUE else float("inf")
                continue
            step[node] = min(
                range(len(kids)), key=lambda cell: (cost[kids[cell]] + (cell != usual[at]), cell)
            )
            cost[node] = cost[kids[step[node]]] + (step[node] != usual[at])
        chosen: dict[str, int] = {}
        while region != TRUE:
            chosen[self.order[self.diagram.level[region]]] = step[region]
            region = self.diagram.kids[region][step[region]]
        return {fact: self.value(fact, chosen.get(fact), usual) for fact, usual in ordinary.items()}

    def _cell(self, fact: str, value: int) -> int:
        return next(n for n, cell in enumerate(self.cells.of[fact]) if cell >> value & 1)

    def value(self, fact: str, cell: int | None, usual: int) -> int:
        """Give a value of a cell (None for any): the usual one, or the nearest to it."""
        if cell is None or cell == self._cell(fact, usual):
            return usual
        bits = self.cells.of[fact][cell]
        values = (n for n in range(bits.bit_length()) if bits >> n & 1)
        return min(values, key=lambda value: (abs(value - usual), value))

    def clash(self, held: Node, known: Mapping[str, int]) -> bool:
        """Say whether facts in these cells (per fact a number) cannot stand together."""
        masks = [
            1 << known[fact] if fact in known else mask
            for fact, mask in zip(self.order, self.masks, strict=True)
        ]
        return TRUE not in self.diagram.reach(held, masks)


def _common_cells(old: RuleSet, new: RuleSet) -> Cells:
    """Give the cells of both rule sets: values that neither tells apart."""
    ours, theirs = cells_of(old).of, cells_of(new).of
    parts = {
        fact: [one & other for one in cells for other in theirs[fact] if one & other]
        for fact, cells in ours.items()
    }
    return Cells({fact: tuple(sorted(some, key=lambda c: c & -c)) for fact, some in parts.items()})


def order_of(ruleset: RuleSet) -> list[str]:
    """Order all facts of a rule set as its diagrams do."""
    return order_by_structure([fact.id for fact in ruleset.facts], groups_of(ruleset))


def _renamed(ruleset: RuleSet) -> RuleSet:
    """Give the rule set with other names for its criteria and decisions: rules keep theirs."""
    decisions = []
    for decision in ruleset.decisions:
        rules = tuple(
            rule if rule.when is None else replace(rule, when=_other(rule.when))
            for rule in decision.rules
        )
        applies = None if decision.applies_when is None else _other(decision.applies_when)
        name = _name(decision.id)
        decisions.append(replace(decision, id=name, rules=rules, applies_when=applies))
    return replace(
        ruleset,
        criteria=tuple(
            replace(one, id=_name(one.id), when=_other(one.when)) for one in ruleset.criteria
        ),
        decisions=tuple(decisions),
        constraints=tuple(replace(one, forbids=_other(one.forbids)) for one in ruleset.constraints),
        flags=tuple(
            one if one.when is None else replace(one, when=_other(one.when))
            for one in ruleset.flags
        ),
    )


def _name(name: str) -> str:
    """Give a name that no rule set can use itself."""
    return f"{name} (new)"


def _other(condition: Condition) -> Condition:
    match condition:
        case CriterionIs(criterion=name):
            return CriterionIs(_name(name))
        case OutcomeIs(decision=name) | StatusIs(decision=name) | RuleIs(decision=name):
            return replace(condition, decision=_name(name))
        case Not(part=part):
            return Not(_other(part))
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts) | Exactly(parts=parts):
            return replace(condition, parts=tuple(map(_other, parts)))
        case _:
            return condition
