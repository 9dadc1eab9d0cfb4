"""Documents of every form that was ever written are still read, and still say the same.

`written/` holds one document per form. A new form gets a file of its own, and the old ones stay.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routeengine.departure import DepartureRecord, check_chain
from routeengine.record import Record, replay

WRITTEN = Path(__file__).parent / "written"
SCHEMA = Path(__file__).parents[2] / "schemas" / "record.schema.json"


@pytest.mark.parametrize("path", sorted(WRITTEN.glob("record-*.json")), ids=lambda path: path.stem)
def test_a_record_of_any_form_is_worked_out_again(path: Path) -> None:
    """With the rules inside it: evidence, partial knowledge and a conflict come out as they did."""
    record = Record.read(path)
    assert replay(record).differences == ()
    assert record.body.verdicts["loans"].reason == "conflicting_evidence"


def test_a_departure_still_follows_its_record() -> None:
    """A departure names the digest of its record, so neither may be written otherwise."""
    record = Record.read(WRITTEN / "record-1.json")
    chain = [DepartureRecord.read(WRITTEN / "departure-1.json")]
    assert check_chain(record, chain) == ()
    assert chain[0].body.departure.outcome == "3"


def test_the_form_that_is_written_today_is_among_them() -> None:
    """A new form without a document of its own would be held by nothing."""
    (form,) = set(re.findall(r"routeengine/record/(\d+)", SCHEMA.read_text(encoding="utf-8")))
    assert (WRITTEN / f"record-{form}.json").exists()
