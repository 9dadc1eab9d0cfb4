"""Conditions: structure, never code.

A condition compares a fact, refers to a criterion or to an earlier decision, or
combines other conditions: `under` which keys of a rule file they stand. All are frozen
and hashable, so that equal conditions are compiled once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

Comparison: TypeAlias = Literal["is", "in", "at_least", "at_most", "between", "not"]
"""How the author wrote it; kept for wording only. `FactIs.allowed` says what it means."""

CONDITION_WORDS = ("all", "any", "not", "at_least", "exactly", "decision")
"""The words that begin a condition, so that no fact or criterion can be called so."""

DecisionStatus: TypeAlias = Literal["decided", "review", "not_applicable"]


@dataclass(frozen=True, slots=True)
class FactIs:
    """The fact has one of the values in `allowed` (a set of values as bits)."""

    fact: str
    allowed: int
    written: Comparison = "is"


@dataclass(frozen=True, slots=True)
class CriterionIs:
    """The criterion holds."""

    criterion: str


@dataclass(frozen=True, slots=True)
class OutcomeIs:
    """The earlier decision is decided, with one of these outcomes."""

    decision: str
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusIs:
    """The earlier decision has one of these statuses."""

    decision: str
    statuses: tuple[DecisionStatus, ...]


@dataclass(frozen=True, slots=True)
class RuleIs:
    """One of these rules is among the winners of the earlier decision."""

    decision: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds. An empty one holds always."""

    under: ClassVar[tuple[str, ...]] = ("all",)
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds. An empty one never holds."""

    under: ClassVar[tuple[str, ...]] = ("any",)
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    under: ClassVar[tuple[str, ...]] = ("not",)
    part: Condition


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts hold. A part that appears twice counts twice."""

    under: ClassVar[tuple[str, ...]] = ("at_least", "of")
    count: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Exactly:
    """Exactly `count` of the parts hold. A part that appears twice counts twice."""

    under: ClassVar[tuple[str, ...]] = ("exactly", "of")
    count: int
    parts: tuple[Condition, ...]


DecisionIs: TypeAlias = OutcomeIs | StatusIs | RuleIs
"""What an earlier decision comes to."""

Leaf: TypeAlias = FactIs | CriterionIs | DecisionIs
"""A condition that combines no others."""

Group: TypeAlias = All | Any | AtLeast | Exactly

Condition: TypeAlias = Leaf | Group | Not


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that this one combines; none for a leaf."""
    if isinstance(condition, Group):
        return condition.parts
    return (condition.part,) if isinstance(condition, Not) else ()


def with_children(condition: Condition, parts: tuple[Condition, ...]) -> Condition:
    """Return a condition that combines others in the same way, but these."""
    if isinstance(condition, Group):
        return replace(condition, parts=parts)
    return Not(*parts)


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield the condition and all it combines, parents first; references are not followed."""
    yield condition
    for part in children(condition):
        yield from walk(part)
