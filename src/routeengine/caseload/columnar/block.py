"""A block: records side by side, as a file format gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.source import Record
from routeengine.caseload.values import FAULTY, CellReader


@dataclass(frozen=True, slots=True)
class Block:
    """Records by column.

    `ids` has the client ids as they stand there (text), `facts` per fact an array of text,
    truth values or whole numbers. `odd` marks the records that have to be looked at one by one,
    for at least one cell cannot be used; `record` gives any record as the row-wise reader does.
    """

    numbers: NDArray[np.int64]
    ids: pa.Array
    facts: Mapping[str, pa.Array]
    odd: NDArray[np.bool_]
    record: Callable[[int], Record]


def odd_cells(
    array: pa.Array, read: CellReader, values: Callable[[pa.Array], list[Any]]
) -> NDArray[np.bool_] | None:
    """Mark the cells that cannot be used; None where all can. Reads each distinct value once.

    `values` gives the values of an array as Python has them.
    """
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    faulty = [read(value) is FAULTY for value in values(encoded.dictionary)]
    if True not in faulty:
        return None
    # One more, for what is not there: that is unknown, and no fault.
    codes = encoded.indices.fill_null(len(faulty)).to_numpy(zero_copy_only=False)
    found: NDArray[np.bool_] = np.array([*faulty, False])[codes]
    return found
