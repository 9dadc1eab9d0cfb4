"""No small count can be worked out from what is shown: every way to fill the rest in is tried."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from report.fillings import Key, Sums, possible, table
from routeengine.suppress import HIDDEN, Figure, suppress

COUNTS = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 9, 30, 47])
LIMIT = 5
MAX_HIDDEN = 6
"""Cells that are tried in all ways; more take too long."""


@st.composite
def tables(draw: st.DrawFn, most: int = 3) -> list[list[int]]:
    """Draw a small table."""
    width = draw(st.integers(1, most))
    row = st.lists(COUNTS, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=most))


def guarded(
    counts: dict[Key, int], sums: Sums, unseen: tuple[Key, ...] = ()
) -> dict[Key, Figure] | None:
    """Check every small count of a table; None where too much is hidden to try it all."""
    figures = suppress(counts, sums, LIMIT, unseen)
    totals = {total for total, _ in sums}
    hidden = [key for key in counts if key not in totals and figures.get(key, HIDDEN) == HIDDEN]
    small = [key for key, number in counts.items() if 0 < number < LIMIT]
    assert all(figures.get(key, HIDDEN) == HIDDEN for key in small)
    if len(hidden) > MAX_HIDDEN:
        return None
    for key in small:
        found = possible(counts, sums, figures, key, LIMIT)
        assert counts[key] in found
        assert found >= set(range(min(found), min(found) + LIMIT + 1))
    return figures


@given(tables())
@settings(max_examples=examples(400), deadline=None)
def test_in_a_table_with_all_its_totals_no_small_count_can_be_worked_out(
    cells: list[list[int]],
) -> None:
    """In a table with all its totals no small count can be worked out."""
    guarded(*table(cells))


@given(tables(2), tables(2))
@settings(max_examples=examples(300), deadline=None)
def test_nor_from_two_tables_that_share_a_group(
    first: list[list[int]], second: list[list[int]]
) -> None:
    """Nor from two tables of which one counts in parts what the other has as a cell."""
    counts, sums = table(second, "s")
    first[0][0] = counts["s"]
    others, more = table(first, "t")
    # One group, by one name in both.
    shared = [
        (total, tuple("s" if part == "t00" else part for part in parts)) for total, parts in more
    ]
    counts |= {key: number for key, number in others.items() if key != "t00"}
    guarded(counts, [*sums, *shared])


@given(st.integers(6, 40), st.integers(1, 4))
@settings(max_examples=examples(300), deadline=None)
def test_nor_from_the_difference_of_two_groups(whole: int, rest: int) -> None:
    """Nor can the few be who are in one group and not in another."""
    counts = {"whole": whole, "part": whole - rest, "rest": rest}
    figures = guarded(counts, [("whole", ("part", "rest"))], ("rest",))
    assert figures is not None
    assert "rest" not in figures
    assert any(figure.rounded or figure == HIDDEN for figure in figures.values())


def test_what_is_not_small_and_gives_nothing_away_is_shown_as_it_is() -> None:
    """What is not small, and gives nothing away, is shown as it is."""
    counts, sums = table([[12, 0, 7], [5, 30, 6]])
    figures = suppress(counts, sums, LIMIT)
    assert all(figures[key] == Figure(number) for key, number in counts.items())


@pytest.mark.parametrize("limit", [2, 5, 10, 25])
def test_one_small_count_hides_another_or_rounds_the_total(limit: int) -> None:
    """One small count hides another; where there is none the total is rounded, wide enough."""
    counts = {"a": 1, "b": 2 * limit, "all": 1 + 2 * limit}
    figures = suppress(counts, [("all", ("a", "b"))], limit)
    assert figures == {"a": HIDDEN, "b": HIDDEN, "all": Figure(1 + 2 * limit)}
    alone = {"a": 1, "b": 0, "all": 1}
    assert suppress(alone, [("all", ("a", "b"))], limit) == {
        "a": HIDDEN,
        "b": Figure(0),
        "all": HIDDEN,
    }


def test_a_limit_of_nothing_hides_nothing() -> None:
    """A limit of nothing, or of one, hides nothing."""
    counts, sums = table([[1, 2], [3, 4]])
    for limit in (0, 1):
        assert all(one.number is not None for one in suppress(counts, sums, limit).values())


@pytest.mark.parametrize("size", [6, 9])
def test_a_table_of_small_counts_alone_comes_to_an_end(size: int) -> None:
    """However many small counts there are, all of them are hidden, and in time."""
    counts, sums = table([[(i * j) % 5 for j in range(size)] for i in range(size)])
    figures = suppress(counts, sums, LIMIT)
    assert all(figures[key] == HIDDEN for key, number in counts.items() if 0 < number < LIMIT)


def test_what_cannot_be_tried_in_time_is_hidden_with_all_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the search is cut off, more is hidden rather than less."""
    counts, sums = table([[3, 9, 7], [7, 9, 1], [6, 2, 30]])
    usual = suppress(counts, sums, LIMIT)
    monkeypatch.setattr("routeengine.suppress.MAX_SEARCH", 2)
    hasty = suppress(counts, sums, LIMIT)
    assert {key for key, one in usual.items() if one == HIDDEN} <= {
        key for key, one in hasty.items() if one == HIDDEN
    }
