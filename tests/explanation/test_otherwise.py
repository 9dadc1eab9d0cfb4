"""A fact that may stand in for origin: what the answer would be if it were otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from explanation.explained import Case, cases
from explanation.test_golden import profile
from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine import Engine
from routeengine.executors.lanes import LanesExecutor
from routeengine.explanation import LANGUAGES, Explanation
from routeengine.explanation.facts import MAX_OTHERS
from routeengine.explanation.page.client import client_page
from routeengine.explanation.page.evidence import facts_table
from routeengine.explanation.page.staff import StaffVoice
from routeengine.profile import Known, OneOf
from routeengine.result import Verdict
from routeengine.ruleset.conditions import All, Condition, FactIs
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet
from routeengine.ruleset.wording import DecisionWording, FactWording, OutcomeWording, Wording
from routeengine.value_set import set_of_bits

P, Q = FactIs("p", set_of_bits(0b10)), FactIs("q", set_of_bits(0b10))


@st.composite
def with_proxies(draw: st.DrawFn) -> Case:
    """Draw a case of which each fact may stand in for origin, or not."""
    case = draw(cases())
    facts = tuple(replace(one, possible_proxy=draw(st.booleans())) for one in case.ruleset.facts)
    ruleset = replace(case.ruleset, facts=facts)
    return Case(ruleset, case.state, LanesExecutor(ruleset))


def ends(verdict: Verdict) -> tuple[str, ...]:
    """Return what a decision comes to, as an explanation names it."""
    if verdict.status == "review":
        return verdict.candidates
    return () if verdict.status == "not_applicable" else verdict.possible


@pytest.mark.gate
@settings(max_examples=examples(200), deadline=None)
@given(with_proxies())
def test_it_is_what_the_engine_says(case: Case) -> None:
    """Every other value of every such fact, each once, and all else as it is known."""
    explanation = case.explain()
    for fact in case.ruleset.facts:
        node, known = explanation.facts[fact.id], case.state[fact.id]
        silent = known.declined or known.conflicting or known.allowed == fact.domain.full
        if not fact.possible_proxy or silent:
            assert node.otherwise == ()
            continue
        seen = list[object]()
        for one in node.otherwise:
            for first, last in one.ranges:
                numbers = [fact.domain.index(first) or 0, fact.domain.index(last) or 0]
                for number in range(numbers[0], numbers[1] + 1):
                    seen.append(number)
                    state = {**case.state, fact.id: Known(set_of_bits(1 << number))}
                    verdicts = case.executor.evaluate(state).verdicts
                    assert [
                        (each.decision, each.status, each.reason, each.outcomes, each.exact)
                        for each in one.verdicts
                    ] == [
                        (name, each.status, each.reason, ends(each), each.exact)
                        for name, each in verdicts.items()
                    ]
        others = [n for n in range(fact.domain.size) if n not in known.allowed]
        assert sorted(map(str, seen)) == sorted(map(str, others))


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(with_proxies())
def test_it_survives_json_and_masks_nothing_away(case: Case) -> None:
    """It is read back as it was; where health is hidden it is gone, for it depends on all facts."""
    first, *rest = case.ruleset.facts
    ruleset = replace(case.ruleset, facts=(replace(first, special_category=True), *rest))
    explanation = Case(ruleset, case.state, LanesExecutor(ruleset)).explain()
    assert Explanation.from_dict(explanation.to_dict()) == explanation
    assert all(one.otherwise == () for one in explanation.masked().facts.values())
    short = Explanation.model_validate_json(explanation.model_dump_json(short=True))
    assert all(one.otherwise == () for one in short.facts.values())


@pytest.mark.gate
@settings(max_examples=examples(100), deadline=None)
@given(with_proxies(), st.sampled_from(LANGUAGES))
def test_each_other_value_has_its_sentence(case: Case, language: str) -> None:
    """On the pages of clients and of staff, where the fact stands at all."""
    explanation = case.explain(language)
    account = client_page(explanation).account
    assert account is not None
    tables = [account.facts, facts_table(StaffVoice(explanation))]
    start = {"nl": "Stel: ", "en": "Suppose: "}[language]
    for table in filter(None, tables):
        shown = {fact for row in table.rows for fact in row.facts}
        told = " ".join(table.notes)
        assert told.count(start) == sum(len(explanation.facts[one].otherwise) for one in shown)


def explained(ruleset: RuleSet, **known: object) -> str:
    """Return what a client reads of what some facts do."""
    account = client_page(Engine(ruleset).explain(known, "en"), ruleset).account
    assert account is not None
    assert account.facts is not None
    return " ".join(account.facts.notes)


def a_ruleset(*rules: Rule) -> RuleSet:
    """Make a rule set in which the first fact may stand in for origin."""
    p, q = (a_fact(name, BooleanDomain()) for name in "pq")
    outcomes = (Outcome("A", BOTH, BOTH), Outcome("B", BOTH, BOTH))
    decision = Decision("d", BOTH, outcomes, rules)
    return build_ruleset("two", facts=(replace(p, possible_proxy=True), q), decisions=(decision,))


def a_rule(name: str, when: Condition, then: str | Review) -> Rule:
    """Make a rule."""
    return Rule(name, when, then, BOTH, BOTH, GROUNDS)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, "With today’s facts, the answer would then be: route B."),
        (
            {"willing": None},
            "With today’s facts, it could then be: route B or a talk with your",
        ),
        (
            {"willing": False},
            "looking together with your consultant at whether this fits: route B.",
        ),
        (
            {"able_to_participate": False, "can_start_soon": True},
            "With today’s facts, the answer would then be: first work out what is right.",
        ),
    ],
    ids=["decided", "open", "one to look at", "clash"],
)
def test_what_the_advice_would_be_for_who_is_served_by_another(
    rijswijk: RuleSet, engine: Engine, change: dict[str, object], answer: str
) -> None:
    """Were a participation consultant to serve a client of the employer service point."""
    known = {**profile(rijswijk, "debts_and_depression_willing"), "current_service": "wsp"}
    explanation = engine.explain({**known, **change}, "en")
    text = " ".join(explanation.to_text().split())
    assert "Suppose: a participation consultant serves you. " in text
    assert answer in text.split("a participation consultant serves you. ")[1]
    assert "Suppose: you belong to the interim group. With today’s facts, the answer would" in text
    pages = explanation.to_html(audience="consultant"), explanation.to_html(audience="auditor")
    for page in pages:
        assert "Suppose: ‘current service: participation consultant’." in page
        assert "Current service: the client reads: ‘This fact can say something" in page


def test_a_client_on_a_route_reads_what_the_fact_would_close(
    rijswijk: RuleSet, engine: Engine
) -> None:
    """No route, and what is found instead."""
    known = profile(rijswijk, "debts_and_depression_willing")
    text = " ".join(engine.explain(known, "nl").to_text().split())
    assert (
        "Stel: het Werkgeversservicepunt (WSP) begeleidt u. Dan is het antwoord met de gegevens "
        "van nu: geen route. Het Werkgeversservicepunt (WSP) helpt u." in text
    )


@pytest.mark.parametrize(
    ("rules", "known"),
    [
        ((a_rule("a", Q, "A"),), {"q": True}),
        ((a_rule("a", Q, "A"), a_rule("b", FactIs("q", set_of_bits(0b01)), "B")), {}),
        ((a_rule("r", Q, Review(("A", "B"))),), {"q": True}),
        ((a_rule("r", Q, Review(())),), {"q": True}),
    ],
    ids=["decided", "open", "a choice", "a talk"],
)
def test_a_fact_that_changes_nothing_is_told_to_change_nothing(
    rules: tuple[Rule, ...], known: dict[str, object]
) -> None:
    """Whatever the answer is: a decision that reads it need not turn on it."""
    idle = a_rule("idle", All((P, FactIs("p", set_of_bits(0b01)))), "B")
    told = explained(a_ruleset(*rules, idle), p=True, **known)
    assert "no’. With today’s facts, the answer would stay the same." in told


@pytest.mark.parametrize(
    ("candidates", "told"),
    [
        (("A", "B"), "a choice together with the staff member between words A or B."),
        (("A",), "looking together with the staff member at whether this fits: words A."),
        ((), "a talk with the staff member first."),
    ],
)
def test_people_may_choose_from_some_or_from_nothing(
    candidates: tuple[str, ...], told: str
) -> None:
    """From two outcomes, whether one fits, or from nothing that was said before."""
    review = a_rule("r", FactIs("p", set_of_bits(0b01)), Review(candidates))
    said = explained(a_ruleset(a_rule("a", P, "A"), review), p=True)
    assert f"With today’s facts, the answer would then be: {told}" in said


def test_what_a_rule_set_says_of_a_yes_or_a_no_is_said() -> None:
    """The claim, the denial; and a finding that has no statement goes by its name."""
    ruleset = a_ruleset(a_rule("a", P, "A"), a_rule("b", FactIs("p", set_of_bits(0b01)), "B"))
    fact = FactWording("p", claim={"en": "You live here"}, denial={"en": "You live elsewhere"})
    said = replace(ruleset, wording=Wording(facts=(fact,)))
    assert "Suppose: you live elsewhere. With" in explained(said, p=True)
    assert "Suppose: you live here. With" in explained(said, p=False)
    found = DecisionWording("d", kind="finding", quiet="A")
    one = replace(ruleset, wording=Wording(decisions=(found,)))
    assert "the answer would then be: Words B – words." in explained(one, p=True)
    assert "the answer would then be: words A." in explained(one, p=False)
    closed = replace(one.decisions[0], applies_when=P)
    shut = replace(one, decisions=(closed,))
    assert "the answer would then be: does not apply at the moment." in explained(shut, p=True)
    outcome = OutcomeWording("B", statement={"en": "You are B."})
    two = replace(one, wording=Wording(decisions=(replace(found, outcomes=(outcome,)),)))
    assert "the answer would then be: You are B." in explained(two, p=True)


def test_of_many_other_values_nothing_is_worked_out() -> None:
    """Nobody reads so many sentences."""
    ages = replace(a_fact("age", IntegerDomain(0, 30)), possible_proxy=True)
    rules = tuple(
        a_rule(f"r{n}", FactIs("age", set_of_bits(1 << n)), "A") for n in range(MAX_OTHERS + 2)
    )
    decision = Decision("d", BOTH, (Outcome("A", BOTH, BOTH),), rules)
    engine = Engine(build_ruleset("ages", facts=(ages,), decisions=(decision,)))
    assert engine.explain({"age": 1}).facts["age"].otherwise == ()
    few = OneOf(list(range(3, 31)))
    assert len(engine.explain({"age": few}).facts["age"].otherwise) == 3
