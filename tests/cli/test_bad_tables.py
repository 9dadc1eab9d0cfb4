"""Bad tables: the same words and the same rows as a file, read either way, and as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from caseload.small import claiming
from examples import gated
from routeengine import Engine
from routeengine.caseload import classify
from routeengine.cli import main
from routeengine.errors import CaseloadError

FOUR = ["a", "b", "c", "d"]


def of(**columns: Any) -> pa.Table:
    """Make a table of four clients."""
    return pa.table({"client_id": FOUR, **columns})


def by_file(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> tuple[int, Any, str]:
    """Classify a file by rows and by columns, see that they agree, and give what came of it."""
    found = []
    for large in (1 << 40, 0):
        monkeypatch.setattr(classify, "LARGE", large)
        out = path.with_name("out.parquet")
        out.unlink(missing_ok=True)
        status = main(["classify", str(path), "-o", str(out)])
        rows = pq.read_table(out).to_pylist() if out.exists() else None
        found.append((status, rows, capsys.readouterr().err))
    assert found[0] == found[1]
    return found[0]


FAULTY = {
    "truth values are numbers": (of(receives_benefit=[1, None, 0, 2]), 1),
    "numbers are decimal": (of(rung=[2.0, None, 1.5, float("nan")]), 2),
    "numbers are truth values": (of(rung=[True, None, False, None]), 2),
    "numbers are text": (of(rung=["2", "x", None, ""]), 1),
    "a column of lists": (of(finances=[[1], None, [], None]), 2),
    "a column of bytes": (of(finances=[b"mild", None, b"", None]), 2),
    "categories outside the domain": (of(finances=["grave", None, "mild", "GRAVE "]), 2),
    "coded categories outside the domain": (
        of(finances=pa.array(["grave", None, "mild", "grave"]).dictionary_encode()), 2,
    ),
    "numbers outside the domain": (of(rung=[0, 7, -1, 2**62]), 4),
    "ids that are missing": (pa.table({"client_id": ["a", None, "", " "], "rung": [1] * 4}), 3),
    "ids that appear twice": (pa.table({"client_id": ["a", "b", "a", "b"], "rung": [1] * 4}), 2),
    "nothing but nulls": (of(rung=pa.nulls(4), finances=pa.nulls(4, pa.string())), 0),
    "no columns": (of(), 0),
    "no rows": (of(rung=[1, 2, 3, 4]).slice(0, 0), 0),
}  # fmt: skip


@pytest.mark.gate
@pytest.mark.parametrize(("table", "faulty"), gated(FAULTY.values(), 5), ids=FAULTY)
def test_what_is_wrong_with_a_row_costs_that_row(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    engine: Engine,
    table: pa.Table,
    faulty: int,
) -> None:
    """Each row comes out once, in order, with a verdict or with what is wrong with it."""
    path = tmp_path / "in.parquet"
    pq.write_table(table, path)
    status, rows, errors = by_file(path, monkeypatch, capsys)
    assert status == (1 if faulty else 0)
    assert len(rows) == len(table)
    assert sum(row["error"] is not None for row in rows) == faulty
    wrong = {line.split(": ")[0] for line in errors.splitlines() if ": note: " not in line}
    assert len(wrong) == faulty
    assert [row for row in rows if (row["scope_status"] is None) == (row["error"] is None)] == []
    assert engine.classify_table(table).to_pylist() == rows


REFUSED = {
    "two columns of one name": (["rung", "rung"], "columns 2 and 3 all mean `rung`"),
    "two names of one fact": (["rung", "trede"], "columns 2 and 3 all mean `rung`"),
    "a column that is no fact": (["rung", "note"], "column `note` is no fact"),
    "a column that is refused": (["rung", "bsn"], "column `bsn` is refused"),
}


@pytest.mark.parametrize(("names", "words"), gated(REFUSED.values(), 2), ids=REFUSED)
def test_a_header_that_cannot_be_read_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    engine: Engine,
    names: list[str],
    words: str,
) -> None:
    """Before any row is read, and nothing is written."""
    numbers = pa.array([1, 2, 3, 4])
    table = pa.Table.from_arrays([pa.array(FOUR), numbers, numbers], ["client_id", *names])
    path = tmp_path / "in.parquet"
    pq.write_table(table, path)
    status, rows, errors = by_file(path, monkeypatch, capsys)
    assert (status, rows) == (2, None)
    with pytest.raises(CaseloadError, match=words) as caught:
        engine.classify_table(table)
    assert errors.startswith(f"{path}: {words}")
    assert words in str(caught.value)


def broken(path: Path, how: str) -> None:
    """Write a Parquet file that is broken in one way."""
    clients = [f"c{n}" for n in range(12_345)]
    # Out of scope: nothing is left to ask, so rows cost little.
    facts = {"finances": "mild", "current_service": "wsp", "rung": 2, "receives_benefit": True}
    columns = {fact: [value] * len(clients) for fact, value in facts.items()}
    table = pa.table({"client_id": clients, **columns})
    pq.write_table(table, path, compression="none", use_dictionary=False, write_statistics=False)
    data = bytearray(path.read_bytes())
    if how.startswith("claims "):
        claiming(path, len(clients), int(how.removeprefix("claims ")))
    elif how.startswith("cut to "):
        path.write_bytes(data[: int(how.removeprefix("cut to "))])
    elif how == "lost its end":
        path.write_bytes(data[:-8])
    else:
        places = {"corrupt page": slice(4, 600), "corrupt footer": slice(-200, -100)}
        data[places[how]] = b"\xff" * len(data[places[how]])
        path.write_bytes(data)


@pytest.mark.parametrize(
    "how",
    gated(
        ["claims 12346", "cut to 100", "corrupt page", "claims 2147483648", "cut to 0",
         "cut to 4", "lost its end", "corrupt footer"], 3,
    ),
)  # fmt: skip
def test_a_broken_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    """Whole or not at all: one line that says so, exit status 2, and no output."""
    path = tmp_path / "in.parquet"
    broken(path, how)
    status, rows, errors = by_file(path, monkeypatch, capsys)
    assert (status, rows) == (2, None)
    assert errors == f"{path}: is not a Parquet file that can be read\n"
    assert [one.name for one in tmp_path.iterdir()] == ["in.parquet"]
