"""A rule set compiled once, to be walked by any number of threads.

INVARIANT: after `CompiledRuleSet` is built, nothing in it changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routeengine.errors import Fault, RuleSetError
from routeengine.ruleset.conditions import Any, Condition, CriterionIs, Not, walk
from routeengine.ruleset.conflicts import couplings
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import evaluation_order, facts_of, facts_read
from routeengine.ruleset.settling import Settlings
from routeengine.symbolic.bounds import Bounding, Bounds
from routeengine.symbolic.cells import Cells, cells_of
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.symbolic.order import groups_of, order_by_structure
from routeengine.symbolic.sifting import sifted

__all__ = ["NODE_BUDGET", "RESIDUAL_BUDGET", "Compilation", "CompiledRuleSet", "Part"]

NODE_BUDGET = 200_000
"""Nodes for the whole rule set: about 60 MB. What does not fit is done per profile."""

RESIDUAL_BUDGET = 20_000
"""Nodes for what one profile leaves open. What does not fit is only bounded."""


@dataclass(frozen=True, slots=True)
class Part:
    """A condition or decision in compiled form: its diagram, and the constraints on it.

    `held` is true where the constraints hold that have a fact in common with it.
    Other constraints cannot bear on it, as long as anything is possible at all.
    """

    root: Node
    held: Node


class Compilation:
    """Parts of a rule set compiled within one budget, for given cells per fact.

    Used for the whole rule set, and again for the residual of one profile: there the `bounds` on
    that profile leave out what they settle.
    """

    def __init__(
        self,
        of: CompiledRuleSet,
        may: Mapping[str, int],
        budget: int,
        bounds: Bounds | None = None,
    ) -> None:
        self._of = of
        self._compiler = Compiler(
            of.ruleset, of.cells, of.order, may, budget, settlings=of.settlings, bounds=bounds
        )
        self.diagram = self._compiler.diagram
        self.order = self._compiler.order
        self.level = self._compiler.level
        self.impossible = self._compiler.impossible

    def masks(self, may: Mapping[str, int]) -> list[int]:
        """Give the cells that may be, per level of the diagram."""
        return self._compiler.masks(may)

    def condition(self, condition: Condition) -> Part | None:
        """Compile a condition, or give None where it does not fit."""
        root = self._compiler.attempt(lambda: self._compiler.condition(condition))
        held = self.held(self._of.touched(facts_of(self._of.ruleset, condition)))
        return None if root is None or held is None else Part(root, held)

    def decision(self, name: str) -> Part | None:
        """Compile a decision, or give None; its leaves are FullVerdicts, or IMPOSSIBLE."""
        held = self.held(self._of.touched(self._of.reads[name]))
        if held is None:
            return None
        root = self._compiler.attempt(
            lambda: self.diagram.where(held, self._compiler.decision(name), self.impossible), name
        )
        return None if root is None else Part(root, held)

    def within(self, condition: Condition) -> Node | None:
        """Compile a condition where the constraints hold, and IMPOSSIBLE elsewhere."""
        part = self.condition(condition)
        if part is None:
            return None
        return self._compiler.attempt(
            lambda: self.diagram.where(part.held, part.root, self.impossible)
        )

    def held(self, touched: Sequence[int]) -> Node | None:
        """Compile the constraints of some couplings together."""
        holds = [condition for number in touched for condition in self._of.couplings[number].holds]
        return self._compiler.attempt(lambda: self._compiler.conjunction(holds))


class CompiledRuleSet:
    """A rule set as diagrams: a part per decision, condition and coupling of constraints.

    A part that does not fit the budget is None: it is then compiled per profile,
    from what the profile leaves open. Where all is `exact`, nothing is compiled per profile, or
    bounded.

    Raises RuleSetError where the constraints exclude every profile.
    """

    def __init__(self, ruleset: RuleSet, budget: int = NODE_BUDGET) -> None:
        self.ruleset = ruleset
        self.settlings = Settlings(ruleset)
        self.bounding = Bounding(ruleset, self.settlings)
        self.cells: Cells = cells_of(ruleset)
        self.couplings = couplings(ruleset)
        self.coupling_of = {
            fact: number for number, one in enumerate(self.couplings) for fact in one.facts
        }
        self.reads = {d.id: facts_read(ruleset, d.id) for d in ruleset.decisions}
        self.everything = {fact: (1 << len(some)) - 1 for fact, some in self.cells.of.items()}
        self.otherwise = {
            rule.id: Not(Any(tuple(r.when for r in d.rules if r.when is not None)))
            for d in ruleset.decisions
            for rule in d.rules
            if rule.when is None
        }
        told = [fact for fact, cells in self.cells.of.items() if len(cells) > 1]
        self.order = tuple(order_by_structure(told, groups_of(ruleset)))
        self._compile_decisions(budget)
        order, self.order = self.order, self._sifted()
        if self.order != order:
            self._compile_decisions(budget)
        self._compile_others()
        # What is better for the decisions may be too much for the rest.
        if self.order != order and not self.exact:
            self.order = order
            self._compile_decisions(budget)
            self._compile_others()

    def _compile_decisions(self, budget: int) -> None:
        """Compile what the constraints and decisions come to, in the order that is set."""
        self.whole = Compilation(self, self.everything, budget)
        self.coupled = [self.whole.held([number]) for number in range(len(self.couplings))]
        if FALSE in self.coupled:
            raise self.impossible(self.coupled.index(FALSE))
        decisions = evaluation_order(self.ruleset)
        self.decisions = {one.id: self.whole.decision(one.id) for one in decisions}

    def _compile_others(self) -> None:
        """Compile flags and conditions after the decisions, with which they share nodes."""
        whole = self.whole
        flags = {one.id: one.when for one in self.ruleset.flags if one.when is not None}
        self.flags = {name: whole.within(when) for name, when in flags.items()}
        self.conditions = {one: whole.condition(one) for one in self._parts()}
        parts = (self.decisions, self.flags, self.conditions)
        self.exact = None not in self.coupled and not any(None in some.values() for some in parts)

    def _sifted(self) -> tuple[str, ...]:
        """Give a better order of the facts, or the same, by what the decisions became."""
        parts = self.decisions.values()
        roots = [part.root for part in parts if part is not None]
        if len(roots) < len(parts):
            return self.order
        levels = sifted(self.whole.diagram, roots)
        return tuple([self.order[level] for level in levels])

    def _parts(self) -> Iterator[Condition]:
        """Yield every condition that an explanation may ask about, each once."""
        seen = dict.fromkeys(part for whole in self.ruleset.conditions for part in walk(whole))
        seen |= dict.fromkeys(CriterionIs(criterion.id) for criterion in self.ruleset.criteria)
        yield from seen | dict.fromkeys(self.otherwise.values())

    def impossible(self, number: int) -> RuleSetError:
        """Make the error for constraints that exclude every profile."""
        named = ", ".join(f"`{fact}`" for fact in self.couplings[number].facts)
        forbidden = {held.part for held in self.couplings[number].holds}
        place = next(c.place for c in self.ruleset.constraints if c.forbids in forbidden)
        message = f"the constraints on {named} exclude every profile"
        return RuleSetError((Fault(place.file, place.line, place.column, message),))

    def touched(self, facts: frozenset[str]) -> list[int]:
        """Give the couplings, by number, that have a fact in common with these."""
        return [
            number
            for number, coupling in enumerate(self.couplings)
            if not facts.isdisjoint(coupling.facts)
        ]
