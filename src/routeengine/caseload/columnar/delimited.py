"""CSV by columns: pieces of lines that each have the right number of cells.

Where there are quotes, each must stand around a whole cell of one line, or be doubled within
one: then there is one way to read it, and the row-wise reader and pyarrow go the same.
"""

from __future__ import annotations

import csv
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
        names = [self._id, *self._readers]
        self._converting = pa.csv.ConvertOptions(
            column_types={self._id: pa.string(), **dict.fromkeys(self._readers, _ENCODED)},
            include_columns=names, null_values=[], strings_can_be_null=False, check_utf8=False,
        )  # fmt: skip

    def __call__(self, piece: bytes, before: int) -> Block | None:
        """Make a block of whole lines."""
        count = lines_in(piece)
        if not count or (b'"' in piece and not plainly_quoted(piece, self._source.delimiter)):
            return None
        data = self._source.lines.as_utf8(piece)
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
        line = line_of(data)

        def record(row: int) -> Record:
            return self._source.of_line(before + row + 1, line(row))

        numbers = np.arange(before + 1, before + count + 1)
        facts = {fact: columns[name] for fact, name in self._facts.items()}
        return Block(numbers, ids, facts, odd, record)

    def _table(self, data: bytes) -> pa.Table | None:
        reading = pa.csv.ReadOptions(
            column_names=list(map(str, range(self._width))), block_size=len(data) + 1
        )
        parse = parsing(self._source.delimiter, '"' if b'"' in data else False)
        try:
            return pa.csv.read_csv(pa.py_buffer(data), reading, parse, self._converting)
        except (pa.ArrowInvalid, pa.ArrowKeyError):
            return None


def parsing(delimiter: str, quote: str | bool) -> pa.csv.ParseOptions:
    """Say how pyarrow finds the cells."""
    return pa.csv.ParseOptions(
        delimiter=delimiter, quote_char=quote, double_quote=True, escape_char=False,
        newlines_in_values=False, ignore_empty_lines=True,
    )  # fmt: skip


def plainly_quoted(piece: bytes, delimiter: str) -> bool:
    """Say whether every quote begins or ends a whole cell of one line, or is doubled within it.

    So they take turns: what a quote opens the next one closes, and two side by side within a
    cell close and open it again.
    """
    data = np.frombuffer(b"\n" + piece + b"\n", np.uint8)
    (quotes,) = np.nonzero(data == ord('"'))
    (ends,) = np.nonzero(data == ord("\n"))
    if (np.searchsorted(quotes, ends) & 1).any():
        return False
    if np.diff(ends).max() > csv.field_size_limit():
        # Of a cell that long the row-wise reader makes a fault, where there are quotes.
        return False
    before, after = np.zeros((2, 256), np.bool_)
    before[[ord("\n"), ord(delimiter), ord('"')]] = True
    after[[ord("\n"), ord("\r"), ord(delimiter), ord('"')]] = True
    return bool(before[data[quotes[::2] - 1]].all() and after[data[quotes[1::2] + 1]].all())


def _one(column: pa.ChunkedArray) -> pa.Array:
    """Give a column of one piece, which was read as one chunk."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
