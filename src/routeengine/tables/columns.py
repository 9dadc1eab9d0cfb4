"""From Arrow columns to planes: per cell of a fact, the rows that may be in it.

Nothing becomes a Python object per row. Text is read once per distinct value, as a
caseload file's is; numbers are compared with the bounds of cells; truth values are
already planes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.parquet import cells, is_number, is_text, readable, text_values
from routeengine.caseload.rows import Complaint
from routeengine.caseload.typed_columns import EPOCH, units_of_day
from routeengine.caseload.values import FAULTY, FactReader
from routeengine.profile import Known, read_knowledge
from routeengine.quantities import TIME_OF_DAY
from routeengine.ruleset.domains import DecimalDomain, RangeDomain
from routeengine.symbolic.layout import Cells
from routeengine.tables.bits import ALL, WORD, Plane, copy_bits, pack

_SMALL_DECIMAL = re.compile("decimal(32|64)")
"""Decimals of which Arrow makes no dictionary."""

_DECIMAL = re.compile("decimal(32|64|128)")
"""Decimals whose numbers are looked at without one; one of 256 bits is read by the slow way."""

MAX_PARTS = 18
"""Decimal places past those of a fact; a number of 64 bits has no more."""

MAX_COMPARED = 12
"""Codes or bounds that are compared one by one; past it each row looks its own up."""


@dataclass(slots=True)
class EncodedBatch:
    """What the columns of a batch say: per fact its cells as planes, and what goes apart.

    `may` has, per fact and cell, the rows that may be in it, `declined` those in which a question
    was declined, and `partly` those in which a fact is known, but not to be in one cell. `faulty`
    has what is wrong, and in which rows; those past the last row may be among them.
    """

    rows: int
    words: int
    may: dict[str, list[Plane]]
    declined: dict[str, Plane] = field(default_factory=dict)
    partly: dict[str, Plane] = field(default_factory=dict)
    faulty: list[tuple[Complaint, Plane]] = field(default_factory=list)


Meaning: TypeAlias = tuple[int, bool] | str
"""What one code of a column says of a fact: the cells that it may be in, and if it was declined.

Or what is wrong with it.
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How numbers of a column tell values of a fact, in the steps of its domain.

    `parts` of a number are one of the `steps` that it tells; `zero` is the value of 0. So a column
    of decimals with four places has 100 parts of a cent, and one of euros has 100 steps of a cent
    in 1.
    """

    parts: int = 1
    steps: int = 1
    zero: int = 0
    problem: str = ""

    def first(self, value: int) -> int:
        """Return the first whole number that tells a value, or more."""
        return -((self.zero - value) // self.steps)

    def last(self, value: int) -> int:
        """Return the last whole number that tells a value, or less."""
        return (value - self.zero) // self.steps


@dataclass(frozen=True, slots=True)
class FactColumn:
    """Reads the columns of one fact, of one Arrow type; `cells` of it are told apart.

    `place` is that of the column in its table.
    """

    place: int
    reader: FactReader
    cells: Cells
    kind: pa.DataType

    @property
    def fact(self) -> str:
        """The id of the fact."""
        return self.reader.fact.id

    def knowledge(self, value: object) -> object:
        """Return what one value of the column says, or FAULTY."""
        return self.reader.text(value) if is_text(self.kind) else self.reader.native(value)

    def first(self, column: pa.ChunkedArray) -> object:
        """Return what the first value of the column says, or FAULTY."""
        (value,) = [value for chunk in column.chunks for value in cells(readable(chunk))]
        return self.knowledge(value)

    def read(self, array: pa.Array, batch: EncodedBatch) -> None:
        """Fill the planes of the cells from an array that is not longer than they are.

        Where a value is missing or cannot be used every cell may be. A fact of which nothing is
        told apart has no planes.
        """
        types, kind, fact = pa.types, array.type, self.reader.fact.kind
        may = batch.may.get(self.fact, [])
        if types.is_dictionary(kind) and not is_text(kind):
            self.read(array.dictionary_decode(), batch)
        elif array.null_count == len(array):
            fill(may)
        elif is_text(kind):
            coded = readable(array).dictionary_encode()
            self._read_coded(coded, text_values(coded.dictionary), may, batch)
        elif types.is_boolean(kind) and fact == "boolean":
            self._read_truths(array, may, batch)
        elif (scale := self._scale(kind)) is not None:
            self._read_numbers(_whole_numbers(array), scale, _valid(array, batch.words), may, batch)
        elif is_number(kind) and fact not in ("category", "date"):
            # pandas keeps whole numbers and truth values as decimals where one is missing.
            coded = _widened(array).dictionary_encode()
            self._read_coded(coded, coded.dictionary.to_pylist(), may, batch)
        else:  # no value of this type is one of this fact
            fill(may)
            self._note(_valid(array, batch.words), batch)

    def _scale(self, kind: pa.DataType) -> Scale | None:
        """Return how the numbers of a column tell values of the fact; None if they do not."""
        domain = self.reader.fact.domain
        if domain.kind == "date":
            units = units_of_day(kind)
            return None if units is None else Scale(units, zero=EPOCH, problem=TIME_OF_DAY)
        if not isinstance(domain, RangeDomain):
            return None
        places = domain.places if isinstance(domain, DecimalDomain) else 0
        if pa.types.is_integer(kind):
            return Scale(steps=10**places)
        if not _DECIMAL.match(str(kind)) or kind.scale - places > MAX_PARTS:
            return None
        return Scale(10 ** max(0, kind.scale - places), 10 ** max(0, places - kind.scale))

    def _note(self, faulty: Plane, batch: EncodedBatch, problem: str = "") -> None:
        if faulty.any():
            batch.faulty.append(((self.fact, problem or self.reader.allowed), faulty))

    def _refuse(
        self, numbers: NDArray[Any], low: int, high: int, valid: Plane, batch: EncodedBatch
    ) -> bool:
        """Note rows whose number lies outside, of those that are valid; say whether any does."""
        if numbers.min() >= low and numbers.max() <= high:
            return False
        outside = np.empty_like(valid)
        pack((numbers < low) | (numbers > high), outside)
        outside &= valid
        valid &= ~outside
        self._note(outside, batch)
        return True

    def _read_truths(self, array: pa.Array, may: list[Plane], batch: EncodedBatch) -> None:
        if may:
            no, yes = may
            copy_bits(array.buffers()[1], array.offset, len(array), yes)
            np.invert(yes, out=no)
            _add(~_valid(array, batch.words), may)

    def _read_numbers(
        self,
        numbers: NDArray[Any],
        scale: Scale,
        valid: Plane,
        may: list[Plane],
        batch: EncodedBatch,
    ) -> None:
        # Columns of numbers are of facts that are numbers or days.
        lowest, highest = cast(RangeDomain, self.reader.fact.domain).ends
        if scale.parts > 1:
            numbers, rest = np.divmod(numbers, scale.parts)
            broken = np.empty_like(valid)
            pack(rest != 0, broken)
            broken &= valid
            valid &= ~broken
            self._note(broken, batch, scale.problem)
        last = scale.last(highest)
        self._refuse(numbers, scale.first(lowest), last, valid, batch)
        if may:
            runs = sorted(
                (scale.first(first + lowest), cell)
                for cell, values in enumerate(self.cells.of[self.fact])
                for first, _ in values.runs
            )
            starts, cells = zip(*runs, strict=True)
            _place(_runs_of(numbers, starts, last), cells, may)
            _add(~valid, may)

    def _read_coded(
        self, array: pa.Array, values: Sequence[object], may: list[Plane], batch: EncodedBatch
    ) -> None:
        """Read each distinct value once, and give its rows what it says.

        Those that say the same are one meaning. So with `mild`, `Mild`, `licht` and `?` among the
        texts of a column there are two planes of rows: those of the cell of `mild`, and the faulty
        ones. A row of neither says nothing, and may be in every cell.
        """
        meanings = list(map(self._meaning, values))
        number = {one: place for place, one in enumerate(dict.fromkeys(meanings))}
        codes, valid = _values(array.indices), _valid(array.indices, batch.words)
        last = len(meanings) - 1
        if self._refuse(codes, 0, last, valid, batch):
            codes = np.clip(codes.astype(np.int64), 0, max(0, last))
        planes = [np.empty_like(valid) for _ in number]
        _place(codes, [number[one] for one in meanings], planes)
        for rows in planes:
            np.bitwise_and(rows, valid, out=rows)
        unknown = np.full_like(valid, ALL)
        fill(may, 0)
        for meaning, rows in zip(number, planes, strict=True):
            if isinstance(meaning, str):
                self._note(rows, batch, meaning)
                continue
            unknown &= ~rows
            cells, declined = meaning
            if declined:
                batch.declined[self.fact] = rows
            _add(rows, [plane for cell, plane in enumerate(may) if cells >> cell & 1])
            if 1 < cells.bit_count() < len(may):
                before = batch.partly.get(self.fact)
                batch.partly[self.fact] = rows if before is None else before | rows
        _add(unknown, may)

    def _meaning(self, value: object) -> Meaning:
        knowledge = self.knowledge(value)
        if knowledge is FAULTY:
            return self.reader.complaint(value, is_text=is_text(self.kind))
        # A reader gives only what can be known.
        known = cast(Known, read_knowledge(self.reader.fact, knowledge))
        return self.cells.covering(self.fact, known.allowed), known.declined


_LEAST, _MOST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


def fill(planes: Sequence[Plane], value: int | np.uint64 = ALL) -> None:
    """Set each word of some planes: all bits, if nothing else is said."""
    for plane in planes:
        plane.fill(value)


def _add(rows: Plane, planes: Sequence[Plane]) -> None:
    for plane in planes:
        np.bitwise_or(plane, rows, out=plane)


def _valid(array: pa.Array, words: int) -> Plane:
    """Return the rows that hold something; bits past the last row are undefined."""
    valid = np.full(words, ALL, WORD)
    if array.null_count:
        copy_bits(array.buffers()[0], array.offset, len(array), valid)
    return valid


def _values(array: pa.Array) -> NDArray[Any]:
    kind = np.dtype(str(array.type))  # Arrow's own way to say it asks for pandas, before version 26
    buffer = array.buffers()[1]
    return np.frombuffer(buffer, kind, len(array), array.offset * kind.itemsize)


def _widened(array: pa.Array) -> pa.Array:
    """Return small decimals as larger ones, and all else as it is."""
    if not _SMALL_DECIMAL.match(str(array.type)):
        return array
    return array.cast(pa.decimal128(38, array.type.scale))


def _whole_numbers(array: pa.Array) -> NDArray[Any]:
    """Return the whole numbers that a column of numbers, decimals or days is kept as.

    A decimal that is too large for 64 bits is larger than all values of a fact, and stays so.
    """
    if pa.types.is_integer(array.type):
        return _values(array)
    if units_of_day(array.type):
        return _values(array.view(pa.int32() if array.type == pa.date32() else pa.int64()))
    array = _widened(array)
    halves = np.frombuffer(array.buffers()[1], np.int64, 2 * len(array), array.offset * 16)
    low, high = halves[::2], halves[1::2]
    # What fits in the lower half has nothing but its sign in the upper one.
    return np.where(high == low >> 63, low, np.where(high < 0, _LEAST, _MOST))


def _runs_of(numbers: NDArray[Any], starts: Sequence[int], last: int) -> NDArray[Any]:
    """Return for each number which run it lies in, of those that begin at `starts`.

    One outside all of them gets any run.
    """
    # A prognosis of 0 to 240 months that rules cut at 6 and at 12 has runs from 0, 6 and 12. Of
    # 3, 6 and 200 months each bound counts those at or above it: 0, 1 and 2 are their runs.
    if len(starts) > MAX_COMPARED:
        inside = np.clip(numbers.astype(np.int64), starts[0], last)
        return np.searchsorted(np.array(starts), inside, side="right") - 1
    runs = np.zeros(len(numbers), np.uint8)
    for start in starts[1:]:
        runs += numbers >= start
    return runs


def _place(codes: NDArray[Any], places: Sequence[int], planes: list[Plane]) -> None:
    """Put each row into one of some planes: that at the place which `places` has for its code."""
    if len(places) > MAX_COMPARED:
        codes, places = np.array(places).take(codes), range(len(planes))
    fill(planes, 0)
    for code, place in enumerate(places):
        here = np.empty_like(planes[place])
        pack(codes == code, here)
        planes[place] |= here
