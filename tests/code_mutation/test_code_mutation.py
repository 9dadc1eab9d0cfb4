"""Faults are made as they are told, and it is seen whether tests notice them."""

from __future__ import annotations

import ast
from pathlib import Path
from random import Random
from textwrap import dedent

import pytest

from code_mutation.faults import faults_in
from code_mutation.run import (
    LIBRARY,
    FailingError,
    Mutant,
    Project,
    Workplace,
    main,
    page,
    run,
    survivors,
)


@pytest.mark.parametrize(
    ("code", "mutants"),
    [
        ("a < b", {"(a <= b)"}),
        ("a is not b", {"(a is b)"}),
        ("a and b and c", {"(a or b or c)", "(b and c)", "(a and c)", "(a and b)"}),
        ("not a", {"(a)"}),
        ("-a", {"(a)"}),
        ("a << b", {"(a >> b)"}),
        ("b if a else c", {"b if True else c", "b if False else c"}),
        ("[a for a in b if a]", {"[a for a in b if True]"}),
        ("f(0, True)", {"f(1, True)", "f(0, False)", "pass"}),
        ("a = 'é' + b'x'", {"a = 'é~' + b'x'", "a = 'é' + b'x~'", "a = ('é' - b'x')"}),
        ("a = f'{b}c'", {"a = f'{b}c~'"}),
        ("a += b", {"a -= b", "pass"}),
        ("a.b = c", {"pass"}),
        ("del a", {"pass"}),
        ("raise a", {"pass"}),
        ("while a: b", {"while False: b", "while a: pass"}),
        ("if a: b", {"if True: b", "if False: b", "if a: pass"}),
        ("for a in b: continue", {"for a in b: break"}),
        ("def f():\n    return a", {"def f():\n    return None"}),
        ("def f(a=1):\n    return None", {"def f(a=2):\n    return None"}),
        (
            "match a:\n    case 'b': c",
            {"match a:\n    case 'b~': c", "match a:\n    case 'b': pass"},
        ),
    ],
)
def test_each_kind_of_fault(code: str, mutants: set[str]) -> None:
    """Each is put where it belongs, and all else stays as it was written."""
    source = f"# é: the places of bytes, and not of letters, count\n{code}  # and that\n"
    made = [fault.put_in(source) for fault in faults_in(source)]
    plain = [one.split("\n", 1)[1].removesuffix("  # and that\n") for one in made]
    # A lone expression is a statement, and can be left out.
    assert set(plain) - {"pass"} == mutants - {"pass"}
    assert "pass" not in mutants or "pass" in plain
    assert len(plain) == len(set(plain))


def test_what_no_test_should_pin_down_is_left_out() -> None:
    """Documentation, annotations, decorators and what only type checkers read are no code."""
    source = '''
        """A module."""
        from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar
        if TYPE_CHECKING:
            from somewhere import Something
        __all__ = ["A"]
        T = TypeVar("T")
        B: TypeAlias = Literal["a", "b"]
        """What it is."""
        @decorated(frozen=True)
        class A(Base[0]):
            """A class."""
            a: Literal[1]
            def b(self, c: Literal[2]) -> Literal[3]:
                """A method."""
    '''
    assert list(faults_in(dedent(source))) == []


@pytest.mark.gate
def test_every_fault_is_another_program() -> None:
    """Whichever module of the library it is in, it can be read, and says something else."""
    random, tried = Random(3), 0
    files = sorted((LIBRARY.root / LIBRARY.source).rglob("*.py"))
    for file in random.sample(files, 15):
        source = file.read_text(encoding="utf-8")
        lines, whole = source.splitlines(), ast.dump(ast.parse(source))
        faults = list(faults_in(source))
        for fault in random.sample(faults, min(10, len(faults))):
            assert ast.dump(ast.parse(fault.put_in(source))) != whole
            assert lines[fault.line - 1].find(fault.before.split("\n")[0]) >= 0
            tried += 1
    assert tried > 100


def test_every_package_has_its_code_and_its_tests() -> None:
    """What is named is there, so that nothing is passed over without a word."""
    for package, tests in LIBRARY.packages.items():
        assert (LIBRARY.root / LIBRARY.source / package).exists()
        assert all((LIBRARY.root / "tests" / one).exists() for one in tests)
        assert any(mutant.package == package for mutant in LIBRARY.mutants([package]))


SUMS = '''
"""Sums."""

LIMIT = 10


def total(numbers):
    """Add up."""
    if not numbers:
        raise ValueError("nothing to add up")
    return sum(numbers)


def is_large(number):
    """Say whether a number is large."""
    return number > LIMIT
'''

TESTS = """
import pytest
from hypothesis import given, strategies as st
from toy.sums import is_large, total


@given(st.lists(st.integers(), min_size=1))
def test_total(numbers):
    assert total(numbers) == sum(numbers)


def test_nothing():
    with pytest.raises(ValueError):
        total([])


def test_large():
    assert is_large(12)
"""


@pytest.fixture
def toy(tmp_path: Path) -> Project:
    """Make a project whose tests do not look at words, nor at the limit."""
    root = tmp_path / "toy"
    for name, text in (("src/toy/sums.py", SUMS), ("tests/test_sums.py", TESTS)):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text, encoding="utf-8")
    return Project(root, "src/toy", {"sums.py": ("test_sums.py",)})


@pytest.mark.gate
def test_what_tests_do_not_notice_is_told(toy: Project, tmp_path: Path) -> None:
    """Just the faults that no test sees survive, and the project's own files stay as they are."""
    kinds = ("number", "text", "comparison", "return")
    mutants = [one for one in toy.mutants() if one.fault.kind in kinds]
    fates = run(toy, mutants, seconds=600)
    unseen = {
        "src/toy/sums.py:4: number: `10` becomes `11`",
        "src/toy/sums.py:10: text: `\"nothing to add up\"` becomes `'nothing to add up~'`",
        "src/toy/sums.py:16: comparison: `number > LIMIT` becomes `(number >= LIMIT)`",
    }
    assert set(survivors(toy, mutants, fates).splitlines()) == unseen
    assert set(fates) == {"noticed", "survived"}
    written = page(mutants, fates, len(mutants), seed=1)
    assert f"**Score: {100 * (len(mutants) - 3) / len(mutants):.1f} %**" in written
    assert "| text | 1 | 0 | 0.0 % |" in written
    assert (toy.root / "src/toy/sums.py").read_text(encoding="utf-8") == SUMS


@pytest.mark.gate
def test_what_the_time_does_not_suffice_for_is_not_tried(toy: Project) -> None:
    """It counts neither as noticed nor as survived."""
    mutants = list(toy.mutants())[:2]
    fates = run(toy, mutants, seconds=0)
    assert set(fates) == {"not tried"}
    assert "- 0 of 9 faults tried" in page(mutants, fates, 9, seed=1)
    assert survivors(toy, mutants, fates) == ""


def test_tests_that_do_not_end_are_stopped(toy: Project, tmp_path: Path) -> None:
    """No answer within the time is an answer too."""
    workplace = Workplace(toy, tmp_path / "work")
    assert workplace.run(["tests/test_sums.py"], {"tests": []}, 0.01) is None
    (mutant, *_) = toy.mutants()
    assert isinstance(mutant, Mutant)
    assert workplace.attempt(mutant, ["tests/test_sums.py::test_large"], 0.01) == "too slow"


@pytest.mark.gate
def test_tests_that_fail_already_say_so(toy: Project) -> None:
    """Then no mutant is tried: each would be noticed."""
    (toy.root / "src/toy/sums.py").write_text("", encoding="utf-8")
    mutant = next(iter(LIBRARY.mutants(["intake.py"])))
    with pytest.raises(FailingError, match=r"tests of `sums\.py` fail as it is"):
        run(toy, [Mutant("sums.py", "sums.py", mutant.fault)], seconds=60)


def test_what_is_not_there_cannot_be_mutated(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is none of the packages, folders or modules is told."""
    with pytest.raises(SystemExit):
        main(["--only", "no_such_thing"])
    assert "there is nothing of that to mutate" in capsys.readouterr().err
