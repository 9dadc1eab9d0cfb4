"""The client ids of a table: as they are written out, and which of them are faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.arrow_text import odd_ids
from routeengine.client_id import parse_cell

Problems = dict[int, list[str]]
"""Per row, from 0, what is wrong with its client id."""


def id_type(kind: pa.DataType | None) -> pa.DataType:
    """Give the type in which client ids of a column of this type are written out."""
    if kind is not None and pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind if kind is not None and pa.types.is_large_string(kind) else pa.string()


def clean(array: pa.Array, problems: Problems) -> pa.Array:
    """Give client ids as text; None, with the problem noted, where one cannot be used."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = id_type(array.type)
    if pa.types.is_integer(array.type):
        array = array.cast(kind)
    elif not pa.types.is_string(array.type) and not pa.types.is_large_string(array.type):
        for row, there in enumerate(array.is_valid().to_pylist()):
            problems[row] = ["must be text" if there else "is missing"]
        return pa.nulls(len(array), kind)
    if not len(array) or not (odd := odd_ids(array)).any():
        return array
    binary = pa.large_binary() if kind == pa.large_string() else pa.binary()
    texts = []
    suspects = array.filter(pa.array(odd)).cast(binary).to_pylist()
    for row, raw in zip(np.flatnonzero(odd).tolist(), suspects, strict=True):
        text, problem = parse_cell(None if raw is None else raw.decode(errors="replace"))
        texts.append(text)
        if problem:
            problems[row] = [problem]
    return pc.call_function("replace_with_mask", [array, pa.array(odd), pa.array(texts, kind)])


def repeated(ids: pa.ChunkedArray, problems: Problems) -> None:
    """Note each client id that stands in an earlier row too, and in which (from 1)."""
    if _ascend(ids):
        return
    encoded = ids.dictionary_encode().combine_chunks()
    if len(encoded.dictionary) == len(encoded) - encoded.null_count:
        return
    codes: NDArray[Any] = encoded.indices.fill_null(-1).to_numpy()
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    earlier = first[back]
    for row in np.flatnonzero((codes >= 0) & (earlier != np.arange(len(codes)))).tolist():
        problems.setdefault(row, []).insert(0, f"stands in row {earlier[row] + 1} too")


def _ascend(ids: pa.ChunkedArray) -> bool:
    """Say whether each id is greater than the one before: then none stands twice."""
    if ids.null_count or len(ids) < 2:
        return not ids.null_count
    greater = pc.call_function("less", [ids[:-1], ids[1:]])
    return bool(pc.call_function("all", [greater]).as_py())
