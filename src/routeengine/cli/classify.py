"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from routeengine.caseload import Caseload, classify_file
from routeengine.cli.summary import summary
from routeengine.engine import Engine
from routeengine.loading import load_ruleset

INEXACT = (
    "warning: these rules are too large to be worked out for every row: "
    "some rows may have more outcomes as possible than they need"
)


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 if a row could not be used."""
    engine = Engine(load_ruleset(arguments.rules))
    if not engine.exact:
        print(f"{arguments.rules}: {INEXACT}", file=sys.stderr)
    with progress_bar() as progress:
        tally = classify_file(
            engine,
            arguments.caseload,
            arguments.output or None,
            drop_columns=arguments.drop_columns,
            report=lambda fault: print(f"{arguments.caseload}:{fault}", file=sys.stderr),
            progress=progress,
        )
    print(summary(engine.ruleset, tally.counts, tally.faulty, arguments.lang))
    return 1 if tally.faulty else 0


@contextmanager
def progress_bar() -> Iterator[Callable[[Caseload], object] | None]:
    """Show how far the reading of a caseload is, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm  # slow to import, and only for terminals

    with tqdm(unit_scale=True, leave=False) as bar:

        def show(caseload: Caseload) -> None:
            bar.total, bar.unit = caseload.total, caseload.unit
            bar.update(caseload.done - bar.n)

        yield show
