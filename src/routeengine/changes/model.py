"""Changes and answers that lead to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from routeengine.ruleset.domains import Value

NEAR = 3
"""Differences at once that are looked for where nobody says otherwise: past it nobody reads."""


@dataclass(frozen=True, slots=True, repr=False)
class ChangeSet:
    """A smallest set of differences that leads to the verdict that was asked for.

    `changes` maps each known fact that would be otherwise to its new value, `answers` each
    unknown fact to the answer that it would need. For a range of values that mean the
    same, the nearest one stands here. Without any one of these the verdict is another.
    """

    changes: Mapping[str, Value] = field(default_factory=dict)
    answers: Mapping[str, Value] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of facts in the set."""
        return len(self.changes) + len(self.answers)

    def applied(self, profile: Mapping[str, object]) -> dict[str, object]:
        """Give the profile with these changes and answers."""
        return {**profile, **self.changes, **self.answers}

    def __repr__(self) -> str:
        return f"ChangeSet(changes: {', '.join(self.changes)}; answers: {', '.join(self.answers)})"


class Move(NamedTuple):
    """One difference: the fact would have this value, as an `answer` where it is unknown now."""

    fact: str
    value: Value
    answer: bool
