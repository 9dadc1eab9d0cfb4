"""All benchmarks, one command; the table and the plots go to docs/.

    python benchmarks/run.py            everything but the file of 10 GB: some twelve minutes
    python benchmarks/run.py --huge     with that file too: ten minutes more, and room for it
    python benchmarks/run.py --only rows growth    these anew, beside what was measured before
    python benchmarks/run.py --quick    that nothing here has rotted: half a minute, writes nothing

The peers are installed into an environment of their own, in `benchmarks/.peers`, from
`requirements.lock`; the library itself needs none of them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bars import BARS, FAMILIES

from report import written

HERE = Path(__file__).parent
ROOT = HERE.parent
KEPT = HERE / "figures.json"
MADE = [
    (kind, rules, facts)
    for rules, facts in ((10, 20), (100, 100), (1000, 300))
    for kind in ("local", "references", "unstructured")
]
FILES: dict[str, tuple[str, ...]] = {
    "parquet": ("--format", "parquet", "--rows", "1_000_000"),
    "csv": ("--format", "csv", "--rows", "1_000_000"),
    "jsonl": ("--format", "jsonl", "--rows", "250_000"),  # its lines are long
    "plain": ("--format", "csv", "--rows", "40_000", "--plain"),
}
HUGE = ("--format", "csv", "--gigabytes", "10", "--rounds", "1")
PATIENCE = 60
"""Seconds that a made rule set is waited for."""

ENDLESS = [math.inf, math.inf]
LATE: dict[str, dict[str, Any]] = {
    "family": {"answer": ENDLESS, "all_true": ENDLESS, "exact": False},
    "check": {"check": ENDLESS, "proved": False},
    "made": dict.fromkeys(("load", "build", "known_ms", "unknown_ms"), ENDLESS) | {"exact": 0.0},
}
"""What stands for that which does not end in time."""


def run(python: str, script: str, *arguments: object, patience: float | None = None) -> Any:
    """Run one script in a process of its own, and give the JSON that it prints."""
    print(script, *arguments, flush=True)
    command = [python, str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=patience, check=True)  # noqa: S603  our own scripts
    return json.loads(done.stdout)


def patiently(python: str, what: str, *arguments: object) -> dict[str, Any]:
    """Run `growth.py`, as long as we have patience."""
    try:
        found: dict[str, Any] = run(python, "growth.py", what, *arguments, patience=PATIENCE)
    except subprocess.TimeoutExpired:
        return LATE[what]
    return found


def grown(python: str) -> dict[str, Any]:
    """Measure every made rule set, and every family."""
    return {
        "made": [
            {"kind": kind, "rules": rules, "facts": facts}
            | patiently(python, "made", kind, rules, facts)
            for kind, rules, facts in MADE
        ],
        "families": {
            name: {"n": n}
            | patiently(python, "family", name, n)
            | patiently(python, "check", name, n)
            for name, n in FAMILIES.items()
        },
    }


PARTS: dict[str, Callable[[str], Any]] = {
    "single": lambda python: run(python, "compare.py"),
    "fresh": lambda python: run(python, "fresh.py"),
    "documents": lambda python: run(python, "documents.py"),
    "rows": lambda python: run(python, "rows.py"),
    "growth": grown,
    "points": lambda python: run(python, "points.py"),
    "tabled": lambda python: run(python, "tabled.py"),
    "files": lambda python: {
        form: run(python, "files.py", "--rounds", 3, *asked) for form, asked in FILES.items()
    },
    "huge": lambda python: run(python, "files.py", *HUGE),
}


def peers_python() -> str:
    """Install the peers, once per lock file, and give the Python that has them."""
    home = HERE / ".peers"
    python = str(home / "bin/python")
    lock = (HERE / "requirements.lock").read_text(encoding="utf-8")
    mark = home / "installed.lock"
    if not mark.exists() or mark.read_text(encoding="utf-8") != lock:
        venv.create(home, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*install, "-r", str(HERE / "requirements.lock")], check=True)  # noqa: S603  our own lock file
        subprocess.run([*install, "-e", f"{ROOT}[tables]"], check=True)  # noqa: S603  this project
        mark.write_text(lock, encoding="utf-8")
    return python


def quick() -> None:
    """Run a small piece of everything that needs no peer, and hold the page to its figures."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    if any(path.read_text(encoding="utf-8") != text for path, text in written(kept).items()):
        sys.exit("docs/benchmarks.md or a picture is not what `run.py` wrote")
    if any(bar.row({})[-1].startswith("met") for bar in BARS):
        sys.exit("a bar is met by a run that measured nothing")
    for script in ("compare.py", "rows.py", "fresh.py", "documents.py", "points.py", "tabled.py"):
        run(sys.executable, script, "--quick")
    for what, name, *sizes in (
        ("made", "references", 10, 20),
        ("family", "pairs", 6),
        ("check", "pairs", 6),
    ):
        run(sys.executable, "growth.py", what, name, *sizes)
    for form, asked in FILES.items():
        rows = 2_000 if form == "plain" else 20_000
        run(sys.executable, "files.py", *asked, "--rows", rows, "--rounds", 1)


def circumstances() -> dict[str, str]:
    """Say when, of what and where a part was measured."""
    asked = ("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude", "*")
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603  git
    processor = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("model name")[1]
    model = processor.splitlines()[0].partition(":")[2].strip()
    return {
        "commit": told or "unknown",
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {model}",
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def main() -> None:
    """Measure, and write docs/benchmarks.md and docs/pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a small piece of all, without peers")
    parser.add_argument("--huge", action="store_true", help="a file of 10 GB too")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, help="measure these anew, keep the rest"
    )
    options = parser.parse_args()
    if options.quick:
        quick()
        return
    python = peers_python()
    # What is not measured now stays, with the commit and the day that it was measured on.
    figures = json.loads(KEPT.read_text(encoding="utf-8"))
    for part in options.only or [one for one in PARTS if options.huge or one != "huge"]:
        at = circumstances()  # before the part: the load is that of others
        figures[part] = PARTS[part](python) | {"at": at}
    KEPT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for path, text in written(json.loads(KEPT.read_text(encoding="utf-8"))).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
