"""Sets of small numbers as the bits of one integer: values, cells, lanes."""

from __future__ import annotations

__all__ = ["highest", "lowest", "numbers"]


def lowest(bits: int) -> int:
    """Give the lowest number of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def highest(bits: int) -> int:
    """Give the highest number of a set that is not empty."""
    return bits.bit_length() - 1


def numbers(bits: int) -> list[int]:
    """Give the numbers of a set, from low to high."""
    found = []
    while bits:
        one = bits & -bits
        found.append(one.bit_length() - 1)
        bits ^= one
    return found
