"""Commands of the library one after the other, in one process: in CPython, and in Pyodide."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout

from routeengine.cli import main

__all__ = ["told"]


def told(given: str) -> str:
    """Return the status of each command with what it printed; all of it is JSON."""
    answers = []
    for command in json.loads(given):
        # Rows go to the bytes below a stream.
        with (
            redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as out,
            redirect_stderr(io.StringIO()) as err,
        ):
            status = main(command)
            out.seek(0)
            printed = out.read()
        answers.append({"status": status, "out": printed, "err": err.getvalue()})
    return json.dumps(answers)
