"""docs/authoring.md is true: its commands print what it shows, one after the other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from loading.test_schema import as_an_editor
from required import required
from routeengine.cli import main

PATH = Path(__file__).resolve().parents[2] / "docs" / "authoring.md"
PAGE = PATH.read_text(encoding="utf-8")
COMMAND = re.compile(r"^\$ routeengine (.*)\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
MOVED = ("{age: {at_most: 17}}", "{age: {at_most: 15}}")


def words(command: str) -> list[str]:
    """Part a command as a shell does; of quotes it has only double ones."""
    return [quoted or plain for quoted, plain in re.findall(r'"(.*?)"|(\S+)', command)]


def change(folder: Path, old: str, new: str) -> None:
    """Replace a text in the facts of a rule set."""
    path = folder / "2-facts.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_commands_print_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`ROUTEENGINE_RECORD=1 pytest tests/cli/test_authoring_docs.py` writes them anew."""
    monkeypatch.chdir(tmp_path)
    page = PAGE
    assert len(COMMAND.findall(PAGE)) == 5
    for command, shown in COMMAND.findall(PAGE):
        if "next" in command:
            shutil.copytree("library/rules", "next")
            change(Path("next"), *MOVED)
        main(words(command))
        printed = capsys.readouterr().out
        block = f"$ routeengine {command}\n"
        page = page.replace(f"{block}{shown}", f"{block}{printed}", 1)
    if os.environ.get("ROUTEENGINE_RECORD"):
        PATH.write_text(page, encoding="utf-8")
    assert page == PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize("of", ["rules", "cases"])
def test_the_schemas_of_the_page_take_the_files(
    of: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that the commands of the page write, of the files that `init` wrote."""
    monkeypatch.chdir(tmp_path)
    name = {"rules": "ruleset", "cases": "cases"}[of]
    for command, _ in COMMAND.findall(PAGE):
        if command.startswith("init") or f"/{name}.schema" in command:
            assert main(words(command)) == 0
    schema = json.loads(Path(f"library/schemas/{name}.schema.json").read_text(encoding="utf-8"))
    for path in Path("library", of).iterdir():
        Draft202012Validator(schema).validate(as_an_editor(path.read_text(encoding="utf-8")))


@pytest.mark.gate
def test_the_hook_refuses_a_version_that_was_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And takes one that was."""
    program = shutil.which("git")
    required("git", None if program else "there are no hooks")
    assert program is not None
    assert main(["init", str(tmp_path), "--lang", "en"]) == 0
    command = tmp_path / "bin" / "routeengine"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m routeengine "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "author")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "author@example.org")

    def git(*arguments: str) -> int:
        call = [program, *arguments]
        return subprocess.run(call, check=False, cwd=tmp_path, capture_output=True).returncode

    assert git("init") == git("add", "rules") == git("commit", "-m", "begin") == 0
    (script,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(script, encoding="utf-8")
    hook.chmod(0o755)
    change(tmp_path / "rules", *MOVED)
    header = tmp_path / "rules" / "1-ruleset.yaml"
    assert git("commit", "-a", "-m", "forgotten") == 1
    raised = header.read_text(encoding="utf-8").replace("version: 0.1.0", "version: 0.2.0")
    header.write_text(raised, encoding="utf-8")
    assert git("commit", "-a", "-m", "raised") == 0
