"""The page on reports says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from routeengine import Engine, load_ruleset
from routeengine.report import report_on
from routeengine.sidecar import SidecarEntry, read_sidecar, sidecar_path

PAGE = (Path(__file__).parents[2] / "docs/report.md").read_text(encoding="utf-8")


def test_the_sidecar_on_the_page_is_one(tmp_path: Path) -> None:
    """The example is read, has every key, and its figures are ones that a report counts."""
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    caseload = tmp_path / "caseload.csv"
    sidecar_path(caseload).write_text(text, encoding="utf-8")
    sidecar = read_sidecar(caseload)
    assert {line.split(":")[0] for line in text.splitlines() if line[0] != " "} == {
        *SidecarEntry.keys
    }
    assert sidecar.date is not None
    engine = Engine(load_ruleset("rijswijk-2023"))
    assert report_on(engine, [], name="x", as_of=sidecar.date, sidecar=sidecar).made
