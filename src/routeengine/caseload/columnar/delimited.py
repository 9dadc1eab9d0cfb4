"""CSV by columns: pieces of lines without a quote, each with the right number of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv

from routeengine.caseload.columnar.block import Block, odd_cells
from routeengine.caseload.columnar.ids import odd_ids
from routeengine.caseload.columnar.pieces import line_of, lines_in
from routeengine.caseload.columns import CLIENT, Skip, Target
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.source import Record
from routeengine.caseload.values import FAULTY, FactReader, Faulty
from routeengine.profile import Knowledge
from routeengine.ruleset.model import Fact

__all__ = ["DelimitedPieces"]

_ENCODED = pa.dictionary(pa.int32(), pa.string())


def _empty(cell: object) -> Knowledge | Faulty:
    """Read a cell of a column that has no name, and so must be empty."""
    return FAULTY if cell else None


class DelimitedPieces:
    """Parses pieces of one CSV file; a column is known by its place."""

    def __init__(
        self, source: DelimitedSource, targets: Sequence[Target], readers: Mapping[str, FactReader]
    ) -> None:
        self._source = source
        self._width = len(targets)
        self._id = str(targets.index(CLIENT))
        self._readers = {
            str(place): readers[target.id].text if isinstance(target, Fact) else _empty
            for place, target in enumerate(targets)
            if isinstance(target, Fact) or target is Skip.UNNAMED
        }
        self._facts = {
            target.id: str(place)
            for place, target in enumerate(targets)
            if isinstance(target, Fact)
        }
        self._parsing = pa.csv.ParseOptions(
            delimiter=source.delimiter, quote_char=False, escape_char=False,
            newlines_in_values=False, ignore_empty_lines=True,
        )  # fmt: skip
        names = [self._id, *self._readers]
        self._converting = pa.csv.ConvertOptions(
            column_types={self._id: pa.string(), **dict.fromkeys(self._readers, _ENCODED)},
            include_columns=names, null_values=[], strings_can_be_null=False, check_utf8=False,
        )  # fmt: skip

    def __call__(self, piece: bytes, before: int) -> Block | None:
        """Make a block of whole lines."""
        count = 0 if b'"' in piece else lines_in(piece)
        data = self._source.lines.as_utf8(piece) if count else None
        table = None if data is None else self._table(data)
        if data is None or table is None or table.num_rows != count:
            return None
        columns = {name: _one(table.column(name)) for name in table.column_names}
        ids = columns[self._id]
        odd = odd_ids(ids)
        if self._width == 1 and odd.any():
            # Where there is one column, an empty line is no row.
            return None
        for name, read in self._readers.items():
            faulty = odd_cells(columns[name], read, pa.Array.to_pylist)
            if faulty is not None:
                odd |= faulty
        line, delimiter = line_of(data), self._source.delimiter

        def record(row: int) -> Record:
            return Record(before + row + 1, line(row).rstrip("\r\n").split(delimiter))

        numbers = np.arange(before + 1, before + count + 1)
        facts = {fact: columns[name] for fact, name in self._facts.items()}
        return Block(numbers, ids, facts, odd, record)

    def _table(self, data: bytes) -> pa.Table | None:
        reading = pa.csv.ReadOptions(
            column_names=list(map(str, range(self._width))), block_size=len(data) + 1
        )
        try:
            return pa.csv.read_csv(pa.py_buffer(data), reading, self._parsing, self._converting)
        except (pa.ArrowInvalid, pa.ArrowKeyError):
            return None


def _one(column: pa.ChunkedArray) -> pa.Array:
    """Give a column of one piece, which was read as one chunk."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
