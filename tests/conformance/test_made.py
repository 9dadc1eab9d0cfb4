"""What is made has every shape that executors are to be held to: a claim is no wider than that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from math import prod
from random import Random

import pytest
from hypothesis import Phase, given, settings

from conformance.made import a_possible_ruleset
from conformance.richer import MOST_OPEN, a_closer_state, a_richer_ruleset
from generated import rulesets
from routeengine.ruleset.conditions import All, AtLeast, Exactly, Not, children, walk
from routeengine.ruleset.dependencies import facts_of, facts_read
from routeengine.ruleset.domains import IntegerDomain
from routeengine.ruleset.model import Decision, Review, Rule, RuleSet


@cache
def made(seed: int) -> RuleSet:
    """Make a rule set, once; most shapes are found among the first."""
    return a_possible_ruleset(Random(seed), a_richer_ruleset)


def a_decision(holds: Callable[[Decision], bool]) -> Callable[[RuleSet], bool]:
    """Say of a rule set whether something holds of one of its decisions."""
    return lambda ruleset: any(map(holds, ruleset.decisions))


def refers_to(kind: str) -> Callable[[RuleSet], bool]:
    """Say whether a rule of the third decision or a later one refers to the one before it."""

    def holds(ruleset: RuleSet) -> bool:
        pairs = zip(ruleset.decisions[1:], ruleset.decisions[2:], strict=False)
        return any(
            type(part).__name__ == kind and getattr(part, "decision", None) == before.id
            for before, decision in pairs
            for rule in decision.rules
            if rule.when
            for part in walk(rule.when)
        )

    return holds


def chain(decision: Decision) -> list[Rule]:
    """Give the rules in the order in which they were made, which is that of their ranks."""
    return sorted(decision.rules, key=lambda rule: rule.id)


def told(decision: Decision, *, fully: bool) -> bool:
    """Say whether four rules or more are a chain of ranks, told in full or only to the next."""
    rules = chain(decision)
    return len(rules) > 3 and all(
        rule.outranks == tuple([one.id for one in (rules[n:] if fully else rules[n : n + 1])])
        for n, rule in enumerate(rules, start=1)
    )


def many_for(kind: type[str | Review]) -> Callable[[Decision], bool]:
    """Say whether five rules or more lead to one target, decided or review."""

    def holds(decision: Decision) -> bool:
        targets = Counter(str(one.then) for one in decision.rules if isinstance(one.then, kind))
        return max(targets.values(), default=0) > 4

    return holds


def only_a_constraint_reads_one(ruleset: RuleSet) -> bool:
    """Say whether a constraint reads a fact that no decision or flag reads."""
    bound = {fact for one in ruleset.constraints for fact in facts_of(ruleset, one.forbids)}
    others = [one.when for one in ruleset.flags if one.when is not None]
    read = {fact for one in others for fact in facts_of(ruleset, one)}
    return bool(bound - read.union(*(facts_read(ruleset, one.id) for one in ruleset.decisions)))


def constraints_of(ruleset: RuleSet) -> Iterator[object]:
    """Yield what constraints forbid, and what stands in an opposite."""
    for one in ruleset.constraints:
        yield one.forbids
        yield from ((Not, *children(one.forbids)) if isinstance(one.forbids, Not) else ())


SHAPES: dict[str, Callable[[RuleSet], bool]] = {
    "several flags": lambda ruleset: len(ruleset.flags) > 2,
    "a flag over what a constraint is about": lambda ruleset: any(
        flag.when == Not(one.forbids) for flag in ruleset.flags for one in ruleset.constraints
    ),
    "seven facts": lambda ruleset: len(ruleset.facts) == 7,
    "numbers that begin below 0": lambda ruleset: any(
        isinstance(fact.domain, IntegerDomain) and fact.domain.minimum < 0 for fact in ruleset.facts
    ),
    "numbers that begin far above 0": lambda ruleset: any(
        isinstance(fact.domain, IntegerDomain) and fact.domain.minimum > 100
        for fact in ruleset.facts
    ),
    "many rules for one outcome": a_decision(many_for(str)),
    "many rules for one review": a_decision(many_for(Review)),
    "ranks told in full": a_decision(lambda one: told(one, fully=True)),
    "ranks told to the next": a_decision(lambda one: told(one, fully=False)),
    "an `otherwise` that outranks": a_decision(
        lambda one: any(rule.when is None and rule.outranks for rule in one.rules)
    ),
    "an `otherwise` that is outranked": a_decision(
        lambda one: any(
            rule.when is None and any(rule.id in other.outranks for other in one.rules)
            for rule in one.rules
        )
    ),
    "a rule with the empty condition": a_decision(
        lambda one: any(rule.when == All(()) for rule in one.rules)
    ),
    "a chain of outcomes": refers_to("OutcomeIs"),
    "a chain of statuses": refers_to("StatusIs"),
    "a chain of rules": refers_to("RuleIs"),
    "a fact that only a constraint reads": only_a_constraint_reads_one,
    "a constraint that counts": lambda ruleset: any(
        isinstance(one, AtLeast) and len(one.parts) > 2 for one in constraints_of(ruleset)
    ),
    "a constraint that counts exactly": lambda ruleset: any(
        isinstance(one, Exactly) and len(one.parts) > 2 for one in constraints_of(ruleset)
    ),
    "a constraint that is the opposite of a count": lambda ruleset: (
        Not in set(constraints_of(ruleset))
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_made(shape: str) -> None:
    """Of 150 rule sets at least two have it, so that a million cases have it thousands of times."""
    assert len(list(islice(filter(SHAPES[shape], map(made, range(150))), 2))) == 2


@settings(max_examples=400, derandomize=True, database=None, phases=[Phase.generate])
@given(rulesets())
def drawn(ruleset: RuleSet) -> None:
    """Note which shapes Hypothesis draws."""
    SEEN.update(shape for shape, holds in SHAPES.items() if holds(ruleset))


SEEN = set[str]()
RARE = {"seven facts", "numbers that begin far above 0"}
"""What only `richer` makes."""


@pytest.mark.night
def test_every_shape_is_drawn() -> None:
    """What Hypothesis draws has these shapes too, all within some hundreds."""
    drawn()
    assert SHAPES.keys() - SEEN <= RARE


def test_what_is_known_leaves_few_profiles() -> None:
    """No made state leaves more to be listed than is said."""
    random = Random(8)
    for ruleset in map(made, range(20)):
        for _ in range(20):
            state = a_closer_state(random, ruleset)
            assert prod(one.allowed.size for one in state.values()) <= MOST_OPEN
