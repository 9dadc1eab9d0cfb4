"""Proofs of what the author expects: of every profile, or of every change of one fact.

A change makes one fact another, and all else stays. Per two cells of the fact, what is left of the
decision with the one and with the other is put in one diagram over the remaining facts: its leaves
say whether that change is as expected. So every two profiles that differ in just this fact are
looked at. With `fine` (none, small, large), and an expectation that no fine ever opens the door,

    none -> small    of 96 profiles: 96 as expected
    none -> large    of 96 profiles: 90 as expected, 6 not
    small -> large   of 96 profiles: 90 as expected, 6 not

gives 12 changes that are not expected, and the most ordinary of them is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import permutations

from routeengine.executors.reference import FullProfile
from routeengine.profile import set_of
from routeengine.ruleset.conditions import All, FactIs
from routeengine.ruleset.dependencies import facts_of, facts_read
from routeengine.ruleset.expectations import Change, Expectation
from routeengine.ruleset.resolution import CompleteVerdict
from routeengine.symbolic.diagram import IMPOSSIBLE, Node
from routeengine.value_set import ValueSet
from routeengine.verification.analysis import Analysis, needed
from routeengine.verification.findings import Finding, Kept, Kind
from routeengine.verification.space import NOTHING, Amount, Constrained, Path, forcing

ASIDE = "aside"
"""The value of the leaf for profiles that an expectation does not speak of."""


def prove_expectation(rules: Analysis, expectation: Expectation) -> Finding | Kept:
    """Prove an expectation on everything that it speaks of, or show where it is broken.

    Raises BudgetError if that does not fit.
    """
    if expectation.change is None:
        return _ProofOfProfiles(rules, expectation).prove()
    return _ProofOfChanges(rules, expectation, expectation.change).prove()


class _ExpectationProof:
    """An expectation, and what its decision answers where its condition holds (else ASIDE)."""

    def __init__(self, rules: Analysis, expectation: Expectation) -> None:
        self.rules = rules
        self.expectation = expectation
        self.decision = expectation.decision
        self.when = expectation.when or All(())
        self.facts = facts_read(rules.ruleset, self.decision) | facts_of(rules.ruleset, self.when)
        if expectation.change is not None:
            self.facts |= {expectation.change.fact}
        self.answers = rules.constrained(self.facts, self._answers)

    def _answers(self) -> Node:
        compiler, diagram = self.rules.compiler, self.rules.diagram
        decided = compiler.decision(self.decision)
        return diagram.ite(compiler.condition(self.when), decided, diagram.leaf(ASIDE))

    def finding(self, kind: Kind, what: str) -> Finding:
        """Make a finding of what is the matter with it."""
        one = self.expectation
        return Finding(kind, self.decision, f"expectation `{one.id}` {what}", (one.id,), one.place)

    def idle(self, why: str) -> Finding:
        """Make the finding that it speaks of nothing."""
        return self.finding("idle_expectation", f"speaks of no profile: {why}")


class _ProofOfProfiles(_ExpectationProof):
    """What is expected of every profile on which the condition holds."""

    def prove(self) -> Finding | Kept:
        amounts = self.rules.amounts(self.answers)
        amounts.pop(ASIDE, None)
        if not amounts:
            return self.idle("its condition never holds")
        against = dict.fromkeys(full.key for full in amounts if self._against(full))
        if not against:
            return Kept(self.expectation.id, sum(amounts.values(), NOTHING))
        named = " or ".join(f"`{key}`" for key in against)
        what = f"does not hold: `{self.decision}` can be {named}"
        finding = self.finding("broken_expectation", what)
        return self.rules.add_witness(finding, lambda: self.answers, self._against, self._shows)

    def _against(self, answer: object) -> bool:
        never, always = self.expectation.never, self.expectation.always
        if not isinstance(answer, CompleteVerdict):
            return False
        return answer.key in never if never else answer.key not in always

    def _shows(self, profile: FullProfile) -> bool:
        return profile.holds(self.when) and self._against(profile.verdicts[self.decision])


@dataclass(frozen=True, slots=True)
class _Move:
    """One cell of a fact that becomes another, and what comes of it.

    `values` are the first by which it can, and `function` says at its leaves whether the change is
    other than expected; `fine` and `broken` count the changes, value by value.
    """

    cells: tuple[int, int]
    values: tuple[int, int]
    function: Constrained
    fine: Amount
    broken: Amount


class _ProofOfChanges(_ExpectationProof):
    """What is expected of every change of one fact for which the condition holds."""

    def __init__(self, rules: Analysis, expectation: Expectation, change: Change) -> None:
        super().__init__(rules, expectation)
        self.fact = rules.ruleset.fact[change.fact]
        self.cells = rules.cells.of[change.fact]
        self.change = change

    def prove(self) -> Finding | Kept:
        rules = self.rules
        moves = [self._move(*step) for step in self._steps()]
        total = sum((one.fine + one.broken for one in moves), NOTHING)
        if not moves:
            return self.idle(f"no condition tells the values of `{self.fact.id}` apart")
        if not total:
            return self.idle("no such change is possible where its condition holds")
        broken = [one for one in moves if one.broken]
        if not broken:
            return Kept(self.expectation.id, total)
        covers = sum((one.broken for one in broken), NOTHING)
        starts = partial(self._starts, broken)
        look = rules.regions(self.decision, starts, _is_true, self._shows, covers)
        ways = [(path, one) for one in broken if (path := rules.nearest(one.function, _is_true))]
        # The most ordinary of all; of several the one from and to the lowest cells.
        path, move = min(ways, key=lambda way: (way[0].cost, way[1].cells))
        return replace(self._broken_at(path, move), covers=covers, look=look)

    def _steps(self) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
        """Yield each way from one cell to another: both, the first values, and how many there are.

        Values may rise from a cell to another one and back: from {1, 3} to {2}, and the reverse.
        """
        before, after = (
            set_of(self.fact, values) for values in (self.change.before, self.change.after)
        )
        for (first, old), (second, new) in permutations(enumerate(self.cells), 2):
            cells = first, second
            if before:
                if old & before and new & after:
                    yield cells, (old.lowest, new.lowest), old.size * new.size
            elif higher := new - ValueSet.span(0, old.lowest):
                yield cells, (old.lowest, higher.lowest), _rises(old, new)

    def _move(self, cells: tuple[int, int], values: tuple[int, int], pairs: int) -> _Move:
        rules, level = self.rules, self.rules.level[self.fact.id]

        def compared() -> Node:
            root, name = self.answers.root, ("expected", self.expectation.id)
            before, after = (rules.diagram.cofactor(root, level, cell) for cell in cells)
            return rules.diagram.apply(name, self._compared, before, after)

        function = replace(self.answers, root=needed(rules.compiler.attempt_one(compared)))
        amounts = rules.amounts(function)
        # The fact itself is free below the root: what was counted for it is taken out again.
        size, weight = rules.sizes[level], sum(rules.weights[level])
        fine, broken = (
            Amount(amount.combinations // size, amount.profiles // weight * pairs)
            for amount in (amounts.get(leaf, NOTHING) for leaf in (False, True))
        )
        return _Move(cells, values, function, fine, broken)

    def _compared(self, old: object, new: object) -> bool | str | None:
        # A change from or to what cannot be is no change of anybody.
        if old is IMPOSSIBLE or new is IMPOSSIBLE:
            return IMPOSSIBLE
        if isinstance(old, CompleteVerdict) and isinstance(new, CompleteVerdict):
            return self._unexpected(old, new)
        return ASIDE

    def _unexpected(self, before: CompleteVerdict, after: CompleteVerdict) -> bool:
        """Return whether the answer moves as it is not expected to."""
        old, new, along = before.key, after.key, self.expectation.along
        if along:
            return old in along and new in along and along.index(new) < along.index(old)
        never, never_from = self.expectation.never, self.expectation.never_from
        from_there = old in never_from if never_from else old not in never
        return from_there and new in never and new != old

    def _starts(self, moves: Sequence[_Move]) -> Constrained:
        """Compile where a change starts that is not expected."""
        diagram, compiler = self.rules.diagram, self.rules.compiler

        def from_cell(number: int, cell: ValueSet) -> Node:
            roots = (one.function.root for one in moves if one.cells[0] == number)
            broken = compiler.any_of(diagram.leaf_is(True, root) for root in roots)
            return diagram.conjunction(compiler.condition(FactIs(self.fact.id, cell)), broken)

        starts = [from_cell(*one) for one in enumerate(self.cells)]
        return self.rules.constrained(self.facts, lambda: compiler.any_of(starts))

    def _shows(self, profile: FullProfile) -> bool:
        return profile.holds(self.when)

    def _broken_at(self, path: Path, move: _Move) -> Finding:
        """Make the finding on a broken change, with both profiles replayed."""
        rules = self.rules
        sides = [rules.full(path) | {self.fact.id: value} for value in move.values]
        before = rules.replay(sides[0], self._shows).verdicts[self.decision]

        def shows(profile: FullProfile) -> bool:
            return self._shows(profile) and self._unexpected(
                before, profile.verdicts[self.decision]
            )

        after = rules.replay(sides[1], shows).verdicts[self.decision]
        levels = forcing(rules.diagram, move.function.root, path, _is_true)
        what = f"does not hold: `{self.decision}` can go from `{before.key}` to `{after.key}`"
        finding = self.finding("broken_expectation", what)
        witness, changed = map(rules.values, sides)
        enough = rules.names({*levels, rules.level[self.fact.id]})
        return replace(finding, witness=witness, changed=changed, enough=enough)


def _rises(old: ValueSet, new: ValueSet) -> int:
    """Count the pairs of a value and a higher one; the two sets have no value in common."""
    return sum(
        (last - first + 1) * (old & ValueSet.span(0, first - 1)).size for first, last in new.runs
    )


def _is_true(value: object) -> bool:
    return value is True
