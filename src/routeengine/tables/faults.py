"""Rows that cannot be used: what is wrong with them, in the words of a caseload file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from routeengine.tables.bits import Plane, kinds_at, rows_of

Faults: TypeAlias = Mapping[int, Sequence[str]]
"""Per row, from 0, what is wrong with it: `FIELD: what is allowed`."""


def row_errors(rows: int, faulty: Sequence[tuple[str, Plane]], faults: Faults) -> dict[int, str]:
    """Give what is wrong, per row: what is known already, then the columns in their order."""
    if not faulty:
        return {row: "; ".join(some) for row, some in sorted(faults.items())}
    planes = [plane for _, plane in faulty]
    found = rows_of(np.bitwise_or.reduce(planes), rows)
    kinds, which = kinds_at(planes, found)
    bits = [int.from_bytes(kind, "little") for kind in kinds]
    said = [[one for n, (one, _) in enumerate(faulty) if some >> n & 1] for some in bits]
    texts = {
        row: "; ".join([*faults.get(row, ()), *said[kind]])
        for row, kind in zip(found.tolist(), which.tolist(), strict=True)
    }
    texts |= {row: "; ".join(some) for row, some in faults.items() if row not in texts}
    return texts


def error_column(errors: dict[int, str], rows: int) -> pa.Array:
    """Give the column that says what is wrong with rows; null for most of them."""
    if not errors:
        return pa.nulls(rows, pa.string())
    words = {text: number for number, text in enumerate(dict.fromkeys(errors.values()))}
    places = np.zeros(rows, np.int32)
    absent = np.ones(rows, np.bool_)
    which = list(errors)
    places[which] = [words[text] for text in errors.values()]
    absent[which] = False
    indices = pa.array(places, mask=absent)
    return pa.DictionaryArray.from_arrays(indices, list(words)).dictionary_decode()
