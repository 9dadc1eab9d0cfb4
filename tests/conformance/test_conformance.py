"""Every executor answers alike: each claim here runs over all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.candidates import (
    EXECUTORS,
    Candidate,
    frozen,
    in_a_row,
)
from conformance.made import a_possible_ruleset, a_state
from conformance.written import state_of
from examples import examples, gated, share
from executors.durable_there import absent
from generated import rulesets, states
from required import required
from routeengine import load_ruleset
from routeengine.cases import load_cases
from routeengine.cases.run import mismatches
from routeengine.codec import form_of
from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known, State, read_profile
from routeengine.result import Answer
from routeengine.ruleset.model import RuleSet
from routeengine.value_set import set_of_bits

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=gated(EXECUTORS, 3))
def executor(request: pytest.FixtureRequest) -> Candidate:
    """Each executor in turn."""
    if request.param == "durable":
        required("durable", absent())
    return EXECUTORS[request.param]


def by_lanes(ruleset: RuleSet, some: Iterable[State]) -> list[Answer]:
    """Give the answers that all others are compared with; the reference is among those."""
    lanes = LanesExecutor(ruleset)
    return [frozen(lanes.evaluate(state)) for state in some]


def agrees(executor: Candidate, ruleset: RuleSet, some: list[State], answers: list[Answer]) -> int:
    """Check every state that the executor claims, and count them."""
    pairs = [
        (state, answer)
        for state, answer in zip(some, answers, strict=True)
        if executor.claims(ruleset, state)
    ]
    if not pairs:
        return 0
    given = executor.build(ruleset)([state for state, _ in pairs])
    for told, (_, answer) in zip(given, pairs, strict=True):
        assert told == executor.sees(ruleset, answer)
    return len(pairs)


@pytest.fixture(scope="module")
def fixture_cases() -> tuple[RuleSet, list[State], list[Answer]]:
    """The cases of the shipped policy, with answers that are as expected there."""
    ruleset = load_ruleset("rijswijk-2023")
    cases = load_cases(ROOT / "fixtures" / "cases", ruleset)
    some: list[State] = [read_profile(ruleset, case.profile) for case in cases]
    answers = by_lanes(ruleset, some)
    for case, answer in zip(cases, answers, strict=True):
        assert not list(mismatches(case, answer)), case.id
    return ruleset, some, answers


@pytest.mark.gate
def test_fixture_cases(
    executor: Candidate, fixture_cases: tuple[RuleSet, list[State], list[Answer]]
) -> None:
    """Every case of the shipped policy is answered as it expects."""
    assert agrees(executor, *fixture_cases) > 50


@pytest.fixture(scope="module")
def library_card() -> tuple[RuleSet, list[State], list[Answer]]:
    """A rule set that uses all of the language, and states of it."""
    ruleset, random = load_ruleset(ROOT / "fixtures" / "library-card"), Random(5)
    some: list[State] = [a_state(random, ruleset) for _ in range(examples(300))]
    return ruleset, some, by_lanes(ruleset, some)


def test_the_library_card(
    executor: Candidate, library_card: tuple[RuleSet, list[State], list[Answer]]
) -> None:
    """The rules of a library card are answered alike, also by whoever takes one state in ten."""
    assert agrees(executor, *library_card) > len(library_card[1]) // 10


def published() -> Iterator[tuple[RuleSet, list[State]]]:
    """Read the published file, of each rule set the share of its cases.

    That its answers are current has a test of its own, which reads all of it.
    """
    text = (ROOT / "conformance" / "cases.json").read_text(encoding="utf-8")
    for part in json.loads(text)["rulesets"]:
        yield (
            form_of(RuleSet).read(part["ruleset"], "ruleset"),
            [state_of(case["known"]) for case in share(part["cases"])],
        )


@pytest.fixture(scope="module")
def published_cases() -> list[tuple[RuleSet, list[State], list[Answer]]]:
    """All that is published, with the answers."""
    return [(ruleset, some, by_lanes(ruleset, some)) for ruleset, some in published()]


@pytest.mark.gate
def test_published_cases(
    executor: Candidate, published_cases: list[tuple[RuleSet, list[State], list[Answer]]]
) -> None:
    """What we ask of executors in other languages, each of our own does."""
    assert sum(agrees(executor, *one) for one in published_cases) > 100


@pytest.mark.gate
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_generated_rule_sets(data: st.DataObject) -> None:
    """Whatever the rule set: every executor gives every field alike."""
    ruleset = data.draw(rulesets())
    some: list[State] = data.draw(st.lists(states(ruleset), min_size=1, max_size=4))
    try:
        answers = by_lanes(ruleset, some)
    except RuleSetError:
        assume(False)
        raise
    for name, one in EXECUTORS.items():
        if name != "durable" or absent() is None:
            agrees(one, ruleset, some, answers)


def test_every_executor_claims_what_is_fully_known() -> None:
    """No executor may leave out a state in which nothing is open; a row says all but evidence."""
    random = Random(3)
    for _ in range(20):
        ruleset = a_possible_ruleset(random)
        state = {fact.id: Known(set_of_bits(1)) for fact in ruleset.facts}
        assert all(one.claims(ruleset, state) for one in EXECUTORS.values())
        disputed = {fact.id: Known(set_of_bits(3), conflicting=True) for fact in ruleset.facts}
        assert not in_a_row(ruleset, disputed)
