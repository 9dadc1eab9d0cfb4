"""A Spark DataFrame is classified as a table is, on a real Spark with workers of its own."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

from required import required
from routeengine import DECLINED, Engine
from routeengine.errors import CaseloadError, UsageError
from routeengine.ruleset.model import RuleSet
from safety.people import people
from spark.present import ABSENT

required("spark", ABSENT)

from pyspark.sql import SparkSession  # noqa: E402  after the look whether it is there

from routeengine import spark as module  # noqa: E402  as above

pytestmark = [
    # Spark leaves its sockets and its gateway to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """Start Spark with two workers."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["PYSPARK_PYTHON"] = sys.executable  # where the library is installed
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """Make clients, one of whom has a value that is not acceptable and one no usable id."""
    made = [
        {"client_id": f"c{n}", **{f: None if v is DECLINED else v for f, v in one.items()}}
        for n, one in enumerate(people(300))
    ]
    made[7]["rung"] = 9
    made[200]["client_id"] = None
    return made


@pytest.mark.parametrize("by", ["engine", "rules"])
def test_spark_gives_what_a_table_gives(
    session: SparkSession, engine: Engine, rijswijk: RuleSet, rows: list[dict[str, Any]], by: str
) -> None:
    """Row for row, faults and all, over several partitions and batches; nothing is lost."""
    table = pa.Table.from_pylist(rows)
    schema = ", ".join(f"{field.name} {SPARK[field.type]}" for field in table.schema)
    frame = session.createDataFrame(rows, schema).repartition(3)
    out = module.classify(frame, engine if by == "engine" else rijswijk)
    expected = engine.classify_table(table)
    assert out.columns == expected.column_names
    assert {field.dataType.typeName() for field in out.schema} == {"string"}
    given = sorted((tuple(row) for row in out.collect()), key=str)
    assert given == sorted((tuple(row.values()) for row in expected.to_pylist()), key=str)


def test_a_worker_builds_its_engine_once(session: SparkSession, engine: Engine) -> None:
    """However many partitions it is given, and also where those are empty."""
    frame = session.createDataFrame([], "rung int").repartition(4)
    assert module.classify(frame, engine, missing=False).count() == 0
    sent = pickle.dumps(module.Partition(engine, (), missing=False))
    workers = [pickle.loads(sent) for _ in range(2)]
    assert workers[0].engine is workers[1].engine
    batches = pa.table({"rung": [1, 5, None]}).to_batches(max_chunksize=1)
    for work in workers:
        out = pa.Table.from_batches(list(work(iter(batches))))
        assert out["scope_status"].to_pylist() == ["insufficient"] * 3
        assert "route_missing" not in out.column_names


def test_what_is_wrong_with_the_columns_is_said_before_any_row_is_read(
    session: SparkSession, engine: Engine
) -> None:
    """A column that is no fact is refused where `classify` is called, not in a worker."""
    frame = session.createDataFrame([("x", 1)], "shoe_size string, rung int")
    with pytest.raises(CaseloadError, match="shoe_size"):
        module.classify(frame, engine)
    assert module.classify(frame, engine, drop_columns=["shoe_size"]).count() == 1
    with pytest.raises(UsageError, match="a rule set from"):
        module.classify(frame, "rijswijk-2023")  # type: ignore[arg-type]  # just what must fail


SPARK = {pa.string(): "string", pa.int64(): "bigint", pa.bool_(): "boolean"}
