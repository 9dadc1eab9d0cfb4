"""What reads what: found from the structure alone, whatever a client's facts are."""

from __future__ import annotations

from collections.abc import Iterable

from routeengine.ruleset.conditions import (
    Condition,
    CriterionIs,
    FactIs,
    OutcomeIs,
    RuleIs,
    StatusIs,
    walk,
)
from routeengine.ruleset.model import Decision, RuleSet


def _named(ruleset: RuleSet, conditions: Iterable[Condition]) -> tuple[set[str], set[str]]:
    """Give the facts and the decisions that conditions name, also by way of criteria."""
    facts, decisions, criteria = set[str](), set[str](), set[str]()
    todo = list(conditions)
    while todo:
        for part in walk(todo.pop()):
            match part:
                case FactIs(name):
                    facts.add(name)
                case OutcomeIs(name) | StatusIs(name) | RuleIs(name):
                    decisions.add(name)
                case CriterionIs(name) if name not in criteria:
                    criteria.add(name)
                    todo.append(ruleset.criterion[name].when)
    return facts, decisions


def decisions_of(ruleset: RuleSet, condition: Condition) -> frozenset[str]:
    """Give the earlier decisions that a condition refers to itself."""
    return frozenset(_named(ruleset, [condition])[1])


def facts_of(ruleset: RuleSet, condition: Condition) -> frozenset[str]:
    """Give the facts that a condition names, directly, by way of criteria or of decisions."""
    facts, decisions = _named(ruleset, [condition])
    return frozenset(facts.union(*(facts_read(ruleset, decision) for decision in decisions)))


def facts_named(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Give the facts that a decision's own conditions name, directly or by way of criteria."""
    return frozenset(_named(ruleset, ruleset.decision[decision].conditions)[0])


def facts_read(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Give the facts that a decision reads, directly or through what it refers to.

    Kept beside the rule set's own cached properties: chains of decisions ask it very often.
    """
    kept: dict[str, frozenset[str]] = vars(ruleset).setdefault("_facts_read", {})
    if decision not in kept:
        facts, todo, seen = set[str](), [decision], {decision}
        while todo:
            named, earlier = _named(ruleset, ruleset.decision[todo.pop()].conditions)
            facts |= named
            todo += earlier - seen
            seen |= earlier
        kept[decision] = frozenset(facts)
    return kept[decision]


def evaluation_order(ruleset: RuleSet) -> tuple[Decision, ...]:
    """Give the decisions, each after those it refers to; otherwise in declared order."""
    needs = {one.id: _named(ruleset, one.conditions)[1] for one in ruleset.decisions}
    order: dict[str, Decision] = {}
    left = list(ruleset.decisions)
    while left:
        ready = next(decision for decision in left if needs[decision.id] <= order.keys())
        order[ready.id] = ready
        left.remove(ready)
    return tuple(order.values())
