"""Writes the tables of options in docs/command-line.md: `python tests/api/commands.py`.

What stands around the tables is written by hand. A table belongs under its mark,
`<!-- options: classify -->` or `<!-- options: export sql -->`, up to the next empty line.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from routeengine.cli.arguments import parser

PAGE = Path(__file__).resolve().parents[2] / "docs/command-line.md"

TABLE = re.compile(r"^<!-- options: (.+) -->\n\n(?:\|.*\n)*", re.MULTILINE)


def commands(
    top: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield each command that can be given, and what reads its arguments."""
    below = [one for one in top._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield name.strip(), top
    for one in below:
        for word, inner in one.choices.items():
            yield from commands(inner, f"{name} {word}")


def table(command: argparse.ArgumentParser) -> str:
    """Return the rows of a command: what stands on its line first, and then its options."""
    rows = ["| argument | what it does |\n| --- | --- |\n"]
    actions = [one for one in command._actions if not isinstance(one, argparse._HelpAction)]
    for one in sorted(actions, key=lambda action: bool(action.option_strings)):
        value = one.metavar or "\\|".join(one.choices or ())
        words = " ".join([", ".join(one.option_strings), str(value)]).strip()
        needed = ", required" if one.required and one.option_strings else ""
        rows.append(f"| `{words}` | {(one.help or '').replace('|', chr(92) + '|')}{needed} |\n")
    return "".join(rows)


def page(text: str) -> str:
    """Return the page with each table as the command line has it now."""
    found = dict(commands(parser()))

    def drawn(mark: re.Match[str]) -> str:
        return f"<!-- options: {mark[1]} -->\n\n{table(found[mark[1]])}"

    return TABLE.sub(drawn, text)


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
