"""Small rule sets in which rules meet often: within one decision, and along a chain of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine.ruleset.conditions import (
    All,
    Any,
    Condition,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet
from routeengine.value_set import set_of_bits

__all__ = ["chained", "meeting"]

FACTS = ["f0", "f1", "f2"]

OUTCOMES = ["x", "y", "z"]


@st.composite
def decided(
    draw: st.DrawFn, name: str, leaves: Sequence[Condition], most: int, ranked: bool
) -> Decision:
    """Draw a decision over these conditions, of few outcomes."""
    leaf = st.sampled_from(leaves)
    both = st.lists(leaf, min_size=2, max_size=2).map(tuple)
    when = leaf | leaf.map(Not) | both.map(All) | both.map(Any)
    some = st.lists(st.sampled_from(OUTCOMES), max_size=2, unique=True).map(sorted)
    then = st.sampled_from(OUTCOMES) | some.map(lambda named: Review(tuple(named)))
    rules: list[Rule] = []
    for number in range(draw(st.integers(1, most))):
        above = draw(st.lists(st.sampled_from(rules), unique_by=id)) if rules and ranked else []
        beaten = tuple(rule.id for rule in above)
        rules.append(Rule(f"{name}{number}", draw(when), draw(then), BOTH, BOTH, GROUNDS, beaten))
    if draw(st.booleans()):
        rules.append(Rule(f"{name}9", None, draw(then), BOTH, BOTH, GROUNDS))
    outcomes = tuple(Outcome(one, BOTH, BOTH) for one in OUTCOMES)
    return Decision(name, BOTH, outcomes, tuple(draw(st.permutations(rules))))


def rules_with(*decisions: Decision) -> RuleSet:
    """Make a rule set of these decisions over three truth values."""
    facts = tuple(a_fact(fact, BooleanDomain()) for fact in FACTS)
    return build_ruleset("made", facts=facts, decisions=decisions)


def facts() -> list[Condition]:
    """Give the conditions that each ask one fact."""
    return [FactIs(fact, set_of_bits(2)) for fact in FACTS]


def meeting() -> st.SearchStrategy[RuleSet]:
    """Draw a decision whose rules often win together, lie within each other and outrank."""
    return decided("d", facts(), 5, True).map(rules_with)


@st.composite
def chained(draw: st.DrawFn) -> RuleSet:
    """Draw three decisions, each of which asks for those before it more than for facts."""
    decisions: list[Decision] = []
    for name in "abc":
        leaves = facts()[: 1 if decisions else 3]
        for one in decisions:
            leaves += [OutcomeIs(one.id, (outcome,)) for outcome in OUTCOMES]
            leaves += [StatusIs(one.id, ("review",)), RuleIs(one.id, (one.rules[0].id,))]
        decisions.append(draw(decided(name, leaves, 2, False)))
    return rules_with(*decisions)
