"""What reads what, and so belongs together: from the structure alone, whatever the facts are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from routeengine.errors import Fault, RuleSetError
from routeengine.ruleset.conditions import (
    Condition,
    CriterionIs,
    DecisionIs,
    FactIs,
    Not,
    ScoreIs,
    walk,
)
from routeengine.ruleset.model import Decision, RuleSet, Score


class Named(NamedTuple):
    """What conditions name, also by way of criteria and scores, but not of other decisions."""

    facts: set[str]
    decisions: set[str]
    scores: set[str]


def named_by(ruleset: RuleSet, conditions: Iterable[Condition]) -> Named:
    """Return what conditions name.

    A score is read as a whole, also where a bound on it can never bite.
    """
    facts, decisions, scores = named = Named(set(), set(), set())
    criteria = set[str]()
    todo = list(conditions)
    while todo:
        for part in walk(todo.pop()):
            match part:
                case FactIs(name):
                    facts.add(name)
                case CriterionIs(name) if name not in criteria:
                    criteria.add(name)
                    todo.append(ruleset.criterion[name].when)
                case ScoreIs(name) if name not in scores:
                    scores.add(name)
                    todo += [one.when for one in ruleset.score[name].parts]
                case _ if isinstance(part, DecisionIs):
                    decisions.add(part.decision)
    return named


def decisions_of(ruleset: RuleSet, decision: Decision) -> frozenset[str]:
    """Return the earlier decisions that a decision's conditions refer to themselves."""
    return frozenset(named_by(ruleset, decision.conditions).decisions)


def facts_of(ruleset: RuleSet, condition: Condition) -> frozenset[str]:
    """Return the facts that a condition names, directly, by way of criteria or of decisions."""
    facts, decisions, _ = named_by(ruleset, [condition])
    return frozenset(facts.union(*(facts_read(ruleset, decision) for decision in decisions)))


def facts_named(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Return the facts that a decision's own conditions name, directly or by way of criteria."""
    return frozenset(named_by(ruleset, ruleset.decision[decision].conditions).facts)


def facts_read(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Return the facts that a decision reads, directly or through what it refers to.

    Kept beside the rule set's own cached properties: chains of decisions ask it very often.
    """
    known: dict[str, frozenset[str]] = vars(ruleset).setdefault("_facts_read", {})
    if decision not in known:
        facts, todo, seen = set[str](), [decision], {decision}
        while todo:
            named, earlier, _ = named_by(ruleset, ruleset.decision[todo.pop()].conditions)
            facts |= named
            todo += earlier - seen
            seen |= earlier
        known[decision] = frozenset(facts)
    return known[decision]


class ScoreGroup(NamedTuple):
    """Parts of a score, by number from 0 on, that share facts, and all facts that they read."""

    parts: tuple[int, ...]
    facts: tuple[str, ...]


def score_groups(ruleset: RuleSet, score: Score) -> tuple[ScoreGroup, ...]:
    """Split the parts of a score into groups that have no fact in common, in their order."""
    groups: list[tuple[list[int], frozenset[str]]] = []
    for number, part in enumerate(score.parts):
        parts, facts, apart = [number], facts_of(ruleset, part.when), []
        for group in groups:
            if facts.isdisjoint(group[1]):
                apart.append(group)
            else:
                parts, facts = group[0] + parts, group[1] | facts
        groups = [*apart, (parts, facts)]
    order = sorted(groups, key=lambda one: min(one[0]))
    return tuple(
        ScoreGroup(
            tuple(sorted(parts)), tuple([one.id for one in ruleset.facts if one.id in facts])
        )
        for parts, facts in order
    )


def evaluation_order(ruleset: RuleSet) -> tuple[Decision, ...]:
    """Return the decisions, each after those it refers to; otherwise in declared order."""
    # As the check of references allows no circle, one decision at least is ready each time.
    needs = {one.id: named_by(ruleset, one.conditions)[1] for one in ruleset.decisions}
    order: dict[str, Decision] = {}
    left = list(ruleset.decisions)
    while left:
        ready = next(decision for decision in left if needs[decision.id] <= order.keys())
        order[ready.id] = ready
        left.remove(ready)
    return tuple(order.values())


@dataclass(frozen=True, slots=True)
class Coupling:
    """Constraints that share facts, and so have to be looked at together.

    `facts` stand in declared order; `holds` are the conditions that must hold.
    """

    facts: tuple[str, ...]
    holds: tuple[Not, ...]


def nothing_left(ruleset: RuleSet, coupling: Coupling) -> RuleSetError:
    """Return the error for constraints of a coupling that exclude every profile."""
    named = ", ".join(f"`{fact}`" for fact in coupling.facts)
    forbidden = {held.part for held in coupling.holds}
    place = next(one.place for one in ruleset.constraints if one.forbids in forbidden)
    message = f"the constraints on {named} exclude every profile"
    fault = Fault(place.file, place.line, place.column, message, field=place.field)
    return RuleSetError((fault,))


def couplings(ruleset: RuleSet) -> tuple[Coupling, ...]:
    """Split the constraints into groups that have no fact in common."""
    return tuple(
        Coupling(tuple(fact.id for fact in ruleset.facts if fact.id in facts), tuple(holds))
        for facts, (holds,) in coupled_constraints((ruleset,))
    )


def coupled_constraints(rulesets: Sequence[RuleSet]) -> list[tuple[set[str], list[list[Not]]]]:
    """Group the constraints of rule sets over the same facts by the facts that they share.

    Return, per group, its facts and for each rule set the conditions that must hold.
    """
    # Constraints on {p, q}, {r} and {q, r}: the third meets both groups that there are, and all
    # three become one. Groups that it does not meet stay apart.
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
