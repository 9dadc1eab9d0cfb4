"""Conditions as rows of a table: each row a set of values per fact, and one of them has to fit.

    any: [all: [a, {n: {at_least: 3}}], not: b]    a: {true}, n: {3, 4, …}
                                                   b: {false}

An earlier decision stands beside the facts: its outcomes by their numbers, then the text that
stands for review by a rule if there is one, and past them that its table gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from routeengine.dmn.runs import Runs, common, joined, others
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.model import RuleSet
from routeengine.truth import Truth, range_truth

Cube: TypeAlias = Mapping[str, Runs]
"""What a row asks: per fact or decision the numbers that fit. What is not there may be anything."""

MAX_ROWS: Final = 64
"""Rows that one rule may become."""

TOO_MANY: Final = f"takes more than {MAX_ROWS} rows", "divide it over more rules"

MAX_ON_THE_WAY: Final = 256
"""Rows before those go that others say already."""


Worth: TypeAlias = tuple[Condition, int]
"""A condition, and what it is worth where it holds."""


class UnsayableError(Exception):
    """A condition that no rows of a table say, and what to do."""


class Rows:
    """Writes conditions of a rule set out as rows.

    `outcomes` are those of each decision, with the text that stands for review where it has that.
    """

    def __init__(self, ruleset: RuleSet, outcomes: Mapping[str, Sequence[str]]) -> None:
        self._ruleset, self._outcomes = ruleset, outcomes
        self._highest = {fact.id: fact.domain.size - 1 for fact in ruleset.facts}
        self._highest |= {name: len(every) for name, every in outcomes.items()}

    def of(self, condition: Condition) -> list[Cube]:
        """Return the rows that say a condition. Raises UnsayableError."""
        rows = _merged(self._rows(condition, holds=True))
        if len(rows) > MAX_ROWS:
            raise UnsayableError(*TOO_MANY)
        return rows

    def _rows(self, condition: Condition, *, holds: bool) -> list[Cube]:
        """Return the rows that say that a condition holds, or that it does not."""
        match condition:
            case conditions.FactIs(fact=fact, allowed=allowed):
                return self._cell(fact, tuple(allowed.runs), holds=holds)
            case conditions.CriterionIs(criterion=name):
                return self._rows(self._ruleset.criterion[name].when, holds=holds)
            case conditions.OutcomeIs(decision=name, outcomes=outcomes):
                places = [self._outcomes[name].index(one) for one in outcomes]
                return self._cell(name, joined(zip(places, places, strict=True)), holds=holds)
            case conditions.StatusIs(decision=name, statuses=statuses):
                decided = len(self._ruleset.decision[name].outcomes)
                runs = [(0, decided - 1)] * ("decided" in statuses)
                # That it does not apply never is: a decision for which it can be is not exported.
                runs += [(decided, self._highest[name])] * ("review" in statuses)
                return self._cell(name, joined(runs), holds=holds)
            case conditions.RuleIs(decision=name):
                what = f"asks which rule of `{name}` won"
                raise UnsayableError(what, "ask for its outcome")
            case conditions.Not(part=part):
                return self._rows(part, holds=not holds)
            case conditions.ScoreIs(score=name, low=low, high=high):
                scored = [(one.when, one.worth) for one in self._ruleset.score[name].parts]
                return self._bounded(scored, low, high, holds=holds)
        low, high = condition.quota
        counted = [(part, 1) for part in condition.parts]
        return self._bounded(counted, low, high if high < len(counted) else None, holds=holds)

    def _bounded(
        self, parts: Sequence[Worth], low: int | None, high: int | None, *, holds: bool
    ) -> list[Cube]:
        """Return the rows that say that what holds of some parts is worth so much, or is not."""
        if holds:
            return self._summed(parts, low, high)
        less = [] if low is None else self._summed(parts, None, low - 1)
        more = [] if high is None else self._summed(parts, high + 1, None)
        return [*less, *more]

    def _cell(self, column: str, runs: Runs, *, holds: bool) -> list[Cube]:
        everything = ((0, self._highest[column]),)
        runs = runs if holds else others(runs, 0, self._highest[column])
        if not runs:
            return []
        return [{}] if runs == everything else [{column: runs}]

    def _summed(self, parts: Sequence[Worth], low: int | None, high: int | None) -> list[Cube]:
        """Return the rows that say that the parts that hold are worth so much together.

        From the first part on it is found which sums matter: a sum is settled at once where nothing
        that may follow carries it over a bound. From the last part back, the rows of each other sum
        are those of the two sums that it becomes: with its part, and without it. With a, b and c
        worth 1 each, and "at least 2":

            before a    0         open
            before b    0 1       open: `b and c` is left of 0, and `b or c` of 1
            before c    0 1 2     0 never is; 1 is open, and `c` is left of it; 2 always is
        """
        hold = [self._rows(part, holds=True) for part, _ in parts]
        lack = [self._rows(part, holds=False) for part, _ in parts]
        least = [
            sum(min(worth, 0) for _, worth in parts[place:]) for place in range(len(parts) + 1)
        ]
        most = [sum(max(worth, 0) for _, worth in parts[place:]) for place in range(len(parts) + 1)]

        def settled(place: int, total: int) -> list[Cube] | None:
            truth = range_truth(total + least[place], total + most[place], low, high)
            if truth is Truth.OPEN:
                return None
            return [{}] if truth is Truth.TRUE else []

        layers = [{0}]
        for place, (_, worth) in enumerate(parts):
            open_sums = [total for total in layers[-1] if settled(place, total) is None]
            layers.append({total + step for total in open_sums for step in (0, worth)})
        rows: dict[int, list[Cube]] = {}
        for place in reversed(range(len(parts) + 1)):
            after, rows = rows, {}
            for total in layers[place]:
                known = settled(place, total)
                if known is None:
                    worth = parts[place][1]
                    with_it, without = after[total + worth], after[total]
                    # With one bound, what helps need not be denied, nor what hurts be asked.
                    if (low if worth > 0 else high) is not None:
                        with_it = self._both(hold[place], with_it)
                    if (high if worth > 0 else low) is not None:
                        without = self._both(lack[place], without)
                    known = _merged([*with_it, *without])
                rows[total] = known
        return rows[0]

    def _both(self, some: Sequence[Cube], more: Sequence[Cube]) -> list[Cube]:
        pairs = (meet(one, other) for one in some for other in more)
        return _merged(pair for pair in pairs if pair is not None)


def meet(one: Cube, other: Cube) -> Cube | None:
    """Return what fits two rows, or None where nothing does."""
    both = dict(one)
    for column, runs in other.items():
        both[column] = common(both[column], runs) if column in both else runs
        if not both[column]:
            return None
    return both


def _merged(rows: Iterable[Cube]) -> list[Cube]:
    """Return rows without those that another says already, and two as one that differ in a cell.

    Raises UnsayableError where too many are left.
    """
    found: list[Cube] = []
    for row in rows:
        _add(found, row)
        if len(found) > MAX_ON_THE_WAY:
            raise UnsayableError(*TOO_MANY)
    return found


def _add(found: list[Cube], row: Cube) -> None:
    at = 0
    while at < len(found):
        other = found[at]
        if _within(row, other):
            return
        both = row if _within(other, row) else _as_one(row, other)
        if both is None:
            at += 1
        else:
            del found[at]
            row, at = both, 0
    found.append(row)


def _within(one: Cube, other: Cube) -> bool:
    """Return whether whatever fits a row fits another."""
    return len(other) <= len(one) and all(
        column in one and common(one[column], runs) == one[column] for column, runs in other.items()
    )


def _as_one(one: Cube, other: Cube) -> Cube | None:
    """Return two rows as one, if they ask the same of everything but one fact."""
    if one.keys() != other.keys():
        return None
    apart = [column for column in one if one[column] != other[column]]
    if len(apart) != 1:
        return None
    return {**one, apart[0]: joined((*one[apart[0]], *other[apart[0]]))}
