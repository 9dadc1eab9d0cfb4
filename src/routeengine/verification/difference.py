"""Where two rule sets over the same facts differ: one diagram of both, leaf against leaf.

Two verdicts mean the same where status, outcome, reason and candidates are equal; which
rule it was, and what texts say, does not count. Only full profiles that both allow are
compared; what just one of the two allows is a difference of its own.

The leaf of an overlap does not say between which outcomes: where both overlap, what the winners
name is compared besides.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeAlias

from routeengine.errors import BudgetError, UsageError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import Condition, Not
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import (
    coupled,
    decisions_of,
    evaluation_order,
    facts_of,
    facts_read,
)
from routeengine.ruleset.settling import OVERLAP, FullVerdict
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import IMPOSSIBLE, Compiler
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.symbolic.layout import cells_told_apart, laid_out
from routeengine.verification.space import Confined, Space

SAME = False
"""The value of the leaf for profiles on which the two do not differ."""

Kind: TypeAlias = Literal["decision", "flag", "possible"]

Said: TypeAlias = FullVerdict | bool
"""What a version says: a verdict, whether a flag is raised, whether a profile is possible."""


def meaning(said: Said) -> Hashable:
    """Give what is meant by what is said: of a verdict all but the rules that led there."""
    if not isinstance(said, FullVerdict):
        return said
    return said.status, said.outcome, said.reason, frozenset(said.candidates)


def at_leaf(said: Said) -> Said:
    """Give what is said as it stands at the leaf of a diagram, whichever rules won."""
    return said.without_rules if isinstance(said, FullVerdict) else said


def differs(value: object) -> bool:
    """Say whether a leaf of a comparison is one of a difference."""
    return value is not SAME and value is not IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class Tie:
    """Facts that constraints of either rule set tie together, and what must hold of them.

    `holds` is that per rule set, `both` where each allows it.
    """

    facts: frozenset[str]
    holds: tuple[Node, Node]
    both: Node


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing on which two rule sets are compared: a decision, a flag, what is possible.

    Its leaves are SAME, IMPOSSIBLE, or what it was and what it is, `at_leaf`.
    """

    kind: Kind
    name: str
    confined: Confined


@dataclass(frozen=True, slots=True)
class Differing:
    """A most ordinary full profile on which two rule sets differ, and what each says of it.

    `before` and `after` are verdicts of the decision `name`, or whether the flag `name` is
    raised, or whether the profile is possible at all.
    """

    kind: Kind
    name: str
    witness: Mapping[str, Value]
    before: Said
    after: Said


class Pair:
    """Two rule sets in one diagram, and what each says there.

    `rules` asks that the winning rules are the same too. Raises BudgetError where the
    constraints do not fit.
    """

    def __init__(self, before: Compiler, after: Compiler, *, rules: bool = False) -> None:
        self.sides = before, after
        self.rules = rules
        self.space = Space(before)
        self.diagram = before.diagram
        rulesets = before.ruleset, after.ruleset
        self.ties = tuple(self._tie(facts, holds) for facts, holds in coupled(rulesets))
        self._alike = _unchanged(*rulesets)
        # Where this does not fit, each decision is tried by itself, and said to be too large.
        after.within_budget(lambda: after.adopt(before, self._alike))

    def _tie(self, facts: set[str], holds: Sequence[Sequence[Not]]) -> Tie:
        old, new = (side.conjunction(some) for side, some in zip(self.sides, holds, strict=True))
        return Tie(frozenset(facts), (old, new), self.diagram.conjunction(old, new))

    def aspects(self) -> Iterator[tuple[Kind, str, Callable[[], Aspect]]]:
        """Yield everything that both have, and how to compare it: it may raise BudgetError."""
        before, after = (side.ruleset for side in self.sides)
        # Where no profile is possible in both, that is the difference.
        if all(tie.both != FALSE for tie in self.ties):
            for decision in before.decisions:
                if decision.id in after.decision and decision.id not in self._alike:
                    yield "decision", decision.id, partial(self._decision, decision.id)
            raised = {flag.id: flag.when for flag in after.flags}
            for flag in before.flags:
                if flag.when is not None and (when := raised.get(flag.id)) is not None:
                    yield "flag", flag.id, partial(self._flag, flag.id, (flag.when, when))
        for number in range(len(self.ties)):
            for side in (1, 0):
                yield "possible", "", partial(self._possible, number, side)

    def _decision(self, name: str) -> Aspect:
        diagram = self.diagram
        reads = [facts_read(side.ruleset, name) for side in self.sides]
        before, after = (side.decision(name) for side in self.sides)
        root = self._told(before, after)
        moved = self._moved(name, before, after)
        if moved != FALSE:
            told = diagram.relabel("differs", differs, root)
            both = diagram.relabel("both", lambda full: (full, full), before)
            root = diagram.ite(diagram.ite(told, FALSE, moved), both, root)
        return self._aspect("decision", name, reads[0] | reads[1], root)

    def _moved(self, name: str, before: Node, after: Node) -> Node:
        """Give where two verdicts that are the same at their leaves differ in candidates or rules.

        It may hold elsewhere too.
        """
        diagram = self.diagram
        moved = []
        overlap = diagram.conjunction(*(self._overlapping(root) for root in (before, after)))
        if overlap != FALSE:
            old, new = (side.naming(name) for side in self.sides)
            for outcome in old.keys() | new.keys():
                apart = self._apart(old.get(outcome, FALSE), new.get(outcome, FALSE))
                moved.append(diagram.conjunction(overlap, apart))
        if self.rules:
            wins = [
                {rule.id: side.wins(rule.id) for rule in side.ruleset.decision[name].rules}
                for side in self.sides
            ]
            rules = wins[0].keys() | wins[1].keys()
            moved += [self._apart(*(some.get(rule, FALSE) for some in wins)) for rule in rules]
        return self.sides[1].any_of(moved)

    def _overlapping(self, root: Node) -> Node:
        return self.diagram.relabel("overlapping", lambda full: full == OVERLAP, root)

    def _apart(self, one: Node, other: Node) -> Node:
        """Give where just one of two holds."""
        return self.diagram.ite(one, self.diagram.negation(other), other)

    def _flag(self, name: str, when: tuple[Condition, Condition]) -> Aspect:
        both = list(zip(self.sides, when, strict=True))
        facts = frozenset().union(*(facts_of(side.ruleset, one) for side, one in both))
        return self._aspect("flag", name, facts, self._told(*(s.condition(one) for s, one in both)))

    def _told(self, before: Node, after: Node) -> Node:
        """Give where two functions differ: what it was and what it is; SAME elsewhere."""

        def told(old: Said, new: Said) -> Hashable:
            return SAME if old == new else (old, new)

        return self.diagram.combine(
            "told", told, before, after, lambda old, new: FALSE if old == new else None
        )

    def _aspect(self, kind: Kind, name: str, facts: frozenset[str], root: Node) -> Aspect:
        diagram, apart, held = self.diagram, [], TRUE
        for tie in self.ties:
            if tie.facts & facts:
                held = diagram.conjunction(held, tie.both)
            else:
                apart.append(tie.both)
        if root != FALSE:
            root = diagram.ite(held, root, diagram.leaf(IMPOSSIBLE))
        return Aspect(kind, name, Confined(root, tuple(apart)))

    def _possible(self, number: int, side: int) -> Aspect:
        """Compare what the constraints of one tie allow: what just one side does.

        A profile counts where the other constraints of that side allow it too.
        """
        diagram, tie = self.diagram, self.ties[number]
        own, other = tie.holds[side], tie.holds[1 - side]
        alone = diagram.leaf((side == 0, side == 1))
        neither = diagram.leaf(IMPOSSIBLE)
        root = diagram.ite(
            own, diagram.ite(other, FALSE, alone), diagram.ite(other, FALSE, neither)
        )
        apart = tuple(one.holds[side] for one in self.ties if one is not tie)
        return Aspect("possible", "", Confined(root, apart))

    def differing(self, compare: Callable[[], Aspect]) -> Differing | Literal["same"]:
        """Give a witness of a difference, replayed by the reference evaluator, if there is one."""
        aspect = compare()
        path = self.space.nearest(aspect.confined, differs)
        if path is None:
            return "same"
        full = self.space.full(path)
        before, after = (heard(s.ruleset, aspect.kind, aspect.name, full) for s in self.sides)
        same = before == after if self.rules else meaning(before) == meaning(after)
        if same or (at_leaf(before), at_leaf(after)) != path.leaf:
            raise AssertionError("a witness does not show the difference: please report it")
        return Differing(aspect.kind, aspect.name, self.space.values(full), before, after)


def heard(ruleset: RuleSet, kind: Kind, name: str, full: Mapping[str, int]) -> Said:
    """Ask the reference evaluator what a rule set says of a full profile."""
    profile = FullProfile(ruleset, full).decide()
    match kind:
        case "decision":
            return profile.verdicts[name]
        case "flag":
            return any(f.id == name and f.when and profile.holds(f.when) for f in ruleset.flags)
        case _:
            return not any(profile.holds(one.forbids) for one in ruleset.constraints)


def compiler_of(
    rulesets: Sequence[RuleSet], order: Sequence[str] = (), budget: int = NODE_BUDGET
) -> Compiler:
    """Return a compiler of the first of these rule sets, whose cells are fine enough for all."""
    cells, order = laid_out(rulesets, order=order)
    return compiled(Compiler(rulesets[0], cells, order, cells.everything, budget))


def compiled(compiler: Compiler) -> Compiler:
    """Compile every decision that fits the budget, without leaving scraps; return the compiler.

    What does not fit raises BudgetError where it is asked for.
    """
    for decision in evaluation_order(compiler.ruleset):
        compiler.attempt(partial(_root, compiler, decision.id), decision.id)
    return compiler


def _root(compiler: Compiler, decision: str) -> tuple[Node]:
    return (compiler.decision(decision),)


class Comparison:
    """Compares one rule set with many others that speak of the same facts.

    What they have in common with it is compiled once. `rules` asks that the winning rules
    are the same too; `order` is an order of the facts that was worked out before. Not for
    use by several threads at once.
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

    def pair(self, other: RuleSet) -> Pair:
        """Put another rule set beside it. Raises UsageError where it has other facts."""
        _refuse_other_names(self.ruleset, other)
        before = self._room_for(other)
        return Pair(before, before.beside(other), rules=self._rules)

    def _room_for(self, other: RuleSet) -> Compiler:
        """Give a compiler whose cells are fine enough for both, with room for more nodes."""
        own = self._compiler
        cells = cells_told_apart(self.ruleset.facts, self.ruleset.conditions + other.conditions)
        if cells.of != own.cells.of:
            return compiler_of([self.ruleset, other], own.order, self._budget)
        if len(own.diagram) > self._budget // 4:
            self._compiler = compiler_of([self.ruleset], own.order, self._budget)
        return self._compiler

    def first_difference(self, other: RuleSet) -> Differing | None:
        """Give a smallest ordinary profile on which they differ, or None: they mean the same.

        Decisions are looked at first, in their order, then flags, then what is possible.
        Raises BudgetError where that cannot be told within the budget.
        """
        pair = self.pair(other)
        untold = []
        for kind, name, compare in pair.aspects():
            found = pair.sides[1].within_budget(partial(pair.differing, compare))
            if found is None:
                untold.append(f"{kind} `{name}`" if name else "what is possible")
            elif isinstance(found, Differing):
                return found
        if untold:
            raise BudgetError(f"too large to be compared: {', '.join(dict.fromkeys(untold))}")
        return None


def first_difference(old: RuleSet, new: RuleSet, *, rules: bool = False) -> Differing | None:
    """Give a smallest ordinary profile on which two rule sets differ, or None.

    None is a proof that they mean the same on every full profile. Both have to name the
    same facts, decisions and flags (UsageError). `rules` asks that the same rules win.
    Raises BudgetError where it cannot be told. To compare one with many, use `Comparison`.
    """
    return Comparison(old, rules=rules).first_difference(new)


def _refuse_other_names(old: RuleSet, new: RuleSet) -> None:
    if {one.id: one.domain for one in old.facts} != {one.id: one.domain for one in new.facts}:
        raise UsageError("the two rule sets have other facts: compare them with `diff`")
    if old.decision.keys() != new.decision.keys():
        raise UsageError("the two rule sets have other decisions: compare them with `diff`")
    flags = [{flag.id for flag in one.flags if flag.when is not None} for one in (old, new)]
    if flags[0] != flags[1]:
        raise UsageError("the two rule sets have other flags: compare them with `diff`")


def _unchanged(old: RuleSet, new: RuleSet) -> list[str]:
    """Give decisions that are alike down to their conditions, and so need no second look."""
    if old.criteria != new.criteria:
        return []
    alike: list[str] = []
    for decision in evaluation_order(new):
        if decision == old.decision.get(decision.id):
            conditions = [rule.when for rule in decision.rules if rule.when is not None]
            conditions += [] if decision.applies_when is None else [decision.applies_when]
            asked = {name for one in conditions for name in decisions_of(new, one)}
            if asked <= set(alike):
                alike.append(decision.id)
    return alike
