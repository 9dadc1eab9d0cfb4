"""Bits side by side: in and out of Arrow's bitmaps, and from planes to a code per row.

A *plane* is one bit per row, in words of 64, the first row lowest: what a lane program
runs on. Words are little-endian on every machine, as Arrow's bitmaps are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WORD = np.dtype("<u8")

ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
"""A word with all bits set."""

Plane: TypeAlias = NDArray[np.uint64]

# The steps that turn a square of 8 by 8 bits over its diagonal (H. S. Warren, "Hacker's
# Delight", 2nd edition, section 7-3): how far bits move, and which.
_TURNS = (
    (np.uint64(7), np.uint64(0x00AA00AA00AA00AA)),
    (np.uint64(14), np.uint64(0x0000CCCC0000CCCC)),
    (np.uint64(28), np.uint64(0x00000000F0F0F0F0)),
)


def copy_bits(bitmap: Any, offset: int, rows: int, into: Plane) -> None:
    """Copy bits from an Arrow bitmap, from any offset; what follows them is left undefined.

    Reads no byte that holds none of these bits.
    """
    first, shift = divmod(offset, 8)
    size = (shift + rows + 7) // 8
    source = np.frombuffer(bitmap, np.uint8, size, first)
    if not shift:
        into.view(np.uint8)[:size] = source
        return
    words = np.zeros(len(into) + 1, WORD)
    words.view(np.uint8)[:size] = source
    np.right_shift(words[:-1], np.uint64(shift), out=into)
    into |= words[1:] << np.uint64(64 - shift)


def pack(flags: NDArray[Any], into: Plane) -> None:
    """Pack one truth value per row; bits past the last row are 0."""
    size = (len(flags) + 7) // 8
    into.view(np.uint8)[:size] = np.packbits(flags, bitorder="little")
    into.view(np.uint8)[size:] = 0


def rows_of(plane: Plane, rows: int) -> NDArray[np.intp]:
    """Return the numbers of the rows whose bit is set."""
    (words,) = np.nonzero(plane)
    bits = np.unpackbits(plane[words].view(np.uint8), bitorder="little").reshape(-1, 64)
    word, bit = np.nonzero(bits)
    found = words[word] * 64 + bit
    return found[found < rows]


def distinct(sets: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the different rows of bytes, and for each row the number of its own."""
    width = sets.shape[1]
    kind = {1: pa.uint8(), 2: pa.uint16(), 4: pa.uint32(), 8: pa.uint64()}.get(width)
    raw = pa.py_buffer(np.ascontiguousarray(sets))
    coded = pa.Array.from_buffers(kind or pa.binary(width), len(sets), [None, raw])
    coded = coded.dictionary_encode()
    which = np.frombuffer(coded.indices.buffers()[1], np.int32, len(sets))
    kinds = np.frombuffer(coded.dictionary.buffers()[1], np.uint8, len(coded.dictionary) * width)
    return kinds.reshape(-1, width), which


def kinds_of(sets: NDArray[np.uint8]) -> tuple[list[int], NDArray[np.int32]]:
    """Return the different sets of bits, the first byte lowest, and for each row its own."""
    kinds, which = distinct(sets)
    return [int.from_bytes(kind.tobytes(), "little") for kind in kinds], which


def kinds_at(
    planes: Sequence[Plane], rows: NDArray[np.intp]
) -> tuple[list[int], NDArray[np.int32]]:
    """Return the different sets of bits that rows have in some planes, and for each row its own.

    The first plane has the lowest bit.
    """
    if not planes:
        return [0], np.zeros(len(rows), np.int32)
    return kinds_of(sets_of(planes, width_of(len(planes)), planes[0].size * 64)[rows])


def width_of(bits: int) -> int:
    """Return how many bytes a set of so many bits takes: a machine word where it fits in one."""
    width = (bits + 7) // 8
    return next((size for size in (1, 2, 4, 8) if width <= size), width)


def plane_of(rows: NDArray[np.intp], words: int) -> Plane:
    """Return a plane of so many words in which the bits of just these rows are set."""
    flags = np.zeros(words * 64, np.bool_)
    flags[rows] = True
    return np.packbits(flags, bitorder="little").view(WORD)


def codes_of(planes: Sequence[Plane], into: NDArray[np.uint8]) -> None:
    """Put, per row, the bits of up to eight planes into one byte, the first plane lowest.

    `into` has 64 bytes per word of a plane, and may be a column of a wider array.
    """
    # Eight rows at a time: their bits are one byte of each plane, and so a square of 8 by 8 bits.
    # Turned over its diagonal, it has one byte per row. With four rows and four planes:
    #
    #     plane 0    1 0 1 1             row 0    1 0 0 0
    #     plane 1    0 0 1 0      ->     row 1    0 0 1 0
    #     plane 2    0 1 1 0             row 2    1 1 1 0
    #     plane 3    0 0 0 0             row 3    1 0 0 0
    squares = np.zeros((planes[0].size * 8, 8), np.uint8)
    for number, plane in enumerate(planes):
        squares[:, number] = plane.view(np.uint8)
    bits = squares.view(WORD).ravel()
    moved = np.empty_like(bits)
    for far, which in _TURNS:
        np.right_shift(bits, far, out=moved)
        np.bitwise_xor(bits, moved, out=moved)
        np.bitwise_and(moved, which, out=moved)
        np.bitwise_xor(bits, moved, out=bits)
        np.left_shift(moved, far, out=moved)
        np.bitwise_xor(bits, moved, out=bits)
    into[:] = squares.ravel()


def sets_of(planes: Sequence[Plane], width: int, rows: int) -> NDArray[np.uint8]:
    """Return, per row, its bits in some planes: so many bytes, the first plane lowest."""
    words = (rows + 63) // 64
    sets = np.zeros((words * 64, width), np.uint8)
    for byte in range((len(planes) + 7) // 8):
        codes_of([plane[:words] for plane in planes[8 * byte : 8 * byte + 8]], sets[:, byte])
    return sets[:rows]
