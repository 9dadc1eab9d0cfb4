"""Parquet by columns: text by its dictionary, truth values and whole numbers as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.columnar.block import Block, odd_cells
from routeengine.caseload.columnar.ids import odd_ids
from routeengine.caseload.columns import CLIENT, Skip, Target
from routeengine.caseload.parquet import ParquetSource, used
from routeengine.caseload.source import Record
from routeengine.caseload.values import FactReader
from routeengine.client_id import MAX_LENGTH
from routeengine.ruleset.model import Fact

BATCH = 1 << 16
"""Rows that are read at a time."""


def parquet_blocks(
    source: ParquetSource, targets: Sequence[Target], readers: Mapping[str, FactReader]
) -> Iterator[Block]:
    """Yield the rows of a Parquet file as blocks."""
    header = source.header or ()
    wanted = [target is not Skip.DROPPED for target in targets]
    names = [name for name, want in zip(header, wanted, strict=True) if want]
    encodable = source.encodable(names)
    client = header[targets.index(CLIENT)]
    # Ids all differ, so they are read by a dictionary only where it has words that are no id.
    plain = client in encodable and source.longest_word(client) <= 4 * MAX_LENGTH
    encoded = [name for name in encodable if not (plain and name == client)]
    done = 0
    for batch in source.batches(names, BATCH, encoded):
        yield _block(source, batch, targets, readers, done)
        done += batch.num_rows
        source.done = done


def _block(
    source: ParquetSource,
    batch: pa.RecordBatch,
    targets: Sequence[Target],
    readers: Mapping[str, FactReader],
    done: int,
) -> Block:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    header = source.header or ()
    ids = _ids(columns[header[targets.index(CLIENT)]])
    odd = odd_ids(ids)
    facts = {}
    for name, target, typing in zip(header, targets, source.typings, strict=True):
        if target is Skip.UNNAMED:
            odd |= _filled(source, columns[name])
        elif isinstance(target, Fact):
            array, faulty = _fact(source, columns[name], getattr(readers[target.id], typing))
            facts[target.id] = array
            odd |= faulty

    words: dict[tuple[str, int], object] = {}

    def cell(name: str, row: int) -> object:
        array = columns[name]
        if not pa.types.is_dictionary(array.type):
            return source.values(array.slice(row, 1))[0]
        code = array.indices[row].as_py()
        if code is not None and (name, code) not in words:
            # Once, for it may be long and stand in many rows.
            (words[name, code],) = source.values(array.dictionary.slice(code, 1))
        return None if code is None else words[name, code]

    def record(row: int) -> Record:
        cells = {name: cell(name, row) for name in columns}
        return Record(done + row + 1, [cells.get(name) for name in header])

    return Block(np.arange(done + 1, done + batch.num_rows + 1), ids, facts, odd, record)


def _ids(array: pa.Array) -> pa.Array:
    """Give client ids as text; what can be none is null, and so is looked at by itself."""
    types = pa.types
    kind = array.type
    if types.is_dictionary(kind) and (
        types.is_string(kind.value_type) or types.is_large_string(kind.value_type)
    ):
        array = used(array)
        words = array.dictionary
        short = pc.if_else(pc.greater(pc.binary_length(words), MAX_LENGTH), "", words)
        array = pa.DictionaryArray.from_arrays(array.indices, short).dictionary_decode()
    if types.is_string(array.type) or types.is_large_string(array.type):
        # As bytes in between, for Parquet does not promise that text is UTF-8.
        return array.cast(pa.binary()).view(pa.string())
    if types.is_integer(array.type):
        return array.cast(pa.string())
    return pa.nulls(len(array), pa.string())


def _fact(
    source: ParquetSource, array: pa.Array, read: Any
) -> tuple[pa.Array, NDArray[np.bool_] | bool]:
    """Give a column that a table can have, and the cells in it that cannot be used."""
    types = pa.types
    kind = array.type
    if types.is_dictionary(kind):
        array = used(array)
    if types.is_boolean(kind) or types.is_integer(kind) or source.typing(kind) == "text":
        faulty = odd_cells(array, read, source.values)
        return array, False if faulty is None else faulty
    return pa.nulls(len(array)), array.is_valid().to_numpy(zero_copy_only=False)


def _filled(source: ParquetSource, array: pa.Array) -> NDArray[np.bool_]:
    """Mark the cells of a column without a name that are not empty."""
    filled = array.is_valid()
    if source.typing(array.type) == "text":
        coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        words = pc.not_equal(pc.binary_length(coded.dictionary), 0)
        filled = words.take(coded.indices).fill_null(False)
    found: NDArray[np.bool_] = filled.to_numpy(zero_copy_only=False)
    return found
