"""Amounts, days and wide numbers in databases: the view says what the engine says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
import sqlglot

from examples import SHARE
from money import DOMAINS, MONEY, by_hand, full_profiles, plain
from routeengine import Engine
from routeengine.errors import ProfileError
from routeengine.sql import DIALECTS, export_sql
from sql.postgres import Database, as_text, binary, database
from sql.tabled import Row, columns_of, create_table, in_duckdb, made_rows, told

ENGINE = Engine(MONEY)


def near(count: int, seed: int) -> list[Row]:
    """Give full profiles near the thresholds as rows."""
    return [(f"c{n}", *plain(p).values()) for n, p in enumerate(full_profiles(count, seed))]


def rows_of(count: int) -> list[Row]:
    """Give rows near the thresholds, and rows anywhere in which something is unknown."""
    rows = [*near(count, 3), *made_rows(MONEY, count, None, seed=4, first=count)]
    # Each third row near the thresholds does not know one fact.
    return [
        tuple(None if place == 1 + n % 5 and n % 3 == 0 else cell for place, cell in enumerate(row))
        for n, row in enumerate(rows)
    ]


@pytest.mark.gate
def test_the_view_is_the_engine_on_thousands_of_rows() -> None:
    """Every column, near the thresholds and anywhere, with facts unknown."""
    rows = rows_of(int(3_000 * max(SHARE, 0.1)))
    assert in_duckdb(MONEY, export_sql(MONEY), rows) == list(told(ENGINE, rows))


def test_the_view_is_what_was_written_by_hand() -> None:
    """On full profiles near the thresholds."""
    profiles = list(full_profiles(300, 5))
    rows: list[Row] = [(f"c{n}", *plain(p).values()) for n, p in enumerate(profiles)]
    place = {name: n for n, name in enumerate(columns_of(MONEY))}
    for profile, row in zip(profiles, in_duckdb(MONEY, export_sql(MONEY), rows), strict=True):
        values = [profile[name] for name in ("income", "wealth", "born", "points")]
        found = (row[place["support"]], row[place["card"]], row[place["flags"]])
        assert found == by_hand(*values)


def in_column(kind: str, fact: str, value: str) -> tuple[Any, ...]:
    """Give what the view shows of one value in a column of another type: card, flags, error."""
    made = create_table(MONEY)
    own = next(line for line in made.split(', "') if line.startswith(f'{fact}"'))
    made = made.replace(own, f'{fact}" {kind}' + (")" if own.endswith("))") else ""))
    with duckdb.connect() as base:
        base.execute(made)
        base.execute(f"INSERT INTO clients (client_id, {fact}) VALUES ('a', {value})")  # noqa: S608  our own words
        base.execute(export_sql(MONEY))
        found = base.execute('SELECT "card", "flags", "error" FROM advice').fetchone()
        assert found is not None
        return tuple(found)


@pytest.mark.parametrize(
    ("kind", "fact", "value", "shown"),
    [
        ("decimal(18, 6)", "income", "1091.710000", (None, "poor", "")),
        ("decimal(18, 6)", "income", "1091.710001", "income"),
        ("decimal(38, 10)", "income", "1091.7200000000", (None, "", "")),
        ("decimal(9, 0)", "income", "1091", (None, "poor", "")),
        ("bigint", "income", "1092", (None, "", "")),
        ("hugeint", "income", "-1", "income"),
        # What is as near to an amount as a binary fraction can be counts as it; no other does.
        ("double", "income", "1091.71", (None, "poor", "")),
        ("double", "income", "0.1::double + 0.2::double", "income"),
        ("double", "income", "1091.7099999999998", "income"),
        ("double", "income", "'NaN'::double", "income"),
        ("timestamp", "born", "'1958-12-31 00:00:00'", ("senior", "", "")),
        ("timestamp", "born", "'1958-12-31 00:00:01'", "born"),
        # In the midst of a cell too, where no bound is near.
        ("timestamp", "born", "'1950-05-05 12:00:00'", "born"),
        ("decimal(18, 6)", "income", "5.001000", "income"),
        ("double", "income", "5.001", "income"),
        ("date", "born", "'2031-01-01'", "born"),
        ("hugeint", "points", "1000000007", (None, "", "")),
        ("hugeint", "points", "1000000000001", "points"),
    ],
)
def test_columns_of_other_types(kind: str, fact: str, value: str, shown: Any) -> None:
    """What is a value of the fact is read, and what is none is an error in the engine's words."""
    card, flags, error = in_column(kind, fact, value)
    if isinstance(shown, str):
        assert error == f"{fact}: must be {DOMAINS[fact].describe()}"
        assert (card, flags) == (None, None)
    else:
        assert (card, flags, error or "") == shown


def test_what_no_column_should_hold_is_an_error() -> None:
    """In the words of the engine."""
    bad = {"income": "-0.01", "wealth": "10000000.01", "born": "1899-12-31", "points": 10**12 + 1}
    row = ("x", *(bad.get(name) for name in DOMAINS))
    (shown,) = in_duckdb(MONEY, export_sql(MONEY), [row])
    with pytest.raises(ProfileError) as raised:
        ENGINE.classify(bad)
    assert dict(zip(columns_of(MONEY), shown, strict=True))["error"] == str(raised.value)


def test_text_is_no_amount() -> None:
    """The database refuses the view."""
    with pytest.raises(duckdb.BinderException):
        in_column("text", "income", "'5'")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_numbers_are_written_as_text_that_is_cast(dialect: str) -> None:
    """No bare number with a point stands in any dialect, for some read it as a binary fraction."""
    statement = export_sql(MONEY, dialect)
    tree = sqlglot.parse_one(statement, dialect=dialect)
    literals = list(tree.find_all(sqlglot.exp.Literal))
    assert {"545.86", "1958-12-31"} <= {one.this for one in literals if one.is_string}
    assert not [one.this for one in literals if not one.is_string and "." in one.this]
    assert "income (decimal(18, 2))" in statement
    assert "points (bigint)" in statement


programs = binary("postgres") and binary("initdb")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Database]:
    """Make one database for the tests of this module."""
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    with database() as made:
        yield made


@pytest.mark.gate
def test_the_view_is_the_engine_in_postgres(postgres: Database) -> None:
    """Every column, near the thresholds and anywhere, with facts unknown."""
    rows = rows_of(int(2_000 * max(SHARE, 0.1)))
    shown = postgres.show(MONEY, export_sql(MONEY, "postgres"), rows)
    for row in told(ENGINE, rows):
        assert shown[str(row[0])] == as_text(row)


@pytest.mark.gate
def test_postgres_refuses_binary_fractions_and_text(postgres: Database) -> None:
    """The view is not made over a column of `double precision`, or of text."""
    for kind in ("double precision", "real", "text"):
        made = create_table(MONEY).replace("decimal(18, 2)", kind)
        with pytest.raises(AssertionError, match="does not exist"):
            postgres.execute(
                'DROP TABLE IF EXISTS "clients" CASCADE', made, export_sql(MONEY, "postgres")
            )
