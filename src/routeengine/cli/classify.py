"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice

from routeengine.caseload import Caseload, Output, Row, open_caseload, open_output
from routeengine.cli.summary import summary
from routeengine.engine import Engine
from routeengine.loading import load_ruleset
from routeengine.result import Result

__all__ = ["run"]

BATCH = 4096
"""Rows that are classified side by side."""


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 where a row could not be used."""
    ruleset = load_ruleset(arguments.rules)
    engine = Engine(ruleset)
    counts: Counter[tuple[str, str]] = Counter()
    faulty = 0
    output: AbstractContextManager[Output | None] = nullcontext()
    if arguments.output:
        output = open_output(arguments.output, ruleset, reading=arguments.caseload)
    with open_caseload(
        arguments.caseload, ruleset, drop_columns=arguments.drop_columns
    ) as caseload, output as out:  # fmt: skip
        for row, result in classified(engine, caseload):
            faulty += report(arguments.caseload, row, result)
            if out is not None:
                write(out, row, result)
            if result is not None:
                count(counts, result)
    print(summary(ruleset, counts, faulty, arguments.lang))
    return 1 if faulty else 0


def classified(engine: Engine, caseload: Caseload) -> Iterator[tuple[Row, Result | None]]:
    """Yield every row with its result, or None where the row could not be used."""
    rows = iter(progress(caseload))
    while batch := list(islice(rows, BATCH)):
        good = [row for row in batch if row.profile is not None]
        results = iter(engine.classify_many(row.profile for row in good if row.profile is not None))
        for row in batch:
            yield row, None if row.profile is None else next(results)


def progress(caseload: Caseload) -> Iterable[Row]:
    """Show how far it is, on a terminal only."""
    if not sys.stderr.isatty():
        yield from caseload
        return
    from tqdm import tqdm  # noqa: PLC0415  slow to import, and only for terminals

    with tqdm(total=caseload.total, unit=caseload.unit, unit_scale=True, leave=False) as bar:
        for row in caseload:
            yield row
            bar.update(caseload.done - bar.n)


def report(path: str, row: Row, result: Result | None) -> int:
    """Print what is wrong with a row; give 1 where it is."""
    for fault in row.faults:
        print(f"{path}:{fault}", file=sys.stderr)
    return int(result is None)


def write(out: Output, row: Row, result: Result | None) -> None:
    """Write one row: each input row has one."""
    out.write(row.client_id, result, row.faults)


def count(counts: Counter[tuple[str, str]], result: Result) -> None:
    """Count the verdicts: by outcome where there is one, else by status."""
    for name, verdict in result.verdicts.items():
        counts[name, verdict.outcome or verdict.status] += 1
