"""Files: time and memory of `routeengine classify`, the whole command.

    python benchmarks/files.py --format parquet --rows 1_000_000
    python benchmarks/files.py --format csv --gigabytes 10 --rounds 1    as large as memory never is
    python benchmarks/files.py --format csv --rows 40_000 --plain        without numpy and pyarrow
    python benchmarks/files.py --rows 4_000 --group 1                    row groups of one row each

Makes a caseload of made clients, each drawn by itself, and classifies it in a process of its own.
Beside it stands a process in which pyarrow reads that file and writes a Parquet file with the
columns that come out. Each round classifies once on one core and once on all; rounds are
interleaved, and medians are printed as JSON. The files are removed again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from sys import executable

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from people import PIECE, table
from timing import Took, median, process

CLASSIFY = """
import os, sys
if sys.argv[3] == "one":
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
if sys.argv[3] == "plain":
    sys.modules |= dict.fromkeys(("numpy", "pyarrow"))  # as where they are not installed
from routeengine.cli import main
status = main(["classify", sys.argv[1], "-o", sys.argv[2]])
with open("/proc/self/status") as told:
    print(told.read().split("VmHWM:")[1].split()[0], file=sys.stderr)
sys.exit(status)
"""

PYARROW = """
import sys, time
import pyarrow.parquet
{read}
start = time.process_time(), time.perf_counter()
out = pyarrow.parquet.read_table(sys.argv[2])
print(time.process_time() - start[0], time.perf_counter() - start[1])
pyarrow.parquet.write_table(out, sys.argv[3])
"""
"""What is written is read first, beside what is timed: how long that took is printed."""

READS = {
    "parquet": "table = pyarrow.parquet.read_table(sys.argv[1])",
    "csv": "import pyarrow.csv; table = pyarrow.csv.read_csv(sys.argv[1])",
    "jsonl": "import pyarrow.json; table = pyarrow.json.read_json(sys.argv[1])",
}


def blocks() -> Iterator[pa.RecordBatch]:
    """Yield blocks of clients without end, with ids."""
    for number in count():
        batch = table(PIECE, 0.1, 0.03, seed=100 + number).to_batches()[0]
        ids = np.char.zfill(np.arange(number * PIECE, (number + 1) * PIECE).astype("U9"), 9)
        columns = [pa.array(np.char.add("C", ids)), *batch.columns]
        yield pa.RecordBatch.from_arrays(columns, names=["client_id", *batch.schema.names])


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give texts as texts: CSV has no dictionaries."""
    columns = [
        c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def make(path: Path, form: str, rows: int, size: int, group: int | None = None) -> int:
    """Write a caseload of so many rows, or of so many bytes; give the rows.

    A row group of Parquet has `group` rows at most.
    """
    done, writer = 0, None
    with path.open("wb") as file:
        for block in blocks():
            part = plain(block.slice(0, rows - done) if rows else block)
            if form == "jsonl":
                lines = (json.dumps(record, ensure_ascii=False) for record in part.to_pylist())
                file.write(("\n".join(lines) + "\n").encode())
            else:
                if writer is None:
                    options = pa.csv.WriteOptions(quoting_style="none")
                    writer = (
                        pa.csv.CSVWriter(file, part.schema, write_options=options)
                        if form == "csv"
                        else pa.parquet.ParquetWriter(file, part.schema)
                    )
                if form == "csv":
                    writer.write_batch(part)
                else:
                    writer.write_batch(part, row_group_size=group)
            done += part.num_rows
            if done == rows or (not rows and file.tell() >= size):
                break
        if writer is not None:
            writer.close()
    return done


def measured(path: Path, form: str, rounds: int, *, without: bool) -> dict[str, object]:
    """Classify a file again and again, and let pyarrow read and write beside it."""
    out = path.with_name("out.csv" if without else "out.parquet")
    ways = ["plain"] if without else ["all", "one"] if rounds > 1 else ["all"]
    seen: dict[str, list[Took]] = {way: [] for way in ways}
    ratios, peak = [], 0.0
    for _ in range(rounds):
        for way in ways:
            done = process(executable, "-c", CLASSIFY, path, out, way)
            seen[way].append(done.took)
            peak = max(peak, float(done.err.split()[-1]) / 1e3)
        if rounds > 1 and not without:
            code = PYARROW.format(read=READS[form])
            done = process(executable, "-c", code, path, out, path.with_name("again.parquet"))
            aside = Took(*map(float, done.out.split()))
            theirs = Took(done.took.used - aside.used, done.took.elapsed - aside.elapsed)
            ratios.append(seen["all"][-1] / theirs)
    told = {"seconds": {way: median(some) for way, some in seen.items()}, "peak_mb": peak}
    return told | ({"ratio": median(ratios)} if ratios else {})


def main() -> None:
    """Make a file, classify it, and print what that took."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--format", choices=READS, default="parquet")
    options.add_argument("--rows", type=int, default=0)
    options.add_argument("--gigabytes", type=float, default=0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--plain", action="store_true", help="as without numpy and pyarrow")
    options.add_argument("--group", type=int, help="rows of a row group of Parquet")
    options.add_argument("--folder", help="where to put the files")
    chosen = options.parse_args()
    rows = chosen.rows if chosen.rows or chosen.gigabytes else 1_000_000
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder) / f"caseload.{chosen.format}"
        rows = make(path, chosen.format, rows, int(chosen.gigabytes * 1e9), chosen.group)
        size = path.stat().st_size
        told = measured(path, chosen.format, chosen.rounds, without=chosen.plain)
    print(json.dumps({"rows": rows, "gigabytes": size / 1e9} | told))


if __name__ == "__main__":
    main()
