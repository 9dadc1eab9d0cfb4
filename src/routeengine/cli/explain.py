"""`routeengine explain`: one client's advice, in words or as data."""

from __future__ import annotations

import argparse

from routeengine.caseload import open_caseload
from routeengine.cli.output import STANDARD, give, show, source_name, tell
from routeengine.client_id import parse_client_id
from routeengine.engine import Engine
from routeengine.errors import CaseloadError
from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation for one client; 1 if the client's row cannot be used."""
    ruleset = load_ruleset(arguments.rules, arguments.as_of)
    client_id, _ = parse_client_id(arguments.client)
    with open_caseload(
        arguments.caseload,
        ruleset,
        drop_columns=arguments.drop_columns,
        skip_rows=arguments.skip_rows,
        format=arguments.source_format,
    ) as caseload:
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
    explanation = Engine(ruleset).explain(row.profile, lang=arguments.lang)
    if arguments.mask:
        explanation = explanation.masked()
    form = "model_dump_json" if arguments.form == "json" else f"to_{arguments.form}"
    text = getattr(explanation, form)(short=arguments.short)
    if arguments.form == "text" and arguments.output in (None, STANDARD):
        show(text)
    else:
        give(text, arguments.output, [arguments.caseload, arguments.rules])
    return 0
