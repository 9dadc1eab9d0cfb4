"""The lanes executor gives what the reference evaluator gives, on generated rule sets."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from examples import examples
from generated import rulesets, states, wide_domains
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.ruleset.conditions import walk
from routeengine.ruleset.model import RuleSet


def build(ruleset: RuleSet, **budgets: int) -> LanesExecutor:
    """Build the executor; leave out rule sets whose constraints exclude everything."""
    try:
        LanesExecutor(ruleset)
        return LanesExecutor(ruleset, **budgets)
    except RuleSetError:
        assume(False)
        raise


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_lanes_agree_with_the_reference(data: st.DataObject) -> None:
    """Every field of every verdict and both tuples of flags are the same."""
    ruleset = data.draw(rulesets(of=wide_domains))
    lanes, reference = build(ruleset), ReferenceExecutor(ruleset)
    for _ in range(3):
        state = data.draw(states(ruleset))
        assert lanes.evaluate(state) == reference.evaluate(state)
        for name, verdict in reference.evaluate(state).verdicts.items():
            assert lanes.possible(state, name) == verdict.possible
            assert reference.possible(state, name) == verdict.possible


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_inspections_agree_with_the_reference(data: st.DataObject) -> None:
    """Truth of every part of every condition, of every rule, and the values left are the same."""
    ruleset = data.draw(rulesets(of=wide_domains))
    state = data.draw(states(ruleset))
    lanes, reference = build(ruleset).inspect(state), ReferenceExecutor(ruleset).inspect(state)
    for condition in ruleset.conditions:
        for part in walk(condition):
            assert lanes.truth(part) is reference.truth(part)
    for rule in ruleset.rule:
        assert lanes.applies(rule) is reference.applies(rule)
    for fact in ruleset.fact:
        assert lanes.values(fact) == reference.values(fact)
