"""What stands in a record, as typed data; `docs/records.md` explains each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal, TypeAlias, get_args

from routeengine.executors.interface import Inspection
from routeengine.observation import FactEvidence, Observation
from routeengine.profile import Knowledge
from routeengine.result import Result, ResultView, Verdict, VerdictEntry, VerdictView
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import RuleSet
from routeengine.wire import Wire

RECORD: Final = "routeengine/record/1"
"""The name of this form of record; a later form gets another name."""

TruthName: TypeAlias = Literal["true", "false", "open"]

ObservationRole: TypeAlias = Literal["basis", "agreeing", "superseded", "conflicting", "declined"]
"""What the dossier made of an observation; see the fields of `FactEvidence`."""


@dataclass(frozen=True, slots=True, repr=False)
class ObservationEntry:
    """One observation of a fact, and what the dossier made of it."""

    value: Knowledge
    source: str
    date: date
    assessor: str
    standing: ObservationRole
    stale: bool

    def of(self, fact: str) -> Observation:
        """Return the observation, of the fact under which it is recorded."""
        return Observation(fact, self.value, self.source, self.date, self.assessor)


@dataclass(frozen=True, slots=True)
class Trace:
    """The exact truth of each criterion, rule, flag, and `applies_when` of a decision."""

    criteria: Mapping[str, TruthName]
    rules: Mapping[str, TruthName]
    flags: Mapping[str, TruthName]
    applies_when: Mapping[str, TruthName]


@dataclass(frozen=True, slots=True, repr=False)
class Body(Wire):
    """One classification: what was asked, by which rules, and what came out.

    `certificate` is one of the advice, where it was asked for (`docs/trust.md`).
    """

    if_said: ClassVar = {"certificate"}

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
    rules: RuleSet | None = None
    executor: str | None = None
    certificate: dict[str, Any] | None = None

    @property
    def profile(self) -> dict[str, Any]:
        """The input, to be classified again."""
        return dict(self.facts)

    @property
    def result(self) -> Result:
        """The classification that was recorded, with its flags and what it rests on."""
        declared = () if self.rules is None else tuple(flag.id for flag in self.rules.flags)
        flags = (*self.flags, *self.flags_of_dossier)
        place = {flag: number for number, flag in enumerate(declared or flags)}
        return Result.from_view(
            ResultView(
                client_id=self.client_id,
                profile=self.facts,
                evidence={
                    fact: _evidence(fact, self.facts[fact], entries)
                    for fact, entries in self.evidence.items()
                },
                verdicts={
                    name: Verdict.from_view(VerdictView(name, **asdict(entry)))
                    for name, entry in self.verdicts.items()
                },
                flags=tuple(sorted(flags, key=lambda flag: place[flag])),
                flags_possible=self.flags_possible,
                flags_of_dossier=self.flags_of_dossier,
                ruleset=self.ruleset,
                engine=self.engine,
                executor=self.executor,
            )
        )


def entry_of(verdict: Verdict) -> VerdictEntry:
    """Return a verdict as it is recorded: its fields of the same names."""
    return VerdictEntry(*(getattr(verdict, one.name) for one in fields(VerdictEntry)))


def trace_of(ruleset: RuleSet, inspection: Inspection) -> Trace:
    """Return the exact truth of everything that a verdict can depend on."""
    return Trace(
        criteria={one.id: inspection.truth(one.when).value for one in ruleset.criteria},
        rules={rule: inspection.applies(rule).value for rule in ruleset.rule},
        flags={
            one.id: inspection.truth(one.when).value
            for one in ruleset.flags
            if one.when is not None
        },
        applies_when={
            one.id: inspection.truth(one.applies_when).value
            for one in ruleset.decisions
            if one.applies_when is not None
        },
    )


def evidence_of(held: FactEvidence) -> tuple[ObservationEntry, ...]:
    """Return all that a dossier holds on one fact, what it rests on first."""
    by_role: dict[ObservationRole, Sequence[Observation]] = {
        "basis": () if held.chosen is None else (held.chosen,),
        "conflicting": held.conflicting,
        "agreeing": held.agreeing,
        "superseded": held.superseded,
        "declined": held.declined,
    }
    return tuple(
        ObservationEntry(one.value, one.source, one.date, one.assessor, standing, one in held.stale)
        for standing, some in by_role.items()
        for one in some
    )


def _evidence(
    fact: str, knowledge: Knowledge, entries: tuple[ObservationEntry, ...]
) -> FactEvidence:
    """Return what a dossier held on a fact, from what was recorded of it."""
    roles: dict[str, tuple[Observation, ...]] = {
        role: tuple(one.of(fact) for one in entries if one.standing == role)
        for role in get_args(ObservationRole)
    }
    chosen = next(iter(roles.pop("basis")), None)
    stale = tuple(one.of(fact) for one in entries if one.stale)
    return FactEvidence(fact, knowledge, chosen, **roles, stale=stale)
