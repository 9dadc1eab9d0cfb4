"""Bits go in and out at any offset, and planes become codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from routeengine.tables.bits import WORD, codes_of, copy_bits, matrix_at, pack, rows_of, set_at

truths = st.lists(st.booleans(), min_size=1, max_size=200)


@given(truths, st.integers(0, 20))
def test_bits_are_copied_from_any_offset(bits: list[bool], offset: int) -> None:
    """What is copied is what Arrow says stands there."""
    array = pa.array([True] * offset + bits).slice(offset)
    into = np.zeros(4, WORD)
    copy_bits(array.buffers()[1], array.offset, len(bits), into)
    assert np.unpackbits(into.view(np.uint8), bitorder="little")[: len(bits)].tolist() == bits


@given(truths)
def test_rows_are_those_whose_bit_is_set(bits: list[bool]) -> None:
    """Packing and asking for the rows is a round trip, and bits past the rows are no rows."""
    plane = np.zeros(4, WORD)
    pack(np.array(bits), plane)
    rows = [row for row, bit in enumerate(bits) if bit]
    assert rows_of(plane, len(bits)).tolist() == rows
    assert rows_of(~plane, len(bits)).tolist() == sorted(set(range(len(bits))) - set(rows))


@given(st.lists(st.integers(0, 255), min_size=64, max_size=64), st.integers(1, 8))
def test_planes_become_codes(codes: list[int], width: int) -> None:
    """Each row's bits are a byte, the first plane lowest."""
    planes = [np.zeros(1, WORD) for _ in range(width)]
    for number, plane in enumerate(planes):
        pack(np.array([code >> number & 1 for code in codes]), plane)
    into = np.empty(64, np.uint8)
    codes_of(planes, into)
    assert into.tolist() == [code & ((1 << width) - 1) for code in codes]
    every = np.arange(64)
    found = matrix_at(planes, every)
    assert [sum(int(b) << n for n, b in enumerate(row)) for row in found] == into.tolist()


@given(truths, st.data())
def test_bits_are_set_row_by_row(bits: list[bool], data: st.DataObject) -> None:
    """Only the rows that are named change."""
    plane = np.zeros(4, WORD)
    pack(np.array(bits), plane)
    rows = data.draw(st.lists(st.integers(0, len(bits) - 1), unique=True))
    values = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    set_at(plane, np.array(rows, np.intp), np.array(values, np.bool_))
    wanted = dict(enumerate(bits)) | dict(zip(rows, values, strict=True))
    assert rows_of(plane, len(bits)).tolist() == [row for row, bit in wanted.items() if bit]
