"""The order of variables keeps diagrams small, whatever the order of the file."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact
from routeengine.ruleset.conditions import All, Any, AtLeast, CriterionIs, FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Criterion, Decision, Fact, Outcome, Rule, RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet


def counting(facts: list[Fact]) -> RuleSet:
    """Build "at least 8 of 16 criteria", each over three facts of its own."""
    criteria = tuple(
        Criterion(
            f"c{n}",
            Any((All((FactIs(f"f{n}a", 2), FactIs(f"f{n}b", 2))), FactIs(f"f{n}c", 2))),
            BOTH,
            GROUNDS,
        )
        for n in range(16)
    )
    when = AtLeast(8, tuple(CriterionIs(criterion.id) for criterion in criteria))
    rule = Rule("many", when, "x", BOTH, BOTH, GROUNDS)
    decision = Decision("d", BOTH, (Outcome("x", BOTH, BOTH),), (rule,))
    return RuleSet(
        "counting", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"), tuple(facts), criteria, (decision,)
    )


FACTS = [a_fact(f"f{n}{letter}", BooleanDomain()) for letter in "abc" for n in range(16)]


@settings(max_examples=examples(10), deadline=None)
@given(st.permutations(FACTS))
def test_counting_stays_small_in_any_order_of_the_file(facts: list[Fact]) -> None:
    """Facts of one criterion stand together: hundreds of nodes; interleaved it is millions."""
    compiled = CompiledRuleSet(counting(facts))
    part = compiled.decisions["d"]
    assert part is not None
    assert len(compiled.whole.diagram.reachable(part.root)) < 300
