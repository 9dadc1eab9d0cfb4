"""A condition with one thing changed: every way to do it, with words for what was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

from routeengine.mutation.wording import written
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    DecisionStatus,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
)
from routeengine.ruleset.domains import CategoryDomain, IntegerDomain, spans
from routeengine.ruleset.model import RuleSet

ConditionKind: TypeAlias = Literal["part", "negation", "joint", "count", "threshold", "values"]

Name = TypeVar("Name", bound=str)

STATUSES: tuple[DecisionStatus, ...] = ("decided", "review", "not_applicable")


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
            yield replace(inner, condition=_with(condition, others))


def _with(condition: Condition, parts: tuple[Condition, ...]) -> Condition:
    if isinstance(condition, All | Any | AtLeast | Exactly):
        return replace(condition, parts=parts)
    return Not(*parts)


def _here(ruleset: RuleSet, condition: Condition) -> Iterator[Changed]:
    """Yield what can be changed of the condition itself, its parts aside."""
    match condition:
        case All(parts=parts) | Any(parts=parts):
            yield from _without_parts(ruleset, condition, parts)
            if len(parts) > 1:
                yield _joined(ruleset, condition, parts)
        case AtLeast(count=count, parts=parts) | Exactly(count=count, parts=parts):
            if count < len(parts):
                yield from _without_parts(ruleset, condition, parts)
            yield from _counted(condition, count, parts)
        case Not():
            pass
        case _:
            words = f"`{written(ruleset, condition)}` is turned into its opposite"
            yield Changed("negation", words, Not(condition))
            yield from _other_values(ruleset, condition)


def _without_parts(
    ruleset: RuleSet, condition: Condition, parts: tuple[Condition, ...]
) -> Iterator[Changed]:
    if len(parts) < 2:
        return
    for number, part in enumerate(parts):
        words = f"`{written(ruleset, part)}` is left out"
        rest = parts[:number] + parts[number + 1 :]
        yield Changed("part", words, _with(condition, rest))


def _joined(ruleset: RuleSet, condition: Condition, parts: tuple[Condition, ...]) -> Changed:
    is_all = isinstance(condition, All)
    one, other = ("all", "any") if is_all else ("any", "all")
    words = f"`{one}` becomes `{other}` in `{written(ruleset, condition)}`"
    return Changed("joint", words, Any(parts) if is_all else All(parts))


def _counted(condition: Condition, count: int, parts: tuple[Condition, ...]) -> Iterator[Changed]:
    is_exact = isinstance(condition, Exactly)
    name, other = ("exactly", "at_least") if is_exact else ("at_least", "exactly")
    # "At least none" holds always: no author could write it.
    lowest = 0 if is_exact else 1
    for near in (count - 1, count + 1):
        if lowest <= near <= len(parts):
            same = Exactly(near, parts) if is_exact else AtLeast(near, parts)
            yield Changed("count", f"`{name}` {count} of {len(parts)} becomes {near}", same)
    if count > 0:
        swapped = AtLeast(count, parts) if is_exact else Exactly(count, parts)
        words = f"`{name}` {count} of {len(parts)} becomes `{other}` {count}"
        yield Changed("count", words, swapped)


def _other_values(ruleset: RuleSet, condition: Condition) -> Iterator[Changed]:
    match condition:
        case FactIs(fact=fact):
            domain = ruleset.fact[fact].domain
            if isinstance(domain, IntegerDomain):
                yield from _moved(ruleset, condition, domain.size)
            elif isinstance(domain, CategoryDomain):
                yield from _toggled(ruleset, condition, domain.size)
        case OutcomeIs(decision=name, outcomes=some):
            outcomes = [outcome.id for outcome in ruleset.decision[name].outcomes]
            for words, other in _one_more_or_less(some, outcomes):
                yield Changed("values", f"{words} `{name}`", OutcomeIs(name, other))
        case StatusIs(decision=name, statuses=statuses):
            for words, other in _one_more_or_less(statuses, STATUSES):
                yield Changed("values", f"{words} `{name}`", StatusIs(name, other))
        case RuleIs(decision=name, rules=some):
            rules = [rule.id for rule in ruleset.decision[name].rules]
            for words, other in _one_more_or_less(some, rules):
                yield Changed("values", f"{words} `{name}`", RuleIs(name, other))


def _moved(ruleset: RuleSet, leaf: FactIs, size: int) -> Iterator[Changed]:
    """Yield the number with one end of what is asked moved by one; never to all or nothing."""
    for first, last in spans(leaf.allowed):
        ends = []
        if first > 0:
            ends += [leaf.allowed | 1 << (first - 1), leaf.allowed & ~(1 << first)]
        if last < size - 1:
            ends += [leaf.allowed | 1 << (last + 1), leaf.allowed & ~(1 << last)]
        for allowed in ends:
            if allowed and allowed != (1 << size) - 1:
                yield _becomes(ruleset, "threshold", leaf, allowed)


def _toggled(ruleset: RuleSet, leaf: FactIs, size: int) -> Iterator[Changed]:
    for number in range(size):
        allowed = leaf.allowed ^ 1 << number
        if allowed and allowed != (1 << size) - 1:
            yield _becomes(ruleset, "values", leaf, allowed)


def _becomes(ruleset: RuleSet, kind: ConditionKind, leaf: FactIs, allowed: int) -> Changed:
    other = replace(leaf, allowed=allowed)
    words = f"`{written(ruleset, leaf)}` becomes `{written(ruleset, other)}`"
    return Changed(kind, words, other)


def _one_more_or_less(
    some: tuple[Name, ...], known: Sequence[Name]
) -> Iterator[tuple[str, tuple[Name, ...]]]:
    """Yield the names with one added or taken away, and words that end before the decision."""
    for name in known:
        if name not in some:
            yield f"`{name}` is added to what is asked of", (*some, name)
        elif len(set(some)) > 1:
            rest = tuple(one for one in some if one != name)
            yield f"`{name}` is taken from what is asked of", rest
