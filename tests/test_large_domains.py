"""A number of any size is answered, proved, told and recorded as one of five."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples, gated
from generated import rulesets, states
from loading.small import small
from routeengine import Between, Engine, OneOf, RuleSetError, Verdict, replay
from routeengine.bits import MANY, numbers
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import DECLINED, Conflicting, Known
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.digest import meaning_digest
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Review, RuleSet
from routeengine.sql import export_sql
from routeengine.testing import partial_profiles, profiles
from routeengine.value_set import ValueSet
from routeengine.verification import diff, verify
from routeengine.verification.alignment import Names, renamed
from sql.tabled import in_duckdb, made_rows, told

WIDE = 10**9
"""Values that one value becomes; a made number has five at most."""

AT = datetime(2024, 5, 3, 8, 15, tzinfo=UTC)


def blocks(values: ValueSet) -> ValueSet:
    """Return a set in which each value has become a block of neighbours."""
    return ValueSet(tuple([boundary * WIDE for boundary in values.boundaries]))


def stretched(ruleset: RuleSet, minimum: int = 0) -> RuleSet:
    """Return a rule set in which each value of each number has become a block of values."""
    facts = tuple(
        replace(fact, domain=IntegerDomain(minimum, minimum + WIDE * fact.domain.size - 1))
        if isinstance(fact.domain, IntegerDomain)
        else fact
        for fact in ruleset.facts
    )
    wide = {fact.id: blocks for fact in ruleset.facts if fact.kind == "integer"}
    return replace(renamed(ruleset, Names(values=wide)), facts=facts)


def some_of(ruleset: RuleSet, fact: str, known: Known, places: Iterator[int]) -> Known:
    """Return what is known of a stretched fact: a value or a piece of each block that may be."""
    if ruleset.fact[fact].kind != "integer":
        return known
    runs = []
    for number in known.allowed.numbers:
        first = number * WIDE + next(places)
        # One value, a few, or all to the end of the block, where the next one may begin.
        last = min(first + next(places) % 3 * WIDE // 2, (number + 1) * WIDE - 1)
        runs.append((first, last))
    # Known for sure stays so: of a block nothing more is known than one value.
    if known.allowed.is_single:
        runs = [(first, first) for first, _ in runs]
    return replace(known, allowed=ValueSet.of_runs(runs))


def said(verdict: Verdict) -> tuple[object, ...]:
    """Return all of a verdict but what each answer would lead to, which names values."""
    return (
        verdict.status, verdict.outcome, verdict.rule, verdict.rules, verdict.reason,
        verdict.candidates, verdict.possible, verdict.conflict, verdict.missing,
    )  # fmt: skip


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_where_each_value_becomes_many_no_answer_changes(data: st.DataObject) -> None:
    """By the executor that is used and by the one that lists every completion."""
    ruleset = data.draw(rulesets())
    wide = stretched(ruleset, data.draw(st.integers(-(10**12), 10)))
    try:
        executor = LanesExecutor(ruleset)
    except RuleSetError:
        assume(False)
        raise
    wider: list[Executor] = [LanesExecutor(wide), ReferenceExecutor(wide)]
    state = data.draw(states(ruleset))
    places = iter(data.draw(st.lists(st.integers(0, WIDE - 1), min_size=50, max_size=50)))
    known = {fact: some_of(ruleset, fact, one, places) for fact, one in state.items()}
    answer = executor.evaluate(state)
    for other in wider:
        again = other.evaluate(known)
        assert {d: said(v) for d, v in again.verdicts.items()} == {
            d: said(v) for d, v in answer.verdicts.items()
        }
        assert (again.flags, again.flags_possible) == (answer.flags, answer.flags_possible)


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(rulesets(max_facts=3))
def test_where_each_value_becomes_many_the_findings_stay(ruleset: RuleSet) -> None:
    """The same is found, on as many combinations, and the same differs between two."""
    wide = stretched(ruleset)
    found, again = verify(ruleset), verify(wide)
    assert [(f.kind, f.about, f.covers.combinations) for f in again.findings] == [
        (f.kind, f.about, f.covers.combinations) for f in found.findings
    ]
    assert [proof.answers for proof in again.proofs] == [proof.answers for proof in found.proofs]
    shifts, more = (diff(one, reviewed(one)).shifts for one in (ruleset, wide))
    assert [(s.name, s.before, s.after, s.covers.combinations) for s in more] == [
        (s.name, s.before, s.after, s.covers.combinations) for s in shifts
    ]


def reviewed(ruleset: RuleSet) -> RuleSet:
    """Return a rule set in which each first rule of a decision leads to review."""
    decisions = tuple(
        replace(
            one, rules=tuple(replace(r, then=Review(())) for r in one.rules[:1]) + one.rules[1:]
        )
        for one in ruleset.decisions
    )
    return replace(ruleset, decisions=decisions)


def about_money(minimum: int) -> RuleSet:
    """Return the small rule set, with 100,000 values in place of 121 and bounds to match."""
    return small(
        ("minimum: 0\n    maximum: 120", f"minimum: {minimum}\n    maximum: {minimum + 99_999}"),
        ("{at_most: 10}", f"{{at_most: {minimum + 10_000}}}"),
        ("{at_least: 18}", f"{{at_least: {minimum + 30_000}}}"),
        ("{between: [0, 17]}", f"{{between: [{minimum + 1}, {minimum + 29_999}]}}"),
    )


@pytest.mark.parametrize("minimum", gated([-99_999, 0, 7, -50_000], night=True))
def test_a_client_with_an_income_is_answered_told_and_recorded(minimum: int) -> None:
    """At each bound, and with every form of what is known in part."""
    engine = Engine(about_money(minimum))
    every = range(minimum, minimum + 100_000)
    client = {"willing": True, "debt": "none"}
    cards = {
        minimum: None, minimum + 1: "card_b", minimum + 29_999: "card_b",
        minimum + 30_000: "card_a", minimum + 99_999: "card_a",
    }  # fmt: skip
    for income, rule in cards.items():
        assert engine.classify({**client, "age": income}).verdicts["card"].rule == rule
    forms: tuple[Any, ...] = (
        None, minimum + 5, DECLINED, Between(minimum + 5, None), OneOf(every[::20]),
        Conflicting(every[::30]), Between(None, minimum + 10_000),
    )  # fmt: skip
    for known in forms:
        result = engine.classify({**client, "age": known})
        for lang in ("nl", "en"):
            explanation = engine.explain(result, lang)
            assert explanation.to_text()
            assert explanation.to_html()
            assert explanation.model_dump_json()
        record = engine.record(result, AT)
        assert engine.replay(record).same
        assert replay(record.data).same
        for nearest in engine.changes_to(result, "card", "A"):
            after = engine.what_if(result, {**nearest.changes, **nearest.answers}).result
            assert after.verdicts["card"].outcome == "A"
    text = " ".join(engine.explain(client, "en").to_text().split())
    assert f"If the answer is ‘{minimum + 30_000} to {minimum + 99_999}’, then" in text
    contradiction = engine.classify({"age": minimum, "debt": "serious"})
    assert contradiction.verdicts["card"].conflict == ("age", "debt")


@pytest.mark.parametrize("minimum", [0, 7, -50_000, -99_999])
def test_many_clients_with_an_income_are_answered_alike(minimum: int) -> None:
    """As a table, and by the view in a database."""
    ruleset = about_money(minimum)
    engine = Engine(ruleset)
    rows = list(made_rows(ruleset, 200, 0.2, 1))
    assert in_duckdb(ruleset, export_sql(ruleset), rows) == list(told(engine, rows))
    names = ["client_id", *(fact.id for fact in ruleset.facts)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    out = engine.classify_table(pa.table(dict(zip(names, columns, strict=True))))
    single = [engine.classify(dict(zip(names, row, strict=True))) for row in rows]
    for decision in ruleset.decision:
        status = [result.verdicts[decision].status for result in single]
        assert out.column(f"{decision}_status").to_pylist() == status


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_made_clients_have_an_income(data: st.DataObject) -> None:
    """Full and partial ones, near bounds and anywhere, keep the constraints."""
    ruleset = about_money(-50_000)
    engine = Engine(ruleset)
    near = data.draw(st.booleans())
    for drawn in (profiles, partial_profiles):
        client = data.draw(drawn(ruleset, near_boundaries=near))
        assert not any(one.conflict for one in engine.classify(client).verdicts.values())


def test_a_change_of_an_income_is_told() -> None:
    """A bound that moved, and values that went: where, and on how many profiles."""
    before = about_money(0)
    (shift,) = diff(before, small_change()).shifts[:1]
    assert (shift.kind, shift.name) == ("decision", "card")
    fewer = replace(
        before, facts=(replace(before.facts[0], domain=IntegerDomain(0, 89_999)), *before.facts[1:])
    )
    (change,) = diff(before, fewer).facts
    assert change.lost == (Between(90_000, 99_999),)
    assert meaning_digest(fewer) != meaning_digest(before)


def small_change() -> RuleSet:
    """Return the rule set about money with one bound moved by one."""
    ruleset = about_money(0)
    when = FactIs("age", IntegerDomain(0, 99_999).between(30_001, None), "at_least")
    adult, *others = ruleset.criteria
    return replace(ruleset, criteria=(replace(adult, when=when), *others))


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.integers(0, 99_999), max_size=6), st.sampled_from([1, 2, 3, 99]))
def test_large_sets_are_read_off_as_small_ones(ends: list[int], step: int) -> None:
    """The numbers of a set of lanes or cells, whether it holds a few or most of them."""
    values = sum(1 << number for number in range(0, 20_000, step))
    for end in ends:
        values ^= (1 << end) - 1
    assert numbers(values) == [number for number in range(100_000) if values >> number & 1]
    assert MANY < 20_000
