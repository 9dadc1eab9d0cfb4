"""Fuzzing that coverage leads, by atheris (group `fuzz`): each target in a process of its own."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import atheris

# What is imported here is watched: each branch it takes is a reason to keep an input.
with atheris.instrument_imports(include=["routeengine"]):
    from fuzzing.targets import TARGETS


def fuzz_guided(names: Sequence[str], seconds: float, seed: int, folder: Path) -> int:
    """Fuzz the targets one after the other; 1 where one of them was stopped by a find."""
    found = 0
    for name in names:
        command = [sys.executable, "-m", "fuzzing.guided", name, str(folder)]
        done = subprocess.run([*command, str(int(seconds)), str(seed)], check=False)
        found += done.returncode != 0
    return 1 if found else 0


def main() -> None:
    """Fuzz one target. Ends the process: 0, or not where something was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=TARGETS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seconds")
    parser.add_argument("seed")
    arguments = parser.parse_args()
    target = TARGETS[arguments.name]
    seeds = target.seeds()

    def attempt(data: bytes) -> None:
        target.attempt(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        return target.mutate(data, random.Random(seed), seeds)[:most]

    with tempfile.TemporaryDirectory(prefix="fuzz-corpus-") as corpus:
        for number, one in enumerate(seeds):
            (Path(corpus) / str(number)).write_bytes(one)
        options = [
            f"-max_total_time={arguments.seconds}", f"-seed={arguments.seed}",
            f"-artifact_prefix={arguments.folder / arguments.name}-", "-timeout=20",
            "-rss_limit_mb=3072", "-max_len=200000", "-verbosity=0", "-print_final_stats=1",
        ]  # fmt: skip
        atheris.Setup([sys.argv[0], *options, corpus], attempt, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
