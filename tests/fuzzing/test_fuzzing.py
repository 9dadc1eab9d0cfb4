"""A short, repeatable share of the fuzzing; the command goes on for as long as it is told."""

from __future__ import annotations

import itertools
import resource
from pathlib import Path

import pytest

from examples import SHARE
from fuzzing.mutation import unpacked
from fuzzing.run import Fuzzing, SlowError, bounded, main
from fuzzing.targets import MARK, TARGETS, Target
from routeengine.errors import RouteEngineError

FOUND = sorted((Path(__file__).parent / "found").glob("*"))


@pytest.mark.gate
@pytest.mark.parametrize("name", TARGETS)
def test_an_input_is_taken_or_refused(name: str, tmp_path: Path) -> None:
    """Whatever is done to the seeds, nothing but a RouteEngineError comes out, and no value."""
    fuzzing = Fuzzing(TARGETS[name], 0, tmp_path)
    count = len(set(fuzzing.seeds)) + int(100 * SHARE)
    for data in itertools.islice(fuzzing.inputs(), count):
        fuzzing.attempt(data)
    assert not fuzzing.finds, fuzzing.report()


def test_what_was_found_once_is_taken_or_refused() -> None:
    """Each file is named by its target, and by what was wrong with it."""
    for path in FOUND:
        TARGETS[path.name.partition("-")[0]].attempt(path.read_bytes())


@pytest.mark.gate
@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_mostly_taken(name: str) -> None:
    """Seeds that are refused would lead nowhere."""
    target = TARGETS[name]
    taken = [target.attempt(seed) for seed in dict.fromkeys(target.seeds())]
    assert any(taken)


def failing(data: bytes) -> None:
    """Stand for code that is broken in three ways."""
    if b"a" in data:
        raise KeyError("a")
    if b"b" in data:
        raise RouteEngineError(f"the value is {MARK}")
    if b"c" in data:
        raise RouteEngineError("refused")


def test_what_is_wrong_is_found_and_kept(tmp_path: Path) -> None:
    """Another error, and a value in a message, are each written down once."""
    fuzzing = Fuzzing(Target("broken", lambda: [b"-"], failing), 1, tmp_path)
    for data in (b"a", b"aa", b"b", b"c", b"d"):
        fuzzing.attempt(data)
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"a", b"b"]
    assert fuzzing.tried == {False: 1, True: 1}
    assert "KeyError at test_fuzzing.py" in fuzzing.report()
    assert "LeakError" in fuzzing.report()


def test_what_takes_too_long_is_stopped() -> None:
    """The alarm rings within the code that does not end."""
    with pytest.raises(SlowError), bounded(0.01):
        for _ in itertools.repeat(None):
            pass


@pytest.mark.gate
def test_the_same_seed_makes_the_same_inputs(tmp_path: Path) -> None:
    """So a find can be made again."""
    for target in TARGETS.values():
        first, again, other = (
            list(itertools.islice(Fuzzing(target, seed, tmp_path).inputs(), 60))
            for seed in (5, 5, 6)
        )
        assert first == again != other


def test_the_command_counts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells what was tried and what was found, and its status says whether anything was."""
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    options = ["--seconds", "0", "--folder", str(tmp_path)]
    assert main(["--target", "dossier", *options]) == 0
    assert "0 found" in capsys.readouterr().out
    monkeypatch.setitem(TARGETS, "json", Target("json", lambda: [b"a"], failing))
    assert main(["--target", "json", *options]) == 1


def test_a_broken_package_has_no_parts() -> None:
    """Then its bytes are changed instead."""
    assert unpacked(b"PK\3\4 and no more") is None
