"""The view says what the engine says, in DuckDB, on generated rule sets and the shipped one."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import rulesets
from routeengine import Engine
from routeengine.errors import RuleSetError
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import read_profile
from routeengine.ruleset.model import RuleSet
from routeengine.sql import export_sql
from sql.tabled import Row, columns_of, in_duckdb, made_rows, told

DETAILS = ("_rule", "_candidates", "_reason")
"""Columns that may be empty where a diagram did not fit."""


def engine_of(ruleset: RuleSet) -> Engine:
    """Build an engine; leave out rule sets whose constraints exclude everything."""
    try:
        return Engine(ruleset)
    except RuleSetError:
        assume(False)
        raise


@settings(max_examples=examples(150), deadline=None)
@given(rulesets(max_constraints=3), st.integers(0, 2**32))
def test_the_view_is_the_engine_on_generated_rule_sets(ruleset: RuleSet, seed: int) -> None:
    """Every column is the same, whatever is unknown and whatever contradicts itself."""
    engine = engine_of(ruleset)
    rows = list(made_rows(ruleset, 40, None, seed))
    export = export_sql(ruleset)
    assert export.left_open == ()
    assert in_duckdb(ruleset, export.text, rows) == list(told(engine, rows))


def agrees(ruleset: RuleSet, row: Row, got: Row, exact: Row) -> None:
    """Check that a row says nothing wrong: what is not told is told to be insufficient."""
    names = columns_of(ruleset)
    view, engine = dict(zip(names, got, strict=True)), dict(zip(names, exact, strict=True))
    for decision in ruleset.decisions:
        parts = [decision.id, *(f"{decision.id}{part}" for part in ("_possible", *DETAILS))]
        if view[f"{decision.id}_status"] == "insufficient" and view[parts[1]] is None:
            assert all(view[part] is None for part in parts)
            assert not is_settled(ruleset, row)
            continue
        for part in (*parts, f"{decision.id}_status"):
            open_detail = view[part] is None and part.endswith(DETAILS) and None in row
            assert open_detail or view[part] == engine[part]
    assert view["flags"] in (None, engine["flags"])
    if is_settled(ruleset, row):
        assert view == engine


def is_settled(ruleset: RuleSet, row: Row) -> bool:
    """Say whether everything is known in a row, and nothing contradicts anything."""
    names = [fact.id for fact in ruleset.facts]
    state = read_profile(ruleset, dict(zip(names, row[1:], strict=True)))
    return None not in row and not ReferenceExecutor(ruleset).conflicts(state)


@pytest.mark.parametrize("most_nodes", [3, 8, 16])
@settings(max_examples=examples(50), deadline=None)
@given(rulesets(max_constraints=2), st.integers(0, 2**32))
def test_what_does_not_fit_is_never_wrong(most_nodes: int, ruleset: RuleSet, seed: int) -> None:
    """With too few nodes a row is right or insufficient, and right where all is known."""
    engine = engine_of(ruleset)
    rows = list(made_rows(ruleset, 40, None, seed)) + list(
        made_rows(ruleset, 10, 0.0, seed, first=40)
    )
    export = export_sql(ruleset, most_nodes=most_nodes)
    for row, got, exact in zip(
        rows, in_duckdb(ruleset, export.text, rows), told(engine, rows), strict=True
    ):
        agrees(ruleset, row, got, exact)
