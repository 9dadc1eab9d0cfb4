"""A process that is asked to end leaves nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from examples import gated
from routeengine import cli
from routeengine.cli import ENDS

Printed = pytest.CaptureFixture[str]

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"

CODE = """
import signal, sys
from contextlib import nullcontext
from routeengine.caseload import classify
from routeengine.caseload.writing import WholeFile
from routeengine.cli import classify as command, main

way, caseload, out, *names = sys.argv[1:]
classify.is_large = lambda _: way == "columns"
discard, more = WholeFile.discard, []

def shows(_):
    # Those after the first one come while the first is being answered.
    first, *more[:] = (getattr(signal, one) for one in name.split("+"))
    signal.raise_signal(first)

def discards(file):
    while more:
        signal.raise_signal(more.pop())
    discard(file)

# What started the tests may ignore it, as `nohup` does, and then so would this process.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
command.progress_bar = lambda: nullcontext(shows)
WholeFile.discard = discards
for name in names:
    if name.startswith("ignored "):
        name = name.removeprefix("ignored ")
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    print(main(["classify", caseload, "-o", out, "--lang", "en"]), file=sys.stderr)
"""


def ended(out: Path, way: str, *names: str) -> tuple[int, list[str]]:
    """Classify again and again, each time sending this in the middle; return what was told."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, way, str(CASELOAD), str(out), *names],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.splitlines()


@pytest.fixture
def unanswered() -> Iterator[list[int]]:
    """Give the signals that came to whoever listened before the command."""
    came: list[int] = []
    numbers = [getattr(signal, name) for name in ENDS]
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in numbers}
    yield came
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.parametrize("name", ENDS)
def test_a_signal_to_end_unwinds_what_is_running(
    name: str, unanswered: list[int], monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    """Its status and one line; more of them change nothing, and afterwards others listen again."""
    number = getattr(signal, name)
    unwound = []

    def work(_: object) -> NoReturn:
        try:
            signal.raise_signal(number)
        finally:
            for one in ENDS:
                signal.raise_signal(getattr(signal, one))
            unwound.append(name)
        raise AssertionError

    monkeypatch.setattr(cli, "_run", work)
    assert cli.main([]) == 128 + number
    assert unwound == [name]
    assert capsys.readouterr().err == f"{ENDS[name]}: no half-written file is left\n"
    assert unanswered == []
    signal.raise_signal(number)
    assert unanswered == [number]


@pytest.mark.parametrize("way", gated(["columns", "rows"], night=True))
def test_nothing_half_written_stays(tmp_path: Path, way: str) -> None:
    """A signal to end in the middle: its status, one line, and what was there before.

    A second one does not cut short what the first one asked for. What was ignored before, as
    `nohup` has it for a terminal that is closed, still is.
    """
    out = tmp_path / "out.csv"
    out.write_text("old", encoding="utf-8")
    told = {
        "SIGHUP": ["hung up: no half-written file is left", "129"],
        "SIGINT": ["interrupted: no half-written file is left", "130"],
        "SIGTERM": ["terminated: no half-written file is left", "143"],
        "SIGTERM+SIGINT+SIGHUP": ["terminated: no half-written file is left", "143"],
    }
    assert ended(out, way, *told) == (0, [line for lines in told.values() for line in lines])
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    assert out.read_text(encoding="utf-8") == "old"
    assert ended(out, way, "ignored SIGHUP") == (0, ["0"])
    assert out.read_text(encoding="utf-8") != "old"


@pytest.mark.gate
def test_killed_at_once(tmp_path: Path) -> None:
    """SIGKILL cannot be answered: a part stays, and the next run tells and removes it."""
    out = tmp_path / "out.csv"
    assert ended(out, "rows", "SIGKILL") == (-signal.SIGKILL, [])
    (part,) = tmp_path.iterdir()
    assert "part" in part.name
    assert part.stat().st_mode & 0o777 == 0o600
    told = f"{out}: what a run that was killed left of it is removed ({part.name})"
    assert ended(out, "rows", "ignored SIGHUP") == (0, [told, "0"])
    # Beside what is made of made clients it says so.
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out.csv", "out.meta.yaml"]
