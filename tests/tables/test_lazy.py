"""A lazy frame of polars is classified as the table that it would be."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from routeengine import DECLINED, Engine
from routeengine.errors import CaseloadError, UsageError
from routeengine.tables import classify_lazy
from safety.people import people
from tables.generated_tables import engines, tables

ENGINES = pytest.mark.parametrize("by", ["in-memory", "streaming"])

CLIENTS = pl.DataFrame(
    [
        {"client_id": f"c{n:05}", **{f: None if v is DECLINED else v for f, v in one.items()}}
        for n, one in enumerate(people(200))
    ]
)


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_a_lazy_frame_gives_what_the_table_gives(data: st.DataObject) -> None:
    """On made rule sets and tables, by both of polars's engines: values, types and order."""
    engine = data.draw(engines())
    table = data.draw(tables(engine.ruleset))
    # Polars has no wider numbers than 128 bits.
    assume(not any(map(pa.types.is_decimal256, table.schema.types)))
    frame = pl.DataFrame(table)
    expected = engine.classify_table(frame)
    out = frame.lazy().pipe(classify_lazy, engine.tables)
    assert out.collect_schema() == expected.schema
    for by in ("in-memory", "streaming"):
        assert out.collect(engine=by).equals(expected)


@ENGINES
def test_what_comes_after_it_selects_and_filters(engine: Engine, by: str) -> None:
    """Polars may not do that before it: what goes in and what comes out are other columns."""
    many = pl.concat([CLIENTS] * 40).with_columns(client_id=pl.lit(None, pl.String))
    many = many.with_columns(client_id=pl.int_range(pl.len()).cast(pl.String))
    expected = engine.classify_table(many)
    wanted = pl.col("scope") == "in_scope"
    for frame in (many.lazy().pipe(classify_lazy, engine.tables), expected.lazy()):
        narrow = frame.filter(wanted).select("route", "client_id").sort("client_id").head(50)
        found = narrow.collect(engine=by)  # type: ignore[call-overload]  # either
        assert found.height == 50
        assert found.equals(
            expected.filter(wanted).select("route", "client_id").sort("client_id").head(50)
        )
    sliced = many.lazy().pipe(classify_lazy, engine.tables).slice(70, 9)
    assert sliced.collect(engine=by).equals(expected.slice(70, 9))  # type: ignore[call-overload]  # either


def test_nothing_is_read_before_it_is_collected(engine: Engine) -> None:
    """But for the names and types of the columns: what is wrong with those is told at once."""
    read: list[int] = []

    def noted(part: pl.DataFrame) -> pl.DataFrame:
        read.append(part.height)
        return part

    lazy = CLIENTS.lazy().map_batches(noted, schema=CLIENTS.schema)
    out = lazy.pipe(classify_lazy, engine.tables, columns=["route"], missing=False)
    assert out.collect_schema().names() == ["route", "error"]
    assert not read
    assert out.collect().height == CLIENTS.height == sum(read)
    with pytest.raises(CaseloadError, match="the frame: column 1 is no fact"):
        pl.LazyFrame({"shoe_size": [44]}).pipe(classify_lazy, engine.tables)
    with pytest.raises(UsageError, match="no_column"):
        CLIENTS.lazy().pipe(classify_lazy, engine.tables, columns=["no_column"])
    dropped = pl.LazyFrame({"shoe_size": [44], "rung": [1]})
    assert (
        dropped.pipe(classify_lazy, engine.tables, drop_columns=["shoe_size"]).collect().height == 1
    )
