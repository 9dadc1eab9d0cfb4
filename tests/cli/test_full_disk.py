"""A file that may grow no further, as on a full disk: exit status 2 and no half file."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from shutil import copy

import pytest

from examples import gated

pytest.importorskip("resource")

pytestmark = pytest.mark.gate

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"
SIZES = (0, 100, 3_000)

LIMITED = """
import contextlib, io, json, resource, sys
from routeengine.cli import main
from routeengine.caseload import classify

way, caseload, sizes, *outs = sys.argv[1:]
classify.is_large = lambda _: way == "columns"
found = []
for out in outs:
    arguments = ["classify", caseload, "-o", out, "--from", "csv"]
    if out == "-":
        arguments += ["--to", "csv"]
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        with contextlib.redirect_stderr(io.StringIO()):
            assert main(arguments) < 2
        for size in json.loads(sizes):
            sys.stdin.buffer.seek(0)
            with contextlib.redirect_stderr(io.StringIO()) as errors:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
                status = main(arguments)
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
            found.append([out, status, errors.getvalue()])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the first clients of the shipped caseload: enough to fill what is allowed."""
    path = tmp_path_factory.mktemp("given") / "caseload.csv"
    with CASELOAD.open(encoding="utf-8") as lines:
        path.write_text("".join(islice(lines, 200)), encoding="utf-8")
    copy(CASELOAD.with_suffix(".meta.yaml"), path.parent)
    return path


def limited(
    way: str, given: Path, *outs: Path | str, named: bool = True
) -> list[tuple[str, int, str]]:
    """Classify with room, then where no file may have more than so many bytes.

    The caseload is named, or comes from standard input.
    """
    caseload = str(given) if named else "-"
    command = [sys.executable, "-c", LIMITED, way, caseload, json.dumps(SIZES), *map(str, outs)]
    with given.open() as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=True)
    return [tuple(one) for one in json.loads(done.stdout)]


def told(path: str, size: int) -> str:
    """Return what is told where no file may have more bytes than that."""
    limit = f"this process may write {size:,} bytes to a file: `ulimit -f`"
    return f"{path}: cannot be written: file too large ({limit})"


@pytest.mark.parametrize("way", gated(["columns", "rows"], night=True))
def test_what_does_not_fit_is_told_and_leaves_nothing(
    tmp_path: Path, caseload: Path, way: str
) -> None:
    """In every format, at the first byte and far on; what stood there before stays."""
    outs = [tmp_path / f"out{ending}" for ending in (".csv", ".tsv", ".jsonl", ".json", ".parquet")]
    found = limited(way, caseload, *outs)
    assert found == [(str(out), 2, told(str(out), size) + "\n") for out in outs for size in SIZES]
    # Beside what is made of made clients it says so.
    assert sorted(tmp_path.iterdir()) == sorted([*outs, tmp_path / "out.meta.yaml"])
    for out in outs:
        whole = out.read_bytes()
        assert len(whole) > max(SIZES), "there was room the first time, and it is still there"


@pytest.mark.parametrize("way", gated(["columns", "rows"], night=True))
def test_faults_that_do_not_fit_are_told_too(tmp_path: Path, way: str) -> None:
    """By columns they wait in a temporary file, which may fill the disk as well."""
    path = tmp_path / "faulty.csv"
    path.write_text("client_id,rung\n" + "".join(f"c{n},9\n" for n in range(1000)), "utf-8")
    found = limited(way, path, tmp_path / "out.csv")
    for (out, status, errors), size in zip(found, SIZES, strict=True):
        assert status == 2
        *faults, last = errors.splitlines()
        assert last in (told(out, size), told(tempfile.gettempdir(), size))
        assert all(fault.endswith("from 1 to 6") for fault in faults)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["faulty.csv", "out.csv"]


@pytest.mark.parametrize("way", gated(["columns", "rows"], night=True))
def test_what_is_put_aside_may_not_fit(caseload: Path, way: str) -> None:
    """What comes from standard input, or goes to standard output, is in the temporary folder."""
    for named in (False, True):
        found = limited(way, caseload, "-", named=named)
        folder = tempfile.gettempdir()
        assert found == [("-", 2, told(folder, size) + "\n") for size in SIZES]
