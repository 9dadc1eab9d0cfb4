"""Which constraints belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routeengine.ruleset.conditions import Not
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import facts_of


@dataclass(frozen=True, slots=True)
class Coupling:
    """Constraints that share facts, and so have to be looked at together.

    `facts` stand in declared order; `holds` are the conditions that must hold.
    """

    facts: tuple[str, ...]
    holds: tuple[Not, ...]


def couplings(ruleset: RuleSet) -> tuple[Coupling, ...]:
    """Split the constraints into groups that have no fact in common."""
    return tuple(
        Coupling(tuple(fact.id for fact in ruleset.facts if fact.id in facts), tuple(holds))
        for facts, (holds,) in coupled((ruleset,))
    )


def coupled(rulesets: Sequence[RuleSet]) -> list[tuple[set[str], list[list[Not]]]]:
    """Group the constraints of rule sets over the same facts by the facts that they share.

    Return, per group, its facts and for each rule set the conditions that must hold.
    """
    groups: list[tuple[set[str], list[list[Not]]]] = []
    for place, ruleset in enumerate(rulesets):
        for constraint in ruleset.constraints:
            facts = set(facts_of(ruleset, constraint.forbids))
            holds: list[list[Not]] = [[] for _ in rulesets]
            holds[place].append(Not(constraint.forbids))
            apart = []
            for group in groups:
                if group[0] & facts:
                    facts |= group[0]
                    holds = [old + new for old, new in zip(group[1], holds, strict=True)]
                else:
                    apart.append(group)
            groups = [*apart, (facts, holds)]
    return groups
