"""Made clients: they keep the constraints, reach everything, and shrink to ordinary ones."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import pytest
from hypothesis import Phase, assume, find, given, settings
from hypothesis import strategies as st

from examples import examples, gated
from generated import rulesets
from loading.small import small
from routeengine import DECLINED, Between, Engine, OneOf
from routeengine.errors import BudgetError, ProfileError, RuleSetError, UsageError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile
from routeengine.profile import Conflicting, read_profile
from routeengine.ruleset.model import RuleSet
from routeengine.symbolic.compiled import CompiledRuleSet
from routeengine.testing import partial_profiles, profiles

ONCE = settings(max_examples=2000, deadline=None, database=None, phases=(Phase.generate,))


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_full_profiles_are_full_and_consistent(data: st.DataObject) -> None:
    """On any rule set each fact has a value of its domain, and no constraint is broken."""
    ruleset = data.draw(rulesets(max_constraints=3))
    near = data.draw(st.booleans())
    try:
        drawn = profiles(ruleset, near_boundaries=near)
    except RuleSetError:
        assume(False)
    profile = data.draw(drawn)
    assert list(profile) == [fact.id for fact in ruleset.facts]
    state = read_profile(ruleset, profile)
    assert all(known.allowed.is_single for known in state.values())
    numbers = {fact: known.allowed.highest for fact, known in state.items()}
    full = FullProfile(ruleset, numbers)
    assert not any(full.holds(constraint.forbids) for constraint in ruleset.constraints)


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_what_is_known_stands_in_every_profile(data: st.DataObject) -> None:
    """Where it can stand, in full and in partial profiles; where it cannot, that is said."""
    ruleset = data.draw(rulesets())
    fact = data.draw(st.sampled_from(ruleset.facts))
    value = fact.domain.value(data.draw(st.integers(0, fact.domain.size - 1)))
    try:
        Engine(ruleset)
    except RuleSetError:
        assume(False)
    clash = LanesExecutor(ruleset).inspect(read_profile(ruleset, {fact.id: value})).conflicts
    if clash:
        with pytest.raises(UsageError, match=f"`{fact.id}`"):
            profiles(ruleset, known={fact.id: value})
        return
    full = profiles(ruleset, known={fact.id: value})
    assert data.draw(full)[fact.id] == value
    assert data.draw(partial_profiles(ruleset, known={fact.id: value}))[fact.id] == value


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_partial_profiles_never_contradict_themselves(data: st.DataObject) -> None:
    """Of a consistent client something is forgotten: the rest is still consistent."""
    ruleset = data.draw(rulesets())
    try:
        engine = Engine(ruleset)
    except RuleSetError:
        assume(False)
    result = engine.classify(data.draw(partial_profiles(ruleset)))
    assert all(verdict.reason != "contradiction" for verdict in result.verdicts.values())


@pytest.mark.gate
@pytest.mark.parametrize(
    "form", gated([OneOf, Conflicting, bool, str, int, Between, type(DECLINED)], 2)
)
def test_every_form_of_knowledge_is_drawn(rijswijk: RuleSet, form: type) -> None:
    """Values, parts of values, ranges, what is declined and what is disputed."""
    find(
        partial_profiles(rijswijk),
        lambda profile: any(type(value) is form for value in profile.values()),
        settings=ONCE,
    )
    assert find(partial_profiles(rijswijk), lambda one: len(one) < 20, settings=ONCE)


@pytest.mark.parametrize("months", gated([0, 12, 240, 13, 18, 19, 23, 24], 3))
def test_boundaries_are_drawn_often(rijswijk: RuleSet, months: int) -> None:
    """Each end of each group of values comes up in a few dozen profiles."""
    near = settings(ONCE, max_examples=300)
    drawn = profiles(rijswijk, known={"current_service": "participation"})
    assert find(drawn, lambda one: one["prognosis_months"] == months, settings=near)


@pytest.mark.gate
def test_profiles_shrink_to_ordinary_ones() -> None:
    """Nothing but what is asked for is out of the ordinary."""
    ruleset = small()
    shrinking = settings(max_examples=500, deadline=None, database=None)
    found = find(profiles(ruleset), lambda one: one["age"] > 17, settings=shrinking)
    assert found == {"age": 18, "willing": False, "debt": "none"}
    ordinary = {"age": 0, "willing": False, "debt": "none"}
    assert find(partial_profiles(ruleset), lambda _: True, settings=shrinking) == ordinary


def test_what_cannot_be_known_is_refused(rijswijk: RuleSet) -> None:
    """A value outside its domain, and facts that cannot be true together; no value is repeated."""
    with pytest.raises(ProfileError, match="rung: must be a whole number from 1 to 6"):
        profiles(rijswijk, known={"rung": 7})
    with pytest.raises(UsageError) as caught:
        profiles(rijswijk, known={"able_to_participate": False, "can_start_soon": True})
    assert str(caught.value) == (
        "what is known of `able_to_participate`, `can_start_soon`, `work_ready_suspected` "
        "breaks the constraints on them"
    )


def test_constraints_that_are_too_large_are_said(
    rijswijk: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than to draw what breaks them."""
    module = import_module("routeengine.testing.profiles")
    monkeypatch.setattr(module, "CompiledRuleSet", partial(CompiledRuleSet, budget=3))
    with pytest.raises(BudgetError, match="too large to draw profiles by"):
        profiles(rijswijk)
