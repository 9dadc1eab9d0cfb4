"""Shapes that authors write every day, at sizes that they may reach: the view says what is so."""

from __future__ import annotations

import pytest

from examples import gated
from families import FAMILIES
from routeengine import Engine
from routeengine.errors import BudgetError
from routeengine.sql import export_sql
from sql.tabled import Row, in_duckdb, told, truth_rows


@pytest.mark.parametrize(
    ("family", "size"),
    gated(
        [
            ("ranked", 30),
            ("same_outcome", 200),
            ("review_signals", 200),
            ("ranked", 100),
            ("different_outcomes", 60),
        ],
        night=True,
    ),
)
def test_many_rules_are_answered_as_the_engine_does(family: str, size: int) -> None:
    """Every column is the same, with all known and with nearly nothing known."""
    ruleset, some = FAMILIES[family](size), list(truth_rows(size, 150))
    shown = in_duckdb(ruleset, export_sql(ruleset), some)
    assert shown == list(told(Engine(ruleset), some))
    assert len({row[2] for row in shown}) > 1


YES = ("yes", "decided", "r", "", "yes", None)
NO = ("no", "decided", "else", "", "no", None)
EITHER = (None, "insufficient", None, "", "yes no", None)
CONTRADICTION = (None, "review", None, "", "review", "contradiction")


def expected(family: str, size: int, row: Row) -> Row:
    """Say what the decision comes to, by counting.

    What is forbidden is broken by what is true alone. So if it is broken, each fact that is true
    stands in a minimal conflict, and none that is false.
    """

    def broken(true: set[int]) -> bool:
        if family == "pairs":
            return all({n, n + 1} & true for n in range(0, size, 2))
        return len(true) >= (size // 2 if family == "half_forbidden" else 4)

    true, first = {n for n, value in enumerate(row[1:]) if value}, row[1]
    if broken(true):
        if first:
            return CONTRADICTION
        true = set()
    if first is None:
        return NO if broken(true | {0}) else EITHER
    return YES if first else NO


@pytest.mark.parametrize("family", gated(["half_forbidden", "four_forbidden", "pairs"], night=True))
def test_what_clashes_among_forty_facts_is_told(family: str) -> None:
    """Up to 10^11 minimal conflicts in one row, none of them listed."""
    ruleset, some = FAMILIES[family](40), list(truth_rows(40, 300))
    told_of = [expected(family, 40, row) for row in some]
    shown = in_duckdb(ruleset, export_sql(ruleset), some)
    assert [row[1:7] for row in shown] == told_of
    assert set(told_of) == {YES, NO, EITHER, CONTRADICTION}


@pytest.mark.gate
def test_more_than_fits_is_refused_in_words() -> None:
    """The message names the part and the budget."""
    said = "with decision `door` the rule set needs more than 5,000 nodes"
    with pytest.raises(BudgetError, match=said):
        export_sql(FAMILIES["different_outcomes"](130))
