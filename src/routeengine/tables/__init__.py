"""Tables: many rows at once, Arrow columns in and out (extra `tables`).

`Engine.classify_table` takes a whole table in memory. What comes in batches, a file or a part of a
table elsewhere, is read by a `TableReading`: one per set of columns, from
`TableClassifier.reading`.
"""

from routeengine.lazy import import_extra

import_extra("numpy", "tables", "classifying a table")
import_extra("pyarrow", "tables", "classifying a table")

from routeengine.tables.api import (  # after the look at what they need
    TableTrace,
    classify_lazy,
    classify_stream,
    classify_table,
    trace_table,
)
from routeengine.tables.classifier import BATCH, TableClassifier, TableReading

__all__ = [
    "BATCH",
    "TableClassifier",
    "TableReading",
    "TableTrace",
    "classify_lazy",
    "classify_stream",
    "classify_table",
    "trace_table",
]
