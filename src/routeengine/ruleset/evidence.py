"""How what was observed of a client is weighed, and by what clients are followed over time.

None of this is about rules: a rule set says it for the dossier, and for the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from routeengine.ruleset.domains import Value
from routeengine.ruleset.words import Element, Text


@dataclass(frozen=True, slots=True)
class EvidenceSource(Element):
    """A kind of evidence; if sources disagree the higher `rank` weighs more.

    An observation from it gives each fact of `sets` that value, whatever other
    evidence says. After `max_age_months` an observation is stale.
    """

    rank: int
    label: Text
    sets: Mapping[str, Value] = field(default_factory=dict)
    max_age_months: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a dossier weighs observations, and the flags by which it says so.

    A lower-ranked observation conflicts with a higher one if it differs and is
    more than `newer_conflict_months` newer; None if it never does.
    """

    sources: tuple[EvidenceSource, ...]
    newer_conflict_months: int | None = None
    superseded_flag: str | None = None
    conflict_flag: str | None = None
    stale_flag: str | None = None


@dataclass(frozen=True, slots=True)
class ActivationForm(Element):
    """A way in which clients came to take part; `part_of` names a form that counts it too."""

    label: Text
    part_of: str | None = None


ProgressStatus: TypeAlias = Literal[
    "on_course",
    "due",
    "overdue",
    "progressed",
    "regressed",
    "changed",
    "not_applicable",
    "insufficient",
]
"""How a classification of then and one of now relate.

- "on_course": nothing moved, and nothing is expected yet.
- "due": nothing moved, and what the outcome leads one to expect is due.
- "overdue": nothing moved, and it should have by now.
- "progressed" and "regressed": the outcome or the followed fact moved up, or down.
- "changed": for a person to read: opposite directions, or a move that the policy does not speak of.
- "not_applicable": nothing moved, and the outcome leads one to expect nothing.
- "insufficient": what is known leaves more than one of these open.
"""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """By what clients are followed over time: a decision, and beside it a fact.

    `upwards` names outcomes from low to high. That order says what progression is
    and serves for nothing else. A higher value of `fact` is progression too.
    """

    decision: str
    upwards: tuple[str, ...]
    fact: str | None = None
    forms: tuple[ActivationForm, ...] = ()
