"""The client ids of a table: as they are written out, and which of them are faults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.row_maker import ID_LIMIT, read_client_id

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
    suspect = _suspects(array)
    if not len(suspect):
        return array
    binary = pa.large_binary() if kind == pa.large_string() else pa.binary()
    texts = []
    for row, raw in zip(suspect.tolist(), array.take(pa.array(suspect)).cast(binary).to_pylist(),
                        strict=True):  # fmt: skip
        text, problem = read_client_id(None if raw is None else raw.decode(errors="replace"))
        texts.append(text)
        if problem:
            problems[row] = [problem]
    there = np.zeros(len(array), np.bool_)
    there[suspect] = True
    return pc.call_function("replace_with_mask", [array, pa.array(there), pa.array(texts, kind)])


def _suspects(array: pa.Array) -> NDArray[np.intp]:
    """Give the rows whose id is not simply some printable ASCII without a space."""
    if not len(array):
        return np.empty(0, np.intp)
    width = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
    validity, offsets_at, data = array.buffers()
    offsets = np.frombuffer(offsets_at, width, len(array) + 1, array.offset * width.itemsize)
    lengths = np.diff(offsets)
    odd = (lengths == 0) | (lengths > ID_LIMIT)
    first, last = int(offsets[0]), int(offsets[-1])
    text = np.frombuffer(data, np.uint8, last - first, first) if last > first else None
    if text is not None and (text.min() <= 0x20 or text.max() >= 0x7F):
        places = np.flatnonzero((text <= 0x20) | (text >= 0x7F)) + first
        odd[np.searchsorted(offsets, places, side="right") - 1] = True
    if validity is not None and array.null_count:
        odd |= ~array.is_valid().to_numpy(zero_copy_only=False)
    return np.flatnonzero(odd)


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
