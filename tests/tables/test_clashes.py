"""Rows whose facts cannot be true together: in the one run that all rows take."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random
from typing import NoReturn

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import a_fact
from routeengine import Engine
from routeengine.errors import BudgetError, RuleSetError
from routeengine.ruleset.conditions import All, AtLeast, FactIs
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.symbolic.conflicts import Clash
from routeengine.tables import fallback, plan
from routeengine.value_set import set_of_bits
from tables.crowded import crowded, uniform
from tables.test_agreement import check
from tables.test_larger import ruleset


def too_large(*_: object) -> NoReturn:
    """Say that it does not fit, whatever it is."""
    raise BudgetError("more nodes are needed")


@pytest.mark.gate
@pytest.mark.parametrize("fits", [True, False])
@settings(max_examples=examples(100), deadline=None)
@given(rules=crowded(max_constraints=5), seed=st.integers(0, 2**32))
def test_contradictions_agree_with_single_profiles(fits: bool, rules: RuleSet, seed: int) -> None:
    """Several couplings clash at once, facts are known in part; by lanes or by combination."""
    with pytest.MonkeyPatch.context() as patch:
        if not fits:
            patch.setattr(plan, "clash_of", too_large)
        try:
            engine = Engine(rules)
        except RuleSetError:
            assume(False)
        check(engine, uniform(Random(seed), rules.facts, 60))


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(crowded(max_constraints=4), st.integers(0, 2**32))
def test_truths_of_contradictory_rows_are_those_of_what_does_not_clash(
    rules: RuleSet, seed: int
) -> None:
    """As a closer look gives them, and as if they stood alone in their table."""
    try:
        engine = Engine(rules)
    except RuleSetError:
        assume(False)
    table = uniform(Random(seed), rules.facts, 40)
    truths = engine.trace_table(table).truths
    for row in range(table.num_rows):
        assert engine.trace_table(table.slice(row, 1)).truths.to_pylist() == [
            truths.to_pylist()[row]
        ]


@pytest.mark.gate
def test_contradictory_rows_take_the_one_run(engine: Engine) -> None:
    """In rows of all kinds of the shipped policy nothing is run, or looked into, besides."""
    table = uniform(Random(1), engine.ruleset.facts, 3_000)
    single = {  # values only, as typed columns have them
        name: [
            None if word and ("/" in word or "-" in word) else word for word in column.to_pylist()
        ]
        for name, column in zip(table.schema.names, table.columns, strict=True)
    }
    fresh = Engine(engine.ruleset)
    out = fresh.classify_table(pa.table(single))
    assert out["route_reason"].to_pylist().count("contradiction") > 50
    assert fresh.tables.evaluator.fallback.line.cache_info().currsize == 0
    assert fresh.tables.evaluator.fallback.clash.cache_info().currsize == 0


def test_rows_past_the_end_of_a_batch_say_nothing(engine: Engine) -> None:
    """What an earlier, longer batch forgot there is no part of the next one."""
    able = ["able_to_participate", "can_start_soon"]
    clash = pa.table(dict(zip(able, [[False] * 200, [True] * 200], strict=True)))
    fine = pa.table(dict(zip(able, [[True] * 3, [True, None, False]], strict=True)))
    fresh = Engine(engine.ruleset)
    wanted = fresh.classify_table(fine)
    fresh.classify_table(clash)
    assert fresh.classify_table(fine).equals(wanted)
    check(fresh, pa.concat_tables([clash.slice(0, 3), fine]))


@pytest.mark.gate
def test_clashes_past_listing_take_the_one_run_too() -> None:
    """Half of forty facts cannot be true together: 1.4e11 clashes, and nothing goes alone."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(41))
    true = tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts)
    rules = (("first", true[0]), ("last", true[40]))
    engine = Engine(ruleset(facts, rules, AtLeast(20, true[:40]), flags=(true[40],)))
    rng = Random(1)
    table = pa.table(
        {fact.id: rng.choices([True, False, None], [5, 4, 1], k=100) for fact in facts}
    )
    check(engine, table)
    reasons = engine.classify_table(table)["d_reason"].to_pylist()
    assert 20 < reasons.count("contradiction") < 80
    assert engine.tables.evaluator.fallback.line.cache_info().currsize == 0
    assert engine.tables.evaluator.fallback.clash.cache_info().currsize == 0


def test_what_clashes_may_take_too_much_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a row goes alone, and says what a single profile says; others are not held up."""
    monkeypatch.setattr(plan, "clash_of", too_large)
    monkeypatch.setattr(fallback, "Clash", partial(Clash, budget=2))
    facts, engine = three_of_four()
    table = uniform(Random(1), facts, 200)
    said = [{fact: _plain(word) for fact, word in row.items()} for row in table.to_pylist()]
    check(engine, pa.Table.from_pylist(said, table.schema))
    clash = [row for row in said if row["f0"] in ("a", "b", "a/b") and row["f1"] == "a"]
    alone = engine.tables.evaluator.fallback.line.cache_info()
    assert 0 < alone.misses <= len({tuple(row.values()) for row in clash})


def _plain(word: str | None) -> str | None:
    """Say that nothing is known in just one way."""
    return None if word in ("declined", "a/b/c") else word


def three_of_four() -> tuple[tuple[Fact, ...], Engine]:
    """Make four facts, two of which cannot be `a` and `a` or `b`; a verdict needs two others."""
    facts = tuple(a_fact(f"f{n}", CategoryDomain(("a", "b", "c"))) for n in range(4))
    one, other = FactIs("f0", set_of_bits(3), "in"), FactIs("f1", set_of_bits(1))
    rules = (("x", All((one, FactIs("f2", set_of_bits(1))))), ("y", FactIs("f3", set_of_bits(2))))
    flags = (FactIs("f2", set_of_bits(2)), FactIs("f0", set_of_bits(1)))
    made = replace(
        ruleset(facts, rules, All((one, other)), flags=flags), declined_texts=("declined",)
    )
    return facts, Engine(made)


def test_how_much_is_remembered_of_clashes_makes_no_difference() -> None:
    """What clashes where facts are known in part is kept, in a bounded memory: it can be tiny."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fallback, "CACHE_SIZE", 1)
        facts, engine = three_of_four()
        table = pa.table({"f0": ["a/b", "a", "b", "a/b", None], "f1": ["a", "a/b", "a", None, "a"]})
        check(engine, table)
        check(engine, uniform(Random(1), facts, 300))
        kept = engine.tables.evaluator.fallback.clash.cache_info()
        assert kept.currsize == 1
