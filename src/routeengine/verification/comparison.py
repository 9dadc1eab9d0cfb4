"""Where two rule sets over the same facts differ: one diagram of both, leaf against leaf.

Two verdicts mean the same if status, outcome, reason and candidates are equal; which
rule it was, and what texts say, does not count. Only full profiles that both allow are
compared; what just one of the two allows is a difference of its own.

The leaf of an overlap does not say between which outcomes: where both overlap, what the winners
name is compared besides.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from routeengine.errors import BudgetError, UsageError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset import dependencies
from routeengine.ruleset.conditions import Not
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.resolution import OVERLAP, CompleteVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import Compiler
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Node
from routeengine.symbolic.layout import cells_told_apart, laid_out
from routeengine.verification.space import Build, Constrained, ProfileSpace

SAME = False
"""The value of the leaf for profiles on which the two do not differ."""

Kind: TypeAlias = Literal["decision", "flag", "possible"]

Statement: TypeAlias = CompleteVerdict | bool
"""What a version says: a verdict, whether a flag is raised, whether a profile is possible."""


def meaning(statement: Statement) -> Hashable:
    """Return what is meant by what is said: of a verdict all but the rules that led there."""
    if not isinstance(statement, CompleteVerdict):
        return statement
    candidates = frozenset(statement.candidates)
    return statement.status, statement.outcome, statement.reason, candidates


def at_leaf(statement: Statement) -> Statement:
    """Return what is said as it is at the leaf of a diagram, whichever rules won."""
    return statement.without_rules if isinstance(statement, CompleteVerdict) else statement


def differs(value: object) -> bool:
    """Return whether a leaf of a comparison is one of a difference."""
    return value is not SAME and value is not IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class PairedCoupling:
    """Facts that constraints of either rule set tie together, and what must hold of them.

    `holds` is that per rule set, `both` where each allows it.
    """

    facts: frozenset[str]
    holds: tuple[Node, Node]
    both: Node


@dataclass(frozen=True, slots=True)
class Differing:
    """A most ordinary full profile on which two rule sets differ, and what each says of it.

    Attributes:
        kind: "decision", "flag", or "possible" if only one of them allows the profile.
        name: The id of the decision or flag; "" otherwise.
        witness: The profile.
        before: What the first rule set says: a verdict, or whether the flag is raised or the
            profile is possible.
        after: What the second rule set says.
    """

    kind: Kind
    name: str
    witness: Mapping[str, Value]
    before: Statement
    after: Statement


class RuleSetPair(ProfileSpace):
    """Two rule sets in one diagram, and what each says there.

    `rules` asks that the winning rules are the same too. Raises BudgetError if the
    constraints do not fit.
    """

    def __init__(self, before: Compiler, after: Compiler, *, rules: bool = False) -> None:
        super().__init__(before)
        self.sides = before, after
        self.rulesets = before.ruleset, after.ruleset
        self.rules = rules
        couplings = dependencies.coupled_constraints(self.rulesets)
        self.couplings = tuple(self._coupling(*one) for one in couplings)

    def _coupling(self, facts: set[str], holds: Sequence[Sequence[Not]]) -> PairedCoupling:
        old, new = (side.conjunction(some) for side, some in zip(self.sides, holds, strict=True))
        return PairedCoupling(frozenset(facts), (old, new), self.diagram.conjunction(old, new))

    def compared(self) -> Iterator[tuple[Kind, str, Build]]:
        """Yield everything that both have, and what compares it: that may raise BudgetError.

        The leaves of a comparison are SAME, IMPOSSIBLE, or what it was and what it is, `at_leaf`.
        """
        before, after = self.rulesets
        # If no profile is possible in both, that is the difference.
        if all(coupling.both != FALSE for coupling in self.couplings):
            unchanged = _unchanged(before, after)
            for decision in before.decisions:
                if decision.id in after.decision and decision.id not in unchanged:
                    yield "decision", decision.id, partial(self._decision, decision.id)
            for flag in before.flag_conditions:
                if flag in after.flag_conditions:
                    yield "flag", flag, partial(self._flag, flag)
        for coupling in self.couplings:
            for side in (1, 0):
                yield "possible", "", partial(self._possible, coupling, side)

    def _decision(self, name: str) -> Constrained:
        diagram = self.diagram
        before, after = (side.decision(name) for side in self.sides)
        root = self._different(before, after)
        # Where both overlap the leaves are equal, and yet one may name A or B and the other A or C.
        inside = self._differ_inside(name, before, after)
        if inside != FALSE:
            different = diagram.map_leaves("differs", differs, root)
            both = diagram.map_leaves("both", lambda full: (full, full), before)
            root = diagram.ite(diagram.ite(different, FALSE, inside), both, root)
        reads = [dependencies.facts_read(ruleset, name) for ruleset in self.rulesets]
        return self._constrained(reads[0] | reads[1], root)

    def _differ_inside(self, name: str, before: Node, after: Node) -> Node:
        """Compile where two verdicts with the same leaf have other candidates.

        Or other winning rules, if that is asked. It may hold where the leaves differ, too.
        """
        diagram, parts = self.diagram, []
        overlap = diagram.conjunction(*(diagram.leaf_is(OVERLAP, one) for one in (before, after)))
        if overlap != FALSE:
            old, new = (side.naming(name) for side in self.sides)
            for outcome in old.keys() | new.keys():
                apart = self._just_one(old.get(outcome, FALSE), new.get(outcome, FALSE))
                parts.append(diagram.conjunction(overlap, apart))
        if self.rules:
            wins = [
                {rule.id: side.wins(rule.id) for rule in side.ruleset.decision[name].rules}
                for side in self.sides
            ]
            rules = wins[0].keys() | wins[1].keys()
            parts += [self._just_one(*(some.get(rule, FALSE) for some in wins)) for rule in rules]
        return self.sides[1].any_of(parts)

    def _just_one(self, one: Node, other: Node) -> Node:
        """Compile where the one holds or the other, and not both."""
        return self.diagram.ite(one, self.diagram.negation(other), other)

    def _flag(self, name: str) -> Constrained:
        both = [(side, side.ruleset.flag_conditions[name]) for side in self.sides]
        facts = frozenset().union(*(dependencies.facts_of(side.ruleset, one) for side, one in both))
        return self._constrained(facts, self._different(*(s.condition(one) for s, one in both)))

    def _different(self, before: Node, after: Node) -> Node:
        """Compile where two functions differ: what it was and what it is; SAME elsewhere."""

        def leaf(old: Statement, new: Statement) -> Hashable:
            return SAME if old == new else (old, new)

        # Two nodes are the same just if their functions are, so nothing below equal nodes differs:
        # only what does differ is walked through.
        return self.diagram.apply(
            "different", leaf, before, after, lambda old, new: FALSE if old == new else None
        )

    def _constrained(self, facts: frozenset[str], root: Node) -> Constrained:
        """Put the constraints of both with what reads these facts."""
        diagram, apart, possible = self.diagram, [], TRUE
        for coupling in self.couplings:
            if coupling.facts & facts:
                possible = diagram.conjunction(possible, coupling.both)
            else:
                apart.append(coupling.both)
        if root != FALSE:
            root = diagram.ite(possible, root, diagram.leaf(IMPOSSIBLE))
        return Constrained(root, tuple(apart))

    def _possible(self, coupling: PairedCoupling, side: int) -> Constrained:
        """Compare what the constraints of one coupling allow: what just one side does.

        A profile counts if the other constraints of that side allow it too.
        """
        diagram = self.diagram
        # Take out that whoever can start soon is able to take part. With `side` 1, the new version,
        # the leaf of a profile with the one and without the other is (False, True): it was not
        # possible, and is. What the old version allows too is SAME, and what neither does,
        # IMPOSSIBLE.
        own, other = coupling.holds[side], coupling.holds[1 - side]
        alone, neither = diagram.leaf((side == 0, side == 1)), diagram.leaf(IMPOSSIBLE)
        root = diagram.ite(other, FALSE, diagram.ite(own, alone, neither))
        apart = tuple(one.holds[side] for one in self.couplings if one is not coupling)
        return Constrained(root, apart)

    def differing(self, kind: Kind, name: str, compare: Build) -> Differing | Literal[False]:
        """Return a witness of a difference, replayed by the reference evaluator, if any."""
        path = self.nearest(compare(), differs)
        if path is None:
            return False
        full = self.full(path)
        before, after = (ask(ruleset, kind, name, full) for ruleset in self.rulesets)
        same = before == after if self.rules else meaning(before) == meaning(after)
        if same or (at_leaf(before), at_leaf(after)) != path.leaf:
            raise AssertionError("a witness does not show the difference: please report it")
        return Differing(kind, name, self.values(full), before, after)


def ask(ruleset: RuleSet, kind: Kind, name: str, full: Mapping[str, int]) -> Statement:
    """Ask the reference evaluator what a rule set says of a full profile."""
    profile = FullProfile(ruleset, full).decide()
    match kind:
        case "decision":
            return profile.verdicts[name]
        case "flag":
            return profile.holds(ruleset.flag_conditions[name])
        case _:
            return not any(profile.holds(one.forbids) for one in ruleset.constraints)


def compiler_of(rulesets: Sequence[RuleSet], order: Sequence[str], budget: int) -> Compiler:
    """Return a compiler of the first of these rule sets, whose cells are fine enough for all."""
    cells, order = laid_out(rulesets, order=order)
    return compiled(Compiler(rulesets[0], cells, order, cells.everything, budget))


def compiled(compiler: Compiler) -> Compiler:
    """Compile every decision that fits the budget, without leaving scraps; return the compiler.

    What does not fit raises BudgetError when it is asked for.
    """
    for decision in dependencies.evaluation_order(compiler.ruleset):
        compiler.attempt_one(partial(compiler.decision, decision.id), decision.id)
    return compiler


class Comparison:
    """Compares one rule set with many others that speak of the same facts.

    What they have in common with it is compiled once. `rules` asks that the winning rules are the
    same too. `budget` is the number of nodes that a comparison may take, and `order` an order of
    the facts that was worked out before. Not for use by several threads at once.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        *,
        rules: bool = False,
        budget: int = NODE_BUDGET,
        order: Sequence[str] = (),
    ) -> None:
        self.ruleset = ruleset
        self._rules = rules
        self._budget = budget
        self._compiler = compiler_of([ruleset], order, budget)

    def pair(self, other: RuleSet) -> RuleSetPair:
        """Return both rule sets in one diagram, for the library's own use.

        Raises UsageError if the other one has other facts, decisions or flags.
        """
        _refuse_other_names(self.ruleset, other)
        before = self._room_for(other)
        return RuleSetPair(before, before.beside(other), rules=self._rules)

    def _room_for(self, other: RuleSet) -> Compiler:
        """Return a compiler whose cells are fine enough for both, with room for more nodes."""
        own = self._compiler
        cells = cells_told_apart(self.ruleset.facts, self.ruleset.conditions + other.conditions)
        # A bound that the other moved by one splits a cell: then nothing that is compiled will do.
        if cells.of != own.cells.of:
            return compiler_of([self.ruleset, other], own.order, self._budget)
        # What earlier comparisons left behind is still in the diagram: past a quarter of the budget
        # it pays to start afresh.
        if len(own.diagram) > self._budget // 4:
            self._compiler = compiler_of([self.ruleset], own.order, self._budget)
        return self._compiler

    def first_difference(self, other: RuleSet) -> Differing | None:
        """Return a most ordinary profile on which they differ, or None: they mean the same.

        Decisions are looked at first, in their order, then flags, then what is possible.

        Raises UsageError if the other one has other facts, decisions or flags, and BudgetError if
        the answer is not found within the budget.
        """
        pair = self.pair(other)
        undetermined = []
        for kind, name, compare in pair.compared():
            difference = pair.sides[1].within_budget(partial(pair.differing, kind, name, compare))
            if difference:
                return difference
            if difference is None:
                undetermined.append(f"{kind} `{name}`" if name else "what is possible")
        if undetermined:
            raise BudgetError(f"too large to be compared: {', '.join(dict.fromkeys(undetermined))}")
        return None


def first_difference(old: RuleSet, new: RuleSet, *, rules: bool = False) -> Differing | None:
    """Return a most ordinary profile on which two rule sets differ, or None.

    None is a proof that they mean the same on every full profile. `rules` asks that the same rules
    win. To compare one with many, use `Comparison`; to compare versions with other facts, use
    `diff`.

    Raises UsageError if the two have other facts, decisions or flags, and BudgetError if the answer
    is not found within the budget.
    """
    return Comparison(old, rules=rules).first_difference(new)


def _refuse_other_names(old: RuleSet, new: RuleSet) -> None:
    for what, one, other in (
        ("facts", *({f.id: f.domain for f in some.facts} for some in (old, new))),
        ("decisions", *(some.decision.keys() for some in (old, new))),
        ("flags", *(some.flag_conditions.keys() for some in (old, new))),
    ):
        if one != other:
            message = f"the two rule sets have other {what}: compare them with `diff`"
            raise UsageError(message)


def _unchanged(old: RuleSet, new: RuleSet) -> list[str]:
    """Return the decisions that are alike down to their conditions: none has to be compiled."""
    # Which criteria and scores a condition uses is not looked into: if one differs, all count.
    if (old.criteria, old.scores) != (new.criteria, new.scores):
        return []
    alike: list[str] = []
    for decision in dependencies.evaluation_order(new):
        same = decision == old.decision.get(decision.id)
        if same and dependencies.decisions_of(new, decision) <= set(alike):
            alike.append(decision.id)
    return alike
