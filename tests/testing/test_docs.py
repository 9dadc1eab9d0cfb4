"""docs/testing.md is true: its files are written, its commands run, and they print what it says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

from routeengine import cli, testing
from testing.test_plugin import write

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")

STEP = re.compile(
    r"^ *<!-- (file|add|run):? ?(\S*) -->\n( *)```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL
)


def run(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], command: str) -> str:
    """Run a command of the page in its folder, and give what it prints."""
    program, *arguments = shlex.split(command)
    if program == "pytest":
        return pytester.runpytest(*arguments).stdout.str()
    assert program == "routeengine"
    capsys.readouterr()
    cli.main(arguments)
    return capsys.readouterr().out


@pytest.fixture
def as_many_as_a_reader() -> Iterator[None]:
    """Draw as many examples as Hypothesis does by itself: that a fault is found is no luck then."""
    usual = settings.get_current_profile_name()
    settings.register_profile("reader", settings.get_profile(usual), max_examples=100)
    settings.load_profile("reader")
    yield
    settings.load_profile(usual)


@pytest.mark.gate
@pytest.mark.usefixtures("as_many_as_a_reader")
def test_the_tutorial_can_be_followed(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the top to the end, each step after the one before."""
    commands = 0
    for kind, name, _, block in STEP.findall(PAGE):
        text = dedent(block)
        if kind == "file":
            write(pytester, name, text)
        elif kind == "add":
            write(pytester, name, (pytester.path / name).read_text(encoding="utf-8") + block)
        else:
            commands += 1
            command, *promised = text.splitlines()
            printed = iter(run(pytester, capsys, command.removeprefix("$ ")).splitlines())
            for line in promised:
                assert any(line in one for one in printed), f"{command}: {line}"
    assert commands == 7
    assert (pytester.path / "test_dossiers.py").exists()


@pytest.mark.gate
def test_the_machine_of_the_page_runs(pytester: pytest.Pytester) -> None:
    """The last file of the page is a test that passes."""
    blocks = {name: dedent(block) for kind, name, _, block in STEP.findall(PAGE) if kind == "file"}
    write(pytester, "test_dossiers.py", blocks["test_dossiers.py"])
    pytester.runpytest().assert_outcomes(passed=1)


def test_every_law_stands_in_the_table() -> None:
    """And every name that the kit offers is told of."""
    for law in testing.LAWS:
        assert f"| `{law.__name__}` |" in PAGE
    for name in ("twins", "dossier_machine", "rulesets", "partial_profiles", "BrokenLawError"):
        assert name in PAGE
