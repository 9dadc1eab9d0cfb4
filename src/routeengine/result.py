"""What a classification answers: a verdict per decision, and flags beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal, TypeAlias

from routeengine.client_id import parse_client_id
from routeengine.errors import RecordError
from routeengine.notebook_table import table
from routeengine.observation import DossierProfile, FactEvidence, Observation
from routeengine.profile import CLIENT_ID, Knowledge
from routeengine.ruleset.instance import RuleSetRef
from routeengine.value_set import ValueSet
from routeengine.wire import Wire

__all__ = ["Answer", "Reason", "Result", "Status", "Verdict"]

Status: TypeAlias = Literal["decided", "review", "insufficient", "not_applicable"]
"""What a decision came to; "insufficient" when what is unknown still leaves it open."""

Reason: TypeAlias = Literal["rule", "gap", "overlap", "contradiction", "conflicting_evidence"]
"""Why a person has to look at a decision.

- "rule": a rule of the policy asks for it.
- "gap": no rule applies.
- "overlap": rules that lead elsewhere apply together, and none outranks the other.
- "contradiction": the facts break a constraint.
- "conflicting_evidence": the dossier holds evidence of equal weight that disagrees.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Lead:
    """What one answer to a question would leave of a verdict.

    `allowed` is the answer: a set of values that no condition tells apart. `possible` is
    what the verdict could still be after it, as in `Verdict.possible`.
    """

    allowed: ValueSet
    possible: tuple[str, ...]

    def __repr__(self) -> str:
        return "Lead(…)"


@dataclass(frozen=True)
class _OfDecision:
    decision: str


@dataclass(frozen=True)
class VerdictEntry:
    """A verdict as it stands in a record, under the name of its decision.

    The fields are as in `Verdict`: `status`, `outcome`, `rule`, `rules`, `reason`, `candidates`,
    `possible`, `missing`, `conflict` and `exact`. Here `missing` is worked out already.
    """

    status: Status
    outcome: str | None
    rule: str | None
    rules: tuple[str, ...]
    reason: Reason | None
    candidates: tuple[str, ...]
    possible: tuple[str, ...]
    missing: tuple[str, ...]
    conflict: tuple[str, ...]
    exact: bool


@dataclass(frozen=True)
class VerdictView(VerdictEntry, _OfDecision):  # the fields of the last come first
    """What `Verdict.to_dict` gives."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdict(Wire):
    """The answer of one decision, exact on everything that is still possible.

    A *completion* is a full profile that agrees with what is known and breaks no constraint. Two
    verdicts are equal if all their fields are, and `missing`.

    Attributes:
        decision: The id of the decision.
        status: "decided" if every completion leads to one outcome; "review" if a person has to
            look; "not_applicable" if the question does not arise; "insufficient" if what is unknown
            leaves more than one of these, or more than one outcome, open.
        outcome: The id of the outcome if it is decided, else None.
        rule: The id of the one rule that is certain to lead to the outcome or to the review; None
            if there is no such rule.
        rules: The ids of all rules that can lead there. Empty while the status is "insufficient",
            and where facts or evidence are what a person has to look at.
        reason: Why a person has to look, if the status is "review"; None otherwise, and also where
            several reasons are possible.
        candidates: The outcomes that a person chooses from, of a review, in declared order.
        possible: Every outcome that some completion leads to, in declared order, then "review" and
            "not_applicable" where a completion ends there.
        conflict: The ids of facts that cannot all be as they were given, where the reason is
            "contradiction".
        exact: False only where a huge rule set went over its budget. Then `possible` may list too
            much, never too little.
    """

    decision: str
    status: Status
    outcome: str | None = None
    rule: str | None = None
    rules: tuple[str, ...] = ()
    reason: Reason | None = None
    candidates: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()
    exact: bool = True
    _find_leads: Callable[[], Mapping[str, tuple[Lead, ...]]] | None = field(
        default=None, repr=False
    )

    wire_view: ClassVar[type] = VerdictView

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of the unknown facts that can still change this verdict, best question first.

        A fact that was declined is not among them, for it is not asked again. They are found when
        first asked for, because ranking questions costs more than the verdict.
        """
        return tuple(leads_of(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict) or _stored(self) != _stored(other):
            return False
        return self.missing == other.missing

    def __hash__(self) -> int:
        return hash(_stored(self))

    def to_view(self) -> VerdictView:
        """Return the data that `to_dict` writes."""
        return VerdictView(*(getattr(self, one.name) for one in fields(VerdictView)))

    @classmethod
    def from_view(cls, view: VerdictView) -> Verdict:
        """Return the verdict that such data describes, for `from_dict`.

        It knows what is missing, and no longer what each answer would lead to.
        """
        leads = dict.fromkeys(view.missing, ())
        return _restore(_stored(view), leads)

    def __reduce__(self) -> tuple[object, ...]:
        # A pickled verdict stands alone: what was to be found on demand goes along.
        return _restore, (_stored(self), dict(leads_of(self)))


def leads_of(verdict: Verdict) -> Mapping[str, tuple[Lead, ...]]:
    """Return, per missing fact, what each answer would lead to; none where that is too large."""
    find = _finder(verdict)
    return {} if find is None else find()


_finder = attrgetter("_find_leads")


VERDICT_FIELDS: Final = tuple(f.name for f in fields(Verdict) if f.name != "_find_leads")
"""What a verdict says, in order, but for its questions."""

_stored = attrgetter(*VERDICT_FIELDS)

COLUMN_FIELDS: Final = (
    "outcome", "status", "rule", "candidates", "possible", "reason", "missing",
)  # fmt: skip
"""The fields of a verdict that have a column of their own where a row is a client, in order."""


def column_of(decision: str, field: str) -> str:
    """Return the name of the column with a field of the verdict of a decision."""
    return decision if field == "outcome" else f"{decision}_{field}"


def texts_of(verdict: Verdict, fields: Iterable[str]) -> tuple[str | None, ...]:
    """Return what stands in the columns of these fields: lists joined by a space."""
    values = [getattr(verdict, field) for field in fields]
    return tuple([" ".join(value) if isinstance(value, tuple) else value for value in values])


def ruleset_columns(ref: RuleSetRef) -> dict[str, str]:
    """Return the columns, by name, that say in each row which rules gave the verdicts."""
    return {"ruleset": ref.id, "ruleset_version": ref.version, "ruleset_sha256": ref.sha256}


def _restore(stored: tuple[Any, ...], leads: Mapping[str, tuple[Lead, ...]]) -> Verdict:
    found = MappingProxyType(leads)
    return replace(Verdict(*stored), _find_leads=(lambda: found) if leads else None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an executor says of one state of knowledge: verdicts and flags, nothing of the client.

    `verdicts`, `flags` and `flags_possible` are as in `Result`, but for flags that a dossier
    raises. `executor` is the name of the executor that said it, or None where that is not known; it
    does not count when answers are compared.
    """

    verdicts: Mapping[str, Verdict]
    flags: tuple[str, ...]
    flags_possible: tuple[str, ...]
    executor: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        # Answers are shared by all profiles of which the same is known.
        object.__setattr__(self, "verdicts", MappingProxyType(dict(self.verdicts)))

    def __reduce__(self) -> tuple[object, ...]:
        return Answer, (dict(self.verdicts), self.flags, self.flags_possible, self.executor)


@dataclass(frozen=True, slots=True, repr=False)
class ResultView:
    """What `Result.to_dict` gives.

    `evidence` and `flags_of_dossier` are empty if no dossier was given; the latter are among
    `flags` too.
    """

    client_id: str | None
    profile: Mapping[str, Knowledge]
    evidence: Mapping[str, FactEvidence]
    verdicts: Mapping[str, Verdict]
    flags: tuple[str, ...]
    flags_possible: tuple[str, ...]
    flags_of_dossier: tuple[str, ...]
    ruleset: RuleSetRef
    engine: str
    executor: str | None


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Result(Wire):
    """A classification of one client: advice, for a person to decide on.

    It is frozen, and equal to another one if all fields are. `repr` shows the answers and no fact
    of the client.

    Attributes:
        answer: What the executor said: the verdicts and the flags, without the client.
        profile: A copy of the input in plain form, kept for explanations; the profile of a dossier
            itself.
        ruleset: Which rules answered: `id`, `version`, `sha256`, `meaning_sha256`, and `instance`
            if the rules have parameters.
        engine: The version of this package.
    """

    answer: Answer
    profile: Mapping[str, Any]
    ruleset: RuleSetRef
    engine: str

    wire_view: ClassVar[type] = ResultView

    def __init__(
        self, answer: Answer, profile: Mapping[str, Any], ruleset: RuleSetRef, engine: str
    ) -> None:
        set_answer, set_profile, set_ruleset, set_engine = _SETTERS
        set_answer(self, answer)
        set_profile(self, profile)
        set_ruleset(self, ruleset)
        set_engine(self, engine)

    @property
    def executor(self) -> str | None:
        """The name of the executor that worked it out; None where that is not known."""
        return self.answer.executor

    @property
    def client_id(self) -> str | None:
        """The client's pseudonym, or None if the profile gave none."""
        return self.profile.get(CLIENT_ID)

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict of each decision, by the decision's id, in declared order."""
        return self.answer.verdicts

    @property
    def flags(self) -> tuple[str, ...]:
        """The ids of the flags that are raised whatever the unknown facts are, in declared order.

        Flags of the rules and, if the profile came from a dossier, those that the evidence raises.
        """
        if isinstance(self.profile, DossierProfile):
            return self.profile.beside(self.answer.flags)
        return self.answer.flags

    @property
    def provenance(self) -> Mapping[str, tuple[Observation, ...]]:
        """Per fact, the observations that it rests on; empty unless a dossier gave the profile."""
        if isinstance(self.profile, DossierProfile):
            return self.profile.provenance
        return MappingProxyType({})

    @property
    def flags_possible(self) -> tuple[str, ...]:
        """The ids of the flags that only some completions of the unknown facts raise."""
        return self.answer.flags_possible

    def to_view(self) -> ResultView:
        """Return the data that `to_dict` writes."""
        profile = self.profile
        dossier = profile if isinstance(profile, DossierProfile) else None
        return ResultView(
            client_id=self.client_id,
            profile={name: known for name, known in profile.items() if name != CLIENT_ID},
            evidence={} if dossier is None else dossier.evidence,
            verdicts=self.verdicts,
            flags=self.flags,
            flags_possible=self.flags_possible,
            flags_of_dossier=() if dossier is None else dossier.flags,
            ruleset=self.ruleset,
            engine=self.engine,
            executor=self.executor,
        )

    @classmethod
    def from_view(cls, view: ResultView) -> Result:
        """Return the result that such data describes, for `from_dict`; with its evidence, if any.

        Raises RecordError if the data contradict each other.
        """
        of_rules = tuple(flag for flag in view.flags if flag not in view.flags_of_dossier)
        answer = Answer(view.verdicts, of_rules, view.flags_possible, view.executor)
        profile: Mapping[str, Any]
        if view.evidence:
            evidence, order = view.evidence, view.flags
            dossier = DossierProfile(evidence, view.flags_of_dossier, order, view.client_id)
            profile = dossier.over(view.profile)
        else:
            named = {} if view.client_id is None else {CLIENT_ID: view.client_id}
            profile = named | dict(view.profile)
        result = cls(answer, profile, view.ruleset, view.engine)
        if parse_client_id(view.client_id)[0] != view.client_id or result.to_view() != view:
            raise RecordError("contradicts itself, or is of no client")
        return result

    def __repr__(self) -> str:
        parts = ", ".join(f"{key}: {v.outcome or v.status}" for key, v in self.verdicts.items())
        return f"Result({parts})"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the verdicts and flags, and no fact of the client."""
        rows = [
            (name, v.outcome or v.status, *map(" ".join, (v.possible, v.rules, v.missing)))
            for name, v in self.verdicts.items()
        ]
        flags = ", ".join((*self.flags, *(f"{flag}?" for flag in self.flags_possible))) or "none"
        named = f"{self.ruleset.id} {self.ruleset.version}, answered by {self.executor}"
        heads = ("decision", "answer", "possible", "rules", "missing")
        return table(f"Advice by {named}; flags: {flags}", heads, rows)


_SETTERS = tuple(vars(Result)[name].__set__ for name in ("answer", "profile", "ruleset", "engine"))
"""What fills a result: half the time of what a frozen dataclass does by itself."""
