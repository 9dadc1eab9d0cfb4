"""From an Arrow column to planes: per cell of a fact, the rows that may be in it.

Nothing becomes a Python object per row. Text is read once per distinct value, as a
caseload file's is; numbers are compared with the bounds of cells; truth values are
already planes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from routeengine.caseload.values import FAULTY, FactReader
from routeengine.profile import Known, read_knowledge
from routeengine.ruleset.domains import IntegerDomain, spans
from routeengine.symbolic.layout import Cells
from routeengine.tables.bits import WORD, Plane, copy_bits, pack

MOST_COMPARED = 12
"""Codes or bounds that are compared one by one; past it each row looks its cell up."""


@dataclass(slots=True)
class Noted:
    """What a column says besides cells: rows that cannot be used, and questions declined.

    And in `partly` the rows of which it says more than nothing, and less than one cell.

    None stands for no row at all.
    """

    faulty: Plane | None = None
    declined: Plane | None = None
    partly: Plane | None = None

    def add_faulty(self, plane: Plane) -> None:
        """Note rows that cannot be used; those past the last row may be among them."""
        self.faulty = plane if self.faulty is None else self.faulty | plane


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code of a column says."""

    cells: int
    declined: bool = False
    faulty: bool = False


_Read: TypeAlias = Callable[[Any, list[Plane], Plane], Noted]


@dataclass(slots=True)
class FactColumn:
    """Reads the columns of one fact, of one Arrow type; `cells` of it are told apart."""

    reader: FactReader
    cells: Cells
    kind: pa.DataType
    _read: _Read = field(init=False)
    _everything: int = field(init=False)

    def __post_init__(self) -> None:
        self._everything = (1 << len(self.cells.of[self.fact])) - 1
        self._read = self._reader(self.kind)

    @property
    def fact(self) -> str:
        """The id of the fact."""
        return self.reader.fact.id

    @property
    def allowed(self) -> str:
        """What may stand in a row, for a message."""
        return self.reader.allowed

    def knowledge(self, value: object) -> object:
        """Give what one value of the column says, or FAULTY."""
        return self.reader.text(value) if _of_text(self.kind) else self.reader.native(value)

    def _reader(self, kind: pa.DataType) -> _Read:
        types, fact = pa.types, self.reader.fact.kind
        if types.is_dictionary(kind):
            text = _is_text(kind.value_type)
            return self._dictionary if text else self._decoded
        if _is_text(kind):
            return self._text
        if types.is_boolean(kind) and fact == "boolean":
            return self._truth
        if types.is_integer(kind) and fact == "integer":
            return self._number
        return self._unusable

    def read(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        """Fill the planes of the cells from an array that is not longer than they are.

        Where a value is missing or cannot be used every cell may be. `may` is empty for
        a fact of which nothing is told apart.
        """
        if array.null_count == len(array):
            for plane in may:
                plane.fill(_ALL)
            return Noted()
        return self._read(array, may, scratch)

    def _unusable(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        """Refuse every value: no value of this type is one of this fact."""
        for plane in may:
            plane.fill(_ALL)
        return Noted(_valid(array, scratch).copy())

    def _truth(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        if not may:
            return Noted()
        no, yes = may
        copy_bits(array.buffers()[1], array.offset, len(array), yes)
        if not array.null_count:
            np.invert(yes, out=no)
            return Noted()
        valid = _valid(array, scratch)
        np.bitwise_and(yes, valid, out=no)
        np.invert(no, out=no)
        np.invert(valid, out=valid)
        np.bitwise_or(yes, valid, out=yes)
        return Noted()

    def _number(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        # Columns of numbers are of facts that are numbers.
        domain = cast(IntegerDomain, self.reader.fact.domain)
        numbers = _values(array)
        noted = Noted()
        valid = _valid(array, scratch)
        _refuse(numbers, domain.minimum, domain.maximum, valid, noted)
        if may:
            self._place(numbers, domain, may)
            np.invert(valid, out=valid)
            _add(valid, may)
        return noted

    def _place(self, numbers: NDArray[Any], domain: IntegerDomain, may: list[Plane]) -> None:
        """Put each number into its cell; one outside the domain into any."""
        runs = sorted(
            (first + domain.minimum, cell)
            for cell, values in enumerate(self.cells.of[self.fact])
            for first, _ in spans(values)
        )
        if len(runs) > MOST_COMPARED:
            starts = np.array([start for start, _ in runs])
            cells = np.array([cell for _, cell in runs])
            inside = np.clip(numbers.astype(np.int64), domain.minimum, domain.maximum)
            of = cells[np.searchsorted(starts, inside, side="right") - 1]
            for cell, plane in enumerate(may):
                pack(of == cell, plane)
            return
        for plane in may:
            plane.fill(0)
        above = np.empty_like(may[0])  # at or above the start of the run before
        above.fill(_ALL)
        for (_, cell), (start, _) in pairwise(runs):
            here = np.empty_like(above)
            pack(numbers >= start, here)
            may[cell] |= above & ~here
            above = here
        may[runs[-1][1]] |= above

    def _decoded(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        plain = array.dictionary_decode()
        return self._reader(plain.type)(plain, may, scratch)

    def _text(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        return self._dictionary(array.dictionary_encode(), may, scratch)

    def _dictionary(self, array: pa.Array, may: list[Plane], scratch: Plane) -> Noted:
        meanings = [self._meaning(word) for word in _words(array.dictionary)]
        indices = array.indices
        valid = _valid(indices, scratch)
        codes = _values(indices)
        noted = Noted()
        if _refuse(codes, 0, len(meanings) - 1, valid, noted):
            codes = np.clip(codes.astype(np.int64), 0, max(0, len(meanings) - 1))
        distinct = {one: number for number, one in enumerate(dict.fromkeys(meanings))}
        planes = _planes(codes, [distinct[one] for one in meanings], len(distinct), valid)
        known = np.zeros_like(valid)
        for plane in may:
            plane.fill(0)
        for meaning, rows in zip(distinct, planes, strict=True):
            self._tell(meaning, rows, may, noted)
            if not meaning.faulty:
                known |= rows
        np.invert(known, out=known)
        _add(known, may)
        return noted

    def _tell(self, meaning: Meaning, rows: Plane, may: list[Plane], noted: Noted) -> None:
        if meaning.faulty:
            if rows.any():
                noted.add_faulty(rows)
            return
        if meaning.declined:
            noted.declined = rows
        if meaning.cells != self._everything and meaning.cells & meaning.cells - 1:
            noted.partly = rows if noted.partly is None else noted.partly | rows
        _add(rows, [plane for cell, plane in enumerate(may) if meaning.cells >> cell & 1])

    def _meaning(self, word: object) -> Meaning:
        knowledge = self.reader.text(word)
        if knowledge is FAULTY:
            return Meaning(self._everything, faulty=True)
        # A reader gives only what can be known.
        known = cast(Known, read_knowledge(self.reader.fact, knowledge))
        return Meaning(self.cells.covering(self.fact, known.allowed), known.declined)


_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _of_text(kind: pa.DataType) -> bool:
    return _is_text(kind.value_type if pa.types.is_dictionary(kind) else kind)


def _words(dictionary: pa.Array) -> list[object]:
    """Give the distinct values; what is no text in UTF-8 is told as no text at all."""
    large = pa.types.is_large_string(dictionary.type)
    raws = dictionary.cast(pa.large_binary() if large else pa.binary()).to_pylist()
    return [_decoded(raw) for raw in raws]


def _decoded(raw: bytes | None) -> object:
    if raw is None:
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _valid(array: pa.Array, into: Plane) -> Plane:
    """Give the rows that hold something; bits past the last row are undefined."""
    bitmap = array.buffers()[0]
    if bitmap is None or not array.null_count:
        into.fill(_ALL)
    else:
        copy_bits(bitmap, array.offset, len(array), into)
    return into


def _values(array: pa.Array) -> NDArray[Any]:
    kind = np.dtype(str(array.type))  # Arrow's own way to say it asks for pandas, before version 26
    buffer = array.buffers()[1]
    return np.frombuffer(buffer, kind, len(array), array.offset * kind.itemsize)


def _refuse(numbers: NDArray[Any], least: int, most: int, valid: Plane, noted: Noted) -> bool:
    """Note rows whose number lies outside, of those that hold one; say whether any does."""
    if numbers.min() >= least and numbers.max() <= most:
        return False
    outside = np.empty_like(valid)
    pack((numbers < least) | (numbers > most), outside)
    outside &= valid
    noted.add_faulty(outside)
    valid &= ~outside
    return True


def _planes(codes: NDArray[Any], number: Sequence[int], many: int, valid: Plane) -> list[Plane]:
    """Give, per meaning, the rows whose code has it; `number` has the meaning of each code."""
    planes = [np.zeros(len(valid), WORD) for _ in range(many)]
    if not planes:
        return planes
    if len(number) <= MOST_COMPARED:
        here = np.empty_like(valid)
        for code, meaning in enumerate(number[:-1]):
            pack(codes == code, here)
            planes[meaning] |= here
        # What is none of the others is the last.
        rest = ~np.bitwise_or.reduce(planes)
        planes[number[-1]] |= rest
    else:
        looked_up = np.array(number).take(codes)
        for meaning, plane in enumerate(planes):
            pack(looked_up == meaning, plane)
    for plane in planes:
        np.bitwise_and(plane, valid, out=plane)
    return planes


def _add(rows: Plane, planes: Sequence[Plane]) -> None:
    for plane in planes:
        np.bitwise_or(plane, rows, out=plane)
