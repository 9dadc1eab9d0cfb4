"""Where two rule sets over the same facts differ: one diagram of both, leaf against leaf.

Two verdicts mean the same where status, outcome, reason and candidates are equal; which
rule it was, and what texts say, does not count. Only full profiles that both allow are
compared; what just one of the two allows is a difference of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import eq
from typing import Any, Literal, TypeAlias

from routeengine.errors import BudgetError, UsageError
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import decisions_of, evaluation_order, facts_of, facts_read
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.cells import cells_told_apart
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.symbolic.compiler import IMPOSSIBLE, Compiler
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.paths import Cost, Path
from routeengine.verification.space import Space, Tie

__all__ = ["SAME", "Aspect", "Comparison", "Differing", "Pair", "first_difference", "meaning"]

SAME = False
"""The value of the leaf for profiles on which the two do not differ."""

Kind: TypeAlias = Literal["decision", "flag", "possible"]

Meaning: TypeAlias = Callable[[FullVerdict], Hashable]


def meaning(full: FullVerdict) -> Hashable:
    """Give what a verdict means: all of it but the rules that led there."""
    return full.status, full.outcome, full.reason, frozenset(full.candidates)


def wholly(full: FullVerdict) -> Hashable:
    """Give all of a verdict, the winning rules with it."""
    return full


def differs(value: object) -> bool:
    """Say whether a leaf of a comparison is one of a difference."""
    return value is not SAME and value is not IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing on which two rule sets are compared: a decision, a flag, what is possible.

    The leaves below `root` are SAME, IMPOSSIBLE, or what it was and what it is. `touched`
    are the ties that `root` was confined to, of all `ties`.
    """

    kind: Kind
    name: str
    root: Node
    touched: tuple[Tie, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Differing:
    """A most ordinary full profile on which two rule sets differ, and what each says of it.

    `before` and `after` are verdicts of the decision `name`, or whether the flag `name` is
    raised, or whether the profile is possible at all.
    """

    kind: Kind
    name: str
    witness: Mapping[str, Value]
    before: FullVerdict | bool
    after: FullVerdict | bool


class Pair:
    """Two rule sets in one space, and what each says there."""

    def __init__(
        self, space: Space, before: Compiler, after: Compiler, same: Meaning = meaning
    ) -> None:
        self.space = space
        self.before = before
        self.after = after
        self.same = same
        self.ties = space.tie((before, after))
        self.comparable = space.possible(self.ties)

    def aspects(self) -> Iterator[tuple[Kind, str, Callable[[], Aspect]]]:
        """Yield everything that both have, and how to compare it."""
        for decision in self.before.ruleset.decisions:
            if decision.id in self.after.ruleset.decision:
                yield "decision", decision.id, partial(self.decision, decision.id)
        after = {flag.id: flag.when for flag in self.after.ruleset.flags}
        for flag in self.before.ruleset.flags:
            if flag.when is not None and after.get(flag.id) is not None:
                yield "flag", flag.id, partial(self.flag, flag.id)
        for number in range(len(self.ties)):
            yield "possible", "", partial(self.possible, number)

    def decision(self, name: str) -> Aspect:
        """Compare a decision. Raises BudgetError where it does not fit."""
        same = self.same

        def reads() -> frozenset[str]:
            return facts_read(self.before.ruleset, name) | facts_read(self.after.ruleset, name)

        def told(old: FullVerdict, new: FullVerdict) -> Hashable:
            return SAME if same(old) == same(new) else (old, new)

        roots = self.before.decision(name), self.after.decision(name)
        return self._aspect("decision", name, reads, roots, ("told", same), told)

    def flag(self, name: str) -> Aspect:
        """Compare a flag. Raises BudgetError where it does not fit."""
        sides = {side: _raised_where(side.ruleset, name) for side in (self.before, self.after)}
        roots = [side.condition(when) for side, when in sides.items()]

        def reads() -> frozenset[str]:
            facts = (facts_of(side.ruleset, when) for side, when in sides.items())
            return frozenset().union(*facts)

        def raised(old: bool, new: bool) -> Hashable:
            return SAME if old == new else (old, new)

        return self._aspect("flag", name, reads, (roots[0], roots[1]), "raised", raised)

    def _aspect(
        self,
        kind: Kind,
        name: str,
        reads: Callable[[], frozenset[str]],
        roots: tuple[Node, Node],
        label: Hashable,
        told: Callable[[Any, Any], Hashable],
    ) -> Aspect:
        diagram = self.space.diagram
        if not self.comparable or roots[0] == roots[1]:
            return Aspect(kind, name, FALSE, (), self.ties)
        parted = diagram.combine(
            label, told, roots[0], roots[1], lambda a, b: FALSE if a == b else None
        )
        touched = self.space.touched(reads(), self.ties)
        both = self.space.all_of(tie.both for tie in touched)
        root = diagram.ite(both, parted, diagram.leaf(IMPOSSIBLE))
        return Aspect(kind, name, root, tuple(touched), self.ties)

    def possible(self, number: int) -> Aspect:
        """Compare what the constraints of one tie allow: its leaves are (before, after).

        A profile counts where the other constraints of the side that allows it do too.
        """
        tie = self.ties[number]
        held, holds = tie.holds

        def allowed(old: bool, new: bool) -> Hashable:
            return (old, new) if old != new else SAME if old else IMPOSSIBLE

        root = FALSE
        if held != holds:
            root = self.space.diagram.combine("allowed", allowed, held, holds)
        return Aspect("possible", "", root, (tie,), self.ties)

    def one_side(self, side: int) -> tuple[Tie, ...]:
        """Give the ties as the constraints of one of the two have them."""
        return tuple(replace(tie, both=tie.holds[side]) for tie in self.ties)

    def allowing(self, aspect: Aspect, told: tuple[Any, Any]) -> tuple[list[Tie], Sequence[Tie]]:
        """Give the ties that `aspect` touches and all, as the sides that allow it have them."""
        if aspect.kind != "possible":
            return list(aspect.touched), aspect.ties
        ties = self.one_side(0 if told[0] else 1)
        facts = aspect.touched[0].facts
        return [tie for tie in ties if tie.facts == facts], ties

    def witness(self, aspect: Aspect) -> tuple[Path, Any] | None:
        """Give the most ordinary way to a difference, and the leaf it leads to."""
        diagram = self.space.diagram
        nodes = diagram.reachable(aspect.root)
        leaves = {diagram.values[node] for node in nodes if not diagram.kids[node]}
        found: list[tuple[Cost, int, Path, Any]] = []
        for told in sorted(filter(differs, leaves), key=repr):
            ties = self.allowing(aspect, told)
            path = self.space.nearest(aspect.root, partial(eq, told), *ties)
            if path is not None:
                found.append((path.cost, len(found), path, told))
        if not found:
            return None
        _, _, path, told = min(found, key=lambda one: one[:2])
        return path, told

    def differing(self, aspect: Aspect) -> Differing | None:
        """Give a witness of a difference, replayed by the reference evaluator, or None."""
        found = self.witness(aspect)
        if found is None:
            return None
        path, told = found
        full = self.space.full(path)
        said = (
            replayed(self.before.ruleset, aspect, full),
            replayed(self.after.ruleset, aspect, full),
        )
        if said != told:
            raise AssertionError("a witness does not show the difference: please report it")
        return Differing(aspect.kind, aspect.name, self.space.values(full), *said)


def replayed(ruleset: RuleSet, aspect: Aspect, full: Mapping[str, int]) -> FullVerdict | bool:
    """Ask the reference evaluator what a rule set says of a full profile."""
    profile = FullProfile(ruleset, full).decide()
    match aspect.kind:
        case "decision":
            return profile.verdicts[aspect.name]
        case "flag":
            return profile.holds(_raised_where(ruleset, aspect.name))
        case _:
            return not any(profile.holds(one.forbids) for one in ruleset.constraints)


def _raised_where(ruleset: RuleSet, name: str) -> Condition:
    """Give the condition of a flag that rules raise."""
    return next(f.when for f in ruleset.flags if f.id == name and f.when is not None)


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
        self.same = wholly if rules else meaning
        self._budget = budget
        self._space = Space([ruleset], order=order, budget=budget)

    def pair(self, other: RuleSet) -> Pair:
        """Put another rule set beside it. Raises UsageError where it has other facts."""
        _refuse_other_names(self.ruleset, other)
        space = self._room_for(other)
        before, after = space.compilers[0], space.add(other)
        # Where this does not fit, each decision is tried by itself, and said to be too large.
        space.attempt(lambda: after.adopt(before, _unchanged(self.ruleset, other)))
        return Pair(space, before, after, self.same)

    def _room_for(self, other: RuleSet) -> Space:
        """Give a space whose cells are fine enough for both, with room for more nodes."""
        space = self._space
        conditions = (*self.ruleset.conditions, *other.conditions)
        if cells_told_apart(space.facts, conditions).of != space.cells.of:
            return Space([self.ruleset], other.conditions, space.order, self._budget)
        if len(space.diagram) > self._budget // 4:
            space = self._space = Space([self.ruleset], (), space.order, self._budget)
        del space.compilers[1:]
        return space

    def first_difference(self, other: RuleSet) -> Differing | None:
        """Give a smallest ordinary profile on which they differ, or None: they mean the same.

        Decisions are looked at first, in their order, then flags, then what is possible.
        Raises BudgetError where that cannot be told within the budget.
        """
        pair = self.pair(other)
        untold = []
        for kind, name, compare in pair.aspects():
            aspect = pair.space.attempt(compare)
            if aspect is None:
                untold.append(f"{kind} `{name}`" if name else "what is possible")
            elif (found := pair.differing(aspect)) is not None:
                return found
        if untold:
            raise BudgetError(f"too large to be compared: {', '.join(untold)}")
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
