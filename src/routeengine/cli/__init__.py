"""The command line: arguments in, exit status out.

0: fine. 1: it ran and found what it looks for (a failing case, a finding, a bad
row). 2: it could not run (bad usage, unreadable file, invalid rules). 129, 130 and 143: SIGHUP,
Ctrl-C and SIGTERM, with nothing half-written left.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from routeengine.cli.arguments import parser
from routeengine.cli.output import flush_output, prepare_streams, tell
from routeengine.errors import RouteEngineError, shown

__all__ = ["main"]

FINE, FOUND, FAILED = 0, 1, 2

ENDS: Final = {"SIGHUP": "hung up", "SIGINT": "interrupted", "SIGTERM": "terminated"}
"""Signals that end a command, and what is said then. The exit status is 128 and their number."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; never shows a traceback for bad input."""
    prepare_streams()
    try:
        with _ended_in_order():
            status = max(_done(partial(_run, argv)), _done(flush_output))
    except SystemExit:
        # Of bad usage, or when help was asked for.
        if _done(flush_output):
            raise SystemExit(FAILED) from None
        raise
    except KeyboardInterrupt as end:
        how, status = end.args or ("interrupted", 128 + signal.SIGINT)
        tell(f"{how}: no half-written file is left")
        _done(flush_output)
    return int(status)


def _run(argv: Sequence[str] | None) -> int:
    arguments = parser().parse_args(argv)
    return int(arguments.run(arguments))


def _done(work: Callable[[], int | None]) -> int:
    """Return the exit status of some work, and say what is wrong if it could not be done."""
    try:
        return work() or FINE
    except RouteEngineError as error:
        tell(error)
    except OSError as error:
        where = f"{shown(error.filename)}: " if error.filename else ""
        tell(f"{where}{(error.strerror or 'cannot be used').lower()}")
    except MemoryError:
        tell("there is not enough memory for this")
    return FAILED


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have a signal to end unwind what is running, so that no half-written file stays.

    A second one does not cut that short. What was ignored before, as `nohup` has it, still is.
    Only the main thread may listen to signals.
    """

    def end(number: int, _: object) -> None:
        for one in before:
            signal.signal(one, signal.SIG_IGN)
        name = signal.Signals(number).name
        raise KeyboardInterrupt(ENDS[name], 128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ENDS:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
