"""The example of a GitHub action: its own steps are run here, where there is no GitHub.

What it uses of others (`actions/setup-python`) is not run, `pip` and `gh` are stand-ins that write
down how they are called, and expressions are filled in by this test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from required import required
from routeengine.cli import main

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "examples/github-action"
WHOLE: dict[str, Any] = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = WHOLE["runs"]["steps"]
BASH, GIT = shutil.which("bash"), shutil.which("git")
required("bash", None if BASH and GIT else "there is no bash or no git")
pytestmark = pytest.mark.gate

STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >>"$CALLS"
"""


@dataclass(frozen=True)
class Repository:
    """A repository of rules with two commits, and what a run in it leaves."""

    folder: Path
    base: str

    def run(self, **inputs: str) -> tuple[int, str]:
        """Run the steps of the action until one fails, and return its status and the report."""
        temporary = self.folder.parent
        report = temporary / "routeengine.md"
        given = {name: str(one.get("default", "")) for name, one in WHOLE["inputs"].items()}
        known = {
            **{f"inputs.{name}": text for name, text in {**given, **inputs}.items()},
            "github.event.pull_request.base.sha": self.base,
            "github.event.pull_request.number": "7",
            "github.token": "secret",
            "runner.temp": str(temporary),
            "steps.report.outputs.report": str(report),
        }
        install, check, comment = (step for step in STEPS if "run" in step)
        assert "always() && steps.report.outputs.report != ''" in comment["if"]
        status = self._step(install, known) or self._step(check, known)
        if f"report={report}\n" in (temporary / "output").read_text(encoding="utf-8"):
            status = self._step(comment, known) or status
        text = report.read_text(encoding="utf-8") if report.exists() else ""
        return status, text.replace(str(self.folder), "")

    def _step(self, step: Mapping[str, Any], known: Mapping[str, str]) -> int:
        temporary = self.folder.parent
        env = {
            **os.environ,
            "PATH": f"{temporary}/bin{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(temporary / "calls"),
            "GITHUB_ACTION_PATH": str(ACTION),
            "GITHUB_OUTPUT": str(temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
            **{name: fill(fill(text, known), known) for name, text in step["env"].items()},
        }
        run = [str(BASH), "-e", "-o", "pipefail", "-c", step["run"]]
        return subprocess.run(run, cwd=self.folder, env=env, check=False).returncode

    @property
    def calls(self) -> list[str]:
        """How the stand-ins were called."""
        return (self.folder.parent / "calls").read_text(encoding="utf-8").splitlines()


def fill(text: str, known: Mapping[str, str]) -> str:
    """Put in what an expression stands for."""
    return re.sub(r"\$\{\{ *(\S+) *\}\}", lambda found: known[found[1]], text)


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody, and return what it prints."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    run = [str(GIT), *who, *arguments]
    return subprocess.run(run, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Commit rules, cases and a caseload; then rules in which the text of a policy changed."""
    folder, bin_ = tmp_path / "repository", tmp_path / "bin"
    folder.mkdir()
    bin_.mkdir()
    for name in ("python", "gh"):
        (bin_ / name).write_text(STAND_IN, encoding="utf-8")
        (bin_ / name).chmod(0o755)
    (bin_ / "routeengine").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m routeengine "$@"\n', encoding="utf-8"
    )
    (bin_ / "routeengine").chmod(0o755)
    shutil.copytree(ROOT / "rules/rijswijk-2023", folder / "rijswijk")
    shutil.copy(ROOT / "fixtures/caseload.csv", folder)
    assert main(["init", str(folder / "card")]) == 0
    (tmp_path / "output").touch()
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "as it was")
    return Repository(folder, git(folder, "rev-parse", "HEAD").strip())


def change(repository: Repository, name: str, old: str, new: str) -> None:
    """Change something in a file of rules, which has to be there."""
    path = repository.folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_no_text_of_others_is_run() -> None:
    """Expressions stand in the environment alone: in a script they would be code."""
    assert all("${{" not in step.get("run", "") for step in STEPS)


def test_nothing_changed(repository: Repository) -> None:
    """All is fine, and it is said on the pull request, in the language that is asked."""
    status, report = repository.run(
        rules="./card/rules/", cases="card/cases", lang="nl", package="routeengine==1"
    )
    assert status == 0
    headings = re.findall(r"^##+ (.*)$", report, re.MULTILINE)
    assert headings == [
        "Regels: ./card/rules/",
        "Nagelopen: in orde",
        "Voorbeelden: in orde",
        "Wat er verandert, en voor wie: niets",
    ]
    report_file = repository.folder.parent / "routeengine.md"
    assert repository.calls == [
        "python -m pip install --quiet routeengine==1",
        f"gh pr comment 7 --edit-last --create-if-none --body-file {report_file}",
    ]
    assert (repository.folder.parent / "summary").read_text(encoding="utf-8")


def test_who_moves_is_counted_and_not_named(repository: Repository) -> None:
    """A change is no failure where its version is raised; small counts are hidden."""
    change(repository, "rijswijk/ruleset.yaml", "version: 1.", "version: 9.")
    change(repository, "rijswijk/criteria.yaml", "        count: 2\n", "        count: 3\n")
    status, report = repository.run(rules="rijswijk", caseload="caseload.csv", by="rung")
    assert "### What changes, and for whom: different" in report
    assert not re.search(r"R-\d{4}", report)
    assert "< 5" in report or "hidden" in report
    assert status == 0


def test_what_is_found_fails(repository: Repository) -> None:
    """Rules that do not load could not be run (2), and the report says where the fault is."""
    change(repository, "card/rules/3-card.yaml", "decisions:", "decision:")
    status, report = repository.run(rules="card/rules", cases="card/cases")
    assert status == 2
    assert "### Checked: could not run" in report
    assert "card/rules/3-card.yaml" in report
    assert len(repository.calls) == 2


def test_a_version_that_is_not_raised_is_found(repository: Repository) -> None:
    """The check holds the rules against those of the base."""
    change(repository, "card/rules/2-facts.yaml", "at_most: 17", "at_most: 16")
    status, report = repository.run(rules="card/rules")
    assert status == 1
    assert "### Checked: something was found" in report
    assert "version_not_raised" in report


def test_rules_that_are_new(repository: Repository) -> None:
    """There is nothing to compare them with, and that is said."""
    shutil.move(repository.folder / "card", repository.folder / "other")
    status, report = repository.run(rules="other/rules")
    assert status == 0
    assert "These rules are new" in report


@pytest.mark.parametrize("inputs", [{"base": "0" * 40}, {"caseload": "caseload.csv"}])
def test_what_is_lacking_is_said(
    repository: Repository, capfd: pytest.CaptureFixture[str], inputs: dict[str, str]
) -> None:
    """A base that is not fetched is no new rule set; and who moves is only told by groups."""
    status, report = repository.run(rules="card/rules", **inputs)
    assert status > 0
    assert report == ""
    said = capfd.readouterr().err
    assert ("by which column" if "caseload" in inputs else "fetch-depth") in said
    assert len(repository.calls) == 1
