"""The page on caseload files says what is so."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from money import MONEY
from routeengine import Between
from routeengine.caseload import FORMATS, OUTPUT_FORMATS, open_caseload
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.quantities import DecimalSign

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "caseloads.md").read_text(encoding="utf-8")


EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.gate
@pytest.mark.parametrize("example", EXAMPLES, ids=["a whole file", "row by row"])
def test_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    """Each example classifies the made caseload, a row for each of its rows."""
    shutil.copy(ROOT / "fixtures" / "caseload.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/caseloads.md", "exec"), {})
    counts = []
    for name in ("caseload.csv", "out.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            counts.append(len(list(csv.reader(file))))
    assert counts[0] == counts[1] > 1000


def cells() -> Iterator[tuple[str, str]]:
    """Yield each cell that the page reads, and what it says of it."""
    section = PAGE.partition("## Amounts and days\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| `"):
            given, read = line.strip("| ").split(" | ")
            yield from ((one, read) for one in re.findall(r"`([^`]+)`", given))


@pytest.mark.parametrize(("cell", "read"), [*cells()])
def test_amounts_and_days_are_read_as_the_page_says(cell: str, read: str) -> None:
    """Each by itself; what is refused is refused of an amount, or of a day."""
    kinds = [FactReader(MONEY, MONEY.fact[one]) for one in ("income", "born")]
    amount, day = (one.text(cell) for one in kinds)
    if read.startswith("a fault"):
        assert (day if "day" in read else amount) is FAULTY
    else:
        assert read in (amount, day)


@pytest.mark.parametrize(("sign", "cell"), [("comma", "1.091"), ("point", "1,091")])
def test_a_sign_settles_what_may_be_either(sign: DecimalSign, cell: str) -> None:
    """And changes nothing else on the page."""
    plain, settled = (FactReader(MONEY, MONEY.fact["income"], one) for one in (None, sign))
    assert settled.text(cell) == "1091.00"
    for one, _ in cells():
        assert plain.text(one) in (settled.text(one), FAULTY)
    assert plain.text("1000..1500") == Between("1000.00", "1500.00")


def test_typed_amounts_and_days_are_as_the_page_says(tmp_path: Path) -> None:
    """In JSON; a text as people write it is none."""
    path = tmp_path / "a.json"
    path.write_text(
        """[{"client_id": "a", "income": 1091.71, "born": "2025-12-31"},
            {"client_id": "b", "income": "1091.71"},
            {"client_id": "c", "income": "1.091,71"},
            {"client_id": "d", "born": "31-12-2025"}]""",
        encoding="utf-8",
    )
    rows = list(open_caseload(path, MONEY))
    assert rows[0].profile == {"client_id": "a", "income": "1091.71", "born": "2025-12-31"}
    assert rows[1].profile == {"client_id": "b", "income": "1091.71"}
    (income,), (born,) = rows[2].faults, rows[3].faults
    assert income.field == "income"
    assert born.message == "must be a date from 1900-01-01 to 2030-12-31, as YYYY-MM-DD"


def test_every_ending_is_named() -> None:
    """The table of endings has every ending that is read or written."""
    assert all(f"`{ending}`" in PAGE for ending in (*FORMATS, *OUTPUT_FORMATS))
