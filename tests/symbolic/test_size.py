"""Diagrams stay small: whatever the order of the file, and however many rules there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples, gated
from families import FAMILIES
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine.ruleset.conditions import All, Any, AtLeast, CriterionIs, FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Criterion, Decision, Fact, Outcome, Rule, RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.value_set import set_of_bits


def counting(facts: list[Fact]) -> RuleSet:
    """Build "at least 8 of 16 criteria", each over three facts of its own."""
    criteria = tuple(
        Criterion(
            f"c{n}",
            Any(
                (
                    All((FactIs(f"f{n}a", set_of_bits(2)), FactIs(f"f{n}b", set_of_bits(2)))),
                    FactIs(f"f{n}c", set_of_bits(2)),
                )
            ),
            BOTH,
            GROUNDS,
        )
        for n in range(16)
    )
    when = AtLeast(8, tuple(CriterionIs(criterion.id) for criterion in criteria))
    rule = Rule("many", when, "x", BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (rule,))
    return build_ruleset("counting", facts=tuple(facts), criteria=criteria, decisions=(decision,))


FACTS = [a_fact(f"f{n}{letter}", BooleanDomain()) for letter in "abc" for n in range(16)]


@settings(max_examples=examples(10), deadline=None)
@given(st.permutations(FACTS))
def test_counting_stays_small_in_any_order_of_the_file(facts: list[Fact]) -> None:
    """Facts of one criterion stand together: hundreds of nodes; interleaved it is millions."""
    assert nodes(CompiledRuleSet(counting(facts)), "d") < 300


def nodes(compiled: CompiledRuleSet, decision: str) -> int:
    """Count the nodes of a verdict, its leaves with them."""
    part = compiled.decisions[decision]
    assert part is not None
    return len(compiled.whole.diagram.reachable(part.root))


@pytest.mark.parametrize(
    ("family", "most"),
    [
        # A node per fact, and a leaf per answer.
        ("same_outcome", lambda count: count + 2),
        ("review_signals", lambda count: count + 2),
        # A node per fact and per rule that alone applied above it.
        ("different_outcomes", lambda count: count * count // 2 + 3 * count),
        ("ranked", lambda count: count * count // 4 + 5 * count),
    ],
)
@pytest.mark.parametrize("count", gated([16, 60, 200], 2))
def test_many_rules_make_few_nodes(family: str, most: Callable[[int], int], count: int) -> None:
    """Linear where they lead to the same, and a square where each leads elsewhere; always exact."""
    compiled = CompiledRuleSet(FAMILIES[family](count))
    assert compiled.exact
    assert nodes(compiled, "door") <= most(count)
