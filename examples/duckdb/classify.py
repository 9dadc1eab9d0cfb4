"""Classify a table of DuckDB in two ways, and count the answers: `python classify.py CASELOAD`."""

import sys
from pathlib import Path

import duckdb

from routeengine import Engine, load_ruleset
from routeengine.sql import export_sql
from routeengine.tables import classify_stream

COUNT = """
SELECT scope::text, route::text, route_status::text, count(*)
FROM {} GROUP BY ALL ORDER BY ALL
"""


def counts(caseload: Path) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the counts of the answers, first by the library and then by DuckDB alone."""
    rules = load_ruleset("rijswijk-2023")
    database = duckdb.connect()
    database.execute("CREATE TABLE clients AS SELECT * FROM read_csv(?)", [str(caseload)])

    # As a stream: batches go out of the relation, and their answers come back in.
    answers = classify_stream(Engine(rules).tables, database.table("clients"))
    database.cursor().from_arrow(answers).create("answers")

    # As a view: the rules themselves are in the database, and Python is not asked.
    database.execute(export_sql(rules, "duckdb", table_name="clients", view_name="advice"))
    both = [database.execute(COUNT.format(name)).fetchall() for name in ("answers", "advice")]
    return both[0], both[1]


if __name__ == "__main__":
    streamed, viewed = counts(Path(sys.argv[1]))
    for row in streamed:
        print(*row)
    print("the view says the same" if streamed == viewed else "the view says something else")
