"""Sets of values as boundaries are sets: by Python's own sets, and by the bits of a number."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeengine.value_set import (
    NO_VALUES,
    ValueSet,
    all_below,
    bits_of_set,
    set_of_bits,
    single,
    union,
)

NUMBERS = st.integers(0, 40)
SETS = st.sets(NUMBERS)


@given(SETS, SETS)
def test_every_operation_is_that_of_sets(one: set[int], other: set[int]) -> None:
    """Both, either, one without the other, just one of the two, and part of."""
    mine, others = ValueSet.of(one), ValueSet.of(other)
    assert list((mine & others).numbers) == sorted(one & other)
    assert list((mine | others).numbers) == sorted(one | other)
    assert list((mine - others).numbers) == sorted(one - other)
    assert list((mine ^ others).numbers) == sorted(one ^ other)
    assert (mine <= others) is (one <= other)
    assert (mine == others) is (one == other)
    assert union([mine, others, mine]) == mine | others


@given(SETS, NUMBERS)
def test_what_is_asked_of_a_set_is_so(numbers: set[int], number: int) -> None:
    """Members, size, ends, places and runs; and it is written as bits and read back."""
    some = ValueSet.of(numbers)
    assert (number in some) is (number in numbers)
    assert None not in some
    assert some.size == len(numbers)
    assert all_below(number) == ValueSet.of(range(number))
    assert bool(some) is bool(numbers)
    assert some.is_single is (len(numbers) == 1)
    assert some.has_several is (len(numbers) > 1)
    assert [some.nth(place) for place in range(some.size)] == sorted(numbers)
    if numbers:
        assert (some.lowest, some.highest) == (min(numbers), max(numbers))
        nearest = sorted(numbers, key=lambda one: (abs(one - number), one))
        assert some.nearest(number) == nearest[0]
    assert bits_of_set(some) == sum(1 << one for one in numbers)
    assert set_of_bits(bits_of_set(some)) == some
    assert list(some.moved(number).numbers) == [one + number for one in sorted(numbers)]
    with pytest.raises(IndexError):
        some.nth(some.size)


@given(SETS)
def test_equal_sets_are_written_alike(numbers: set[int]) -> None:
    """Boundaries rise strictly, whichever way a set was made."""
    some = ValueSet.of(numbers)
    assert some == union(map(single, numbers))
    assert list(some.boundaries) == sorted(set(some.boundaries))
    assert ValueSet.of_runs(some.runs) == some
    assert ValueSet.of_runs((one, one) for one in sorted(numbers)) == some
    assert hash(some) == hash(union(map(single, numbers)))


@given(st.integers(0, 10**18), st.integers(-3, 10**18))
def test_a_range_costs_nothing_however_long(first: int, more: int) -> None:
    """Of a range that is empty there is just one form."""
    span = ValueSet.span(first, first + more)
    assert span.size == max(0, more + 1)
    assert len(span.boundaries) <= 2
    assert span or span == NO_VALUES


def test_every_pair_of_small_sets_is_joined_as_sets_are() -> None:
    """All 1,024 pairs of sets of 0 to 4: among them ranges that touch, overlap and lie apart."""
    every = [{n for n in range(5) if bits >> n & 1} for bits in range(32)]
    for one, other in product(every, repeat=2):
        mine, others = ValueSet.of(one), ValueSet.of(other)
        assert mine & others == ValueSet.of(one & other)
        assert mine | others == ValueSet.of(one | other)
        assert mine - others == ValueSet.of(one - other)
        assert mine ^ others == ValueSet.of(one ^ other)
