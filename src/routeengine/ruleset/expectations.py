"""What the author of a rule set expects of it, and which findings the author accepts.

Neither changes a verdict. `routeengine check` proves the one and lists the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.domains import Value
from routeengine.ruleset.words import Element, Text

Acceptable: TypeAlias = Literal[
    "dead_rule",
    "never_wins",
    "unreachable",
    "never_applies",
    "idle_outranks",
    "idle_criterion",
    "idle_score",
    "idle_fact",
    "idle_constraint",
    "idle_flag",
    "idle_expectation",
    "decided_under_review",
]
"""The findings that an author can accept: that something never makes a difference, and the like."""

ACCEPTABLE: tuple[Acceptable, ...] = get_args(Acceptable)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact becomes another, and all else stays.

    `before` and `after` are values of the fact; if both are empty, the value
    becomes any that stands higher in the declared order.
    """

    fact: str
    before: tuple[Value, ...] = ()
    after: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation(Element):
    """What the author expects of a decision; an answer is an outcome, or a status.

    Without `change`: when `when` holds, the answer is `always` one of these, or `never`.
    With `change`: when `when` holds before and after it, the change never leads to an answer
    in `never` from another one in `never_from` (from any that is not in `never`, if that
    is empty); or it moves the answer `along` this order only.
    """

    label: Text
    decision: str
    when: Condition | None = None
    change: Change | None = None
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    never_from: tuple[str, ...] = ()
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance(Element):
    """A finding that the author knows of and lets stand, and why.

    `about` names what it is about: a rule, two rules for an outranks, and so on.
    """

    finding: Acceptable
    about: tuple[str, ...]
    because: Text
