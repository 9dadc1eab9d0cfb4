"""A process that is asked to end leaves nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CASELOAD = Path(__file__).parents[2] / "fixtures/caseload.csv"


@pytest.mark.parametrize(
    ("name", "status", "words"), [("SIGTERM", 143, "terminated"), ("SIGINT", 130, "interrupted")]
)
@pytest.mark.parametrize("way", ["rows", "columns"])
def test_nothing_half_written_stays(
    tmp_path: Path, name: str, status: int, words: str, way: str
) -> None:
    """SIGTERM and Ctrl-C in the middle: their status, one line, and no file."""
    out = tmp_path / "out.csv"
    code = (
        "import signal, sys\n"
        "from routeengine.cli import main\n"
        "import routeengine.cli.classify as c\n"
        f"c.large = lambda _: {way == 'columns'}\n"
        "def shows(caseload, reading):\n"
        "    for some in reading:\n"
        "        yield some\n"
        f"        signal.raise_signal(signal.{name})\n"
        "c.progress = shows\n"
        f"sys.exit(main(['classify', {str(CASELOAD)!r}, '-o', {str(out)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert done.stderr == f"{words}: no output file was written\n"
    assert list(tmp_path.iterdir()) == []
