"""Caseload files read and written by columns, as exactly as row by row and far faster.

INVARIANT: what comes out is what the readers and writers of single rows would give. Here
stands only the short way for what is plain; the rest goes the way of single rows.

Needs numpy and pyarrow; import it only where a file is large.
"""

from routeengine.caseload.columnar.batches import Batch, batches
from routeengine.caseload.columnar.ids import ClientIds, Repeated
from routeengine.caseload.columnar.output import ColumnOutput, Told

__all__ = ["Batch", "ClientIds", "ColumnOutput", "Repeated", "Told", "batches"]
