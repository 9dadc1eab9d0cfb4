"""A classified caseload as a file: its columns, its safety, and all or nothing."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caseload.small import RULES, put
from examples import gated
from routeengine.caseload import (
    Output,
    RowFault,
    open_output,
    output_columns,
    writers,
    writing,
)
from routeengine.engine import Engine
from routeengine.errors import CaseloadError, MissingExtraError
from routeengine.result import Result
from routeengine.ruleset.digest import reference

ENGINE = Engine(RULES)
NAMES = ["a.csv", "a.tsv", "a.parquet", "a.jsonl", "a.ndjson", "a.json"]
FAULTS = (
    RowFault(4, "rung", "must be a whole number from 1 to 6"),
    RowFault(4, "(row)", "is odd"),
)


def result(**profile: object) -> Result:
    """Classify a profile of the small rule set."""
    return ENGINE.classify({"client_id": "c1", **profile})


def read(path: Path) -> list[dict[str, Any]]:
    """Read an output in any format; an empty cell of CSV is None, as null is."""
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return list(json.loads(text))
    if path.suffix in (".jsonl", ".ndjson"):
        return [json.loads(line) for line in text.splitlines()]
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        return [{key: cell or None for key, cell in row.items()} for row in table]


def write(
    path: Path, rows: Iterable[tuple[str | None, Result | None, tuple[RowFault, ...]]]
) -> None:
    """Write these rows."""
    with open_output(path, RULES) as output:
        for row in rows:
            output.write(*row)


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_cells(tmp_path: Path, name: str) -> None:
    """Every format has the same columns, in order, and the same cells."""
    path = tmp_path / name
    write(
        path,
        [
            ("c1", result(willing=True, finances="serious", rung=1), ()),
            ("c2", result(finances="mild"), ()),
            (None, None, FAULTS),
        ],
    )
    overlap, open_one, faulty = read(path)
    ref = reference(RULES)
    assert list(overlap) == list(output_columns(RULES))
    assert overlap["client_id"] == "c1"
    assert (overlap["route"], overlap["route_status"]) == (None, "review")
    assert (overlap["route_candidates"], overlap["route_reason"]) == ("A B", "overlap")
    assert (overlap["path"], overlap["path_rule"], overlap["flags"]) == ("1", "path_1", "in_debt")
    assert overlap["error"] is None
    assert (open_one["route_status"], open_one["route_possible"]) == ("insufficient", "A review")
    assert (open_one["route_missing"], open_one["path_missing"]) == ("willing", "rung")
    assert faulty["error"] == "rung: must be a whole number from 1 to 6; row 4: is odd"
    assert all(
        (row["ruleset"], row["ruleset_version"], row["ruleset_sha256"])
        == (ref.id, ref.version, ref.sha256)
        for row in (overlap, open_one, faulty)
    )
    assert {cell for key, cell in faulty.items() if key != "error" and "ruleset" not in key} == {
        None
    }


def test_column_names() -> None:
    """The columns stand in the order that others build on."""
    parts = ["", "_status", "_rule", "_candidates", "_possible", "_reason", "_missing"]
    assert list(output_columns(RULES)) == [
        "client_id",
        *(f"route{part}" for part in parts),
        *(f"path{part}" for part in parts),
        "flags",
        "error",
        "ruleset",
        "ruleset_version",
        "ruleset_sha256",
    ]


def test_missing_facts_stand_in_declared_order(tmp_path: Path) -> None:
    """In a table the missing facts are not ranked."""
    write(tmp_path / "a.csv", [("c1", result(), ())])
    assert read(tmp_path / "a.csv")[0]["route_missing"] == "willing finances"


@pytest.mark.parametrize("name", NAMES)
def test_output_without_rows(tmp_path: Path, name: str) -> None:
    """An empty caseload gives a file that can be read and has no rows."""
    write(tmp_path / name, [])
    assert read(tmp_path / name) == []


def test_parquet_is_written_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches make no difference to the rows."""
    monkeypatch.setattr(writers, "BATCH", 3)
    write(tmp_path / "a.parquet", [(f"c{n}", result(), ()) for n in range(10)])
    assert [row["client_id"] for row in read(tmp_path / "a.parquet")] == [
        f"c{n}" for n in range(10)
    ]


def test_row_groups_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They start small, and a long file has far fewer of them than batches."""
    monkeypatch.setattr(writers, "BATCH", 1)
    clients = [f"c{n:03}" for n in range(60)]
    write(tmp_path / "a.parquet", [(client, None, ()) for client in clients])
    assert [row["client_id"] for row in read(tmp_path / "a.parquet")] == clients
    footer = pq.ParquetFile(tmp_path / "a.parquet").metadata
    sizes = [footer.row_group(n).num_rows for n in range(footer.num_row_groups)]
    assert sizes[:-1] == sorted(sizes[:-1]), "the last has what is left"
    assert sizes[0] == 1
    assert len(sizes) < 40


def test_csv_has_no_mark_and_the_line_ends_of_rfc_4180(tmp_path: Path) -> None:
    """A program that reads UTF-8 finds `client_id` first, and CRLF at each end of line."""
    write(tmp_path / "a.csv", [("é", None, ())])
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"client_id,route,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2
    assert "é".encode() in data


@settings(deadline=None)
@given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text())
def test_no_cell_starts_a_formula(start: str, rest: str) -> None:
    """Whatever a client id starts with, a spreadsheet reads the cell as text."""
    assert writers.harmless(start + rest) == f"'{start}{rest}"


@settings(deadline=None)
@given(st.text(st.sampled_from(" \u00a0\u2003"), min_size=1), st.sampled_from("=+-@"), st.text())
def test_space_hides_no_formula(space: str, start: str, rest: str) -> None:
    """Space before a formula, which some spreadsheets drop, does not save it."""
    assert writers.harmless(space + start + rest) == f"'{space}{start}{rest}"


@pytest.mark.parametrize("cell", [None, "", "c1", "1", "a=b", "'=1"])
def test_harmless_cells_stay_as_they_are(cell: str | None) -> None:
    """What starts no formula is not touched."""
    assert writers.harmless(cell) == cell


def test_hostile_client_id_in_a_file(tmp_path: Path) -> None:
    """Quotes, separators and line ends in a client id do not make cells or rows of their own."""
    hostile = '=cmd|"/C calc"!A0,\n"x'
    write(tmp_path / "a.csv", [(hostile, None, ()), ("\ud800", None, ())])
    assert [row["client_id"] for row in read(tmp_path / "a.csv")] == [f"'{hostile}", "\\ud800"]
    write(tmp_path / "a.json", [(hostile, None, ())])
    assert read(tmp_path / "a.json")[0]["client_id"] == hostile


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_error_leaves_what_was_there(tmp_path: Path, name: str, error: type[BaseException]) -> None:
    """After Ctrl-C or an error the old file is as it was, and nothing lies beside it."""
    path = put(tmp_path / name, "old")

    def fail() -> None:
        with open_output(path, RULES) as output:
            output.write("c1", result(), ())
            raise error

    with pytest.raises(error):
        fail()
    assert [one.name for one in tmp_path.iterdir()] == [name]
    assert path.read_bytes() == b"old"


def test_good_end_replaces_what_was_there(tmp_path: Path) -> None:
    """Where all goes well the old file is gone, and a link to it still is a link."""
    put(tmp_path / "old.csv", "old")
    link = tmp_path / "link.csv"
    link.symlink_to("old.csv")
    write(link, [("c1", None, ())])
    assert link.is_symlink()
    assert read(tmp_path / "old.csv")[0]["client_id"] == "c1"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.csv", "old.csv"]


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Let everybody read new files, as some systems do."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("name", NAMES)
def test_a_new_file_is_for_its_owner_alone(tmp_path: Path, name: str) -> None:
    """So it is from the start, while it still stands beside its place as a part."""
    with open_output(tmp_path / name, RULES) as output:
        (part,) = tmp_path.iterdir()
        assert "part" in part.name
        assert mode(part) == 0o600
        output.write("c1", None)
    assert mode(tmp_path / name) == 0o600


@given(st.integers(0, 0o777))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, bits: int) -> None:
    """Whoever could read the old one can read the new one, and nobody else."""
    path = put(tmp_path / "a.csv", "old")
    path.chmod(bits)
    write(path, [])
    assert mode(path) == bits


def test_a_file_that_is_replaced_keeps_its_owner(tmp_path: Path) -> None:
    """Also where somebody else writes it, who may: that is root alone, who gives files away."""
    owner = (1234, 4321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    path = put(tmp_path / "a.csv", "old")
    os.chown(path, *owner)
    path.chmod(0o640)
    write(path, [])
    status = path.stat()
    assert (status.st_uid, status.st_gid, mode(path)) == (*owner, 0o640)


@pytest.mark.parametrize(("refused", "bits"), [({1234}, 0o664), ({1234, -1}, 0o604)])
def test_where_the_owner_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: set[int], bits: int
) -> None:
    """The group is; and where that cannot be either, no other group may read the file."""

    def give(_: int, owner: int, group: int) -> None:
        assert group == 4321
        if owner in refused:
            raise PermissionError(1, "Operation not permitted")

    old = os.stat_result((0o100664, 0, 0, 1, 1234, 4321, 0, 0, 0, 0))
    monkeypatch.setattr(os, "fchown", give)
    with (tmp_path / "a").open("wb") as file:
        writing._keep_access(file.fileno(), old)
    assert mode(tmp_path / "a") == bits


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.gate
def test_what_a_killed_run_left_is_told_and_removed(tmp_path: Path) -> None:
    """By the next run on the same file, in one line; parts of other files stay."""
    out, other = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (out, other):
        leave(path)
    told: list[str] = []
    with open_output(out, RULES, note=told.append) as output:
        output.write("c1", None)
    (line,) = told
    assert line.startswith(f"{out}: what a run that was killed left of it is removed (.route")
    assert len(list(tmp_path.iterdir())) == 2, "the file, and the part of the other one"
    with open_output(other, RULES):
        assert len(list(tmp_path.iterdir())) == 2


def test_a_part_that_nobody_has_locked_is_told_and_removed(tmp_path: Path) -> None:
    """Whoever made it is gone; what was written before stays until the new is whole."""
    out, told = put(tmp_path / "a.csv", "old"), list[str]()
    left = put(tmp_path / writing.WholeFile(out)._name("left"), "half")
    with open_output(out, RULES, note=told.append):
        assert not left.exists()
        assert out.read_text() == "old"
    assert told == [f"{out}: what a run that was killed left of it is removed ({left.name})"]
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def leave(path: Path) -> None:
    """Write a part of a file, and end the process before it is whole."""
    code = (
        "import os, signal, sys\n"
        "from routeengine.caseload.writing import WholeFile\n"
        "WholeFile(sys.argv[1]).open().write(b'half')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_a_run_still_writes_is_left_alone(tmp_path: Path) -> None:
    """Two runs on the same file each write a part of their own, and the last to end stays."""
    out, told = tmp_path / "a.csv", list[str]()
    with open_output(out, RULES) as first:
        with open_output(out, RULES, note=told.append) as second:
            assert len(list(tmp_path.iterdir())) == 2
            second.write("second", None)
        first.write("first", None)
    assert [row["client_id"] for row in read(out)] == ["first"]
    assert told == []


def test_what_is_no_part_of_ours_is_left_alone(tmp_path: Path) -> None:
    """A link under such a name leads nowhere, and a folder is not looked into."""
    whole = writing.WholeFile(tmp_path / "a.csv")
    target = put(tmp_path / "precious", "x")
    (tmp_path / whole._name("link")).symlink_to(target)
    (tmp_path / whole._name("folder")).mkdir()
    write(tmp_path / "a.csv", [])
    assert target.read_text() == "x"
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.gate
@pytest.mark.parametrize(
    "why", gated([{}, {"fcntl": None}]), ids=["no such locks", "no such module"]
)
def test_where_files_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: dict[str, None]
) -> None:
    """Nothing is removed, for it might be in use, and all else works."""
    leave(tmp_path / "a.csv")

    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    for name, module in why.items():
        monkeypatch.setitem(sys.modules, name, module)
    write(tmp_path / "a.csv", [("c1", None, ())])
    assert read(tmp_path / "a.csv")[0]["client_id"] == "c1"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("moment", ["while it is locked", "before it is locked"])
def test_a_part_that_is_swept_up_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A run that takes a part for stale, before its maker could lock it, costs another name."""
    lock, made = fcntl.flock, list[int]()

    def swept(file: int, how: int) -> None:
        made.append(file)
        if len(made) == 1:
            (part,) = tmp_path.iterdir()
            part.unlink()
            if moment == "while it is locked":
                raise BlockingIOError
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", swept)
    write(tmp_path / "a.csv", [("c1", None, ())])
    assert len(made) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_caseload_itself_is_not_overwritten(tmp_path: Path) -> None:
    """The input is refused as output, also by way of a link."""
    path = put(tmp_path / "in.csv", "client_id\n")
    (tmp_path / "link.csv").symlink_to(path)
    for name in ("in.csv", "link.csv"):
        with pytest.raises(CaseloadError, match="is what is read"):
            open_output(tmp_path / name, RULES, reading=path)
    open_output(tmp_path / "out.csv", RULES, reading=path)
    put(tmp_path / "other.csv", "")
    open_output(tmp_path / "other.csv", RULES, reading=path)


def test_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A missing folder, a folder and a device are refused before anything is read."""
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(CaseloadError, match="no such folder"):
        open_output(tmp_path / "none" / "a.csv", RULES)
    with pytest.raises(CaseloadError, match="is not a file that can be replaced"):
        open_output(tmp_path / "folder.csv", RULES)
    with pytest.raises(CaseloadError, match="is not a file that can be replaced"):
        open_output(os.devnull, RULES, format="csv")


@pytest.mark.parametrize("name", NAMES)
def test_folder_without_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where the system does not let a file be made, the error says so."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    output = open_output(tmp_path / name, RULES)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CaseloadError, match="cannot be written: permission denied"):
        output.__enter__()


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_disk_that_is_full_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where not even the column names can be written, no file is left."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(csv, "writer", refuse)
    monkeypatch.setattr(pq, "ParquetWriter", refuse)
    with pytest.raises(CaseloadError, match="no space left"):
        open_output(tmp_path / name, RULES).__enter__()
    assert list(tmp_path.iterdir()) == []


class FullDisk(writers.Writer):
    """Stands in for a file on a disk that is full."""

    def __init__(self, moment: str) -> None:
        self.moment = moment

    def row(self, cells: writers.Cells) -> None:
        """Fail at this moment, or do nothing."""
        self.fail("row", cells)

    def finish(self) -> None:
        """Fail at this moment, or do nothing."""
        self.fail("finish")

    def abandon(self) -> None:
        """Do nothing."""

    def fail(self, moment: str, *_: object) -> None:
        """Fail as the system does."""
        if moment == self.moment:
            raise OSError(28, "No space left on device")


@pytest.mark.parametrize("moment", ["row", "finish"])
def test_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """A disk that fills up gives an error in words, and leaves no file."""

    def go() -> None:
        with open_output(tmp_path / "a.csv", RULES) as output:
            assert output._writer is not None
            output._writer.abandon()
            monkeypatch.setattr(output, "_writer", FullDisk(moment))
            output.write("c1", None, ())

    with pytest.raises(CaseloadError, match="cannot be written: no space left on device"):
        go()
    assert list(tmp_path.iterdir()) == []


def test_error_without_words_of_the_system(tmp_path: Path) -> None:
    """A refusal that the system does not explain is told all the same."""

    class Mute(FullDisk):
        def row(self, cells: writers.Cells) -> None:
            raise OSError(*cells[:0])

    output = Output(tmp_path / "a.csv", RULES, None, None)
    output._writer = Mute("")
    with pytest.raises(CaseloadError, match="the disk refuses it"):
        output.write("c1", None, ())


def test_writing_outside_the_block_is_refused(tmp_path: Path) -> None:
    """Rows are taken only while the file is open, and closing twice is harmless."""
    output = open_output(tmp_path / "a.csv", RULES)
    with pytest.raises(CaseloadError, match="`with` block"):
        output.write("c1", None, ())
    output.__exit__(None, None, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.txt", "a.csv.gz"])
def test_ending_that_is_not_written(tmp_path: Path, name: str) -> None:
    """An ending that is not known gives those that are."""
    with pytest.raises(CaseloadError, match=r"use \.csv, \.tsv, \.parquet, \.jsonl"):
        open_output(tmp_path / name, RULES)


def test_format_may_be_told(tmp_path: Path) -> None:
    """A format that is told goes before the ending; one that is not known is refused."""
    with open_output(tmp_path / "a.txt", RULES, format="jsonl") as output:
        output.write("c1", None)
    assert json.loads((tmp_path / "a.txt").read_text())["client_id"] == "c1"
    with pytest.raises(CaseloadError, match="use `csv`, `tsv`, `parquet`, `jsonl`, `json`"):
        open_output(tmp_path / "a.csv", RULES, format="xlsx")


def test_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the error says which extra installs it, and nothing is left."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    output = open_output(tmp_path / "a.parquet", RULES)
    with pytest.raises(MissingExtraError, match=r"routeengine\[parquet\]"):
        output.__enter__()
    assert list(tmp_path.iterdir()) == []


def test_broken_parquet_writer_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pyarrow fails at the start, the file is closed and gone."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pq, "ParquetWriter", fail)
    with pytest.raises(MemoryError), open_output(tmp_path / "a.parquet", RULES):
        pass
    assert list(tmp_path.iterdir()) == []
