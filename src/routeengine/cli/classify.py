"""`routeengine classify`: a caseload in, a verdict per client out, a summary at the end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from routeengine.caseload import Caseload, Tally, classify_file
from routeengine.caseload.writing import WholeFile
from routeengine.cli.engines import engine_of, tell_answered
from routeengine.cli.observed import Observed
from routeengine.cli.output import STANDARD, give, show, source_name, tell
from routeengine.errors import shown
from routeengine.i18n import catalogue, language_for
from routeengine.own_words import numbers_of, words_of
from routeengine.ruleset.model import Decision, Outcome, RuleSet
from routeengine.sidecar import MADE, Sidecar, read_sidecar, sidecar_path

MAX_MISSING = 3
"""Facts that are named per decision: those that are unknown to most."""

Block: TypeAlias = tuple[str, list[tuple[str, int]]]
"""What a block of the summary is about, and its rows: a label and a number each."""

INEXACT = (
    "warning: these rules are too large to be worked out for every row: "
    "some rows may have more outcomes as possible than they need"
)


def run(arguments: argparse.Namespace) -> int:
    """Classify a caseload; 1 if a row could not be used."""
    engine = engine_of(arguments)
    ruleset = engine.ruleset
    language = language_for(ruleset.languages, arguments.lang)
    if not engine.exact:
        tell(f"{shown(arguments.rules)}: {INEXACT}")
    sidecar = Sidecar() if arguments.caseload == STANDARD else read_sidecar(arguments.caseload)
    if arguments.output is not None:
        # Refused now if it is the file of the rules, which `classify_file` does not know.
        WholeFile(arguments.output, [arguments.rules])
    seen = Observed(ruleset, arguments.events, arguments.decimal)
    with progress_bar() as progress:
        tally = classify_file(
            engine,
            arguments.caseload,
            arguments.output,
            drop_columns=arguments.drop_columns,
            skip_rows=arguments.skip_rows,
            source_format=arguments.source_format,
            decimal=arguments.decimal,
            target_format=arguments.target_format,
            report=lambda fault: tell(f"{source_name(arguments.caseload)}:{fault}"),
            note=tell,
            progress=progress,
            observed=seen.profile if arguments.events else None,
        )
    tell_answered(engine, tally.answered)
    told = summary(ruleset, tally, language)
    if sidecar.made:
        told = f"{told}\n{catalogue(language).report.made}"
        if arguments.output not in (None, STANDARD) and not read_sidecar(arguments.output).made:
            # What is made of made clients is made too, though its rows are as any.
            give(MADE, str(sidecar_path(arguments.output)), [arguments.caseload])
    # Where the rows go to standard output, what people read goes beside it.
    (tell if arguments.output == STANDARD else show)(told)
    return 1 if seen.is_faulty() or tally.faulty else 0


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


def summary(ruleset: RuleSet, tally: Tally, lang: str) -> str:
    """Return what came of a caseload: who gets what, for whom a person is, and what is missing.

    The numbers stand in one aligned table, a block for each decision and one for each of the rest.
    """
    words = words_of(ruleset.wording, lang).summary
    first = ruleset.decisions[0].id
    clients = sum(number for (decision, _), number in tally.counts.items() if decision == first)
    blocks = [_answers(decision, tally, lang) for decision in ruleset.decisions]
    for status in ("review", "insufficient"):
        rows = [(one.label[lang], tally.counts[one.id, status]) for one in ruleset.decisions]
        rows = [(label, number) for label, number in rows if number]
        blocks.append((getattr(words, status), rows or [(words.nobody, 0)]))
    if missing := _missing(ruleset, tally, lang):
        blocks.append((words.missing, missing))
    wide = (
        max(len(name) for name, _ in blocks),
        max(len(label) for _, rows in blocks for label, _ in rows),
    )
    named, numbers = f"{ruleset.id} {ruleset.version}", numbers_of(ruleset.instance, lang)
    lines = [
        _numbered(words.clients, clients) + ", " + _numbered(words.faulty, tally.faulty),
        f"{ruleset.title[lang]} ({'; '.join(filter(None, (named, numbers)))})",
    ]
    for name, rows in blocks:
        lines.append("")
        for number, (label, count) in enumerate(rows):
            many = f"{count:,}".replace(",", "\u00a0")
            lines.append(f"{'' if number else name:<{wide[0]}}  {label:<{wide[1]}}  {many:>9}")
    return "\n".join([*lines, "", words.advice])


def _answers(decision: Decision, tally: Tally, lang: str) -> Block:
    """Return how many have each outcome of a decision, and for how many it does not arise."""
    labels = {one.id: _named(one, lang) for one in decision.outcomes}
    labels["not_applicable"] = catalogue(lang).summary.not_applicable
    rows = [(label, tally.counts[decision.id, key]) for key, label in labels.items()]
    return decision.label[lang], rows


def _missing(ruleset: RuleSet, tally: Tally, lang: str) -> list[tuple[str, int]]:
    """Return the facts that are unknown to most and can still change a decision, most first."""
    rows = []
    for decision in ruleset.decisions:
        name = decision.label[lang]
        some = [
            (f"{name}: {fact.label[lang]}", number)
            for fact in ruleset.facts
            if (number := tally.missing[decision.id, fact.id])
        ]
        rows += sorted(some, key=lambda row: -row[1])[:MAX_MISSING]
    return rows


def _numbered(words: Sequence[str], number: int) -> str:
    """Return a number with its word: the first of two words is for one."""
    return f"{number} {words[number != 1]}"


def _named(outcome: Outcome, lang: str) -> str:
    label = outcome.label[lang]
    return label if label == outcome.id else f"{outcome.id}  {label}"
