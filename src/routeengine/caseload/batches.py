"""A large file by columns: batches of plain records, and rows one by one where it is not plain.

INVARIANT: what comes out is what the readers of single rows would give. Here stands only the
short way for what is plain. What is in the columns of facts is read by whoever gets the batch.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
from numpy.typing import NDArray

from routeengine.caseload.arrow_text import clean_ids
from routeengine.caseload.columns import CLIENT, MAX_COLUMNS, Skip, Target
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import JsonLinesSource
from routeengine.caseload.lines import CHUNK, MAX_LINE
from routeengine.caseload.parquet import ParquetSource, used_words
from routeengine.caseload.reading import Caseload
from routeengine.caseload.rows import Row, RowReader
from routeengine.caseload.source import Record
from routeengine.caseload.values import FAULTY
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.model import Fact

BYTES = 1 << 23
"""Bytes of text that are read as one batch."""

ROWS = 1 << 16
"""Rows of a batch at most: what comes out for the shortest one is a hundred times as long."""

SINGLE_ROWS = 1 << 13
"""Rows of a Parquet file that are made one by one at a time, if they have to be."""

MAX_NUMBER = 10**17
"""Larger whole numbers are looked at one by one: the row-wise reader counts their digits."""

MAX_CELLS = 1 << 22
"""Cells of a batch of JSON, whether they are filled or not; one of more is cut in halves."""

_CODED_TEXT = pa.dictionary(pa.int32(), pa.string())
_OF_VALUES = {bool: pa.bool_(), int: pa.int64(), str: pa.string(), float: pa.float64()}
_OF_FACTS = {"boolean": pa.bool_(), "category": pa.string()}


@dataclass(frozen=True, slots=True)
class Batch:
    """Records by column, of which the first is the row of number `first`.

    `ids` has the client ids, null if none could be read; `columns` an array per fact.
    `faults` are those that are known already, `FIELD: what`, per row from 0.
    """

    first: int
    ids: pa.Array
    columns: Mapping[str, pa.Array]
    faults: dict[int, list[str]]

    def __len__(self) -> int:
        return len(self.ids)


Part: TypeAlias = "Batch | list[Row]"
"""What comes next of a file: records by column, or rows that were read one by one."""

_Parse: TypeAlias = Callable[[bytes, int], Batch | None]
"""Makes a batch of whole lines, of which the first has this number; None if one is not plain."""


def read_parts(caseload: Caseload, earlier: Callable[[str, int], int]) -> Iterator[Part]:
    """Read a CSV, JSON Lines or Parquet file from the start.

    `earlier` is what a row reader asks about client ids; that of a batch nobody asks.

    Raises CaseloadError if the file breaks off in a way that no row can be told.
    """
    caseload.done = 0
    reader = RowReader(caseload.ruleset, caseload.columns, earlier)
    with closing(caseload.open()) as source:
        if isinstance(source, JsonLinesSource):
            json = _JsonBatches(source, caseload, reader)
            parts = _text_parts(source, source.records(()), json.parse, json.row)
        else:
            targets = caseload.columns.resolve(caseload.path, source.header or ())
            row = reader.of_table(targets, source.typings)
            wanted = [target is not Skip.DROPPED for target in targets]
            if isinstance(source, ParquetSource):
                parts = _parquet_parts(source, targets, wanted, row)
            else:
                # There are no other sources that are read by columns.
                text = cast(DelimitedSource, source)
                parse = _DelimitedBatches(text, targets).parse
                parts = _text_parts(text, text.records(wanted), parse, row)
        for part in parts:
            caseload.done = source.done
            yield part
        caseload.done = source.done if source.total is None else source.total


def _text_parts(
    source: DelimitedSource | JsonLinesSource,
    records: Iterator[Record],
    parse: _Parse,
    row: Callable[[Record], Row],
) -> Iterator[Part]:
    """Yield the records of a text file in order, as batches wherever the lines are plain.

    A chunk with a line that is not plain is cut in halves, so that only the lines around that
    one are read one by one: of 8 MiB with one odd line near the end come batches of 4 MiB, 2 MiB
    and so on, rows for 64 KiB, and from there on the chunks grow again. So is a chunk of too
    many lines.
    """
    lines, size = source.lines, BYTES
    while True:
        chunk = lines.chunk(size)
        few = chunk.count(b"\n") <= ROWS
        batch = parse(chunk, lines.place.number + 1) if chunk and few else None
        if batch is not None:
            lines.skip(chunk, len(batch))
            size = min(BYTES, 2 * size)
            yield batch
        elif min(size, len(chunk)) > CHUNK:
            size = max(CHUNK, min(size, len(chunk)) // 2)
        else:
            end = lines.place.offset + len(chunk)
            rows = []
            for record in records:
                rows.append(row(record))
                if lines.place.offset >= end:
                    break
            if not rows:
                return
            yield rows


def count_lines(chunk: bytes) -> int:
    """Count the lines of a chunk, or return 0 if splitting it is not as simple as that."""
    if chunk.startswith(b"\xef\xbb\xbf") or chunk.count(b"\r") != chunk.count(b"\r\n"):
        return 0
    if len(chunk) > MAX_LINE:
        (ends,) = np.nonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
        if np.diff(ends, prepend=-1, append=len(chunk)).max() > MAX_LINE:
            return 0
    return chunk.count(b"\n") + (not chunk.endswith(b"\n"))


class _DelimitedBatches:
    """Parses chunks of one CSV file: lines that each have the right number of cells.

    If there are quotes, each must stand around a whole cell of one line, or be doubled within
    one: then there is one way to read it, and the row-wise reader and pyarrow go the same.
    """

    def __init__(self, source: DelimitedSource, targets: Sequence[Target]) -> None:
        self._source = source
        # A column is known by its place.
        self._names = [str(place) for place in range(len(targets))]
        named = list(zip(self._names, targets, strict=True))
        self._id = str(targets.index(CLIENT))
        self._facts = {target.id: name for name, target in named if isinstance(target, Fact)}
        self._unnamed = [name for name, target in named if target is Skip.UNNAMED]
        coded = [*self._facts.values(), *self._unnamed]
        self._converting = pa.csv.ConvertOptions(
            column_types={self._id: pa.string(), **dict.fromkeys(coded, _CODED_TEXT)},
            include_columns=[self._id, *coded], null_values=[], strings_can_be_null=False,
            check_utf8=False,
        )  # fmt: skip

    def parse(self, chunk: bytes, first: int) -> Batch | None:
        """Make a batch of whole lines."""
        count = count_lines(chunk)
        # In a file of one column an empty line is no row.
        if not count or len(self._names) == 1:
            return None
        if b'"' in chunk and not plainly_quoted(chunk, self._source.delimiter):
            return None
        data = self._source.lines.as_utf8(chunk)
        table = None if data is None else self._table(data)
        if table is None or table.num_rows != count:
            return None
        columns = {name: table.column(name).combine_chunks() for name in table.column_names}
        if any(map(_is_filled, map(columns.__getitem__, self._unnamed))):
            return None
        facts = {fact: columns[name] for fact, name in self._facts.items()}
        return _batch(first, columns[self._id], facts)

    def _table(self, data: bytes) -> pa.Table | None:
        reading = pa.csv.ReadOptions(column_names=self._names, block_size=len(data) + 1)
        parsing = parse_options(self._source.delimiter, '"' if b'"' in data else False)
        try:
            return pa.csv.read_csv(pa.py_buffer(data), reading, parsing, self._converting)
        except (pa.ArrowInvalid, pa.ArrowKeyError):
            return None


def parse_options(delimiter: str, quote: str | bool) -> pa.csv.ParseOptions:
    """Return how pyarrow finds the cells."""
    return pa.csv.ParseOptions(
        delimiter=delimiter, quote_char=quote, double_quote=True, escape_char=False,
        newlines_in_values=False, ignore_empty_lines=True,
    )  # fmt: skip


def plainly_quoted(chunk: bytes, delimiter: str) -> bool:
    """Return whether every quote begins or ends a whole cell of one line, or is doubled within it.

    So they take turns: what a quote opens the next one closes, and two side by side within a
    cell close and open it again. In `"a","b ""c"" d"` the first, third, fifth and seventh open.
    """
    data = np.frombuffer(b"\n" + chunk + b"\n", np.uint8)
    (quotes,) = np.nonzero(data == ord('"'))
    (ends,) = np.nonzero(data == ord("\n"))
    if (np.searchsorted(quotes, ends) & 1).any():
        return False
    if np.diff(ends).max() > csv.field_size_limit():
        # Of a cell that long the row-wise reader makes a fault, if there are quotes.
        return False
    before, after = np.zeros((2, 256), np.bool_)
    before[[ord("\n"), ord(delimiter), ord('"')]] = True
    after[[ord("\n"), ord("\r"), ord(delimiter), ord('"')]] = True
    return bool(before[data[quotes[::2] - 1]].all() and after[data[quotes[1::2] + 1]].all())


class _JsonBatches:
    """Parses chunks of one JSON Lines file in which each line is one object of plain values.

    Which keys there are, and of what type their values, is learned from what is read one by one.
    Left to find that by itself, pyarrow makes a column of every key for every row: a small file
    in which each line has keys of its own would fill the memory.
    """

    def __init__(self, source: JsonLinesSource, caseload: Caseload, reader: RowReader) -> None:
        self._source = source
        self._columns = caseload.columns
        self._reader = reader
        # Whether the id of a row within a batch came before is asked of the batch.
        self._odd_reader = RowReader(caseload.ruleset, caseload.columns, lambda _, number: number)
        self._kinds: dict[str, pa.DataType] = {}

    def row(self, record: Record) -> Row:
        """Make a row of one record, and learn of its keys."""
        if len(self._kinds) + len(record.cells) > MAX_COLUMNS:
            self._kinds.clear()
        for key, value in record.cells:
            kind = _OF_VALUES.get(type(value))
            if key not in self._kinds or (kind and kind != self._kinds[key]):
                self._learn(key, kind)
        return self._reader.keyed(record)

    def _learn(self, key: str, kind: pa.DataType | None) -> None:
        """Learn of one key, which had a value of this type or none."""
        target = self._columns.target(key)
        if target is Skip.DROPPED:
            self._kinds[key] = pa.float64() if kind == pa.int64() else kind or pa.string()
        elif target is not None and target is not Skip.UNNAMED:
            # Of two keys for one fact, which no line may have both, the last one counts.
            for other in [one for one in self._kinds if self._columns.target(one) == target]:
                del self._kinds[other]
            fact = target.kind if isinstance(target, Fact) else "category"
            self._kinds[key] = kind or _OF_FACTS.get(fact, pa.int64())

    def parse(self, chunk: bytes, first: int) -> Batch | None:
        """Make a batch of whole lines."""
        count = count_lines(chunk)
        if not 0 < count * len(self._kinds) <= MAX_CELLS or not _is_flat(chunk, count):
            return None
        data = self._source.lines.as_utf8(chunk)
        table = None if data is None else self._table(data)
        if data is None or table is None or table.num_rows != count:
            return None
        columns: dict[str, pa.Array] = {}
        for key, column in zip(table.column_names, table.columns, strict=True):
            target = self._columns.target(key)
            if target is not Skip.DROPPED:
                # All others that are learned are facts and the client id.
                columns[cast(Fact, target).id] = column.combine_chunks()
        ids = columns.pop(CLIENT_ID, None)
        if ids is None or not _has_ids(ids) or pa.float64() in [c.type for c in columns.values()]:
            return None
        odd = self._odd_rows(count, columns)
        if not odd.any():
            return _batch(first, ids, columns)
        plain = {fact: pc.if_else(pa.array(odd), None, array) for fact, array in columns.items()}
        batch = _batch(first, ids, plain)
        lines = data.split(b"\n")
        for place in np.flatnonzero(odd).tolist():
            record = self._source.parse(first + place, lines[place].decode())
            faults = [f"{one.field}: {one.message}" for one in self._odd_reader.keyed(record).faults
                      if one.field != CLIENT_ID]  # fmt: skip
            batch.faults[place] = [*batch.faults.get(place, []), *faults]
        return batch

    def _table(self, data: bytes) -> pa.Table | None:
        """Read lines that have no other keys and types than those that were learned."""
        reading = pa.json.ReadOptions(block_size=len(data) + 1)
        parsing = pa.json.ParseOptions(
            explicit_schema=pa.schema(self._kinds), unexpected_field_behavior="error"
        )
        try:
            return pa.json.read_json(pa.py_buffer(data), reading, parsing)
        except pa.ArrowException:
            return None

    def _odd_rows(self, count: int, columns: Mapping[str, pa.Array]) -> NDArray[np.bool_]:
        """Mark the rows that have a value which cannot be used; reads each distinct one once.

        Text of JSON is no text of a table: "2" is not 2, and faults stand in the line's order.
        """
        odd = np.zeros(count, np.bool_)
        for fact, array in columns.items():
            coded, read = array.dictionary_encode(), self._reader.facts[fact].native
            # One more, for what is not there: that is unknown, and no fault.
            faulty = [*(read(value) is FAULTY for value in coded.dictionary.to_pylist()), False]
            if any(faulty):
                codes = coded.indices.fill_null(len(faulty) - 1)
                odd |= np.array(faulty)[codes.to_numpy(zero_copy_only=False)]
        return odd


def _is_flat(chunk: bytes, count: int) -> bool:
    """Return whether each line is one object without anything inside it, as far as braces tell."""
    ends = chunk.count(b"}\n") + chunk.count(b"}\r\n") + chunk.endswith(b"}")
    starts = chunk.count(b"\n{") + chunk.startswith(b"{")
    return starts == ends == count == chunk.count(b"{") and b"[" not in chunk


def _has_ids(array: pa.Array) -> bool:
    """Return whether a column of JSON has ids as they are: text, or numbers of a fair length."""
    if array.type == pa.int64():
        far = pc.max(pc.abs(array)).as_py()
        return far is None or 0 <= far < MAX_NUMBER
    return bool(array.type == pa.string())


def _parquet_parts(
    source: ParquetSource,
    targets: Sequence[Target],
    wanted: Sequence[bool],
    row: Callable[[Record], Row],
) -> Iterator[Part]:
    """Yield the rows of a Parquet file as batches, unless a column without a name is filled."""
    header = source.header or ()
    client = header[targets.index(CLIENT)]
    facts = {t.id: name for name, t in zip(header, targets, strict=True) if isinstance(t, Fact)}
    unnamed = [n for n, t in zip(header, targets, strict=True) if t is Skip.UNNAMED]
    for batch in source.batches(wanted, ROWS, client):
        arrays = [used_words(a) if pa.types.is_dictionary(a.type) else a for a in batch.columns]
        columns = dict(zip(batch.schema.names, arrays, strict=True))
        first = source.done + 1
        if not any(_is_filled(columns[name]) for name in unnamed):
            yield _batch(first, columns[client], {f: columns[n] for f, n in facts.items()})
            continue
        for start in range(0, len(batch), SINGLE_ROWS):
            some = source.records_of(batch.slice(start, SINGLE_ROWS), first + start)
            yield list(map(row, some))


def _batch(first: int, ids: pa.Array, columns: Mapping[str, pa.Array]) -> Batch:
    clean, faults = clean_ids(ids)
    # Ids may be large text too; they are written from one type.
    return Batch(first, clean.cast(pa.string()), columns, faults)


def _is_filled(array: Any) -> bool:
    """Return whether a column without a name, which must be empty, has anything in it."""
    words = array.dictionary if pa.types.is_dictionary(array.type) else array
    if _is_text(words.type):
        return bool(pc.max(pc.binary_length(words)).as_py())
    return bool(array.null_count < len(array))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
