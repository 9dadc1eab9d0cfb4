"""A caseload file classified as an integrator asks for it, without the command."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from caseload.small import RULES, put
from routeengine.caseload import Caseload, RowFault, Tally, classify, classify_file
from routeengine.engine import Engine
from routeengine.errors import CaseloadError

ENGINE = Engine(RULES)
TEXT = "client_id,willing,rung,note\nc1,ja,1,x\nc2,nee,9,y\nc3,,,\nc1,ja,1,\n"


@pytest.fixture(params=["by rows", "by columns"])
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a caseload, which is read in one way or the other."""
    monkeypatch.setattr(classify, "LARGE", 1 << 40 if request.param == "by rows" else 0)
    return put(tmp_path / "in.csv", TEXT)


def test_rows_are_written_counted_and_reported(source: Path) -> None:
    """Each row comes out; what is wrong with rows is said in the order of the file."""
    faults: list[RowFault] = []
    target = source.with_name("out.parquet")
    tally = classify_file(ENGINE, source, target, drop_columns=["note"], report=faults.append)
    assert tally.faulty == 2
    assert tally.counts["path", "1"] == 1
    assert tally.counts["route", "insufficient"] == 2
    assert faults == [
        RowFault(3, "rung", "must be a whole number from 1 to 6"),
        RowFault(5, "client_id", "stands in row 2 too"),
    ]
    table = pq.read_table(target)
    assert table["client_id"].to_pylist() == ["c1", "c2", "c3", "c1"]
    assert table["error"].to_pylist() == [
        None,
        "rung: must be a whole number from 1 to 6",
        None,
        "client_id: stands in row 2 too",
    ]


def test_without_a_target_it_only_counts(source: Path) -> None:
    """The same counts, and no file."""
    target = source.with_name("out.csv")
    tally = classify_file(ENGINE, str(source), drop_columns=["note"])
    assert tally == classify_file(ENGINE, source, target, drop_columns=["note"])
    assert isinstance(tally, Tally)
    assert len(target.read_text().splitlines()) == 5


def test_progress_is_told_up_to_the_end(source: Path) -> None:
    """How far a file is grows up to its size."""
    seen: list[tuple[int, int | None, str]] = []

    def progress(caseload: Caseload) -> None:
        seen.append((caseload.done, caseload.total, caseload.unit))

    classify_file(ENGINE, source, drop_columns=["note"], progress=progress)
    assert seen == sorted(seen)
    assert seen[-1] == (len(TEXT), len(TEXT), "B")


def test_what_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    """The source, which is not there, is not even looked at; nor is a target that is the source."""
    with pytest.raises(CaseloadError, match="there is no such folder"):
        classify_file(ENGINE, tmp_path / "none.csv", tmp_path / "none" / "out.csv")
    source = put(tmp_path / "in.csv", TEXT)
    with pytest.raises(CaseloadError, match="is what is read"):
        classify_file(ENGINE, source, source)


def test_after_an_error_the_target_is_as_it_was(source: Path) -> None:
    """A column that is no fact, or an error of whoever is told: what was there stays."""
    target = put(source.with_name("out.csv"), "old")
    with pytest.raises(CaseloadError, match="column `note` is no fact"):
        classify_file(ENGINE, source, target)

    def fail(fault: RowFault) -> None:
        raise ValueError(fault.field)

    with pytest.raises(ValueError, match="rung"):
        classify_file(ENGINE, source, target, drop_columns=["note"], report=fail)
    assert target.read_text() == "old"
    assert sorted(one.name for one in source.parent.iterdir()) == ["in.csv", "out.csv"]
