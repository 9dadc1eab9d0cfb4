"""A condition with one thing changed: every way to do it, in the words of the rule language."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from routeengine.bits import numbers
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
    with_children,
)
from routeengine.ruleset.domains import BooleanDomain, IntegerDomain, Value, spans
from routeengine.ruleset.model import Decision, Fact, RuleSet
from routeengine.verification.parts import WORDS

ConditionKind: TypeAlias = Literal["part", "negation", "joint", "count", "threshold", "values"]

STATUSES = ("decided", "review", "not_applicable")


@dataclass(frozen=True, slots=True)
class Changed:
    """A condition with one thing changed, and in words what."""

    kind: ConditionKind
    words: str
    condition: Condition


def changed(ruleset: RuleSet, condition: Condition) -> Iterator[Changed]:
    """Yield the condition with one thing changed anywhere in it, in every way there is.

    A part is left out or negated, `all` becomes `any`, a count or a threshold moves by one,
    a value, outcome, status or rule is added or taken away. Some can be the same again.
    """
    yield from _here(ruleset, condition)
    parts = children(condition)
    for number, part in enumerate(parts):
        for inner in changed(ruleset, part):
            others = (*parts[:number], inner.condition, *parts[number + 1 :])
            yield replace(inner, condition=with_children(condition, others))


def _here(ruleset: RuleSet, condition: Condition) -> Iterator[Changed]:
    """Yield what can be changed of the condition itself, its parts aside."""
    match condition:
        case All(parts=parts) | Any(parts=parts):
            yield from _without_parts(ruleset, condition, parts)
            if len(parts) > 1:
                one, other = ("all", "any") if isinstance(condition, All) else ("any", "all")
                words = f"`{one}` becomes `{other}` in `{written(ruleset, condition)}`"
                yield Changed("joint", words, Any(parts) if one == "all" else All(parts))
        case AtLeast(count=count, parts=parts) | Exactly(count=count, parts=parts):
            # Of three parts two are left: "at least three" of those would never hold.
            if count < len(parts):
                yield from _without_parts(ruleset, condition, parts)
            yield from _counted(condition)
        case Not():
            pass
        case _:
            words = f"`{written(ruleset, condition)}` is turned into its opposite"
            yield Changed("negation", words, Not(condition))
            if isinstance(condition, FactIs):
                yield from _other_values(ruleset, condition)
            elif not isinstance(condition, CriterionIs):
                yield from _other_names(ruleset, condition)


def _without_parts(
    ruleset: RuleSet, condition: Condition, parts: tuple[Condition, ...]
) -> Iterator[Changed]:
    for number, part in enumerate(parts if len(parts) > 1 else ()):
        words = f"`{written(ruleset, part)}` is left out"
        rest = parts[:number] + parts[number + 1 :]
        yield Changed("part", words, with_children(condition, rest))


def _counted(condition: AtLeast | Exactly) -> Iterator[Changed]:
    count, parts = condition.count, condition.parts
    is_exact = isinstance(condition, Exactly)
    name, other = ("exactly", "at_least") if is_exact else ("at_least", "exactly")
    # "At least none" holds always: no author could write it.
    lowest = 0 if is_exact else 1
    for near in (count - 1, count + 1):
        if lowest <= near <= len(parts):
            words = f"`{name}` {count} of {len(parts)} becomes {near}"
            yield Changed("count", words, replace(condition, count=near))
    if count > 0:
        swapped = AtLeast(count, parts) if is_exact else Exactly(count, parts)
        words = f"`{name}` {count} of {len(parts)} becomes `{other}` {count}"
        yield Changed("count", words, swapped)


def _other_values(ruleset: RuleSet, leaf: FactIs) -> Iterator[Changed]:
    """Yield a number with one end of what is asked moved by one, or a category more or less."""
    domain = ruleset.fact[leaf.fact].domain
    kind: ConditionKind = "values"
    others = [leaf.allowed ^ 1 << number for number in range(domain.size)]
    if isinstance(domain, IntegerDomain):
        kind, others = "threshold", list(_moved(leaf.allowed, domain.size))
    elif isinstance(domain, BooleanDomain):
        return
    for allowed in others:
        # Never to all or nothing.
        if allowed not in (0, domain.full):
            other = replace(leaf, allowed=allowed)
            words = f"`{written(ruleset, leaf)}` becomes `{written(ruleset, other)}`"
            yield Changed(kind, words, other)


def _moved(allowed: int, size: int) -> Iterator[int]:
    # Rungs go from 1 to 6. Of a condition each end moves one up and one down:
    #
    #     between 2 and 3   ->   1 to 3,  just 3,  2 to 4,  just 2
    #     at most 2         ->   at most 3,  just 1
    #
    # "At most 2" has one end: 1 is where rungs begin, and nobody wrote that down.
    for first, last in spans(allowed):
        if first > 0:
            yield from (allowed | 1 << (first - 1), allowed & ~(1 << first))
        if last < size - 1:
            yield from (allowed | 1 << (last + 1), allowed & ~(1 << last))


def _other_names(ruleset: RuleSet, condition: OutcomeIs | StatusIs | RuleIs) -> Iterator[Changed]:
    """Yield the outcomes, statuses or rules that are asked with one added or taken away."""
    name, decision = condition.decision, ruleset.decision[condition.decision]
    field, some, known = _names(condition, decision)
    for one in known:
        if one not in some:
            words, other = f"`{one}` is added to what is asked of `{name}`", (*some, one)
        elif len(set(some)) > 1:
            words = f"`{one}` is taken from what is asked of `{name}`"
            other = tuple(each for each in some if each != one)
        else:
            continue
        change: dict[str, typing.Any] = {field: other}
        yield Changed("values", words, replace(condition, **change))


def _names(
    condition: OutcomeIs | StatusIs | RuleIs, decision: Decision
) -> tuple[str, tuple[str, ...], Sequence[str]]:
    """Return the field that has names, those that are asked, and all there are."""
    match condition:
        case OutcomeIs(outcomes=some):
            return "outcomes", some, [outcome.id for outcome in decision.outcomes]
        case StatusIs(statuses=some):
            return "statuses", some, STATUSES
        case _:
            return "rules", condition.rules, [rule.id for rule in decision.rules]


# Words


_PLAIN = re.compile(r"[A-Za-z_][\w-]*")

_OTHER_THAN_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some readers of YAML do not take as text."""


def scalar(value: Value) -> str:
    """Return a value as YAML: text that could be read as something else stands in quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or (
        _PLAIN.fullmatch(value) and value.lower() not in _OTHER_THAN_TEXT
    ):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(values: Sequence[Value]) -> str:
    """Return one value as it is, and more as a list."""
    names = [scalar(value) for value in values]
    return names[0] if len(names) == 1 else "[" + ", ".join(names) + "]"


def written(ruleset: RuleSet, condition: Condition) -> str:
    """Return a condition as it could stand in a rule file."""
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
        case _:
            parts = ", ".join(_inner(ruleset, part) for part in condition.parts)
            of = f"[{parts}]"
            if isinstance(condition, AtLeast | Exactly):
                of = f"{{count: {condition.count}, of: {of}}}"
            return f"{WORDS[type(condition)]}: {of}"


def _inner(ruleset: RuleSet, condition: Condition) -> str:
    words = written(ruleset, condition)
    return f"{{{words}}}" if ": " in words and not words.startswith("{") else words


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
    return f"{fact.id}: {listed([domain.value(number) for number in numbers(allowed)])}"
