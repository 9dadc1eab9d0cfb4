"""A table that comes in batches is classified as the whole would be."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from routeengine import DECLINED, Engine
from routeengine.errors import CaseloadError, UsageError
from routeengine.tables import classify_stream
from safety.people import people

ROWS = [
    {"client_id": f"c{n}", **{f: None if v is DECLINED else v for f, v in one.items()}}
    for n, one in enumerate(people(150))
]


def test_batches_give_what_the_table_gives(engine: Engine) -> None:
    """Also where a batch is empty, where an id cannot be used, and from DuckDB and back."""
    rows = [dict(row) for row in ROWS]
    rows[3]["client_id"], rows[4]["rung"] = None, 8
    table = pa.Table.from_pylist(rows)
    expected = engine.classify_table(table).to_pylist()
    pieces = [*table.slice(0, 64).to_batches(), *table.slice(0, 0).to_batches()]
    pieces += table.slice(64).to_batches(max_chunksize=50)
    source = pa.RecordBatchReader.from_batches(table.schema, pieces)
    assert classify_stream(engine.tables, source).read_all().to_pylist() == expected
    with duckdb.connect() as database, database.cursor() as other:
        given = other.from_arrow(classify_stream(engine.tables, database.from_arrow(table)))
        assert given.to_arrow_table().to_pylist() == expected


def test_options_and_faults_are_those_of_tables(engine: Engine) -> None:
    """Columns are refused at once, dropped on request, and an id is not needed."""
    table = pa.table({"rung": [1], "shoe_size": [44]})
    with pytest.raises(CaseloadError, match="shoe_size"):
        classify_stream(engine.tables, table)
    out = classify_stream(engine.tables, table, drop_columns=["shoe_size"], missing=False)
    assert "route_missing" not in out.schema.names
    assert out.read_all()["client_id"].to_pylist() == [None]
    with pytest.raises(UsageError, match="Arrow batches"):
        classify_stream(engine.tables, [1, 2])
