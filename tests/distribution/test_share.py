"""Shells complete the command line as it is, and its page of the manual has all of it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from required import required
from routeengine.cli.arguments import COMMANDS, FORMS, parser

TOOLS = ("shtab", "argparse_manpage")
ABSENT = [name for name in TOOLS if importlib.util.find_spec(name) is None]
required("shtab", f"{', '.join(ABSENT)} not installed" if ABSENT else None)

# It imports both tools, so it cannot stand above the line that skips this module without them.
from distribution.share import COMPLETIONS, MANUAL, SHARE, arguments, texts  # noqa: E402  needs both

BASH = shutil.which("bash")
ASK = """
source "$1"; shift
COMP_WORDS=(routeengine "$@") COMP_CWORD=$#
_shtab_routeengine
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_what_is_kept_is_what_the_command_line_is() -> None:
    """Each file in `share/` is as it would be written now, and there is no other."""
    wanted = dict(texts())
    assert {path: path.read_text(encoding="utf-8") for path in wanted} == wanted
    assert {path for path in SHARE.rglob("*") if path.is_file()} == wanted.keys()


def test_each_command_and_option_is_in_each() -> None:
    """Nothing that can be typed is left out of a completion or of the manual."""
    names = {*COMMANDS, *FORMS}
    names |= {name for one in arguments(parser()) for name in one.option_strings if len(name) > 2}
    for path in [*COMPLETIONS.values(), MANUAL]:
        text = (SHARE / path).read_text(encoding="utf-8").replace("\\-", "-")
        for name in names - {"--help"}:
            assert name.lstrip("-") in text, (path, name)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["cl"], {"classify"}),
        (["export", ""], {*FORMS}),
        (["explain", "x.csv", "--audience", "c"], {"client", "consultant"}),
        (["check", "--ag"], {"--against"}),
        (["classify", "case"], {"caseload.csv"}),
        (["init", "case"], {"cases"}),
    ],
)
def test_bash_offers(tmp_path: Path, typed: list[str], offered: set[str]) -> None:
    """Commands, forms, choices, options, files and folders."""
    required("bash", None if BASH else "there is no `bash`")
    (tmp_path / "caseload.csv").touch()
    (tmp_path / "cases").mkdir()
    script = SHARE / COMPLETIONS["bash"]
    run = subprocess.run(
        [str(BASH), "-c", ASK, "bash", str(script), *typed],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    said = {line.rstrip("/ ") for line in run.stdout.splitlines()}
    assert offered <= said


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_theirs(shell: str) -> None:
    """Without a word: no shell finds a fault in its own."""
    program = shutil.which(shell)
    required(shell, None if program else f"there is no `{shell}`")
    run = subprocess.run(
        [str(program), "-n", str(SHARE / COMPLETIONS[shell])],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("", "")


def test_the_manual_is_of_no_day() -> None:
    """It is the same whenever it is written, and names no version that it would have to follow."""
    first = (SHARE / MANUAL).read_text(encoding="utf-8").partition("\n")[0]
    assert re.fullmatch(r'\.TH ROUTEENGINE "1" "" "routeengine" "User Commands"', first)
