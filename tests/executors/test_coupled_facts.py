"""Facts that a constraint ties together: they can matter only together."""

from __future__ import annotations

import pytest

from generated import BOTH, GROUNDS, a_fact, build_ruleset
from routeengine.executors.interface import Executor
from routeengine.executors.lanes import LanesExecutor
from routeengine.executors.reference import ReferenceExecutor
from routeengine.profile import Known
from routeengine.ruleset.conditions import All, Any, Exactly, FactIs, Not
from routeengine.ruleset.dependencies import couplings
from routeengine.ruleset.domains import BooleanDomain
from routeengine.ruleset.model import Constraint, Decision, Outcome, Rule, RuleSet
from routeengine.value_set import set_of_bits


def all_equal(count: int) -> RuleSet:
    """Build a rule set in which all facts are true or all are false."""
    names = [f"x{number}" for number in range(count)]
    equal = Any(
        (
            All(tuple(FactIs(x, set_of_bits(2)) for x in names)),
            All(tuple(FactIs(x, set_of_bits(1)) for x in names)),
        )
    )
    decision = Decision(
        "d",
        BOTH,
        (Outcome("a", BOTH, BOTH), Outcome("b", BOTH, BOTH)),
        (
            Rule(
                "yes",
                All(tuple(FactIs(x, set_of_bits(2)) for x in names)),
                "a",
                BOTH,
                BOTH,
                GROUNDS,
            ),
            Rule("no", None, "b", BOTH, BOTH, GROUNDS),
        ),
    )
    return build_ruleset(
        "equal",
        facts=tuple(a_fact(x, BooleanDomain()) for x in names),
        decisions=(decision,),
        constraints=(Constraint("equal", Not(equal), BOTH, GROUNDS),),
    )


FACTS = tuple(a_fact(name, BooleanDomain()) for name in ("x", "y", "z"))
X, Y = FactIs("x", set_of_bits(2)), FactIs("y", set_of_bits(2))
IFF = build_ruleset(
    "iff",
    facts=FACTS,
    decisions=(
        Decision(
            "d",
            BOTH,
            (Outcome("a", BOTH, BOTH), Outcome("b", BOTH, BOTH)),
            (
                Rule("both", All((X, Y)), "a", BOTH, BOTH, GROUNDS),
                Rule("not_both", Not(All((X, Y))), "b", BOTH, BOTH, GROUNDS),
            ),
        ),
    ),
    constraints=(Constraint("same", Any((All((X, Not(Y))), All((Not(X), Y)))), BOTH, GROUNDS),),
)


@pytest.mark.parametrize("executor", [LanesExecutor(IFF), ReferenceExecutor(IFF)])
def test_facts_that_only_change_together_both_matter(executor: Executor) -> None:
    """Under "x iff y" no single fact changes the verdict, and yet both have to be asked."""
    state = {name: Known(set_of_bits(3)) for name in ("x", "y", "z")}
    verdict = executor.evaluate(state).verdicts["d"]
    assert verdict.status == "insufficient"
    assert verdict.missing == ("x", "y")


@pytest.mark.parametrize("executor", [LanesExecutor(IFF), ReferenceExecutor(IFF)])
def test_a_fact_that_follows_from_another_is_not_asked(executor: Executor) -> None:
    """Where x is known, y follows by the constraint, and nothing is missing."""
    state = {"x": Known(set_of_bits(2)), "y": Known(set_of_bits(3)), "z": Known(set_of_bits(3))}
    verdict = executor.evaluate(state).verdicts["d"]
    assert (verdict.outcome, verdict.missing) == ("a", ())
    assert executor.inspect(state).values("y") == set_of_bits(2)


def test_constraints_that_share_a_fact_are_one_coupling() -> None:
    """Also where only a later constraint ties them; what shares nothing stays apart."""
    names = ("a", "b", "c", "d", "e", "f")
    pairs = (("a", "b"), ("c", "d"), ("e", "f"), ("b", "c"))
    constraints = tuple(
        Constraint(
            "".join(pair), All(tuple(FactIs(name, set_of_bits(2)) for name in pair)), BOTH, GROUNDS
        )
        for pair in pairs
    )
    facts = tuple(a_fact(name, BooleanDomain()) for name in names)
    ruleset = build_ruleset(
        "tied", facts=facts, decisions=IFF.decisions[:0], constraints=constraints
    )
    assert {coupling.facts for coupling in couplings(ruleset)} == {("a", "b", "c", "d"), ("e", "f")}


def test_two_pairs_in_one_coupling_are_found_and_nothing_larger() -> None:
    """With x iff y and z iff w, each pair matters together; q, which ties them, does not."""
    x, y, z, w, q = (FactIs(name, set_of_bits(2)) for name in "xyzwq")
    differ = [Any((All((a, Not(b))), All((Not(a), b)))) for a, b in ((x, y), (z, w))]
    rules = (
        Rule("one", Exactly(1, (x, z)), "a", BOTH, BOTH, GROUNDS),
        Rule("else", None, "b", BOTH, BOTH, GROUNDS),
    )
    ruleset = build_ruleset(
        "pairs",
        facts=tuple(a_fact(name, BooleanDomain()) for name in "xyzwq"),
        decisions=(
            Decision("d", BOTH, (Outcome("a", BOTH, BOTH), Outcome("b", BOTH, BOTH)), rules),
        ),
        constraints=(
            Constraint("xy", differ[0], BOTH, GROUNDS),
            Constraint("zw", differ[1], BOTH, GROUNDS),
            Constraint("tie", All((x, z, q)), BOTH, GROUNDS),
        ),
    )
    state = {name: Known(set_of_bits(3)) for name in "xyzw"} | {"q": Known(set_of_bits(1))}
    for executor in (LanesExecutor(ruleset), ReferenceExecutor(ruleset)):
        assert set(executor.evaluate(state).verdicts["d"].missing) == set("xyzw")
