"""Large files by columns, at the edges of the command."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from routeengine import Engine
from routeengine.caseload import (
    Caseload,
    RowFault,
    classify,
    classify_file,
    open_caseload,
    streaming,
)
from routeengine.cli import main
from routeengine.errors import CaseloadError, shown
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
    assert "1.113" in capsys.readouterr().out


@pytest.mark.gate
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


def test_a_name_that_is_no_text_is_told_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Faults that are kept back have the name of the file in them, whatever bytes it has."""
    # macOS refuses names that are no text: there it is one that cannot be printed.
    path = tmp_path / os.fsdecode(b"odd\x7f.csv" if sys.platform == "darwin" else b"odd\xff.csv")
    path.write_text("client_id,rung\nc1,9\n", encoding="utf-8")
    errors = []
    for large in (1 << 40, 0):
        monkeypatch.setattr(classify, "LARGE", large)
        assert main(["classify", str(path)]) == 1
        errors.append(capsys.readouterr().err)
    assert errors[0] == errors[1]
    assert f"{shown(path.name)}:2: rung" in errors[0]


@pytest.mark.gate
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


@pytest.mark.gate
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


class FullDisk:
    """Stands in for a temporary file on a disk that is full."""

    def write(self, _: object) -> int:
        """Hold it back."""
        return 0

    def seek(self, _: int) -> int:
        """Fail, as what was held back has to be written."""
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        """Fail for the same reason."""
        self.seek(0)


@pytest.mark.parametrize("which", ["ids", "faults"])
def test_a_full_disk_of_temporary_files_is_told_by_its_folder(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """Numbers of ids and faults are there if they are many; they may not fit at once or later."""
    real: Callable[..., object] = tempfile.SpooledTemporaryFile

    def spooled(*given: object, **more: object) -> object:
        # Faults are text, and the numbers of ids are not.
        full = ("w+" in given) == (which == "faults")
        return FullDisk() if full else real(*given, **more)

    monkeypatch.setattr(streaming, "SpooledTemporaryFile", spooled)
    monkeypatch.setattr(classify, "LARGE", 0)
    folder = re.escape(tempfile.gettempdir())
    with pytest.raises(CaseloadError, match=f"^{folder}: cannot be written: no space left"):
        classify_file(engine, CASELOAD, tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("large", [1 << 40, 0])
def test_where_faults_cannot_be_told_nothing_is_written(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine
) -> None:
    """By columns they are told at the end: before what was written is put in its place."""
    path, out = tmp_path / "faulty.csv", tmp_path / "out.csv"
    path.write_text("client_id,rung\nc1,1\nc2,9\n", encoding="utf-8")

    def fail(fault: RowFault) -> None:
        raise ValueError(fault.field)

    monkeypatch.setattr(classify, "LARGE", large)
    with pytest.raises(ValueError, match="rung"):
        classify_file(engine, path, out, report=fail)
    assert [one.name for one in tmp_path.iterdir()] == ["faulty.csv"]

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    faults: list[RowFault] = []
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CaseloadError, match="no space left"):
        classify_file(engine, path, out, report=faults.append)
    assert [fault.row for fault in faults] == [3], "told once, though nothing could be written"
    assert [one.name for one in tmp_path.iterdir()] == ["faulty.csv"]
