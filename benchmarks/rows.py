"""Tables: a million rows, each drawn by itself, beside pyarrow's reading and engines of columns.

No engine has seen a row of what it is timed on: each time there is a new one, which has classified
other rows. Runs where the peers are installed (`requirements.lock`), by `run.py`. Prints JSON.
"""

from __future__ import annotations

import ctypes
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
from bars import ALL, BOUND, READ
from peers import OUTCOMES, duckdb_columns, polars_columns
from people import table, uniform
from timing import interleaved, median

from policy import TABLES, if_else, possible
from routeengine import Engine, load_ruleset

MILLION = 1_000_000
ROUNDS, FEW_ROUNDS = 7, 3
SIZES = (1, 3, 10, 30)
DECIDED = [f"{name}{column}" for name in TABLES for column in ("", "_status")]
WIDE = [*DECIDED, *(f"{name}_possible" for name in TABLES)]
"""Outcomes, and what is possible besides; the trace comes with `trace_table`."""

RULESET = load_ruleset("rijswijk-2023")
ORDINARY: dict[str, Any] = {"unknown": 0.1, "clashing": 0.03}

Work = Callable[[int], Callable[[], Any]]


def engine() -> Engine:
    """Build an engine that is warm, and has seen none of the rows that are timed."""
    made = Engine(RULESET)
    for draw in ({}, {"draw": uniform}):
        made.trace_table(table(20_000, 0.1, 0.03, seed=99, **draw))
    return made


def ours(method: str, rows: pa.Table, **asked: Any) -> Work:
    """Give what classifies these rows by an engine that has not seen them."""

    def prepare(_: int) -> Callable[[], Any]:
        classify = getattr(engine(), method)
        return lambda: classify(rows, **asked)

    return prepare


def always(work: Callable[[], Any]) -> Work:
    """Give the same each round: of what keeps nothing."""
    return lambda _: work


def check(works: dict[str, Callable[[], Any]], known: pa.Table, partial: pa.Table) -> None:
    """Leave where a table differs from if/else, or from going through what can be."""
    some = known.slice(0, 20_000)
    expected = [if_else(one) for one in some.to_pylist()]
    answers = engine().classify_table(some, columns=DECIDED).to_pylist()
    given = {
        "classify_table": [tuple(one[n] or one[f"{n}_status"] for n in TABLES) for one in answers]
    }
    for name, work in works.items():
        out = work()
        out = (out.to_arrow() if hasattr(out, "to_arrow") else out).slice(0, 20_000)
        given[name] = [tuple(OUTCOMES[n][one[n]] for n in TABLES) for one in out.to_pylist()]
    for name, answered in given.items():
        if answered != expected:
            sys.exit(f"{name} differs from if/else: nothing is timed")
    some = partial.slice(0, 1_000)
    answers = engine().classify_table(some, columns=WIDE).to_pylist()
    for one, told in zip(some.to_pylist(), answers, strict=True):
        ends = possible(one)
        # Of a client who contradicts himself nothing is possible.
        if all(ends) and [set(told[f"{n}_possible"].split()) for n in TABLES] != ends:
            sys.exit("classify_table is wrong about what is still possible: nothing is timed")


def memory(rows: pa.Table) -> float:
    """Give the bytes per row that the highest point lies above what was there before (Linux)."""
    trace = engine().trace_table
    pa.default_memory_pool().release_unused()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = kilobytes("VmRSS")
    out = trace(rows, columns=WIDE)
    more = kilobytes("VmHWM") - before
    del out
    return more * 1024 / int(rows.num_rows)


def kilobytes(name: str) -> int:
    """Read a line of what the system says of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def growth(sizes: tuple[int, ...], unit: int, rounds: int) -> dict[str, Any]:
    """Give the nanoseconds per row of tables of so many units, and the memory of the last."""
    whole = table(max(sizes) * unit, **ORDINARY)
    parts = {str(size): whole.slice(0, size * unit) for size in sizes}
    works = {size: ours("trace_table", rows, columns=WIDE) for size, rows in parts.items()}
    seen = interleaved(works, rounds)
    return {
        "flat": {n: median(some) / (int(n) * unit * 1e-9) for n, some in seen.items()},
        "memory": memory(whole),
    }


def main() -> None:
    """Check, time and print."""
    quick = "--quick" in sys.argv
    size, rounds = (50_000, 1) if quick else (MILLION, ROUNDS)
    known, partial = table(size), table(size, **ORDINARY)
    worst = table(size, draw=uniform, unknown=0.1)
    peers: dict[str, Callable[[], Any]] = {}
    if not quick:
        peers = {"polars expressions, codes, all known": polars_columns(known),
                 "duckdb SQL, codes, 2 threads, all known": duckdb_columns(known)}  # fmt: skip
    check(peers, known, partial)
    if not quick:
        peers["polars expressions, codes"] = polars_columns(partial)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        pyarrow.parquet.write_table(partial, path)
        works: dict[str, Work] = {
            READ: always(lambda: pyarrow.parquet.read_table(path)),
            BOUND: ours("trace_table", partial, columns=WIDE),
            f"{BOUND}, uniformly random rows": ours("trace_table", worst, columns=WIDE),
            "trace_table: outcomes, trace": ours("trace_table", partial, columns=DECIDED),
            ALL: ours("classify_table", partial),
            f"{ALL}, uniformly random rows": ours("classify_table", worst),
            "classify_table: all but what to ask": ours("classify_table", partial, missing=False),
            "classify_table: outcomes, all known": ours("classify_table", known, columns=DECIDED),
            **{name: always(work) for name, work in peers.items()},
        }
        seen = interleaved(works, rounds)
        stored = path.stat().st_size / size
    figures = {name: median(some) / (size * 1e-9) for name, some in seen.items()}
    distinct = partial.group_by(partial.column_names).aggregate([]).num_rows
    grown = growth(SIZES[:1] if quick else SIZES, size, min(rounds, FEW_ROUNDS))
    json.dump(
        {"rows": size, "distinct": distinct, "stored": stored, "figures": figures, **grown},
        sys.stdout,
    )


if __name__ == "__main__":
    main()
