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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routeengine.bits import lowest
from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Condition, FactIs
from routeengine.ruleset.domains import spans
from routeengine.ruleset.expectations import Change, Expectation
from routeengine.ruleset.reading import facts_of, facts_read
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import Node
from routeengine.verification.analysis import Analysis, needed
from routeengine.verification.findings import Finding, Kept
from routeengine.verification.regions import Regions
from routeengine.verification.space import NOTHING, Amount, Constrained, Path, forcing

ASIDE = "aside"
"""The value of the leaf for profiles that an expectation does not speak of."""


def of_profiles(rules: Analysis, expectation: Expectation) -> Finding | Kept:
    """Prove an expectation on every profile on which its condition holds, or show a broken one.

    Raises BudgetError if that does not fit.
    """
    decision, when = expectation.decision, _condition_of(expectation)
    function = _answers_where(rules, expectation)
    amounts = rules.amounts(function)
    amounts.pop(ASIDE, None)

    def broken(answer: object) -> bool:
        if not isinstance(answer, FullVerdict):
            return False
        if expectation.never:
            return answer.key in expectation.never
        return answer.key not in expectation.always

    def shows(profile: FullProfile) -> bool:
        return profile.holds(when) and broken(profile.verdicts[decision])

    if not amounts:
        return _idle(expectation, "its condition never holds")
    against = [full for full in amounts if broken(full)]
    if not against:
        return Kept(expectation.id, _total(amounts.values()))
    finding = _broken(expectation, f"be {_listed([full.key for full in against])}")
    return rules.shown(finding, lambda: function, broken, shows)


def _condition_of(expectation: Expectation) -> Condition:
    """Return the condition of an expectation; one that always holds if it has none."""
    return All(()) if expectation.when is None else expectation.when


def _facts_of(rules: Analysis, expectation: Expectation) -> frozenset[str]:
    """Return the facts on which it depends whether an expectation holds."""
    facts = facts_read(rules.ruleset, expectation.decision)
    facts |= facts_of(rules.ruleset, _condition_of(expectation))
    return facts if expectation.change is None else facts | {expectation.change.fact}


def _answers_where(rules: Analysis, expectation: Expectation) -> Constrained:
    """Compile the answers of the decision where the condition holds, and ASIDE elsewhere."""

    def build() -> Node:
        when = rules.compiler.condition(_condition_of(expectation))
        decided = rules.compiler.decision(expectation.decision)
        return rules.diagram.ite(when, decided, rules.diagram.leaf(ASIDE))

    return rules.constrained(_facts_of(rules, expectation), build)


def _idle(expectation: Expectation, why: str) -> Finding:
    message = f"expectation `{expectation.id}` speaks of no profile: {why}"
    about = (expectation.id,)
    return Finding("idle_expectation", expectation.decision, message, about, expectation.place)


def _broken(expectation: Expectation, can: str) -> Finding:
    decision, about = expectation.decision, (expectation.id,)
    message = f"expectation `{expectation.id}` does not hold: `{decision}` can {can}"
    return Finding("broken_expectation", decision, message, about, expectation.place)


def _total(amounts: Iterable[Amount]) -> Amount:
    return sum(amounts, NOTHING)


def _listed(keys: Iterable[str]) -> str:
    return " or ".join(f"`{key}`" for key in dict.fromkeys(keys))


@dataclass(frozen=True, slots=True)
class _Move:
    """One cell of a fact that becomes another, and what comes of it.

    `values` are the first by which it can. The leaves of `function` say whether the change is
    other than expected; `fine` and `broken` count the changes, value by value.
    """

    cells: tuple[int, int]
    values: tuple[int, int]
    function: Constrained
    fine: Amount
    broken: Amount


def of_changes(rules: Analysis, expectation: Expectation, change: Change) -> Finding | Kept:
    """Prove an expectation over every change that it speaks of, or show a broken one.

    Raises BudgetError if that does not fit.
    """
    answers = _answers_where(rules, expectation)
    moves = [
        _move(rules, expectation, change, answers, *step)
        for step in _steps(rules.cells.of[change.fact], rules, change)
    ]
    told = _total(one.fine + one.broken for one in moves)
    if not told:
        why = "no such change is possible where its condition holds"
        if not moves:
            why = f"no condition tells the values of `{change.fact}` apart"
        return _idle(expectation, why)
    broken = [one for one in moves if one.broken]
    if not broken:
        return Kept(expectation.id, told)
    ways = [
        (path, one) for one in broken if (path := rules.nearest(one.function, _is_true)) is not None
    ]
    path, move = min(ways, key=lambda way: (way[0].cost, way[1].cells))
    covers = _total(one.broken for one in broken)
    look = _starts(rules, expectation, change, broken, covers)
    return replace(_shown(rules, expectation, change, path, move), covers=covers, look=look)


def _steps(
    cells: tuple[int, ...], rules: Analysis, change: Change
) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
    """Yield each way from one cell to another: both, the first values that do, and how many do."""
    domain = rules.ruleset.fact[change.fact].domain
    before, after = (
        sum(1 << (domain.index(value) or 0) for value in set(values))
        for values in (change.before, change.after)
    )
    for first, old in enumerate(cells):
        for second, new in enumerate(cells):
            if first == second:
                continue
            if change.before:
                if old & before and new & after:
                    pairs = old.bit_count() * new.bit_count()
                    yield (first, second), (lowest(old), lowest(new)), pairs
            elif higher := new >> (lowest(old) + 1):
                values = lowest(old), lowest(old) + 1 + lowest(higher)
                yield (first, second), values, _rises(old, new)


def _rises(old: int, new: int) -> int:
    """Count the pairs of a value and a higher one; the two sets have no value in common."""
    return sum(
        (last - first + 1) * (old & ((1 << first) - 1)).bit_count() for first, last in spans(new)
    )


def _move(
    rules: Analysis,
    expectation: Expectation,
    change: Change,
    answers: Constrained,
    cells: tuple[int, int],
    values: tuple[int, int],
    pairs: int,
) -> _Move:
    diagram, level = rules.diagram, rules.level[change.fact]

    def told(old: object, new: object) -> bool | str | None:
        if old is IMPOSSIBLE or new is IMPOSSIBLE:
            return IMPOSSIBLE
        if isinstance(old, FullVerdict) and isinstance(new, FullVerdict):
            return _unexpected(expectation, old, new)
        return ASIDE

    def compared() -> tuple[Node]:
        before, after = (diagram.fixed(answers.root, level, cell) for cell in cells)
        return (diagram.combine(("expected", expectation.id), told, before, after),)

    (root,) = needed(rules.compiler.attempt(compared))
    function = replace(answers, root=root)
    amounts = rules.amounts(function)
    # The fact itself is free below the root: what was counted for it is taken out again.
    size, weight = rules.sizes[level], sum(rules.weights[level])
    fine, broken = (
        Amount(amount.combinations // size, amount.profiles // weight * pairs)
        for amount in (amounts.get(leaf, NOTHING) for leaf in (False, True))
    )
    return _Move(cells, values, function, fine, broken)


def _unexpected(expectation: Expectation, before: FullVerdict, after: FullVerdict) -> bool:
    """Return whether the answer moves as it is not expected to."""
    old, new, along = before.key, after.key, expectation.along
    if along:
        return old in along and new in along and along.index(new) < along.index(old)
    from_there = old not in expectation.never
    if expectation.never_from:
        from_there = old in expectation.never_from
    return from_there and new in expectation.never and new != old


def _is_true(value: object) -> bool:
    return value is True


def _starts(
    rules: Analysis,
    expectation: Expectation,
    change: Change,
    moves: Sequence[_Move],
    covers: Amount,
) -> Callable[[], Regions]:
    """Return a function that finds the regions of where a change starts that is not expected."""
    diagram, any_of = rules.diagram, rules.compiler.any_of

    def from_cell(number: int, cell: int) -> Node:
        roots = (one.function.root for one in moves if one.cells[0] == number)
        broken = any_of(diagram.relabel("broken", _is_true, root) for root in roots)
        return diagram.conjunction(rules.compiler.condition(FactIs(change.fact, cell)), broken)

    def build() -> Constrained:
        starts = [from_cell(*one) for one in enumerate(rules.cells.of[change.fact])]
        return rules.constrained(_facts_of(rules, expectation), lambda: any_of(starts))

    def shows(profile: FullProfile) -> bool:
        return profile.holds(_condition_of(expectation))

    return rules.regions(build, _is_true, shows, covers)


def _shown(
    rules: Analysis, expectation: Expectation, change: Change, path: Path, move: _Move
) -> Finding:
    """Make the finding on a broken change, with both profiles replayed."""
    sides = [rules.full(path) | {change.fact: value} for value in move.values]
    answers: list[FullVerdict] = []

    def shows(profile: FullProfile) -> bool:
        answers.append(profile.verdicts[expectation.decision])
        moved = len(answers) == 1 or _unexpected(expectation, *answers)
        return moved and profile.holds(_condition_of(expectation))

    for side in sides:
        rules.replay(side, shows)
    before, after = (_listed([answer.key]) for answer in answers)
    levels = forcing(rules.diagram, move.function.root, path, _is_true)
    return replace(
        _broken(expectation, f"go from {before} to {after}"),
        witness=rules.values(sides[0]),
        changed=rules.values(sides[1]),
        enough=rules.names({*levels, rules.level[change.fact]}),
    )
