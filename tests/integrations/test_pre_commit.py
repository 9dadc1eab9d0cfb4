"""The hooks for pre-commit let a commit pass, or stop it, as the commands do.

pre-commit itself runs them here, with the library as it is installed. That it can install the
library too is tried at night: `PRE_COMMIT_INSTALLS=1`.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from required import required
from routeengine.cli import main

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
GIT = shutil.which("git")
required("source", None if MANIFEST.is_file() else "no part of this copy")
required("pre-commit", None if importlib.util.find_spec("pre_commit") else "not installed")
pytestmark = pytest.mark.gate

ARGS = {"routeengine-check": ["rules"], "routeengine-test": ["rules", "cases"]}
INSTALLS = os.environ.get("PRE_COMMIT_INSTALLS") == "1"


def hooks() -> dict[str, Any]:
    """Return the hooks as a repository of rules would name them, or as they are, installed here."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert {one["id"] for one in manifest} == set(ARGS)
    if INSTALLS:
        head = run(ROOT, str(GIT), "rev-parse", "HEAD").stdout.strip()
        named = [{"id": name, "args": args} for name, args in ARGS.items()]
        return {"repos": [{"repo": str(ROOT), "rev": head, "hooks": named}]}
    here = f"{sys.executable} -m routeengine"
    local = [
        {
            **one,
            "language": "system",
            "entry": one["entry"].replace("routeengine", here, 1),
            "args": ARGS[one["id"]],
        }
        for one in manifest
    ]
    return {"repos": [{"repo": "local", "hooks": local}]}


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with no settings of whoever runs the tests."""
    home = {"HOME": str(folder.parent), "PRE_COMMIT_HOME": str(folder.parent / "kept")}
    home |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
    }
    home |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **home},
    )


def test_a_commit_passes_or_is_stopped(tmp_path: Path) -> None:
    """Rules and cases that are well pass; a case that fails stops a commit, and so does a gap."""
    assert main(["init", str(tmp_path / "card"), "--lang", "en"]) == 0
    folder = tmp_path / "card"
    config = yaml.safe_dump(hooks())
    (folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8", newline="\n")
    git, pre_commit = str(GIT), [sys.executable, "-m", "pre_commit"]
    assert run(folder, git, "init", "--quiet").returncode == 0
    assert run(folder, *pre_commit, "install").returncode == 0
    run(folder, git, "add", ".")
    first = run(folder, git, "commit", "-m", "well")
    assert first.returncode == 0, first.stderr
    assert first.stderr.count("Passed") == 2

    path = folder / "rules/3-card.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{not: lives_in_town}]", "lives_in_town]"), encoding="utf-8")
    run(folder, git, "add", ".")
    second = run(folder, git, "commit", "-m", "a gap")
    assert second.returncode != 0
    assert second.stderr.count("Failed") == 2
    assert "[gap]" in second.stderr

    (folder / "notes.txt").write_text("no rules", encoding="utf-8")
    run(folder, git, "reset", "--quiet", "--hard")
    (folder / "notes.txt").write_text("no rules", encoding="utf-8")
    run(folder, git, "add", ".")
    third = run(folder, git, "commit", "-m", "nothing of rules")
    assert third.returncode == 0
    assert third.stderr.count("Skipped") == 2
