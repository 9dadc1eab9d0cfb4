"""Run tests in Pyodide, on the library's wheel: on CPython 3.14, as WebAssembly.

PYTHONPATH=tests python -m portable.pyodide_suite PARTS FOLDER ARGUMENTS...

PARTS was filled by `portable.pyodide_parts`, FOLDER holds `tests` and what they read, without the
code, and ARGUMENTS are those of pytest. Ends with what pytest ends with.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

from portable.pyodide_parts import fetch, interpreter, wheels

HERE = Path(__file__).parent
TESTING = "testing"
"""Where the wheels of pytest and Hypothesis are, apart from those of the library."""


def run(filled: Path, folder: Path, arguments: list[str]) -> int:
    """Run pytest there, and return how it ended."""
    extra = re.compile(r"(.*); extra == '(testing|excel|sql)'")
    found = map(extra.fullmatch, requires("routeengine") or ())
    fetch(filled, ["jsonschema", *(one[1] for one in found if one)], TESTING)
    task = {
        "pyodide": str(interpreter(filled)),
        "wheels": wheels(filled) + wheels(filled, TESTING),
        "folder": str(folder),
        # A folder outside: files in Pyodide's own lie in memory, however many holes they have.
        "arguments": [f"--basetemp={folder / 'made'}", *arguments],
    }
    command = ["node", str(HERE / "pyodide_suite.mjs")]
    return subprocess.run(command, check=False, input=json.dumps(task), text=True).returncode


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]))
