"""Rules that are gone through together make the nodes that they make put over each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Any, AtLeast, FactIs
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Decision, Outcome, Rule, RuleSet
from routeengine.ruleset.resolution import Ranks, outranked_by, resolve
from routeengine.symbolic import boxes
from routeengine.symbolic.compiled import NODE_BUDGET, Compilation
from routeengine.symbolic.layout import Layout, cells_told_apart
from routeengine.value_set import ValueSet
from routeengine.verification.meeting import Meeting
from verification.drawn import meeting

HUGE = 10**9


def roots(ruleset: RuleSet, may: dict[str, int] | None = None) -> tuple[list[int], list[int], int]:
    """Compile all decisions and winners both ways on one diagram; say how many went by boxes."""
    layout = Layout(ruleset)
    every = layout.cells.everything
    compiler = Compilation(layout, every if may is None else {**every, **may}, NODE_BUDGET)
    found = []
    for least in (HUGE, 0):
        with patch.object(boxes, "BOXED_FROM", least):
            own = compiler.beside(ruleset)
            some = [own.decision(one.id) for one in ruleset.decisions]
            found.append([*some, *(own.wins(rule) for rule in ruleset.rule)])
            boxed = sum(own._boxed(one) is not None for one in ruleset.decisions)
    return found[0], found[1], boxed


@settings(max_examples=examples(400), deadline=None)
@given(rulesets() | meeting())
def test_the_same_nodes_are_made(ruleset: RuleSet) -> None:
    """Verdicts and winners of every decision, whoever outranks whom."""
    one_by_one, together, _ = roots(ruleset)
    assert one_by_one == together


@settings(max_examples=examples(150), deadline=None)
@given(rulesets(max_constraints=0), st.data())
def test_the_same_nodes_are_made_of_what_is_left_open(
    ruleset: RuleSet, data: st.DataObject
) -> None:
    """Where some facts are known, so that they have no level."""
    cells = Layout(ruleset).cells.of
    may = {
        fact: 1 << data.draw(st.integers(0, len(some) - 1))
        for fact, some in cells.items()
        if data.draw(st.booleans())
    }
    one_by_one, together, _ = roots(ruleset, may)
    assert one_by_one == together


@given(meeting())
def test_rules_over_facts_alone_are_boxes(ruleset: RuleSet) -> None:
    """What is tested above is tested at all."""
    assert roots(ruleset)[2] == 1


@pytest.mark.parametrize("limit", ["MAX_STATES", "STATES_PER_BOX", "MAX_STEPS", "MAX_BOXES"])
@settings(max_examples=examples(60), deadline=None)
@given(meeting())
def test_what_has_too_many_states_is_made_as_ever(limit: str, ruleset: RuleSet) -> None:
    """Past a limit rules are put over each other, and come to the same."""
    with patch.object(boxes, limit, 0):
        one_by_one, together, _ = roots(ruleset)
    assert one_by_one == together


@settings(max_examples=examples(200), deadline=None)
@given(meeting())
def test_what_may_meet_holds_all_that_does(ruleset: RuleSet) -> None:
    """No two rules that win together are left out, nor one that wins at a point."""
    layout = Layout(ruleset)
    compiler = Compilation(layout, layout.cells.everything, NODE_BUDGET)
    wins = [compiler.wins(rule) for rule in ruleset.rule]
    met, diagram = Meeting(compiler.diagram, wins), compiler.diagram
    for one, other in combinations(range(len(wins)), 2):
        if diagram.intersects(wins[one], wins[other]):
            assert other in met.may_meet(one)
    for one in range(len(wins)):
        assert all(other > one for other in met.may_meet(one))
        cells = dict.fromkeys(range(len(diagram.sizes)), 0)
        node = wins[one]
        while children := diagram.children[node]:
            cell = max(n for n, child in enumerate(children) if child) if any(children) else 0
            cells[diagram.level[node]], node = cell, children[cell]
        assert (one in met.may_hold(cells)) == bool(wins[one])


@given(st.lists(st.sets(st.integers(0, 9)), max_size=5))
def test_cells_are_what_no_set_tells_apart(sets: list[set[int]]) -> None:
    """Two values share a cell just where they are in the same sets; cells stand by their lowest."""
    fact = a_fact("n", IntegerDomain(0, 9))
    cells = cells_told_apart([fact], [FactIs("n", ValueSet.of(one)) for one in sets if one])
    of = cells.of["n"]
    inside = [frozenset(n for n, one in enumerate(sets) if value in one) for value in range(10)]
    assert [cell.lowest for cell in of] == sorted(inside.index(one) for one in set(inside))
    for cell in of:
        assert len({inside[value] for value in cell.numbers}) == 1
    for some in sets:
        touched = cells.covering("n", ValueSet.of(some))
        assert touched == sum(1 << n for n, cell in enumerate(of) if cell & ValueSet.of(some))
        assert cells.may({"n": Known(ValueSet.of(some))}) == {"n": touched}


@given(rulesets())
def test_ranks_are_who_outranks_whom(ruleset: RuleSet) -> None:
    """As the definition has it, rule by rule; and the verdict of each rule alone."""
    for decision in ruleset.decisions:
        ranks, beaten = Ranks(decision), outranked_by(decision)
        assert dict(ranks.beaten) == beaten
        assert len(ranks.beaten) == len(beaten)
        for rule, above in beaten.items():
            assert set(ranks.next_above[rule]) == above.difference(*(beaten[one] for one in above))
            assert ranks.alone[rule] == resolve(decision, [rule])


def test_thousands_of_rules_in_a_row_take_no_room() -> None:
    """Ranks of a row of 5,000 rules are bits, and the next above each is one."""
    first = Decision("d", {}, (), ())
    rule = Rule("r", None, "x", {}, {}, GROUNDS)
    rules = tuple(
        replace(rule, id=f"r{n}", outranks=(f"r{n + 1}",) if n < 4_999 else ())
        for n in range(5_000)
    )
    ranks = Ranks(replace(first, rules=rules))
    assert ranks.next_above["r4999"] == ("r4998",)
    assert ranks.above["r4999"].bit_count() == 4_999


def test_what_asks_more_than_facts_is_no_box() -> None:
    """A count is none; what asks two things of one fact that never are so holds nowhere."""
    facts = tuple(a_fact(name, IntegerDomain(0, 3)) for name in "pq")
    low, high = FactIs("p", ValueSet.of([0])), FactIs("p", ValueSet.of([3]))
    other = FactIs("q", ValueSet.of([1]))
    whatever = All((FactIs("p", ValueSet.of(range(4))), high))
    for when, wanted in (
        (AtLeast(1, (low, other)), 0), (All((low, high)), 1), (All(()), 1), (whatever, 1),
    ):  # fmt: skip
        rules = (
            Rule("r", when, "x", BOTH, BOTH, GROUNDS),
            Rule("s", All((other, Any(()))), "x", BOTH, BOTH, GROUNDS, ("r",)),
        )
        decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), rules)
        ruleset = build_ruleset("made", facts=facts, decisions=(decision,))
        one_by_one, together, boxed = roots(ruleset)
        assert one_by_one == together
        assert boxed == wanted
