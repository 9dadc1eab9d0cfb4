"""Files: memory and time of `routeengine classify` on a large one.

    python benchmarks/files.py --format parquet --rows 1_000_000
    python benchmarks/files.py --format csv --gigabytes 10 --rounds 1    as large as memory never is

Makes a caseload by repeating the made one with other client ids and a cell in ten left
empty, and classifies it in a process of its own. Beside it stands what pyarrow takes to read
that file and to write a Parquet file with the columns that come out. Each round classifies once on
one core and once on all; rounds are interleaved. Medians and their ratio are printed, and the peak
of memory. The files are removed again.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ROOT = Path(__file__).parent.parent
CASELOAD = ROOT / "fixtures/caseload.csv"
BLOCK = 1 << 18
EMPTY = 0.1

CLASSIFY = """
import os, resource, sys
if sys.argv[3] == "one":
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
from routeengine.cli import main
status = main(["classify", sys.argv[1], "-o", sys.argv[2]])
try:
    with open("/proc/self/status") as told:
        peak = int(told.read().split("VmHWM:")[1].split()[0])
except OSError:
    # Where there is no /proc: this may hold the peak of whoever started the process too.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak, file=sys.stderr)
sys.exit(status)
"""

PYARROW = """
import sys, time
import pyarrow.parquet
{read}
start = time.process_time()
out = pyarrow.parquet.read_table(sys.argv[2])
aside = time.process_time() - start
pyarrow.parquet.write_table(out, sys.argv[3])
print(aside)
"""

READS = {
    "parquet": "table = pyarrow.parquet.read_table(sys.argv[1])",
    "csv": "import pyarrow.csv; table = pyarrow.csv.read_csv(sys.argv[1])",
    "jsonl": "import pyarrow.json; table = pyarrow.json.read_json(sys.argv[1])",
}


def blocks() -> Iterator[pa.RecordBatch]:
    """Yield endless blocks of clients: those of the made caseload, with cells left empty."""
    with CASELOAD.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    rng = random.Random(1)
    some = [
        ["" if rng.random() < EMPTY else cell for cell in rng.choice(rows)] for _ in range(BLOCK)
    ]
    text = "\n".join(",".join(row) for row in [header, *some]).encode()
    options = pa.csv.ConvertOptions(strings_can_be_null=True)
    table = pa.csv.read_csv(pa.py_buffer(text), convert_options=options).combine_chunks()
    batch = table.to_batches()[0]
    first = 0
    while True:
        numbers = np.char.zfill(np.arange(first, first + BLOCK).astype("U9"), 9)
        ids = pa.array(np.char.add("C", numbers))
        yield pa.RecordBatch.from_arrays([ids, *batch.columns[1:]], names=batch.schema.names)
        first += BLOCK


def make(path: Path, form: str, rows: int, size: int) -> int:
    """Write a caseload of so many rows, or of so many bytes; give the rows."""
    done = 0
    writer = None
    with path.open("wb") as file:
        for batch in blocks():
            part = batch.slice(0, min(BLOCK, rows - done)) if rows else batch
            if form == "jsonl":
                lines = (json.dumps(record, ensure_ascii=False) for record in part.to_pylist())
                file.write(("\n".join(lines) + "\n").encode())
            else:
                if writer is None:
                    plain = pa.csv.WriteOptions(quoting_style="none")
                    writer = (
                        pa.csv.CSVWriter(file, part.schema, write_options=plain)
                        if form == "csv"
                        else pa.parquet.ParquetWriter(file, part.schema)
                    )
                writer.write_batch(part)
            done += part.num_rows
            if done == rows or (not rows and file.tell() >= size):
                break
        if writer is not None:
            writer.close()
    return done


class Took(NamedTuple):
    """What a process took: processor seconds, seconds on the clock, and the number it told."""

    used: float
    elapsed: float
    told: float


def run(code: str, *arguments: object) -> Took:
    """Run a program in a process of its own; it prints its number last."""
    start = os.times()
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  our own interpreter
    end = os.times()
    used = end.children_user + end.children_system - start.children_user - start.children_system
    return Took(used, end.elapsed - start.elapsed, float((done.stderr or done.stdout).split()[-1]))


def measured(form: str, path: Path, out: Path, rounds: int, *, beside: bool) -> dict[str, float]:
    """Classify a file again and again; `beside` says whether pyarrow reads and writes it too."""
    every, one, theirs = [], [], []
    for _ in range(rounds):
        every.append(run(CLASSIFY, path, out, "all"))
        if hasattr(os, "sched_setaffinity") and rounds > 1:
            one.append(run(CLASSIFY, path, out, "one"))
        if beside:
            took = run(PYARROW.format(read=READS[form]), path, out, out.with_suffix(".again"))
            theirs.append(took.used - took.told)
    figures = {
        "seconds": statistics.median(took.used for took in every),
        "elapsed": statistics.median(took.elapsed for took in every),
        "peak_mb": max(took.told for took in every) / 1e3,
    }
    if one:
        figures["elapsed_on_one"] = statistics.median(took.elapsed for took in one)
    if theirs:
        figures["pyarrow"] = statistics.median(theirs)
        figures["ratio"] = figures["seconds"] / figures["pyarrow"]
    return figures


def main() -> None:
    """Make a file, classify it, and print what that took."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--format", choices=READS, default="parquet")
    options.add_argument("--out", choices=["parquet", "csv", "jsonl"], default="parquet")
    options.add_argument("--rows", type=int, default=0)
    options.add_argument("--gigabytes", type=float, default=0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder", help="where to put the files")
    options.add_argument("--json", action="store_true", help="print figures for `run.py`")
    chosen = options.parse_args()
    rows = chosen.rows if chosen.rows or chosen.gigabytes else 1_000_000
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        path = Path(folder) / f"caseload.{chosen.format}"
        out = Path(folder) / f"out.{chosen.out}"
        rows = make(path, chosen.format, rows, int(chosen.gigabytes * 1e9))
        beside = not chosen.gigabytes and chosen.out == "parquet"
        figures = measured(chosen.format, path, out, chosen.rounds, beside=beside)
        if chosen.json:
            print(json.dumps({"rows": rows} | figures))
            return
        print(f"{chosen.format}: {rows:,} rows, {path.stat().st_size / 1e9:.2f} GB in,")
        print(f"{chosen.out}: {out.stat().st_size / 1e9:.2f} GB out")
        print(
            f"classify: {figures['seconds']:.2f} s, {figures['seconds'] / rows * 1e6:.2f} µs a row"
        )
        print(f"{rows / figures['elapsed']:,.0f} rows a second on the clock", end="")
        if "elapsed_on_one" in figures:
            print(f", {rows / figures['elapsed_on_one']:,.0f} on one core", end="")
        print(f"; {figures['peak_mb']:.0f} MB of memory at most")
        if "pyarrow" in figures:
            print(f"reading and writing with pyarrow: {figures['pyarrow']:.2f} s;", end="")
            print(f" ratio {figures['ratio']:.2f}")


if __name__ == "__main__":
    main()
