"""Bits go in and out at any offset, and planes become codes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from routeengine.tables.bits import (
    WORD,
    codes_of,
    copy_bits,
    kinds_at,
    pack,
    plane_of,
    rows_of,
    sets_of,
)

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
    kinds, which = kinds_at(planes, np.arange(64))
    assert [kinds[kind] for kind in which] == into.tolist()


@given(truths)
def test_a_plane_is_made_of_its_rows(bits: list[bool]) -> None:
    """Asking for the rows of it gives them back, and no other bit is set."""
    rows = [row for row, bit in enumerate(bits) if bit]
    plane = plane_of(np.array(rows, np.intp), 4)
    assert rows_of(plane, 4 * 64).tolist() == rows


@given(st.lists(st.integers(0, 2**19 - 1), min_size=1, max_size=150), st.integers(3, 9))
def test_sets_are_the_bits_of_a_row_side_by_side(sets: list[int], width: int) -> None:
    """For the rows that there are, whatever stands in the planes after them."""
    planes = [plane_of(np.flatnonzero([one >> bit & 1 for one in sets]), 4) for bit in range(19)]
    found = sets_of(
        [plane | ~plane_of(np.arange(len(sets)), 4) for plane in planes], width, len(sets)
    )
    assert [int.from_bytes(row.tobytes(), "little") for row in found] == sets
