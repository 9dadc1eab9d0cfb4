"""A small rule set with every type of fact, and ways to write and read caseloads of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from routeengine.caseload import Row, open_caseload
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, Domain, IntegerDomain
from routeengine.ruleset.model import Decision, Fact, Flag, Outcome, Refusal, Review, Rule, RuleSet
from routeengine.ruleset.sources import Grounds
from routeengine.ruleset.words import Text
from routeengine.value_set import set_of_bits

WORDS = {"nl": "woorden", "en": "words"}
SOURCE = Grounds("source")
SEVERITY = CategoryDomain(("none", "mild", "serious"))
SEVERITY_WORDS: dict[bool | int | str, Text] = {
    "none": {"nl": "geen", "en": "none"},
    "mild": {"nl": "licht", "en": "mild"},
    "serious": {"nl": "ernstig", "en": "serious"},
}


def fact(name: str, domain: Domain, nl: str, en: str, *aliases: str) -> Fact:
    """Make a fact with labels and aliases."""
    is_severity = isinstance(domain, CategoryDomain)
    return Fact(
        name,
        domain,
        {"nl": nl, "en": en},
        WORDS,
        WORDS,
        aliases,
        SEVERITY_WORDS if is_severity else {},
        {"none": ("nee",)} if is_severity else {},
    )


def rule(name: str, when: FactIs | None, then: str | Review) -> Rule:
    """Make a rule with no more than it needs."""
    return Rule(name, when, then, WORDS, WORDS, SOURCE)


RULES = RuleSet(
    id="small",
    version="1.0.0",
    title={"nl": "Klein", "en": "Small"},
    purpose=WORDS,
    owner=WORDS,
    languages=("nl", "en"),
    facts=(
        fact("rung", IntegerDomain(1, 6), "trede", "rung"),
        fact("willing", BooleanDomain(), "bereid", "willing to work"),
        fact("finances", SEVERITY, "financiën", "money", "schulden"),
        fact("months", IntegerDomain(0, 240), "verwachting in maanden", "months expected"),
    ),
    criteria=(),
    decisions=(
        Decision(
            "route",
            WORDS,
            (Outcome("A", WORDS, WORDS), Outcome("B", WORDS, WORDS)),
            (
                rule("route_a", FactIs("willing", set_of_bits(2)), "A"),
                rule("route_b", FactIs("finances", set_of_bits(4)), "B"),
                rule("nothing", None, Review(("A", "B"))),
            ),
        ),
        Decision(
            "path",
            WORDS,
            (Outcome("1", WORDS, WORDS),),
            (rule("path_1", FactIs("rung", set_of_bits(3)), "1"),),
        ),
    ),
    flags=(Flag("in_debt", WORDS, FactIs("finances", set_of_bits(4)), SOURCE),),
    refusals=(Refusal("bsn", ("burgerservicenummer",), {"nl": "Nee.", "en": "Use a pseudonym."}),),
    client_id_aliases=("clientnummer", "cliëntnummer"),
    unknown_texts=("onbekend", "unknown", "?"),
    declined_texts=("geen antwoord",),
)

IDS = ("client_id", *(one.id for one in RULES.facts))


def rows(path: Path, *drop: str, rules: RuleSet = RULES) -> list[Row]:
    """Read a whole caseload."""
    return list(open_caseload(path, rules, drop_columns=drop))


def put(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    """Write a file as it is given."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def sheet(path: Path, table: Iterable[Sequence[object]], *more: Sequence[object]) -> Path:
    """Write a workbook; `more` are the rows of a second sheet."""
    book = openpyxl.Workbook()
    for line in table:
        book.active.append(list(line))
    if more:
        second = book.create_sheet("second")
        for line in more:
            second.append(list(line))
    book.save(path)
    return path


def parquet(path: Path, columns: Mapping[str, object]) -> Path:
    """Write a Parquet file from columns."""
    pq.write_table(pa.table(dict(columns)), path)
    return path


def varint(number: int) -> bytes:
    """Give a whole number as the footer of a Parquet file has it."""
    number *= 2
    some = bytearray()
    while number > 0x7F:
        some.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*some, number])


def claiming(path: Path, rows: int, claimed: int) -> Path:
    """Have the footer of a Parquet file say, at every place, that it has so many rows."""
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - length
    assert data[start:].count(varint(rows)) >= 3, "in the file, a row group and its columns"
    footer = data[start:-8].replace(varint(rows), varint(claimed))
    end = len(footer).to_bytes(4, "little") + data[-4:]
    return put(path, data[:start] + footer + end)


def json_lines(path: Path, records: Iterable[Mapping[str, object]]) -> Path:
    """Write a JSON Lines file."""
    return put(path, "".join(json.dumps(record) + "\n" for record in records))


def faults(row: Row) -> list[str]:
    """Give the faults of a row as they are printed."""
    return [str(fault) for fault in row.faults]
