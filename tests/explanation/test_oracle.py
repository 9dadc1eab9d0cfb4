"""Explanations against a brute-force oracle that shares nothing with the library.

Generated rule sets of up to twelve facts; because, changes and missing by their definitions.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import domains, rulesets, states
from oracle import Oracle
from routeengine import Engine
from routeengine.errors import RuleSetError
from routeengine.profile import Known
from routeengine.result import leads_of
from routeengine.ruleset.dependencies import facts_read
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import bits_of_set, set_of_bits
from test_engine import as_profile

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

small = rulesets(max_facts=4, of=domains)
wide = rulesets(min_facts=8, max_facts=12, of=st.just(BooleanDomain()))


def prepared(data: st.DataObject, ruleset: RuleSet) -> tuple[Engine, Oracle, dict[str, Known]]:
    """Make an engine and an oracle, and draw what is known."""
    try:
        engine = Engine(ruleset)
    except RuleSetError:
        assume(False)
        raise
    return engine, Oracle(ruleset), data.draw(states(ruleset))


def allowed_in(state: dict[str, Known]) -> dict[str, int]:
    """Give per fact its values."""
    return {fact: bits_of_set(known.allowed) for fact, known in state.items()}


def check_because(engine: Engine, oracle: Oracle, state: dict[str, Known]) -> None:
    """Each `because` forces the verdict, and no part of it does.

    Where facts clash it is a smallest conflict of which the decision reads a fact.
    """
    ruleset, allowed = engine.ruleset, allowed_in(state)
    conflicts = oracle.conflicts(allowed)
    clashing = {fact for one in conflicts for fact in one}
    kept = {fact: bits for fact, bits in allowed.items() if fact not in clashing}
    explanation = engine.explain(as_profile(ruleset, state), lang="en")
    for name, why in explanation.why.items():
        because, verdict = set(why.because), explanation.verdicts[name]
        if verdict.reason == "contradiction":
            assert because in [set(one) for one in conflicts]
            assert not because.isdisjoint(facts_read(ruleset, name))
            continue
        wanted = oracle.keys(kept, name)
        assert wanted == {one.id for one in verdict.possible}
        assert oracle.keys({fact: allowed[fact] for fact in because}, name) == wanted
        for fact in because:
            less = {one: allowed[one] for one in because - {fact}}
            assert oracle.keys(less, name) != wanted


def check_disputed(engine: Engine, oracle: Oracle, state: dict[str, Known]) -> None:
    """Where evidence disagrees, whatever could come out is proposed: reviews propose too."""
    allowed = allowed_in(state)
    clashing = {fact for one in oracle.conflicts(allowed) for fact in one}
    kept = {fact: bits for fact, bits in allowed.items() if fact not in clashing}
    result = engine.classify(as_profile(engine.ruleset, state))
    for name, verdict in result.verdicts.items():
        if verdict.reason == "conflicting_evidence":
            proposed = oracle.proposed(kept, name)
            outcomes = [outcome.id for outcome in engine.ruleset.decision[name].outcomes]
            assert list(verdict.candidates) == [one for one in outcomes if one in proposed]


def check_missing(engine: Engine, oracle: Oracle, state: dict[str, Known]) -> None:
    """Missing is exactly what lies in a smallest set that matters, less what was declined.

    Each answer leads to exactly what the oracle says.
    """
    allowed = allowed_in(state)
    result = engine.classify(as_profile(engine.ruleset, state))
    if oracle.conflicts(allowed):
        return
    for name, verdict in result.verdicts.items():
        matter = oracle.missing(allowed, name)
        assert set(verdict.missing) == {fact for fact in matter if not state[fact].declined}
        for fact, leads in leads_of(verdict).items():
            told = 0
            for lead in leads:
                answers = bits_of_set(lead.allowed)
                assert not told & answers
                told |= answers
                for value in range(answers.bit_length()):
                    if answers >> value & 1:
                        after = oracle.keys(allowed | {fact: 1 << value}, name)
                        assert after == set(lead.possible)
            for value in range(engine.ruleset.fact[fact].domain.size):
                if (allowed[fact] & ~told) >> value & 1:
                    assert not oracle.keys(allowed | {fact: 1 << value}, name)


def check_changes(
    data: st.DataObject, engine: Engine, oracle: Oracle, state: dict[str, Known], limit: int
) -> None:
    """The change sets are exactly those of the oracle, one for each group of values alike.

    The nearest in an explanation are those of them with the fewest differences. Where the facts
    clash, a set also mends that, and an explanation names none.
    """
    ruleset = engine.ruleset
    decision = data.draw(st.sampled_from(ruleset.decisions))
    keys = [one.id for one in decision.outcomes] + ["review", "not_applicable"]
    outcome = data.draw(st.sampled_from(keys))
    profile = as_profile(ruleset, state)
    conflicts = oracle.conflicts(allowed_in(state))
    if any(one.isdisjoint(facts_read(ruleset, decision.id)) for one in conflicts):
        return  # a clash that the decision does not read stays, whatever leads there
    every = oracle.changes(state, decision.id, outcome, limit)
    found = engine.changes_to(profile, decision.id, outcome, limit)
    ours = {numbered(ruleset, {**one.changes, **one.answers}) for one in found}
    assert len(ours) == len(found)
    assert ours <= every
    # Each set of the oracle is one of ours, but for values that lead to the same everywhere.
    assert {frozenset(dict(one)) for one in every} == {frozenset(dict(one)) for one in ours}
    for one in every:
        assert any(alike(engine, oracle, state, one, other) for other in ours)
    for found_one in found:
        assert all(state[fact].allowed.is_single for fact in found_one.changes)
        assert all(state[fact].allowed.has_several for fact in found_one.answers)
    why_not = engine.explain(profile, lang="nl").why_not[decision.id].get(outcome)
    if why_not is not None and conflicts:
        assert why_not.nearest is None
    elif why_not is not None:
        assert why_not.nearest is not None
        near = {
            numbered(ruleset, {change.fact: change.value for change in (*n.changes, *n.answers)})
            for n in why_not.nearest
        }
        fewest = min(map(len, ours), default=None)
        assert why_not.distance == fewest or (fewest is None and (why_not.distance or 9) > limit)
        if fewest is not None:
            assert near == {one for one in ours if len(one) == fewest}


def numbered(ruleset: RuleSet, moved: dict[str, Any]) -> frozenset[tuple[str, int]]:
    """Give changes as (fact, number of the value) pairs."""
    return frozenset(
        (fact, ruleset.fact[fact].domain.index(value) or 0) for fact, value in moved.items()
    )


def alike(
    engine: Engine,
    oracle: Oracle,
    state: dict[str, Known],
    one: frozenset[tuple[str, int]],
    other: frozenset[tuple[str, int]],
) -> bool:
    """Say whether two sets move the same facts to values that no condition tells apart."""
    cells = engine.lanes.compiled.cells.of
    a, b = dict(one), dict(other)
    return a.keys() == b.keys() and all(
        any(a[fact] in cell and b[fact] in cell for cell in cells[fact]) for fact in a
    )


@pytest.mark.gate
@settings(max_examples=examples(120), deadline=None, suppress_health_check=SLOW)
@given(st.data(), small)
def test_small_rule_sets(data: st.DataObject, ruleset: RuleSet) -> None:
    """Few facts of every type: because, missing, and every change of up to three facts."""
    engine, oracle, state = prepared(data, ruleset)
    check_because(engine, oracle, state)
    check_missing(engine, oracle, state)
    check_disputed(engine, oracle, state)
    check_changes(data, engine, oracle, state, 3)


@pytest.mark.gate
@settings(max_examples=examples(25), deadline=None, suppress_health_check=SLOW)
@given(st.data(), wide)
def test_rule_sets_of_up_to_twelve_facts(data: st.DataObject, ruleset: RuleSet) -> None:
    """Eight to twelve facts: because, missing, and every change of up to three facts."""
    engine, oracle, state = prepared(data, ruleset)
    # The oracle looks at every pair of completions: so no more than some are left open.
    left = [fact for fact, known in state.items() if known.allowed.has_several]
    for fact in left[5:]:
        state[fact] = Known(set_of_bits(1))
    check_because(engine, oracle, state)
    check_missing(engine, oracle, state)
    check_disputed(engine, oracle, state)
    check_changes(data, engine, oracle, state, 3)
