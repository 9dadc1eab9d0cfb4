"""The command line: arguments in, exit status out.

0: fine. 1: it ran and found what it looks for (a failing case, a finding, a bad
row). 2: it could not run (bad usage, unreadable file, invalid rules). 130 and 143: Ctrl-C
and SIGTERM, with nothing half-written left.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from routeengine.cli.arguments import parser
from routeengine.errors import RouteEngineError

__all__ = ["main"]

FINE, FOUND, FAILED, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; never shows a traceback for bad input."""
    arguments = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal cannot show becomes a question mark, and never a traceback.
            stream.reconfigure(errors="replace")
    try:
        with _ended_in_order():
            status = int(arguments.run(arguments))
            sys.stdout.flush()
    except RouteEngineError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has seen enough; the shell expects no complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{where}{(error.strerror or 'cannot be used').lower()}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt as end:
        how, status = end.args or ("interrupted", INTERRUPTED)
        print(f"{how}: no output file was written", file=sys.stderr)
    return status


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have SIGTERM unwind what is running, as Ctrl-C does, so that no half-written file stays.

    A second one does not cut that short. Only the main thread may listen to signals.
    """

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt("terminated", TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
