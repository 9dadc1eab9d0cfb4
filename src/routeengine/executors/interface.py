"""What every executor offers, and what the face and the explanations rely on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol, TypeAlias

from routeengine.profile import State
from routeengine.result import Answer
from routeengine.ruleset.conditions import Condition
from routeengine.truth import Truth

IsSufficient: TypeAlias = Callable[[frozenset[str]], bool]
"""Says whether some known facts force what a decision can be."""


class Conflicts(Protocol):
    """The minimal conflicts of one state of knowledge: true where there is one.

    A minimal conflict is a smallest set of facts whose known values cannot stand together. They
    can be too many to be listed, so there is no list of them.
    """

    @property
    def union(self) -> frozenset[str]:
        """The facts of all of them."""
        ...

    def touching(self, facts: Collection[str]) -> frozenset[str]:
        """Return the facts of those that have one of these facts."""
        ...

    def smallest(self, facts: Collection[str]) -> frozenset[str] | None:
        """Return the smallest that has one of these, of equals the first in declared order."""
        ...


class Inspection(Protocol):
    """A closer look at one state of knowledge: exact truth, on all that is possible.

    Where the facts contradict each other nothing is possible. Then the facts of
    every minimal conflict count as unknown here, so that the rest can be shown.
    """

    @property
    def answer(self) -> Answer:
        """The verdicts and flags."""
        ...

    @property
    def conflicts(self) -> Conflicts:
        """The smallest sets of facts whose known values cannot stand together."""
        ...

    def truth(self, condition: Condition) -> Truth:
        """Return the truth of any condition of the rule set, also of a part of one."""
        ...

    def applies(self, rule: str) -> Truth:
        """Return whether the condition of a rule holds (for `otherwise`: whether it is needed).

        Whether its decision applies, or another rule outranks it, is left aside.
        """
        ...

    def is_sufficient(self, decision: str, possible: tuple[str, ...]) -> IsSufficient:
        """Return what says whether some known facts by themselves force what the decision can be.

        They do where all others could be unknown, and no more than `possible`, which is what it
        can be, would be possible. It is not for a contradiction, nor for facts that clash.
        """
        ...

    def values(self, fact: str) -> int:
        """Return the values of a fact that are still possible, constraints included, as bits."""
        ...


class Executor(Protocol):
    """Evaluates states of knowledge against one rule set; immutable once built."""

    def evaluate(self, state: State) -> Answer:
        """Return the verdicts and flags for one state of knowledge."""
        ...

    @property
    def exact(self) -> bool:
        """Whether every answer is exact, so that it depends only on the facts that bear on it."""
        ...

    def possible(self, state: State, decision: str) -> tuple[str, ...]:
        """Return what one decision can be: maybe closer than an `evaluate` that is not exact."""
        ...

    def inspect(self, state: State) -> Inspection:
        """Look closer at one state of knowledge."""
        ...
