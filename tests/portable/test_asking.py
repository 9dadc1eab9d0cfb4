"""The evaluator asks what an interview asks, names what an explanation names, and asks in rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from conformance.made import a_possible_ruleset
from examples import examples
from money import MONEY
from portable.test_artefact import SEED, a_profile, artefact, evaluated
from routeengine import Engine, load_ruleset
from routeengine.interview import Interview
from routeengine.ruleset.domains import RangeDomain
from routeengine.ruleset.model import RuleSet, Topic
from routeengine.value_set import ValueSet


def tiered(draw: random.Random) -> RuleSet:
    """Make a rule set of which some facts are sensitive, and some are of one topic."""
    ruleset = a_possible_ruleset(draw)
    facts = tuple(
        replace(
            fact,
            sensitivity=draw.choice([None, 0, 1, 1, 3]),
            topic=draw.choice([None, "a", "b"]),
        )
        for fact in ruleset.facts
    )
    return replace(ruleset, facts=facts, topics=(Topic("a", {"en": "a"}), Topic("b", {"en": "b"})))


def shipped(_: random.Random) -> RuleSet:
    """Give the shipped rule set."""
    return load_ruleset("rijswijk-2023")


def half_known(draw: random.Random, ruleset: RuleSet) -> dict[str, Any]:
    """Make what is known of a client: of some facts something, of the others nothing."""
    return {name: known for name, known in a_profile(draw, ruleset).items() if draw.random() < 0.6}


Task = tuple[Engine, list[tuple[dict[str, Any], list[str]]], list[dict[str, Any]]]


def tasks(make: Callable[[random.Random], RuleSet], rulesets: int, each: int) -> Iterator[Task]:
    """Yield engines with what was known and asked, and what the evaluator says of that."""
    draw, made = random.Random(SEED), list[tuple[Engine, list[tuple[dict[str, Any], list[str]]]]]()
    for _ in range(rulesets):
        ruleset = make(draw)
        names = [fact.id for fact in ruleset.facts]
        known = [half_known(draw, ruleset) for _ in range(each)]
        asked = [draw.sample(names, draw.randrange(len(names))) for _ in known]
        made.append((Engine(ruleset), list(zip(known, asked, strict=True))))
    told = evaluated(
        {
            "artefact": artefact(engine.ruleset),
            "asking": [{"profile": profile, "asked": asked} for profile, asked in some],
        }
        for engine, some in made
    )
    for (engine, some), answers in zip(made, told, strict=True):
        yield engine, some, answers


RULES: list[tuple[Callable[[random.Random], RuleSet], int, int]] = [
    (tiered, examples(300), 8),
    (shipped, 1, examples(400)),
    (lambda _: MONEY, 1, examples(100)),
]


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


@pytest.mark.parametrize(("make", "rulesets", "each"), RULES, ids=["made", "shipped", "money"])
def test_values_of_one_row_lead_to_the_same(
    make: Callable[[random.Random], RuleSet], rulesets: int, each: int
) -> None:
    """A row of numbers is known as well as any number in it; all rows together are all numbers."""
    merged = 0
    for engine, some, answers in tasks(make, rulesets, each):
        cells = engine.lanes.compiled.cells.of
        for (profile, _), told in zip(some, answers, strict=True):
            for fact in engine.ruleset.facts:
                domain, rows = fact.domain, told["bands"][fact.id]
                if not isinstance(domain, RangeDomain) or profile.get(fact.id) is not None:
                    continue
                assert ValueSet.of_runs(map(tuple, rows)) == domain.full
                if told["conflicts"]:
                    continue
                for first, last in rows:
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
