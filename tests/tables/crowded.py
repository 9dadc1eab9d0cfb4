"""Rule sets with many rules for few targets, and rows of all that a cell can say."""

from __future__ import annotations

from random import Random

import pyarrow as pa
from hypothesis import strategies as st

from generated import BOTH, GROUNDS, a_fact, build_ruleset, conditions, domains
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain
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

__all__ = ["crowded", "uniform"]

OUTCOMES = ("x", "y", "z")


@st.composite
def crowded(draw: st.DrawFn, max_constraints: int = 0) -> RuleSet:
    """Draw rules of which many lead to one target, and many win together; `c` depends on `d`."""
    facts = tuple(a_fact(f"f{n}", draw(domains)) for n in range(draw(st.integers(2, 5))))
    one = conditions(facts, depth=1)
    reviews = st.lists(st.sampled_from(OUTCOMES), unique=True).map(
        lambda some: Review(tuple(sorted(some)))
    )
    targets = draw(st.lists(st.sampled_from(OUTCOMES) | reviews, min_size=1, max_size=4))
    decisions: tuple[Decision, ...] = ()
    for name in ("d", "c"):
        rules = []
        many = draw(st.integers(1, 9))
        for n in range(many):
            later = [f"{name}{other}" for other in range(n + 1, many)]
            outranks = (
                draw(st.lists(st.sampled_from(later), unique=True, max_size=2)) if later else []
            )
            when = draw(conditions(facts, (), decisions, depth=1))
            then = draw(st.sampled_from(targets))
            rules.append(Rule(f"{name}{n}", when, then, BOTH, BOTH, GROUNDS, tuple(outranks)))
        if draw(st.booleans()):
            rules.append(Rule(f"{name}_else", None, targets[0], BOTH, BOTH, GROUNDS))
        outcomes = tuple(Outcome(outcome, BOTH, BOTH) for outcome in OUTCOMES)
        applies = draw(st.none() | one)
        decisions += (Decision(name, BOTH, outcomes, tuple(rules), applies),)
    flags = tuple(Flag(f"flag{n}", BOTH, draw(one), GROUNDS) for n in range(2))
    constraints = tuple(
        Constraint(f"k{n}", draw(one), BOTH, GROUNDS)
        for n in range(draw(st.integers(0, max_constraints)))
    )
    return build_ruleset(
        "crowded",
        facts=facts,
        decisions=decisions,
        constraints=constraints,
        flags=flags,
        declined_texts=("declined",),
    )


def uniform(rng: Random, facts: tuple[Fact, ...], rows: int) -> pa.Table:
    """Make rows of text, whatever one says of another: a value, a part, nothing, or declined."""
    return pa.table({fact.id: [_said(rng, fact) for _ in range(rows)] for fact in facts})


def _said(rng: Random, fact: Fact) -> str | None:
    kind = rng.choice(["value", "value", "value", "part", "part", "nothing", "declined"])
    if kind == "nothing":
        return None
    if kind == "declined":
        return "declined"
    values = [str(value).lower() for value in fact.domain.values]
    if kind == "value" or isinstance(fact.domain, BooleanDomain):
        return rng.choice(values)
    places = sorted(rng.choices(range(len(values)), k=2))
    if isinstance(fact.domain, IntegerDomain):
        return "-".join(values[place] for place in places)
    return "/".join(values[places[0] : places[1] + 1])
