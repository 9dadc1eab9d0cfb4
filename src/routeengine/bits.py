"""Sets of small numbers as the bits of one integer: values, cells, lanes."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["few", "highest", "lowest", "numbers"]


def lowest(bits: int) -> int:
    """Give the lowest number of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def highest(bits: int) -> int:
    """Give the highest number of a set that is not empty."""
    return bits.bit_length() - 1


def numbers(bits: int) -> list[int]:
    """Give the numbers of a set, from low to high."""
    found = []
    # From the top, where a long set grows shorter with each number.
    while bits:
        top = bits.bit_length() - 1
        found.append(top)
        bits ^= 1 << top
    found.reverse()
    return found


@lru_cache(maxsize=1_024)
def few(bits: int) -> tuple[int, ...]:
    """Give the numbers of a small set, of which the same come again and again, low to high."""
    return tuple(numbers(bits))
