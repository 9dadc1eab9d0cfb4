"""Proofs of what the author expects of a change: one fact becomes another, all else stays.

Per two cells of the fact, what is left of the decision with the one and with the other is
put in one diagram over the remaining facts: its leaves say whether that change is as
expected. So every two profiles that differ in just this fact are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from routeengine.bits import lowest
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.domains import spans
from routeengine.ruleset.expectations import Change, Expectation
from routeengine.ruleset.reading import facts_of, facts_read
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, TRUE, Node
from routeengine.verification.expected import (
    ASIDE,
    answers_where,
    condition_of,
    idle,
    listed,
    total,
)
from routeengine.verification.findings import Finding, Kept
from routeengine.verification.paths import Path, forcing
from routeengine.verification.regions import Regions
from routeengine.verification.space import NOTHING, Amount, Confined
from routeengine.verification.subject import Subject, needed


@dataclass(frozen=True, slots=True)
class _Step:
    """The values by which one cell of a fact can become another, and how many pairs there are."""

    cells: tuple[int, int]
    values: tuple[int, int]
    pairs: int


@dataclass(frozen=True, slots=True)
class _Looked:
    """A step with what comes of it: leaves say whether the change is other than expected."""

    step: _Step
    confined: Confined
    fine: Amount
    broken: Amount


def of_changes(subject: Subject, expectation: Expectation, change: Change) -> Finding | Kept:
    """Prove an expectation over every change that it speaks of, or show a broken one.

    Raises BudgetError where that does not fit.
    """
    confined = answers_where(subject, expectation)
    looked = [
        _look(subject, expectation, change, confined, step)
        for step in _steps(subject.space.cells.of[change.fact], subject, change)
    ]
    told = total(one.fine + one.broken for one in looked)
    if not told:
        why = "no such change is possible where its condition holds"
        if not looked:
            why = f"no condition tells the values of `{change.fact}` apart"
        return idle(expectation, why)
    broken = total(one.broken for one in looked)
    if not broken:
        return Kept(expectation.id, told)
    found = [
        (path, one)
        for one in looked
        if one.broken and (path := subject.space.nearest(one.confined, _is_true)) is not None
    ]
    path, one = min(found, key=lambda two: (two[0].cost, two[1].step.cells))
    shown = _shown(subject, expectation, change, path, one, broken)
    return replace(shown, look=_starts(subject, expectation, change, looked, broken))


def _steps(cells: tuple[int, ...], subject: Subject, change: Change) -> Iterator[_Step]:
    """Yield every way in which the fact can go from one of its cells to another."""
    domain = subject.ruleset.fact[change.fact].domain
    before = _bits(domain.index(value) for value in change.before)
    after = _bits(domain.index(value) for value in change.after)
    for first, old in enumerate(cells):
        for second, new in enumerate(cells):
            if first == second:
                continue
            if change.before:
                if old & before and new & after:
                    values = lowest(old), lowest(new)
                    yield _Step((first, second), values, old.bit_count() * new.bit_count())
            elif higher := new >> (lowest(old) + 1):
                values = lowest(old), lowest(old) + 1 + lowest(higher)
                yield _Step((first, second), values, _rises(old, new))


def _bits(indices: Iterator[int | None]) -> int:
    return sum(1 << index for index in indices if index is not None)


def _rises(old: int, new: int) -> int:
    """Count the pairs of a value and a higher one; the two sets have no value in common."""
    return sum(
        (last - first + 1) * (old & ((1 << first) - 1)).bit_count() for first, last in spans(new)
    )


def _look(
    subject: Subject, expectation: Expectation, change: Change, confined: Confined, step: _Step
) -> _Looked:
    space = subject.space
    diagram, level = space.diagram, space.level[change.fact]

    def told(old: object, new: object) -> bool | str | None:
        if old is IMPOSSIBLE or new is IMPOSSIBLE:
            return IMPOSSIBLE
        if isinstance(old, FullVerdict) and isinstance(new, FullVerdict):
            return _unexpected(expectation, old, new)
        return ASIDE

    def parted() -> tuple[Node]:
        before, after = (diagram.fixed(confined.root, level, cell) for cell in step.cells)
        return (diagram.combine(("expected", expectation.id), told, before, after),)

    (root,) = needed(subject.compiler.attempt(parted))
    looked = Confined(root, confined.apart)
    amounts = subject.amounts(looked)
    # The fact itself is free below the root: what was counted for it is taken out again.
    cells, values = space.sizes[level], sum(space.weights[level])

    def rest(broken: bool) -> Amount:
        amount = amounts.get(broken, NOTHING)
        return Amount(amount.combinations // cells, amount.profiles // values * step.pairs)

    return _Looked(step, looked, rest(False), rest(True))


def _unexpected(expectation: Expectation, before: FullVerdict, after: FullVerdict) -> bool:
    """Say whether the answer moves as it is not expected to."""
    old, new, along = before.key, after.key, expectation.along
    if along:
        return old in along and new in along and along.index(new) < along.index(old)
    from_there = old not in expectation.never
    if expectation.never_from:
        from_there = old in expectation.never_from
    return from_there and new in expectation.never and new != old


def _starts(
    subject: Subject,
    expectation: Expectation,
    change: Change,
    looked: Sequence[_Looked],
    covers: Amount,
) -> Callable[[], Regions]:
    """Return what finds the regions of where a change starts that is other than expected."""
    diagram, when = subject.space.diagram, condition_of(expectation)
    level, size = subject.space.level[change.fact], len(subject.space.cells.of[change.fact])

    def build() -> Confined:
        from_cell = [FALSE] * size
        for one in looked:
            broken = diagram.relabel("broken", _is_true, one.confined.root)
            cell = one.step.cells[0]
            from_cell[cell] = diagram.disjunction(broken, from_cell[cell])
        nodes = []
        for cell, broken in enumerate(from_cell):
            here = diagram.node(level, tuple(TRUE if n == cell else FALSE for n in range(size)))
            nodes.append(diagram.conjunction(here, broken))
        facts = facts_read(subject.ruleset, expectation.decision)
        facts |= facts_of(subject.ruleset, when) | {change.fact}
        return needed(subject.confined(facts, lambda: subject.compiler.any_of(nodes)))

    def shows(profile: FullProfile) -> bool:
        return profile.holds(when)

    return subject.regions(build, _is_true, shows, covers)


def _is_true(value: object) -> bool:
    return value is True


def _shown(
    subject: Subject,
    expectation: Expectation,
    change: Change,
    path: Path,
    looked: _Looked,
    broken: Amount,
) -> Finding:
    space, decision = subject.space, expectation.decision
    sides = [space.full(path) | {change.fact: value} for value in looked.step.values]
    answers: list[FullVerdict] = []

    def shows(profile: FullProfile) -> bool:
        answers.append(profile.verdicts[decision])
        moved = len(answers) == 1 or _unexpected(expectation, *answers)
        return moved and profile.holds(condition_of(expectation))

    for side in sides:
        subject.replay(side, shows)
    levels = forcing(space.diagram, looked.confined.root, path, _is_true, IMPOSSIBLE)
    return Finding(
        "broken_expectation",
        decision,
        f"expectation `{expectation.id}` does not hold: `{decision}` can go from "
        f"{listed([answers[0].key])} to {listed([answers[1].key])}",
        (expectation.id,),
        expectation.place,
        witness=space.values(sides[0]),
        changed=space.values(sides[1]),
        enough=subject.names({*levels, space.level[change.fact]}),
        covers=broken,
    )
