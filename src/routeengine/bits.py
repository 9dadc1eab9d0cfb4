"""Sets of small numbers as the bits of one integer: values, cells, lanes."""

from __future__ import annotations


def lowest(bits: int) -> int:
    """Return the lowest number of a set that is not empty."""
    return (bits & -bits).bit_length() - 1


def highest(bits: int) -> int:
    """Return the highest number of a set that is not empty."""
    return bits.bit_length() - 1


MANY = 1_000
"""Past so many numbers, those of a set are read off its digits."""


def numbers(bits: int) -> list[int]:
    """Return the numbers of a set, from low to high."""
    if bits.bit_count() > MANY:
        # Once over the digits, where taking number by number is quadratic.
        return [number for number, digit in enumerate(reversed(f"{bits:b}")) if digit == "1"]
    found = []
    # From the top, where a long set grows shorter with each number.
    while bits:
        top = bits.bit_length() - 1
        found.append(top)
        bits ^= 1 << top
    found.reverse()
    return found


def few(bits: int) -> tuple[int, ...]:
    """Return the numbers of a set that most often holds few of the lowest, from low to high."""
    return _FEW[bits] if bits < len(_FEW) else tuple(numbers(bits))


_FEW = tuple([tuple(numbers(bits)) for bits in range(256)])
