"""`routeengine export`: the rules in another form, to standard output or a file."""

from __future__ import annotations

import argparse
import json

from routeengine.cli.output import give
from routeengine.loading import load_ruleset


def run(arguments: argparse.Namespace) -> int:
    """Write the rules as the statement of a view, or the JSON Schema of rule files."""
    if arguments.kind == "sql":
        from routeengine.sql import export_sql  # an extra, and only for this form

        ruleset, names = (
            load_ruleset(arguments.rules, arguments.as_of),
            (arguments.table, arguments.view),
        )
        text = export_sql(ruleset, arguments.dialect, table_name=names[0], view_name=names[1])
        give(text.removesuffix("\n"), arguments.output, [arguments.rules])
    else:
        from routeengine.loading.document import json_schema  # only for this form

        give(json.dumps(json_schema(), indent=2, ensure_ascii=False), arguments.output)
    return 0
