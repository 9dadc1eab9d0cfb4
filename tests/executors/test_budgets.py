"""A rule set that outgrows its budget never gives a wrong or silent answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from executors.test_agreement import build
from generated import rulesets, states
from routeengine.executors.reference import ReferenceExecutor
from routeengine.ruleset.conditions import walk
from routeengine.truth import Truth


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_residuals_are_exact(data: st.DataObject) -> None:
    """With no room for whole diagrams, the residual of each profile gives the same answers."""
    ruleset = data.draw(rulesets())
    lanes = build(ruleset, budget=data.draw(st.integers(4, 30)))
    reference = ReferenceExecutor(ruleset)
    some = [data.draw(states(ruleset)) for _ in range(2)]
    assert lanes.evaluate_many(some) == reference.evaluate_many(some)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_bounds_are_never_too_narrow(data: st.DataObject) -> None:
    """With hardly any room at all, no possible verdict is left out and no truth is wrong."""
    ruleset = data.draw(rulesets())
    state = data.draw(states(ruleset))
    budget = data.draw(st.integers(4, 8))
    lanes = build(ruleset, budget=budget, residual_budget=budget).inspect(state)
    reference = ReferenceExecutor(ruleset).inspect(state)
    for name, exact in reference.answer.verdicts.items():
        bound = lanes.answer.verdicts[name]
        if reference.conflicts and not bound.exact:
            # The clash itself may be out of reach: then nothing is certain, and `exact` says so.
            assert "review" in bound.possible or set(bound.possible) >= set(exact.possible)
            continue
        assert set(bound.possible) >= set(exact.possible)
        assert not bound.exact or bound.possible == exact.possible
        assert bound.status in (exact.status, "insufficient", "review")
    if not reference.conflicts:
        for condition in ruleset.conditions:
            for part in walk(condition):
                assert lanes.truth(part) in (reference.truth(part), Truth.OPEN)
