"""Because: the facts that force a verdict, by their definition."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import Case, cases
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.result import Verdict


def verdict_from(case: Case, facts: tuple[str, ...], decision: str) -> Verdict:
    """Give the verdict where nothing but these facts is known."""
    state = {
        fact.id: case.state[fact.id] if fact.id in facts else Known(fact.domain.full)
        for fact in case.ruleset.facts
    }
    return case.executor.evaluate(state).verdicts[decision]


def forces(case: Case, facts: tuple[str, ...], verdict: Verdict) -> bool:
    """Say whether these facts alone force the verdict."""
    found = verdict_from(case, facts, verdict.decision)
    if verdict.reason == "contradiction":
        return found.reason == "contradiction"
    return found.possible == verdict.possible


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(cases())
def test_because_forces_the_verdict_and_no_part_of_it_does(case: Case) -> None:
    """From these facts alone the verdict follows; from any smaller set of them it does not."""
    why = case.explain().why
    for name, verdict in case.result.verdicts.items():
        because = why[name].because
        assert forces(case, because, verdict)
        for size in range(len(because)):
            for some in combinations(because, size):
                assert not forces(case, some, verdict)


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases())
def test_because_names_known_facts_in_declared_order(case: Case) -> None:
    """Only what is known can force anything, and order comes from the declaration alone."""
    order = [fact.id for fact in case.ruleset.facts]
    for why in case.explain().why.values():
        assert list(why.because) == [fact for fact in order if fact in why.because]
        assert [leaf.fact for leaf in why.because_facts] == list(why.because)
        for fact in why.because:
            assert case.state[fact].allowed != case.ruleset.fact[fact].domain.full


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(cases(), st.data())
def test_executors_agree_on_what_some_facts_force(case: Case, data: st.DataObject) -> None:
    """The walk through a diagram says of a set of facts what all its completions say."""
    looks = [
        executor(case.ruleset).inspect(case.state)
        for executor in (LanesExecutor, ReferenceExecutor)
    ]
    if looks[0].conflicts:
        return
    names = [fact.id for fact in case.ruleset.facts]
    facts = data.draw(st.frozensets(st.sampled_from(names)))
    for name, verdict in case.result.verdicts.items():
        lanes, listed = (look.is_sufficient(name, verdict.possible)(facts) for look in looks)
        assert lanes is listed
