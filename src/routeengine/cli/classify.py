"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, get_args

from routeengine.caseload import Caseload, classify_file
from routeengine.caseload.writing import WholeFile
from routeengine.cli.output import STANDARD, show, source_name, tell, tell_faults
from routeengine.engine import Engine
from routeengine.errors import shown
from routeengine.events import read_events
from routeengine.i18n import catalogue, language_for
from routeengine.loading import load_ruleset
from routeengine.profile import CLIENT_ID
from routeengine.result import Status
from routeengine.ruleset.model import Outcome, RuleSet

INEXACT = (
    "warning: these rules are too large to be worked out for every row: "
    "some rows may have more outcomes as possible than they need"
)


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 if a row could not be used."""
    engine = Engine(load_ruleset(arguments.rules, arguments.as_of))
    ruleset = engine.ruleset
    language = language_for(ruleset.languages, arguments.lang)
    if not engine.exact:
        tell(f"{shown(arguments.rules)}: {INEXACT}")
    if arguments.output is not None:
        # Refused now if it is the file of the rules, which `classify_file` does not know.
        WholeFile(arguments.output, [arguments.rules])
    seen = Observed(ruleset, arguments.events) if arguments.events else None
    with progress_bar() as progress:
        tally = classify_file(
            engine,
            arguments.caseload,
            arguments.output,
            drop_columns=arguments.drop_columns,
            skip_rows=arguments.skip_rows,
            source_format=arguments.source_format,
            target_format=arguments.target_format,
            report=lambda fault: tell(f"{source_name(arguments.caseload)}:{fault}"),
            note=tell,
            progress=progress,
            observed=None if seen is None else seen.profile,
        )
    told = summary(ruleset, tally.counts, tally.faulty, language)
    # Where the rows go to standard output, what people read goes beside it.
    (tell if arguments.output == STANDARD else show)(told)
    return 1 if tally.faulty or (seen is not None and seen.is_faulty()) else 0


class Observed:
    """The observations of a file of events beside the rows of a caseload."""

    def __init__(self, ruleset: RuleSet, path: str) -> None:
        self.events = read_events(path, ruleset)
        self._clients: set[str] = set()

    def profile(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is known of the client of a row."""
        self._clients.add(row[CLIENT_ID])
        return self.events.profile(row)

    def is_faulty(self) -> bool:
        """Tell what of the events could not be used, and return whether there is any."""
        return tell_faults(self.events, self._clients)


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


def summary(ruleset: RuleSet, counts: Mapping[tuple[str, str], int], faulty: int, lang: str) -> str:
    """Return the numbers per decision, outcome and status as an aligned table."""
    words = catalogue(lang).summary
    first = ruleset.decisions[0].id
    clients = sum(number for (decision, _), number in counts.items() if decision == first)
    statuses = {status: getattr(words, status) for status in get_args(Status)[1:]}
    rows: list[tuple[str, str, int]] = []
    for decision in ruleset.decisions:
        name = decision.label[lang]
        labels = {one.id: _named(one, lang) for one in decision.outcomes} | statuses
        for key, label in labels.items():
            rows.append((name, label, counts.get((decision.id, key), 0)))
            name = ""
    wide = max(len(name) for name, _, _ in rows), max(len(label) for _, label, _ in rows)
    lines = [f"{ruleset.title[lang]} ({ruleset.id} {ruleset.version})", ""]
    for name, label, number in rows:
        if name and len(lines) > 2:
            lines.append("")
        lines.append(f"{name:<{wide[0]}}  {label:<{wide[1]}}  {number:>9,}".replace(",", "\u00a0"))
    lines += ["", f"{clients} {words.clients}, {faulty} {words.faulty}", words.advice]
    return "\n".join(lines)


def _named(outcome: Outcome, lang: str) -> str:
    label = outcome.label[lang]
    return label if label == outcome.id else f"{outcome.id}  {label}"
