"""Shapes that authors write every day, at sizes that they may reach: the view says what is so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from generated import BOTH, GROUNDS, a_fact
from routeengine import Engine
from routeengine.errors import BudgetError
from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, FactIs
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Review, Rule, RuleSet
from routeengine.sql import export_sql
from sql.tabled import Row, in_duckdb, told


def made(facts: int, outcomes: Sequence[str], rules: Sequence[Rule]) -> RuleSet:
    """Make a rule set with one decision over truth values."""
    some = tuple(a_fact(f"f{n}", BooleanDomain()) for n in range(facts))
    door = Decision("door", BOTH, tuple(Outcome(one, BOTH, BOTH) for one in outcomes), (*rules,))
    return RuleSet("made", "1.0.0", BOTH, BOTH, BOTH, ("nl", "en"), some, (), (door,))


def rule(n: int, then: str | Review, outranks: Sequence[str] = ()) -> Rule:
    """Make the rule that holds where one fact does."""
    return Rule(f"r{n}", FactIs(f"f{n}", 2), then, BOTH, BOTH, GROUNDS, tuple(outranks))


def otherwise(then: str) -> Rule:
    """Make the rule for all that is left."""
    return Rule("else", None, then, BOTH, BOTH, GROUNDS)


def same_outcome(n: int) -> RuleSet:
    """Refuse for any of many reasons."""
    return made(
        n, ["refuse", "admit"], [*(rule(i, "refuse") for i in range(n)), otherwise("admit")]
    )


def review_signals(n: int) -> RuleSet:
    """Ask a person for any of many reasons."""
    rules = [rule(i, Review(("ok",))) for i in range(n)]
    return made(n, ["ok"], [*rules, otherwise("ok")])


def different_outcomes(n: int) -> RuleSet:
    """Lead somewhere else by each rule, without an order."""
    outcomes = [f"o{i}" for i in range(n)]
    return made(n, outcomes, [*(rule(i, outcomes[i]) for i in range(n)), otherwise("o0")])


def ranked(n: int) -> RuleSet:
    """Lead somewhere else by each rule; each outranks all that come after it."""
    outcomes = [f"o{i}" for i in range(n)]
    rules = [rule(i, outcomes[i], [f"r{j}" for j in range(i + 1, n)]) for i in range(n)]
    return made(n, outcomes, [*rules, otherwise("o0")])


def rows(facts: int, count: int) -> Iterator[Row]:
    """Make rows in which few or many facts are true, and few or many are unknown."""
    draw = random.Random(facts)
    for number in range(count):
        unknown = draw.choice([0.0, 0.02, 0.3, 0.9, 0.98])
        true = draw.choice([0.0, 0.01, 0.1, 0.5, 0.9])
        cells = [None if draw.random() < unknown else draw.random() < true for _ in range(facts)]
        yield (f"c{number}", *cells)


@pytest.mark.parametrize(
    ("family", "size"),
    [(same_outcome, 200), (review_signals, 200), (ranked, 100), (different_outcomes, 60)],
)
def test_many_rules_are_answered_as_the_engine_does(
    family: Callable[[int], RuleSet], size: int
) -> None:
    """Every column is the same, with all known and with nearly nothing known."""
    ruleset, some = family(size), list(rows(size, 150))
    shown = in_duckdb(ruleset, export_sql(ruleset), some)
    assert shown == list(told(Engine(ruleset), some))
    assert len({row[2] for row in shown}) > 1


HALF, FOUR, PAIRS = "half", "four", "pairs"


def forbidding(form: str, n: int) -> RuleSet:
    """Forbid that many of the facts are true together; the decision reads the first one alone."""
    parts = [FactIs(f"f{i}", 2) for i in range(n)]
    forms: dict[str, Condition] = {
        HALF: AtLeast(n // 2, tuple(parts)),
        FOUR: AtLeast(4, tuple(parts)),
        PAIRS: All(tuple(Any((parts[i], parts[i + 1])) for i in range(0, n, 2))),
    }
    ruleset = made(n, ["yes", "no"], [rule(0, "yes"), otherwise("no")])
    return replace(ruleset, constraints=(Constraint("q", forms[form], BOTH, GROUNDS),))


YES = ("yes", "decided", "r0", "", "yes", None)
NO = ("no", "decided", "else", "", "no", None)
EITHER = (None, "insufficient", None, "", "yes no", None)
CONTRADICTION = (None, "review", None, "", "review", "contradiction")


def expected(form: str, n: int, row: Row) -> Row:
    """Say what the decision comes to, by counting.

    What is forbidden is broken by what is true alone. So if it is broken, each fact that is true
    stands in a minimal conflict, and none that is false.
    """

    def broken(true: set[int]) -> bool:
        if form == PAIRS:
            return all({i, i + 1} & true for i in range(0, n, 2))
        return len(true) >= (n // 2 if form == HALF else 4)

    true, first = {i for i, value in enumerate(row[1:]) if value}, row[1]
    if broken(true):
        if first:
            return CONTRADICTION
        true = set()
    if first is None:
        return NO if broken(true | {0}) else EITHER
    return YES if first else NO


@pytest.mark.parametrize("form", [HALF, FOUR, PAIRS])
def test_what_clashes_among_forty_facts_is_told(form: str) -> None:
    """Up to 10^11 minimal conflicts in one row, none of them listed."""
    ruleset, some = forbidding(form, 40), list(rows(40, 300))
    told_of = [expected(form, 40, row) for row in some]
    shown = in_duckdb(ruleset, export_sql(ruleset), some)
    assert [row[1:7] for row in shown] == told_of
    assert set(told_of) == {YES, NO, EITHER, CONTRADICTION}


def test_more_than_fits_is_refused_in_words() -> None:
    """The message names the part and the budget."""
    said = "with decision `door` the rule set needs more than 5,000 nodes"
    with pytest.raises(BudgetError, match=said):
        export_sql(different_outcomes(130))
