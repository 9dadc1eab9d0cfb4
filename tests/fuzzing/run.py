"""Fuzzes every kind of input for a while: `PYTHONPATH=tests python -m fuzzing.run --seconds 600`.

The inputs follow from `--seed`, so that a find can be made again. What is found is written to
a folder, one file each, and the exit status is 1. `--guided` lets coverage choose what to change
next (atheris, group `fuzz`); that cannot be repeated, and finds what lies deeper.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from fuzzing.targets import TARGETS, Target

SLOWEST = 20
"""Seconds that one input may take."""

MEMORY = 3 << 30
"""Bytes of address space that the process may use."""


class SlowError(Exception):
    """An input took too long."""


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Stop what takes too long."""

    def stop(*_: object) -> None:
        raise SlowError(f"more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Fuzzing:
    """One target being fuzzed: its inputs, what became of them, and what was found."""

    def __init__(self, target: Target, seed: int, folder: Path) -> None:
        self.target = target
        self.folder = folder
        self.seeds = target.seeds()
        self.draw = random.Random(f"{target.name} {seed}")
        self.pool = list(self.seeds)
        self.tried: Counter[bool] = Counter()
        self.slowest = 0.0
        self.finds: dict[str, Path] = {}

    def inputs(self) -> Iterator[bytes]:
        """Yield the seeds, and then changes of them and of what was taken before."""
        yield from self.seeds
        while True:
            yield self.target.mutate(self.draw.choice(self.pool), self.draw, self.seeds)

    def attempt(self, data: bytes) -> None:
        """Try one input. What is taken may be changed further."""
        begun = time.monotonic()
        try:
            with bounded(SLOWEST):
                taken = self.target.attempt(data)
        except Exception as error:  # noqa: BLE001  any error that gets here is a finding
            self.keep(data, error)
            return
        self.slowest = max(self.slowest, time.monotonic() - begun)
        self.tried[taken] += 1
        if taken and len(self.pool) < 500:
            self.pool.append(data)

    def keep(self, data: bytes, error: Exception) -> None:
        """Write down what was found, once for each place in the code that it comes from."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        if where not in self.finds:
            path = self.folder / f"{self.target.name}-{sha256(data).hexdigest()[:12]}"
            path.write_bytes(data)
            self.finds[where] = path

    def report(self) -> str:
        """Say what became of the inputs."""
        counted = f"{sum(self.tried.values()):>9,} inputs, {self.tried[True]:>8,} taken"
        told = f"{self.target.name:8} {counted}, slowest {self.slowest:.2f} s"
        finds = (f"\n  {where}: {path}" for where, path in self.finds.items())
        return f"{told}, {len(self.finds)} found{''.join(finds)}"


def fuzz(target: Target, seed: int, folder: Path, seconds: float) -> Fuzzing:
    """Fuzz one target until the time is up."""
    fuzzing = Fuzzing(target, seed, folder)
    until = time.monotonic() + seconds
    for data in fuzzing.inputs():
        fuzzing.attempt(data)
        if time.monotonic() > until:
            break
    return fuzzing


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz the targets in turn; 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", choices=TARGETS, default=[])
    parser.add_argument("--folder", type=Path, help="where finds are written")
    parser.add_argument("--guided", action="store_true", help="let coverage lead (atheris)")
    arguments = parser.parse_args(argv)
    names = arguments.target or list(TARGETS)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="fuzz-found-"))
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.guided:
        from fuzzing.guided import fuzz_guided

        return fuzz_guided(names, arguments.seconds / len(names), arguments.seed, folder)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    found = 0
    for name in names:
        fuzzing = fuzz(TARGETS[name], arguments.seed, folder, arguments.seconds / len(names))
        sys.stdout.write(fuzzing.report() + "\n")
        sys.stdout.flush()
        found += len(fuzzing.finds)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
