"""What reads what: found from the structure alone, whatever a client's facts are."""

from __future__ import annotations

from collections.abc import Iterator

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

__all__ = [
    "conditions_of",
    "decisions_of",
    "evaluation_order",
    "facts_named",
    "facts_of",
    "facts_read",
]


def conditions_of(decision: Decision) -> Iterator[Condition]:
    """Yield the conditions that stand in a decision."""
    if decision.applies_when is not None:
        yield decision.applies_when
    for rule in decision.rules:
        if rule.when is not None:
            yield rule.when


def _leaves(ruleset: RuleSet, condition: Condition) -> Iterator[Condition]:
    """Yield the facts and decisions that a condition names, also by way of criteria."""
    todo, seen = [condition], set[str]()
    while todo:
        for part in walk(todo.pop()):
            if not isinstance(part, CriterionIs):
                yield part
            elif part.criterion not in seen:
                seen.add(part.criterion)
                todo.append(ruleset.criterion[part.criterion].when)


def decisions_of(ruleset: RuleSet, condition: Condition) -> frozenset[str]:
    """Give the earlier decisions that a condition refers to itself."""
    return frozenset(
        part.decision
        for part in _leaves(ruleset, condition)
        if isinstance(part, OutcomeIs | StatusIs | RuleIs)
    )


def facts_of(ruleset: RuleSet, condition: Condition) -> frozenset[str]:
    """Give the facts that a condition names, directly, by way of criteria or of decisions."""
    facts = {part.fact for part in _leaves(ruleset, condition) if isinstance(part, FactIs)}
    for decision in decisions_of(ruleset, condition):
        facts |= facts_read(ruleset, decision)
    return frozenset(facts)


def facts_named(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Give the facts that a decision's own conditions name, directly or by way of criteria."""
    return frozenset(
        part.fact
        for condition in conditions_of(ruleset.decision[decision])
        for part in _leaves(ruleset, condition)
        if isinstance(part, FactIs)
    )


def facts_read(ruleset: RuleSet, decision: str) -> frozenset[str]:
    """Give the facts that a decision reads, directly or through what it refers to.

    Kept beside the rule set's own cached properties: chains of decisions ask it very often.
    """
    kept: dict[str, frozenset[str]] = vars(ruleset).setdefault("_facts_read", {})
    found = kept.get(decision)
    if found is None:
        found = kept[decision] = _facts_read(ruleset, decision)
    return found


def _facts_read(ruleset: RuleSet, decision: str) -> frozenset[str]:
    facts: set[str] = set()
    todo, seen = [decision], {decision}
    while todo:
        for condition in conditions_of(ruleset.decision[todo.pop()]):
            parts = _leaves(ruleset, condition)
            facts |= {part.fact for part in parts if isinstance(part, FactIs)}
            earlier = decisions_of(ruleset, condition) - seen
            seen |= earlier
            todo += earlier
    return frozenset(facts)


def evaluation_order(ruleset: RuleSet) -> tuple[Decision, ...]:
    """Give the decisions, each after those it refers to; otherwise in declared order."""
    needs = {
        decision.id: frozenset(
            name for c in conditions_of(decision) for name in decisions_of(ruleset, c)
        )
        for decision in ruleset.decisions
    }
    order: list[Decision] = []
    left = list(ruleset.decisions)
    while left:
        done = {decision.id for decision in order}
        ready = next(decision for decision in left if needs[decision.id] <= done)
        order.append(ready)
        left.remove(ready)
    return tuple(order)
