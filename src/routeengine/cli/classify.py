"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from routeengine.caseload import Caseload, Output, Row, open_caseload, open_output
from routeengine.cli.summary import summary
from routeengine.engine import Engine
from routeengine.errors import MissingExtraError
from routeengine.loading import load_ruleset
from routeengine.result import Result

if TYPE_CHECKING:
    from routeengine.caseload.columnar import ColumnOutput

Counts: TypeAlias = Counter[tuple[str, str]]

BATCH = 4096
"""Rows that are classified side by side."""

LARGE = 1 << 18
"""Bytes of a file for which it pays to load what reads it by columns."""

BY_COLUMNS = ("csv", "jsonl", "parquet")
"""Formats that can be read by columns."""

INEXACT = (
    "warning: these rules are too large to be worked out for every row: "
    "some rows may have more outcomes as possible than they need"
)

T = TypeVar("T")


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 where a row could not be used."""
    ruleset = load_ruleset(arguments.rules)
    engine = Engine(ruleset)
    if not engine.exact:
        print(f"{arguments.rules}: {INEXACT}", file=sys.stderr)
    output = None
    if arguments.output:
        # What cannot be written is refused before anything is read.
        output = open_output(arguments.output, ruleset, reading=arguments.caseload)
    with open_caseload(
        arguments.caseload, ruleset, drop_columns=arguments.drop_columns
    ) as caseload:  # fmt: skip
        by = by_columns if large(caseload) else by_rows
        counts, faulty = by(engine, caseload, output)
    print(summary(ruleset, counts, faulty, arguments.lang))
    return 1 if faulty else 0


def large(caseload: Caseload) -> bool:
    """Say whether a caseload is large enough to be read by columns, and can be."""
    if caseload.format not in BY_COLUMNS or Path(caseload.path).stat().st_size < LARGE:
        return False
    try:
        import_module("routeengine.cli.streaming")
    except (ImportError, MissingExtraError):
        return False
    return True


def by_columns(engine: Engine, caseload: Caseload, output: Output | None) -> tuple[Counts, int]:
    """Classify a large file; what comes out is as row by row."""
    from routeengine.caseload.columnar import ColumnOutput  # slow to import
    from routeengine.cli.streaming import Stream

    def opens() -> AbstractContextManager[ColumnOutput | None]:
        if output is None:
            return nullcontext()
        return ColumnOutput(Path(output.path), engine.ruleset, None, Path(caseload.path))

    return Stream(engine, caseload, opens, partial(progress, caseload)).classify()


def by_rows(engine: Engine, caseload: Caseload, output: Output | None) -> tuple[Counts, int]:
    """Classify a file row by row: the definition of what comes out."""
    counts: Counts = Counter()
    faulty = 0
    with output or nullcontext() as out:
        for row, result in classified(engine, caseload):
            faulty += report(caseload.path, row, result)
            if out is not None:
                write(out, row, result)
            if result is not None:
                count(counts, result)
        caseload.refuse_change()
    return counts, faulty


def classified(engine: Engine, caseload: Caseload) -> Iterator[tuple[Row, Result | None]]:
    """Yield every row with its result, or None where the row could not be used."""
    rows = iter(progress(caseload, caseload))
    while batch := list(islice(rows, BATCH)):
        good = [row for row in batch if row.profile is not None]
        results = iter(engine.classify_many(row.profile for row in good if row.profile is not None))
        for row in batch:
            yield row, None if row.profile is None else next(results)


def progress(caseload: Caseload, reading: Iterable[T]) -> Iterable[T]:
    """Show how far a reading of a caseload is, on a terminal only."""
    if not sys.stderr.isatty():
        yield from reading
        return
    from tqdm import tqdm  # slow to import, and only for terminals

    with tqdm(total=caseload.total, unit=caseload.unit, unit_scale=True, leave=False) as bar:
        for some in reading:
            yield some
            bar.update(caseload.done - bar.n)


def report(path: str, row: Row, result: Result | None) -> int:
    """Print what is wrong with a row; give 1 where it is."""
    for fault in row.faults:
        print(f"{path}:{fault}", file=sys.stderr)
    return int(result is None)


def write(out: Output, row: Row, result: Result | None) -> None:
    """Write one row: each input row has one."""
    out.write(row.client_id, result, row.faults)


def count(counts: Counts, result: Result) -> None:
    """Count the verdicts: by outcome where there is one, else by status."""
    for name, verdict in result.verdicts.items():
        counts[name, verdict.outcome or verdict.status] += 1
