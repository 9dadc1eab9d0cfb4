"""`routeengine explain`: one client's advice, in words or as data, or a page for each client."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from routeengine.cli.arguments import DEFAULT_RULES
from routeengine.cli.inputs import (
    engine_of,
    observed,
    opened,
    progress_bar,
    tell_answered,
    tell_faults,
)
from routeengine.cli.output import STANDARD, give, give_folder, show, source_name, tell
from routeengine.client_id import parse_client_id
from routeengine.errors import CaseloadError, RecordError, UsageError, shown
from routeengine.explanation import Explanation
from routeengine.loading import load_ruleset
from routeengine.portable.advice import certified_advice
from routeengine.record.canonical import is_record
from routeengine.ruleset.model import RuleSet

Write: TypeAlias = Callable[[Explanation], str]
"""Puts an explanation into the form that is asked."""


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation of one client, or write a page for each; 1 if a row cannot be used."""
    _check_form(arguments)
    if arguments.caseload != STANDARD and is_record(arguments.caseload):
        return _of_record(arguments)
    if arguments.departures:
        raise UsageError("`--departure` goes with a record: a caseload holds no decisions")
    if (arguments.client is None) is not arguments.all:
        raise UsageError("`explain` needs `--client ID`, or `--all -o DIR` for a page for each")
    ruleset = load_ruleset(arguments.rules or DEFAULT_RULES, arguments.as_of, arguments.variant)
    write = _writing(arguments, ruleset)
    if arguments.all:
        if arguments.certificate is not None:
            raise UsageError("`--certificate` is of one client: take `--client`")
        return _all(arguments, ruleset, write)
    return _one(arguments, ruleset, write)


def _check_form(arguments: argparse.Namespace) -> None:
    """Take a page where a reader or a folder is named, and refuse what goes with no such form."""
    page = arguments.all or arguments.audience is not None
    arguments.form = arguments.form or ("html" if page else "text")
    if arguments.form != "html" and (arguments.all or arguments.audience not in (None, "client")):
        raise UsageError(
            "`--all`, and a page for a consultant or an auditor, give HTML: leave out `--format`"
        )
    if arguments.form == "json" and arguments.audience is not None:
        raise UsageError("`--format json` holds everything, and is for no one reader")
    if arguments.short and page:
        raise UsageError("`--short` is of a text: of the client's page take `--letter`")
    asked = [name for name in ("letter", "final") if getattr(arguments, name)]
    if asked and (arguments.audience != "client" or arguments.form != "html"):
        raise UsageError(f"`--{asked[0]}` is of the client's page: take `--audience client`")
    if arguments.mask and arguments.certificate is not None:
        raise UsageError("`--certificate` holds all facts of the client: leave `--mask` out")
    if arguments.large and (arguments.form != "html" or arguments.short):
        raise UsageError("`--large` is of a page: take `--audience` or `--format html`")


def _writing(arguments: argparse.Namespace, ruleset: RuleSet) -> Write:
    """Return what puts an explanation by these rules into the form that is asked."""

    def write(whole: Explanation) -> str:
        explanation = whole.masked() if arguments.mask else whole
        short = arguments.short
        match arguments.form:
            case "json":
                return explanation.model_dump_json(short=short)
            case "text":
                return explanation.to_text(short=short)
            case "markdown":
                return explanation.to_markdown(short=short)
        if arguments.final:
            from routeengine.explanation.page.letterhead import refuse_draft
            from routeengine.explanation.page.voice import Voice

            refuse_draft(Voice(explanation, ruleset))
        return explanation.to_html(
            audience=arguments.audience or "auditor",
            short=short,
            ruleset=ruleset,
            large=arguments.large,
            letter=arguments.letter,
        )

    return write


def _one(arguments: argparse.Namespace, ruleset: RuleSet, write: Write) -> int:
    """Explain one client of a caseload."""
    client_id, _ = parse_client_id(arguments.client)
    with opened(arguments, arguments.caseload, ruleset) as caseload:
        rows = [row for row in caseload if client_id == row.client_id is not None]
        for note in caseload.notes:
            tell(note)
    if not rows:
        raise CaseloadError(source_name(arguments.caseload), "there is no client with that id")
    row, *again = rows
    if row.profile is None or again:
        # A client who is there twice is not explained by one of the rows.
        for fault in [fault for row in rows for fault in row.faults]:
            tell(f"{source_name(arguments.caseload)}:{fault}")
        return 1
    engine = engine_of(arguments, ruleset)
    seen = observed(arguments, ruleset)
    explanation = seen.explain(engine, row.profile, arguments.lang, arguments.at)
    certified = partial(certified_advice, engine, seen.profile(row.profile))
    _give(arguments, write, explanation, certified)
    tell_answered(arguments.executor, seen.answered)
    return 1 if tell_faults(arguments, seen, one_client=True) else 0


def _all(arguments: argparse.Namespace, ruleset: RuleSet, write: Write) -> int:
    """Write the page of every client who can be explained; 1 if a row cannot be used."""
    from routeengine.caseload.folders import PageFolder, write_pages

    if arguments.output in (None, STANDARD):
        raise UsageError("`--all` needs `-o DIR`: a folder, with a page for each client")
    engine, seen = engine_of(arguments, ruleset), observed(arguments, ruleset)
    with (
        opened(arguments, arguments.caseload, ruleset) as caseload,
        progress_bar() as progress,
    ):
        pages, faulty = write_pages(
            caseload,
            PageFolder(arguments.output),
            lambda row: write(seen.explain(engine, row, arguments.lang, arguments.at)),
            report=lambda fault: tell(f"{source_name(arguments.caseload)}:{fault}"),
            progress=progress,
        )
        for note in caseload.notes:
            tell(note)
        caseload.refuse_change()
    tell_answered(arguments.executor, seen.answered)
    show(f"{shown(arguments.output)}: pages {pages}, rows that cannot be used {faulty}")
    return 1 if tell_faults(arguments, seen) or faulty else 0


def _put(arguments: argparse.Namespace, text: str) -> None:
    if arguments.form == "text" and arguments.output in (None, STANDARD):
        show(text)
    else:
        reading = [arguments.caseload, arguments.rules or DEFAULT_RULES, *arguments.departures]
        reading += [arguments.events] if arguments.events else []
        give(text, arguments.output, reading)


def _of_record(arguments: argparse.Namespace) -> int:
    """Explain what was recorded, by its own rules; 1 if it is not what they give."""
    from routeengine.cli.replay import asked_for, plain, words
    from routeengine.departure import DepartureRecord, advice_with_departures
    from routeengine.record import Record, replay
    from routeengine.record.replay import recorded_rules

    if arguments.client is not None or arguments.all or arguments.at is not None:
        raise UsageError(
            "a record holds one client and its time: leave `--client`, `--all`, `--at`"
        )
    if arguments.events:
        raise UsageError("a record holds all that was known: leave `--events` out")
    path, record = arguments.caseload, Record.read(arguments.caseload)
    try:
        ruleset = asked_for(arguments.rules, arguments.as_of, arguments.variant, record)
        outcome = replay(record, ruleset)
        if not outcome.same:
            tell(words(path, outcome))
            return 1
        body = record.body
        ruleset = recorded_rules(body, ()) if ruleset is None else ruleset
        write, engine = _writing(arguments, ruleset), engine_of(arguments, ruleset)
        explanation = engine.explain(body.result.profile, arguments.lang, at=body.at)
        if arguments.departures:
            chain = [DepartureRecord.read(one) for one in arguments.departures]
            explanation = advice_with_departures(record, chain, ruleset).annotate(explanation)
    except RecordError as error:
        place = f"{source_name(path)}: {error.path}" if error.path else source_name(path)
        raise RecordError(plain(error.message), place) from None
    certified = partial(certified_advice, engine, body.result.profile, body.certificate)
    _give(arguments, write, explanation, certified)
    return 0


def _give(
    arguments: argparse.Namespace,
    write: Write,
    explanation: Explanation,
    certified: Callable[[], tuple[dict[str, Any], dict[str, str]]],
) -> None:
    """Give an explanation; with a certificate, in it and in a folder, where one is asked for."""
    if arguments.certificate is None:
        _put(arguments, write(explanation))
        return
    certificate, files = certified()
    _put(arguments, write(replace(explanation, certificate=certificate)))
    give_folder(files, arguments.certificate)
    for what in certificate["too_large"]:
        tell(f"not certified: {what}")
