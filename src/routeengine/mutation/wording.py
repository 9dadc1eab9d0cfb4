"""Conditions in the words of the rule language, on one line: what an author would type."""

from __future__ import annotations

import re

from routeengine.bits import numbers
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain, Value, spans
from routeengine.ruleset.model import Fact, RuleSet

_PLAIN = re.compile(r"[A-Za-z_][\w-]*")

_OTHER_THAN_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some readers of YAML do not take as text."""


def scalar(value: Value) -> str:
    """Give a value as YAML: text that could be read as something else stands in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or (
        _PLAIN.fullmatch(value) and value.lower() not in _OTHER_THAN_TEXT
    ):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(values: tuple[str, ...]) -> str:
    """Give one name as it is, and more as a list."""
    names = [scalar(value) for value in values]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def written(ruleset: RuleSet, condition: Condition) -> str:
    """Give a condition as it could stand in a rule file."""
    match condition:
        case FactIs(fact=fact, allowed=allowed):
            return _fact(ruleset.fact[fact], allowed)
        case CriterionIs(criterion=criterion):
            return criterion
        case OutcomeIs(decision=decision, outcomes=outcomes):
            return f"{{decision: {decision}, outcome: {listed(outcomes)}}}"
        case StatusIs(decision=decision, statuses=statuses):
            return f"{{decision: {decision}, status: {listed(statuses)}}}"
        case RuleIs(decision=decision, rules=rules):
            return f"{{decision: {decision}, rule: {listed(rules)}}}"
        case Not(part=part):
            return f"not: {_inner(ruleset, part)}"
        case All(parts=parts):
            return f"all: {_parts(ruleset, parts)}"
        case Any(parts=parts):
            return f"any: {_parts(ruleset, parts)}"
        case AtLeast(count=count, parts=parts):
            return f"at_least: {{count: {count}, of: {_parts(ruleset, parts)}}}"
        case _:  # Exactly
            count, parts = condition.count, condition.parts
            return f"exactly: {{count: {count}, of: {_parts(ruleset, parts)}}}"


def _inner(ruleset: RuleSet, condition: Condition) -> str:
    words = written(ruleset, condition)
    return f"{{{words}}}" if ": " in words and not words.startswith("{") else words


def _parts(ruleset: RuleSet, parts: tuple[Condition, ...]) -> str:
    return "[" + ", ".join(_inner(ruleset, part) for part in parts) + "]"


def _fact(fact: Fact, allowed: int) -> str:
    domain = fact.domain
    if isinstance(domain, BooleanDomain) and allowed != domain.full:
        return fact.id if allowed == 2 else f"{fact.id}: false"
    runs = spans(allowed)
    if isinstance(domain, IntegerDomain) and len(runs) == 1:
        low, high = (domain.minimum + end for end in runs[0])
        if low == high:
            return f"{fact.id}: {low}"
        if high == domain.maximum:
            return f"{fact.id}: {{at_least: {low}}}"
        if low == domain.minimum:
            return f"{fact.id}: {{at_most: {high}}}"
        return f"{fact.id}: {{between: [{low}, {high}]}}"
    values = [scalar(domain.value(number)) for number in numbers(allowed)]
    return f"{fact.id}: " + (values[0] if len(values) == 1 else "[" + ", ".join(values) + "]")
