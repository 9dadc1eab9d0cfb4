"""Puts small faults into the library's own code, and asks whether its tests notice.

    PYTHONPATH=tests python -m code_mutation.run --seconds 900 --seed 7
    PYTHONPATH=tests python -m code_mutation.run --only record/replay.py

First the tests run on the code as it is, to see which of them run which line; that takes some
minutes. Each fault is then put into a copy of the source, and tests of its package run on that
copy: those that run the faulty line, quickest first, until one fails. Which faults are tried, and
in which order, follows from `--seed`; what the time does not suffice for is left, and the result
says so. It ends with the faults that no test noticed and with the share that was noticed. Exit
status 2 where the tests fail on the code as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from signal import SIGKILL, SIGTERM
from typing import Literal, TypeAlias, get_args

from code_mutation.faults import Fault, Kind, faults_in

ROOT = Path(__file__).resolve().parents[2]

PACKAGES: Mapping[str, tuple[str, ...]] = {
    "symbolic": ("symbolic", "executors", "conformance/test_conformance.py", "verification"),
    "executors": (
        "executors", "conformance/test_conformance.py", "test_engine.py", "test_changes.py",
        "explanation/test_oracle.py",
    ),
    "ruleset": (
        "loading", "dossier/test_language.py", "progression", "record/test_codec.py",
        "verification", "policy",
    ),
    "verification": ("verification",),
    "sql": ("sql",),
    "dmn": ("dmn",),
    "tables": ("tables",),
    "engine.py": ("test_engine.py", "test_what_if.py", "test_changes.py", "safety", "record"),
    "intake.py": ("test_engine.py", "executors", "tables", "caseload"),
    "record": ("record", "dossier", "test_departure.py"),
    "dossier.py": ("dossier",),
}  # fmt: skip
"""What is put to the test, under `src/routeengine`, and by which tests, under `tests`."""

Fate: TypeAlias = Literal["noticed", "too slow", "survived", "not tried"]
"""What became of a mutant. Tests that take too long have noticed something."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault in a module of a package; the module by its path under the source."""

    package: str
    module: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class Project:
    """Where the source and the tests stand, and which tests are for which package."""

    root: Path
    source: str
    packages: Mapping[str, Sequence[str]]

    def mutants(self, only: Iterable[str] = ()) -> Iterator[Mutant]:
        """Yield every mutant, in order; `only` names packages, folders or modules."""
        folder = self.root / self.source
        for package in self.packages:
            for file in (folder / package, *sorted((folder / package).rglob("*"))):
                module = file.relative_to(folder).as_posix()
                named = any(module == one or module.startswith(f"{one}/") for one in only)
                if file.suffix == ".py" and (named or not only):
                    text = file.read_text(encoding="utf-8")
                    yield from (Mutant(package, module, fault) for fault in faults_in(text))

    def shown(self, mutant: Mutant) -> str:
        """Give where a mutant stands, and what it is."""
        return f"{self.source}/{mutant.module}:{mutant.fault.line}: {mutant.fault}"


@dataclass(frozen=True, slots=True)
class Map:
    """Which tests of a package run which line of which file, and how long each takes."""

    lines: Mapping[str, Mapping[str, Sequence[str]]]
    seconds: Mapping[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """Give the tests that run the faulty line, quickest first.

        All, where none does: it is run when the module is imported, or in a process of its own.
        """
        some = self.lines.get(mutant.module, {}).get(str(mutant.fault.line))
        return sorted(some or self.seconds, key=lambda name: self.seconds[name])


class FailingError(Exception):
    """The tests fail on the code as it is."""


class Workplace:
    """A copy of the source in which faults are put, one at a time."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.folder = project, folder
        self.copy = folder / project.source
        self.written = 0
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(project.root / project.source, self.copy, ignore=ignored)
        # All else stands beside it, for what looks there.
        for one in project.root.iterdir():
            if one.name != self.copy.relative_to(folder).parts[0]:
                (folder / one.name).symlink_to(one)

    def map(self, package: str) -> Map:
        """Run the tests of a package on the code as it is, and see what they run.

        Raises FailingError where one fails.
        """
        file = self.folder / "map.json"
        files = [f"tests/{one}" for one in self.project.packages[package]]
        status = self.run(files, {"map": str(file)}, None)
        if status != 0:
            told = (self.folder / "output").read_text(encoding="utf-8", errors="replace")
            raise FailingError(f"the tests of `{package}` fail as it is:\n{told[-4000:]}")
        found = json.loads(file.read_text(encoding="utf-8"))
        lines = {
            Path(name).relative_to(self.copy).as_posix(): some
            for name, some in found["lines"].items()
        }
        return Map(lines, found["seconds"])

    def attempt(self, mutant: Mutant, tests: Sequence[str], seconds: float) -> Fate:
        """Run tests on a mutant."""
        file = self.copy / mutant.module
        source = file.read_text(encoding="utf-8")
        self.write(file, mutant.fault.put_in(source))
        try:
            files = dict.fromkeys(name.partition("::")[0] for name in tests)
            status = self.run(list(files), {"tests": tests}, seconds)
        finally:
            self.write(file, source)
        # Whoever ended them from outside learnt nothing.
        fates: dict[int | None, Fate] = {None: "too slow", 0: "survived", -SIGTERM: "not tried"}
        return fates.get(status, "noticed")

    def write(self, file: Path, text: str) -> None:
        """Write a module, with a time of its own: by that, compiled code is known to be old."""
        file.write_text(text, encoding="utf-8")
        self.written += 1
        os.utime(file, (self.written, self.written))

    def run(
        self, files: Sequence[str], what: Mapping[str, object], seconds: float | None
    ) -> int | None:
        """Run tests of these files; gives the exit status, or None where it took too long."""
        told = self.folder / "told.json"
        told.write_text(json.dumps({"source": str(self.copy), **what}), encoding="utf-8")
        paths = [self.copy.parent, ROOT / "tests"]
        surroundings = {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "CODE_MUTATION": str(told),
            # The same examples each time: what is noticed once is noticed again.
            "CI": "true",
            "PYTHONHASHSEED": "0",
        }
        with (self.folder / "output").open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not night",
                 "-p", "no:cacheprovider", "-p", "code_mutation.plugin", *files],
                cwd=self.project.root, env=os.environ | surroundings,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                return process.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
            finally:
                # What the tests started goes with them.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, SIGKILL)
                process.wait()


def run(
    project: Project, mutants: Sequence[Mutant], seconds: float, processes: int = 2
) -> list[Fate]:
    """Give what became of each mutant; those that the time does not suffice for are not tried.

    Raises FailingError where the tests fail on the code as it is.
    """
    done: Counter[Fate] = Counter()
    with tempfile.TemporaryDirectory(prefix="code-mutation-") as folder:
        free: SimpleQueue[Workplace] = SimpleQueue()
        for number in range(processes):
            free.put(Workplace(project, Path(folder) / str(number)))

        @contextmanager
        def lent() -> Iterator[Workplace]:
            workplace = free.get()
            try:
                yield workplace
            finally:
                free.put(workplace)

        def mapped(package: str) -> Map:
            with lent() as workplace:
                return workplace.map(package)

        def attempt(mutant: Mutant) -> Fate:
            if time.monotonic() > end:
                return "not tried"
            tests = maps[mutant.package].tests(mutant)
            # There is more to load than to run, and other work beside it.
            usual = sum(maps[mutant.package].seconds[one] for one in tests)
            with lent() as workplace:
                fate = workplace.attempt(mutant, tests, 60 + 5 * usual)
            done[fate] += 1
            say(f"{done.total()} of {len(mutants)}: {fate}: {project.shown(mutant)}")
            return fate

        with ThreadPoolExecutor(processes) as pool:
            packages = list(dict.fromkeys(mutant.package for mutant in mutants))
            maps = dict(zip(packages, pool.map(mapped, packages), strict=True))
            end = time.monotonic() + seconds
            return list(pool.map(attempt, mutants))


def say(line: str) -> None:
    """Tell how far it is, beside the result."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def survivors(project: Project, mutants: Sequence[Mutant], fates: Sequence[Fate]) -> str:
    """Give the faults that no test noticed, a line each, in the order of the source."""
    some = [mutant for mutant, fate in zip(mutants, fates, strict=True) if fate == "survived"]
    some.sort(key=lambda mutant: (mutant.module, mutant.fault.line))
    return "".join(f"{project.shown(mutant)}\n" for mutant in some)


def table(head: str, pairs: Iterable[tuple[str, Fate]]) -> Iterator[str]:
    """Yield the lines of a table: of each group how many were tried and noticed."""
    tried, noticed = Counter[str](), Counter[str]()
    for group, fate in pairs:
        tried[group] += fate != "not tried"
        noticed[group] += fate in ("noticed", "too slow")
    yield f"| {head} | tried | noticed | |"
    yield "| --- | --- | --- | --- |"
    for name, count in tried.items():
        yield f"| {name} | {count:,} | {noticed[name]:,} | {share(noticed[name], count)} |"


def share(part: int, whole: int) -> str:
    """Give a share in words; there is none of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else ""


def page(mutants: Sequence[Mutant], fates: Sequence[Fate], every: int, seed: int) -> str:
    """Write the result as a page; `every` is how many mutants there are in all."""
    fate = Counter(fates)
    tried, noticed = len(fates) - fate["not tried"], fate["noticed"] + fate["too slow"]
    pairs = sorted(zip(mutants, fates, strict=True), key=lambda pair: pair[0].package)
    return "\n".join([
        "# The last run of code mutation",
        "",
        "Written by `PYTHONPATH=tests python -m code_mutation.run --write FILE`. Small faults are",
        "put into the library's own code, and its tests are asked whether they notice.",
        "",
        f"- Finished: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, seed {seed}.",
        f"- {tried:,} of {every:,} faults tried, drawn at random; {noticed:,} noticed,",
        f"  of which {fate['too slow']:,} by tests that did not end.",
        f"- **Score: {share(noticed, tried)}**",
        "",
        *table("package", ((f"`{mutant.package}`", fate) for mutant, fate in pairs)),
        "",
        *table("about", sorted((mutant.fault.kind, fate) for mutant, fate in pairs)),
        "",
    ])  # fmt: skip


LIBRARY = Project(ROOT, "src/routeengine", PACKAGES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="mutate the library's own code")
    parser.add_argument("--seconds", type=float, default=600, help="begin none after this time")
    parser.add_argument("--mutants", type=int, default=1_000, help="try this many at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[], help="a package, folder or module")
    parser.add_argument("--kind", action="append", choices=get_args(Kind), default=[])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--write", type=Path, help="write the result to this file")
    args = parser.parse_args(arguments)
    every = [
        one for one in LIBRARY.mutants(args.only) if not args.kind or one.fault.kind in args.kind
    ]
    if not every:
        parser.error("there is nothing of that to mutate")
    mutants = random.Random(args.seed).sample(every, min(args.mutants, len(every)))
    try:
        fates = run(LIBRARY, mutants, args.seconds, args.processes)
    except FailingError as error:
        say(str(error))
        return 2
    result = page(mutants, fates, len(every), args.seed)
    sys.stdout.write(survivors(LIBRARY, mutants, fates) + result)
    if args.write is not None:
        args.write.write_text(result, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
