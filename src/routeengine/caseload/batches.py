"""A large file by columns: batches of plain records, and rows one by one where it is not plain.

INVARIANT: what comes out is what the readers of single rows would give. Here stands only the
short way for what is plain. What is in the columns of facts is read by whoever gets the batch.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
from numpy.typing import NDArray

from routeengine.caseload.arrow_text import (
    clean_ids,
    count_either_order,
    count_respelled,
    lone_rows,
    unnamed_rows,
)
from routeengine.caseload.columns import CLIENT, MAX_COLUMNS, Skip, Target
from routeengine.caseload.delimited import DelimitedSource
from routeengine.caseload.json_records import (
    MAX_DIGITS,
    JsonArraySource,
    JsonLinesSource,
    parse,
)
from routeengine.caseload.lines import CHUNK
from routeengine.caseload.parquet import ParquetSource, readable, used_words
from routeengine.caseload.plain_text import (
    FRACTIONS,
    count_elements,
    count_lines,
    is_flat,
    may_mix,
    plainly_quoted,
)
from routeengine.caseload.reading import Caseload
from routeengine.caseload.rows import (
    LONE_TEXT,
    Complaint,
    Row,
    RowReader,
    unnamed_fault,
)
from routeengine.caseload.source import LONE_ID, OTHER_FORM, Record, Source, either_order
from routeengine.caseload.values import FAULTY
from routeengine.ruleset.model import Fact, RuleSet

BYTES = 1 << 23
"""Bytes of text that are read as one batch."""

ROWS = 1 << 16
"""Rows of a batch at most: what comes out for the shortest one is a hundred times as long."""

MAX_CELLS = 1 << 22
"""Cells of a batch of JSON, whether they are filled or not; one of more is cut in halves."""

_BLANKS = b" \t\r\n"
_BETWEEN = re.compile(rb"\}([ \t\r\n]*),([ \t\r\n]*)\{")
_CODED_TEXT = pa.dictionary(pa.int32(), pa.string())
_OF_VALUES = {bool: pa.bool_(), int: pa.int64(), str: pa.string(), Decimal: FRACTIONS}
_OF_FACTS = {"boolean": pa.bool_(), **dict.fromkeys(("category", "decimal", "date"), pa.string())}


@dataclass(frozen=True, slots=True)
class Batch:
    """Records by column, of which the first is the row of number `first`.

    `ids` has the client ids, null if none could be read; `columns` an array per fact.
    `faults` are those that are known already, per row from 0.
    """

    first: int
    ids: pa.Array
    columns: dict[str, pa.Array]
    faults: dict[int, list[Complaint]]

    def __len__(self) -> int:
        return len(self.ids)


Part: TypeAlias = "Batch | list[Row]"
"""What comes next of a file: records by column, or rows that were read one by one."""

_Parse: TypeAlias = Callable[[bytes, int, int], Batch | None]
"""Makes a batch of so many lines in UTF-8, the first of which has this number.

None, or an error of pyarrow, if one of them is not plain.
"""


def read_parts(caseload: Caseload, earlier: Callable[[str, int], int]) -> Iterator[Part]:
    """Read a CSV, JSON or Parquet file from the start.

    `earlier` is what a row reader asks about client ids; that of a batch nobody asks.

    Raises CaseloadError if the file breaks off in a way that no row can be told.
    """
    with closing(caseload.open()) as source:
        reader = RowReader(caseload.ruleset, source, earlier, caseload.decimal)
        parts: Iterator[Part]
        if isinstance(source, ParquetSource):
            parts = _parquet_parts(source)
        elif isinstance(source, DelimitedSource):
            parts = _text_parts(source, _DelimitedBatches(source).parse, reader.row)
        else:
            # There are no other sources that are read by columns.
            source = cast(JsonLinesSource | JsonArraySource, source)
            json = _JsonBatches(source, caseload.ruleset, reader)
            is_array = isinstance(source, JsonArraySource)
            count = count_elements if is_array else count_lines
            parse = json.parse_elements if is_array else json.parse
            parts = _text_parts(source, parse, json.row, count)
        yield from caseload.follow(source, parts)


def _parquet_parts(source: ParquetSource) -> Iterator[Batch]:
    """Yield the rows of a Parquet file."""
    for batch in source.batches(ROWS):
        columns = dict(zip(source.places, batch.columns, strict=True))
        yield _batch(source, source.rows + 1, source.targets, columns)


def _text_parts(
    source: DelimitedSource | JsonLinesSource | JsonArraySource,
    parse: _Parse,
    row: Callable[[Record], Row],
    count_records: Callable[[bytes], int] | None = None,
) -> Iterator[Part]:
    """Yield the records of a text file in order, as batches wherever the lines are plain.

    A chunk with a line that is not plain is cut in halves, so that only the lines around that
    one are read one by one: of 8 MiB with one odd line near the end come batches of 4 MiB, 2 MiB
    and so on, rows for 64 KiB, and from there on the chunks grow again. So is a chunk of too
    many lines.
    """
    lines, records, size = source.lines, source.records(), BYTES
    while True:
        chunk, batch = lines.chunk(size), None
        count = (count_records or count_lines)(chunk)
        if 0 < count <= ROWS and (data := lines.as_utf8(chunk)) is not None:
            with suppress(pa.ArrowException):
                batch = parse(data, count, lines.place.number + 1)
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


class _DelimitedBatches:
    """Parses chunks of one CSV file: lines that each have the right number of cells.

    If there are quotes, each must stand around a whole cell of one line, or be doubled within
    one: then there is one way to read it, and the row-wise reader and pyarrow go the same.
    """

    def __init__(self, source: DelimitedSource) -> None:
        self._source = source
        # A column is known by its place.
        self._names = list(map(str, range(len(source.targets))))
        types = {
            name: pa.string() if target is CLIENT else _CODED_TEXT
            for name, target in zip(self._names, source.targets, strict=True)
            if target is not Skip.DROPPED
        }
        self._converting = pa.csv.ConvertOptions(
            column_types=types, include_columns=[*types], null_values=[], check_utf8=False
        )

    def parse(self, data: bytes, count: int, first: int) -> Batch | None:
        """Make a batch of whole lines."""
        # In a file of one column an empty line is no row.
        delimiter = self._source.delimiter
        if len(self._names) == 1 or not delimiter.isascii() or not plainly_quoted(data, delimiter):
            return None
        reading = pa.csv.ReadOptions(column_names=self._names, block_size=len(data) + 1)
        parsing = pa.csv.ParseOptions(
            delimiter=delimiter, quote_char='"' if b'"' in data else False
        )
        table = pa.csv.read_csv(pa.py_buffer(data), reading, parsing, self._converting)
        if table.num_rows != count:
            return None
        columns = {int(name): table.column(name).combine_chunks() for name in table.column_names}
        return _batch(self._source, first, self._source.targets, columns)


class _JsonBatches:
    """Parses chunks of one JSON file in which each line or element is an object of plain values.

    Which keys there are, and of what type their values, is learned from what is read one by one.
    Left to find that by itself, pyarrow makes a column of every key for every row: a small file
    in which each line has keys of its own would fill the memory.
    """

    def __init__(
        self, source: JsonLinesSource | JsonArraySource, ruleset: RuleSet, reader: RowReader
    ) -> None:
        self._source = source
        self._columns = source.columns
        self._reader = reader
        # Whether the id of a row within a batch came before is asked of the batch.
        self._odd_reader = RowReader(ruleset, source, lambda _, number: number)
        self._odd_reader.notes = Counter()  # the batch has them already
        self._kinds: dict[str, pa.DataType] = {}

    def row(self, record: Record) -> Row:
        """Make a row of one record, and learn of its keys."""
        if len(self._kinds) + len(record.cells) > MAX_COLUMNS:
            self._kinds.clear()
        for key, value in record.cells:
            kind = _OF_VALUES.get(type(value))
            if key not in self._kinds or (kind and kind != self._kinds[key]):
                self._learn(key, kind)
        return self._reader.row(record)

    def _learn(self, key: str, kind: pa.DataType | None) -> None:
        """Learn of one key, which had a value of this type or none."""
        target = self._columns.target(key)
        if target is Skip.DROPPED:
            is_number = kind in (pa.int64(), FRACTIONS)
            self._kinds[key] = pa.float64() if is_number else kind or pa.string()
        elif target is not None and target is not Skip.UNNAMED:
            # Of two keys for one fact, which no line may have both, the last one counts.
            before = self._kinds.get(key)
            for other in [one for one in self._kinds if self._columns.target(one) == target]:
                del self._kinds[other]
            fact = target.kind if isinstance(target, Fact) else "category"
            usual = _OF_FACTS.get(fact, pa.int64())
            if kind is None or (kind == FRACTIONS and fact in ("category", "date")):
                kind = usual
            # Whole numbers are decimals too, so a column that had one of those goes on with them.
            self._kinds[key] = before if (kind, before) == (pa.int64(), FRACTIONS) else kind

    def parse(self, data: bytes, count: int, first: int) -> Batch | None:
        """Make a batch of whole lines with no other keys and types than those that were learned."""
        if not is_flat(data, count):
            return None
        return self._parse(data, count, first, lambda: data.split(b"\n"))

    def parse_elements(self, data: bytes, count: int, first: int) -> Batch | None:
        """Make a batch of whole elements of an array, likewise; a comma stands between two.

        It becomes the end of a line, which no text has within it: so a comma in one is no comma. Of
        `{"a": 1}, {"a": 2}` comes a line each. A chunk after the first begins with the comma that
        parts it from the one before it, so that it has as many commas as elements.
        """
        data, commas = _BETWEEN.subn(rb"}\1\n\2{", data)
        start = data.find(b"{")
        if first > 1:
            commas += data[:start].strip(_BLANKS) == b","
            data = data[start:]
        if commas != count - (first == 1) or b"[" in data or data.count(b"{") != count:
            return None
        return self._parse(data, count, first, lambda: [one + b"}" for one in data.split(b"}")])

    def _parse(
        self, data: bytes, count: int, first: int, split: Callable[[], list[bytes]]
    ) -> Batch | None:
        """Make a batch of objects; `split` gives the text of each."""
        if not 0 < count * len(self._kinds) <= MAX_CELLS or may_mix(data, self._kinds):
            return None
        reading = pa.json.ReadOptions(block_size=len(data) + 1)
        parsing = pa.json.ParseOptions(
            explicit_schema=pa.schema(self._kinds),
            unexpected_field_behavior="error",
            newlines_in_values=isinstance(self._source, JsonArraySource),
        )
        table = pa.json.read_json(pa.py_buffer(data), reading, parsing)
        # A key that is learned is for something.
        targets = [cast(Target, self._columns.target(key)) for key in table.column_names]
        columns = [column.combine_chunks() for column in table.columns]
        if (
            table.num_rows != count
            or CLIENT not in targets
            or _has_long_numbers(columns[targets.index(CLIENT)])
        ):
            return None
        batch = _batch(self._source, first, targets, dict(enumerate(columns)))
        odd = self._odd_rows(batch)
        if odd.any():
            texts = split()
            for place in np.flatnonzero(odd).tolist():
                record = parse(first + place, texts[place].decode())
                faults = self._odd_reader.row(record).faults
                batch.faults[place] = [(fault.field, fault.message) for fault in faults]
            for fact, array in batch.columns.items():
                batch.columns[fact] = pc.if_else(pa.array(odd), None, array)
        return batch

    def _odd_rows(self, batch: Batch) -> NDArray[np.bool_]:
        """Mark the rows that have a value which cannot be used; reads each distinct one once.

        Text of JSON is no text of a table: "2" is not 2, and faults stand in the line's order.
        """
        odd = np.zeros(len(batch), np.bool_)
        for fact, array in batch.columns.items():
            coded, read = array.dictionary_encode(), self._reader.facts[fact].native
            # One more, for what is not there: that is unknown, and no fault.
            faulty = [*(read(value) is FAULTY for value in coded.dictionary.to_pylist()), False]
            if any(faulty):
                codes = coded.indices.fill_null(len(faulty) - 1)
                odd |= np.array(faulty)[codes.to_numpy(zero_copy_only=False)]
        return odd


def _has_long_numbers(ids: pa.Array) -> bool:
    """Return whether client ids are numbers, of which one has more digits than are read."""
    lengths = pc.binary_length(ids.cast(pa.string())) if ids.type == pa.int64() else pa.nulls(0)
    return bool((pc.max(lengths).as_py() or 0) > MAX_DIGITS)


def _batch(
    source: Source, first: int, targets: Sequence[Target], columns: Mapping[int, pa.Array]
) -> Batch:
    """Make a batch of columns, each by its place among the targets."""
    facts: dict[str, pa.Array] = {}
    given = readable(columns[targets.index(CLIENT)])
    ids, faults = clean_ids(given)
    source.row_numbers.rows += len(ids)
    for place, array in columns.items():
        target = targets[place]
        if isinstance(target, Fact):
            facts[target.id] = used_words(readable(array))
            if target.kind == "date" and source.typings and source.typings[place] == "text":
                source.notes[either_order(target.id)] += count_either_order(facts[target.id])
        elif target is Skip.UNNAMED:
            for row in unnamed_rows(array, place, source.row_numbers):
                faults.setdefault(row, []).append(unnamed_fault(place))
    source.notes[OTHER_FORM] += count_respelled(given, ids)
    for row in lone_rows(ids, facts, faults):
        if len(ids[row].as_py().split()) > 1:
            faults[row] = [LONE_TEXT]
        else:
            source.notes[LONE_ID] += 1
    # Ids may be large text too; they are written from one type.
    return Batch(first, ids.cast(pa.string()), facts, faults)
