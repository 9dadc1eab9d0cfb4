"""How it is measured: processor time and time on the clock, interleaved, medians."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

ROUTEENGINE = str(Path(sys.executable).with_name("routeengine"))
"""The command, as it is installed beside the Python that runs this."""


class Took(NamedTuple):
    """Seconds: of the processor, all threads together, and on the clock."""

    used: float
    elapsed: float

    def __truediv__(self, other: Took | float) -> Took:
        """Divide by a number, or each by its own of another."""
        by = other if isinstance(other, Took) else (other, other)
        return Took(self.used / by[0], self.elapsed / by[1])


def took(work: Callable[[], object]) -> Took:
    """Run a piece of work once."""
    used, elapsed = time.process_time(), time.perf_counter()
    work()
    return Took(time.process_time() - used, time.perf_counter() - elapsed)


def median(some: Iterable[Took]) -> Took:
    """Give the medians of both."""
    used, elapsed = zip(*some, strict=True)
    return Took(statistics.median(used), statistics.median(elapsed))


def interleaved(
    works: Mapping[str, Callable[[int], Callable[[], object]]], rounds: int
) -> dict[str, list[Took]]:
    """Run each in turn, round after round; give all rounds of each.

    A work is given the number of the round, prepares what no round before has seen, and gives
    what is to be timed. Round 0 is run, and not told.
    """
    seen: dict[str, list[Took]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, prepare in works.items():
            seen[name].append(took(prepare(number)))
    return {name: some[1:] for name, some in seen.items()}


class Process(NamedTuple):
    """A process that ended: what it took, whole, and what it printed."""

    took: Took
    out: str
    err: str


def process(
    *command: object, ends: tuple[int, ...] = (0,), patience: float | None = None
) -> Process:
    """Run a process to its end; `ends` are the statuses that are right.

    Raises TimeoutExpired after `patience` seconds.
    """

    def used() -> float:
        told = resource.getrusage(resource.RUSAGE_CHILDREN)
        return told.ru_utime + told.ru_stime

    start, before = time.perf_counter(), used()
    done = subprocess.run(  # noqa: S603  our own commands
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    taken = Took(used() - before, time.perf_counter() - start)
    if done.returncode not in ends:
        sys.exit(f"{command}: status {done.returncode}\n{done.stderr[-2000:]}")
    return Process(taken, done.stdout, done.stderr)
