"""The same caseload in every dialect, language and format gives the same profiles."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseload.small import IDS, json_lines, parquet, put, rows, sheet
from examples import examples
from routeengine.engine import Engine
from routeengine.ruleset.model import RuleSet

KNOWN: dict[str, list[object]] = {
    "rung": [None, 1, 2, 6],
    "willing": [None, True, False],
    "finances": [None, "none", "mild", "serious"],
    "months": [None, 0, 18, 240],
}
WRITTEN: dict[object, list[str]] = {
    True: ["ja", "true", "1", "yes", "Waar", "JA"],
    False: ["nee", "FALSE", "0", "no", "onwaar"],
    "none": ["none", "geen", "Nee"],
    "mild": ["mild", "Licht"],
    "serious": ["serious", "ernstig", "ERNSTIG "],
    None: ["", "onbekend", "Unknown", " "],
}
HEADINGS = {
    "client_id": ["client_id", "Cliëntnummer", "clientnummer", "Client ID"],
    "rung": ["rung", "Trede"],
    "willing": ["willing", "Bereid", "willing to work"],
    "finances": ["finances", "Financiën", "schulden", "MONEY"],
    "months": ["months", "Verwachting in maanden"],
}

# Of the letters with accents, those whose bytes in Windows-1252 can be no UTF-8.
ids = st.text(
    st.sampled_from("éëüïçñÉ") | st.characters(codec="ascii", categories=["L", "N", "P", "S"]),
    min_size=1,
    max_size=8,
)
records = st.lists(
    st.fixed_dictionaries(
        {"client_id": ids, **{name: st.sampled_from(known) for name, known in KNOWN.items()}}
    ),
    max_size=5,
    unique_by=lambda record: record["client_id"],
)


def key(value: object) -> object:
    """Give what says how a value may be written; numbers are written as they are."""
    return value if isinstance(value, bool | str) or value is None else int(str(value))


def profiles(path: Path) -> list[Mapping[str, Any] | None]:
    """Read a caseload's profiles."""
    return [row.profile for row in rows(path)]


def wanted(caseload: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the profiles that a caseload holds."""
    return [{k: v for k, v in record.items() if v is not None} for record in caseload]


@settings(deadline=None)
@given(records, st.data())
def test_text_in_any_dialect(caseload: list[dict[str, Any]], data: st.DataObject) -> None:
    """Delimiter, line end, quoting, encoding, language and case make no difference."""
    draw = data.draw
    columns = draw(st.permutations(IDS))
    buffer = io.StringIO()
    writer = csv.writer(
        buffer,
        delimiter=draw(st.sampled_from(",;\t")),
        lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])),
    )
    writer.writerow([draw(st.sampled_from(HEADINGS[name])) for name in columns])
    for record in caseload:
        writer.writerow(
            [
                record[name]
                if name == "client_id" or type(record[name]) is int
                else draw(st.sampled_from(WRITTEN[key(record[name])]))
                for name in columns
            ]
        )
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
    with TemporaryDirectory() as folder:
        path = put(Path(folder) / "a.csv", buffer.getvalue(), encoding)
        assert profiles(path) == wanted(caseload)


@pytest.mark.gate
@settings(deadline=None, max_examples=examples(25))
@given(records)
def test_every_format(caseload: list[dict[str, Any]]) -> None:
    """XLSX, Parquet, JSON Lines and JSON hold the same profiles as CSV does."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        table = [IDS, *([record[k] for k in IDS] for record in caseload)]
        text = [[k if k is None else str(k) for k in line] for line in table]
        # A spreadsheet would take these for a formula.
        plain = [record for record in caseload if record["client_id"][0] != "="]
        cells = [IDS, *([record[k] for k in IDS] for record in plain)]
        assert profiles(sheet(folder / "a.xlsx", cells)) == wanted(plain)
        assert profiles(json_lines(folder / "a.jsonl", caseload)) == wanted(caseload)
        assert profiles(put(folder / "a.json", json.dumps(caseload))) == wanted(caseload)
        if caseload:
            columns = dict(zip(IDS, zip(*table[1:], strict=True), strict=True))
            assert profiles(parquet(folder / "a.parquet", columns)) == wanted(caseload)
            columns = dict(zip(IDS, zip(*text[1:], strict=True), strict=True))
            assert profiles(parquet(folder / "b.parquet", columns)) == wanted(caseload)


@pytest.mark.gate
def test_shipped_rules_read_a_dutch_caseload(tmp_path: Path, rijswijk: RuleSet) -> None:
    """Semicolons, Windows-1252, Dutch labels and ja/nee give the classes of the plain file."""
    source = Path(__file__).parents[2] / "fixtures" / "caseload.csv"
    with source.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))[:200]
    labels = {fact.id: fact.label["nl"] for fact in rijswijk.facts} | {"client_id": "cliëntnummer"}
    words = {"true": "ja", "false": "nee", "none": "geen", "mild": "licht", "serious": "ernstig"}
    text = ";".join(labels[name] for name in table[0]) + "\r\n"
    for line in table:
        text += ";".join(words.get(cell, cell or "onbekend") for cell in line.values()) + "\r\n"
    plain = "\n".join([",".join(table[0]), *(",".join(line.values()) for line in table)])
    dutch = rows(put(tmp_path / "nl.csv", text, "cp1252"), rules=rijswijk)
    english = rows(put(tmp_path / "en.csv", plain), rules=rijswijk)
    assert [row.profile for row in dutch] == [row.profile for row in english]
    assert all(row.profile is not None for row in dutch)
    engine = Engine(rijswijk)
    assert [engine.classify(row.profile or {}).verdicts for row in dutch] == [
        engine.classify(row.profile or {}).verdicts for row in english
    ]
