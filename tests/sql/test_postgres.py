"""The view says what the engine says, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import SHARE, examples
from families import FAMILIES
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from required import required
from routeengine import Engine
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Flag, Outcome, RuleSet
from routeengine.sql import export_sql
from routeengine.value_set import set_of_bits
from sql.postgres import Database, as_text, binary, database
from sql.tabled import engine_of, made_rows, told, truth_rows

programs = binary("postgres") and binary("initdb")
pytestmark = pytest.mark.gate
"""A server is started."""

required("postgresql", None if programs else "install Debian's package `postgresql`")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Database]:
    """Make one database for the tests of this module."""
    with database() as made:
        yield made


def test_the_view_is_the_engine_in_postgres(
    postgres: Database, rijswijk: RuleSet, engine: Engine
) -> None:
    """On the shipped rules every column is the same, from all known to nothing known."""
    count = max(1_000, int(10_000 * SHARE))
    rows = list(made_rows(rijswijk, count, None, seed=1))
    shown = postgres.show(rijswijk, export_sql(rijswijk, "postgres"), rows)
    assert len(shown) == count
    for row in told(engine, rows):
        assert shown[str(row[0])] == as_text(row)


@settings(max_examples=examples(10), deadline=None)
@given(ruleset=rulesets(max_constraints=3), seed=st.integers(0, 2**32))
def test_the_view_is_the_engine_on_generated_rule_sets(
    postgres: Database, ruleset: RuleSet, seed: int
) -> None:
    """Every column is the same, whatever is unknown and whatever contradicts itself."""
    engine = engine_of(ruleset)
    rows = list(made_rows(ruleset, 40, None, seed))
    shown = postgres.show(ruleset, export_sql(ruleset, "postgres"), rows)
    for row in told(engine, rows):
        assert shown[str(row[0])] == as_text(row)


@pytest.mark.parametrize(("family", "size"), [("same_outcome", 200), ("half_forbidden", 40)])
def test_large_statements_run_there(postgres: Database, family: str, size: int) -> None:
    """Many rules, and facts that have too many minimal conflicts to be listed."""
    ruleset, rows = FAMILIES[family](size), list(truth_rows(size, 100))
    shown = postgres.show(ruleset, export_sql(ruleset, "postgres"), rows)
    for row in told(Engine(ruleset), rows):
        assert shown[str(row[0])] == as_text(row)


def test_long_ids_are_told_apart(postgres: Database) -> None:
    """No name is cut off: ids of 63 letters that differ in the last one are two things."""
    one, other = "a" * 62 + "b", "a" * 62 + "c"
    facts = (a_fact(one, BooleanDomain()), a_fact(other, BooleanDomain()))
    flags = (
        Flag(one[1:] + "b", BOTH, FactIs(one, set_of_bits(2)), GROUNDS),
        Flag(one[1:] + "c", BOTH, FactIs(other, set_of_bits(2)), GROUNDS),
    )
    decision = Decision("d", BOTH, (Outcome("yes", BOTH, BOTH),), ())
    ruleset = build_ruleset("long", facts=facts, decisions=(decision,), flags=flags)
    rows = [("1", True, False), ("2", False, True), ("3", None, True)]
    shown = postgres.show(ruleset, export_sql(ruleset, "postgres"), rows)
    for row in told(Engine(ruleset), rows):
        assert shown[str(row[0])] == as_text(row)


def test_a_text_column_for_a_number_is_refused(postgres: Database, rijswijk: RuleSet) -> None:
    """Where a column has another type the database says so, and no verdict is given."""
    view = export_sql(rijswijk, "postgres")
    text = rijswijk.fact["finances"]
    wrong = tuple(replace(text, id=f.id) if f.id == "rung" else f for f in rijswijk.facts)
    with pytest.raises(AssertionError, match="operator does not exist: text % integer"):
        postgres.show(replace(rijswijk, facts=wrong), view, [])
