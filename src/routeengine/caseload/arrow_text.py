"""Text in Arrow arrays: client ids as a caseload has them, and rows as they are written.

Needs numpy and pyarrow.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from routeengine.caseload.parquet import (
    cells,
    is_number,
    is_text,
    readable,
    text_values,
    used_words,
)
from routeengine.caseload.rows import BLANKS, Complaint, is_respelled
from routeengine.caseload.source import RowNumbers
from routeengine.caseload.values import UNREADABLE
from routeengine.client_id import MAX_DIGITS, MAX_LENGTH, MISSING, parse_cell
from routeengine.profile import CLIENT_ID
from routeengine.quantities import is_either_order

ROWS = 1 << 13
"""Rows that are put into words at a time: as text they take many times what they take as codes."""

_PLAIN = f"^[,-~]{{1,{MAX_LENGTH}}}$"
"""Printable ASCII without a space, and without a sign as in `#N/A` or `1E+17`: it is what it is."""

_SAFE_ID = "^[0-9A-Za-z][0-9A-Za-z_./:-]*$"
"""An id that no format has to quote or to guard."""

_SPACES = np.frombuffer(b" " * 8, "<u8")[0]
_HALF = np.uint64(32)


def clean_ids(array: pa.Array) -> tuple[pa.Array, dict[int, list[Complaint]]]:
    """Return client ids as text, and what is wrong with those that are null then, by row.

    Whole numbers become text, and so do UUIDs; no other type does.
    """
    array = readable(array)
    if pa.types.is_dictionary(array.type):
        array = used_words(array)
        words, wrong = clean_ids(array.dictionary)
        ids, missing = words.take(array.indices), [(CLIENT_ID, MISSING)]
        rows = np.flatnonzero(ids.is_null()).tolist()
        return ids, {row: [*wrong.get(array.indices[row].as_py(), missing)] for row in rows}
    if pa.types.is_integer(array.type):
        lengths = pc.min_max(array).as_py()
        if max(abs(lengths["min"] or 0), abs(lengths["max"] or 0)) < 10**MAX_DIGITS:
            array = array.cast(pa.string())
    if is_text(array.type):
        odd = odd_ids(array)
        if not odd.any():
            return array, {}
        given = text_values(array.filter(pa.array(odd)))
    else:
        odd = np.ones(len(array), np.bool_)
        if is_number(array.type):
            given = array.to_pylist()
        else:
            given = [UNREADABLE if there else None for there in array.is_valid().to_pylist()]
        array = pa.nulls(len(array), pa.string())
    parsed = dict(zip(np.flatnonzero(odd).tolist(), map(parse_cell, given), strict=True))
    texts = pa.array([text for text, _ in parsed.values()], array.type)
    faults = {row: [(CLIENT_ID, problem)] for row, (_, problem) in parsed.items() if problem}
    return pc.replace_with_mask(array, pa.array(odd), texts), faults


def odd_ids(ids: pa.Array) -> NDArray[np.bool_]:
    """Mark the ids that are more than a few printable ASCII characters without a space."""
    errors = pc.starts_with(ids.cast(pa.large_binary()), "Err:").fill_null(False)
    lengths = pc.min_max(pc.binary_length(ids)).as_py()
    if not ids.null_count and lengths["min"] and lengths["max"] <= MAX_LENGTH:
        width = np.dtype(np.int64 if pa.types.is_large_string(ids.type) else np.int32)
        _, offsets, data = ids.buffers()
        ends = np.frombuffer(offsets, width, len(ids) + 1, ids.offset * width.itemsize)
        text = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
        # Most files have no other ids: so no id has to be looked at by itself.
        if text.min() >= ord(",") and text.max() <= ord("~"):
            return _as_mask(errors)
    plain = pc.match_substring_regex(ids.cast(pa.large_binary()), _PLAIN).fill_null(False)
    return _as_mask(pc.or_(errors, pc.invert(plain)))


def _as_mask(marks: pa.Array) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = marks.to_numpy(zero_copy_only=False)
    return mask


def lone_rows(
    ids: pa.Array, facts: Mapping[str, pa.Array], faults: Mapping[int, object]
) -> list[int]:
    """Return the rows in which nothing stands but a client id."""
    lone = ids.is_valid()
    for array in facts.values():
        lone = pc.and_(lone, _is_blank(array))
        if not lone.true_count:
            return []
    rows: list[int] = np.flatnonzero(lone).tolist()
    return [row for row in rows if row not in faults]


def _is_blank(array: pa.Array) -> pa.Array:
    """Mark where nothing stands, or nothing but blanks."""
    if pa.types.is_dictionary(array.type):
        return _is_blank(array.dictionary).take(array.indices).fill_null(True)
    if is_text(array.type):
        blank = pc.match_substring_regex(array.cast(pa.large_binary()), f"^[{BLANKS}]*$")
        return blank.fill_null(True)
    return array.is_null()


def count_respelled(given: pa.Array, ids: pa.Array) -> int:
    """Count the client ids that are kept in other signs than stand in the file."""
    is_coded = pa.types.is_dictionary(given.type)
    words = given.dictionary if is_coded else given
    if not is_text(words.type) or pc.all(pc.string_is_ascii(words), min_count=0).as_py():
        return 0
    texts = text_values(words)
    places = given.indices.to_pylist() if is_coded else range(len(texts))
    return sum(
        place is not None and is_respelled(texts[place], client_id)
        for place, client_id in zip(places, ids.to_pylist(), strict=True)
    )


def count_either_order(array: pa.Array) -> int:
    """Count the texts that have a day which may be meant month first."""
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    words = text_values(coded.dictionary)
    marks = [isinstance(word, str) and is_either_order(word) for word in words]
    count: int = pa.array(marks, pa.bool_()).take(coded.indices).true_count
    return count


def is_filled(array: pa.Array) -> pa.Array:
    """Mark what holds anything; an empty text does not."""
    if pa.types.is_dictionary(array.type):
        return is_filled(array.dictionary).take(array.indices).fill_null(False)
    if is_text(array.type):
        return pc.greater(pc.binary_length(array), 0).fill_null(False)
    return array.is_valid()


def unnamed_rows(array: pa.Array, place: int, numbers: RowNumbers | None) -> list[int]:
    """Return the rows in which a column without a name, at this place from 0, holds anything.

    In the first column the numbers of rows do not count, if `numbers` knows where those are.
    """
    array = used_words(readable(array))
    rows: list[int] = np.flatnonzero(is_filled(array)).tolist()
    return rows if not rows or place or numbers is None else numbers.strange(cells(array))


class Hashes:
    """Numbers of 64 bits that stand for client ids; which ones differs per object."""

    def __init__(self) -> None:
        words = -(-MAX_LENGTH * 4 // 8)  # a character has at most four bytes
        self._keys = np.array([secrets.randbits(64) | 1 for _ in range(2 * words)], np.uint64)

    def of(self, ids: pa.Array) -> NDArray[np.uint64]:
        """Return the numbers of ids; that of a missing one means nothing.

        An id is padded with spaces to words of eight bytes: `c1` is one word, and an id of
        nine bytes makes all ids of its batch two. Each word is mixed by keys of its own place. A
        word of spaces adds nothing, so `c1` has the same number beside whatever other ids.
        """
        ids = ids.fill_null("")
        longest = pc.max(pc.binary_length(ids)).as_py() or 0
        width = max(8, -(-longest // 8) * 8)
        padded = pc.ascii_rpad(ids, width=width, padding=" ")
        start = np.frombuffer(padded.buffers()[1], np.int32)[padded.offset]
        data = np.frombuffer(padded.buffers()[2], np.uint8)[start : start + len(ids) * width]
        words = data.view("<u8").reshape(len(ids), width // 8)
        mixed = np.zeros(len(words), np.uint64)
        for place in range(words.shape[1]):
            word = (words[:, place] ^ _SPACES) * self._keys[2 * place]
            word ^= word >> _HALF
            word *= self._keys[2 * place + 1]
            mixed ^= word
        return mixed


def text_rows(
    batch: pa.RecordBatch, cell: Callable[[int, str | None], str]
) -> Iterator[memoryview]:
    """Put the rows of a batch into words, one after the other: `cell` writes a cell of a column.

    Each distinct text of a column is written once; the first column has client ids. Say that
    three rows have the status `decided`, `review` and `decided`: the column has two texts, and
    the codes 0, 1 and 0. In CSV the texts become `,decided` and `,review`. These are taken by
    the codes, and joined row by row with what the other columns have become.
    """
    columns = []
    for place, column in enumerate(batch.columns[1:], 1):
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        texts = [cell(place, text) for text in [*coded.dictionary.to_pylist(), None]]
        codes = coded.indices
        if codes.null_count:
            codes = codes.cast(pa.int32()).fill_null(len(texts) - 1)
        columns.append((pa.array(texts, pa.string()), codes))
    for start in range(0, len(batch), ROWS):
        parts = [_written_ids(batch.column(0).slice(start, ROWS), cell)]
        parts += [texts.take(codes.slice(start, ROWS)) for texts, codes in columns]
        rows = pc.binary_join_element_wise(*parts, "")
        offsets = np.frombuffer(rows.buffers()[1], np.int32)[rows.offset :]
        yield memoryview(rows.buffers()[2])[offsets[0] : offsets[len(rows)]]


def _written_ids(ids: pa.Array, cell: Callable[[int, str | None], str]) -> Any:
    """Put client ids into words; the safe ones all in the same way."""
    before, _, after = cell(0, "a").rpartition("a")
    written = pc.binary_join_element_wise(before, ids, after, "")
    odd = pc.invert(pc.match_substring_regex(ids, _SAFE_ID).fill_null(False))
    others = [cell(0, one) for one in ids.filter(odd).to_pylist()]
    return pc.replace_with_mask(written, odd, pa.array(others, pa.string()))
