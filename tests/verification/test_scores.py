"""What a check says of scores: one that nothing asks, and bounds that never bite."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, rulesets
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Condition, FactIs, ScoreIs, walk
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.model import Constraint, Flag, RuleSet
from routeengine.value_set import set_of_bits
from routeengine.verification import verify
from urgency import urgency


def flagged(*whens: Condition) -> RuleSet:
    """Give the rules of the page with flags on these conditions besides."""
    flags = [Flag(f"g{n}", BOTH, when, GROUNDS) for n, when in enumerate(whens)]
    return replace(urgency(), flags=tuple(flags))


def told(ruleset: RuleSet) -> list[str]:
    """Give what is told of scores."""
    return [one.message for one in verify(ruleset).findings if one.kind == "idle_score"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (200, None, "`at_least: 200` of score `need` in flag `g0` never holds"),
        (111, None, "`at_least: 111` of score `need` in flag `g0` never holds"),
        (-25, None, "`at_least: -25` of score `need` in flag `g0` always holds"),
        (None, -26, "`at_most: -26` of score `need` in flag `g0` never holds"),
        (None, 110, "`at_most: 110` of score `need` in flag `g0` always holds"),
        (80, 300, "`at_most: 300` of score `need` in flag `g0` always holds"),
        (-300, 80, "`at_least: -300` of score `need` in flag `g0` always holds"),
    ],
)
def test_a_bound_that_never_bites_is_told(low: int | None, high: int | None, said: str) -> None:
    """At the very edge of what can be: 40 + 20 + 20 + 30 is 110, for one home has one worth."""
    found = told(flagged(ScoreIs("need", low, high)))
    assert found == [f"{said}: it lies between -25 and 110"]


def test_the_edge_is_what_can_be() -> None:
    """Just within it nothing is told."""
    assert told(flagged(ScoreIs("need", 110), ScoreIs("need", None, 109))) == []
    assert told(flagged(ScoreIs("need", -24), ScoreIs("need", None, -25))) == []


def test_constraints_count() -> None:
    """Where nobody with children is without a home, 90 points is the most."""
    none, child = FactIs("home", set_of_bits(0b100)), FactIs("children", set_of_bits(0b10))
    more = FactIs("children", set_of_bits((1 << 21) - 4))
    forbidden = [
        Constraint(f"k{n}", All((none, one)), BOTH, GROUNDS) for n, one in enumerate((child, more))
    ]
    ruleset = replace(flagged(ScoreIs("need", 91)), constraints=tuple(forbidden))
    assert len(told(ruleset)) == 1
    assert told(replace(ruleset, flags=flagged(ScoreIs("need", 90)).flags)) == []


def test_a_score_that_nothing_asks_is_told() -> None:
    """A promise that asks it is enough; and the author can say why it may stay."""
    spare = replace(urgency().score["need"], id="spare")
    ruleset = replace(urgency(), scores=(*urgency().scores, spare))
    assert told(ruleset) == ["score `spare` makes no difference: nothing asks it"]
    promise = Expectation("p", BOTH, "priority", ScoreIs("spare", 100), always=("urgent",))
    assert told(replace(ruleset, expectations=(promise,))) == []
    accepted = Acceptance("a", "idle_score", ("spare",), BOTH)
    found = verify(replace(ruleset, acceptances=(accepted,)))
    assert [one.about for one in found.accepted] == [("spare",)]


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(rulesets(min_scores=1), st.data())
def test_a_bound_is_told_just_where_all_profiles_agree(
    ruleset: RuleSet, data: st.DataObject
) -> None:
    """By listing every full profile that the constraints leave."""
    nothing = {fact.id: Known(fact.domain.full) for fact in ruleset.facts}
    every = ReferenceExecutor(ruleset).completions(nothing)
    if not every:
        return
    asked = {
        one
        for owned in ruleset.owned_conditions()
        for one in walk(owned.condition)
        if isinstance(one, ScoreIs)
    }
    ends = [ScoreIs(one.score, one.low) for one in asked if one.low is not None]
    ends += [ScoreIs(one.score, None, one.high) for one in asked if one.high is not None]
    idle = {one for one in ends if len({full.holds(one) for full in every}) == 1}
    found = {one for one in told(ruleset) if " holds: " in one}
    said = set()
    for one in idle:
        score = ruleset.score[one.score]
        sums = [sum(p.worth for p in score.parts if full.holds(p.when)) for full in every]
        bound = f"at_least: {one.low}" if one.high is None else f"at_most: {one.high}"
        said.add((f"`{bound}` of score `{score.id}`", f"{min(sums)} and {max(sums)}"))
    assert {(one.partition(" in ")[0], one.partition("between ")[2]) for one in found} == said
