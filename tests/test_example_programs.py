"""The programs in `examples/` run, and give what their pages say."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from required import required
from routeengine import Engine
from routeengine.caseload import open_caseload
from spark.present import ABSENT

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
CASELOAD = ROOT / "fixtures" / "caseload.csv"
PAGE = (ROOT / "docs" / "examples.md").read_text(encoding="utf-8")


def program(path: str) -> Any:
    """Import a program that is in no package."""
    spec = importlib.util.spec_from_file_location("example", EXAMPLES / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def counted(engine: Engine) -> Counter[tuple[str | None, ...]]:
    """Count the answers of the made caseload, one client at a time."""
    found: Counter[tuple[str | None, ...]] = Counter()
    with open_caseload(CASELOAD, engine.ruleset) as caseload:
        for row in caseload:
            verdicts = engine.classify(row.profile or {}).verdicts
            found[
                verdicts["scope"].outcome, verdicts["route"].outcome, verdicts["route"].status
            ] += 1
    return found


def test_every_example_has_a_readme_and_a_line_on_the_page() -> None:
    """The page names each, and its test; and each test that it names is there."""
    folders = {path.name for path in EXAMPLES.iterdir()}
    for name in folders - {"service"}:
        assert (EXAMPLES / name / "README.md").is_file()
        assert f"(../examples/{name}/README.md)" in PAGE
    assert "(web-service.md)" in PAGE
    for path, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE):
        assert f"def {test}" in (ROOT / path).read_text(encoding="utf-8")


def test_the_page_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown of an explanation, and how all of it is."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/examples.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)


def test_the_lazy_frame_finds_who_is_reviewed(tmp_path: Path, counted: Counter[Any]) -> None:
    """As many as one by one, in the order of their ids."""
    out = tmp_path / "review.csv"
    many = program("polars/lazy.py").review(CASELOAD, out)
    assert many == sum(count for (*_, status), count in counted.items() if status == "review") > 0
    written = pl.read_csv(out)
    assert written.columns == ["client_id", "route_reason", "route_candidates"]
    assert written["client_id"].is_sorted()


@pytest.mark.gate
def test_duckdb_counts_the_same_by_stream_and_by_view(counted: Counter[Any]) -> None:
    """And as one by one."""
    streamed, viewed = program("duckdb/classify.py").counts(CASELOAD)
    assert streamed == viewed
    assert {tuple(row[:3]): row[3] for row in streamed} == counted


@pytest.mark.gate
@pytest.mark.filterwarnings("ignore")  # what Spark leaves open, and what it warns of
def test_spark_counts_what_the_engine_counts(
    counted: Counter[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each route, and of none yet."""
    required("spark", ABSENT)
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = SparkSession.builder.master("local[2]").getOrCreate()
    session.conf.set("spark.sql.shuffle.partitions", "2")  # and not 200, for nine answers
    routes: Counter[str | None] = Counter()
    for (_, route, _), many in counted.items():
        routes[route] += many
    assert program("spark/classify.py").counts(session, CASELOAD) == routes


@pytest.mark.night
def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """By itself, as by whoever opens it: each cell shows something, and no client's health."""
    missing = None if importlib.util.find_spec("marimo") else "marimo is not installed"
    required("notebook", missing)
    page = tmp_path / "notebook.html"
    # What marimo keeps of a session is written beside the notebook.
    notebook = Path(shutil.copy(EXAMPLES / "notebook" / "caseload.py", tmp_path))
    command = [
        "-m",
        "marimo",
        "export",
        "html",
        str(notebook),
        "-o",
        str(page),
        "--no-include-code",
    ]
    ran = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "CASELOAD": str(CASELOAD), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    shown = page.read_text(encoding="utf-8")
    for part in ("Route B", "answered by lanes", "looked through", "review (rule"):
        assert part in shown
    assert "80 of 1113 clients would get another route" in shown
    assert "mental" not in shown.lower()
