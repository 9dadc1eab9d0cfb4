"""Because: the facts that force a verdict, by their definition."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import Case, cases
from routeengine.executors.forcing import one_by_one
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.explanation.because import least
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


@settings(max_examples=examples(80), deadline=None)
@given(cases())
def test_because_of_a_contradiction_is_a_minimal_conflict(case: Case) -> None:
    """The facts that are named break the constraints; with any one of them left out they do not."""
    why = case.explain().why
    conflicts = case.executor.inspect(case.state).conflicts
    for name, verdict in case.result.verdicts.items():
        if verdict.reason == "contradiction":
            assert frozenset(why[name].because) in conflicts
            assert set(why[name].because) <= set(verdict.conflict)


letters = st.sampled_from("abcdefghijklmnopqrst")


@given(
    st.lists(st.frozensets(letters), max_size=4),
    st.lists(letters, unique=True, max_size=20),
)
def test_facts_left_out_together_are_those_left_out_one_by_one(
    enough: list[frozenset[str]], order: list[str]
) -> None:
    """A table of eight facts at a time ends in the very set that trying them singly does."""

    def is_enough(facts: frozenset[str]) -> bool:
        return any(one <= facts for one in enough)

    single = frozenset(order)
    for fact in order:
        if is_enough(single - {fact}):
            single -= {fact}
    found = least(order, one_by_one(is_enough))
    assert found == (single if is_enough(single) else None)


@settings(max_examples=examples(50), deadline=None)
@given(cases(), st.data())
def test_executors_agree_on_what_some_facts_force(case: Case, data: st.DataObject) -> None:
    """One lane for every set of facts says what each set says when it is looked at by itself."""
    looks = [
        executor(case.ruleset).inspect(case.state)
        for executor in (LanesExecutor, ReferenceExecutor)
    ]
    if looks[0].conflicts:
        return
    names = [fact.id for fact in case.ruleset.facts]
    facts = data.draw(st.frozensets(st.sampled_from(names)))
    spare = (
        data.draw(st.lists(st.sampled_from(sorted(facts)), unique=True, max_size=4))
        if facts
        else []
    )
    for name, verdict in case.result.verdicts.items():
        lanes, listed = (look.forces(name, verdict.possible)(facts, spare) for look in looks)
        for left_out in range(1 << len(spare)):
            assert lanes(left_out) is listed(left_out)
