"""Classifying a Spark DataFrame (extra `spark`): the rules go to the rows.

Spark does all that is distributed. Here are only the columns that come out, and what one
Python worker does with the batches of one partition.
"""

# Spark is large, and so not among what the checks install.
# pyright: reportMissingImports=false

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

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

WORKER_RULES = 4
"""Rule sets whose engines one Python worker keeps."""


def classify(
    frame: DataFrame,
    rules: Engine | RuleSet,
    *,
    drop_columns: Iterable[str] = (),
    missing: bool = True,
) -> DataFrame:
    """Classify every row of a DataFrame; lazy, as all of Spark.

    Columns go in and come out as with `Engine.classify_table`, all of them texts: a row
    for each row, in the order within its partition. `drop_columns` are not looked at. Without
    `missing` there are no columns for what is missing. The rules travel inside the plan, and each
    Python worker builds its engine once. Nobody checks whether a client id appears in
    two rows, for they may lie in two partitions.

    Raises CaseloadError, before any row is read, for columns that are not facts, are refused
    or appear twice, and UsageError for what is not an engine or rule set.
    """
    if not isinstance(rules, (Engine, RuleSet)):
        raise UsageError("the rules must be an engine, or a rule set from `load_ruleset`")
    engine = rules if isinstance(rules, Engine) else Engine(rules)
    work = Partition(pickle.dumps(engine), tuple(drop_columns), missing)
    columns = engine.tables.reading(
        to_arrow_schema(frame.schema), drop_columns=work.drop_columns, missing=missing,
        named="the DataFrame",
    ).schema.names  # fmt: skip
    kinds = StructType([StructField(name, StringType()) for name in columns])
    return frame.mapInArrow(work, kinds)


@dataclass(frozen=True, slots=True)
class Partition:
    """What a Python worker does with the batches of one partition; goes to it as a value."""

    engine: bytes
    drop_columns: tuple[str, ...]
    missing: bool

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Classify the batches, and give texts as Spark knows them: not as dictionaries."""
        tables = _engine(self.engine).tables
        for batch in batches:
            source = pa.RecordBatchReader.from_batches(batch.schema, [batch])
            for out in classify_stream(
                tables, source, drop_columns=self.drop_columns, missing=self.missing
            ):
                yield pa.RecordBatch.from_arrays(
                    [column.cast(pa.string()) for column in out.columns], names=out.schema.names
                )


@lru_cache(maxsize=WORKER_RULES)
def _engine(pickled: bytes) -> Engine:
    """Build an engine once per Python worker process, however many tasks it runs."""
    # The bytes are those that `classify` made of its engine. They come with the plan, as the code
    # does: whoever could change them could change the code.
    engine: Engine = pickle.loads(pickled)  # noqa: S301  bytes of our own, see above
    return engine
