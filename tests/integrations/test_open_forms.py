"""The plug-in for Open Forms passes its own tests, as a package of its own, far from this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/open-forms"


@pytest.mark.gate
def test_its_own_tests_pass(tmp_path: Path) -> None:
    """With stand-ins for Open Forms and Django, and with the settings of its own."""
    here = tmp_path / "open-forms"
    shutil.copytree(EXAMPLE, here, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        command, cwd=here, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "passed" in run.stdout
