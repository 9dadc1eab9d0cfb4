"""A caseload file in batches: what is plain by columns, the other rows one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.columnar.block import Block
from routeengine.caseload.columnar.delimited import DelimitedPieces
from routeengine.caseload.columnar.ids import ClientIds, Hashes, Repeated
from routeengine.caseload.columnar.json_lines import JsonPieces
from routeengine.caseload.columnar.parquet import parquet_blocks
from routeengine.caseload.columnar.pieces import blocks as pieces
from routeengine.caseload.columns import Skip
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import JsonLinesSource
from routeengine.caseload.parquet import ParquetSource
from routeengine.caseload.reading import Caseload
from routeengine.caseload.row_maker import RowMaker
from routeengine.caseload.rows import Row
from routeengine.caseload.source import Record, Source


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a caseload, in order.

    `ids` has the client ids as text, null where none could be read, and `facts` per fact an
    array of text, truth values or whole numbers. What stands there counts for the rows that
    are not in `rows`: those were read one by one, good or faulty.
    """

    ids: pa.Array
    facts: Mapping[str, pa.Array]
    rows: Mapping[int, Row]

    def __len__(self) -> int:
        return len(self.ids)


def batches(
    caseload: Caseload, seen: ClientIds | None = None, repeated: Repeated | None = None
) -> Iterator[Batch]:
    """Read a CSV, JSON Lines or Parquet file from the start.

    `seen` takes the client ids, to be asked afterwards which stand there twice. Only by those,
    as `repeated`, does a second reading find the rows that say so.

    Raises CaseloadError where the file breaks off in a way that no row can be told.
    """
    caseload.done = 0
    hashes = seen.hashes if seen else repeated.hashes if repeated else Hashes()
    reader = _Reader(caseload, hashes, seen, repeated)
    with closing(caseload.open()) as source:
        for block in reader.blocks(source):
            caseload.done = source.done
            yield block
        caseload.done = source.done if source.total is None else source.total


class _Reader:
    """One reading of one file."""

    def __init__(
        self, caseload: Caseload, hashes: Hashes, seen: ClientIds | None, repeated: Repeated | None
    ) -> None:
        self._caseload = caseload
        self._hashes = hashes
        self._seen = seen
        self._repeated = repeated
        earlier = repeated.earlier if repeated else lambda _, number: number
        self._maker = RowMaker(caseload.ruleset, caseload.columns, earlier)
        self._row: Callable[[Record], Row] = self._maker.keyed_row

    def blocks(self, source: Source) -> Iterator[Batch]:
        """Yield the batches of an open file."""
        columns, readers = self._caseload.columns, self._maker.readers
        found: Iterator[Any]
        if isinstance(source, JsonLinesSource):
            found = pieces(source, (), JsonPieces(source, columns, readers))
        else:
            targets = columns.resolve(self._caseload.path, source.header or ())
            self._row = self._maker.table(targets, source.typings)
            if isinstance(source, ParquetSource):
                found = parquet_blocks(source, targets, readers)
            else:
                # There are no other sources that are read by columns.
                text = cast(DelimitedSource, source)
                wanted = [target is not Skip.DROPPED for target in targets]
                found = pieces(text, wanted, DelimitedPieces(text, targets, readers))
        for block in found:
            if isinstance(block, Block):
                yield self._batch(block)
            else:
                yield self._single([self._row(record) for record in block])

    def _single(self, rows: list[Row]) -> Batch:
        """Make a batch of rows that were all read one by one."""
        self._add([row.client_id for row in rows])
        ids = pa.array([row.client_id for row in rows], pa.string())
        return Batch(ids, {}, dict(enumerate(rows)))

    def _batch(self, block: Block) -> Batch:
        odd, ids = block.odd, block.ids
        hashes = self._hashes.of(_without(ids, odd))
        if self._seen:
            self._seen.add(hashes[~odd] if odd.any() else hashes)
        if self._repeated:
            odd = odd | self._repeated.mark(hashes)
        places = np.flatnonzero(odd).tolist()
        rows = {place: self._row(block.record(place)) for place in places}
        if rows:
            told = [row.client_id for row in rows.values()]
            self._add(told)
            ids = _put(ids, places, told)
        return Batch(ids, block.facts, rows)

    def _add(self, ids: list[str | None]) -> None:
        known = [client for client in ids if client is not None]
        if self._seen and known:
            self._seen.add(self._hashes.of_texts(known))


def _without(ids: pa.Array, odd: NDArray[np.bool_]) -> pa.Array:
    """Leave out ids that are not plain, which may be long."""
    return pa.compute.if_else(pa.array(odd), "", ids) if odd.any() else ids


def _put(ids: pa.Array, places: list[int], told: list[str | None]) -> pa.Array:
    """Put ids that were read one by one in their places."""
    take = np.arange(len(ids))
    take[places] = np.arange(len(ids), len(ids) + len(told))
    # As bytes, for what stood there may be no text at all.
    old = ids.view(pa.binary())
    new = pa.array(told, pa.string()).view(pa.binary())
    return pa.concat_arrays([old, new]).take(pa.array(take)).view(pa.string())
