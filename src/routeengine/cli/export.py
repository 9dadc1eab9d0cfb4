"""`routeengine export`: the rules in another form, to standard output."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

from routeengine.loading import load_ruleset

__all__ = ["run"]


def run(arguments: argparse.Namespace) -> int:
    """Write the rules in the form that was asked for."""
    KINDS[arguments.kind](arguments)
    return 0


def as_sql(arguments: argparse.Namespace) -> None:
    """Write the statement of a view; what it answers less exactly is told on standard error."""
    from routeengine.sql import export_sql  # an extra, and only for this form

    export = export_sql(
        load_ruleset(arguments.rules),
        arguments.dialect,
        table_name=arguments.table,
        view_name=arguments.view,
    )
    print(export.text, end="")
    for sentence in export.left_open:
        print(sentence, file=sys.stderr)


def as_json_schema(_: argparse.Namespace) -> None:
    """Write the JSON Schema of rule files."""
    from routeengine.loading.schema import json_schema  # only for this form

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


KINDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "sql": as_sql,
    "json-schema": as_json_schema,
}
