"""Runs commands as processes whose standard streams are as a test has them.

One process loads the library and is forked for each command, which is many times faster than to
start them one by one. Each fork ends as a process of its own does, so what Python does to the
streams at the very end is a part of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

FORKING = """
import io, json, os, sys, tempfile
from routeengine.caseload import classify
from routeengine.cli import main
import routeengine.cli.check, routeengine.cli.cite, routeengine.cli.classify
import routeengine.cli.diff
import routeengine.cli.explain, routeengine.cli.export, routeengine.cli.replay
import routeengine.cli.test

def open_as(number, how, encoding):
    if how == "closed":
        os.close(number)
        return None
    if how == "left":
        reading, file = os.pipe()
        os.close(reading)
    elif how == "full":
        file = os.open("/dev/full", os.O_WRONLY)
    else:
        file = printed[number].fileno()
    os.dup2(file, number)
    errors = "strict" if number == 1 else "backslashreplace"
    return io.open(number, "w", encoding=encoding, errors=errors, closefd=False)

found = []
for arguments, out, err, given, encoding in json.load(sys.stdin):
    printed = {1: tempfile.TemporaryFile(), 2: tempfile.TemporaryFile()}
    process = os.fork()
    if not process:
        if given is None:
            os.close(0)
            sys.stdin = None
        else:
            with tempfile.TemporaryFile() as file:
                file.write(given.encode())
                file.seek(0)
                os.dup2(file.fileno(), 0)
            sys.stdin = io.open(0, encoding="utf-8", closefd=False)
        sys.stdout, sys.stderr = open_as(1, out, encoding), open_as(2, err, encoding)
        sys.exit(main(arguments))
    _, status = os.waitpid(process, 0)
    told = []
    for file in printed.values():
        file.seek(0)
        told.append(file.read().decode("latin-1"))
        file.close()
    found.append([os.waitstatus_to_exitcode(status), *told])
print(json.dumps(found))
"""

How = Literal["open", "closed", "left", "full"]
"""A stream is read to the end, is closed, has a reader who left, or is a disk that is full."""


@dataclass(frozen=True)
class Call:
    """One command, and how its streams are; without `given` standard input is closed."""

    arguments: Sequence[str]
    out: How = "open"
    err: How = "open"
    given: str | None = ""
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Answer:
    """The exit status, and the bytes that were printed."""

    status: int
    out: bytes
    err: bytes


def run(calls: Sequence[Call]) -> list[Answer]:
    """Run each command in turn."""
    text = json.dumps([list(asdict(call).values()) for call in calls])
    done = subprocess.run(
        [sys.executable, "-c", FORKING], input=text, capture_output=True, text=True, check=True
    )
    answers = json.loads(done.stdout)
    return [Answer(one, out.encode("latin-1"), err.encode("latin-1")) for one, out, err in answers]
