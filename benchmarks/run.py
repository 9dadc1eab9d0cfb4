"""All benchmarks, one command; the table and the plots go to docs/.

    python benchmarks/run.py            everything, beside the peers: about ten minutes
    python benchmarks/run.py --quick    that nothing here has rotted: half a minute, writes nothing

The peers are installed into an environment of their own, in `benchmarks/.peers`, from
`requirements.lock`; the library itself needs none of them.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import venv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
GROWTH = [
    (kind, rules, facts)
    for rules, facts in ((10, 20), (100, 100), (1000, 300))
    for kind in ("local", "references", "unstructured")
]
PARTS = {"single": "compare.py", "rows": "rows.py", "bars": "bars.py", "growth": "growth.py",
         "files": "files.py"}  # fmt: skip
FILES = {"parquet": 1_000_000, "csv": 1_000_000, "jsonl": 250_000}
"""Rows per format: JSON Lines are long."""

PATIENCE = 60
"""Seconds after which a generated rule set counts as too large."""


def run(python: str, script: str, *arguments: str, patience: float | None = None) -> Any:
    """Run one script in a process of its own, and give the JSON that it prints."""
    print(f"{script} {' '.join(arguments)}", flush=True)
    command = [python, str(HERE / script), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=patience)  # noqa: S603  our own scripts
    return json.loads(done.stdout)


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


def grown() -> list[dict[str, Any]]:
    """Measure every generated rule set; one that takes too long is reported as that."""
    rows = []
    for kind, rules, facts in GROWTH:
        try:
            row = run(sys.executable, "growth.py", kind, str(rules), str(facts), patience=PATIENCE)
        except subprocess.TimeoutExpired:
            row = {"kind": kind, "rules": rules, "facts": facts, "build_ms": None}
        rows.append(row)
    return rows


def classified(python: str) -> dict[str, Any]:
    """Classify a large file of each format."""
    asked = ("--json", "--rounds", "3")
    return {
        form: run(python, "files.py", *asked, "--format", form, "--rows", str(rows))
        for form, rows in FILES.items()
    }


def quick() -> None:
    """Run a small piece of everything that needs no peer."""
    run(sys.executable, "bars.py", "--quick")
    run(sys.executable, "rows.py", "--quick")
    run(sys.executable, "growth.py", "references", "10", "20")
    for form in FILES:
        small = ("--json", "--rows", "20000", "--rounds", "1")
        run(sys.executable, "files.py", *small, "--format", form)
    run(sys.executable, "compare.py", "--quick")


def main() -> None:
    """Measure, and write docs/benchmarks.md and docs/pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small piece of all, without peers")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, help="measure these anew, keep the rest"
    )
    options = parser.parse_args()
    if options.quick:
        quick()
        return
    python = peers_python()
    kept = HERE / "figures.json"
    figures = json.loads(kept.read_text(encoding="utf-8")) if options.only else {}
    for part in options.only or PARTS:
        if part == "growth":
            figures[part] = grown()
        elif part == "files":
            figures[part] = classified(python)
        else:
            figures[part] = run(python, PARTS[part])
    figures["date"] = datetime.now(UTC).date().isoformat()
    figures["python"] = platform.python_version()
    kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    subprocess.run([python, str(HERE / "report.py")], check=True)  # noqa: S603  our own script


if __name__ == "__main__":
    main()
