"""From conditions and decisions to diagrams.

A compiler knows which cells each fact may be in. With all cells it compiles the
rule set as it is; with the cells that one profile leaves, it compiles the
*residual*: what is known is put in, and only what is unknown becomes variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from routeengine.errors import BudgetError
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    FullVerdict,
    beaten_by,
    settle,
    target,
)
from routeengine.symbolic.cells import Cells
from routeengine.symbolic.diagram import FALSE, TRUE, Diagram, Node

__all__ = ["IMPOSSIBLE", "Compiler"]

IMPOSSIBLE = None
"""The value of the leaf for what the constraints exclude."""

FEWEST_NODES = 256
"""Nodes that every attempt may use, however many failed before it."""


class Compiler:
    """Compiles parts of one rule set into one shared diagram, each part once.

    `order` names the facts from the top of the diagram down and `may` the cells
    each may be in. Raises BudgetError where the nodes run out; then whatever was
    begun is forgotten, and what was compiled before stays.

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
    ) -> None:
        self.ruleset = ruleset
        self.cells = cells
        self.may = may
        self.order = tuple(fact for fact in order if may[fact].bit_count() > 1)
        self.level = {fact: level for level, fact in enumerate(self.order)}
        sizes = [len(cells.of[fact]) for fact in self.order]
        self.diagram = Diagram(sizes, budget) if diagram is None else diagram
        self.impossible = self.diagram.leaf(IMPOSSIBLE)
        self._conditions: dict[Condition, Node] = {}
        self._decisions: dict[str, Node] = {}
        self._over: set[str] = set()  # decisions that did not fit: what refers to one does not
        self._failed = 0

    def masks(self, may: Mapping[str, int]) -> list[int]:
        """Give the cells that may be, per level of the diagram."""
        return [may[fact] for fact in self.order]

    def condition(self, condition: Condition) -> Node:
        """Give the diagram of a condition; its leaves are truth values."""
        known = self._conditions.get(condition)
        if known is None:
            known = self._conditions[condition] = self._compile(condition)
        return known

    def _compile(self, condition: Condition) -> Node:
        match condition:
            case FactIs(fact=fact, allowed=allowed):
                return self._fact(fact, allowed)
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
            case RuleIs(decision=name, rules=rules):
                return self.diagram.relabel(
                    condition,
                    lambda full: not set(rules).isdisjoint(full.rules),
                    self.decision(name),
                )
            case All(parts=parts):
                return self._join(parts, TRUE)
            case Any(parts=parts):
                return self._join(parts, FALSE)
            case Not(part=part):
                return self.diagram.negation(self.condition(part))
            case AtLeast(count=count, parts=parts):
                counted = self._count(parts, count)
                return self.diagram.relabel(("at least", count), lambda n: n >= count, counted)
            case _:  # Exactly
                count = condition.count
                counted = self._count(condition.parts, count + 1)
                return self.diagram.relabel(("exactly", count), lambda n: n == count, counted)

    def _fact(self, fact: str, allowed: int) -> Node:
        cells = self.cells.of[fact]
        kids = tuple(TRUE if cell & allowed else FALSE for cell in cells)
        if fact in self.level:
            return self.diagram.node(self.level[fact], kids)
        return kids[self.may[fact].bit_length() - 1]

    def _from_below(self, parts: Sequence[Condition]) -> list[Node]:
        """Compile the parts, those lowest in the diagram first: adding on top is cheap."""
        roots = [self.condition(part) for part in parts]
        return sorted(roots, key=lambda root: (-self.diagram.level[root], root))

    def _join(self, parts: Sequence[Condition], neutral: Node) -> Node:
        join = self.diagram.conjunction if neutral == TRUE else self.diagram.disjunction
        joined = neutral
        for root in self._from_below(parts):
            joined = join(root, joined)
        return joined

    def _count(self, parts: Sequence[Condition], limit: int) -> Node:
        """Count how many parts hold, up to `limit`; the leaves are numbers."""
        counted = self.diagram.leaf(0)
        for root in self._from_below(parts):
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
            known = self._settled(decision, self._winners(decision))
            if decision.applies_when is not None:
                nowhere = self.diagram.leaf(NOT_APPLICABLE)
                known = self.diagram.where(self.condition(decision.applies_when), known, nowhere)
            self._decisions[name] = known
        return known

    def _winners(self, decision: Decision) -> Node:
        """Find the rules that no applying rule outranks; the leaves are sets of rules.

        Outranking is transitive, so of the rules that apply it is enough to keep
        those that are not outranked so far.
        """
        beaten = beaten_by(decision)
        form = _form(decision)
        rules = [rule for rule in decision.rules if rule.when is not None]
        roots = {rule.id: self.condition(rule.when) for rule in rules if rule.when is not None}
        winners = self.diagram.leaf(frozenset[str]())
        for rule in sorted(roots, key=lambda one: (-self.diagram.level[roots[one]], one)):

            def add(applies: bool, others: frozenset[str], rule: str = rule) -> frozenset[str]:
                if not applies or not beaten[rule].isdisjoint(others):
                    return others
                return frozenset({rule, *(one for one in others if rule not in beaten[one])})

            winners = self.diagram.combine(
                ("winners", form, rule),
                add,
                roots[rule],
                winners,
                lambda a, b: b if a == FALSE else None,
            )
        return winners

    def _settled(self, decision: Decision, winners: Node) -> Node:
        beaten = beaten_by(decision)

        def full(rules: frozenset[str]) -> FullVerdict:
            return settle(decision, rules, beaten)

        return self.diagram.relabel(("settled", _form(decision)), full, winners)

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
        self._conditions = {c: node for c, node in self._conditions.items() if node < size}
        self._decisions = {d: node for d, node in self._decisions.items() if node < size}

    def adopt(self, other: Compiler, decisions: Iterable[str]) -> None:
        """Take over decisions that mean the same in another rule set on the same diagram."""
        self._decisions |= {name: other.decision(name) for name in decisions}


def _form(decision: Decision) -> tuple[object, ...]:
    """Give what settles a decision, conditions aside: it names a step in shared memory."""
    outcomes = tuple(outcome.id for outcome in decision.outcomes)
    rules = tuple((r.id, target(r), r.outranks, r.when is None) for r in decision.rules)
    return decision.id, outcomes, rules
