"""Made rule sets that are shaped as authors write them: larger than those of `made`.

Those of `made` stand in the published cases, so what is drawn there stays as it is. Here are many
rules for one target, ranks told in full or only from one to the next, decisions in chains,
constraints that count, facts that only a constraint reads, numbers that begin anywhere.
"""

from __future__ import annotations

from math import prod
from random import Random

from conformance.made import (
    GROUNDS,
    WORDS,
    a_condition,
    a_domain,
    a_state,
    about,
    build,
    forbidden,
)
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, AtLeast, Condition, Exactly, FactIs, Not
from routeengine.ruleset.domains import Domain, IntegerDomain
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
from routeengine.value_set import bits_of_set, set_of_bits

__all__ = ["a_closer_state", "a_richer_ruleset"]

MOST_OPEN = 48
"""Full profiles that what is known leaves at most, constraints aside: they are all listed."""


def a_richer_domain(random: Random) -> Domain:
    """Make a domain of two to four values; numbers begin below 0, at 0 or above."""
    if random.random() < 0.3:
        first = random.choice((-3, -1, 1, 17, 2020))
        return IntegerDomain(first, first + random.randint(1, 3))
    return a_domain(random)


def counting(random: Random, facts: tuple[Fact, ...]) -> Condition:
    """Make a condition that counts values of different facts, or the opposite of one."""
    some = random.sample(facts, random.randint(1, len(facts)))
    parts = tuple(
        FactIs(one.id, set_of_bits(random.randint(1, bits_of_set(one.domain.full) - 1)), "in")
        for one in some
    )
    count = random.randint(1, len(parts))
    made = (Exactly if random.random() < 0.5 else AtLeast)(count, parts)
    return Not(made) if random.random() < 0.3 else made


def a_richer_decision(
    random: Random,
    name: str,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...],
    earlier: tuple[Decision, ...],
) -> Decision:
    """Make a decision of one of the shapes that authors write; it mostly refers to the last one."""
    outcomes = tuple(
        Outcome(f"{name}{letter}", WORDS, WORDS) for letter in "wxyz"[: random.randint(1, 4)]
    )

    def target() -> str | Review:
        if random.random() < 0.3:
            return Review(tuple(one.id for one in outcomes if random.random() < 0.5))
        return random.choice(outcomes).id

    def when() -> Condition:
        if random.random() < 0.06:
            return All(())  # holds of everyone
        if earlier and random.random() < 0.4:
            before = about(random, earlier[-1])
            return before if random.random() < 0.5 else All((before, when()))
        return a_condition(random, facts, criteria, earlier)

    # Many rules for one target, whether decided or review; or each for its own.
    same = target() if random.random() < 0.4 else None
    count = random.randint(3, 7) if same is not None else random.randint(0, 5)
    order = random.choice(("none", "some", "next", "all"))
    otherwise = random.choice((None, None, random.randint(0, count)))
    count += otherwise is not None
    rules = []
    for number in range(count):
        # Only later rules are outranked, so that there is no circle. `otherwise` is any of them.
        beats = [f"{name}_r{later}" for later in range(number + 1, count)]
        if order in ("none", "next"):
            beats = beats[: order == "next"]
        elif order == "some":
            beats = [one for one in beats if random.random() < 0.3]
        then = same if same is not None and random.random() < 0.85 else target()
        condition = None if number == otherwise else when()
        made = Rule(f"{name}_r{number}", condition, then, WORDS, WORDS, GROUNDS, tuple(beats))
        rules.append(made)
    random.shuffle(rules)
    applies = a_condition(random, facts, criteria, earlier, 1) if random.random() < 0.3 else None
    return Decision(name, WORDS, outcomes, tuple(rules), applies)


def a_richer_ruleset(random: Random) -> RuleSet:
    """Make a rule set; its constraints may exclude everything."""
    facts = tuple(
        Fact(f"f{number}", a_richer_domain(random), WORDS, WORDS, WORDS)
        for number in range(random.randint(2, 7))
    )
    # Often there is a fact that no rule reads, and only constraints and flags do.
    read = facts[random.choice((0, 0, 1)) :]
    criteria: tuple[Criterion, ...] = ()
    for number in range(random.randint(0, 2)):
        when = a_condition(random, read, criteria)
        criteria += (Criterion(f"c{number}", when, WORDS, GROUNDS),)
    decisions: tuple[Decision, ...] = ()
    for number in range(random.choice((1, 1, 2, 3, 4))):
        decisions += (a_richer_decision(random, f"d{number}", read, criteria, decisions),)
    constraints = tuple(
        Constraint(
            f"k{number}",
            counting(random, facts)
            if random.random() < 0.6
            else forbidden(random, facts, criteria),
            WORDS,
            GROUNDS,
        )
        for number in range(random.choice((0, 1, 1, 2, 3)))
    )
    raised = [a_condition(random, facts, criteria, decisions) for _ in range(random.randint(0, 3))]
    # What a constraint is about is a signal too.
    raised += [Not(one.forbids) for one in constraints if random.random() < 0.3]
    flags = tuple(Flag(f"flag{n}", WORDS, when, GROUNDS) for n, when in enumerate(raised))
    return build("richer", facts, criteria, decisions, constraints, flags)


def a_closer_state(random: Random, ruleset: RuleSet) -> dict[str, Known]:
    """Make what is known of a client, of whom no more than `MOST_OPEN` full profiles are left."""
    state = a_state(random, ruleset)
    facts = random.sample(list(state), len(state))
    while prod(known.allowed.size for known in state.values()) > MOST_OPEN:
        fact = facts.pop()
        values = list(state[fact].allowed.numbers)
        state[fact] = Known(set_of_bits(1 << random.choice(values)))
    return state
