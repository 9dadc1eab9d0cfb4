"""A rule set compiled once, to be walked by any number of threads.

INVARIANT: after `CompiledRuleSet` is built, nothing in it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from routeengine.errors import RuleSetError
from routeengine.ruleset.conditions import Condition, CriterionIs, walk
from routeengine.ruleset.dependencies import evaluation_order, facts_of, nothing_left
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.symbolic.layout import Layout

NODE_BUDGET = 200_000
"""Nodes for the whole rule set: about 60 MB. What does not fit is done per profile."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in compiled form.

    The leaves below `root` are CompleteVerdicts without rules, and IMPOSSIBLE where constraints
    that have a fact in common with the decision exclude it. `wins` says per rule where it is
    possible and among the winners.
    """

    root: Node
    wins: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Part:
    """A condition in compiled form: its diagram, and the constraints on it.

    `constraints` is true where those hold that have a fact in common with it.
    Other constraints cannot bear on it, as long as anything is possible at all.
    """

    root: Node
    constraints: Node


class Compilation(Compiler):
    """Parts of a rule set compiled where the constraints hold, within one budget or not at all.

    Used for the whole rule set, and again for the residual of one profile: there the `bounds` on
    that profile leave out what they settle.
    """

    def __init__(
        self, of: Layout, may: Mapping[str, int], budget: int, bounds: Bounds | None = None
    ) -> None:
        super().__init__(of.ruleset, of.cells, of.order, may, budget, of.ranks, bounds)
        self._layout = of

    def masks(self, may: Mapping[str, int]) -> list[int]:
        """Return the cells that may be, per level of the diagram."""
        return [may[fact] for fact in self.order]

    def verdicts(self, root: Node, masks: Sequence[int]) -> Iterator[CompleteVerdict]:
        """Yield the verdicts of a decision that what may be leads to, IMPOSSIBLE aside."""
        values, impossible = self.diagram.values, self.impossible
        return (values[leaf] for leaf in self.diagram.reach(root, masks) if leaf != impossible)

    def part(self, condition: Condition) -> Part | None:
        """Compile a condition, or return None if it does not fit."""
        root = self.attempt_one(partial(self.condition, condition))
        held = self.constraints(facts_of(self._layout.ruleset, condition))
        return None if root is None or held is None else Part(root, held)

    def verdict(self, name: str) -> Node | None:
        """Compile a decision, or return None; its leaves are CompleteVerdicts, or IMPOSSIBLE."""
        reads = self._layout.reads[name]
        return self.constrain(reads, partial(self.decision, name), name)

    def winners(self, name: str, rules: Sequence[str]) -> Mapping[str, Node] | None:
        """Compile, per rule, where it wins and the constraints hold, or return None."""
        held = self.constraints(self._layout.reads[name])
        if held is None:
            return None
        both = self.diagram.conjunction
        built = self.attempt(lambda: tuple([both(held, self.wins(rule)) for rule in rules]))
        return None if built is None else dict(zip(rules, built, strict=True))

    def constrain(
        self, facts: frozenset[str], build: Callable[[], Node], decision: str | None = None
    ) -> Node | None:
        """Build what reads these facts where the constraints hold, and IMPOSSIBLE elsewhere.

        None if it does not fit. `decision` names the one that is built.
        """
        held = self.constraints(facts)
        if held is None:
            return None
        ite = self.diagram.ite
        return self.attempt_one(lambda: ite(held, build(), self.impossible), decision)

    def constraints(self, facts: Collection[str]) -> Node | None:
        """Compile the constraints that are coupled to some of these facts, or return None."""
        layout = self._layout
        return self.together(
            [one for at in layout.touched(facts) for one in layout.couplings[at].holds]
        )

    def together(self, holds: Sequence[Condition]) -> Node | None:
        """Compile conditions that all have to hold, or return None."""
        return self.attempt_one(partial(self.conjunction, holds))


class CompiledRuleSet(Layout):
    """A rule set as diagrams: a part per decision, condition and coupling of constraints.

    A part that does not fit the budget is None: it is then compiled per profile,
    from what the profile leaves open. Where all is `exact`, nothing is compiled per profile, or
    bounded.

    Raises RuleSetError where the constraints exclude every profile.
    """

    def __init__(self, ruleset: RuleSet, budget: int = NODE_BUDGET) -> None:
        super().__init__(ruleset)
        self.whole = whole = Compilation(self, self.cells.everything, budget)
        # By itself, for a constraint that reads no fact at all is coupled to none.
        self.coupled = [whole.together(one.holds) for one in self.couplings]
        if FALSE in self.coupled:
            raise self.impossible(self.coupled.index(FALSE))
        # Each after those it refers to: what they come to is compiled by then.
        self.decisions = {one.id: self._decided(one.id) for one in evaluation_order(ruleset)}
        # Flags and conditions after the decisions, with which they share nodes.
        self.flags = {
            name: whole.constrain(facts_of(ruleset, when), partial(whole.condition, when))
            for name, when in ruleset.flag_conditions.items()
        }
        # Every condition that an explanation may ask about, each once.
        criteria = [CriterionIs(one.id) for one in ruleset.criteria]
        asked = [*walk(*ruleset.conditions), *criteria, *ruleset.rule_conditions.values()]
        self.conditions = {one: whole.part(one) for one in dict.fromkeys(asked)}
        parts = (self.decisions, self.flags, self.conditions)
        self.exact = None not in self.coupled and not any(None in some.values() for some in parts)
        whole.diagram.forget_memo()

    def _decided(self, name: str) -> Decided | None:
        rules = [rule.id for rule in self.ruleset.decision[name].rules]
        root, wins = self.whole.verdict(name), self.whole.winners(name, rules)
        return None if root is None or wins is None else Decided(root, wins)

    def impossible(self, number: int) -> RuleSetError:
        """Return the error for constraints that exclude every profile."""
        return nothing_left(self.ruleset, self.couplings[number])
