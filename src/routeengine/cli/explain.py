"""`routeengine explain`: one client's advice, in words or as data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from routeengine.caseload import Row, open_caseload
from routeengine.engine import Engine
from routeengine.errors import CaseloadError
from routeengine.explanation.explanation import Explanation
from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation for one client; 1 where the client's row cannot be used."""
    ruleset = load_ruleset(arguments.rules)
    with open_caseload(
        arguments.caseload, ruleset, drop_columns=arguments.drop_columns
    ) as caseload:
        rows = [row for row in caseload if row.client_id == arguments.client]
    if not rows:
        raise CaseloadError(arguments.caseload, "there is no client with that id")
    row, *again = rows
    if row.profile is None or again:
        # A client who stands there twice is not explained by one of the rows.
        return refuse(arguments.caseload, rows)
    explanation = Engine(ruleset).explain(row.profile, lang=arguments.lang)
    if arguments.mask:
        explanation = explanation.masked()
    print(rendered(explanation, arguments.form, short=arguments.short))
    return 0


def refuse(path: str, rows: Sequence[Row]) -> int:
    """Say why the rows cannot be used."""
    for row in rows:
        for fault in row.faults:
            print(f"{path}:{fault}", file=sys.stderr)
    return 1


def rendered(explanation: Explanation, form: str, *, short: bool = False) -> str:
    """Return the explanation in the form that was asked for."""
    match form:
        case "markdown":
            return explanation.to_markdown(short=short)
        case "html":
            return explanation.to_html(short=short)
        case "json":
            return explanation.model_dump_json(indent=2)
        case _:
            return explanation.to_text(short=short)
