"""An interview asks what is sensitive only where nothing less sensitive settles, and shows why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from executors.test_agreement import build
from generated import BOTH, GROUNDS, a_fact, build_ruleset, rulesets
from routeengine import DECLINED, Engine, OneOf, load_ruleset
from routeengine.errors import LanguageError
from routeengine.executors import grounds
from routeengine.executors.grounds import question_grounds, witness
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import FullProfile, ReferenceExecutor
from routeengine.executors.summary import worth
from routeengine.interview import Interview, best_question
from routeengine.profile import read_profile
from routeengine.result import Lead, Verdict
from routeengine.ruleset.conditions import All, Condition, FactIs, Not
from routeengine.ruleset.dependencies import couplings, evaluation_order
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Constraint, Decision, Fact, Outcome, Rule, RuleSet, Topic
from routeengine.testing.profiles import partial_profiles, profiles
from routeengine.value_set import ValueSet, single
from routeengine.verification import verify
from routeengine.verification.part_checks import sensitivity_tied

TIERS = st.sampled_from([None, 0, 0, 1, 2, 3])


@st.composite
def tiered(draw: st.DrawFn, *, tied: bool) -> RuleSet:
    """Draw a rule set with sensitivities; one for all that constraints tie, unless `tied`."""
    ruleset = draw(rulesets())
    build(ruleset)
    of = {fact.id: draw(TIERS) for fact in ruleset.facts}
    for coupling in couplings(ruleset) if not tied else ():
        of |= dict.fromkeys(coupling.facts, draw(TIERS))
    facts = tuple(replace(one, sensitivity=of[one.id], topic="t") for one in ruleset.facts)
    return replace(ruleset, facts=facts, topics=(Topic("t", BOTH),))


def full_profile(ruleset: RuleSet, profile: Mapping[str, Any]) -> FullProfile:
    """Decide a full profile by the definition."""
    numbers = {fact.id: fact.domain.index(profile[fact.id]) for fact in ruleset.facts}
    values = {name: number for name, number in numbers.items() if number is not None}
    assert len(values) == len(numbers)
    return FullProfile(ruleset, values).decide(evaluation_order(ruleset))


def hold(interview: Interview, ruleset: RuleSet) -> None:
    """Hold grounds against the definition, as anybody could."""
    grounds, question = interview.grounds, interview.question
    assert grounds is not None
    assert question is not None
    assert "first" not in repr(grounds)  # no client's values
    profiles = [full_profile(ruleset, one) for one in (grounds.first, grounds.second)]
    state, tier = read_profile(ruleset, interview.result.profile), ruleset.fact[question].tier
    for one in profiles:
        assert not any(one.holds(constraint.forbids) for constraint in ruleset.constraints)
        assert all(known.allowed & single(one.facts[name]) for name, known in state.items())
    assert len({one.verdicts[grounds.decision].key for one in profiles}) == 2
    for fact in ruleset.facts:
        if grounds.first[fact.id] != grounds.second[fact.id]:
            assert fact.tier >= tier


def hold_from_afar(interview: Interview, reference: ReferenceExecutor) -> None:
    """Hold every indirect question against the definition."""
    ruleset, profile = reference.ruleset, interview.result.profile
    state = read_profile(ruleset, profile)
    inspection = reference.inspect(state)
    for fact in interview.indirect:
        (coupling,) = (one.facts for one in couplings(ruleset) if fact in one.facts)
        assert not any(state[one].declined for one in coupling)
        assert not any(fact in inspection.matters(name) for name in ruleset.decision)
        narrowed = []
        for number in state[fact].allowed.numbers:
            less = read_profile(ruleset, {**profile, fact: ruleset.fact[fact].domain.value(number)})
            narrowed += [
                name
                for name, verdict in reference.evaluate(less).verdicts.items()
                if verdict.reason != "contradiction"
                and set(verdict.possible) < set(interview.result.verdicts[name].possible)
            ]
        # What the client did not know, by which it narrows.
        assert any(
            set(interview.result.verdicts[name].missing).intersection(coupling, interview.asked)
            for name in narrowed
        )


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_question_of_some_sensitivity_is_asked_just_where_it_is_needed(
    data: st.DataObject,
) -> None:
    """Where no constraint ties sensitivities: of a client who answers all, hindsight says the same.

    A fact as sensitive as that or more is asked if and only if all that is less sensitive leaves a
    decision open. And each question has grounds.
    """
    ruleset = data.draw(tiered(tied=False))
    client = data.draw(profiles(ruleset))
    interview, reference = Interview(Engine(ruleset), {}), ReferenceExecutor(ruleset)
    while (fact := interview.question) is not None:
        hold(interview, ruleset)
        interview = interview.answer(client[fact])
    for tier in (1, 2, 3):
        less = {one.id: client[one.id] for one in ruleset.facts if one.tier < tier}
        hindsight = reference.evaluate(read_profile(ruleset, less)).verdicts.values()
        needed = any(verdict.missing for verdict in hindsight)
        assert needed == any(ruleset.fact[one].tier >= tier for one in interview.asked)


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_question_is_the_least_sensitive_and_grounds_hold_wherever_they_are(
    data: st.DataObject,
) -> None:
    """Whatever constraints tie, and whatever is known in part or declined; and it ends.

    Each question was missing at that moment, or is indirect. What is missing alone, without a less
    sensitive fact, has grounds.
    """
    ruleset = data.draw(tiered(tied=True))
    reference = ReferenceExecutor(ruleset)
    start = data.draw(st.just({}) | partial_profiles(ruleset))
    interview, fact_of = Interview(Engine(ruleset), start), ruleset.fact
    while (fact := interview.question) is not None:
        assert fact not in interview.asked
        state = read_profile(ruleset, interview.result.profile)
        inspection = reference.inspect(state)
        verdicts = interview.result.verdicts.values()
        first = next((v for v in verdicts if set(v.missing) - {*interview.asked}), None)
        if first is None:
            assert interview.indirect[0] == fact
            hold_from_afar(interview, reference)
        else:
            assert interview.indirect == ()
            left = [one for one in first.missing if one not in interview.asked]
            assert fact_of[fact].tier == min(fact_of[one].tier for one in left)
            if inspection.differs(first.decision, frozenset([fact])) and not inspection.conflicts:
                assert interview.grounds is not None
        if interview.grounds is not None:
            hold(interview, ruleset)
        if data.draw(st.booleans()):
            interview = interview.answer(data.draw(st.sampled_from([None, DECLINED])))
        else:
            domain = ruleset.fact[fact].domain
            open_to = [domain.value(number) for number in state[fact].allowed.numbers]
            interview = interview.answer(data.draw(st.sampled_from(open_to)))
    assert interview.grounds is None
    assert interview.indirect == ()


def of_two(*facts: Fact, when: Condition, constraints: tuple[Constraint, ...] = ()) -> RuleSet:
    """Make a rule set with one decision: yes where a condition holds, and else no."""
    outcomes = tuple(Outcome(one, BOTH, BOTH) for one in ("yes", "no"))
    rules = (
        Rule("r_yes", when, "yes", BOTH, BOTH, GROUNDS),
        Rule("r_no", None, "no", BOTH, BOTH, GROUNDS),
    )
    decision = Decision("d", BOTH, outcomes, rules)
    return build_ruleset(
        "small",
        facts=facts,
        decisions=(decision,),
        constraints=constraints,
        topics=(Topic("one", BOTH), Topic("other", BOTH)),
    )


def yes(name: str) -> FactIs:
    """Return the condition that a boolean fact is true."""
    return FactIs(name, single(1))


def boolean(name: str, **said: Any) -> Fact:
    """Make a boolean fact."""
    return replace(a_fact(name, BooleanDomain()), **said)


def tie(name: str, *parts: Condition) -> Constraint:
    """Make a constraint: these do not go together."""
    return Constraint(name, All(parts), BOTH, GROUNDS)


def test_the_topic_of_the_last_question_comes_first_among_equals() -> None:
    """And nothing but equals: what is less sensitive, or settles more, still comes before it."""
    facts = (
        boolean("a", topic="other"),
        boolean("b", topic="one"),
        boolean("c", topic="other"),
        boolean("d0", sensitivity=2, topic="other"),
    )
    ruleset = of_two(*facts, when=All(tuple(yes(fact.id) for fact in facts)))
    start = Interview(Engine(ruleset), {})
    assert start.result.verdicts["d"].missing == ("a", "b", "c", "d0")
    talk, order = start, []
    while (fact := talk.question) is not None:
        order.append(fact)
        talk = talk.answer(True)
    assert order == ["a", "c", "b", "d0"]
    verdict = start.result.verdicts["d"]
    assert best_question(ruleset, verdict) == "a"
    assert best_question(ruleset, verdict, last="b") == "b"
    assert best_question(ruleset, verdict, ["b"], last="b") == "a"
    assert best_question(ruleset, verdict, ["a", "b", "c", "d0"]) is None
    better = Lead(single(0), ("yes",))
    leads = {"a": (better,), "b": (Lead(single(0), ("yes", "no")),)}
    said = Verdict("d", "insufficient", _find_leads=lambda: leads)
    assert worth(leads["a"]) < worth(leads["b"])
    assert best_question(ruleset, said, last="b") == "a"


def test_grounds_are_of_the_whole_rule_set() -> None:
    """Facts that the decision does not read are filled in, where the constraints allow."""
    facts = (
        boolean("a", sensitivity=1),
        boolean("p"),
        boolean("q"),
        a_fact("n", IntegerDomain(3, 9)),
    )
    apart = tie("k", Not(yes("p")), Not(yes("q")))
    from_five = FactIs("n", ValueSet.of(range(2, 7)))
    ruleset = of_two(*facts, when=All((yes("a"), from_five)), constraints=(apart,))
    talk = Interview(Engine(ruleset), {"n": OneOf([7, 8])})
    hold(talk, ruleset)
    assert talk.grounds is not None
    assert talk.grounds.first["n"] == talk.grounds.second["n"] == 7
    assert talk.grounds.decision == "d"
    # What was answered clashes, though the decision does not read it: no full profile agrees.
    clash = Interview(Engine(ruleset), {"p": False, "q": False, "n": 7})
    assert (clash.question, clash.grounds) == ("a", None)


def test_where_a_constraint_ties_sensitivities_there_may_be_no_grounds() -> None:
    """What matters only along with a less sensitive fact has none; `check` tells the constraint."""
    equal = (tie("k0", yes("a"), Not(yes("b"))), tie("k1", yes("b"), Not(yes("a"))))
    facts = boolean("a"), boolean("b", sensitivity=1)
    ruleset = of_two(*facts, when=All((yes("a"), yes("b"))), constraints=equal)
    start = Interview(Engine(ruleset), {})
    assert set(start.result.verdicts["d"].missing) == {"a", "b"}
    assert start.question == "a"
    hold(start, ruleset)
    asked = start.answer(None)
    assert (asked.question, asked.grounds) == ("b", None)


def test_what_is_too_large_has_no_grounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather none than any that might not hold."""
    facts = tuple(boolean(name) for name in "abpq")
    apart = tie("k", Not(yes("p")), Not(yes("q")))
    ruleset = of_two(*facts, when=All((yes("a"), yes("b"))), constraints=(apart,))
    state = read_profile(ruleset, {})
    assert question_grounds(LanesExecutor(ruleset).inspect(state), "d", "a") is not None
    seen = set()
    for budget in range(3, 30):
        found = question_grounds(LanesExecutor(ruleset, budget, budget).inspect(state), "d", "a")
        seen.add(found is None)
        if found is not None:
            first, second = found
            assert [name for name in first if first[name] != second[name]] == ["a"]
    assert seen == {True, False}
    monkeypatch.setattr(grounds, "MAX_STEPS", 1)
    assert question_grounds(LanesExecutor(ruleset).inspect(state), "d", "a") is None


def test_a_witness_is_what_is_wanted_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It agrees with what is known; none is found of what cannot be, or of rules too large."""
    facts = tuple(boolean(name) for name in "abpq")
    apart = tie("k", Not(yes("p")), Not(yes("q")))
    ruleset = of_two(*facts, when=All((yes("a"), yes("b"))), constraints=(apart,))
    state = read_profile(ruleset, {"a": True, "q": False})
    look = LanesExecutor(ruleset).inspect(state)
    for outcome in ("yes", "no"):
        full = witness(look, "d", outcome.__eq__)
        assert full is not None
        assert (full["a"], full["p"], full["q"]) == (1, 1, 0)
        assert FullProfile(ruleset, full).decide().verdicts["d"].outcome == outcome
    assert witness(look, "d", "review".__eq__) is None
    assert witness(LanesExecutor(ruleset, 3, 3).inspect(state), "d", "yes".__eq__) is None
    monkeypatch.setattr(grounds, "MAX_STEPS", 1)
    assert witness(look, "d", "yes".__eq__) is None


def test_what_tells_nothing_of_it_is_not_asked_from_afar() -> None:
    """A constraint may tie a fact to what was not known, and no answer says more of that."""
    facts = boolean("aside"), boolean("ill_long"), boolean("ill")
    implies = tie("k", yes("ill_long"), Not(yes("ill")))
    either = tie("m", Not(yes("aside")), Not(yes("ill")))
    ruleset = of_two(*facts, when=yes("ill_long"), constraints=(implies, either))
    unsure = Interview(Engine(ruleset), {}).answer(None)
    assert (unsure.question, unsure.indirect) == ("ill", ("ill",))


def test_what_the_client_did_not_know_is_asked_for_from_afar() -> None:
    """By a constraint, last; and never where constraints tie it to what was declined."""
    facts = boolean("ill_long"), boolean("ill"), boolean("other")
    implies = tie("k", yes("ill_long"), Not(yes("ill")))
    ruleset = of_two(*facts, when=All((yes("ill_long"), yes("other"))), constraints=(implies,))
    start = Interview(Engine(ruleset), {})
    assert (start.question, start.indirect) == ("ill_long", ())
    unsure = start.answer(None)
    assert (unsure.question, unsure.indirect) == ("other", ())
    unsure = unsure.answer(True)
    assert unsure.result.verdicts["d"].missing == ("ill_long",)
    assert (unsure.question, unsure.indirect) == ("ill", ("ill",))
    hold(unsure, ruleset)
    settled = unsure.answer(False)
    assert settled.result.verdicts["d"].outcome == "no"
    assert settled.question is None
    assert unsure.answer(True).question is None
    refused = start.decline().answer(True)
    assert (refused.question, refused.indirect) == (None, ())


def test_an_interview_tells_how_many_facts_it_asked(engine: Engine) -> None:
    """In Dutch and English; health and the like apart."""
    start = Interview(engine, {})
    assert start.asked_in_words("en") == "asked 0 of 24; 0 about health and the like"
    end = start.answer("wsp")
    assert end.asked_in_words() == "1 van 24 gevraagd; 0 over gezondheid en dergelijke"
    health = Interview(engine, {}, asked=["addiction", "rung"])
    assert health.asked_in_words("en") == "asked 2 of 24; 1 about health and the like"
    with pytest.raises(LanguageError):
        start.asked_in_words("fr")


def test_sensitivity_has_a_default() -> None:
    """What is said, also 0 of a special category; else 1 for that and 0 for the others."""
    assert [
        boolean("a").tier,
        boolean("a", special_category=True).tier,
        boolean("a", special_category=True, sensitivity=0).tier,
        boolean("a", sensitivity=3).tier,
    ] == [0, 1, 0, 3]


def test_check_tells_which_constraints_tie_facts_of_different_sensitivity() -> None:
    """As a note; none does in the shipped policy."""
    facts = boolean("a"), boolean("b", special_category=True), boolean("c", sensitivity=1)
    both, alike = tie("both", yes("a"), yes("b")), tie("alike", yes("b"), yes("c"))
    when = All(tuple(yes(one.id) for one in facts))
    ruleset = of_two(*facts, when=when, constraints=(both, alike))
    (note,) = sensitivity_tied(ruleset)
    assert note in verify(ruleset).findings
    assert (note.kind, note.severity, note.about) == ("sensitivity_tied", "note", ("both",))
    assert note.message == (
        "constraint `both` ties facts of different sensitivity: `a` (0), `b` (1)"
    )
    assert not list(sensitivity_tied(load_ruleset("rijswijk-2023")))


@pytest.mark.gate
@settings(max_examples=examples(50), deadline=None)
@given(tiered(tied=True))
def test_what_is_said_of_interviews_goes_through_a_record_and_moves_no_meaning(
    ruleset: RuleSet,
) -> None:
    """Sensitivities and topics come back from a record, and the meaning is what it was."""
    engine = Engine(ruleset)
    record = engine.record(engine.classify({}), datetime(2024, 5, 1, tzinfo=UTC))
    assert record.body.rules == ruleset
    plain = replace(
        ruleset,
        facts=tuple(replace(one, sensitivity=None, topic=None) for one in ruleset.facts),
        topics=(),
    )
    assert meaning_digest(plain) == meaning_digest(ruleset)
    assert whole_digest(plain) != whole_digest(ruleset)
