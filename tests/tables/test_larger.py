"""Rule sets and columns that are wider than those of every day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from random import Random

import pyarrow as pa
import pytest

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine
from routeengine.errors import UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, Domain, IntegerDomain
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Outcome,
    Rule,
    RuleSet,
)
from routeengine.value_set import set_of_bits
from tables.small import clients
from tables.test_agreement import check


def ruleset(
    facts: tuple[Fact, ...],
    rules: tuple[tuple[str, Condition], ...],
    *forbidden: Condition,
    flags: tuple[Condition, ...] = (),
) -> RuleSet:
    """Make a rule set of one decision, with a rule for each outcome."""
    outcomes = tuple(Outcome(name, BOTH, BOTH) for name, _ in rules)
    decision = Decision(
        "d", BOTH, outcomes,
        tuple(Rule(f"r_{name}", when, name, BOTH, BOTH, GROUNDS) for name, when in rules),
    )  # fmt: skip
    return build_ruleset(
        "larger",
        facts=facts,
        decisions=(decision,),
        constraints=tuple(
            Constraint(f"k{n}", one, BOTH, GROUNDS) for n, one in enumerate(forbidden)
        ),
        flags=tuple(Flag(f"flag{n}", BOTH, one, GROUNDS) for n, one in enumerate(flags)),
    )


def by_value(name: str, domain: Domain) -> tuple[tuple[str, Condition], ...]:
    """Make a rule for each value of a fact."""
    return tuple(
        (f"o{value}", FactIs(name, set_of_bits(1 << value), "in")) for value in range(domain.size)
    )


def test_hundreds_of_sets_of_outcomes_are_told_apart() -> None:
    """Each row has the values that are known of it as its possible outcomes."""
    domain = CategoryDomain(tuple(f"v{value:02}" for value in range(24)))
    engine = Engine(ruleset((a_fact("f", domain),), by_value("f", domain)))
    pairs = list(combinations(range(24), 2))
    table = pa.table({"f": [f"v{one:02}|v{two:02}" for one, two in pairs]})
    out = engine.classify_table(table, columns=["d_possible"])
    assert len(pairs) == 276
    assert out["d_possible"].to_pylist() == [f"o{one} o{two}" for one, two in pairs]


@pytest.mark.gate
@pytest.mark.parametrize("size", [10, 70])
def test_many_outcomes_in_many_combinations(size: int) -> None:
    """Hundreds of different sets of possible outcomes are told apart, whatever their number."""
    domain = CategoryDomain(tuple(f"v{value}" for value in range(size)))
    rules = by_value("f", domain)
    engine = Engine(ruleset((a_fact("f", domain),), rules, flags=tuple(when for _, when in rules)))
    rng = Random(1)
    some = [rng.sample(domain.values, rng.randint(1, 6)) for _ in range(400)]
    table = pa.table({"f": ["|".join(values) for values in some]})
    check(engine, table)
    assert len(engine.classify_table(table)["d_possible"].unique()) > 256


def test_numbers_in_cells_of_many_pieces() -> None:
    """Even and odd numbers: two cells in a hundred pieces, also where numbers lie outside."""
    domain = IntegerDomain(-50, 200)
    even = sum(1 << value for value in range(0, domain.size, 2))
    engine = Engine(
        ruleset((a_fact("f", domain),), (("even", FactIs("f", set_of_bits(even), "in")),))
    )
    numbers = [None, *range(-60, 210)]
    for kind in (pa.int16(), pa.int32(), pa.int64()):
        check(engine, pa.table({"f": pa.array(numbers, kind)}))
    check(engine, pa.table({"f": pa.array([None, *range(210), 2**63, 2**64 - 1], pa.uint64())}))


def test_bounds_that_the_type_of_a_column_cannot_hold() -> None:
    """A bound of 200 is met by no number of eight bits with a sign; it is no fault."""
    domain = IntegerDomain(-300, 300)
    high = sum(1 << value for value in range(500, domain.size))
    engine = Engine(
        ruleset((a_fact("f", domain),), (("high", FactIs("f", set_of_bits(high), "in")),))
    )
    check(engine, pa.table({"f": pa.array([-128, 127, None], pa.int8())}))
    check(engine, pa.table({"f": pa.array([0, 255, None], pa.uint8())}))


def test_dictionaries_of_many_words() -> None:
    """Past a dozen words each row looks its word up; codes past the words stay faults."""
    domain = CategoryDomain(tuple(f"v{value}" for value in range(20)))
    engine = Engine(ruleset((a_fact("f", domain),), by_value("f", domain)[:3]))
    words = pa.array([*domain.values, "strange", None])
    codes = pa.array([*range(22), None, 0], pa.int8())
    check(engine, pa.table({"f": pa.DictionaryArray.from_arrays(codes, words)}))
    beyond = pa.DictionaryArray.from_arrays(pa.array([3, 99, -1], pa.int8()), words, safe=False)
    out = engine.classify_table(pa.table({"f": beyond}))
    assert [error is None for error in out["error"].to_pylist()] == [True, False, False]


def test_dictionaries_of_what_is_no_text() -> None:
    """Their values are typed, so they are read as typed columns are."""
    domain = IntegerDomain(0, 3)
    engine = Engine(ruleset((a_fact("f", domain),), by_value("f", domain)))
    check(engine, pa.table({"f": pa.array([0, 3, None, 9], pa.int16()).dictionary_encode()}))


def test_facts_that_no_condition_names_are_read_all_the_same() -> None:
    """They change no verdict, but what is wrong in their columns is a fault."""
    facts = (
        a_fact("yes", BooleanDomain()),
        a_fact("number", IntegerDomain(0, 3)),
        a_fact("word", CategoryDomain(("a", "b"))),
    )
    engine = Engine(ruleset(facts, ()))
    yes, numbers, words = [True, None, False, True], [9, 1, None, 2], ["a", "c", None, "b"]
    check(engine, pa.table({"yes": yes, "number": numbers, "word": words}))


def test_rules_about_nothing_at_all() -> None:
    """A rule set whose answer depends on no fact answers every row alike, without a budget too."""
    engine = Engine(ruleset((a_fact("f", BooleanDomain()),), (("always", All(())),)))
    check(engine, pa.table({"f": [True, None]}))
    tight = Engine(engine.ruleset)
    tight._executor = LanesExecutor(engine.ruleset, 3)
    check(tight, pa.table({"f": [True, None]}))
    trace = tight.trace_table(pa.table({"f": [None]}))
    assert trace.truths.to_pylist() == [{"rule.r_always": True}]


def test_truths_that_do_not_fit_the_budget_are_looked_up_by_row() -> None:
    """Also where every decision fits it: no truth is left out for want of room."""
    facts = tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(8))
    true = tuple(FactIs(fact.id, set_of_bits(2)) for fact in facts)
    most = Criterion("most", AtLeast(4, true), BOTH, GROUNDS)
    rules = replace(ruleset(facts, (("first", true[0]),)), criteria=(most,))
    table = pa.table({fact.id: [True, None, False] for fact in facts[:5]})
    tight = Engine(rules)
    tight._executor = LanesExecutor(rules, 12)
    assert tight.tables.evaluator.plan.fits
    assert tight.tables.evaluator.plan.trace is None
    wanted = Engine(rules).trace_table(table)
    assert tight.trace_table(table).truths.equals(wanted.truths)
    assert tight.classify_table(table).equals(wanted.table)


@pytest.mark.gate
def test_many_rows_go_in_blocks_of_many_words(engine: Engine) -> None:
    """Thousands of rows give what each of them gives."""
    few = clients(client_id=None)
    many = engine.classify_table(pa.concat_tables([few] * 1500))
    repeated = pa.concat_tables([engine.classify_table(few)] * 1500)
    for one, other in zip(many.columns, repeated.columns, strict=True):
        assert one.cast(pa.string()).combine_chunks() == other.cast(pa.string()).combine_chunks()


def test_what_is_missing_may_be_left_out(engine: Engine) -> None:
    """Then it has no column: an empty one would say that nothing is missing."""
    whole = engine.classify_table(clients())
    names = [f"{decision.id}_missing" for decision in engine.ruleset.decisions]
    assert engine.classify_table(clients(), missing=False).equals(whole.drop_columns(names))
    tight = Engine(engine.ruleset)
    tight._executor = LanesExecutor(engine.ruleset, 40)
    wanted = tight.classify_table(clients()).drop_columns(names)
    assert tight.classify_table(clients(), missing=False).equals(wanted)


def test_only_the_columns_that_are_wanted_come_out(engine: Engine) -> None:
    """And what is wrong with a row, asked for or not; a name that is none is refused."""
    wanted = ["route_missing", "route", "flags", "client_id"]
    out = engine.classify_table(clients(), columns=wanted)
    names = ["client_id", "route", "route_missing", "flags", "error"]
    assert out.equals(engine.classify_table(clients()).select(names))
    trace = engine.trace_table(clients(), columns=[])
    assert trace.table.schema.names == ["error"]
    assert trace.truths.equals(engine.trace_table(clients()).truths)
    with pytest.raises(UsageError, match="there is no output column `rout`"):
        engine.classify_table(clients(), columns=["rout"])


def test_sets_of_more_facts_than_a_machine_word_has_bits() -> None:
    """All of seventy facts can be missing at once."""
    facts = tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(70))
    engine = Engine(
        ruleset(facts, (("some", Any(tuple(FactIs(f.id, set_of_bits(2)) for f in facts))),))
    )
    columns = {fact.id: [None, False, None] for fact in facts} | {"f3": [None, None, True]}
    check(engine, pa.table(columns))


@pytest.mark.gate
def test_threads_share_an_engine(engine: Engine) -> None:
    """Each gets the answers of its own rows, word for word, whoever else is at work."""
    every = [clients(rung=pa.array([n % 7, None, 1, 2], pa.int8())) for n in range(16)]
    fresh = Engine(engine.ruleset)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fresh.classify_table, every))
    assert all(a.equals(engine.classify_table(b)) for a, b in zip(found, every, strict=True))


def exactly_one(facts: tuple[Fact, ...]) -> list[Condition]:
    """Make the constraints that keep two facts from being true together, and one from being so."""
    true = [FactIs(fact.id, set_of_bits(2)) for fact in facts]
    pairs = [All((a, b)) for n, a in enumerate(true) for b in true[:n]]
    return [*pairs, All(tuple(Not(one) for one in true))]


@pytest.mark.parametrize("many", [3, 9])
def test_facts_that_can_only_change_together(many: int) -> None:
    """Of facts just one of which is true none can change alone: all are asked for."""
    facts = tuple(a_fact(f"f{number}", BooleanDomain()) for number in range(many))
    engine = Engine(ruleset(facts, (("first", FactIs("f0", set_of_bits(2))),), *exactly_one(facts)))
    rng = Random(1)
    columns = {fact.id: rng.choices([None, None, None, False, True], k=40) for fact in facts}
    check(engine, pa.table(columns))
    unknown = engine.classify_table(pa.table({"f1": [None]}))
    assert unknown["d_missing"].to_pylist() == [" ".join(fact.id for fact in facts)]
