"""Tables: cost per row from one million to thirty, memory, and the column engines beside it.

Runs where the peers are installed (`requirements.lock`); `run.py` starts it. Prints JSON.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from peers import polars_table, sql
from people import clients

from policy import DOMAINS, if_else
from routeengine import Engine, load_ruleset

MILLION = 1_000_000
BASE = 20_000
BOUND = ["route", "route_possible", "path", "path_possible", "scope", "scope_possible"]
"""What the bar on tables names: outcomes and exact possible sets; the trace comes with them."""

ROUNDS = 5
HANDWRITTEN = "polars expressions, outcomes only, 10 % null"


def table(rows: int, unknown: float) -> pa.Table:
    """Draw rows from made clients: truth values as bits, texts as dictionaries, one chunk."""
    made = pa.Table.from_pylist(clients(BASE, unknown))
    for name in ("current_service", *DOMAINS):
        at = made.column_names.index(name)
        made = made.set_column(at, name, made[name].dictionary_encode())
    for name in ("rung", "prognosis_months"):
        made = made.set_column(made.column_names.index(name), name, made[name].cast(pa.int16()))
    places = np.random.default_rng(1).integers(0, BASE, rows)
    return made.take(pa.array(places)).combine_chunks()


def seconds(work: Callable[[], object]) -> float:
    """Give the processor time of one run, of all its threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved(works: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Run each in turn, and give the medians."""
    for work in works.values():
        work()
    seen: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            seen[name].append(seconds(work))
    return {name: statistics.median(some) for name, some in seen.items()}


def column_engines(known: pa.Table, partial: pa.Table) -> dict[str, Callable[[], Any]]:
    """Give the column engines on the same rows, each from columns of its own in memory."""
    works: dict[str, Callable[[], Any]] = {}
    try:
        import polars as pl

        frame, nulls = pl.from_arrow(known), pl.from_arrow(partial)
        works["polars expressions, outcomes only"] = lambda: polars_table(frame)
        works[HANDWRITTEN] = lambda: polars_table(nulls)
    except ImportError:
        pass
    try:
        import duckdb

        database = duckdb.connect()
        database.execute("SET threads=2")
        database.register("given", known)
        database.execute("CREATE TABLE rows AS SELECT * FROM given")
        works["duckdb SQL, 2 threads, outcomes only"] = lambda: database.sql(sql()).to_arrow_table()
    except ImportError:
        pass
    return works


def check(engine: Engine, works: dict[str, Callable[[], Any]], known: pa.Table) -> None:
    """Leave where a column engine says anything else than if/else does."""
    some = known.slice(0, BASE).to_pylist()
    expected = [if_else(one) for one in some]
    ours = engine.classify_table(known.slice(0, BASE))
    columns = zip(*(ours[d].to_pylist() for d in ("scope", "route", "path")), strict=True)
    states = zip(
        *(ours[d + "_status"].to_pylist() for d in ("scope", "route", "path")), strict=True
    )
    given = [
        tuple(o or s for o, s in zip(*both, strict=True))
        for both in zip(columns, states, strict=True)
    ]
    if given != expected:
        sys.exit("the table path differs from if/else: nothing is timed")
    for name, work in works.items():
        if name == HANDWRITTEN:  # the same expressions, but no answer is right where facts are null
            continue
        out = work()
        out = out.to_arrow() if hasattr(out, "to_arrow") else out
        if list(map(tuple, (row.values() for row in out.slice(0, BASE).to_pylist()))) != expected:
            sys.exit(f"{name} differs from if/else: nothing is timed")


def memory(engine: Engine, given: pa.Table) -> float:
    """Give the bytes per row that the highest point lies above what was there before (Linux)."""
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = _kilobytes("VmRSS")
    out = engine.trace_table(given, columns=BOUND)
    more = _kilobytes("VmHWM") - before
    del out
    return more * 1024 / given.num_rows


def _kilobytes(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def growth(engine: Engine, given: pa.Table, sizes: tuple[int, ...]) -> dict[int, float]:
    """Give the nanoseconds per row of so many times these rows, interleaved."""
    works: dict[str, Callable[[], object]] = {}
    for times in sizes:
        whole = pa.concat_tables([given] * times).combine_chunks()
        works[str(times)] = lambda whole=whole: engine.trace_table(whole, columns=BOUND)
    took = interleaved(works, ROUNDS)
    return {times: took[str(times)] / given.num_rows / times * 1e9 for times in sizes}


def main() -> None:
    """Check, time and print."""
    quick = "--quick" in sys.argv
    size = 100_000 if quick else MILLION
    engine = Engine(load_ruleset("rijswijk-2023"))
    known, partial = table(size, 0.0), table(size, 0.1)
    peers = {} if quick else column_engines(known, partial)
    check(engine, peers, known)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pyarrow.parquet.write_table(partial, path)
        stored = path.stat().st_size / size
        figures = interleaved(
            {
                "pyarrow reads it from Parquet, 10 % unknown": lambda: pyarrow.parquet.read_table(
                    path
                ),
                "classify_table, 10 % unknown, all columns": lambda: engine.classify_table(partial),
                "classify_table, 10 % unknown, without questions": lambda: engine.classify_table(
                    partial, missing=False
                ),
                "trace_table, 10 % unknown, outcomes, possible sets, trace": (
                    lambda: engine.trace_table(partial, columns=BOUND)
                ),
                "trace_table, 10 % unknown, outcomes and trace": (
                    lambda: engine.trace_table(partial, columns=BOUND[::2])
                ),
                "classify_table, all known": lambda: engine.classify_table(known, missing=False),
                **peers,
            },
            ROUNDS,
        )
    json.dump(
        {
            "rows": size,
            "figures": {name: took / size * 1e9 for name, took in figures.items()},
            "flat": growth(engine, partial, (1,) if quick else (1, 3, 10, 30)),
            "stored": stored,
            "memory": None if quick else memory(engine, partial),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
