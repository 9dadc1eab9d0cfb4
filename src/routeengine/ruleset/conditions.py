"""Conditions: structure, never code.

A condition compares a fact or a score, refers to a criterion or to an earlier decision, or
combines other conditions: `under` which keys of a rule file they stand. All are frozen
and hashable, so that equal conditions are compiled once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, TypeAlias

from routeengine.value_set import ValueSet

Comparison: TypeAlias = Literal[
    "is", "in", "at_least", "at_most", "between", "not", "before", "after", "from", "until"
]
"""How the author wrote it; kept for wording only. `FactIs.allowed` says what it means."""

CONDITION_WORDS = ("all", "any", "not", "at_least", "exactly", "decision")
"""The words that begin a condition, so that no fact or criterion can be called so."""

DecisionStatus: TypeAlias = Literal["decided", "review", "not_applicable"]


@dataclass(frozen=True, slots=True)
class FactIs:
    """The fact has one of the values in `allowed`, by their numbers in its domain."""

    fact: str
    allowed: ValueSet
    written: Comparison = "is"


@dataclass(frozen=True, slots=True)
class CriterionIs:
    """The criterion holds."""

    criterion: str


@dataclass(frozen=True, slots=True)
class ScoreIs:
    """What the parts of the score that hold are worth together lies within these bounds.

    Both are included; None leaves that side open, and one of the two is there at least.
    """

    score: str
    low: int | None = None
    high: int | None = None

    def met_by(self, total: int) -> bool:
        """Return whether a sum lies within the bounds."""
        return not (self.low is not None and total < self.low) and not (
            self.high is not None and total > self.high
        )


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

    @property
    def quota(self) -> tuple[int, int]:
        """How many parts have to hold, at least and at most."""
        return len(self.parts), len(self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds. An empty one never holds."""

    under: ClassVar[tuple[str, ...]] = ("any",)
    parts: tuple[Condition, ...]

    @property
    def quota(self) -> tuple[int, int]:
        """How many parts have to hold, at least and at most."""
        return 1, len(self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    under: ClassVar[tuple[str, ...]] = ("not",)
    part: Condition
    quota: ClassVar[tuple[int, int]] = (0, 0)

    @property
    def parts(self) -> tuple[Condition]:
        """The one part, as others have several."""
        return (self.part,)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts hold. A part that appears twice counts twice."""

    under: ClassVar[tuple[str, ...]] = ("at_least", "of")
    count: int
    parts: tuple[Condition, ...]

    @property
    def quota(self) -> tuple[int, int]:
        """How many parts have to hold, at least and at most."""
        return self.count, len(self.parts)


@dataclass(frozen=True, slots=True)
class Exactly:
    """Exactly `count` of the parts hold. A part that appears twice counts twice."""

    under: ClassVar[tuple[str, ...]] = ("exactly", "of")
    count: int
    parts: tuple[Condition, ...]

    @property
    def quota(self) -> tuple[int, int]:
        """How many parts have to hold, at least and at most."""
        return self.count, self.count


DecisionIs: TypeAlias = OutcomeIs | StatusIs | RuleIs
"""What an earlier decision comes to."""

Reference: TypeAlias = CriterionIs | ScoreIs | DecisionIs
"""What is said elsewhere in the rules."""

Leaf: TypeAlias = FactIs | Reference
"""A condition that combines no others."""

Group: TypeAlias = All | Any | AtLeast | Exactly

Joining: TypeAlias = Group | Not
"""A condition that combines others: by how many of them have to hold (`quota`)."""

Condition: TypeAlias = Leaf | Joining


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that this one combines; none for a leaf."""
    return condition.parts if isinstance(condition, Joining) else ()


def with_children(condition: Condition, parts: tuple[Condition, ...]) -> Condition:
    """Return a condition that combines others in the same way, but these."""
    if isinstance(condition, Group):
        return replace(condition, parts=parts)
    return Not(*parts)


def walk(*conditions: Condition) -> Iterator[Condition]:
    """Yield conditions and all they combine, parents first; references are not followed."""
    for condition in conditions:
        yield condition
        yield from walk(*children(condition))
