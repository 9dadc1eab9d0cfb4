"""The view says what the engine says, in DuckDB, on generated rule sets and the shipped one."""

from __future__ import annotations

import re
from functools import partial
from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import SHARE, examples, gated
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets, wide_domains
from routeengine import Engine
from routeengine.errors import BudgetError, ProfileError
from routeengine.ruleset.conditions import All, Condition, FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Review, Rule, RuleSet
from routeengine.sql import export as export_module
from routeengine.sql import export_sql
from routeengine.symbolic.compiled import NODE_BUDGET, CompiledRuleSet
from routeengine.value_set import set_of_bits
from sql.against_engine import differences
from sql.tabled import Row, columns_of, create_table, engine_of, in_duckdb, made_rows, told

REFUSED = (
    "too large to be written as SQL: with ((?:decision|flag|constraint) .*) "
    "the rule set needs more than ([0-9]+) nodes"
)


@pytest.mark.gate
@settings(max_examples=examples(80), deadline=None)
@given(rulesets(max_constraints=3, of=wide_domains), st.integers(0, 2**32))
def test_the_view_is_the_engine_on_generated_rule_sets(ruleset: RuleSet, seed: int) -> None:
    """Every column is the same, whatever is unknown and whatever contradicts itself."""
    engine = engine_of(ruleset)
    rows = list(made_rows(ruleset, 40, None, seed))
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(engine, rows))


@pytest.mark.gate
@settings(max_examples=examples(80), deadline=None)
@given(
    ruleset=rulesets(max_constraints=2),
    seed=st.integers(0, 2**32),
    most_nodes=st.integers(0, 60),
    budget=st.sampled_from([5, 20, NODE_BUDGET]),
)
def test_what_does_not_fit_is_refused_in_words(
    ruleset: RuleSet, seed: int, most_nodes: int, budget: int
) -> None:
    """With too few nodes there is no statement but an error, and never an answer that is less."""
    engine = engine_of(ruleset)
    rows = list(made_rows(ruleset, 20, None, seed))
    shown, refused = list[Row](), ""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(export_module, "CompiledRuleSet", partial(CompiledRuleSet, budget=budget))
        try:
            shown = in_duckdb(ruleset, export_sql(ruleset, most_nodes=most_nodes), rows)
        except BudgetError as error:
            refused = str(error)
    if not refused:
        assert shown == list(told(engine, rows))
    else:
        said = re.fullmatch(REFUSED, refused)
        assert said, refused
        ids = {*ruleset.decision, *(flag.id for flag in ruleset.flags)}
        ids |= {constraint.id for constraint in ruleset.constraints}
        assert ids.issuperset(re.findall("`(.*?)`", said[1]))
        assert int(said[2]) in (most_nodes, budget)


def test_only_what_clashes_is_forgotten() -> None:
    """A fact that a constraint names, and that plays no part in the clash, stays known."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "abcx")
    forbidden = (("a", "b"), ("b", "c", "x"), ("x", "a", "c"))
    constraints = tuple(
        Constraint(
            f"k{n}", All(tuple(FactIs(name, set_of_bits(2)) for name in names)), BOTH, GROUNDS
        )
        for n, names in enumerate(forbidden)
    )
    decisions = tuple(
        Decision(f"d_{name}", BOTH, (Outcome("yes", BOTH, BOTH),),
                 (Rule(f"r_{name}", FactIs(name, set_of_bits(2)), "yes", BOTH, BOTH, GROUNDS),))
        for name in "abcx"
    )  # fmt: skip
    ruleset = build_ruleset("clashing", facts=facts, decisions=decisions, constraints=constraints)
    rows = [("".join(map(str, v)), *v) for v in product((True, False, None), repeat=4)]
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(Engine(ruleset), rows))


def test_a_rule_is_named_where_no_other_wins_and_nothing_else_happens() -> None:
    """Not beside a gap, nor beside another rule for the same outcome, nor in an overlap."""
    facts = tuple(a_fact(name, BooleanDomain()) for name in "fgh")
    outcomes = (Outcome("yes", BOTH, BOTH), Outcome("no", BOTH, BOTH))

    def decision(name: str, **rules: tuple[Condition | None, str | Review]) -> Decision:
        made = (
            Rule(f"{name}_{n}", when, to, BOTH, BOTH, GROUNDS) for n, (when, to) in rules.items()
        )
        return Decision(name, BOTH, outcomes, tuple(made))

    f, g, h = (FactIs(name, set_of_bits(2)) for name in "fgh")
    decisions = (
        decision("gap", a=(f, Review(("yes",)))),
        decision("same", a=(f, "yes"), b=(g, "yes"), c=(h, "yes"), d=(None, "no")),
        decision("twice", a=(f, "yes"), b=(f, Review(("no",))), c=(g, Review(("no",)))),
    )
    ruleset = build_ruleset("named", facts=facts, decisions=decisions)
    rows = [("".join(map(str, v)), *v) for v in product((True, False, None), repeat=3)]
    shown = in_duckdb(ruleset, export_sql(ruleset), rows)
    assert shown == list(told(Engine(ruleset), rows))
    named = dict(zip(columns_of(ruleset), zip(*shown, strict=True), strict=True))
    beside = named["client_id"].index("NoneFalseFalse")
    assert (named["gap_status"][beside], named["gap_rule"][beside]) == ("review", None)
    assert set(named["same_rule"]) == {"same_a", "same_b", "same_c", "same_d", None}


@pytest.mark.gate
def test_the_view_of_the_shipped_rules_is_the_engine() -> None:
    """A share of what the command compares: from all known to nothing known."""
    assert not any(differences(int(10_000 * SHARE)))


@pytest.mark.gate
def test_what_no_column_should_hold_is_an_error(rijswijk: RuleSet, engine: Engine) -> None:
    """A value outside the domain gives the words of the engine, and no verdict."""
    names = [fact.id for fact in rijswijk.facts]
    bad = {"rung": 7, "finances": "Serious", "prognosis_months": -1, "addiction": "' OR true --"}
    row = ("x", *(bad.get(name) for name in names))
    (shown,) = in_duckdb(rijswijk, export_sql(rijswijk), [row])
    told_of = dict(zip(columns_of(rijswijk), shown, strict=True))
    with pytest.raises(ProfileError) as raised:
        engine.classify(dict(zip(names, row[1:], strict=True)))
    assert told_of.pop("error") == str(raised.value)
    assert [value for name, value in told_of.items() if value is not None] == [
        "x", *(told_of[name] for name in ("ruleset", "ruleset_version", "ruleset_sha256"))
    ]  # fmt: skip


@pytest.mark.gate
@pytest.mark.parametrize("type_", gated(["decimal(6, 2)", "double"]))
def test_a_fraction_is_no_whole_number(rijswijk: RuleSet, type_: str) -> None:
    """Where a column may hold fractions, one is an error and a whole number is not."""
    with duckdb.connect() as database:
        made = create_table(rijswijk).replace('"rung" bigint', f'"rung" {type_}')
        database.execute(made)
        database.execute("INSERT INTO clients (client_id, rung) VALUES ('a', 2.5), ('b', 2)")
        database.execute(export_sql(rijswijk))
        errors = dict(database.execute("SELECT client_id, error FROM advice").fetchall())
    assert errors == {"a": "rung: must be a whole number from 1 to 6", "b": None}


@pytest.mark.gate
def test_many_candidates_and_rules_need_several_words() -> None:
    """A decision with more to say than one number has bits is exact all the same."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(7))
    outcomes = tuple(Outcome(f"o{n}", BOTH, BOTH) for n in range(40))
    rules = tuple(
        Rule(f"r{n}", All(tuple(FactIs(f"f{b}", set_of_bits(1 << (n >> b & 1))) for b in range(7))),
             f"o{n % 40}" if n % 3 else Review((f"o{n % 40}", "o39")), BOTH, BOTH, GROUNDS)
        for n in range(100)
    )  # fmt: skip
    rules += (Rule("also", FactIs("f0", set_of_bits(2)), "o7", BOTH, BOTH, GROUNDS),)
    ruleset = build_ruleset("wide", facts=facts, decisions=(Decision("d", BOTH, outcomes, rules),))
    rows = list(made_rows(ruleset, 400, None, seed=3))
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(Engine(ruleset), rows))
