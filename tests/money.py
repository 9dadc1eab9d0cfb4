"""A rule set with amounts to the cent and a day of birth, and the same rules written by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from routeengine.ruleset.conditions import All, Condition, FactIs
from routeengine.ruleset.domains import (
    BooleanDomain,
    DateDomain,
    DecimalDomain,
    Domain,
    IntegerDomain,
    RangeDomain,
)
from routeengine.ruleset.evidence import Evidence, EvidenceSource
from routeengine.ruleset.model import (
    Constraint,
    Decision,
    Fact,
    Flag,
    Outcome,
    Review,
    Rule,
    RuleSet,
)
from routeengine.ruleset.sources import Grounds

WORDS = {"nl": "woorden", "en": "words"}
SOURCE = Grounds("source")

INCOME = DecimalDomain("0", "10000000", 2)
WEALTH = DecimalDomain("-10000000", "10000000", 2)
BORN = DateDomain(date(1900, 1, 1), date(2030, 12, 31))
POINTS = IntegerDomain(-(10**12), 10**12)
DOMAINS: dict[str, Domain] = {
    "income": INCOME, "wealth": WEALTH, "born": BORN, "points": POINTS, "alone": BooleanDomain(),
}  # fmt: skip

NORM, HALF, ALLOWED, OLD, CHILD = "1091.71", "545.86", "7770.00", "1958-12-31", "2020-01-01"
MANY_POINTS = 10**9 + 7


def is_between(fact: str, low: object, high: object) -> FactIs:
    """Return "the fact lies between these", both included."""
    domain = DOMAINS[fact]
    assert isinstance(domain, RangeDomain)
    return FactIs(fact, domain.between(low, high), "between")


def rule(name: str, when: Condition | None, then: str | Review) -> Rule:
    """Make a rule with no more than it needs."""
    return Rule(name, when, then, WORDS, WORDS, SOURCE)


def outcomes(*names: str) -> tuple[Outcome, ...]:
    """Make outcomes."""
    return tuple(Outcome(name, WORDS, WORDS) for name in names)


POOR = is_between("income", None, NORM)
MONEY = RuleSet(
    "money", "1.0.0", WORDS, WORDS, WORDS, ("nl", "en"),
    facts=tuple(
        Fact(
            name, domain, {"nl": name, "en": name}, WORDS, WORDS,
            unit="EUR" if isinstance(domain, DecimalDomain) else None,
        )
        for name, domain in DOMAINS.items()
    ),
    criteria=(),
    decisions=(
        Decision(
            "support", WORDS, outcomes("full", "half", "none"),
            (
                rule("full", All((is_between("income", None, HALF),
                                  is_between("wealth", None, ALLOWED))), "full"),
                rule("half", All((is_between("income", "545.87", NORM),
                                  is_between("wealth", None, ALLOWED))), "half"),
                rule("rich", is_between("wealth", "7770.01", None), "none"),
                rule("earning", All((is_between("income", "1091.72", None),
                                     is_between("wealth", None, ALLOWED))), "none"),
            ),
        ),
        Decision(
            "card", WORDS, outcomes("senior", "many"),
            (
                Rule("senior", is_between("born", None, OLD), "senior", WORDS, WORDS, SOURCE,
                     ("many",)),
                rule("many", is_between("points", MANY_POINTS, None), "many"),
                rule("else", None, Review(())),
            ),
        ),
    ),
    constraints=(
        Constraint("child", All((is_between("born", CHILD, None),
                                 is_between("income", "0.01", None))), WORDS, SOURCE),
    ),
    flags=(Flag("poor", WORDS, POOR, SOURCE),),
    client_id_aliases=(),
    unknown_texts=("onbekend",),
    declined_texts=("geen antwoord",),
)  # fmt: skip


def by_hand(income: Decimal, wealth: Decimal, born: date, points: int) -> tuple[str | None, ...]:
    """Say what a full profile comes to: support, card (None is review) and whether it is poor."""
    if wealth > Decimal("7770.00") or income > Decimal("1091.71"):
        support = "none"
    else:
        support = "full" if income <= Decimal("545.86") else "half"
    card = "senior" if born <= date(1958, 12, 31) else None
    if card is None and points >= 1_000_000_007:
        card = "many"
    return support, card, "poor" if income <= Decimal("1091.71") else ""


def is_impossible(income: Decimal, born: date) -> bool:
    """Say whether nobody is like that: a child with an income."""
    return born >= date(2020, 1, 1) and income > 0


NEAR: dict[str, tuple[Any, ...]] = {
    "income": (Decimal(0), Decimal("545.86"), Decimal("1091.71"), Decimal(10**7)),
    "wealth": (Decimal(-(10**7)), Decimal(0), Decimal("7770.00"), Decimal(10**7)),
    "born": (date(1900, 1, 1), date(1958, 12, 31), date(2020, 1, 1), date(2030, 12, 31)),
    "points": (-(10**12), MANY_POINTS, 10**12),
}
STEP: dict[str, Any] = {
    "income": Decimal("0.01"), "wealth": Decimal("0.01"), "born": timedelta(1), "points": 1,
}  # fmt: skip


def full_profiles(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield full profiles near the thresholds, with values as Python has them."""
    draw = random.Random(seed)
    while count:
        profile = {}
        for name, values in NEAR.items():
            value = draw.choice(values) + draw.randint(-2, 2) * STEP[name]
            if draw.random() < 0.1:
                domain: Any = DOMAINS[name]
                value = as_python(name, domain.value(draw.randrange(domain.size)))
            profile[name] = min(max(value, values[0]), values[-1])
        if not is_impossible(profile["income"], profile["born"]):
            count -= 1
            yield {**profile, "alone": draw.random() < 0.5}


def as_python(name: str, value: Any) -> Any:
    """Return a value of a fact as Decimal or date."""
    if name in ("income", "wealth"):
        return Decimal(value)
    return date.fromisoformat(value) if name == "born" else value


def plain(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Return a profile with values as JSON has them."""
    return {
        name: f"{value:.2f}" if isinstance(value, Decimal)
        else value.isoformat() if isinstance(value, date) else value
        for name, value in profile.items()
    }  # fmt: skip


OBSERVED = replace(
    MONEY,
    evidence=Evidence(
        (
            EvidenceSource(id="claim", rank=1, label=WORDS, max_age_months=24),
            EvidenceSource(id="intake", rank=2, label=WORDS),
        ),
        newer_conflict_months=6,
    ),
)
"""The same rules, with sources of what is observed."""
