"""Fork again and again while threads work on an engine; each child has to answer and end.

PYTHONPATH=tests python -m safety.forking 40
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from routeengine import Engine, load_ruleset
from safety.people import everything_said, people

__all__ = ["fork_often"]

PATIENCE = 60
"""Seconds after which a child that does not come back counts as stuck."""


@contextmanager
def busy(engine: Engine) -> Iterator[None]:
    """Keep three threads at work on the engine."""
    stop = threading.Event()

    def work(number: int) -> None:
        while not stop.is_set():
            for one in people(20, seed=number):
                everything_said(engine, one)
                engine._answers.clear()  # so that there is always something to work out

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def fork_often(times: int) -> None:
    """Raise AssertionError where a child gets stuck or answers otherwise."""
    engine = Engine(load_ruleset("rijswijk-2023"))
    some = people(3)
    expected = [everything_said(engine, one) for one in some]
    fork = multiprocessing.get_context("fork")

    def leave_if_equal() -> None:
        engine._answers.clear()
        # At once, past whatever the parent meant to do when it ends.
        os._exit(0 if [everything_said(engine, one) for one in some] == expected else 1)

    with busy(engine):
        for _ in range(times):
            child = fork.Process(target=leave_if_equal)
            child.start()
            child.join(PATIENCE)
            stuck = child.is_alive()
            child.kill()
            if stuck or child.exitcode != 0:
                raise AssertionError("a child got stuck" if stuck else "a child says otherwise")


if __name__ == "__main__":
    fork_often(int(sys.argv[1]))
