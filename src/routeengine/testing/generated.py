"""Hypothesis strategies for whole rule sets and for what is known of a client.

The rule sets are small in every direction but use the whole language, so that a
claim tested on them is a claim about the language, not about one policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from routeengine.profile import Known
from routeengine.ruleset import conditions as forms
from routeengine.ruleset import model
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.domains import (
    MAX_NUMBER,
    BooleanDomain,
    CategoryDomain,
    DateDomain,
    DecimalDomain,
    Domain,
    IntegerDomain,
)
from routeengine.ruleset.model import Criterion, Decision, Fact, RuleSet, Score, ScorePart
from routeengine.ruleset.sources import Grounds
from routeengine.value_set import ValueSet, bits_of_set, set_of_bits, single

BOTH = {"nl": "woorden", "en": "words"}
GROUNDS = Grounds("source")

COUNTING: Sequence[type[forms.AtLeast | forms.Exactly]] = (forms.AtLeast, forms.Exactly)

MAX_RULES = 7
"""Rules of a decision that has many."""

domains: st.SearchStrategy[Domain] = st.one_of(
    st.just(BooleanDomain()),
    st.integers(2, 3).map(lambda n: CategoryDomain(("low", "middle", "high")[:n])),
    # Most numbers that people count by begin at 0; years, temperatures and balances do not.
    st.builds(
        lambda first, more: IntegerDomain(first, first + more),
        st.sampled_from([0, 0, 1, 17, -2]),
        st.integers(1, 4),
    ),
    st.builds(
        lambda first, more: DecimalDomain(f"{first / 10}", f"{(first + more) / 10}", 1),
        st.sampled_from([0, -2]),
        st.integers(1, 4),
    ),
    # The last one begins before a leap day.
    st.builds(
        lambda first, more: DateDomain(first, first + timedelta(more)),
        st.sampled_from([date(2025, 6, 30), date(2024, 2, 27)]),
        st.integers(1, 3),
    ),
)

wide_domains: st.SearchStrategy[Domain] = st.one_of(
    domains,
    st.sampled_from(
        [
            IntegerDomain(0, MAX_NUMBER),
            IntegerDomain(-(10**9), 10**9),
            DecimalDomain("0", "10000000", 2),
            DecimalDomain("-1000000", "1000000", 6),
            DateDomain(date(1900, 1, 1), date(2030, 12, 31)),
            DateDomain(date.min, date.max),
        ]
    ),
)
"""Domains of which some have more values than can be listed."""

MAX_TRIED = 20
"""Values of a domain of which each set may be drawn."""


def a_fact(name: str, domain: Domain) -> Fact:
    """Make a fact with no more than it needs."""
    return Fact(name, domain, BOTH, BOTH, BOTH)


@st.composite
def conditions(
    draw: st.DrawFn,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...] = (),
    decisions: tuple[Decision, ...] = (),
    depth: int = 2,
    scores: tuple[Score, ...] = (),
) -> Condition:
    """Draw a condition over these facts, criteria, earlier decisions and scores."""
    # A fact twice as often as any other kind: a condition ends there, and stays small.
    kinds: list[Any] = [forms.FactIs, forms.FactIs]
    kinds += [forms.CriterionIs] if criteria else []
    kinds += [forms.OutcomeIs] if decisions else []
    kinds += [forms.ScoreIs, forms.ScoreIs] if scores else []
    kinds += [forms.All, forms.Any, forms.Not, *COUNTING] if depth else []
    kind = draw(st.sampled_from(kinds))
    if kind is forms.FactIs:
        fact = draw(st.sampled_from(facts))
        return forms.FactIs(fact.id, draw(_values(fact)), "in")
    if kind is forms.CriterionIs:
        return forms.CriterionIs(draw(st.sampled_from(criteria)).id)
    if kind is forms.ScoreIs:
        return draw(bounded(draw(st.sampled_from(scores))))
    if kind is forms.OutcomeIs:
        return draw(about(draw(st.sampled_from(decisions))))
    inner = conditions(facts, criteria, decisions, depth - 1, scores)
    if kind is forms.Not:
        return forms.Not(draw(inner))
    parts = tuple(draw(st.lists(inner, min_size=1, max_size=3)))
    count = (draw(st.integers(0, len(parts))),) if kind in COUNTING else ()
    condition: Condition = kind(*count, parts)
    return condition


@st.composite
def scores_over(
    draw: st.DrawFn,
    name: str,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...],
    scores: tuple[Score, ...] = (),
) -> Score:
    """Draw a score over these facts, criteria and scores: some of what it adds up takes away."""
    part = conditions(facts, criteria, depth=1, scores=scores)
    parts = draw(st.lists(part, min_size=1, max_size=4))
    worths = st.integers(-3, 5).filter(bool)
    return Score(name, BOTH, tuple([ScorePart(one, draw(worths)) for one in parts]), GROUNDS)


@st.composite
def bounded(draw: st.DrawFn, score: Score) -> Condition:
    """Draw a condition on a score: bounds that it can reach, or just not."""
    sums = st.integers(score.least - 1, score.most + 1)
    low, high = sorted((draw(sums), draw(sums)))
    kind = draw(st.sampled_from(["at_least", "at_most", "between"]))
    return forms.ScoreIs(
        score.id, None if kind == "at_most" else low, None if kind == "at_least" else high
    )


@st.composite
def counted(draw: st.DrawFn, facts: tuple[Fact, ...]) -> Condition:
    """Draw a condition that counts values of different facts, or the opposite of one."""
    some = draw(st.lists(st.sampled_from(facts), min_size=1, unique_by=lambda fact: fact.id))
    parts = tuple([forms.FactIs(fact.id, draw(_values(fact)), "in") for fact in some])
    count = draw(st.integers(0, len(parts)))
    condition = draw(st.sampled_from(COUNTING))(count, parts)
    return condition if draw(st.booleans()) else forms.Not(condition)


def _values(fact: Fact) -> st.SearchStrategy[ValueSet]:
    """Draw some values of a fact, not none and not all if it has several."""
    size = fact.domain.size
    if size <= MAX_TRIED:
        return st.integers(1, max(1, bits_of_set(fact.domain.full) - 1)).map(set_of_bits)
    return _between_ends(size).filter(lambda some: some != fact.domain.full)


def _between_ends(size: int) -> st.SearchStrategy[ValueSet]:
    """Draw some values of a large domain, not none: what lies between ends that come again.

    So a value that is known is often next to one that a rule asks for.
    """
    ends = st.lists(st.sampled_from(_ends(size)), min_size=2, max_size=6, unique=True)
    return ends.map(lambda some: ValueSet(tuple(sorted(some[: len(some) // 2 * 2]))))


def _ends(size: int) -> list[int]:
    """Return a few ends of runs: the first and the last ones, and two within."""
    near = {n + by for n in (size // 3, size // 2) for by in (-1, 0, 1)}
    return sorted({0, 1, 2, size - 1, size, *near})


@st.composite
def unequal(draw: st.DrawFn, facts: tuple[Fact, ...]) -> Condition:
    """Draw "not (one iff other)": as a constraint it ties two facts together."""
    one, other = draw(st.permutations(facts))[:2]
    a, b = forms.FactIs(one.id, single(0)), forms.FactIs(other.id, single(0))
    return forms.Any((forms.All((a, forms.Not(b))), forms.All((forms.Not(a), b))))


@st.composite
def about(draw: st.DrawFn, decision: Decision) -> Condition:
    """Draw a condition on an earlier decision."""
    kind = draw(st.sampled_from(["outcome", "status", "rule"]))
    if kind == "rule" and decision.rules:
        rules = st.sampled_from([rule.id for rule in decision.rules])
        return forms.RuleIs(decision.id, tuple(draw(st.lists(rules, min_size=1, max_size=2))))
    if kind == "status":
        return forms.StatusIs(decision.id, (draw(st.sampled_from(get_args(forms.DecisionStatus))),))
    outcomes = st.sampled_from([outcome.id for outcome in decision.outcomes])
    some = st.lists(outcomes, min_size=1, max_size=2, unique=True)
    return forms.OutcomeIs(decision.id, tuple(draw(some)))


@st.composite
def decisions_over(
    draw: st.DrawFn,
    name: str,
    facts: tuple[Fact, ...],
    criteria: tuple[Criterion, ...],
    earlier: tuple[Decision, ...],
    scores: tuple[Score, ...] = (),
) -> Decision:
    """Draw a decision that may refer to the earlier ones."""
    ids = [f"{name}{letter}" for letter in "xyz"[: draw(st.integers(1, 3))]]
    outcomes = tuple(model.Outcome(one, BOTH, BOTH) for one in ids)
    candidates = st.lists(st.sampled_from(ids), unique=True).map(
        lambda some: model.Review(tuple(one for one in ids if one in some))
    )
    targets = st.one_of(st.sampled_from(ids), candidates)
    count = draw(st.integers(0, 4))
    if draw(st.integers(0, 5)) == 5:
        # Many rules that lead to the same, whether decided or review.
        count, targets = draw(st.integers(5, MAX_RULES)), st.just(draw(targets))
    # About half of the decisions have an `otherwise` rule: a number past the last rule is none.
    otherwise = draw(st.integers(0, 2 * count)) if count else 1
    whens = conditions(facts, criteria, earlier, scores=scores)
    if earlier:
        whens = st.one_of(whens, about(earlier[-1]))
    order = draw(st.sampled_from(["some", "some", "next", "all"]))
    rules: list[model.Rule] = []
    for number in range(count):
        when = None if number == otherwise else draw(whens)
        if when is not None and draw(st.integers(0, 19)) == 19:
            when = forms.All(())  # holds of everyone
        # Only later rules are outranked, so that there is no circle.
        beats = [f"{name}_r{later}" for later in range(number + 1, count)]
        if order == "some" and beats:
            beats = draw(st.lists(st.sampled_from(beats), unique=True))
        elif order == "next":
            beats = beats[:1]
        rule, then = f"{name}_r{number}", draw(targets)
        rules.append(model.Rule(rule, when, then, BOTH, BOTH, GROUNDS, tuple(beats)))
    applies = draw(st.none() | conditions(facts, criteria, earlier, depth=1, scores=scores))
    # Without this, a rule would always come before those that it outranks, and an executor that
    # took the first rule that applies would often be right.
    shuffled = draw(st.permutations(rules))
    return Decision(name, BOTH, outcomes, tuple(shuffled), applies)


@st.composite
def rulesets(
    draw: st.DrawFn,
    max_facts: int = 5,
    max_constraints: int = 2,
    min_facts: int = 1,
    of: st.SearchStrategy[Domain] = domains,
    min_scores: int = 0,
) -> RuleSet:
    """Return a strategy for whole rule sets, to test code that has to work for any of them.

    Call it without `draw`: `rulesets(max_facts=3)`. The numbers say how many facts, constraints and
    scores a rule set has at least or at most; `of` is a strategy for the domains of its facts.
    """
    # The first choice of each draw is the plainest, for examples shrink towards it.
    count = draw(st.integers(min_facts, max_facts))
    facts = tuple(a_fact(f"f{number}", draw(of)) for number in range(count))
    # Now and then there is a fact that no rule reads, and only constraints and flags do.
    read = facts[1:] if count > 1 and draw(st.integers(0, 4)) == 4 else facts
    criteria: tuple[Criterion, ...] = ()
    for number in range(draw(st.integers(0, 2))):
        when = draw(conditions(read, criteria))
        criteria += (Criterion(f"c{number}", when, BOTH, GROUNDS),)
    scores: tuple[Score, ...] = ()
    for number in range(max(min_scores, draw(st.sampled_from([0, 0, 0, 1, 2])))):
        scores += (draw(scores_over(f"s{number}", read, criteria, scores)),)
        # What names a score may be part of the next one.
        name = f"c{len(criteria)}"
        criteria += (Criterion(name, draw(bounded(scores[-1])), BOTH, GROUNDS),)
    decisions: tuple[Decision, ...] = ()
    for number in range(draw(st.integers(1, 3))):
        decisions += (draw(decisions_over(f"d{number}", read, criteria, decisions, scores)),)
    forbidden = st.one_of(conditions(facts, criteria, scores=scores), counted(facts))
    if count > 1:
        forbidden |= unequal(facts)
    constraints = tuple(
        model.Constraint(f"k{number}", draw(forbidden), BOTH, GROUNDS)
        for number in range(draw(st.integers(0, max_constraints)))
    )
    raised = conditions(facts, criteria, decisions, scores=scores)
    if constraints:
        raised |= st.sampled_from([one.forbids for one in constraints]).map(forms.Not)
    flags = tuple(
        model.Flag(f"flag{number}", BOTH, draw(raised), GROUNDS)
        for number in range(draw(st.sampled_from([0, 1, 1, 2, 3])))
    )
    return RuleSet(
        "generated", "1.0.0", BOTH, BOTH, BOTH, tuple(BOTH),
        facts, criteria, decisions, constraints, flags, scores=scores,
    )  # fmt: skip


def _numbers(size: int) -> st.SearchStrategy[int]:
    """Draw the number of a value: of a large domain mostly one beside an end of a run."""
    every = st.integers(0, size - 1)
    if size <= MAX_TRIED:
        return every
    near = st.sampled_from([end for end in _ends(size) if end < size])
    return st.one_of(near, near, every)


def _some(domain: Domain) -> st.SearchStrategy[ValueSet]:
    """Draw some values, not none and perhaps all."""
    if domain.size <= MAX_TRIED:
        return st.integers(1, bits_of_set(domain.full)).map(set_of_bits)
    return _between_ends(domain.size) | st.just(domain.full)


@st.composite
def states(draw: st.DrawFn, ruleset: RuleSet) -> dict[str, Known]:
    """Return a strategy for what is known of a client, as executors have it.

    Call it without `draw`: `states(ruleset)`. A fact is known, known in part, unknown, declined or
    disputed. Constraints are not kept, so that facts may contradict each other.
    """
    state = {}
    for fact in ruleset.facts:
        full = fact.domain.full
        kind = draw(st.sampled_from(["full", "full", "unknown", "partial", "declined", "disputed"]))
        some = full
        if kind == "full":
            some = single(draw(_numbers(fact.domain.size)))
        elif kind in ("partial", "disputed"):
            some = draw(_some(fact.domain))
        disputed = kind == "disputed" and some.has_several
        state[fact.id] = Known(some, kind == "declined", disputed)
    return state
