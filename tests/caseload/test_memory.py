"""Small files that would fill the memory do not: each is read in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from caseload.small import json_lines, put
from examples import gated

pytest.importorskip("resource")

pytestmark = pytest.mark.gate

CLASSIFY = """
import resource, sys
from pathlib import Path

from caseload.small import RULES
from routeengine.caseload import classify, classify_file
from routeengine.engine import Engine
from routeengine.errors import CaseloadError

GB = 1 << 30
resource.setrlimit(resource.RLIMIT_AS, (8 * GB, 8 * GB))
classify.is_large = lambda _: sys.argv[1] == "columns"
for path in map(Path, sys.argv[3:]):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said = classify_file(Engine(RULES), path, path.with_name(sys.argv[2])).faulty
    except CaseloadError as error:
        said = error.message
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024, said)
"""


def taken(way: str, path: Path, out: str = "out.csv") -> tuple[int, str]:
    """Classify a file, after a plain one that loads what is needed.

    Gives how many MB more it took, and how many rows were faulty or why it was refused.
    """
    calm = put(path.with_name("calm.csv"), "client_id,rung\na,2\n")
    megabytes, _, said = told(CLASSIFY, way, out, calm, path).partition(" ")
    return int(megabytes), said


def told(code: str, *arguments: object) -> str:
    """Run a program in a process of its own, and give what it printed."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    return done.stdout.strip()


both = pytest.mark.parametrize("way", gated(["columns", "rows"], night=True))


@both
def test_a_million_columns(tmp_path: Path, way: str) -> None:
    """A header of commas is refused as soon as it is read."""
    commas = "," * 1_000_000
    path = put(tmp_path / "a.csv", f"client_id{commas}\na{commas}\n")
    megabytes, said = taken(way, path)
    assert said == "has more than 4,096 columns"
    assert megabytes < 200


@both
def test_other_keys_in_every_line(tmp_path: Path, way: str) -> None:
    """Each line of JSON may have its own, and no table is made of all of them."""
    records: list[dict[str, object]] = [{"client_id": "c"}]
    for number in range(1500):
        keys = range(number * 200, number * 200 + 200)
        records.append({"client_id": f"c{number}", **{f"k{key}": 1 for key in keys}})
    path = json_lines(tmp_path / "a.jsonl", records)
    megabytes, said = taken(way, path)
    assert said == "1500"
    assert megabytes < 300


@both
def test_a_dictionary_of_millions(tmp_path: Path, way: str) -> None:
    """What a file brings beside its rows costs no more than reading it."""
    words = pa.array(["mild", "serious", "x", *(f"w{n}" for n in range(1_500_000))])
    codes = pa.array(np.arange(5000) % 3, pa.int32())
    finances = pa.DictionaryArray.from_arrays(codes, words)
    table = pa.table({"client_id": [f"c{n}" for n in range(5000)], "finances": finances})
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, dictionary_pagesize_limit=1 << 30)
    megabytes, said = taken(way, path)
    assert said == "1666"
    assert megabytes < 600


@both
@pytest.mark.parametrize("name", ["client_id", "rung"])
def test_a_long_word_in_many_rows(tmp_path: Path, way: str, name: str) -> None:
    """A megabyte that stands in every row, in a file of a few kilobytes, is there once."""
    rows = 20_000
    long = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * (1 << 20)])
    table = pa.table({"client_id": [f"c{n}" for n in range(rows)], "rung": ["1"] * rows})
    table = table.set_column(table.column_names.index(name), name, long)
    path = tmp_path / "a.parquet"
    pq.write_table(table, path, dictionary_pagesize_limit=1 << 30, store_schema=False)
    assert path.stat().st_size < 300_000
    megabytes, said = taken(way, path)
    assert said == str(rows)
    assert megabytes < 400


WRITE = """
import resource, sys
from pathlib import Path

import pyarrow as pa

from caseload.small import RULES
from routeengine.caseload import open_output, output_columns

columns = dict.fromkeys(output_columns(RULES)[1:], pa.array(["B"] * 2).dictionary_encode())
before = 0
with open_output(sys.argv[1], RULES) as out:
    for number in range(4000):
        ids = pa.array([f"c{number}", f"d{number}"])
        out.write_batch(pa.RecordBatch.from_pydict({"client_id": ids, **columns}))
        before = before or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024)
"""


def test_many_small_batches(tmp_path: Path) -> None:
    """They share row groups: Parquet keeps a list of those in memory till its end."""
    path = tmp_path / "out.parquet"
    assert int(told(WRITE, path)) < 50
    assert pq.read_metadata(path).num_rows == 8000


@pytest.mark.parametrize("out", gated(["out.parquet", "out.jsonl"], night=True))
def test_the_shortest_lines(tmp_path: Path, out: str) -> None:
    """What comes out for them is a hundred times as long, and never all in memory."""
    lines = "".join(f"{number:x},1\n" for number in range(900_000))
    megabytes, said = taken("columns", put(tmp_path / "a.csv", "client_id,rung\n" + lines), out)
    assert said == "0"
    assert megabytes < 120
