"""A long table as a table of rules: CSV beside the rule files, with a row for each row.

rule      age     member   decision:plan   then
fee_r1    < 18    -        junior | full   none
fee_r2    >= 18   true     not guest       low
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from routeengine.dmn.inputs import Written
from routeengine.dmn.names import clean, label_of
from routeengine.dmn.rules import Drawn, RuleRow
from routeengine.dmn.words import Speaker
from routeengine.dmn.yaml_text import plain_number

FORMULA: Final = ("=", "+", "-", "@")
"""Signs with which a formula of a spreadsheet can begin."""


def sheet_text(drawn: Drawn, speaker: Speaker) -> str | None:
    """Return the rows as CSV; None where a row asks two things of one fact, or one of two."""
    rows = [_cells(row) for row in drawn.rows]
    if any(row is None for row in rows):
        return None
    columns = list(dict.fromkeys(column for row in rows if row for column in row))
    ids = [answer.id for answer in drawn.answers]
    gives = ["then"] if len(ids) == 1 else [f"then:{name}" for name in ids]
    texts = [f"reason:{speaker.language}", f"label:{speaker.language}"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["rule", *columns, *gives, *texts])
    for row, cells in zip(drawn.rows, rows, strict=True):
        own = row_id(row)
        asked = [(cells or {}).get(column, "-") for column in columns]
        given = [
            answer.outcome(value)
            for answer, value in zip(drawn.answers, row.row.answers, strict=True)
        ]
        said = _said(drawn, row, speaker)
        writer.writerow([own if len(ids) > 1 else f"{ids[0]}_{own}", *asked, *given, *said])
    return out.getvalue()


def row_id(row: RuleRow) -> str:
    """Return what a row is called; the decision stands before it."""
    return f"r{row.row.row.number}"


def _said(drawn: Drawn, row: RuleRow, speaker: Speaker) -> list[str]:
    """Return the reason and the label of a row; neither begins a formula."""
    number, name = row.row.row.number, speaker.words("row", number=row.row.row.number)
    notes = clean(" – ".join(filter(None, row.row.row.notes)))
    label = f"{name}: {notes}" if notes.startswith(FORMULA) else notes or name
    return [speaker.words("applies", number=number, table=label_of(drawn.table.name)), label]


def _cells(row: RuleRow) -> dict[str, str] | None:
    """Return what a row asks by column, or None where it asks a column twice or two in one."""
    asked = [_cell(written) for written in (*row.facts, *row.decisions)]
    cells = dict(asked)
    return cells if len(cells) == len(asked) and "" not in cells else None


def _cell(written: Written) -> tuple[str, str]:
    """Return the column and the cell of a condition; of two columns none."""
    if isinstance(written, str):
        return written, "true"
    (key, asked), *_ = written.items()
    match key:
        case "not":
            column, cell = _cell(asked)
            return column, f"not {cell}"
        case "any":
            parts = [_cell(part) for part in asked]
            columns = {column for column, _ in parts}
            return columns.pop() if len(columns) == 1 else "", " | ".join(cell for _, cell in parts)
        case "decision":
            return f"decision:{asked}", _listed(written["outcome"])
    return key, _test(asked)


def _test(asked: Written) -> str:
    if not isinstance(asked, dict):
        return _listed(asked)
    ((word, value),) = asked.items()
    match word:
        case "not":
            return f"not {_listed(value)}"
        case "at_least":
            return f">= {_value(value)}"
        case "at_most":
            return f"<= {_value(value)}"
    return "..".join(map(_value, value))


def _listed(values: Written) -> str:
    every: Sequence[Written] = values if isinstance(values, list) else [values]
    return " | ".join(map(_value, every))


def _value(value: str | bool | Decimal | date) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = plain_number(value) if isinstance(value, Decimal) else str(value)
    places = text.partition(".")[2]
    # `1.234` could be a thousand and more; with a further zero it is an amount.
    return f"{text}0" if isinstance(value, Decimal) and len(places) == 3 else text
