"""`routeengine explain`: one client's advice, in words or as data."""

from __future__ import annotations

import argparse
import sys

from routeengine.caseload import open_caseload
from routeengine.engine import Engine
from routeengine.errors import CaseloadError
from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation for one client; 1 if the client's row cannot be used."""
    ruleset = load_ruleset(arguments.rules)
    with open_caseload(
        arguments.caseload, ruleset, drop_columns=arguments.drop_columns
    ) as caseload:
        rows = [row for row in caseload if row.client_id == arguments.client]
    if not rows:
        raise CaseloadError(arguments.caseload, "there is no client with that id")
    row, *again = rows
    if row.profile is None or again:
        # A client who is there twice is not explained by one of the rows.
        for fault in [fault for row in rows for fault in row.faults]:
            print(f"{arguments.caseload}:{fault}", file=sys.stderr)
        return 1
    explanation = Engine(ruleset).explain(row.profile, lang=arguments.lang)
    if arguments.mask:
        explanation = explanation.masked()
    form = "model_dump_json" if arguments.form == "json" else f"to_{arguments.form}"
    print(getattr(explanation, form)(short=arguments.short))
    return 0
