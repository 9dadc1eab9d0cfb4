"""The wheel as it is built runs in Pyodide, and says there what it says in CPython."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portable.commands import told
from portable.pyodide_parts import ROOT, absent, interpreter, parts, wheels
from required import required
from routeengine.loading.files import shipped_folder
from routeengine.studio import PYODIDE

pytestmark = pytest.mark.gate

HERE = Path(__file__).parent

SOON = "            - not: can_start_soon\n            - willing\n        then: B\n"


def in_pyodide(folder: Path, filled: Path, commands: list[list[str]]) -> dict[str, Any]:
    """Return what the commands tell there, what was imported, and how long it took."""
    task = {
        "pyodide": str(interpreter(filled)),
        "wheels": wheels(filled),
        "folder": str(folder),
        "script": (HERE / "commands.py").read_text(encoding="utf-8"),
        "commands": commands,
    }
    done = subprocess.run(
        [shutil.which("node") or "node", str(HERE / "pyodide_run.mjs")],
        check=False, input=json.dumps(task), capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    # What goes wrong there is printed with all of its own source before it.
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def sizes(filled: Path) -> dict[str, int]:
    """Return how many bytes it takes: Pyodide itself, the library, and its dependencies."""
    own, others = 0, 0
    for wheel in map(Path, wheels(filled)):
        size = wheel.stat().st_size
        own, others = (size, others) if "routeengine" in wheel.name else (own, others + size)
    itself = sum((interpreter(filled) / name).stat().st_size for name in PYODIDE)
    return {"pyodide": itself, "routeengine": own, "dependencies": others}


def two_versions(folder: Path) -> tuple[str, str]:
    """Write the shipped rules, and the same with an overlap: who can start soon fits A and B."""
    old, new = folder / "old", folder / "new"
    for one in (old, new):
        shutil.copytree(shipped_folder() / "rijswijk-2023", one)
    route = new / "decision-2-route.yaml"
    text = route.read_text(encoding="utf-8")
    assert text.count(SOON) == 1
    route.write_text(text.replace(SOON, SOON.partition("\n")[2]), encoding="utf-8")
    return str(old), str(new)


def test_what_it_tells_is_what_it_tells_in_cpython(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every verdict of the made caseload, explanations, findings and differences, to the letter.

    Nothing is fetched meanwhile: what it needs was installed by name.
    """
    required("node", absent())
    filled = parts(tmp_path_factory.mktemp("pyodide"))
    caseload = str(shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path))
    card = str(shutil.copytree(ROOT / "fixtures" / "library-card", tmp_path / "library-card"))
    old, new = two_versions(tmp_path)
    explain = ["explain", caseload, "--client"]
    commands = [
        ["check", card],
        ["check", new, "--json"],
        ["diff", old, new, "--lang", "nl"],
        ["classify", caseload, "-o", "-", "--to", "jsonl"],
        [*explain, "R-0002", "--lang", "nl"],
        [*explain, "R-0003", "--lang", "en"],
        [*explain, "R-0004", "--format", "json"],
        ["export", "json-schema", "--rules", card, "--of", "profile"],
        ["classify", f"{caseload}.absent"],
    ]
    there = in_pyodide(tmp_path, filled, commands)
    since = time.process_time()
    here = json.loads(told(json.dumps(commands)))
    times = there["times"] | {"in CPython": round(time.process_time() - since, 1)}
    # `-s` shows it: the page of documentation has it from here.
    sys.stdout.write(f"\n{sizes(filled)} bytes, {times} seconds of a processor\n")
    assert [one["status"] for one in here] == [0, 1, 1, 0, 0, 0, 0, 0, 2]
    for command, mine, its in zip(commands, here, there["answers"], strict=True):
        assert its == mine, command
    assert "pydantic_core._pydantic_core" in there["loaded"]
    assert not {"yaml._yaml", "markupsafe._speedups", "pyarrow"} & {*there["loaded"]}
