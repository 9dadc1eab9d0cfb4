"""Writes what shells complete of the command line, and its page of the manual, into `share/`.

    python tests/distribution/share.py

`tests/distribution/test_share.py` fails if one is out of date. They are kept, and not made when the
command runs: so its start takes no longer, and an installation needs nothing more.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

from routeengine.cli.arguments import parser

SHARE = Path(__file__).resolve().parents[2] / "share"

COMPLETIONS = {
    "bash": "bash-completion/completions/routeengine",
    "zsh": "zsh/site-functions/_routeengine",
    "fish": "fish/vendor_completions.d/routeengine.fish",
}
"""The shells, and where each looks below `share/`."""

MANUAL = "man/man1/routeengine.1"

FOLDERS = {"DIR"}
FILES = {"CASELOAD", "CASES", "EARLIER", "F", "FILE", "OUT", "RECORD"}
RULES = {"NEW", "OLD", "R", "RULES"}
"""The words that stand for a path: of a folder, of a file, and of either or a shipped name."""


def texts() -> Iterator[tuple[Path, str]]:
    """Yield each file with its text, as it is published."""
    top = parser()
    for one in arguments(top):
        # `shtab` looks for this attribute, which argparse does not declare.
        if one.metavar in FOLDERS:
            vars(one)["complete"] = shtab.DIRECTORY
        elif one.metavar in FILES | RULES:
            vars(one)["complete"] = shtab.FILE
    for shell, path in COMPLETIONS.items():
        yield SHARE / path, shtab.complete(top, shell)
    yield SHARE / MANUAL, manual(top)


def arguments(one: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the arguments of a command and of those below it."""
    for action in one._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from arguments(below)


def manual(top: argparse.ArgumentParser) -> str:
    """Return the page of the manual: without a day, so that it is the same on each."""
    os.environ["COLUMNS"] = "80"
    about = {
        "prog": "routeengine",
        "project_name": "routeengine",
        "description": "classify client profiles by declarative rules",
        "manual_section": "1",
        "manual_title": "User Commands",
    }
    page = str(Manpage(top, format="pretty", _data=about))
    return re.sub(r'^(\.TH \S+ "1") "[^"]*"', r'\1 ""', page)


if __name__ == "__main__":
    for path, text in texts():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
