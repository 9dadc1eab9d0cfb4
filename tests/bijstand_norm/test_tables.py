"""SQL, tables and the engine agree on amounts and days, just at the bounds and beside them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pyarrow as pa
import pytest

from bijstand_norm.instances import PERIODS, Period, engine, rules
from examples import examples
from routeengine.ruleset.conditions import FactIs, walk
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.sql import export_sql
from sql.tabled import Row, as_array, columns_of, in_duckdb, told

ROWS = examples(400)


def turns(ruleset: RuleSet, fact: Fact) -> list[object]:
    """Give the values of a fact at which a condition turns, those beside them, and both ends."""
    found = {0, fact.domain.size - 1}
    conditions = [criterion.when for criterion in ruleset.criteria]
    conditions += [rule.when for rule in ruleset.rule.values() if rule.when is not None]
    for condition in conditions:
        for one in walk(condition):
            if isinstance(one, FactIs) and one.fact == fact.id:
                for low, high in one.allowed.runs:
                    found |= {low - 1, low, high, high + 1}
    return [fact.domain.value(one) for one in sorted(found) if 0 <= one < fact.domain.size]


def made(ruleset: RuleSet, seed: int) -> Iterator[Row]:
    """Make clients at the bounds of the rules, of whom some things are not known."""
    draw = random.Random(seed)
    values = [turns(ruleset, fact) for fact in ruleset.facts]
    for number in range(ROWS):
        share = draw.choice([0.0, 0.0, 0.1, 0.4])
        known = (None if draw.random() < share else draw.choice(some) for some in values)
        yield (f"c{number}", *known)


def table_of(ruleset: RuleSet, rows: list[Row]) -> pa.Table:
    """Put clients in columns of their own types: amounts as decimals, days as days."""
    ids, *columns = zip(*rows, strict=True)
    cells = [as_array(fact, column) for fact, column in zip(ruleset.facts, columns, strict=True)]
    return pa.table([pa.array(ids), *cells], ["client_id", *(fact.id for fact in ruleset.facts)])


def test_rows_stand_at_the_bounds() -> None:
    """On both sides of each: a norm, a limit, a birthday."""
    ruleset = rules()
    income, born = turns(ruleset, ruleset.fact["income"]), turns(ruleset, ruleset.fact["born"])
    assert {"1345.44", "1345.45", "1480.00", "1480.01"} <= {str(one) for one in income}
    assert {"2004-01-01", "2004-01-02", "1958-01-01", "1958-01-02"} <= {str(one) for one in born}


@pytest.mark.gate
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_the_view_is_the_engine(period: Period) -> None:
    """Row by row, in DuckDB, with amounts and days in columns of their own types."""
    one = engine(period.day, period.variant)
    rows = list(made(one.ruleset, seed=20250101))
    assert in_duckdb(one.ruleset, export_sql(one.ruleset), rows) == list(told(one, rows))


@pytest.mark.parametrize("text", [False, True], ids=["typed", "text"])
@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_a_table_is_the_engine(period: Period, text: bool) -> None:
    """Row by row, in columns of types of their own or of text."""
    one = engine(period.day, period.variant)
    rows = list(made(one.ruleset, seed=20250701))
    table = table_of(one.ruleset, rows)
    if text:
        plain = [column.cast(pa.string()) for column in table.columns]
        table = pa.table(dict(zip(table.column_names, plain, strict=True)))
    out = one.classify_table(table).to_pylist()
    columns = columns_of(one.ruleset)
    differing = [
        row
        for row, cells in zip(told(one, rows), out, strict=True)
        if tuple(cells[name] for name in columns) != row
    ]
    assert differing == []
