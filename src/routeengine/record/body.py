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
    """One observation of a fact, and what the dossier made of it.

    `value`, `source`, `date` and `assessor` are as in `Observation`. `standing` is how it was
    weighed: "basis", "agreeing", "superseded", "conflicting" or "declined", as in `FactEvidence`.
    `stale` says that it is older than its source allows.
    """

    value: Knowledge
    source: str
    date: date
    assessor: str
    standing: ObservationRole
    stale: bool

    def of(self, fact: str) -> Observation:
        """Return it as an `Observation` of the fact under which it is recorded."""
        return Observation(fact, self.value, self.source, self.date, self.assessor)


@dataclass(frozen=True, slots=True)
class Trace:
    """The exact truth of each criterion, rule, flag, and `applies_when` of a decision.

    `criteria`, `rules`, `flags` and `applies_when` go from id to "true", "false" or "open"; the
    last by the id of the decision. Of a rule it is the truth of its condition, whether or not
    another rule outranks it.
    """

    criteria: Mapping[str, TruthName]
    rules: Mapping[str, TruthName]
    flags: Mapping[str, TruthName]
    applies_when: Mapping[str, TruthName]


@dataclass(frozen=True, slots=True, repr=False)
class Body(Wire):
    """One classification: what was asked, by which rules, and what came out.

    Attributes:
        form: The name of this form of record.
        at: When it was classified, as the caller said.
        asked_by: The role or system that asked, if that was given.
        engine: The version of this package.
        ruleset: Which rules answered, by id, version and digests.
        client_id: The client's pseudonym, or None.
        facts: What was known of each fact.
        evidence: Per fact the observations, if a dossier was classified.
        verdicts: The answer of each decision.
        flags: The flags that the rules raised.
        flags_possible: The flags that they may raise.
        flags_of_dossier: The flags that the evidence raised.
        trace: The truth of every criterion and rule.
        rules: The rule set itself, unless it was left out.
        executor: The name of the executor that answered.
        certificate: A certificate of the advice, if it was asked for (`docs/trust.md`).
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
        """A copy of the facts, to be classified again."""
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
