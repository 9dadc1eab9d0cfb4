"""A process that is asked to end leaves nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"


@pytest.mark.parametrize("way", ["rows", "columns"])
def test_nothing_half_written_stays(tmp_path: Path, way: str) -> None:
    """Ctrl-C and SIGTERM in the middle, in turn: their status, one line, and no file."""
    out = tmp_path / "out.csv"
    code = (
        "import signal, sys\n"
        "from routeengine.cli import main\n"
        "from contextlib import nullcontext\n"
        "from routeengine.caseload import classify\n"
        "from routeengine.cli import classify as command\n"
        f"classify.is_large = lambda _: {way == 'columns'}\n"
        "shows = lambda caseload: signal.raise_signal(sent)\n"
        "command.progress_bar = lambda: nullcontext(shows)\n"
        "for sent in (signal.SIGINT, signal.SIGTERM):\n"
        f"    status = main(['classify', {str(CASELOAD)!r}, '-o', {str(out)!r}])\n"
        "    print(sent.name, status)\n"
        "sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "SIGINT 130\nSIGTERM 143\n"
    assert done.returncode == 143
    lines = [f"{word}: no output file was written\n" for word in ("interrupted", "terminated")]
    assert done.stderr == "".join(lines)
    assert list(tmp_path.iterdir()) == []
