"""The joint walk gives what the definition gives, and keeps nothing of a client."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets, states, wide_domains
from routeengine import DECLINED
from routeengine.executors.first_sight import FirstSight
from routeengine.executors.lanes import LanesExecutor, LanesInspection
from routeengine.executors.questions import Questions
from routeengine.executors.reference import ReferenceExecutor
from routeengine.intake import Intake
from routeengine.profile import read_profile
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Decision, Outcome, Rule, RuleSet
from routeengine.symbolic.joint import Bundle, Joint, Word
from routeengine.value_set import set_of_bits
from safety.people import people


def sight_of(ruleset: RuleSet) -> FirstSight:
    """Make ready for first sight; leave out rule sets whose constraints exclude everything."""
    lanes = build(ruleset)
    return FirstSight(lanes)


def plain(ruleset: RuleSet) -> st.SearchStrategy[dict[str, Any]]:
    """Draw profiles of facts with a value, None or DECLINED, in any order, some left out."""
    entries = {
        fact.id: st.one_of(
            st.integers(0, fact.domain.size - 1).map(fact.domain.value),
            st.sampled_from([None, DECLINED]),
        )
        for fact in ruleset.facts
    }
    return st.fixed_dictionaries({}, optional=entries).flatmap(
        lambda made: st.permutations(list(made.items())).map(dict)
    )


@settings(max_examples=examples(240), deadline=None)
@given(st.data())
def test_first_sight_agrees_with_the_reference(data: st.DataObject) -> None:
    """Every field, questions included; it leaves to a closer look just what it has to."""
    ruleset = data.draw(rulesets(of=wide_domains))
    sight, reference = sight_of(ruleset), ReferenceExecutor(ruleset)
    for _ in range(3):
        state = data.draw(states(ruleset))
        answer, expected = sight.answer_of(state), reference.evaluate(state)
        if answer is None:
            disputed = any(known.conflicting for known in state.values())
            assert reference.conflicts(state) or (
                disputed and any(len(one.possible) > 1 for one in expected.verdicts.values())
            )
        else:
            assert answer == expected


@settings(max_examples=examples(240), deadline=None)
@given(st.data())
def test_a_plain_profile_is_read_as_it_is_looked_at_closely(data: st.DataObject) -> None:
    """From the values themselves to the answer: what is declined is not asked again."""
    ruleset = data.draw(rulesets(of=wide_domains))
    lanes = build(ruleset)
    sight = FirstSight(lanes)
    intake = Intake(ruleset, lanes.compiled.cells, lanes.compiled.order)
    for _ in range(3):
        profile = data.draw(plain(ruleset))
        cells = intake.cells(profile)
        assert cells is not None
        state = read_profile(ruleset, profile)
        assert sight.answer(cells) == sight.answer_of(state)
        if not ReferenceExecutor(ruleset).conflicts(state):
            assert sight.answer(cells) == lanes.evaluate(state)


def test_first_sight_of_the_policy(rijswijk: RuleSet) -> None:
    """The shipped policy goes in one bundle; each client gets what a closer look gives."""
    lanes = LanesExecutor(rijswijk)
    sight = FirstSight(lanes)
    assert len(sight._joint.bundles) == 1
    assert len(sight._joint._nodes) < 1_000
    closer = 0
    for profile in people(examples(200)):
        state = read_profile(rijswijk, profile)
        answer = sight.answer_of(state)
        closer += answer is None
        assert answer is None or answer == lanes.evaluate(state)
        assert answer is not None or lanes.inspect(state).conflicts
    assert closer > 0


def signals(number: int) -> RuleSet:
    """Make a rule set of which any one of many facts leads to the same outcome."""
    facts = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(number))
    rules = [
        Rule(f"r{n}", FactIs(f"f{n}", set_of_bits(2)), "x", BOTH, BOTH, GROUNDS)
        for n in range(number)
    ]
    rules.append(Rule("else", None, "y", BOTH, BOTH, GROUNDS))
    decision = Decision(
        "d", BOTH, (Outcome("x", BOTH, BOTH), Outcome("y", BOTH, BOTH)), tuple(rules)
    )
    return build_ruleset("many", facts=facts, decisions=(decision,))


def test_who_wins_is_asked_only_where_one_verdict_is_certain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bundles that tell nothing else are not walked for a client of whom too little is known."""
    ruleset = signals(60)
    sight, reference = sight_of(ruleset), LanesExecutor(ruleset)
    assert len(sight._joint.bundles) > 5
    walked: list[Bundle] = []

    def reach(joint: Joint, bundle: Bundle, cells: Sequence[int]) -> Word:
        walked.append(bundle)
        return plainly(joint, bundle, cells)

    plainly = Joint.reach
    monkeypatch.setattr(Joint, "reach", reach)
    for known, bundles in (({"f0": False}, 1), ({"f3": True}, len(sight._joint.bundles))):
        state = read_profile(ruleset, known)
        assert sight.answer_of(state) == reference.evaluate(state)
        assert len(walked) == bundles
        walked.clear()


@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_what_is_not_kept_is_worked_out_again(data: st.DataObject) -> None:
    """Answers do not depend on what is kept, and what is kept stays bounded."""
    ruleset = data.draw(rulesets(of=wide_domains))
    reference = build(ruleset)
    sight = FirstSight(reference, remember=1)
    for _ in range(4):
        state = data.draw(states(ruleset))
        assert sight.answer_of(state) in (None, reference.evaluate(state))
    sizes = [cache.cache_info().currsize for cache in (sight._settled, sight._raised)]
    for one in sight._decisions:
        sizes += [one._possible.cache_info().currsize, one._certain.cache_info().currsize]
    assert max(sizes) <= 1


def inspections() -> int:
    """Count what looks closer and is still there."""
    gc.collect()
    return sum(type(one) in (LanesInspection, Questions) for one in gc.get_objects())


def test_nothing_is_kept_of_a_client(rijswijk: RuleSet) -> None:
    """What is kept has no question in it, and questions hold no inspection once they are found."""
    before = inspections()
    lanes = LanesExecutor(rijswijk)
    sight = FirstSight(lanes)
    some = [sight.answer_of(read_profile(rijswijk, profile)) for profile in people(30)]
    verdicts = [verdict for one in some if one is not None for verdict in one.verdicts.values()]
    assert {verdict.missing for verdict in verdicts} > {()}
    settled = [verdict for verdict in verdicts if len(verdict.possible) == 1]
    assert {verdict._find_leads for verdict in settled} == {None}
    # An answer that is kept is given again as it is: one in which nothing is open.
    again = [sight.answer_of(read_profile(rijswijk, profile)) for profile in people(30)]
    for one, other in zip(some, again, strict=True):
        if one is not None:
            certain = all(len(verdict.possible) == 1 for verdict in one.verdicts.values())
            assert (one is other) == certain
    assert inspections() <= before
