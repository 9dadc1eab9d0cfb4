"""Follows a page from top to bottom, as a reader does: writes its files and runs its blocks.

- ```` ```console ````: each line after `$ ` is a command, and what follows it is what it prints. A
  line `…` stands for any lines, and one that ends in `…` for the rest of it. `$ echo $?` prints
  the exit status of the command before it.
- ```` ```python ````: the blocks of a page share their names. Each line that begins with `# ` is
  a line that is printed.
- Under `<!-- file: NAME -->` a block is a file that is written, and under `<!-- change: NAME -->`
  it is a difference, which is applied.

Any other block fails: on these pages nothing is shown that is not run, but what stands under
`<!-- not run: WHY -->`. Under `<!-- needs: MODULE -->` it is run if that is installed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from routeengine.cli import main

__all__ = ["Page"]

BLOCK = re.compile(
    r"^(?:<!-- (?P<kind>file|change|needs|not run): (?P<name>[^\n]+?) -->\n\n?)?"
    r"```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
SHELL = re.compile(r"[|<>&;*$]|^(?!routeengine )")


def printed_as(shown: str) -> re.Pattern[str]:
    """Return what matches all that a block with `…` in it may stand for."""
    pattern = re.escape(shown)
    pattern = re.sub(r"^…\\?\n", r"(?:.*\\n)*?", pattern, flags=re.MULTILINE)
    return re.compile(pattern.replace("…\\\n", ".*\\\n"))


def change(text: str, difference: str) -> str:
    """Return a text after a difference of which each line is kept, added or taken out."""
    lines = difference.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"{text.count(old)} times there: {old}"
    return text.replace(old, new)


class Page:
    """A page that is followed in the current folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.names: dict[str, object] = {"__name__": path.stem}
        self.status = 0

    def follow(self) -> None:
        """Do all that the page says; what a command prints is written anew where that is asked.

        `ROUTEENGINE_RECORD=1` asks for it. Blocks with `…` are for a person to mend.
        """
        blocks = list(BLOCK.finditer(self.text))
        fences = re.findall(r"^```", self.text, re.MULTILINE)
        assert len(fences) == 2 * len(blocks)
        anew, end = "", 0
        for block in blocks:
            body = self.do(block)
            anew += self.text[end : block.start("body")] + body
            end = block.end("body")
        if os.environ.get("ROUTEENGINE_RECORD"):
            self.path.write_text(anew + self.text[end:], encoding="utf-8")

    def do(self, block: re.Match[str]) -> str:
        """Do what one block says, and return it as it should be."""
        body, path = block["body"], Path(block["name"] or "")
        absent = block["kind"] == "needs" and find_spec(block["name"]) is None
        if absent or block["kind"] == "not run":
            return body
        if block["kind"] == "file":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        elif block["kind"] == "change":
            path.write_text(change(path.read_text(encoding="utf-8"), body), encoding="utf-8")
        elif block["language"] == "python":
            self.run_python(body)
        else:
            assert block["language"] == "console", f"not run: {body}"
            return self.run_console(body)
        return body

    def run_python(self, body: str) -> None:
        """Run a block, and compare what it prints with its comments."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(body, self.path.name, "exec"), self.names)
        shown = "".join(f"{line}\n" for line in re.findall(r"^# ?(.*)$", body, re.MULTILINE))
        printed = out.getvalue().replace("\u00a0", " ")
        assert printed_as(shown).fullmatch(printed), f"{body}\nprints\n{printed}"

    def run_console(self, body: str) -> str:
        """Run the commands of a block, and compare what each prints with what is shown."""
        assert body.startswith("$ ")
        anew = ""
        for command, shown in COMMAND.findall(body):
            printed = self.run(command.replace("\\\n", " ")).replace("\u00a0", " ")
            if not os.environ.get("ROUTEENGINE_RECORD") or "…" in shown:
                assert printed_as(shown).fullmatch(printed), f"$ {command}\nprints\n{printed}"
                printed = shown
            anew += f"$ {command}\n{printed}"
        return anew

    def run(self, command: str) -> str:
        """Run one command; those of the library in this process, for speed."""
        if command == "echo $?":
            return f"{self.status}\n"
        out = io.StringIO()
        if not SHELL.search(command):
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                self.status = main(shlex.split(command)[1:])
            return out.getvalue()
        folder = Path(sys.executable).parent
        done = subprocess.run(
            ["/bin/bash", "-c", command],
            env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.status = done.returncode
        return done.stdout
