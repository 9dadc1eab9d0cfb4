"""From conditions and decisions to diagrams.

A compiler knows which cells each fact may be in. With all cells it compiles the
rule set as it is; with the cells that one profile leaves, it compiles the
*residual*: what is known is put in, and only what is unknown becomes variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from routeengine.errors import BudgetError
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    Settling,
    Settlings,
)
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.cells import Cells
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node
from routeengine.truth import Truth

__all__ = ["IMPOSSIBLE", "Compiler"]

IMPOSSIBLE = None
"""The value of the leaf for what the constraints exclude."""

Composed: TypeAlias = (
    All | Any | Not | AtLeast | Exactly | CriterionIs | OutcomeIs | StatusIs | RuleIs
)
"""A condition that does not compare a fact."""

_COMBINING = frozenset({All, Any, Not, AtLeast, Exactly})

FEWEST_NODES = 256
"""Nodes that every attempt may use, however many failed before it."""


class Compiler:
    """Compiles parts of one rule set into one shared diagram, each part once.

    `order` names the facts from the top of the diagram down and `may` the cells
    each may be in. Raises BudgetError where the nodes run out; then whatever was
    begun is forgotten, and what was compiled before stays.

    With the `bounds` on those cells, what they settle is not compiled.

    Several rule sets over the same facts may share one `diagram`, so that what is
    equal in them is one node. Who shares it calls `forget` for each, and no `attempt`.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        cells: Cells,
        order: Sequence[str],
        may: Mapping[str, int],
        budget: int,
        diagram: Diagram | None = None,
        settlings: Settlings | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        self.ruleset = ruleset
        self._settlings = Settlings(ruleset) if settlings is None else settlings
        self._bounds = bounds
        self.cells = cells
        self.may = may
        self.order = tuple(fact for fact in order if may[fact].bit_count() > 1)
        self.level = {fact: level for level, fact in enumerate(self.order)}
        sizes = [len(cells.of[fact]) for fact in self.order]
        self.diagram = Diagram(sizes, budget) if diagram is None else diagram
        self.impossible = self.diagram.leaf(IMPOSSIBLE)
        # What combines others goes by identity: an equal one makes the same node, and hashing it
        # goes all the way down.
        # INVARIANT: the condition stands beside its node, so that its identity is not used again.
        self._conditions: dict[int | Condition, tuple[Condition, Node]] = {}
        self._decisions: dict[str, Node] = {}
        self._over: set[str] = set()  # decisions that did not fit: what refers to one does not
        self._failed = 0

    def masks(self, may: Mapping[str, int]) -> list[int]:
        """Give the cells that may be, per level of the diagram."""
        return [may[fact] for fact in self.order]

    def condition(self, condition: Condition) -> Node:
        """Give the diagram of a condition; its leaves are truth values."""
        if isinstance(condition, FactIs):
            return self._fact(condition.fact, condition.allowed)
        key = id(condition) if type(condition) in _COMBINING else condition
        known = self._conditions.get(key)
        if known is None:
            known = self._conditions[key] = condition, self._compile(condition)
        return known[1]

    def _compile(self, condition: Composed) -> Node:
        match condition:
            case All(parts=parts):
                return self._join(parts, TRUE)
            case Any(parts=parts):
                return self._join(parts, FALSE)
            case Not(part=FactIs(fact=fact, allowed=allowed)):
                return self._fact(fact, allowed, FALSE)
            case Not(part=part):
                return self.diagram.negation(self.condition(part))
            case AtLeast(count=count, parts=parts):
                counted = self._count(parts, count)
                return self.diagram.relabel(("at least", count), lambda n: n >= count, counted)
            case Exactly(count=count, parts=parts):
                counted = self._count(parts, count + 1)
                return self.diagram.relabel(("exactly", count), lambda n: n == count, counted)
            case _:
                truth = Truth.OPEN if self._bounds is None else self._bounds.truth(condition)
                if truth is Truth.OPEN:
                    return self._referred_to(condition)
                return TRUE if truth is Truth.TRUE else FALSE

    def _referred_to(self, condition: CriterionIs | OutcomeIs | StatusIs | RuleIs) -> Node:
        match condition:
            case CriterionIs(criterion=criterion):
                return self.condition(self.ruleset.criterion[criterion].when)
            case OutcomeIs(decision=name, outcomes=outcomes):
                return self.diagram.relabel(
                    condition, lambda full: full.outcome in outcomes, self.decision(name)
                )
            case StatusIs(decision=name, statuses=statuses):
                return self.diagram.relabel(
                    condition, lambda full: full.status in statuses, self.decision(name)
                )
            case _:  # RuleIs
                name, rules = condition.decision, condition.rules
                return self.diagram.relabel(
                    condition,
                    lambda full: not set(rules).isdisjoint(full.rules),
                    self.decision(name),
                )

    def _fact(self, fact: str, allowed: int, inside: Node = TRUE) -> Node:
        """Compile a comparison: `inside` where the value is allowed, and the opposite elsewhere."""
        outside = TRUE if inside == FALSE else FALSE
        cells = self.cells.of[fact]
        level = self.level.get(fact)
        if level is None:
            return inside if cells[self.may[fact].bit_length() - 1] & allowed else outside
        kids = [inside if cell & allowed else outside for cell in cells]
        return self.diagram.node(level, tuple(kids))

    def _join(self, parts: Sequence[Condition], neutral: Node) -> Node:
        """Join the parts, those lowest in the diagram first: adding on top is cheap."""
        join, settles = self.diagram.conjunction, FALSE
        if neutral == FALSE:
            join, settles = self.diagram.disjunction, TRUE
        roots = []
        for part in parts:
            root = self.condition(part)
            if root == settles:
                return settles
            if root != neutral:
                roots.append((-self.diagram.level[root], root))
        if not roots:
            return neutral
        roots.sort()
        joined = roots[0][1]
        for _, root in roots[1:]:
            joined = join(root, joined)
        return joined

    def _count(self, parts: Sequence[Condition], limit: int) -> Node:
        """Count how many parts hold, up to `limit`; the leaves are numbers."""
        counted = self.diagram.leaf(0)
        roots = map(self.condition, parts)
        for root in sorted(roots, key=lambda root: (-self.diagram.level[root], root)):
            counted = self.diagram.combine(
                ("count", limit),
                lambda holds, n: min(n + holds, limit),
                root,
                counted,
                lambda a, b: b if a == FALSE else None,
            )
        return counted

    def decision(self, name: str) -> Node:
        """Give the diagram of a decision, constraints aside; its leaves are FullVerdicts."""
        known = self._decisions.get(name)
        if name in self._over:
            raise BudgetError(f"decision `{name}` did not fit")
        if known is None:
            decision = self.ruleset.decision[name]
            settling = self._settlings[name]
            form = self.diagram.number(settling.form)
            winners = self._winners(settling, form)
            known = self.diagram.relabel(("settled", form), settling.of, winners)
            if decision.applies_when is not None:
                nowhere = self.diagram.leaf(NOT_APPLICABLE)
                known = self.diagram.where(self.condition(decision.applies_when), known, nowhere)
            self._decisions[name] = known
        return known

    def _winners(self, settling: Settling, form: int) -> Node:
        """Find the rules that no applying rule outranks; the leaves are sets of rules.

        Outranking is transitive, so of the rules that apply it is enough to keep
        those that are not outranked so far.
        """
        roots = self._candidates(settling.decision)
        diagram = self.diagram
        winners = diagram.leaf(0)
        for rule in sorted(roots, key=lambda one: (-diagram.level[roots[one]], one)):
            name, add = ("winners", form, rule), _adding(settling, rule)
            shortcut = self._shortcut(add, settling.beaten_bits[rule])
            winners = diagram.combine(name, add, roots[rule], winners, shortcut)
        return winners

    def _shortcut(
        self, add: Callable[[bool, int], int], beaten: int
    ) -> Callable[[Node, Node], Node | None]:
        """Give what answers for a rule and the winners so far where those need no going down."""
        level, values, bottom, leaf = (
            self.diagram.level, self.diagram.values, self.diagram.bottom, self.diagram.leaf,
        )  # fmt: skip

        def shortcut(applies: Node, winners: Node) -> Node | None:
            if applies == FALSE:
                return winners
            if level[winners] < bottom:
                return None
            if values[winners] & beaten:
                return winners
            return leaf(add(True, values[winners])) if applies == TRUE else None

        return shortcut

    def _candidates(self, decision: Decision) -> dict[str, Node]:
        """Compile the rules that can win, as far as bounds tell."""
        rules = {rule.id: rule.when for rule in decision.rules if rule.when is not None}
        if self._bounds is None:
            return {rule: self.condition(when) for rule, when in rules.items()}
        return {
            rule: TRUE if truth is Truth.TRUE else self.condition(rules[rule])
            for rule, truth in self._bounds.winners(decision.id).items()
        }

    def conjunction(self, holds: Sequence[Condition]) -> Node:
        """Give the diagram of all the conditions together."""
        return self._join(holds, TRUE)

    def attempt(self, build: Callable[[], Node], decision: str | None = None) -> Node | None:
        """Build something, or give None where the budget does not allow it.

        What was begun is then forgotten; what was compiled before stays. Each attempt that
        runs out halves what the next may use, so all that is thrown away is at most twice the
        budget. `decision` names the one that is built: whatever refers to it does not fit either.
        """
        size, budget = len(self.diagram), self.diagram.budget
        allowed = min(budget, size + max(budget >> self._failed, FEWEST_NODES))
        self.diagram.budget = allowed
        try:
            return build()
        except BudgetError:
            self._failed += len(self.diagram) == allowed
            if decision is not None:
                self._over.add(decision)
            self.diagram.rollback(size)
            self.forget(size)
            return None
        finally:
            self.diagram.budget = budget

    def forget(self, size: int) -> None:
        """Forget every node from number `size` on, which the diagram no longer has."""
        self._conditions = {at: one for at, one in self._conditions.items() if one[1] < size}
        self._decisions = {d: node for d, node in self._decisions.items() if node < size}

    def adopt(self, other: Compiler, decisions: Iterable[str]) -> None:
        """Take over decisions that mean the same in another rule set on the same diagram."""
        self._decisions |= {name: other.decision(name) for name in decisions}


def _adding(settling: Settling, rule: str) -> Callable[[bool, int], int]:
    """Give what adds a rule, where it applies, to those that win so far."""
    bit, beaten, beats = settling.bit[rule], settling.beaten_bits[rule], settling.beats_bits[rule]

    def add(applies: bool, others: int) -> int:
        return others if not applies or others & beaten else others & ~beats | bit

    return add
