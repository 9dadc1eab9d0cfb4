"""The client ids of a table: as they are written out, and which of them are faults."""

from __future__ import annotations

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
        ids, wrong = clean_ids(chunk, errors="replace")
        chunks.append(ids)
        faults |= {first + row: some for row, some in wrong.items()}
        first += len(chunk)
    ids = pa.chunked_array(chunks, id_type(column.type))
    if not _ascend(ids):  # to compare neighbours is far quicker than to collect all
        _find_repeated(ids, faults)
    return ids, faults


def _ascend(ids: pa.ChunkedArray) -> bool:
    """Return whether each id is greater than the one before: then none is there twice."""
    if ids.null_count or len(ids) < 2:
        return not ids.null_count
    greater = pc.call_function("less", [ids[:-1], ids[1:]])
    return bool(pc.call_function("all", [greater]).as_py())


def _find_repeated(ids: pa.ChunkedArray, faults: dict[int, list[Complaint]]) -> None:
    """Note each client id that is in an earlier row too, and in which (from 1)."""
    if len(ids.unique()) - (ids.null_count > 0) == len(ids) - ids.null_count:
        return
    encoded = ids.dictionary_encode().combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    earlier = first[back]
    for row in np.flatnonzero((codes >= 0) & (earlier != np.arange(len(codes)))).tolist():
        faults.setdefault(row, []).insert(0, repeated_id(earlier[row] + 1))
