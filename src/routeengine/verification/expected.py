"""Proofs of what the author expects of every profile."""

from __future__ import annotations

from collections.abc import Iterable

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Condition
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.reading import facts_of, facts_read
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.diagram import Node
from routeengine.verification.findings import Finding, Kept
from routeengine.verification.space import NOTHING, Amount, Confined
from routeengine.verification.subject import Subject, needed

ASIDE = "aside"
"""The value of the leaf for profiles that an expectation does not speak of."""


def of_profiles(subject: Subject, expectation: Expectation) -> Finding | Kept:
    """Prove an expectation on every profile on which its condition holds, or show a broken one.

    Raises BudgetError where that does not fit.
    """
    decision, when = expectation.decision, condition_of(expectation)
    confined = answers_where(subject, expectation)
    amounts = subject.amounts(confined)
    amounts.pop(ASIDE, None)

    def broken(answer: object) -> bool:
        if not isinstance(answer, FullVerdict):
            return False
        if expectation.never:
            return answer.key in expectation.never
        return answer.key not in expectation.always

    def shows(profile: FullProfile) -> bool:
        return profile.holds(when) and broken(profile.verdicts[decision])

    if not amounts:
        return idle(expectation, "its condition never holds")
    against = [full for full in amounts if broken(full)]
    if not against:
        return Kept(expectation.id, total(amounts.values()))
    witness = subject.witness(confined, broken, shows)
    covers = total(amounts[full] for full in against)
    return Finding(
        "broken_expectation",
        decision,
        f"expectation `{expectation.id}` does not hold: "
        f"`{decision}` can be {listed([full.key for full in against])}",
        (expectation.id,),
        expectation.place,
        witness=witness.values,
        enough=witness.enough,
        covers=covers,
        look=subject.regions(lambda: confined, broken, shows, covers),
    )


def condition_of(expectation: Expectation) -> Condition:
    """Give the condition of an expectation; one that always holds where it has none."""
    return All(()) if expectation.when is None else expectation.when


def answers_where(subject: Subject, expectation: Expectation) -> Confined:
    """Give the answers of the decision where the condition holds, and ASIDE elsewhere.

    Raises BudgetError where that does not fit.
    """
    when = condition_of(expectation)
    facts = facts_read(subject.ruleset, expectation.decision) | facts_of(subject.ruleset, when)
    if expectation.change is not None:
        facts |= {expectation.change.fact}

    def build() -> Node:
        diagram, compiler = subject.space.diagram, subject.compiler
        decided = compiler.decision(expectation.decision)
        return diagram.ite(compiler.condition(when), decided, diagram.leaf(ASIDE))

    return needed(subject.confined(facts, build))


def idle(expectation: Expectation, why: str) -> Finding:
    """Make the finding that an expectation speaks of nothing."""
    return Finding(
        "idle_expectation",
        expectation.decision,
        f"expectation `{expectation.id}` speaks of no profile: {why}",
        (expectation.id,),
        expectation.place,
    )


def total(amounts: Iterable[Amount]) -> Amount:
    """Give several amounts together."""
    return sum(amounts, NOTHING)


def listed(keys: Iterable[str]) -> str:
    """Give answers in words, each once."""
    return " or ".join(f"`{key}`" for key in dict.fromkeys(keys))
