"""What several commands read alike: rules, a caseload, what happened to clients, a source."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from routeengine.caseload import Caseload, ReadingOptions, open_caseload
from routeengine.cli.output import source_name, tell
from routeengine.engine import Engine
from routeengine.errors import UsageError, shown
from routeengine.events.observed import Observed
from routeengine.loading import load_ruleset
from routeengine.ruleset.model import RuleSet

MAX_SOURCE_BYTES: Final = 16_777_216
"""Bytes of a source: a thousand times the letter that the shipped rules are drawn from."""


def engine_of(arguments: argparse.Namespace, ruleset: RuleSet | None = None) -> Engine:
    """Return the engine that a command asks for, of its own rules unless others are given.

    Raises UsageError for a fallback of an executor that needs none, and what building it raises.
    """
    if ruleset is None:
        ruleset = load_ruleset(arguments.rules, arguments.as_of, arguments.variant)
    return Engine(ruleset, arguments.executor, fallback="lanes" if arguments.fallback else None)


def tell_answered(executor: str, answered: Counter[str | None]) -> None:
    """Tell how many each executor answered, where another than the usual one was asked."""
    if executor != "lanes":
        counts = ", ".join(f"{name} {count}" for name, count in sorted(answered.items()))
        tell(f"answered by: {counts or 'nobody'}")


def reading(arguments: argparse.Namespace) -> ReadingOptions:
    """Return how a caseload is written, as the arguments of a command say."""
    return {
        "drop_columns": arguments.drop_columns,
        "skip_rows": arguments.skip_rows,
        "format": arguments.source_format,
        "decimal": arguments.decimal,
    }


def opened(arguments: argparse.Namespace, path: str, ruleset: RuleSet) -> Caseload:
    """Open a caseload as the arguments of a command say that it is written."""
    return open_caseload(path, ruleset, **reading(arguments))


@contextmanager
def progress_bar() -> Iterator[Callable[[Caseload], object] | None]:
    """Show how far the reading of a caseload is, on a terminal only."""
    if not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm  # slow to import, and only for terminals

    with tqdm(unit_scale=True, leave=False) as bar:

        def show(caseload: Caseload) -> None:
            if bar.unit != caseload.unit:
                # How much there is shows as soon as it is known.
                bar.total, bar.unit = caseload.total, caseload.unit
                bar.refresh()
            bar.update(caseload.done - bar.n)

        yield show


def observed(arguments: argparse.Namespace, ruleset: RuleSet) -> Observed:
    """Read the file of events that a command is given, if any."""

    def note(text: str) -> None:
        tell(f"{source_name(arguments.events)}: note: {text}")

    return Observed(ruleset, arguments.events, arguments.decimal, note)


def tell_faults(arguments: argparse.Namespace, seen: Observed, *, one_client: bool = False) -> bool:
    """Tell what of the events could not be used, and return whether there is any."""
    faults = seen.faults(one_client=one_client)
    for fault in faults:
        tell(f"{source_name(arguments.events)}:{fault}")
    return bool(faults)


def source_text(path: str) -> str:
    """Return the text of a source.

    Raises UsageError for what is no UTF-8 or is too large, whatever the size is said to be.
    """
    with Path(path).open("rb") as file:
        data = file.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise UsageError(f"{shown(path)}: is larger than {MAX_SOURCE_BYTES} bytes")
    try:
        # Of a mark of the byte order no sentence begins otherwise.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown(path)}:{line}: is no UTF-8 text") from None
