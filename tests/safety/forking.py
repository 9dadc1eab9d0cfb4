"""Fork again and again while threads work on an engine; each child has to answer and end.

PYTHONPATH=tests python -m safety.forking 40 [durable]
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, TypeAlias

from policy.clients import made_consistent, random_client
from routeengine import Engine, load_ruleset
from routeengine.engine import ExecutorName
from safety.people import everything_said, people

__all__ = ["fork_often"]

PATIENCE = 60
"""Seconds after which a child that does not come back counts as stuck."""


Ask: TypeAlias = Callable[[Engine, dict[str, Any]], object]
Make: TypeAlias = Callable[[int, int], list[dict[str, Any]]]


def known_people(number: int, seed: int) -> list[dict[str, Any]]:
    """Make clients of whom all is known: the executor `durable` is for those."""
    random = Random(seed)
    return [dict(made_consistent(random_client(random))) for _ in range(number)]


def answer(engine: Engine, profile: dict[str, Any]) -> object:
    """Ask the verdicts and flags alone."""
    return engine.classify(profile).answer


ASKED: dict[ExecutorName, tuple[Make, Ask]] = {
    "lanes": (people, everything_said),
    "durable": (known_people, answer),
}
"""Per executor, of whom what is asked."""


@contextmanager
def busy(engine: Engine, make: Make, ask: Ask) -> Iterator[None]:
    """Keep three threads at work on the engine."""
    stop = threading.Event()

    def work(number: int) -> None:
        while not stop.is_set():
            for one in make(20, number):
                ask(engine, one)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def fork_often(times: int, executor: ExecutorName = "lanes") -> None:
    """Raise AssertionError where a child gets stuck or answers otherwise."""
    engine = Engine(load_ruleset("rijswijk-2023"), executor=executor)
    make, ask = ASKED[executor]
    some = make(3, 5)
    expected = [ask(engine, one) for one in some]
    fork = multiprocessing.get_context("fork")

    def leave_if_equal() -> None:
        # At once, past whatever the parent meant to do when it ends.
        os._exit(0 if [ask(engine, one) for one in some] == expected else 1)

    with busy(engine, make, ask):
        for _ in range(times):
            child = fork.Process(target=leave_if_equal)
            child.start()
            child.join(PATIENCE)
            stuck = child.is_alive()
            child.kill()
            if stuck or child.exitcode != 0:
                raise AssertionError("a child got stuck" if stuck else "a child says otherwise")


if __name__ == "__main__":
    fork_often(int(sys.argv[1]), "durable" if "durable" in sys.argv else "lanes")
