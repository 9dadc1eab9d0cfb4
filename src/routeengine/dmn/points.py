"""A table whose rows add up (COLLECT SUM) as a score, and what other tables ask of it.

Where no row of it applies the sum in DMN is null, and a score is 0. So whoever asks the score asks
as well that a row applies, unless one always does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from routeengine.dmn.feel import FeelError, Tests
from routeengine.dmn.inputs import Domain, Fact, Written, check_kind
from routeengine.dmn.runs import joined
from routeengine.dmn.tables import ReadTable
from routeengine.ruleset.score_checks import MAX_SUM


@dataclass(frozen=True, slots=True)
class Points:
    """A score: each condition with what it is worth; `applies` holds where a row applies.

    `counts` is the id of the criterion that says so, and empty where a row always applies.
    """

    table: ReadTable
    id: str
    counts: str
    parts: Mapping[int, tuple[Written, int]]
    applies: Sequence[Written]

    @property
    def sums(self) -> Domain:
        """What the score can come to."""
        worths = [worth for _, worth in self.parts.values()]
        least = sum(worth for worth in worths if worth < 0)
        most = sum(worth for worth in worths if worth > 0)
        return Domain("number", runs=((least, most),))

    def asked(self, tests: Tests) -> Iterator[Written]:
        """Yield what a cell asks of the score, all of which has to hold. Raises FeelError."""
        for value in tests.values:
            check_kind(value, "number")
            if isinstance(value, Decimal) and value != int(value):
                raise FeelError(f"`{value}` lies between two sums", "points are whole numbers")
        sums = self.sums
        passed = sums.runs_of(tests)
        some = passed != (sums.ends,)
        bounded = [self._bounded(low, high, sums) for low, high in passed if some]
        if tests.takes_null and self.counts:
            if some:
                yield {"any": [{"not": self.counts}, *bounded]}
            return
        if not passed:
            hint = "mend the cell, or take the row out"
            raise FeelError(f"takes nothing that `{self.table.name}` can come to", hint)
        if self.counts:
            yield self.counts
        if bounded:
            yield bounded[0] if len(bounded) == 1 else {"any": bounded}

    def _bounded(self, low: int, high: int, sums: Domain) -> Written:
        if low == sums.low:
            return {self.id: {"at_most": high}}
        return {self.id: {"at_least": low} if high == sums.high else {"between": [low, high]}}


def points(table: ReadTable, name: str, counts: str, rows: Sequence[Written | None]) -> Points:
    """Return a table as a score, from what each of its rows asks; None is nothing.

    Raises FeelError for what no score can be.
    """
    worths: dict[str, int] = {}
    first: dict[str, tuple[int, Written]] = {}
    for number, (row, when) in enumerate(zip(table.rows, rows, strict=True)):
        if when is None:
            what = f"has a row {row.row.number} that counts for everybody"
            raise FeelError(what, "take it out, and lower the bounds that are asked of the sum")
        # Rows that ask the same are one part, worth what they are worth together.
        worths[repr(when)] = worths.get(repr(when), 0) + int(Decimal(str(row.answers[0])))
        first.setdefault(repr(when), (number, when))
    parts = {number: (when, worths[text]) for text, (number, when) in first.items() if worths[text]}
    found = Points(table, name, counts, parts, [when for _, when in first.values()])
    if not parts or max(map(abs, found.sums.ends)) > MAX_SUM:
        what = f"adds up to more than {MAX_SUM}" if parts else "adds up to nothing"
        raise FeelError(what, f"a sum lies between -{MAX_SUM} and {MAX_SUM}")
    return found


def always_counts(table: ReadTable, facts: Mapping[str, Fact]) -> bool:
    """Return whether some row always applies, as rows that ask one thing alone show."""
    for number, column in enumerate(table.columns):
        alone = [
            test
            for row in table.rows
            if (test := row.tests[number]) is not None
            and sum(one is not None for one in row.tests) == 1
        ]
        if alone and _take_all(facts[column.named.name].domain, alone):
            return True
    return False


def _take_all(domain: Domain, tests: Sequence[Tests]) -> bool:
    """Return whether each value of a domain passes one of some tests."""
    if domain.kind in ("number", "date"):
        taken = joined(run for test in tests for run in domain.runs_of(test))
        return taken == (domain.ends,)
    every = (False, True) if domain.kind == "boolean" else domain.values
    rest = not domain.open or any(test.negated for test in tests)
    return rest and all(any(test.holds(value) for test in tests) for value in every)
