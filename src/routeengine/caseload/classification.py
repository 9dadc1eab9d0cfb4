"""What takes part when a caseload file is classified, and the way row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from routeengine.caseload.reading import Caseload
from routeengine.caseload.rows import Row, RowFault
from routeengine.caseload.writing import Output
from routeengine.errors import BudgetError
from routeengine.result import Result
from routeengine.ruleset.model import RuleSet

Report: TypeAlias = Callable[[RowFault], object]
"""Is told what is wrong with rows, in the order of the file."""

Observed: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Gives for the profile of a row what is to be classified: with what was observed besides."""

Progress: TypeAlias = Callable[[Caseload], object]
"""Is told now and then how far a file is: `done` of `total`, in `unit`."""


class Engine(Protocol):
    """What classifies: an `Engine`, of which only this is asked here."""

    @property
    def ruleset(self) -> RuleSet:
        """The rules."""
        ...

    @property
    def executor_name(self) -> str:
        """By which executor it answers."""
        ...

    @property
    def tables(self) -> Any:
        """What classifies tables, by the lanes; it needs the extra `tables`."""
        ...

    def classify(self, profile: Mapping[str, Any]) -> Result:
        """Classify one profile."""
        ...


@dataclass(slots=True)
class Tally:
    """What came of a classified file.

    Attributes:
        counts: The number of clients by decision, and by outcome if there is one, else by status.
        missing: By decision and fact, the number of clients for whom the fact is unknown and can
            still change the answer.
        faulty: The number of rows that could not be used: in the output their `error` says why.
        answered: By executor, the number of rows that were answered one by one.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    faulty: int = 0
    answered: Counter[str | None] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Classification:
    """What takes part in the classification of one file."""

    engine: Engine
    caseload: Caseload
    output: Output | None
    report: Report
    progress: Progress
    observed: Observed | None = None

    def by_rows(self) -> Tally:
        """Classify a file row by row: the definition of what comes out."""
        tally = Tally()
        with self.output or nullcontext():
            for row in self.caseload:
                self.take(row, tally, self.report)
                self.progress(self.caseload)
            self.caseload.refuse_change()
        return tally

    def take(self, row: Row, tally: Tally, report: Report) -> None:
        """Classify, report, count and write a row: each row of a file comes out."""
        profile = row.profile
        if profile is not None and self.observed is not None:
            profile = self.observed(profile)
        result, faults = None, row.faults
        if profile is not None:
            try:
                result = self.engine.classify(profile)
            except BudgetError as error:
                faults = (row.refused(error),)
        tally.faulty += result is None
        for fault in faults:
            report(fault)
        if self.output is not None:
            self.output.write(row.client_id, result, faults)
        if result is None:
            return
        tally.answered[result.executor] += 1
        for name, verdict in result.verdicts.items():
            tally.counts[name, verdict.outcome or verdict.status] += 1
            tally.missing.update((name, fact) for fact in verdict.missing)
