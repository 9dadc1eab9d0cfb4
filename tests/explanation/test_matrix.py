"""The table of criteria by outcomes says what the engine says, whatever the rules are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given

from explanation.clients import caseload
from explanation.explained import Case, cases
from explanation.test_client_page import explained, one_decision, rule
from routeengine import Engine, RuleSet
from routeengine.explanation import Explanation
from routeengine.explanation.model import RuleNode
from routeengine.explanation.page.matrix import (
    Column,
    Matrix,
    before,
    demands,
    matrix,
    rules_of,
)
from routeengine.explanation.page.voice import Voice
from routeengine.ruleset.conditions import All, AtLeast, Condition, Exactly, FactIs, Not
from routeengine.ruleset.conditions import Any as AnyOf
from routeengine.ruleset.model import Review
from routeengine.ruleset.wording import FactWording, Wording
from routeengine.truth import Truth
from routeengine.value_set import set_of_bits


def columns(tables: tuple[Matrix, ...]) -> Iterator[tuple[Column, list[str]]]:
    """Yield each column with its marks."""
    for table in tables:
        for number, column in enumerate(table.columns):
            cells = (row.cells[number] for row in table.rows)
            yield column, [cell.mark for cell in cells if cell is not None]


def check(explanation: Explanation, ruleset: RuleSet | None) -> int:
    """Hold every table of an explanation against its verdicts; return how many columns it has."""
    voice, seen = Voice(explanation, ruleset), 0
    for name, verdict in explanation.verdicts.items():
        if verdict.status == "not_applicable" or verdict.reason == "contradiction":
            continue
        rules = rules_of(voice, name)
        for column, marks in columns(matrix(voice, name)):
            rule, seen = rules[column.rule], seen + 1
            so = all(mark == "met" for mark in marks)
            if rule.standing == "decides":
                assert so, (name, column.rule)
            # Whether the decision applies at all may be what is open.
            closed = any(one.id == "not_applicable" for one in verdict.possible)
            if so and verdict.outcome != column.outcome and not closed:
                assert any(map(may_hold, others(voice, name, rule))), (name, column.rule)
    return seen


def others(voice: Voice, decision: str, rule: RuleNode) -> Iterator[RuleNode]:
    """Yield the rules that can keep a rule from its outcome and are in no row of its column.

    A rule that goes before it is a row, unless it is for people and asks not one thing besides.
    """
    order, asked = before(voice, decision), {one.asked for one in demands(voice, rule)}
    for one in rules_of(voice, decision).values():
        if one.outcome == rule.outcome or rule.rule in order[one.rule]:
            continue
        more = [some for some in demands(voice, one) if some.asked not in asked]
        if one.rule not in order[rule.rule] or (one.outcome is None and len(more) != 1):
            yield one


def may_hold(rule: RuleNode) -> bool:
    """Return whether a rule holds, or may."""
    return rule.applies is not Truth.FALSE


@given(cases())
def test_a_column_is_so_throughout_where_its_rule_decides_and_else_something_is_in_the_way(
    case: Case,
) -> None:
    """Also without a rule set at hand: then every other rule stands below the table."""
    explanation = case.explain()
    check(explanation, case.ruleset)
    check(explanation, None)


@pytest.mark.gate
def test_what_goes_before_is_in_the_column() -> None:
    """One thing besides, turned round, and whole rules; ways that are open stay, of any kind."""
    p, q, r, s = (FactIs(name, set_of_bits(2)) for name in "pqrs")
    ruleset = one_decision(
        rule("a", All((p, q)), "A", "b", "d"), rule("b", r, "B"), rule("c", s, Review(()), "b"),
        rule("d", AnyOf((All((p, Not(s))), All((q, Not(s))))), "C"), outcomes=("A", "B", "C"),
    )  # fmt: skip
    decided = 0
    for values in product((True, False, None), repeat=4):
        known = {n: one for n, one in zip("pqrs", values, strict=True) if one is not None}
        explanation = explained(ruleset, **known)
        verdict = explanation.verdicts["route"]
        outcome, overlap = verdict.outcome, any(one.id == "C" for one in verdict.candidates)
        overlap |= any(one.id == "review" for one in verdict.possible) and not known.get("s", False)
        check(explanation, ruleset)
        for column, marks in columns(matrix(Voice(explanation, ruleset), "route")):
            so = all(mark == "met" for mark in marks)
            # What keeps the second from deciding is all in its column.
            assert column.rule != "b" or not so or outcome == "B" or overlap
            decided += so and outcome == "C"
    assert decided


@pytest.mark.night
def test_the_same_holds_of_every_client_of_the_caseload(engine: Engine, rijswijk: RuleSet) -> None:
    """And the tables are there to be read."""
    clients = caseload(rijswijk)
    found = sum(check(engine.explain(one, lang="nl"), rijswijk) for one in clients)
    assert found > len(clients)


def named(condition: Condition, ruleset: RuleSet | None = None, **known: object) -> str:
    """Return what the row of one condition is called."""
    made = one_decision(rule("a", condition, "A"))
    if ruleset is not None:
        made = replace(made, wording=ruleset.wording)
    explanation = Engine(made).explain(known, "en")
    (table,) = matrix(Voice(explanation, made), "route")
    return table.rows[0].text


P, Q = FactIs("p", set_of_bits(2)), FactIs("q", set_of_bits(2))


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (AnyOf((P, Q)), "Fact p or fact q"),
        (AnyOf((P, Not(Q))), "Fact p or fact q: no"),
        (AnyOf((P, FactIs("q", set_of_bits(1)))), "Fact p or fact q: no"),
        (AnyOf((P, Not(FactIs("q", set_of_bits(1))))), "Fact p or not (fact q: no)"),
        (AnyOf((All((P, Q)), Q)), "Fact p and fact q; or fact q"),
        (AtLeast(2, (P, Q, P)), "At least 2 of these: fact p, fact q, fact p"),
        (Exactly(1, (P, Q)), "Exactly 1 of these: fact p, fact q"),
        (
            AnyOf((Not(AtLeast(2, (P, Q, P))), Q)),
            "Not (at least 2 of these: fact p, fact q, fact p)",
        ),
    ],
)
def test_a_condition_of_parts_goes_by_their_names(condition: Condition, name: str) -> None:
    """Without what joins them in full, which is in the rule book and on the page of an auditor."""
    assert named(condition).startswith(name)


def test_a_claim_that_has_a_denial_is_denied_by_it() -> None:
    """In the words of the rule set."""
    said = FactWording("p", claim={"en": "You are P"}, denial={"en": "You are not P"})
    wording = Wording(facts=(said,))
    ruleset = replace(one_decision(rule("a", P, "A")), wording=wording)
    assert named(AnyOf((Not(P), Q)), ruleset) == "You are not P or fact q"


def test_of_a_way_that_is_closed_only_that_is_said(engine: Engine) -> None:
    """The path after A is a way for nobody else; an outcome goes by what people call it."""
    known = {"rung": 2, "receives_benefit": True, "current_service": "participation"}
    told = {
        True: "Route: A; or route: C and your consultant does not think that you are ready for "
        "paid work; or scope: without benefit",
        False: "Route: A; or route: C; or scope: without benefit",
    }
    for able, name in told.items():
        voice = Voice(engine.explain(known | {"able_to_participate": able}, "en"))
        assert name in [row.text for table in matrix(voice, "path") for row in table.rows]
