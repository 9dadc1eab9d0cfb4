"""Files that commands write, and where nothing can be written; the page that says so."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import resource
import signal
import stat
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from cli.test_streams import CASELOAD
from loading.small import SMALL
from routeengine import Engine, load_ruleset
from routeengine.caseload import classify_file
from routeengine.cli import classify as command
from routeengine.cli import main, output
from routeengine.errors import CaseloadError

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write rules and a caseload, and be where they are."""
    monkeypatch.chdir(tmp_path)
    Path("rules.yaml").write_text(SMALL, encoding="utf-8")
    Path("in.csv").write_text(CASELOAD, encoding="utf-8")
    return tmp_path


CLASSIFY = ["classify", "in.csv", "--rules", "rules.yaml"]
EXPLAIN = ["explain", "in.csv", "--rules", "rules.yaml", "--client", "c1"]
EXPORT = ["export", "sql", "--rules", "rules.yaml"]
SCHEMA = ["export", "json-schema"]
GIVE = [
    *([*EXPLAIN, "--format", form] for form in ("text", "html", "markdown", "json")),
    EXPORT,
    SCHEMA,
]


@pytest.mark.parametrize("arguments", GIVE, ids=" ".join)
def test_what_is_printed_may_be_a_file(
    arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same text, for its owner alone; one that is there is replaced and keeps its mode."""
    assert main([*arguments, "-o", "-"]) == 0
    printed = capsys.readouterr().out
    assert main(arguments) == 0
    assert capsys.readouterr().out == printed
    assert main([*arguments, "-o", "new"]) == 0
    Path("old").write_text("old", encoding="utf-8")
    Path("old").chmod(0o664)
    assert main([*arguments, "-o", "old"]) == 0
    for name, mode in (("new", 0o600), ("old", 0o664)):
        assert Path(name).read_text(encoding="utf-8") == printed
        assert stat.S_IMODE(Path(name).stat().st_mode) == mode
    assert sorted(one.name for one in folder.iterdir()) == ["in.csv", "new", "old", "rules.yaml"]
    assert capsys.readouterr() == ("", "")


WRITES = [[*CLASSIFY, "--to", "csv"], EXPLAIN, EXPORT]


@pytest.mark.parametrize("arguments", WRITES, ids=lambda one: str(one[0]))
@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("nowhere/out", "cannot be written: there is no such folder"),
        ("folder", "is not a file that can be replaced"),
        ("pipe", "is not a file that can be replaced"),
        ("link to folder", "is not a file that can be replaced"),
        ("/dev/null", "is not a file that can be replaced"),
        ("/dev/stdout", "is no file: use `-` for standard output"),
        ("/dev/fd/1", "is no file: use `-` for standard output"),
        ("/proc/self/fd/1", "is no file: use `-` for standard output"),
        ("rules.yaml", "is what is read: write to another file"),
        ("n" * 300, "cannot be written: file name too long"),
    ],
)
def test_where_nothing_can_be_written(
    arguments: list[str], out: str, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name that was given and why, in one line; status 2, and nothing is touched."""
    Path("folder").mkdir()
    Path("link to folder").symlink_to("folder")
    os.mkfifo("pipe")
    before = sorted(folder.iterdir())
    assert main([*arguments, "-o", out]) == 2
    assert capsys.readouterr() == ("", f"{out}: {message}\n")
    assert sorted(folder.iterdir()) == before
    assert Path("rules.yaml").read_text(encoding="utf-8") == SMALL


@pytest.mark.parametrize("arguments", WRITES, ids=lambda one: str(one[0]))
def test_a_folder_that_may_not_be_written(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the system says of the part is said of the file that was named."""
    real = os.open

    def refuse(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_EXCL:
            raise PermissionError(13, "Permission denied", name)
        return real(name, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    assert main([*arguments, "-o", "out"]) == 2
    assert capsys.readouterr().err == "out: cannot be written: permission denied\n"


@pytest.mark.parametrize("arguments", WRITES, ids=lambda one: str(one[0]))
def test_a_link_stays_a_link(arguments: list[str], folder: Path) -> None:
    """What it points at is replaced, also where that is not there yet."""
    (folder / "far").mkdir()
    Path("link").symlink_to("far/out")
    for _ in range(2):
        assert main([*arguments, "-o", "link"]) < 2
        assert Path("link").is_symlink()
        assert [one.name for one in Path("far").iterdir()] == ["out"]


def test_a_caseload_is_not_overwritten_by_way_of_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`classify - -o in.csv < in.csv` is refused as it is by name."""
    with Path("in.csv").open(encoding="utf-8") as stream:
        real = Path.samefile
        # What /dev/stdin is depends on how the tests were started.
        monkeypatch.setattr(
            Path,
            "samefile",
            lambda path, other: real(path, stream.name if str(other) == "/dev/stdin" else other),
        )
        monkeypatch.setattr(sys, "stdin", stream)
        assert main(["classify", "-", "--from", "csv", "-o", "in.csv"]) == 2
    assert capsys.readouterr().err == "in.csv: is what is read: write to another file\n"


def test_python_does_as_the_command_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """`classify_file` from a pipe to a file, and from standard input to standard output."""
    assert main([*CLASSIFY, "-o", "out.csv"]) == 1
    whole = Path("out.csv").read_bytes()
    engine = Engine(load_ruleset("rules.yaml"))
    os.mkfifo("pipe.csv")
    thread = threading.Thread(target=lambda: Path("pipe.csv").write_text(CASELOAD))
    thread.start()
    tally = classify_file(engine, "pipe.csv", "piped.csv")
    thread.join()
    assert tally.faulty == 1
    assert Path("piped.csv").read_bytes() == whole
    capfdbinary.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CASELOAD.encode())))
    classify_file(engine, "-", "-", source_format="csv", target_format="csv")
    assert capfdbinary.readouterr().out == whole
    assert sorted(one.name for one in folder.iterdir()) == [
        "in.csv",
        "out.csv",
        "pipe.csv",
        "piped.csv",
        "rules.yaml",
    ]


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_names_that_no_file_has(name: str) -> None:
    """An empty name is not the current folder, and none has a NUL in it."""
    engine = Engine(load_ruleset("rules.yaml"))
    for source, target in ((name, None), ("in.csv", name)):
        with pytest.raises(CaseloadError, match="is no name that a file can have"):
            classify_file(engine, source, target, source_format="csv", target_format="csv")


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(
    "arguments",
    [
        ["classify", "in.csv", "-o"],
        ["classify", "in.csv", "--to"],
        ["classify", "in.csv", "--from"],
        ["classify", "in.csv", "--rules"],
        ["classify", "in.csv", "--drop-columns"],
        ["classify"],
        [*EXPLAIN, "-o"],
        ["explain", "in.csv", "--client"],
        [*EXPORT, "-o"],
        [*EXPORT, "--table"],
        [*SCHEMA, "--output"],
        ["check"],
        ["check", "rules.yaml", "--source"],
        ["test", "rules.yaml"],
        ["diff", "rules.yaml"],
        ["diff", "rules.yaml", "rules.yaml", "--caseload"],
        ["replay"],
    ],
    ids=" ".join,
)
def test_an_empty_value_is_bad_usage(
    arguments: list[str], value: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is most likely a variable of a script that is not set, and never the current folder."""
    before = sorted(folder.iterdir())
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, value])
    assert capsys.readouterr().err.splitlines()[-1].endswith(": is empty")
    assert sorted(folder.iterdir()) == before


def test_output_that_takes_no_bytes() -> None:
    """Rows are bytes; what stands in for standard output may be text alone."""
    engine = Engine(load_ruleset("rules.yaml"))
    with (
        contextlib.redirect_stdout(io.StringIO()),
        pytest.raises(CaseloadError, match="standard output: takes no bytes"),
    ):
        classify_file(engine, "in.csv", "-", target_format="csv")
    into = io.StringIO()
    with contextlib.redirect_stdout(into):
        assert main(SCHEMA) == 0
    assert into.getvalue().startswith("{")


@pytest.mark.parametrize("source", ["in.csv", "-"])
def test_the_folder_of_temporary_files_is_named(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where that has no room; and where there is none at all, they are."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CASELOAD.encode())))
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    arguments = ["classify", source, "--from", "csv", "--rules", "rules.yaml", "-o", "-"]
    assert main([*arguments, "--to", "csv"]) == 2
    told = "cannot be written: no space left on device\n"
    assert capsys.readouterr().err == f"{tempfile.gettempdir()}: {told}"
    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert main([*arguments, "--to", "csv"]) == 2
    assert capsys.readouterr().err == f"temporary files: {told}"


@pytest.mark.parametrize(
    ("limit", "more"),
    [
        (resource.RLIM_INFINITY, ""),
        (5000, " (this process may write 5,000 bytes to a file: `ulimit -f`)"),
    ],
)
def test_the_limit_that_was_passed_is_told(
    limit: int, more: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a file may not grow, and it is this process that may not have it grow."""

    def refuse(_: int) -> None:
        raise OSError(errno.EFBIG, "File too large")

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert main([*CLASSIFY, "-o", "out.csv"]) == 2
    told = f"out.csv: cannot be written: file too large{more}"
    assert capsys.readouterr().err.splitlines()[-1] == told


def test_standard_input_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is closed, or in a format that nobody reads."""
    monkeypatch.setattr(sys, "stdin", None)
    for form, told in (("csv", "is closed"), ("pdf", "cannot be read in that format: use `csv`")):
        assert main(["classify", "-", "--from", form, "--rules", "rules.yaml"]) == 2
        assert capsys.readouterr().err.startswith(f"standard input: {told}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["classify", "few.csv", "--rules", "rules.yaml"],
        ["explain", "few.csv", "--rules", "rules.yaml", "--client", "c1"],
        ["diff", "rules.yaml", "rules.yaml", "--caseload", "few.csv"],
    ],
    ids=lambda one: str(one[0]),
)
def test_what_is_read_otherwise_is_told_in_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With how often, on standard error, by every command that reads a caseload."""
    Path("few.csv").write_text("client_id,age\nc1,18\nc2,\nc3,\n", encoding="utf-8")
    assert main(arguments) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("few.csv: note: ")
    assert line.endswith("rows with nothing but a client id: 2")


def test_no_memory_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a line, with status 2; and what was at the target stays."""

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    Path("out.csv").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Engine, "classify", fail)
    assert main([*CLASSIFY, "-o", "out.csv"]) == 2
    assert capsys.readouterr().err == "there is not enough memory for this\n"
    assert Path("out.csv").read_text(encoding="utf-8") == "old"


def test_closed_streams_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python has no stream there is one that takes what is printed."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    seen: list[int] = []
    real = os.fstat

    def fstat(number: int) -> os.stat_result:
        if number == 1 and not seen:
            seen.append(number)
            raise OSError(9, "Bad file descriptor")
        return real(number)

    monkeypatch.setattr(os, "fstat", fstat)
    assert main(CLASSIFY) == 1
    assert seen == [1]
    sys.stdout.close()
    sys.stderr.close()


class Raw(io.RawIOBase):
    """A stream that takes a byte at a time, and refuses what comes after so many."""

    def __init__(self, room: int = 1 << 40, error: type[OSError] = OSError) -> None:
        self.taken = bytearray()
        self.room, self.error = room, error

    def writable(self) -> bool:
        """Return that it can be written."""
        return True

    def fileno(self) -> int:
        """Return the number of a file that may be closed."""
        return self.descriptor

    descriptor = -1

    def write(self, data: Any) -> int:
        """Take a byte."""
        if len(self.taken) >= self.room:
            raise self.error(1, "No more")
        self.taken += bytes(data[:1])
        return 1


@pytest.mark.parametrize("arguments", [EXPLAIN, SCHEMA, [*CLASSIFY, "-o", "-", "--to", "csv"]])
def test_all_is_written_where_nothing_is_buffered(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `python -u` a disk that is nearly full may take a part of what it is given."""
    assert main(arguments) < 2
    printed = capsys.readouterr().out
    raw = Raw()
    stream = io.TextIOWrapper(cast(BinaryIO, raw), "utf-8", newline="", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert main(arguments) < 2
    assert raw.taken.decode().replace("\r\n", "\n") == printed.replace("\r\n", "\n")


def test_an_interruption_in_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where no signal is listened to, for somebody ignores them all."""
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_IGN)

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "progress_bar", lambda: contextlib.nullcontext(stop))
    assert main([*CLASSIFY, "-o", "out.csv"]) == 130
    assert capsys.readouterr().err.endswith("interrupted: no half-written file is left\n")
    assert not Path("out.csv").exists()


def test_what_a_terminal_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a question mark, but for the blank that parts the digits of a number."""
    for encoding, printed in (("ascii", b"1 000 ?\n"), ("latin-1", b"1\xa0000 \xe9\n")):
        raw = Raw()
        stream = io.TextIOWrapper(cast(BinaryIO, raw), encoding, write_through=True)
        monkeypatch.setattr(sys, "stdout", stream)
        output.show("1\u00a0000 é")
        assert bytes(raw.taken) == printed


def status_of(arguments: list[str]) -> object:
    """Return the exit status of a command, which may end itself."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code


@pytest.mark.parametrize("is_buffered", [False, True])
@pytest.mark.parametrize("room", [0, 10])
@pytest.mark.parametrize(
    ("error", "status", "told"),
    [(BrokenPipeError, 0, ""), (OSError, 2, "standard output: no more\n")],
)
def test_streams_that_refuse(
    error: type[OSError],
    status: int,
    told: str,
    room: int,
    is_buffered: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reader that leaves changes nothing; what finds no room is told, if that can be."""
    given_up: list[int] = []

    def give_up(raw: Raw, number: int) -> None:
        raw.room = 1 << 40
        given_up.append(number)

    for arguments in (EXPLAIN, ["--help"]):
        raw = Raw(room, error)
        file: Any = io.BufferedWriter(raw) if is_buffered else raw
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(file, "utf-8"))
        monkeypatch.setattr(os, "dup2", lambda _, number, raw=raw: give_up(raw, number))
        assert status_of(arguments) == status
        assert capsys.readouterr().err == told
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(cast(BinaryIO, Raw(room, error)), "utf-8"))
    output.tell("anything")
    assert given_up


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        (SMALL, "klein", "1 cliënt, 1 niet te gebruiken rij"),
        (
            SMALL.replace("[nl, en]", "[en, nl]"),
            "small",
            "1 client, 1 row that could not be used",
        ),
        (
            SMALL.replace("nl:", "de:").replace("[nl,", "[de,"),
            "small",
            "1 client, 1 row that could not be used",
        ),
    ],
    ids=["nl, en", "en, nl", "de, en"],
)
def test_the_summary_is_in_the_first_language_of_the_rules(
    text: str, title: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Or in the first of them that the library has words in: it is in one language as a whole."""
    Path("rules.yaml").write_text(text, encoding="utf-8")
    assert main(CLASSIFY) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == words
    assert second == f"{title} (small 1.0.0)"


ROWS = re.findall(
    r"^\| \*\*.*$",
    (ROOT / "docs/when-things-go-wrong.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_every_row_of_the_page_names_its_test() -> None:
    """A line without one would be held by nothing."""
    assert len(ROWS) >= 20
    assert all(re.search(r"`tests/[\w/]+\.py::\w+` \|$", row) for row in ROWS)
