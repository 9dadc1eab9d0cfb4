"""Made rule sets and states by plain random numbers: the same for one seed, and made fast.

They use the whole language and are small, so that listing completions costs little. The published
cases are drawn here, so that what comes out for a seed has to stay; `richer` draws what is shaped
as authors write it. What Hypothesis draws (`routeengine.testing`) looks further and shrinks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from routeengine.errors import RuleSetError
from routeengine.executors.lanes import LanesExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    DecisionStatus,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import (
    BooleanDomain,
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    Domain,
    IntegerDomain,
)
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Outcome,
    Review,
    Rule,
    RuleSet,
)
from routeengine.ruleset.sources import Grounds
from routeengine.value_set import bits_of_set, set_of_bits

__all__ = ["a_possible_ruleset", "a_ruleset", "a_state"]

WORDS = {"nl": "woorden", "en": "words"}
GROUNDS = Grounds("source")


def a_domain(random: Random) -> Domain:
    """Make a domain of two to four values."""
    kind = random.randrange(4)
    if kind < 2:
        return BooleanDomain()
    if kind == 2:
        return CategoryDomain(("low", "middle", "high")[: random.randint(2, 3)])
    return IntegerDomain(0, random.randint(1, 3))


def a_condition(
    random: Random,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...] = (),
    earlier: tuple[Decision, ...] = (),
    depth: int = 2,
) -> Condition:
    """Make a condition over these facts, criteria and earlier decisions."""
    kinds = ["fact", "fact"] + ["criterion"] * bool(criteria) + ["decision"] * bool(earlier)
    kinds += ["all", "any", "not", "at_least", "exactly"] * bool(depth)
    kind = random.choice(kinds)
    if kind == "fact":
        fact = random.choice(facts)
        return FactIs(
            fact.id, set_of_bits(random.randint(1, bits_of_set(fact.domain.full) - 1)), "in"
        )
    if kind == "criterion":
        return CriterionIs(random.choice(criteria).id)
    if kind == "decision":
        return about(random, random.choice(earlier))
    if kind == "not":
        return Not(a_condition(random, facts, criteria, earlier, depth - 1))
    parts = tuple(
        a_condition(random, facts, criteria, earlier, depth - 1)
        for _ in range(random.randint(1, 3))
    )
    if kind in ("all", "any"):
        return All(parts) if kind == "all" else Any(parts)
    count = random.randint(0, len(parts))
    return AtLeast(count, parts) if kind == "at_least" else Exactly(count, parts)


def about(random: Random, decision: Decision) -> Condition:
    """Make a condition on an earlier decision."""
    kind = random.choice(["outcome", "status", "rule"])
    if kind == "rule" and decision.rules:
        return RuleIs(decision.id, (random.choice(decision.rules).id,))
    if kind == "status":
        statuses: tuple[DecisionStatus, ...] = ("decided", "review", "not_applicable")
        return StatusIs(decision.id, (random.choice(statuses),))
    return OutcomeIs(decision.id, (random.choice(decision.outcomes).id,))


def a_decision(
    random: Random,
    name: str,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...],
    earlier: tuple[Decision, ...],
) -> Decision:
    """Make a decision that may refer to the earlier ones."""
    outcomes = tuple(
        Outcome(f"{name}{letter}", WORDS, WORDS) for letter in "xyz"[: random.randint(1, 3)]
    )
    count = random.choice((0, 1, 2, 3, 4, 4))
    otherwise = random.randint(0, 2 * count) if count else 1
    rules = []
    for number in range(count):
        when = None if number == otherwise else a_condition(random, facts, criteria, earlier)
        then: str | Review = random.choice(outcomes).id
        if random.random() < 0.3:
            then = Review(tuple(one.id for one in outcomes if random.random() < 0.5))
        # Only later rules are outranked, so that there is no circle.
        beats = (f"{name}_r{later}" for later in range(number + 1, count))
        outranks = tuple(one for one in beats if random.random() < 0.4)
        rules.append(Rule(f"{name}_r{number}", when, then, WORDS, WORDS, GROUNDS, outranks))
    random.shuffle(rules)
    applies = a_condition(random, facts, criteria, earlier, 1) if random.random() < 0.3 else None
    return Decision(name, WORDS, outcomes, tuple(rules), applies)


def forbidden(
    random: Random, facts: tuple[Fact, ...], criteria: tuple[Criterion, ...]
) -> Condition:
    """Make what a constraint forbids; often that of two facts one holds and the other does not."""
    if len(facts) > 1 and random.random() < 0.5:
        one, other = (FactIs(fact.id, set_of_bits(1), "in") for fact in random.sample(facts, 2))
        return Exactly(1, (one, other))
    return a_condition(random, facts, criteria)


def a_ruleset(random: Random, max_facts: int = 4) -> RuleSet:
    """Make a rule set; its constraints may exclude everything."""
    facts = tuple(
        Fact(f"f{number}", a_domain(random), WORDS, WORDS, WORDS)
        for number in range(min(max_facts, random.choice((1, 2, 3, 4, 4, 5, 5))))
    )
    criteria: tuple[Criterion, ...] = ()
    for number in range(random.randint(0, 2)):
        when = a_condition(random, facts, criteria)
        criteria += (Criterion(f"c{number}", when, WORDS, GROUNDS),)
    decisions: tuple[Decision, ...] = ()
    for number in range(random.choice((1, 1, 2, 3))):
        decisions += (a_decision(random, f"d{number}", facts, criteria, decisions),)
    flags = tuple(
        Flag(f"flag{number}", WORDS, a_condition(random, facts, criteria, decisions), GROUNDS)
        for number in range(random.randint(0, 1))
    )
    constraints = tuple(
        Constraint(f"k{number}", forbidden(random, facts, criteria), WORDS, GROUNDS)
        for number in range(random.choice((0, 0, 1, 2)))
    )
    return build("made", facts, criteria, decisions, constraints, flags)


def a_ruleset_of_amounts(random: Random) -> RuleSet:
    """Make a rule set in which what would be categories and whole numbers is amounts and days."""
    ruleset = a_ruleset(random)
    facts = tuple(replace(fact, domain=_as_amounts(random, fact.domain)) for fact in ruleset.facts)
    return replace(ruleset, facts=facts)


def _as_amounts(random: Random, domain: Domain) -> Domain:
    """Return a domain of amounts or days with as many values; truth values stay what they are."""
    if isinstance(domain, BooleanDomain):
        return domain
    more = domain.size - 1
    first = random.choice((-1, 0, 109171))
    day = random.choice((date(2024, 2, 28), date(1958, 12, 31)))
    amounts = DecimalDomain(f"{Decimal(first) / 100}", f"{Decimal(first + more) / 100}", 2)
    return random.choice((amounts, DateDomain(day, day + timedelta(more))))


def build(
    name: str,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...],
    decisions: tuple[Decision, ...],
    constraints: tuple[Constraint, ...],
    flags: tuple[Flag, ...],
) -> RuleSet:
    """Return a rule set of these parts; its texts say nothing."""
    return RuleSet(
        id=name,
        version="1.0.0",
        title=WORDS,
        purpose=WORDS,
        owner=WORDS,
        languages=("nl", "en"),
        facts=facts,
        criteria=criteria,
        decisions=decisions,
        constraints=constraints,
        flags=flags,
        declined_texts=("declined",),
    )


def a_possible_ruleset(random: Random, make: Callable[[Random], RuleSet] = a_ruleset) -> RuleSet:
    """Make a rule set that some profile fits."""
    while True:
        ruleset = make(random)
        try:
            LanesExecutor(ruleset)
        except RuleSetError:
            continue
        return ruleset


def a_state(random: Random, ruleset: RuleSet) -> dict[str, Known]:
    """Make what is known of a client: in a third of them everything, else of each fact anything."""
    whole = random.random() < 1 / 3
    return {fact.id: _known(random, fact.domain, whole) for fact in ruleset.facts}


def _known(random: Random, domain: Domain, whole: bool) -> Known:
    kind = 0.0 if whole else random.random()
    if kind < 0.4:
        return Known(set_of_bits(1 << random.randrange(domain.size)))
    if kind < 0.6:
        return Known(domain.full, declined=kind > 0.53)
    some = random.randint(1, bits_of_set(domain.full))
    return Known(set_of_bits(some), conflicting=kind > 0.8 and some.bit_count() > 1)
