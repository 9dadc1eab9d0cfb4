"""The evaluator asks what an interview asks, names what an explanation names, and asks in bands."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.made import a_possible_ruleset
from examples import examples
from generated import BOTH, GROUNDS, build_ruleset
from money import MONEY
from portable.test_artefact import SEED, a_profile, artefact, evaluated
from routeengine import Engine, load_ruleset
from routeengine.interview import Interview
from routeengine.ruleset.conditions import All, FactIs, Not
from routeengine.ruleset.domains import BooleanDomain, RangeDomain
from routeengine.ruleset.model import Constraint, Decision, Fact, Outcome, Rule, RuleSet, Topic
from routeengine.value_set import ValueSet, single


def tiered(draw: random.Random, ruleset: RuleSet, tiers: Sequence[int | None]) -> RuleSet:
    """Return a rule set of which some facts are sensitive, and which speaks of two topics."""
    facts = [
        replace(fact, sensitivity=draw.choice(tiers), topic=draw.choice([None, "a", "b"]))
        for fact in ruleset.facts
    ]
    topics = tuple(Topic(name, ruleset.title) for name in ("a", "b"))
    return replace(ruleset, facts=tuple(facts), topics=topics)


def made(draw: random.Random) -> RuleSet:
    """Make a rule set with facts of any sensitivity."""
    return tiered(draw, a_possible_ruleset(draw), [None, 0, 1, 1, 3])


def shipped(draw: random.Random) -> RuleSet:
    """Give the shipped rule set with topics."""
    return tiered(draw, load_ruleset("rijswijk-2023"), [None])


def half_known(draw: random.Random, ruleset: RuleSet) -> dict[str, Any]:
    """Make what is known of a client: of some facts something, of the others nothing."""
    return {name: known for name, known in a_profile(draw, ruleset).items() if draw.random() < 0.6}


Task = tuple[Engine, list[tuple[dict[str, Any], list[str]]], list[dict[str, Any]]]


def tasks(make: Callable[[random.Random], RuleSet], rulesets: int, each: int) -> Iterator[Task]:
    """Yield engines with what was known and asked, and what the evaluator says of that."""
    draw, engines = (
        random.Random(SEED),
        list[tuple[Engine, list[tuple[dict[str, Any], list[str]]]]](),
    )
    for _ in range(rulesets):
        ruleset = make(draw)
        names = [fact.id for fact in ruleset.facts]
        known = [half_known(draw, ruleset) for _ in range(each)]
        asked = [draw.sample(names, draw.randrange(len(names))) for _ in known]
        engines.append((Engine(ruleset), list(zip(known, asked, strict=True))))
    told = evaluated(
        {
            "artefact": artefact(engine.ruleset),
            "asking": [{"profile": profile, "asked": asked} for profile, asked in some],
        }
        for engine, some in engines
    )
    for (engine, some), answers in zip(engines, told, strict=True):
        yield engine, some, answers


RULES: list[tuple[Callable[[random.Random], RuleSet], int, int]] = [
    (made, examples(300), 8),
    (shipped, 1, examples(400)),
    (lambda _: MONEY, 1, examples(100)),
]


@pytest.mark.gate
@pytest.mark.parametrize(("make", "rulesets", "each"), RULES, ids=["made", "shipped", "money"])
def test_it_asks_as_an_interview_does(
    make: Callable[[random.Random], RuleSet], rulesets: int, each: int
) -> None:
    """The same question about the same decision, whatever is known and was asked; or none."""
    for engine, some, answers in tasks(make, rulesets, each):
        for (profile, asked), told in zip(some, answers, strict=True):
            interview = Interview(engine, profile, asked=asked)
            decision, fact = interview._next
            assert told["next"] == (fact and {"decision": decision, "fact": fact})


@pytest.mark.gate
def test_a_topic_goes_on_where_questions_are_equally_good() -> None:
    """After a question on housing one on the family follows, and money comes later."""
    ruleset = shipped(random.Random(SEED))
    of = {"finances": "a", "housing": "b", "family": "b"}
    facts = tuple(replace(fact, topic=of.get(fact.id)) for fact in ruleset.facts)
    engine = Engine(replace(ruleset, facts=facts))
    known = {"rung": 1, "receives_benefit": True, "current_service": "participation",
        "able_to_participate": True, "at_maximum": False, "can_start_soon": False,
        "willing": True}  # fmt: skip
    asking: list[dict[str, Any]] = [
        {"profile": known, "asked": [*known, *last]} for last in ((), ("housing",))
    ]
    (told,) = evaluated([{"artefact": artefact(engine.ruleset), "asking": asking}])
    asked = [Interview(engine, one["profile"], asked=one["asked"]).question for one in asking]
    assert [one["next"]["fact"] for one in told] == asked == ["finances", "family"]


@pytest.mark.gate
def test_nobody_is_asked_round_a_refusal() -> None:
    """What a constraint makes tell of a fact that was not known is asked, and of a refusal not."""
    ruleset = load_ruleset("rijswijk-2023")
    names = [fact.id for fact in ruleset.facts]
    known: dict[str, Any] = {
        **{name: False for name, fact in ruleset.fact.items() if fact.kind == "boolean"},
        **{name: "none" for name, fact in ruleset.fact.items() if fact.kind == "category"},
        "rung": 1, "receives_benefit": True, "current_service": "participation",
        "prognosis_months": 60, "physical_health": None,
    }  # fmt: skip
    cases = [({**known, "physical_health_long_term": one}, [name for name in names
        if name != "physical_health"]) for one in (None, {"declined": True})]  # fmt: skip
    (told,) = evaluated(
        [{"artefact": artefact(ruleset), "asking": [{"profile": p, "asked": a} for p, a in cases]}]
    )
    engine = Engine(ruleset)
    asked = [Interview(engine, profile, asked=asked).question for profile, asked in cases]
    assert [one["next"] and one["next"]["fact"] for one in told] == asked
    assert asked == ["physical_health", None]


def test_what_clashes_is_no_reason() -> None:
    """Of a decision that reads none of what clashes the reason is as if that were not known.

    Here a constraint ties what it reads to two facts of which another says they clash.
    """
    facts = tuple(Fact(name, BooleanDomain(), BOTH, BOTH, BOTH) for name in ("p", "q", "r"))
    yes = {fact.id: FactIs(fact.id, single(1)) for fact in facts}
    ruleset = build_ruleset(
        "clash",
        facts=facts,
        decisions=(Decision("d", BOTH, (Outcome("yes", BOTH, BOTH), Outcome("no", BOTH, BOTH)), (
            Rule("r_yes", yes["p"], "yes", BOTH, BOTH, GROUNDS),
            Rule("r_no", Not(yes["p"]), "no", BOTH, BOTH, GROUNDS),
        )),),
        constraints=(
            Constraint("qr", All((yes["q"], yes["r"])), BOTH, GROUNDS),
            Constraint("pq", All((yes["p"], Not(yes["q"]))), BOTH, GROUNDS),
        ),
    )  # fmt: skip
    asking = [{"profile": {"p": False, "q": True, "r": True}, "asked": []}]
    (told,) = evaluated([{"artefact": artefact(ruleset), "asking": asking}])
    assert told[0]["conflicts"] == [["q", "r"]]
    assert told[0]["because"] == {"d": ["p"]}


@pytest.mark.gate
@pytest.mark.parametrize(("make", "rulesets", "each"), RULES, ids=["made", "shipped", "money"])
def test_a_reason_names_as_few_sensitive_facts_as_it_can(
    make: Callable[[random.Random], RuleSet], rulesets: int, each: int
) -> None:
    """The same sensitive facts on a page and in an explanation; and nothing can be left out."""
    for engine, some, answers in tasks(make, rulesets, each):
        tier = {fact.id: fact.tier for fact in engine.ruleset.facts}
        for (profile, _), told in zip(some, answers, strict=True):
            result = engine.classify(profile)
            why = engine.explain(result).why
            for name, verdict in result.verdicts.items():
                if verdict.reason == "contradiction":
                    assert set(verdict.conflict) <= {
                        one for some in told["conflicts"] for one in some
                    }
                    continue
                because = told["because"][name]
                assert [one for one in because if tier[one]] == [
                    one for one in why[name].because if tier[one]
                ]
                for left_out in (None, *because):
                    less = {one: profile[one] for one in because if one != left_out}
                    same = engine.classify(less).verdicts[name].possible == verdict.possible
                    assert same is (left_out is None)


@pytest.mark.gate
@pytest.mark.parametrize(("make", "rulesets", "each"), RULES, ids=["made", "shipped", "money"])
def test_values_of_one_band_lead_to_the_same(
    make: Callable[[random.Random], RuleSet], rulesets: int, each: int
) -> None:
    """A band is known as well as any number in it; all bands together are all numbers."""
    merged = 0
    for engine, some, answers in tasks(make, rulesets, each):
        cells = engine.lanes.compiled.cells.of
        for (profile, _), told in zip(some, answers, strict=True):
            for fact in engine.ruleset.facts:
                domain, bands = fact.domain, told["bands"][fact.id]
                if not isinstance(domain, RangeDomain) or profile.get(fact.id) is not None:
                    continue
                assert ValueSet.of_runs(map(tuple, bands)) == domain.full
                if told["conflicts"]:
                    continue
                for first, last in bands:
                    ends = [domain.value(end) for end in (first, last)]
                    whole = _said(engine, {**profile, fact.id: {"between": ends}})
                    starts = [max(run[0], first) for cell in cells[fact.id] for run in cell.runs
                        if run[0] <= last and run[1] >= first]  # fmt: skip
                    merged += len(starts) > 1
                    for start in (*starts, last):
                        assert _said(engine, {**profile, fact.id: domain.value(start)}) == whole
    assert merged or make is not shipped


def _said(engine: Engine, profile: Mapping[str, Any]) -> Any:
    """Give all that an answer says; of clashes what clashes."""
    result = engine.classify(profile)
    return result.verdicts, result.flags, result.flags_possible
