"""Classifying a Spark DataFrame (extra `spark`): the rules go to the rows.

Spark does all that is distributed. Here are only the columns that come out, and what one
Python worker does with the batches of one partition.
"""

# Spark is large, and so not among what the checks install.
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from routeengine.engine import Engine
from routeengine.errors import UsageError
from routeengine.lazy import import_extra
from routeengine.ruleset.model import RuleSet

import_extra("pyspark", "spark", "classifying a Spark DataFrame")

import pyarrow as pa  # after the look at what the extra brings
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StringType, StructField, StructType

from routeengine.tables import classify_stream

__all__ = ["classify"]


def classify(
    frame: DataFrame,
    rules: Engine | RuleSet,
    *,
    drop_columns: Iterable[str] = (),
    missing: bool = True,
) -> DataFrame:
    """Return a DataFrame with the verdicts of every row; lazy, as all of Spark.

    Columns go in and come out as with `Engine.classify_table`, all of them texts: a row for each
    row, in the order within its partition. `drop_columns` names columns that are not looked at, and
    `missing=False` leaves out the columns of missing facts. The rules travel inside the plan, and
    each Python worker builds its engine once. Nobody checks whether a client id appears in two
    rows, for they may lie in two partitions.

    Raises CaseloadError, before any row is read, for columns that are not facts, are refused or
    appear twice, and UsageError for what is not an engine or rule set.
    """
    if not isinstance(rules, (Engine, RuleSet)):
        raise UsageError("the rules must be an engine, or a rule set from `load_ruleset`")
    engine = rules if isinstance(rules, Engine) else Engine(rules)
    work = Partition(engine, tuple(drop_columns), missing)
    columns = engine.tables.reading(
        to_arrow_schema(frame.schema), drop_columns=work.drop_columns, missing=missing,
        named="the DataFrame",
    ).schema.names  # fmt: skip
    kinds = StructType([StructField(name, StringType()) for name in columns])
    return frame.mapInArrow(work, kinds)


@dataclass(frozen=True, slots=True)
class Partition:
    """What a Python worker does with the batches of one partition; goes to it as a value.

    The engine travels as its rules, and is built once per process (see `Engine.__reduce__`).
    """

    engine: Engine
    drop_columns: tuple[str, ...]
    missing: bool

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Classify the batches, and give texts as Spark knows them: not as dictionaries."""
        for batch in batches:
            source = pa.RecordBatchReader.from_batches(batch.schema, [batch])
            for out in classify_stream(
                self.engine.tables, source, drop_columns=self.drop_columns, missing=self.missing
            ):
                yield pa.RecordBatch.from_arrays(
                    [column.cast(pa.string()) for column in out.columns], names=out.schema.names
                )
