"""The rule files say what the policy says, by the word of a second, hand-written reading."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from policy.clients import FACTS, Client, clients, made_consistent, random_client
from policy.oracle import Verdict as ExpectedVerdict
from policy.oracle import classify, contradicted
from routeengine import Engine, Result, RuleSet

DECISIONS = ("scope", "route", "path")


def seen(result: Result, decision: str) -> ExpectedVerdict:
    """Give a verdict of the library in the form of the hand-written reading."""
    verdict = result.verdicts[decision]
    return ExpectedVerdict(
        verdict.status,
        verdict.outcome,
        verdict.rule,
        verdict.reason,
        verdict.candidates,
        frozenset(verdict.conflict),
    )


def check(engine: Engine, client: Client) -> Result:
    """Check every field of every verdict, and the flags, of one client; give the result."""
    result, expected = engine.classify(client), classify(client)
    for decision in DECISIONS:
        assert seen(result, decision) == getattr(expected, decision)
    assert frozenset(result.flags) == expected.flags
    assert result.flags_possible == ()
    return result


def test_the_rule_set_has_just_the_facts_of_the_policy(ruleset: RuleSet) -> None:
    """The facts and their order are the policy's, and every value tried is in a fact's domain."""
    assert [fact.id for fact in ruleset.facts] == list(FACTS)
    for fact in ruleset.facts:
        assert all(fact.domain.index(value) is not None for value in FACTS[fact.id])


@settings(max_examples=examples(500), deadline=None)
@given(client=clients())
def test_any_client(engine: Engine, client: Client) -> None:
    """Verdicts, rules, reasons, candidates and flags are those of the hand-written reading."""
    check(engine, client)


@settings(max_examples=examples(500), deadline=None)
@given(client=clients().map(made_consistent))
def test_consistent_clients_leave_nothing_over(engine: Engine, client: Client) -> None:
    """Where no fact contradicts another, each decision that applies is answered by one rule."""
    assert not contradicted(client)
    for verdict in check(engine, client).verdicts.values():
        if verdict.status != "not_applicable":
            assert len(verdict.rules) == 1
            assert verdict.reason in {None, "rule"}


@pytest.mark.gate
def test_thousands_of_clients(ruleset: RuleSet, engine: Engine) -> None:
    """On ten thousand clients the answer is the hand-written one, and every rule is met."""
    random = Random(2023)
    met: Counter[str | None] = Counter()
    for turn in range(10_000):
        client = random_client(random)
        result = check(engine, made_consistent(client) if turn % 4 else client)
        met.update(verdict.rule for verdict in result.verdicts.values())
    assert set(ruleset.rule) <= set(met)


@pytest.mark.gate
def test_the_reference_evaluator(ruleset: RuleSet) -> None:
    """The evaluator that defines what rules mean gives the hand-written answer too."""
    engine = Engine(ruleset, executor="reference")
    random = Random(23048582)
    for _ in range(200):
        check(engine, made_consistent(random_client(random)))
    for _ in range(20):
        check(engine, random_client(random))


@settings(max_examples=examples(300), deadline=None)
@given(client=clients().map(made_consistent), hidden=st.sets(st.sampled_from(list(FACTS))))
def test_unknown_facts_never_hide_the_right_answer(
    engine: Engine, client: Client, hidden: set[str]
) -> None:
    """Whichever facts are unknown, the hand-written answer to the whole client stays possible."""
    known = {fact: value for fact, value in client.items() if fact not in hidden}
    result, expected = engine.classify(known), classify(client)
    for decision in DECISIONS:
        verdict, whole = result.verdicts[decision], getattr(expected, decision)
        assert (whole.outcome or whole.status) in verdict.possible
        if verdict.status != "insufficient":
            assert (verdict.status, verdict.outcome) == (whole.status, whole.outcome)
            assert whole.rule in {None, *verdict.rules}
    assert set(result.flags) <= expected.flags <= {*result.flags, *result.flags_possible}
