"""A checker of which one line is wrong says something else of some folder, and so is seen."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from code_mutation.faults import Fault, faults_in
from examples import few
from portable.battery import battery
from portable.certified import CHECKS, Checkers, Told, load, run_node, write

SECONDS = 5
"""How long a faulty checker may take over a folder: a right one takes milliseconds."""

SOURCES = {
    name: (CHECKS / f"check_{name}.py").read_text(encoding="utf-8")
    for name in ("rules", "artefact")
}

LET_BE: dict[str, tuple[str, ...]] = {
    "a bound on work": (
        "MOST_STEPS = 250_000 -> MOST_STEPS = 250001",
        "todo, steps = [(tree, box)], 0 -> todo, steps = [(tree, box)], 1",
        "steps += 1 -> steps += 2",
        "if steps > MOST_STEPS: -> if (steps >= MOST_STEPS):",
        "sys.setrecursionlimit(20_000) -> sys.setrecursionlimit(20001)",
        "MOST_PLACES = 1_000_000 -> MOST_PLACES = 1000001",
        "if len(seen) > MOST_PLACES: -> if False:",
        "if len(seen) > MOST_PLACES: -> if (len(seen) >= MOST_PLACES):",
        'raise Refused("diagrams are too large to be looked at together") -> pass',
    ),
    "`test_certificate_command.py` runs it as a command": (
        'if __name__ == "__main__": -> if False:',
        "sys.exit(run(check_folder, sys.argv[1:])) -> pass",
        ("sys.exit(run(check_folder, sys.argv[1:])) -> sys.exit(run(check_folder, sys.argv[2:]))"),
    ),
    "each leaf after the first three is a list": ("if isinstance(said, list): -> if True:",),
    "both were found to be as long": (
        (
            "return list(zip(values[::2], values[1::2], strict=True)) -> "
            "return list(zip(values[::2], values[1::2], strict=False))"
        ),
        (
            "for fact, data in zip(rules.facts, artefact.facts, strict=True): -> "
            "for fact, data in zip(rules.facts, artefact.facts, strict=False):"
        ),
    ),
    "it is so already": (
        (
            "if gap and any(rule.when is None for rule in decision.rules): -> "
            "if (any((rule.when is None for rule in decision.rules))):"
        ),
    ),
    "where some rule applies, or one is for all else, one may win: ranks have no circles": (
        "if gap and not may: -> if (not may):",
    ),
    "of a key no more than the first two are read": (
        (
            "verdict, keys = None, {tuple(self.decision.leads_to(one)[:2]) for one in may} -> "
            "verdict, keys = None, {tuple(self.decision.leads_to(one)[:3]) for one in may}"
        ),
    ),
    "what was worked out is worked out again, and comes to the same": (
        "if key not in self.known: -> if True:",
        "if after not in seen: -> if True:",
        "seen.add(after) -> pass",
    ),
    "it is set before anything reads it": (
        "self.cells = [] -> pass",
        (
            "self.fact, self.allowed, self.inside = fact, allowed, 0 -> "
            "self.fact, self.allowed, self.inside = fact, allowed, 1"
        ),
    ),
    "each value of a cell stands for all of it": (
        (
            "return sum(1 << n for n, cell in enumerate(self.cells) if is_in(cell[0][0], runs)) -> "
            "return sum(1 << n for n, cell in enumerate(self.cells) if is_in(cell[0][1], runs))"
        ),
    ),
    "no value is below zero": (
        "fact, end = self.fact[name], -2 -> fact, end = self.fact[name], -3",
    ),
    "a part that is worth nothing adds nothing": (
        (
            "least += worth if truth or (truth is None and worth < 0) else 0 -> "
            "least += worth if truth or (truth is None and (worth <= 0)) else 0"
        ),
        (
            "least += worth if truth or (truth is None and worth < 0) else 0 -> "
            "least += worth if truth or (truth is None and worth < 1) else 0"
        ),
        (
            "most += worth if truth or (truth is None and worth > 0) else 0 -> "
            "most += worth if truth or (truth is None and (worth >= 0)) else 0"
        ),
    ),
}
"""Why a fault makes no difference to what is accepted, with each line and what it becomes."""


class Late(BaseException):
    """A faulty checker went round in circles."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, list[Told]]]:
    """Give folders with what is rightly said of them: small ones, which take least, first."""
    parent, found = tmp_path_factory.mktemp("folders"), list[tuple[str, list[Told]]]()
    every = sorted(battery(), key=lambda texts: sum(map(len, texts.values())))
    for number, texts in enumerate(every):
        folder = Path(parent, str(number))
        folder.mkdir()
        write(texts, str(folder))
        found.append((str(folder), load().told_of(str(folder))))
    return found


def faults() -> Iterator[tuple[str, Fault]]:
    """Yield every fault in the two programs but those in words, which are no logic."""
    for name, source in SOURCES.items():
        yield from ((name, fault) for fault in faults_in(source) if fault.kind != "text")


def is_caught(name: str, fault: Fault, folders: list[tuple[str, list[Told]]]) -> bool:
    """Say whether a checker with this fault says something else of a folder, or fails on one.

    A folder that catches comes first for the next fault: most are caught by a few.
    """
    before = signal.signal(signal.SIGALRM, _late)
    try:
        faulty = Checkers(**{name: fault.put_in(SOURCES[name])})
        if usage(faulty) != usage(load()):
            return True
        for number, (folder, told) in enumerate(folders):
            signal.alarm(SECONDS)
            if faulty.told_of(folder) != told:
                folders.insert(0, folders.pop(number))
                return True
    except (Exception, SystemExit, Late):  # noqa: BLE001  whatever it comes to is seen
        return True
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return False


def usage(checkers: Checkers) -> list[Told]:
    """Give what both programs say where no folder is given."""
    return [checkers.run(one.check_folder, []) for one in (checkers.rules, checkers.artefact)]


def _late(_: int, __: FrameType | None) -> None:
    raise Late


def shown(name: str, fault: Fault) -> str:
    """Give the line that a fault is in, and what it becomes."""
    both = SOURCES[name], fault.put_in(SOURCES[name])
    return " -> ".join(one.splitlines()[fault.line - 1].strip() for one in both)


@pytest.mark.gate
def test_a_fault_in_a_checker_is_seen(folders: list[tuple[str, list[Told]]]) -> None:
    """A share of all that can be made; at night each of them."""
    tried = few(list(faults()), 100)
    let_be = {one for some in LET_BE.values() for one in some}
    assert [
        f"{name}:{fault.line}: {shown(name, fault)}"
        for name, fault in tried
        if shown(name, fault) not in let_be and not is_caught(name, fault, folders)
    ] == []


@pytest.mark.gate
def test_the_other_program_says_the_same_of_these_folders() -> None:
    """What is expected of a faulty checker is what two programs say, each word."""
    told = [(texts, load().told(texts)) for texts in few(list(battery()), 2_000)]
    # Of files that are not there the system speaks.
    told = [(texts, one) for texts, one in told if "DIR" not in one.lines[0]]
    other = run_node({"files": texts} for texts, _ in told)
    assert [one._asdict() for _, one in told] == other


@pytest.mark.gate
def test_each_fault_that_is_let_be_is_one() -> None:
    """What makes no difference is named with the line as it stands."""
    assert {shown(*one) for one in faults()} >= {one for some in LET_BE.values() for one in some}
