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
    """Give the numbers of the rows whose bit is set."""
    (words,) = np.nonzero(plane)
    bits = np.unpackbits(plane[words].view(np.uint8), bitorder="little").reshape(-1, 64)
    word, bit = np.nonzero(bits)
    found = words[word] * 64 + bit
    return found[found < rows]


def kinds_of(sets: NDArray[np.uint8]) -> tuple[list[bytes], NDArray[np.intp]]:
    """Give the different rows of bytes, and for each row the number of its own."""
    raw = pa.py_buffer(np.ascontiguousarray(sets))
    kinds = pa.Array.from_buffers(pa.binary(sets.shape[1]), len(sets), [None, raw])
    kinds = kinds.dictionary_encode()
    which = np.frombuffer(kinds.indices.buffers()[1], np.int32, len(sets))
    return kinds.dictionary.to_pylist(), which.astype(np.intp)


def kinds_at(
    planes: Sequence[Plane], rows: NDArray[np.intp]
) -> tuple[list[bytes], NDArray[np.intp]]:
    """Give the different sets of bits that rows have in some planes, and for each row its own.

    The bits are packed, the first plane lowest.
    """
    if not planes:
        return [b""], np.zeros(len(rows), np.intp)
    return kinds_of(sets_of(planes, (len(planes) + 7) // 8, planes[0].size * 64)[rows])


def plane_of(rows: NDArray[np.intp], words: int) -> Plane:
    """Return a plane of so many words in which the bits of just these rows are set."""
    flags = np.zeros(words * 64, np.bool_)
    flags[rows] = True
    return np.packbits(flags, bitorder="little").view(WORD)


def codes_of(planes: Sequence[Plane], into: NDArray[np.uint8]) -> None:
    """Put, per row, the bits of up to eight planes into one byte, the first plane lowest.

    `into` has 64 bytes per word of a plane, and may be a column of a wider array.
    """
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
