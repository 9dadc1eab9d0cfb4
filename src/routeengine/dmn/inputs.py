"""Facts that the inputs of a model become, and conditions that its cells become.

Numbers and days are counted in steps: units of 10^-places, and days. So an open end is the next
step, and a set of them is a list of runs: pairs of the first and the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from routeengine.dmn.feel import FeelError, Kind, Span, Tests, Value, kind_of
from routeengine.dmn.runs import Runs, joined, others
from routeengine.dmn.tables import Asked, Column

Written: TypeAlias = Any
"""A condition as it stands in YAML: a name, or a mapping."""

FAR: Final = 10**9
"""The bound of a number of which the model does not say what it can be, in both directions."""

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
"""The bounds of a day of which the model does not say what it can be."""

MOST_STEPS: Final = 2**53 - 1
"""The largest number that every reader of JSON keeps as it is."""

ASKED: Final[Mapping[Kind, str]] = {
    "string": "a text", "boolean": "true or false", "number": "a number", "date": "a day",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Domain:
    """What an input can be.

    Of texts it is `values`, and `open` where there may be others. Of numbers and days it is the
    runs of steps that the model allows, between bounds; `unsaid` names the bounds that it does not
    say.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    open: bool = False
    runs: Runs = ()
    places: int = 0
    unsaid: frozenset[str] = field(default_factory=frozenset)

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last step."""
        return self.low, self.high

    @property
    def low(self) -> int:
        """The first step."""
        return self.runs[0][0]

    @property
    def high(self) -> int:
        """The last step."""
        return self.runs[-1][1]

    def value(self, step: int) -> Decimal | date:
        """Return the value of a step."""
        if self.kind == "date":
            return date.fromordinal(step)
        return Decimal(step).scaleb(-self.places)

    def runs_of(self, tests: Tests) -> Runs:
        """Return what passes, as runs of steps between the bounds. Raises FeelError."""
        passed = joined(
            (low, high)
            for span in tests.spans
            if (low := max(self.low, _end(span, self, "low")))
            <= (high := min(self.high, _end(span, self, "high")))
        )
        return others(passed, self.low, self.high) if tests.negated else passed


def _end(span: Span, domain: Domain, side: str) -> int:
    """Return the first or last step of a span; of a side that is open the bound of the domain."""
    low = side == "low"
    value = span.low if low else span.high
    if value is None:
        return domain.low if low else domain.high
    is_open = span.low_open if low else span.high_open
    return step(value, domain.kind, domain.places) + is_open * (1 if low else -1)


def step(value: Value, kind: Kind, places: int) -> int:
    """Return the step of a number or a day. Raises FeelError for one that lies between steps."""
    check_kind(value, kind)
    if isinstance(value, date):
        return value.toordinal()
    scaled = Decimal(value).scaleb(places)
    if scaled != int(scaled):
        hint = "say how many with `--places`"
        raise FeelError(f"`{value}` has more than {places} decimals", hint)
    if abs(scaled) > MOST_STEPS:
        raise FeelError(f"`{value}` is too large", "take a coarser unit, or fewer `--places`")
    return int(scaled)


def check_kind(value: Value, kind: Kind) -> None:
    """Raise FeelError for a value of another kind."""
    if kind_of(value) != kind:
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        raise FeelError(f"`{shown}` where {ASKED[kind]} is asked", "give both one type")


# The domain of an input


ONE_VALUE: Final = "list all that it can have, or take the input out: it makes no difference"


def domain(kind: Kind, asked: Sequence[Asked], places: int) -> Domain:
    """Return what an input can be, from all columns that ask it. Raises FeelError.

    A type says it for all. Otherwise each table says it of its own column, and what one of them
    allows can be.
    """
    said = [_said(one.column) for one in asked]
    if kind == "boolean":
        return Domain(kind)
    if kind == "string":
        named = [test for one in asked for test in one.tests if test is not None]
        unsaid = [test for test, one in zip(said, asked, strict=True) if test is None]
        given = [test for test in said if test is not None]
        texts = [value for test in (*given, *(named if unsaid else ())) for value in test.values]
        values = tuple(dict.fromkeys(value for value in texts if isinstance(value, str)))
        if len(values) < 2 and not unsaid:
            raise FeelError("can have one value only", ONE_VALUE)
        return Domain(kind, values, open=bool(unsaid))
    everything = _everything(kind, asked, said, places)
    runs = list[tuple[int, int]]()
    for test in said:
        runs += everything.runs if test is None else everything.runs_of(test)
    can_be = joined(runs)
    if not can_be:
        raise FeelError("can have no value at all", "mend its allowed values")
    if can_be[0][0] == can_be[-1][1]:
        raise FeelError("can have one value only", ONE_VALUE)
    low, high = everything.low, everything.high
    sides = {"minimum": can_be[0][0] == low, "maximum": can_be[-1][1] == high}
    bounds = frozenset(side for side, lacks in sides.items() if lacks)
    return Domain(kind, runs=can_be, places=places, unsaid=bounds)


def _said(column: Column) -> Tests | None:
    return column.of_type if column.of_type is not None else column.here


def _everything(
    kind: Kind, asked: Sequence[Asked], said: Sequence[Tests | None], places: int
) -> Domain:
    """Return a domain that is wide enough for every value that is named, and goes beyond it."""
    tests = [*said, *(test for one in asked for test in one.tests)]
    steps = [step(end, kind, places) for test in tests if test for end in test.values]
    if kind == "date":
        years = [date.fromordinal(one).year for one in steps]
        low = min([FIRST_DAY.year, *(max(year - 1, date.min.year) for year in years)])
        high = max([LAST_DAY.year, *(min(year + 1, date.max.year) for year in years)])
        runs = ((date(low, 1, 1).toordinal(), date(high, 12, 31).toordinal()),)
        return Domain(kind, runs=runs)
    far = FAR * 10**places
    while any(abs(one) * 10 > far for one in steps):
        far *= 10
    far = min(far, MOST_STEPS)
    return Domain(kind, runs=((-far, far),), places=places)


# Conditions


@dataclass(frozen=True, slots=True)
class Fact:
    """An input as a fact of the rules: its id and label, and those of its texts."""

    id: str
    label: str
    domain: Domain
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)


OUTSIDE: Final = "mend the cell, or the allowed values of the input"


def condition(fact: Fact, tests: Tests) -> Written | None:
    """Return what a cell asks of a fact, or None where every value will do.

    Raises FeelError where none will.
    """
    if fact.domain.kind in ("boolean", "string"):
        return _named_values(fact, tests)
    domain = fact.domain
    passed = domain.runs_of(tests)
    if not passed:
        raise FeelError("takes nothing that the input can be", OUTSIDE)
    rest = others(passed, domain.low, domain.high)
    if not rest:
        return None
    if len(rest) < len(passed):
        return _contrary(fact.id, written_runs(fact, rest))
    return written_runs(fact, passed)


def _contrary(fact: str, written: Written) -> Written:
    """Return the contrary of what is asked of a fact, as it reads best."""
    asked = written.get(fact)
    if asked is None or isinstance(asked, dict):
        return {"not": written}
    return {fact: {"not": asked}}


def _named_values(fact: Fact, tests: Tests) -> Written | None:
    domain = fact.domain
    every: tuple[Value, ...] = (False, True) if domain.kind == "boolean" else domain.values
    for value in tests.values:
        if value not in every:
            raise FeelError(f'"{value}" is none of the values of the input', OUTSIDE)
    passed = [value for value in every if tests.holds(value)]
    left_out = len(every) - len(passed) + (domain.open and not tests.negated)
    if not passed and not (domain.open and tests.negated):
        raise FeelError("takes nothing that the input can be", OUTSIDE)
    if not left_out:
        return None
    if domain.kind == "boolean":
        return fact.id if passed == [True] else {fact.id: False}
    named = [fact.values[str(value)][0] for value in (tests.values if tests.negated else passed)]
    one = named[0] if len(named) == 1 else named
    return {fact.id: {"not": one} if tests.negated else one}


def written_runs(fact: Fact, runs: Runs) -> Written:
    """Return the condition that a number or day lies in one of some runs."""
    domain = fact.domain
    alone = [domain.value(low) for low, high in runs if low == high]
    asked: list[Written] = []
    for low, high in runs:
        if low == high:
            continue
        if low == domain.low:
            asked.append({"at_most": domain.value(high)})
        elif high == domain.high:
            asked.append({"at_least": domain.value(low)})
        else:
            asked.append({"between": [domain.value(low), domain.value(high)]})
    if alone:
        asked.append(alone if len(alone) > 1 else alone[0])
    written = [{fact.id: one} for one in asked]
    return written[0] if len(written) == 1 else {"any": written}
