"""The page of the command line has every command, every option and every exit status."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from api.commands import PAGE, TABLE, commands, page
from routeengine.cli import ENDS, FAILED, FINE, FOUND
from routeengine.cli.arguments import parser

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_tables_are_what_the_commands_take() -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/api` writes them anew, and so does the script."""
    text = PAGE.read_text(encoding="utf-8")
    made = page(text)
    if os.environ.get("ROUTEENGINE_RECORD") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert made == PAGE.read_text(encoding="utf-8"), "run `python tests/api/commands.py`"


def test_every_command_has_its_table() -> None:
    """One each, in the order of `--help`, under a heading of its name."""
    text = PAGE.read_text(encoding="utf-8")
    names = [name for name, _ in commands(parser())]
    assert sorted(TABLE.findall(text)) == sorted(names)
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert sorted(headings) == sorted(names)


def test_the_readme_names_every_command() -> None:
    """In its short table."""
    text = README.read_text(encoding="utf-8")
    part = text[text.index("## On the command line") : text.index("## Read on")]
    named = {name.split()[-1] for name in re.findall(r"`((?:routeengine )?[a-z]+)`", part)}
    assert named == {name.split()[0] for name, _ in commands(parser())}


def test_every_command_has_an_example() -> None:
    """In its own section; `tests/website/test_examples.py` runs them."""
    text = PAGE.read_text(encoding="utf-8")
    shown = "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert [name for name, _ in commands(parser()) if f"routeengine {name} " not in shown] == []


def test_every_exit_status_is_on_the_page() -> None:
    """The three of a command that ran or could not, and those of a signal."""
    text = PAGE.read_text(encoding="utf-8")
    rows = [int(row) for row in re.findall(r"^\| (\d+) \| ", text, re.MULTILINE)]
    signals = sorted(128 + getattr(signal, name) for name in ENDS)
    assert rows == [FINE, FOUND, FAILED, *signals]
