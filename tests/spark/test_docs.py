"""The page on scale says what is so."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from required import required
from spark.present import ABSENT

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")
EXAMPLES: list[str] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.filterwarnings("ignore")  # what Spark leaves open, and what it warns of
def test_the_example_of_spark_prints_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each comment at its end is a line that is printed."""
    required("spark", ABSENT)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    scope: dict[str, object] = {}
    exec(compile(EXAMPLES[0], "docs/scale.md", "exec"), scope)
    assert capsys.readouterr().out.splitlines() == re.findall(
        r"^# (.*)$", EXAMPLES[0], re.MULTILINE
    )


@pytest.mark.gate
@pytest.mark.parametrize("example", EXAMPLES[1:], ids=["duckdb", "polars"])
def test_the_other_examples_print_what_they_say(
    example: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Likewise, and they need no Spark."""
    exec(compile(example, "docs/scale.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)
