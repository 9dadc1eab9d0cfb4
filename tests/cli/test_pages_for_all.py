"""`explain --all`: a page for each client, in a folder that nothing leaves."""

from __future__ import annotations

import csv
import os
import signal
import stat
import subprocess
import sys
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routeengine.caseload import folders as folder
from routeengine.cli import main
from routeengine.client_id import MAX_LENGTH

ROOT = Path(__file__).parents[2]
CASELOAD = ROOT / "fixtures/caseload.csv"

ODD = [
    "../x",
    "a/b",
    "A/B",
    "a\\b",
    "..",
    ".",
    "con",
    "x" * MAX_LENGTH,
    "é",
    "=1+1",
    "<b>",
    "ID",
    "id",
]
"""Ids that a name of a file could not, or should not, be."""


def caseload(path: Path, ids: list[str]) -> Path:
    """Write a caseload of clients of whom one fact is known."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("client_id", "rung"), *((one, "2") for one in ids)])
    return path


@pytest.mark.gate
def test_a_page_for_each_client(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbered in the order of the rows, each for its owner alone, with its client on it."""
    out = tmp_path / "pages"
    file = caseload(tmp_path / "in.csv", ODD)
    assert main(["explain", str(file), "--all", "-o", str(out)]) == 0
    assert capsys.readouterr() == (f"{out}: pages {len(ODD)}, rows that cannot be used 0\n", "")
    pages = sorted(out.iterdir())
    assert [one.name[:4] for one in pages] == [f"{n:04}" for n in range(1, len(ODD) + 1)]
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    for page, client in zip(pages, ODD, strict=True):
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert escape(client) in page.read_text(encoding="utf-8")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv", "pages"]


@given(st.lists(st.text(), min_size=1, max_size=20))
@example(["../x", "..\\x", "/etc/passwd", "C:x", "\0", "\n", "x" * 300, "ſ", "\ud800", ".part"])
def test_a_name_is_safe_on_any_disk_and_unlike_any_other(ids: list[str]) -> None:
    """Whatever an id is: letters, digits and hyphens, short, and unlike in more than case."""
    names = [folder.name_of(number, one) for number, one in enumerate(ids, 1)]
    assert len({name.casefold() for name in names}) == len(ids)
    for name in names:
        stem, dot, ending = name.partition(".")
        assert (dot, ending) == (".", "html")
        assert stem.isascii()
        assert stem.replace("-", "").isalnum()
        assert len(name) <= 4 + 1 + folder.ID_SIGNS + 5


def test_a_row_that_cannot_be_used_gets_no_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told, with its field and no value; a client who is there twice gets no page either."""
    file = tmp_path / "in.csv"
    file.write_text("client_id,rung\na,2\nb,77\nc,2\na,1\nb,2\n", encoding="utf-8")
    out = tmp_path / "pages"
    assert main(["explain", str(file), "--all", "-o", str(out)]) == 1
    shown, told = capsys.readouterr()
    assert [one.name for one in out.iterdir()] == ["0002-c.html"]
    assert shown == f"{out}: pages 1, rows that cannot be used 3\n"
    lines = told.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [f"{file}:3", "rung"],
        [f"{file}:5", "client_id"],
        [f"{file}:6", "client_id"],
    ]
    assert "77" not in told


@pytest.mark.parametrize("left", ["old.html", ".part"])
def test_a_folder_that_holds_something_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left: str
) -> None:
    """Pages of an earlier run would stand among those of this one; nothing is touched."""
    (tmp_path / left).write_text("old", encoding="utf-8")
    assert main(["explain", str(CASELOAD), "--all", "-o", str(tmp_path)]) == 2
    told = f"{tmp_path}: must be an empty folder, or one that is not there\n"
    assert capsys.readouterr() == ("", told)
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [(left, "old")]


def test_where_no_folder_can_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file, a folder in none, and standard output are refused, each in one line."""
    file = caseload(tmp_path / "in.csv", ["a"])
    ask = ["explain", str(file), "--all"]
    for out, why in (
        (str(file), "cannot be written: not a directory"),
        (str(tmp_path / "no/where"), "cannot be written: no such file or directory"),
    ):
        assert main([*ask, "-o", out]) == 2
        assert capsys.readouterr() == ("", f"{out}: {why}\n")
    for more in ([], ["-o", "-"]):
        assert main([*ask, *more]) == 2
        assert "`--all` needs `-o DIR`" in capsys.readouterr().err


def test_a_disk_without_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system says is said of the folder, and no half page stays."""
    out = tmp_path / "pages"
    file = caseload(tmp_path / "in.csv", ["a", "b"])
    real = Path.rename

    def rename(path: Path, to: Path) -> Path:
        if to.name.startswith("0002"):
            raise OSError(28, "No space left on device")
        return real(path, to)

    monkeypatch.setattr(Path, "rename", rename)
    assert main(["explain", str(file), "--all", "-o", str(out)]) == 2
    assert capsys.readouterr().err == f"{out}: cannot be written: no space left on device\n"
    assert [one.name for one in out.iterdir()] == ["0001-a.html"]


INTERRUPTED = """
import signal, sys
from pathlib import Path
from routeengine.cli import main

# In the middle of the third page: it is written, and is not in its place yet.
real = Path.rename
def rename(path, to):
    if to.name.startswith("0003"):
        signal.raise_signal(signal.SIGINT)
    return real(path, to)
Path.rename = rename
sys.exit(main(["explain", sys.argv[1], "--all", "-o", sys.argv[2]]))
"""


@pytest.mark.gate
def test_interrupted_it_leaves_whole_pages_only(tmp_path: Path) -> None:
    """Those that were written stay, and end as a page does."""
    out = tmp_path / "pages"
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(CASELOAD), str(out)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (128 + signal.SIGINT, "")
    assert done.stderr == "interrupted: no half-written file is left\n"
    pages = sorted(out.iterdir())
    assert [one.name for one in pages] == ["0001-R-0001.html", "0002-R-0002.html"]
    assert all(one.read_text(encoding="utf-8").rstrip().endswith("</html>") for one in pages)


@pytest.mark.gate
def test_how_far_it_is_shows_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nowhere else: in a file the messages are all there is."""
    file = caseload(tmp_path / "in.csv", ["a", "b"])
    ask = ["explain", str(file), "--all", "-o"]
    assert main([*ask, str(tmp_path / "1")]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main([*ask, str(tmp_path / "2")]) == 0
    assert "%" in capsys.readouterr().err


def test_what_is_read_otherwise_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As by every command that reads a caseload: here an id in another form of Unicode."""
    file = tmp_path / "in.csv"
    file.write_text("client_id,rung\ne\u0301,2\n", encoding="utf-8")
    assert main(["explain", str(file), "--all", "-o", str(tmp_path / "pages")]) == 0
    assert f"{file}: note: " in capsys.readouterr().err


def test_one_client_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither or both is bad usage, and so is a form that is no page."""
    ask = ["explain", str(CASELOAD), "-o", os.devnull]
    for more in ([], ["--all", "--client", "R-0001"]):
        assert main([*ask, *more]) == 2
        assert "needs `--client ID`, or `--all -o DIR`" in capsys.readouterr().err
    for more, why in ((["--format", "text"], "give HTML"), (["--short"], "`--short` is of a text")):
        assert main([*ask, "--all", *more]) == 2
        assert why in capsys.readouterr().err


def test_where_pages_are_refused_no_folder_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A draft where final pages are asked: there is nothing to look for afterwards."""
    file, out = caseload(tmp_path / "in.csv", ["a"]), tmp_path / "pages"
    asked = ["explain", str(file), "--all", "-o", str(out), "--audience", "client"]
    assert main([*asked, "--final"]) == 2
    assert capsys.readouterr().err.startswith("--final: ")
    assert not out.exists()
    assert main(asked) == 0
    assert len(list(out.iterdir())) == 1


def test_a_folder_is_made_where_no_row_can_be_used(tmp_path: Path) -> None:
    """What was asked for is there, and empty."""
    file, out = tmp_path / "in.csv", tmp_path / "pages"
    file.write_text("client_id,rung\na,odd\n", encoding="utf-8")
    assert main(["explain", str(file), "--all", "-o", str(out)]) == 1
    assert list(out.iterdir()) == []
