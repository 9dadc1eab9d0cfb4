"""Rule sets whose digests are pinned, the same on every machine and version of Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256, shake_256

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from loading.small import LIBRARY, small
from routeengine.loading import load_ruleset
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Comparison,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.digest import meaning_digest, whole_digest
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, Domain, IntegerDomain
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
from urgency import urgency

__all__ = ["LONGEST_DECIMAL", "MADE", "about_numbers", "pinned"]

LONGEST_DECIMAL = 10**4300 - 1
"""The largest number that Python writes in decimals unless it is told otherwise: 14,285 bits."""

MADE = 60
"""Made rule sets, pinned by one digest of all their digests."""


def pinned() -> Iterator[tuple[str, str, str]]:
    """Yield a name, the digest of the whole and that of the meaning, for each that is pinned."""
    for name, ruleset in _rulesets():
        yield name, whole_digest(ruleset), meaning_digest(ruleset)
    every = [_made(seed) for seed in range(MADE)]
    whole, meaning = ("".join(map(digest, every)) for digest in (whole_digest, meaning_digest))
    yield f"{MADE} made", sha256(whole.encode()).hexdigest(), sha256(meaning.encode()).hexdigest()


def _rulesets() -> Iterator[tuple[str, RuleSet]]:
    yield "rijswijk-2023", load_ruleset("rijswijk-2023")
    yield "library card", load_ruleset(LIBRARY)
    yield "small", small()
    yield "points", urgency()
    for minimum, maximum in ((0, 0), (0, 1), (-3, 4), (1, 64), (0, 4_095), (-7_000, 7_283)):
        domain = IntegerDomain(minimum, maximum)
        middle, full = domain.size // 2, bits_of_set(domain.full)
        sets = [full, 1, full >> middle << middle, (1 << (middle + 1)) - 1, full // 3 or 1]
        yield f"numbers {minimum} to {maximum}", about_numbers(domain, *sets)
    border = IntegerDomain(0, LONGEST_DECIMAL.bit_length() - 1)
    yield "the longest decimal", about_numbers(border, LONGEST_DECIMAL)
    yield "one more than the longest decimal", about_numbers(border, LONGEST_DECIMAL + 1)
    income = IntegerDomain(0, 99_999)
    yield "an income at most", about_numbers(income, bits_of_set(income.between(None, 14_000)))
    yield "an income at least", about_numbers(income, bits_of_set(income.between(30_000, None)))
    wide = IntegerDomain(-50_000, 49_999)
    two = wide.between(-9, 9) | wide.between(40_000, 45_000)
    yield "two ranges", about_numbers(wide, bits_of_set(two))


def about_numbers(domain: IntegerDomain, *sets: int) -> RuleSet:
    """Return a rule set with one whole number, and a condition for each of these sets of it."""
    conditions = tuple(FactIs("number", set_of_bits(some), "in") for some in sets)
    decision = Decision(
        "d0",
        BOTH,
        (Outcome("x", BOTH, BOTH), Outcome("y", BOTH, BOTH)),
        (
            Rule("r0", Any(conditions), "x", BOTH, BOTH, GROUNDS, ("r1",)),
            Rule("r1", None, "y", BOTH, BOTH, GROUNDS),
        ),
    )
    return _ruleset((a_fact("number", domain),), (decision,))


def _ruleset(
    facts: tuple[Fact, ...],
    decisions: tuple[Decision, ...],
    criteria: tuple[Criterion, ...] = (),
    constraints: tuple[Constraint, ...] = (),
    flags: tuple[Flag, ...] = (),
) -> RuleSet:
    return build_ruleset(
        "made",
        facts=facts,
        criteria=criteria,
        decisions=decisions,
        constraints=constraints,
        flags=flags,
    )


def _made(seed: int) -> RuleSet:
    """Return the rule set of a seed, in which every kind of condition and domain can stand."""
    draw = _drawing(seed)
    domains: tuple[Domain, ...] = (
        BooleanDomain(),
        CategoryDomain(("low", "middle", "high")),
        IntegerDomain(draw(9) - 4, 5 + draw(300)),
        IntegerDomain(0, 9_000 + draw(5_000)),
    )
    facts = tuple(a_fact(f"f{n}", domain) for n, domain in enumerate(domains))
    criterion = Criterion("c0", _condition(draw, facts, 2), BOTH, GROUNDS)
    outcomes = (Outcome("x", BOTH, BOTH), Outcome("y", BOTH, BOTH))
    first = Decision("d0", BOTH, outcomes, tuple(_rules(draw, facts, "a")))
    applies = _about(draw, "d0", "a")
    second = Decision("d1", BOTH, outcomes, tuple(_rules(draw, facts, "b")), applies, BOTH)
    constraint = Constraint("k0", _condition(draw, facts, 1), BOTH, GROUNDS)
    flag = Flag("flag", BOTH, _about(draw, "d1", "b"), GROUNDS)
    return _ruleset(facts, (first, second), (criterion,), (constraint,), (flag,))


def _drawing(seed: int) -> Callable[[int], int]:
    """Return a function that draws a number below another, from a stream of its own."""
    stream = int.from_bytes(shake_256(f"{seed}".encode()).digest(30_000))

    def draw(below: int) -> int:
        nonlocal stream
        stream, drawn = divmod(stream, below)
        return drawn

    return draw


def _rules(draw: Callable[[int], int], facts: tuple[Fact, ...], letter: str) -> Iterator[Rule]:
    targets = ("x", "y", Review(("y", "x")), Review(()))
    for number in range(3):
        when = Any((_condition(draw, facts, 2), CriterionIs("c0")))
        beats = tuple(f"{letter}{later}" for later in range(number + 1, 3) if draw(2))
        yield Rule(f"{letter}{number}", when, targets[draw(4)], BOTH, BOTH, GROUNDS, beats)


def _about(draw: Callable[[int], int], decision: str, letter: str) -> Condition:
    asked: tuple[Condition, ...] = (
        OutcomeIs(decision, ("y", "x")),
        StatusIs(decision, ("decided", "review")),
        RuleIs(decision, (f"{letter}2", f"{letter}0")),
    )
    return asked[draw(3)]


def _condition(draw: Callable[[int], int], facts: tuple[Fact, ...], depth: int) -> Condition:
    if not depth or not draw(3):
        fact = facts[draw(len(facts))]
        full = bits_of_set(fact.domain.full)
        some = (1 + draw(full), full >> draw(fact.domain.size), (2 << draw(fact.domain.size)) - 1)
        written: tuple[Comparison, ...] = ("in", "at_least", "at_most")
        which = draw(3)
        return FactIs(fact.id, set_of_bits(some[which]), written[which])
    parts = tuple(_condition(draw, facts, depth - 1) for _ in range(1 + draw(3)))
    groups = (All(parts), Any(parts), Not(parts[0]), AtLeast(1, parts), Exactly(0, parts))
    return groups[draw(5)]
