"""The view of the shipped rules against the engine, row by row, at any size.

`PYTHONPATH=tests python -m sql.against_engine --rows 1000000 --seed 1`: 1 where a row differs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import duckdb
import pyarrow as pa

from routeengine import Engine, load_ruleset
from routeengine.sql import export_sql
from sql.tabled import columns_of, made_rows, told

BATCH = 20_000


@cache
def engine() -> Engine:
    """Build the engine of the shipped rule set, once per process."""
    return Engine(load_ruleset("rijswijk-2023"))


def differing(size: int, batch: int, seed: int) -> list[str]:
    """Make a batch of rows, and give the ids of those where view and engine differ."""
    ruleset, own = engine().ruleset, seed * 1_000_000 + batch
    rows = list(made_rows(ruleset, size, None, seed=own, first=batch * BATCH))
    names = ["client_id", *(fact.id for fact in ruleset.facts)]
    made = pa.table(dict(zip(names, map(pa.array, zip(*rows, strict=True)), strict=True)))
    with duckdb.connect(config={"threads": 1}) as database:
        database.register("clients", made)
        database.execute(view().replace("CREATE VIEW", "CREATE TEMPORARY VIEW", 1))
        columns = ", ".join(f'"{name}"' for name in columns_of(ruleset))
        shown = database.execute(f"SELECT {columns} FROM advice").fetchall()  # noqa: S608  our names
    found = {row[0]: row for row in shown}
    return [str(row[0]) for row in told(engine(), rows) if found[row[0]] != row]


@cache
def view() -> str:
    """Write the statement of the view, once per process."""
    return export_sql(engine().ruleset)


def differences(count: int, workers: int = 1, seed: int = 0) -> Iterator[list[str]]:
    """Yield, batch by batch, the ids of the rows that differ."""
    sizes = [BATCH] * (count // BATCH) + ([count % BATCH] if count % BATCH else [])
    batches = sizes, range(len(sizes)), [seed] * len(sizes)
    if workers == 1:
        yield from map(differing, *batches)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(differing, *batches)


def main() -> int:
    """Compare, and say how many rows differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    begun = time.monotonic()
    batches = differences(arguments.rows, arguments.workers, arguments.seed)
    wrong = [one for some in batches for one in some]
    took = time.monotonic() - begun
    sys.stdout.write(
        f"{arguments.rows:,} rows in DuckDB against the engine: {len(wrong):,} differ "
        f"({took:.0f} s)\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
