"""The statement itself: its dialects, its header, its limits, and hostile rule sets."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from loading.test_named_schema import DIEMEN
from routeengine import Engine, load_ruleset
from routeengine.errors import BudgetError, MissingExtraError, UsageError
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Review, Rule, RuleSet
from routeengine.sql import DIALECTS, export_sql
from routeengine.sql.answers import Answers
from routeengine.sql.expressions import among
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.value_set import set_of_bits
from sql.tabled import columns_of, in_duckdb, told

LIBRARY = Path(__file__).parents[2] / "fixtures" / "library-card"
HOSTILE = "x'; DROP TABLE clients; --\\\n*/\r\u2028\\' OR 1=1"


def small(rules: tuple[Rule, ...], *facts: object) -> RuleSet:
    """Make a rule set of one decision with one outcome."""
    decision = Decision("d", BOTH, (Outcome("yes", BOTH, BOTH),), rules)
    return build_ruleset("small", facts=facts, decisions=(decision,))  # type: ignore[arg-type]  # facts


@pytest.mark.gate
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_is_read_back(dialect: str) -> None:
    """The statement is one `CREATE VIEW` with the columns of a classified caseload."""
    ruleset = load_ruleset(LIBRARY)
    (made,) = sqlglot.parse(export_sql(ruleset, dialect), dialect=dialect)
    assert isinstance(made, sqlglot.exp.Create)
    assert made.kind == "VIEW"
    assert tuple(made.expression.named_selects) == columns_of(ruleset)
    read = {one.name for one in made.find_all(sqlglot.exp.Table) if "step" not in one.name}
    assert read == {"clients", "advice"}


def test_the_header_says_what_it_is(rijswijk: RuleSet, engine: Engine) -> None:
    """It names the rule set, its digest, the engine and how exact the view is."""
    head = [one for one in export_sql(rijswijk).splitlines() if one.startswith("--")]
    assert head[0].startswith("-- Rule set rijswijk-2023 ")
    assert head[1] == f"-- sha256 {engine.reference.sha256}"
    assert any("a person decides" in line for line in head)
    assert "-- Every row has the engine's own answer, whatever is unknown." in head
    assert "--   rung (integer): trede; a whole number from 1 to 6" in head


def test_the_header_says_for_which_days_and_variant_the_numbers_are() -> None:
    """Rules without parameters have no such line."""
    ruleset = load_ruleset({"r.yaml": DIEMEN}, "2026-07-01", "diemen")
    head = export_sql(ruleset).splitlines()
    assert head[1] == "-- With the numbers from 2026-07-01, diemen"
    assert head[2].startswith("-- sha256 ")


def test_hostile_texts_stay_texts() -> None:
    """Quotes, comments and line ends in a rule set are data, in every dialect."""
    fact = replace(a_fact("f", CategoryDomain(("a", HOSTILE))), label={"nl": HOSTILE})
    rules = (Rule(HOSTILE, FactIs("f", set_of_bits(2)), "yes", BOTH, BOTH, GROUNDS),)
    ruleset = replace(
        small(rules, fact), id=HOSTILE, version=HOSTILE, title={"nl": HOSTILE}, languages=("nl",)
    )
    rows = [("1", HOSTILE), ("2", "a"), ("3", None)]
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(Engine(ruleset), rows))
    for dialect in DIALECTS:
        text = export_sql(ruleset, dialect)
        (made,) = sqlglot.parse(text, dialect=dialect)
        assert isinstance(made, sqlglot.exp.Create)
        held = {one.this for one in made.find_all(sqlglot.exp.Literal) if one.is_string}
        assert HOSTILE in held
        comment = text[: text.index("CREATE VIEW")]
        assert all(line.startswith("--") for line in comment.splitlines())


def test_names_are_quoted_and_parted(rijswijk: RuleSet) -> None:
    """A dot parts a schema from a name; quotes in a name are quoted."""
    text = export_sql(rijswijk, table_name='my schema.the "table"', view_name="out.advice")
    assert 'FROM "my schema"."the ""table"""' in text
    assert 'CREATE VIEW "out"."advice" AS' in text


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64, "two\nlines"])
def test_a_name_that_does_not_fit_is_refused(rijswijk: RuleSet, name: str) -> None:
    """PostgreSQL would cut a long name off, and read another table than was meant."""
    with pytest.raises(UsageError, match="1 to 63 letters in postgres"):
        export_sql(rijswijk, "postgres", table_name=name)


def test_an_unknown_dialect_is_refused_with_those_that_are_known(rijswijk: RuleSet) -> None:
    """The message names the dialects that there are."""
    with pytest.raises(UsageError, match="use duckdb, postgres"):
        export_sql(rijswijk, "oracle")


@pytest.mark.gate
def test_too_many_ranges_are_refused() -> None:
    """A fact whose values are told apart one by one, by the thousand, does not fit."""
    fact = a_fact("f", IntegerDomain(0, 20_000))
    every_other = sum(1 << n for n in range(0, 20_001, 2))
    ruleset = small(
        (Rule("r", FactIs("f", set_of_bits(every_other)), "yes", BOTH, BOTH, GROUNDS),), fact
    )
    with pytest.raises(BudgetError, match="too many ranges"):
        export_sql(ruleset)


def wide() -> RuleSet:
    """Make a rule set whose diagram is wide: many facts, counted."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(12))
    when = AtLeast(6, tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts))
    return small((Rule("r", when, "yes", BOTH, BOTH, GROUNDS),), *facts)


@pytest.mark.gate
def test_the_budget_is_for_all_parts_together(rijswijk: RuleSet) -> None:
    """With one node less than the parts take, the last of them does not fit."""
    sizes = Answers(CompiledRuleSet(rijswijk), 5_000).sizes
    total = sum(sizes.values())
    assert export_sql(rijswijk, most_nodes=total) == export_sql(rijswijk)
    *_, last = sizes
    said = f"with {last} the rule set needs more than {total - 1} nodes"
    with pytest.raises(BudgetError, match=said):
        export_sql(rijswijk, most_nodes=total - 1)


def test_what_is_too_wide_is_refused() -> None:
    """The error says how many columns there may be, and what is the largest part."""
    assert export_sql(wide())
    said = "more than 20 columns would stand side by side; the largest part is decision `d`"
    with pytest.raises(BudgetError, match=said):
        export_sql(wide(), most_columns=20)


def test_more_columns_than_a_view_may_have_are_refused() -> None:
    """What the view shows counts too."""
    with pytest.raises(BudgetError, match="more than 11 columns would stand side by side"):
        export_sql(small((), a_fact("f", BooleanDomain())), most_columns=11)


def test_rules_without_facts_have_nothing_to_get_wrong() -> None:
    """Code may build such a rule set; a file may not."""
    ruleset = small(())
    assert in_duckdb(ruleset, export_sql(ruleset), [("1",)]) == list(
        told(Engine(ruleset), [("1",)])
    )


def test_a_decision_without_rules_is_a_gap() -> None:
    """Nothing applies, whatever is known: a gap."""
    ruleset = small((), a_fact("f", BooleanDomain()))
    rows = [("1", True), ("2", None)]
    shown = in_duckdb(ruleset, export_sql(ruleset), rows)
    assert shown == list(told(Engine(ruleset), rows))


def test_a_constraint_that_excludes_nothing_changes_nothing() -> None:
    """It has no clashes to write out."""
    never = Constraint(
        "k", All((FactIs("f", set_of_bits(1)), FactIs("f", set_of_bits(2)))), BOTH, GROUNDS
    )
    ruleset = replace(small((), a_fact("f", BooleanDomain())), constraints=(never,))
    rows = [("1", True), ("2", None)]
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(Engine(ruleset), rows))


def test_an_empty_condition_always_holds() -> None:
    """The rule leads to review whatever is unknown."""
    rules = (Rule("r", All(()), Review(("yes",)), BOTH, BOTH, GROUNDS),)
    ruleset = small(rules, a_fact("f", BooleanDomain()))
    rows = [("1", True), ("2", None)]
    shown = in_duckdb(ruleset, export_sql(ruleset), rows)
    assert shown == list(told(Engine(ruleset), rows))


def test_what_refers_to_an_earlier_decision() -> None:
    """Its outcome, its status and its rules are read as the engine reads them."""
    facts = (a_fact("f", IntegerDomain(0, 3)), a_fact("g", BooleanDomain()))
    outcomes = (Outcome("yes", BOTH, BOTH), Outcome("no", BOTH, BOTH))
    always = FactIs("f", set_of_bits(15))
    first = (
        Rule(
            "one",
            Exactly(1, (FactIs("f", set_of_bits(3)), FactIs("g", set_of_bits(2)))),
            "yes",
            BOTH,
            BOTH,
            GROUNDS,
        ),
        Rule("two", Any((FactIs("f", set_of_bits(6)), Not(always))), "no", BOTH, BOTH, GROUNDS),
    )
    asked: tuple[Condition, ...] = (
        OutcomeIs("d", ("yes",)), StatusIs("d", ("decided",)), StatusIs("d", ("not_applicable",)),
        StatusIs("d", ("decided", "review")), RuleIs("d", ("one",)),
    )  # fmt: skip
    second = tuple(
        Decision(f"e{n}", BOTH, outcomes, (Rule(f"r{n}", one, "no", BOTH, BOTH, GROUNDS),))
        for n, one in enumerate(asked)
    )
    ruleset = replace(
        small((), *facts), decisions=(Decision("d", BOTH, outcomes, first, always), *second)
    )
    rows = [(f"{f}{g}", f, g) for f in range(4) for g in (True, False)]
    shown = in_duckdb(ruleset, export_sql(ruleset), rows)
    assert shown == list(told(Engine(ruleset), rows))


def test_many_numbers_are_told_as_ranges() -> None:
    """A long list of cells becomes a few comparisons."""
    cells = [-1, *range(3, 9), 20, *range(30, 35)]
    sql = among("c", cells).sql()
    assert sql == ('(("c" = -1) OR "c" BETWEEN 3 AND 8) OR (("c" = 20) OR "c" BETWEEN 30 AND 34)')


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without sqlglot the message says what to install."""
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    monkeypatch.delitem(sys.modules, "routeengine.sql.expressions")
    with pytest.raises(MissingExtraError, match=r"routeengine\[sql\]"):
        importlib.import_module("routeengine.sql.expressions")
