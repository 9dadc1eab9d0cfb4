"""Rows written by columns: what a column says again and again is put into words once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.parquet_writer import ParquetWriter
from routeengine.caseload.text_writers import (
    CsvWriter,
    JsonArrayWriter,
    JsonLinesWriter,
    harmless,
)
from routeengine.caseload.writing import Output
from routeengine.profile import CLIENT_ID


@dataclass(frozen=True, slots=True)
class Told:
    """One column of the output: a code per row, and the text of each code; None is empty."""

    codes: NDArray[Any]
    texts: Sequence[str | None]

    def put(self, places: Sequence[int], texts: Sequence[str | None]) -> Told:
        """Give the same column with other texts in these places."""
        known = {text: code for code, text in enumerate(self.texts)}
        more = list(self.texts)
        for text in texts:
            if text not in known:
                known[text] = len(more)
                more.append(text)
        codes = self.codes.astype(np.int32)
        codes[places] = [known[text] for text in texts]
        return Told(codes, more)


class ColumnOutput(Output):
    """Writes a classified caseload by blocks of rows; the file is as `Output` would write it."""

    def write_block(self, ids: pa.Array, columns: Mapping[str, Told]) -> None:
        """Write rows: the client ids, and every further column of `output_columns` by name.

        Raises CaseloadError where the disk refuses it.
        """
        self._try(lambda writer: writer.block(ids, columns))


ROWS = 1 << 13
"""Rows that are put into words at a time: as text they take many times what they take as codes."""

_Words = Callable[[str | None], str]

_SAFE: Final = np.zeros(256, np.bool_)
_SAFE[[*b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_./:"]] = True
_STARTS: Final = np.zeros(256, np.bool_)
_STARTS[[*b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"]] = True


def _text_rows(
    ids: pa.Array, columns: Mapping[str, Told], first: _Words, words: Callable[[str], _Words]
) -> Iterator[memoryview]:
    """Put rows into words, one after the other. `first` writes an id, `words` each column."""
    said = []
    for name, told in columns.items():
        say = words(name)
        texts = pa.array([say(text) for text in told.texts], pa.string())
        said.append((texts, pa.array(told.codes)))
    for start in range(0, len(ids), ROWS):
        parts = [_ids(ids.slice(start, ROWS), first)]
        parts += [texts.take(codes.slice(start, ROWS)) for texts, codes in said]
        rows = pc.binary_join_element_wise(*parts, "")
        offsets = np.frombuffer(rows.buffers()[1], np.int32)[rows.offset :]
        yield memoryview(rows.buffers()[2])[offsets[0] : offsets[len(rows)]]


def _ids(ids: pa.Array, words: _Words) -> pa.Array:
    """Put client ids into words; the plain ones all in the same way."""
    before, after = words("a").split("a", 1)
    odd = ids.is_null().to_numpy(zero_copy_only=False)
    offsets = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset : ids.offset + len(ids) + 1]
    text = ids.buffers()[2]
    if text is None or not text.size:
        return pa.array([words(one) for one in ids.to_pylist()], pa.string())
    data = np.frombuffer(text, np.uint8)
    used = data[offsets[0] : offsets[-1]]
    (strange,) = np.nonzero(~_SAFE[used])
    odd[np.searchsorted(offsets, strange + offsets[0], side="right") - 1] = True
    odd |= ~_STARTS[data[np.minimum(offsets[:-1], len(data) - 1)]] | (np.diff(offsets) == 0)
    plain = pc.binary_join_element_wise(before, ids, after, "") if before or after else ids
    places = np.flatnonzero(odd)
    if not places.size:
        return plain
    said = pa.array([words(one) for one in ids.take(pa.array(places)).to_pylist()], pa.string())
    return pc.replace_with_mask(plain, pa.array(odd), said)


class CsvBlocks(CsvWriter):
    """CSV by blocks."""

    def __init__(self, path: Path, columns: Sequence[str], delimiter: str) -> None:
        super().__init__(path, columns, delimiter)
        self._last = columns[-1]
        self._delimiter = delimiter

    def block(self, ids: pa.Array, columns: Mapping[str, Told]) -> None:
        """Write rows."""
        for rows in _text_rows(ids, columns, self._cell, self._words):
            self.raw(rows)

    def _cell(self, text: str | None) -> str:
        # As the second of two cells, for a row of one empty cell is written in another way.
        line = io.StringIO()
        csv.writer(line, delimiter=self._delimiter).writerow(["", harmless(text)])
        return line.getvalue()[1:-2]

    def _words(self, name: str) -> _Words:
        end = "\r\n" if name == self._last else ""
        return lambda text: self._delimiter + self._cell(text) + end


class JsonLinesBlocks(JsonLinesWriter):
    """JSON Lines by blocks."""

    def block(self, ids: pa.Array, columns: Mapping[str, Told]) -> None:
        """Write rows."""
        for rows in _text_rows(ids, columns, _object, self._words("\n")):
            self.raw(rows)

    def _words(self, end: str) -> Callable[[str], _Words]:
        last = self._columns[-1]
        return lambda name: _member(name, "}" + end if name == last else "")


class JsonArrayBlocks(JsonArrayWriter, JsonLinesBlocks):
    """A JSON array by blocks."""

    def block(self, ids: pa.Array, columns: Mapping[str, Told]) -> None:
        """Write rows."""
        for rows in _text_rows(ids, columns, lambda text: ",\n" + _object(text), self._words("")):
            self.raw(self._before.encode())
            self.raw(rows[2:])
            self._before = ",\n"


def _object(client_id: str | None) -> str:
    return f'{{"{CLIENT_ID}": {json.dumps(client_id, ensure_ascii=False)}'


def _member(name: str, end: str) -> _Words:
    return lambda text: f', "{name}": {json.dumps(text, ensure_ascii=False)}{end}'


class ParquetBlocks(ParquetWriter):
    """Parquet by blocks."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        # Client ids are all different, so a dictionary of them would be built for nothing.
        super().__init__(path, columns, use_dictionary=list(columns[1:]), store_schema=False)

    def kind(self, name: str) -> Any:
        """Give the type of a column in memory; in the file all are text."""
        return pa.string() if name == CLIENT_ID else pa.dictionary(pa.int32(), pa.string())

    def block(self, ids: pa.Array, columns: Mapping[str, Told]) -> None:
        """Write rows."""
        self.hold([ids, *map(_encoded, columns.values())])


def _encoded(told: Told) -> pa.DictionaryArray:
    """Give a column as a dictionary; what is empty is null, and not a text of its own."""
    empty = np.array([text is None for text in told.texts])
    mask = empty[told.codes] if empty.any() else None
    codes = pa.array(told.codes, pa.int32(), mask=mask)
    texts = pa.array([text or "" for text in told.texts], pa.string())
    return pa.DictionaryArray.from_arrays(codes, texts)


ColumnOutput.writers = {
    "csv": lambda path, columns: CsvBlocks(path, columns, ","),
    "tsv": lambda path, columns: CsvBlocks(path, columns, "\t"),
    "parquet": ParquetBlocks,
    "jsonl": JsonLinesBlocks,
    "json": JsonArrayBlocks,
}
