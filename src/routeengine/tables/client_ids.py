"""The client ids of a table: as they are written out, and which of them are faults."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from routeengine.caseload.arrow_text import clean_ids
from routeengine.caseload.rows import Complaint, repeated_id
from routeengine.tables.output import Faults


def id_type(kind: pa.DataType | None) -> pa.DataType:
    """Return the type in which client ids of a column of this type are written out."""
    if kind is not None and pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind if kind is not None and pa.types.is_large_string(kind) else pa.string()


def read_column(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, Faults]:
    """Return all client ids of a table as text, and what is wrong with those that are None then.

    One of an earlier row is a fault too.
    """
    chunks: list[pa.Array] = []
    faults: dict[int, list[Complaint]] = {}
    first = 0
    for chunk in column.chunks:
        ids, wrong = clean_ids(chunk)
        chunks.append(ids)
        faults |= {first + row: some for row, some in wrong.items()}
        first += len(chunk)
    ids = pa.chunked_array(chunks, id_type(column.type))
    # If each is greater than the one before none is there twice: that is far quicker to see.
    if ids.null_count or not pc.all(pc.less(ids[:-1], ids[1:]), min_count=0).as_py():
        for row, earlier in _repeated(ids):
            faults.setdefault(row, []).insert(0, repeated_id(earlier))
    return ids, faults


def _repeated(ids: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Yield each row, from 0, whose client id is in an earlier row too, and which, from 1."""
    if len(ids.unique()) - (ids.null_count > 0) == len(ids) - ids.null_count:
        return
    codes = ids.dictionary_encode().combine_chunks().indices.fill_null(-1).to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    for row in np.flatnonzero((codes >= 0) & (first[back] != np.arange(len(codes)))).tolist():
        yield row, int(first[back[row]]) + 1
