"""`routeengine export`: the rules in another form, to standard output."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Write the rules in the form that was asked for."""
    KINDS[arguments.kind](arguments)
    return 0


def as_sql(arguments: argparse.Namespace) -> None:
    """Write the statement of a view."""
    from routeengine.sql import export_sql  # an extra, and only for this form

    ruleset, names = load_ruleset(arguments.rules), (arguments.table, arguments.view)
    text = export_sql(ruleset, arguments.dialect, table_name=names[0], view_name=names[1])
    print(text, end="")


def as_json_schema(_: argparse.Namespace) -> None:
    """Write the JSON Schema of rule files."""
    from routeengine.loading.document import json_schema  # only for this form

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


KINDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "sql": as_sql,
    "json-schema": as_json_schema,
}
