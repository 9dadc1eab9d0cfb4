"""What changed between two classifications, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import rulesets, states
from routeengine import Engine, ProfileError
from routeengine.dossier import Dossier, Observation
from routeengine.profile import Between, OneOf
from routeengine.progression import compare
from routeengine.result import Verdict
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import set_of_bits
from test_engine import as_profile


def said(verdict: Verdict) -> tuple[object, ...]:
    """Give what a verdict says."""
    return (
        verdict.status, verdict.outcome, verdict.rule, verdict.rules, verdict.reason,
        verdict.candidates, verdict.possible, verdict.conflict, verdict.exact,
    )  # fmt: skip


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_what_changed_is_all_and_only_what_differs(data: Any) -> None:
    """Facts moved, verdicts and flags: each is listed iff it is not what it was."""
    ruleset: RuleSet = data.draw(rulesets())
    build(ruleset)
    engine = Engine(ruleset)
    state, other = data.draw(states(ruleset)), data.draw(states(ruleset))
    before, after = (engine.classify(as_profile(ruleset, one)) for one in (state, other))
    change = compare(engine, before, after)
    assert {one.fact for one in change.facts} == {f for f in state if state[f] != other[f]}
    for name, verdict in before.verdicts.items():
        now = after.verdicts[name]
        assert (name in change.verdicts) == (said(verdict) != said(now))
        if name in change.verdicts:
            found = change.verdicts[name]
            assert (found.before, found.after) == (verdict, now)
            assert set(found.rules_gone) == set(verdict.rules) - set(now.rules)
            assert set(found.rules_new) == set(now.rules) - set(verdict.rules)
    assert set(change.flags_raised) == set(after.flags) - set(before.flags)
    assert set(change.flags_dropped) == set(before.flags) - set(after.flags)
    assert change.same_rules


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_because_brings_the_change_about_and_none_of_it_is_idle(data: Any) -> None:
    """With just these facts moved the verdict is that of now; without any one it is not."""
    ruleset: RuleSet = data.draw(rulesets())
    build(ruleset)
    engine = Engine(ruleset)
    before, after = (
        engine.classify(as_profile(ruleset, data.draw(states(ruleset)))) for _ in range(2)
    )
    change = compare(engine, before, after)
    assume(change.verdicts)
    for name, found in change.verdicts.items():

        def moved(facts: tuple[str, ...], name: str = name) -> tuple[object, ...]:
            profile = {**before.profile, **{fact: after.profile[fact] for fact in facts}}
            return said(engine.classify(profile).verdicts[name])

        assert found.because
        assert moved(found.because) == said(found.after)
        for fact in found.because:
            assert moved(tuple(one for one in found.because if one != fact)) != said(found.after)


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_nothing_changes_between_a_result_and_itself(data: Any) -> None:
    """The same classification, done again, differs in nothing."""
    ruleset: RuleSet = data.draw(rulesets())
    build(ruleset)
    engine = Engine(ruleset)
    profile = as_profile(ruleset, data.draw(states(ruleset)))
    change = compare(engine, engine.classify(profile), engine.classify(profile))
    assert (change.facts, dict(change.verdicts)) == ((), {})
    assert (change.flags_raised, change.flags_dropped) == ((), ())


BEFORE: dict[str, Any] = {
    "rung": 1, "receives_benefit": True, "current_service": "participation",
    "finances": "serious", "mental_health": "serious", "able_to_participate": True,
    "can_start_soon": False, "willing": True, "at_maximum": False, "conversation_held": True,
    "work_ready_suspected": False,
}  # fmt: skip


def test_why_a_client_went_from_b_to_a(engine: Engine) -> None:
    """Debts and depression became less, and the client can start: all three were needed."""
    better = {"finances": "mild", "mental_health": "mild", "can_start_soon": True}
    done = dict.fromkeys(("physical_health", "family", "addiction", "housing"), "none")
    before = engine.classify({**BEFORE, **done, "other_domain": "none"})
    after = engine.classify({**before.profile, **better, "volunteering": True})
    change = compare(engine, before, after)
    route = change.verdicts["route"]
    assert (route.before.outcome, route.after.outcome) == ("B", "A")
    assert (route.rules_gone, route.rules_new) == (("route_b",), ("route_a",))
    assert set(route.because) == set(better)
    assert {one.fact for one in change.facts} == {*better, "volunteering"}
    assert change.flags_raised == ("rung_check",)
    assert change.flags_dropped == ()
    moved = {one.fact: (one.before, one.after) for one in change.facts}
    assert moved["finances"] == ("serious", "mild")
    assert moved["volunteering"] == (None, True)


def test_what_is_written_otherwise_did_not_move(engine: Engine) -> None:
    """At most 12 months, and 0 to 12; left out, and None; one of one value, and the value."""
    one = {"prognosis_months": Between(None, 12), "willing": None, "rung": OneOf([2])}
    other = {"prognosis_months": Between(0, 12), "rung": 2, "client_id": "c1"}
    assert compare(engine, engine.classify(one), engine.classify(other)).facts == ()


def test_who_recorded_what_moved_stands_with_it(rijswijk: RuleSet, engine: Engine) -> None:
    """A fact from a dossier comes with its observation."""
    seen = Observation("willing", True, "conversation", date(2024, 1, 10), "consultant 1")
    after = engine.classify(Dossier(rijswijk, [seen], as_of=date(2024, 2, 1)).profile())
    change = compare(engine, engine.classify({}), after)
    assert {one.fact: one.recorded[0].source for one in change.facts} == {
        "willing": "conversation", "conversation_held": "conversation",
    }  # fmt: skip
    assert change.facts[0].recorded in ((seen,), after.provenance["conversation_held"])
    assert compare(engine, after, engine.classify({})).facts[0].recorded == ()


def test_changed_rules_are_no_fault_of_the_facts(rijswijk: RuleSet, engine: Engine) -> None:
    """The same facts under a rule that was turned round: no fact moved, and none is blamed."""
    scope = rijswijk.decision["scope"]
    rules = tuple(
        replace(rule, when=FactIs("rung", set_of_bits(0b111111)))
        if rule.id == "scope_other_rung"
        else rule
        for rule in scope.rules
    )
    decisions = tuple(
        replace(scope, rules=rules) if one.id == "scope" else one for one in rijswijk.decisions
    )
    changed = Engine(replace(rijswijk, decisions=decisions, version="2.0.0"))
    change = compare(changed, engine.classify(BEFORE), changed.classify(BEFORE))
    assert not change.same_rules
    assert change.facts == ()
    assert change.verdicts["scope"].because == ()
    elsewhere = engine.classify({**BEFORE, "current_service": "wsp"})
    both = compare(changed, elsewhere, changed.classify(BEFORE))
    assert [one.fact for one in both.facts] == ["current_service"]
    assert both.verdicts["scope"].because == ()
    assert compare(engine, elsewhere, engine.classify(BEFORE)).verdicts["scope"].because


def test_what_only_one_rule_set_has_is_left_out(rijswijk: RuleSet, engine: Engine) -> None:
    """A fact or decision that came or went with the rules is no change of the client."""
    fewer = replace(
        rijswijk,
        decisions=tuple(one for one in rijswijk.decisions if one.id == "scope"),
        flags=(),
    )
    fewer = replace(fewer, facts=tuple(one for one in rijswijk.facts if one.id != "willing"))
    small = Engine(replace(fewer, criteria=(), constraints=()))
    profile = {name: value for name, value in BEFORE.items() if name != "willing"}
    there = compare(small, engine.classify(BEFORE), small.classify(profile))
    assert (there.facts, dict(there.verdicts)) == ((), {})
    back = compare(engine, small.classify(profile), engine.classify(BEFORE))
    assert [one.fact for one in back.facts] == ["willing"]
    assert dict(back.verdicts) == {}


def test_a_profile_that_does_not_fit_is_refused(engine: Engine) -> None:
    """A value that the rule set does not have is an error, by name."""
    result = engine.classify(BEFORE)
    odd = replace(result, profile={**BEFORE, "rung": 9})
    with pytest.raises(ProfileError, match="rung: must be"):
        compare(engine, odd, result)


def test_a_change_shows_no_value(engine: Engine) -> None:
    """Values stand in the data, and never in what is printed."""
    change = compare(
        engine, engine.classify(BEFORE), engine.classify({**BEFORE, "finances": "none"})
    )
    assert repr(change.facts) == "(FactChange(finances, …),)"
    assert "serious" not in repr(change)
