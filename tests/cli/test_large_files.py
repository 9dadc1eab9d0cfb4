"""Large files by columns, at the edges of the command."""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from routeengine import Engine
from routeengine.caseload import Caseload, RowFault, classify, classify_file, open_caseload
from routeengine.cli import main
from routeengine.errors import CaseloadError
from routeengine.ruleset.model import RuleSet

CASELOAD = Path(__file__).parents[2] / "fixtures" / "caseload.csv"


def test_without_an_output_the_summary_is_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever only wants the numbers gets the same ones, read by columns or by rows."""
    assert main(["classify", str(CASELOAD)]) == 0
    by_rows = capsys.readouterr().out
    monkeypatch.setattr(classify, "LARGE", 0)
    assert main(["classify", str(CASELOAD)]) == 0
    assert capsys.readouterr().out == by_rows


def test_without_numpy_files_are_read_row_by_row(
    monkeypatch: pytest.MonkeyPatch, rijswijk: RuleSet
) -> None:
    """A large file needs no extra: it only takes longer."""

    def refuse(name: str) -> object:
        if name == "routeengine.caseload.streaming":
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(classify, "LARGE", 0)
    monkeypatch.setattr(classify, "import_module", refuse)
    with open_caseload(CASELOAD, rijswijk) as caseload:
        assert not classify.is_large(caseload)


def test_a_command_may_run_beside_the_main_thread(capsys: pytest.CaptureFixture[str]) -> None:
    """Only the main thread may watch for signals; elsewhere a command runs all the same."""
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.append(main(["classify", str(CASELOAD)])))
    thread.start()
    thread.join()
    assert seen == [0]
    assert "1113" in capsys.readouterr().out


def test_columns_coded_by_a_dictionary_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers, truths and ids by dictionary are read as if they stood there."""
    plain = pa.table(
        {
            "client_id": pa.array([1, 2, 3]),
            "rung": pa.array([1, 2, None]),
            "receives_benefit": pa.array([True, False, None]),
        }
    )
    coded = pa.table({name: plain[name].dictionary_encode() for name in plain.column_names})
    other = plain.set_column(0, "client_id", pa.array([1.5, 2.0, 3.0]))
    for number, table in enumerate((plain, coded, other)):
        path = tmp_path / f"t{number}.parquet"
        pq.write_table(table, path)
        outputs = []
        for large in (1 << 40, 0):
            monkeypatch.setattr(classify, "LARGE", large)
            out = tmp_path / f"out{number}-{large}.csv"
            status = main(["classify", str(path), "-o", str(out)])
            outputs.append((status, out.read_text(encoding="utf-8"), capsys.readouterr().err))
        assert outputs[0] == outputs[1]


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS refuses file names that are not UTF-8")
def test_a_name_that_is_no_text_is_told_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults that are kept back have the name of the file in them, whatever bytes it has."""
    path = tmp_path / os.fsdecode(b"odd\xff.csv")
    path.write_text("client_id,rung\nc1,9\n", encoding="utf-8")
    errors = []
    for large in (1 << 40, 0):
        monkeypatch.setattr(classify, "LARGE", large)
        assert main(["classify", str(path)]) == 1
        errors.append(capsys.readouterr().err)
    assert errors[0] == errors[1]
    assert r"odd\udcff.csv:2: rung" in errors[0]


def test_where_a_file_breaks_off_ids_that_came_twice_are_still_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """The file is refused, and what was wrong up to there stands before that."""
    path, out = tmp_path / "twice.csv", tmp_path / "out.csv"
    header, *rows = CASELOAD.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([header, *rows, *rows]))

    def breaking(caseload: Caseload) -> None:
        if caseload.done == caseload.total:
            raise CaseloadError(str(path), "breaks off")

    monkeypatch.setattr(classify, "LARGE", 0)
    faults: list[RowFault] = []
    with pytest.raises(CaseloadError, match="breaks off"):
        classify_file(engine, path, out, report=faults.append, progress=breaking)
    assert len(faults) == len(rows)
    assert not out.exists()


@pytest.mark.parametrize("large", [1 << 40, 0])
@pytest.mark.parametrize("change", ["cut", "grown"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine, large: int, change: str
) -> None:
    """Rows that were cut off meanwhile would be lost without a word: nothing is written."""
    path, out = tmp_path / "changing.csv", tmp_path / "out.csv"
    data = CASELOAD.read_bytes()
    path.write_bytes(data)
    changed = data[: data.rindex(b"\n", 0, -1) + 1] if change == "cut" else data + data[-1:]

    def changing(caseload: Caseload) -> None:
        if path.stat().st_size == len(data):
            path.write_bytes(changed)

    monkeypatch.setattr(classify, "LARGE", large)
    with pytest.raises(CaseloadError, match="was changed while it was read"):
        classify_file(engine, path, out, progress=changing)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["changing.csv"]
