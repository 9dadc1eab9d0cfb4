"""A condition with one thing changed: every way to do it, in the words of the rule language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, get_args

from routeengine.profile import MAX_LISTED
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition, children, with_children
from routeengine.ruleset.domains import BooleanDomain, RangeDomain, Value
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.value_set import NO_VALUES, ValueSet, single

ConditionKind: TypeAlias = Literal["part", "negation", "joint", "count", "threshold", "values"]

_OPPOSITE: Mapping[type, Any] = {
    conditions.All: conditions.Any,
    conditions.Any: conditions.All,
    conditions.AtLeast: conditions.Exactly,
    conditions.Exactly: conditions.AtLeast,
}
"""What else the parts of a condition could be combined by."""

_ASKED: Mapping[type, tuple[str, str]] = {
    conditions.OutcomeIs: ("outcome", "outcomes"),
    conditions.StatusIs: ("status", "statuses"),
    conditions.RuleIs: ("rule", "rules"),
}
"""What is asked of a decision, by its key and its field; of a decision that field has all."""


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
        case conditions.All(parts) | conditions.Any(parts):
            yield from _without_parts(ruleset, condition)
            if len(parts) > 1:
                other = _OPPOSITE[type(condition)]
                words = f"`{condition.under[0]}` becomes `{other.under[0]}`"
                yield Changed("joint", f"{words} in `{written(ruleset, condition)}`", other(parts))
        case conditions.AtLeast(count, parts) | conditions.Exactly(count, parts):
            # Of three parts two are left: "at least three" of those would never hold.
            if count < len(parts):
                yield from _without_parts(ruleset, condition)
            yield from _counted(condition)
        case conditions.Not():
            pass
        case _:
            words = f"`{written(ruleset, condition)}` is turned into its opposite"
            yield Changed("negation", words, conditions.Not(condition))
            match condition:
                case conditions.FactIs():
                    yield from _other_values(ruleset, condition)
                case conditions.ScoreIs():
                    yield from _other_bounds(ruleset, condition)
                case conditions.OutcomeIs() | conditions.StatusIs() | conditions.RuleIs():
                    yield from _other_names(ruleset, condition)


def _without_parts(ruleset: RuleSet, condition: conditions.Group) -> Iterator[Changed]:
    parts = condition.parts
    for number, part in enumerate(parts if len(parts) > 1 else ()):
        words = f"`{written(ruleset, part)}` is left out"
        rest = parts[:number] + parts[number + 1 :]
        yield Changed("part", words, with_children(condition, rest))


def _counted(condition: conditions.AtLeast | conditions.Exactly) -> Iterator[Changed]:
    count, parts = condition.count, condition.parts
    other = _OPPOSITE[type(condition)]
    words = f"`{condition.under[0]}` {count} of {len(parts)} becomes"
    # "At least none" holds always: no author could write it.
    lowest = 0 if isinstance(condition, conditions.Exactly) else 1
    for near in (count - 1, count + 1):
        if lowest <= near <= len(parts):
            yield Changed("count", f"{words} {near}", replace(condition, count=near))
    if count > 0:
        yield Changed("count", f"{words} `{other.under[0]}` {count}", other(count, parts))


def _other_values(ruleset: RuleSet, leaf: conditions.FactIs) -> Iterator[Changed]:
    """Yield a number with one end of what is asked moved by one, or a category more or less."""
    domain = ruleset.fact[leaf.fact].domain
    kind: ConditionKind = "values"
    if isinstance(domain, RangeDomain):
        kind, others = "threshold", list(_moved(leaf.allowed, domain.size))
    elif isinstance(domain, BooleanDomain):
        return
    else:
        others = [leaf.allowed ^ single(number) for number in range(domain.size)]
    for allowed in others:
        # Never to all or nothing.
        if allowed not in (NO_VALUES, domain.full):
            other = replace(leaf, allowed=allowed)
            words = f"`{written(ruleset, leaf)}` becomes `{written(ruleset, other)}`"
            yield Changed(kind, words, other)


def _moved(allowed: ValueSet, size: int) -> Iterator[ValueSet]:
    # Rungs go from 1 to 6. Of a condition each end moves one up and one down:
    #
    #     between 2 and 3   ->   1 to 3,  just 3,  2 to 4,  just 2
    #     at most 2         ->   at most 3,  just 1
    #
    # "At most 2" has one end: 1 is where rungs begin, and nobody wrote that down.
    for first, last in allowed.runs:
        if first > 0:
            yield from (allowed | single(first - 1), allowed - single(first))
        if last < size - 1:
            yield from (allowed | single(last + 1), allowed - single(last))


def _other_bounds(ruleset: RuleSet, leaf: conditions.ScoreIs) -> Iterator[Changed]:
    """Yield a score with one end of what is asked moved by one step."""
    step = ruleset.score[leaf.score].step
    for by in (-step, step):
        others = [
            None if leaf.low is None else replace(leaf, low=leaf.low + by),
            None if leaf.high is None else replace(leaf, high=leaf.high + by),
        ]
        for other in filter(None, others):
            # Never to what no sum can be.
            if other.low is None or other.high is None or other.low <= other.high:
                words = f"`{written(ruleset, leaf)}` becomes `{written(ruleset, other)}`"
                yield Changed("threshold", words, other)


def _other_names(ruleset: RuleSet, condition: conditions.DecisionIs) -> Iterator[Changed]:
    """Yield the outcomes, statuses or rules that are asked with one added or taken away."""
    decision, (_, field) = ruleset.decision[condition.decision], _ASKED[type(condition)]
    some: tuple[str, ...] = getattr(condition, field)
    known = get_args(conditions.DecisionStatus)
    if field != "statuses":
        known = tuple(one.id for one in getattr(decision, field))
    for one in known:
        other = tuple(each for each in some if each != one)
        words = f"`{one}` is taken from what is asked of `{decision.id}`"
        if one not in some:
            words, other = f"`{one}` is added to what is asked of `{decision.id}`", (*some, one)
        if other:
            change: dict[str, Any] = {field: other}
            yield Changed("values", words, replace(condition, **change))


# Words


_TEXT = re.compile(r"(?!(true|false|null|yes|no|on|off|y|n)$)[A-Z_][\w-]*", re.IGNORECASE)
"""What every reader of YAML takes as text, without quotes around it."""


def scalar(value: Value | None) -> str:
    """Return a value as YAML: text that could be read as something else stands in quotes."""
    if isinstance(value, str) and _TEXT.fullmatch(value):
        return value
    # JSON is YAML too.
    return json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[Value]) -> str:
    """Return one value as it is, and more as a list."""
    names = ", ".join(map(scalar, values))
    return names if len(values) == 1 else f"[{names}]"


def written(ruleset: RuleSet, condition: Condition) -> str:
    """Return a condition as it could stand in a rule file."""
    match condition:
        case conditions.FactIs(fact, allowed):
            return _fact(ruleset.fact[fact], allowed)
        case conditions.CriterionIs(criterion):
            return criterion
        case conditions.OutcomeIs() | conditions.StatusIs() | conditions.RuleIs():
            key, field = _ASKED[type(condition)]
            some = listed(getattr(condition, field))
            return f"{{decision: {condition.decision}, {key}: {some}}}"
        case conditions.ScoreIs(score, low, high):
            return f"{score}: {{{_bounds(low, high)}}}"
        case conditions.Not(part):
            return f"not: {_inner(ruleset, part)}"
        case _:
            of = f"[{', '.join(_inner(ruleset, part) for part in condition.parts)}]"
            if isinstance(condition, conditions.AtLeast | conditions.Exactly):
                of = f"{{count: {condition.count}, of: {of}}}"
            return f"{condition.under[0]}: {of}"


def _bounds(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at_least: {low}"
    return f"at_most: {high}" if low is None else f"between: [{low}, {high}]"


def _inner(ruleset: RuleSet, condition: Condition) -> str:
    words = written(ruleset, condition)
    return f"{{{words}}}" if ": " in words and not words.startswith("{") else words


def _fact(fact: Fact, allowed: ValueSet) -> str:
    domain = fact.domain
    if isinstance(domain, BooleanDomain) and allowed != domain.full:
        return fact.id if True in map(domain.value, allowed.numbers) else f"{fact.id}: false"
    if not isinstance(domain, RangeDomain):
        return f"{fact.id}: {listed(list(map(domain.value, allowed.numbers)))}"
    runs, rest = list(allowed.runs), domain.full - allowed
    if len(runs) > 1 and allowed.size > rest.size:
        return f"{fact.id}: {{not: {_values(domain, rest)}}}"
    if len(runs) > 1 and allowed.size <= MAX_LISTED:
        return f"{fact.id}: {_values(domain, allowed)}"
    parts = [f"{fact.id}: {_run(domain, *run)}" for run in runs]
    return parts[0] if len(parts) == 1 else f"any: [{', '.join(f'{{{one}}}' for one in parts)}]"


def _run(domain: RangeDomain, first: int, last: int) -> str:
    low, high = domain.value(first), domain.value(last)
    if first == last:
        return f"{low}"
    if last == domain.size - 1:
        return f"{{at_least: {low}}}"
    if first == 0:
        return f"{{at_most: {high}}}"
    return f"{{between: [{low}, {high}]}}"


def _values(domain: RangeDomain, some: ValueSet) -> str:
    names = ", ".join(str(domain.value(number)) for number in some.numbers)
    return names if some.is_single else f"[{names}]"
