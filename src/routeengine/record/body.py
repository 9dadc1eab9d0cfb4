"""What stands in a record, as typed data; `docs/records.md` explains each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias

from routeengine.codec import form_of
from routeengine.profile import Knowledge
from routeengine.result import Reason, Status
from routeengine.ruleset.model import RuleSet, RuleSetRef
from routeengine.wire import Wire

RECORD: Final = "routeengine/record/1"
"""The name of this form of record; a later form gets another name."""

TruthName: TypeAlias = Literal["true", "false", "open"]

ObservationRole: TypeAlias = Literal["basis", "agreeing", "superseded", "conflicting", "declined"]


@dataclass(frozen=True, slots=True, repr=False)
class ObservationEntry:
    """One observation of a fact, and what the dossier made of it."""

    value: Knowledge
    source: str
    date: date
    assessor: str
    standing: ObservationRole
    stale: bool


@dataclass(frozen=True, slots=True)
class VerdictEntry:
    """A verdict, with what is missing worked out."""

    status: Status
    outcome: str | None
    rule: str | None
    rules: tuple[str, ...]
    reason: Reason | None
    candidates: tuple[str, ...]
    possible: tuple[str, ...]
    conflict: tuple[str, ...]
    exact: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The exact truth of each criterion, rule, flag, and `applies_when` of a decision."""

    criteria: Mapping[str, TruthName]
    rules: Mapping[str, TruthName]
    flags: Mapping[str, TruthName]
    applies_when: Mapping[str, TruthName]


@dataclass(frozen=True, slots=True, repr=False)
class Body(Wire):
    """One classification: what was asked, by which rules, and what came out."""

    form: Literal["routeengine/record/1"]
    at: datetime
    asked_by: str | None
    engine: str
    ruleset: RuleSetRef
    client_id: str | None
    facts: Mapping[str, Knowledge]
    evidence: Mapping[str, tuple[ObservationEntry, ...]]
    verdicts: Mapping[str, VerdictEntry]
    flags: tuple[str, ...]
    flags_possible: tuple[str, ...]
    flags_of_dossier: tuple[str, ...]
    trace: Trace
    rules: RuleSet | None = field(default=None)

    @property
    def profile(self) -> dict[str, Any]:
        """The input, to be classified again."""
        return dict(self.facts)


BODY = form_of(Body)
