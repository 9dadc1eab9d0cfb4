"""Tables of made profiles, and what the engine says of each row, in the columns of a view."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa
from hypothesis import assume

from routeengine import Engine
from routeengine.caseload import output_columns
from routeengine.errors import RuleSetError
from routeengine.result import Result
from routeengine.ruleset.domains import DecimalDomain
from routeengine.ruleset.model import Fact, RuleSet

Row = tuple[object, ...]

TYPES = {"boolean": "boolean", "category": "text", "integer": "bigint", "date": "date"}
ARROW = {
    "boolean": pa.bool_(), "category": pa.string(), "integer": pa.int64(), "date": pa.date32(),
}  # fmt: skip


def engine_of(ruleset: RuleSet) -> Engine:
    """Build an engine; leave out rule sets whose constraints exclude everything."""
    try:
        return Engine(ruleset)
    except RuleSetError:
        assume(False)
        raise


def made_rows(
    ruleset: RuleSet, count: int, unknown: float | None, seed: int, first: int = 0
) -> Iterator[Row]:
    """Make rows: a client id, then a value of each fact or None.

    `unknown` is the share of facts that are not known; None draws a share for each row.
    """
    draw = random.Random(seed)
    values = [fact.domain.values for fact in ruleset.facts]
    for number in range(first, first + count):
        share = draw.random() if unknown is None else unknown
        known = (None if draw.random() < share else draw.choice(some) for some in values)
        yield (f"c{number}", *known)


def truth_rows(facts: int, count: int) -> Iterator[Row]:
    """Make rows of truth values in which few or many are true, and few or many are unknown."""
    draw = random.Random(facts)
    for number in range(count):
        unknown = draw.choice([0.0, 0.02, 0.3, 0.9, 0.98])
        true = draw.choice([0.0, 0.01, 0.1, 0.5, 0.9])
        cells = [None if draw.random() < unknown else draw.random() < true for _ in range(facts)]
        yield (f"c{number}", *cells)


def columns_of(ruleset: RuleSet) -> tuple[str, ...]:
    """Name the columns of the view: those of a classified caseload, without missing facts."""
    return tuple(name for name in output_columns(ruleset) if not name.endswith("_missing"))


def told(engine: Engine, rows: Sequence[Row]) -> Iterator[Row]:
    """Give what the engine says of each row, in the columns of the view."""
    names = [fact.id for fact in engine.ruleset.facts]
    profiles = [dict(zip(("client_id", *names), row, strict=True)) for row in rows]
    for result in engine.classify_many(profiles):
        yield as_row(result)


def as_row(result: Result) -> Row:
    """Give a result as a row of the view."""
    cells: list[object] = [result.client_id]
    for verdict in result.verdicts.values():
        cells += [
            verdict.outcome, verdict.status, verdict.rule, " ".join(verdict.candidates),
            " ".join(verdict.possible), verdict.reason,
        ]  # fmt: skip
    ref = result.ruleset
    return (*cells, " ".join(result.flags), None, ref.id, ref.version, ref.sha256)


def create_table(ruleset: RuleSet, name: str = "clients") -> str:
    """Give the statement that makes a table for profiles."""
    columns = ['"client_id" text', *(_column(fact) for fact in ruleset.facts)]
    return f'CREATE TABLE "{name}" ({", ".join(columns)})'


def _column(fact: Fact) -> str:
    quoted = fact.id.replace('"', '""')
    domain = fact.domain
    kind = TYPES.get(fact.kind, "")
    if isinstance(domain, DecimalDomain):
        kind = f"decimal(18, {domain.places})"
    return f'"{quoted}" {kind}'


def as_array(fact: Fact, values: Sequence[object]) -> pa.Array:
    """Give a column of Arrow; a decimal number and a date are given as text."""
    domain = fact.domain
    if isinstance(domain, DecimalDomain):
        return pa.array(values, pa.string()).cast(pa.decimal128(18, domain.places))
    kind = ARROW[fact.kind]
    return (
        pa.array(values, pa.string()).cast(kind) if kind == pa.date32() else pa.array(values, kind)
    )


def in_duckdb(ruleset: RuleSet, statement: str, rows: Sequence[Row]) -> list[Row]:
    """Make the table and the view in a DuckDB of its own, and give the view's rows."""
    with duckdb.connect() as database:
        database.execute(create_table(ruleset))
        ids, *columns = zip(*rows, strict=True)
        cells = [pa.array(ids, pa.string()), *map(as_array, ruleset.facts, columns)]
        database.register("given", pa.table(cells, [f"c{n}" for n in range(len(cells))]))
        database.execute("INSERT INTO clients SELECT * FROM given")
        database.execute(statement)
        names = ", ".join(f'"{name}"' for name in columns_of(ruleset))
        shown = database.execute(f"SELECT {names} FROM advice").fetchall()  # noqa: S608  our names
    order = {row[0]: place for place, row in enumerate(rows)}
    return sorted(shown, key=lambda row: order[row[0]])
