"""Each law holds of the shipped rules, and is broken where rules or engine break it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from routeengine import Engine, Result
from routeengine.errors import RuleSetError, UsageError
from routeengine.profile import DECLINED
from routeengine.result import Answer, Verdict
from routeengine.ruleset.conditions import Condition, FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Flag, Outcome, Rule, RuleSet
from routeengine.testing import (
    LAWS,
    BrokenLawError,
    exclusive,
    information_monotone,
    irrelevant_facts_irrelevant,
    laws,
    order_free,
    partial_profiles,
    profiles,
    total,
    twins,
)
from routeengine.value_set import set_of_bits

YES, NO = FactIs("able", set_of_bits(2)), FactIs("able", set_of_bits(1))


def ruleset_of(*whens: Condition) -> RuleSet:
    """Make a rule set with a rule to an outcome of its own for each condition."""
    outcomes = tuple(Outcome(letter, BOTH, BOTH) for letter in "abc"[: len(whens)])
    rules = tuple(
        Rule(f"to_{one.id}", when, one.id, BOTH, BOTH, GROUNDS)
        for one, when in zip(outcomes, whens, strict=True)
    )
    facts = (
        replace(a_fact("able", BooleanDomain()), value_labels={}),
        replace(a_fact("origin", BooleanDomain()), possible_proxy=True),
    )
    flags = (Flag("shown", BOTH, YES, GROUNDS),)
    return build_ruleset(
        "made", facts=facts, decisions=(Decision("next", BOTH, outcomes, rules),), flags=flags
    )


class Crooked(Engine):
    """An engine that answers otherwise once it knows, or is asked in, something."""

    def __init__(
        self, ruleset: RuleSet, when: Any, verdict: Verdict, flags: tuple[str, ...]
    ) -> None:
        super().__init__(ruleset)
        self.when, self.verdict, self.flags = when, verdict, flags

    def classify(self, profile: Any) -> Result:
        """Answer as an engine does, but for what is crooked."""
        result = super().classify(profile)
        if not self.when(profile):
            return result
        answer = Answer({"next": self.verdict}, self.flags, ())
        return replace(result, answer=answer)


def a_or_b(ruleset: RuleSet) -> Verdict:
    """Give the verdict of the outcome `a`, by hand."""
    return replace(Engine(ruleset).classify({"able": True}).verdicts["next"], outcome="a")


@pytest.mark.gate
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_every_law_holds_of_the_shipped_rules(
    rijswijk: RuleSet, engine: Engine, data: st.DataObject
) -> None:
    """Of clients of whom all is known, and of those of whom some is."""
    for profile in (data.draw(profiles(rijswijk)), data.draw(partial_profiles(rijswijk))):
        for law in laws(rijswijk).values():
            law(engine, profile)


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_laws_of_the_engine_hold_of_any_rules(data: st.DataObject) -> None:
    """Whatever rules say: order, what is learnt, and facts that are not read."""
    ruleset = data.draw(rulesets())
    try:
        engine = Engine(ruleset)
    except RuleSetError:
        assume(False)
    profile = data.draw(partial_profiles(ruleset))
    for law in (order_free, information_monotone, irrelevant_facts_irrelevant):
        law(engine, profile)


def test_the_laws_of_a_rule_set_name_its_proxies(rijswijk: RuleSet) -> None:
    """Twins who differ in a possible proxy only, in each decision that does not name it."""
    assert list(laws(rijswijk)) == [
        *(law.__name__ for law in LAWS),
        "twins: current_service in route",
        "twins: current_service in path",
    ]


def test_a_gap_breaks_total() -> None:
    """The message says so, shows the profile and explains what the rules say of it."""
    engine = Engine(ruleset_of(YES))
    total(engine, {"able": True})
    with pytest.raises(BrokenLawError) as caught:
        total(engine, {"able": False, "origin": True})
    said = str(caught.value)
    assert said.startswith("total: decision `next` has a gap: no rule applies\n")
    assert "\nOn this made profile:\n  able: false\n  origin: true\n" in said
    assert "\nWhat the rules say of it:\n" in said
    assert "{" not in said


def test_an_overlap_breaks_exclusive() -> None:
    """The rules that clash are named."""
    engine = Engine(ruleset_of(YES, YES))
    exclusive(engine, {"able": False})
    with pytest.raises(BrokenLawError, match="`to_a` and `to_b` lead to different answers"):
        exclusive(engine, {"able": True})


@pytest.mark.parametrize(
    ("flags", "message"),
    [(("shown",), "answered otherwise where the rules stand"), ((), "other flags are raised")],
)
def test_an_engine_that_minds_the_order_breaks_order_free(
    flags: tuple[str, ...], message: str
) -> None:
    """Of rules and keys."""
    ruleset = ruleset_of(YES, NO)
    good = Engine(ruleset).classify({"able": True}).verdicts["next"]
    verdict = replace(good, outcome="b") if flags else good
    first = Crooked(ruleset, lambda one: next(iter(one)) == "origin", verdict, flags)
    order_free(first, {"able": True, "origin": True})
    with pytest.raises(BrokenLawError, match=message):
        order_free(first, {"origin": True, "able": True})


@pytest.mark.parametrize(
    ("possible", "flags", "message"),
    [
        (("a", "review"), ("shown",), "can come out as something new once `able` is known"),
        (("a",), (), "a flag is no longer raised once `able` is known"),
    ],
)
def test_an_engine_that_changes_its_mind_breaks_monotone(
    possible: tuple[str, ...], flags: tuple[str, ...], message: str
) -> None:
    """Where what is learnt opens up what was ruled out."""
    ruleset = ruleset_of(YES, NO)
    verdict = replace(a_or_b(ruleset), possible=possible)

    class Sure(Crooked):
        def classify(self, profile: Any) -> Result:
            result = super().classify(profile)
            if "able" in profile:
                return result
            answer = Answer({"next": a_or_b(ruleset)}, ("shown",), ())
            return replace(result, answer=answer)

    with pytest.raises(BrokenLawError, match=message):
        information_monotone(Sure(ruleset, lambda one: "able" in one, verdict, flags), {})


def test_a_contradiction_is_no_change_of_mind(rijswijk: RuleSet, engine: Engine) -> None:
    """What is learnt may contradict what is known: then a person looks."""
    information_monotone(engine, {"can_start_soon": True})
    information_monotone(engine, {"can_start_soon": True, "able_to_participate": False})
    information_monotone(engine, {"can_start_soon": True, "able_to_participate": DECLINED})
    irrelevant_facts_irrelevant(engine, {"rung": 2, "willing": DECLINED})


def test_an_engine_that_minds_an_idle_fact_breaks_the_law() -> None:
    """Where a fact that no rule reads makes a difference."""
    ruleset = ruleset_of(YES, NO)
    verdict = replace(a_or_b(ruleset), possible=("b",))
    minding = Crooked(ruleset, lambda one: one.get("origin") is True, verdict, ())
    with pytest.raises(BrokenLawError, match="does not depend on `origin`"):
        irrelevant_facts_irrelevant(minding, {"able": True, "origin": False})


def test_twins_are_told_apart_by_what_the_rules_read() -> None:
    """Which is for the author to want, or not."""
    engine = Engine(ruleset_of(YES, NO))
    twins(engine, {"able": True}, "origin", "next")
    twins(engine, {}, "able", "next", among=[True])
    with pytest.raises(BrokenLawError) as caught:
        twins(engine, {"origin": False}, "able", "next")
    assert str(caught.value).startswith(
        "twins: decision `next` tells twins apart who differ in `able` only: "
        "false leads to b; true leads to a\n"
    )


def test_twins_who_are_no_clients_are_left_out(engine: Engine) -> None:
    """Because they contradict a constraint, or because the decision is not about them."""
    profile: Mapping[str, Any] = {
        "rung": 2, "receives_benefit": True, "current_service": "participation",
        "can_start_soon": True, "conversation_held": False,
    }  # fmt: skip
    twins(engine, profile, "able_to_participate", "route")
    twins(engine, profile, "current_service", "route", where_it_applies=True)
    with pytest.raises(BrokenLawError):
        twins(engine, profile, "current_service", "route")


@pytest.mark.parametrize(("fact", "decision"), [("age", "next"), ("able", "nowhere")])
def test_twins_of_what_does_not_exist_are_refused(fact: str, decision: str) -> None:
    """By name."""
    with pytest.raises(UsageError, match=f"`{fact}`.*`{decision}`"):
        twins(Engine(ruleset_of(YES, NO)), {}, fact, decision)
