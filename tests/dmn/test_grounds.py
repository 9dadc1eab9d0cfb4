"""What is imported says that a table says so, and is counted until somebody grounds it."""

from __future__ import annotations

import hashlib
import re

from dmn.models import Column, Table, item, model
from routeengine.dmn import import_model
from routeengine.loading import load_ruleset
from routeengine.verification import verify

TABLE = Table(
    "Plan",
    [Column("Age", "tAge")],
    [Column("a", default='"none"'), Column("b")],
    [["< 18", '"low"', "1"], ["> 30", '"high"', "2"]],
)
DATA = model(item("tAge", "number", "[0..10], [20..120]"), TABLE)


def readings(files: dict[str, str]) -> list[str]:
    """Return what a check says of grounds."""
    findings = verify(load_ruleset(files)).findings
    return [one.message for one in findings if one.kind == "not_grounded"]


def test_readings_are_counted_until_they_are_grounded() -> None:
    """Rules, criteria and constraints count; one that says who read it so does not."""
    files = dict(import_model(DATA, "m.dmn").files)
    said = "readings are not grounded yet: they cite nothing, and nobody chose them"
    assert readings(files) == [f"8 {said}"]
    assert readings({name: signed(text, 1) for name, text in files.items()}) == [f"6 {said}"]
    assert readings({name: signed(text, 99) for name, text in files.items()}) == []


def test_scores_count() -> None:
    """What adds up stands on the table as well."""
    number = Column("Age", "number", "[0..10]")
    sums = Table("Sum", [number], [Column("")], [["< 5", "1"]], "COLLECT", more='aggregation="SUM"')
    asks = Table("Plan", [Column("Sum", "number")], [Column("")], [["1", '"a"']])
    # The rule, the score, and the criterion that a row applies.
    (said,) = readings(dict(import_model(model(sums, asks), "m.dmn").files))
    assert said.startswith("3 readings")


def signed(text: str, count: int) -> str:
    """Return rules in which it is said who read so many of them so."""
    parts = re.split('(( *)alternative: {en: "None is recorded."}\n)', text)
    for place in range(1, min(len(parts), 3 * count), 3):
        parts[place] += f"{parts[place + 1]}who: the desk\n"
    return "".join(part for place, part in enumerate(parts) if place % 3 != 2)


def test_other_rules_are_left_alone() -> None:
    """Rules that were not imported are no debt, whatever they stand on."""
    files = dict(import_model(DATA, "m.dmn").files)
    number = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
    assert number in files["1-ruleset.yaml"]
    files["1-ruleset.yaml"] = files["1-ruleset.yaml"].replace(number, "P1")
    assert readings(files) == []
