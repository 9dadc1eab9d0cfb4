"""What a classification answers: a verdict per decision, and flags beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from routeengine.client_id import parse_client_id
from routeengine.observation import DossierProfile, Observation
from routeengine.profile import CLIENT_ID
from routeengine.ruleset.model import RuleSetRef

__all__ = ["NO_LEADS", "Answer", "Lead", "Reason", "Result", "Status", "Verdict"]

NO_LEADS: Mapping[str, tuple[Lead, ...]] = MappingProxyType({})
"""No questions."""

NO_PROVENANCE: Mapping[str, tuple[Observation, ...]] = MappingProxyType({})

Status: TypeAlias = Literal["decided", "review", "insufficient", "not_applicable"]
"""What a decision came to; `insufficient` when what is unknown still leaves it open."""

Reason: TypeAlias = Literal["rule", "gap", "overlap", "contradiction", "conflicting_evidence"]
"""Why a person has to review a decision."""


@dataclass(frozen=True, slots=True, repr=False)
class Lead:
    """What one answer to a question would leave of a verdict.

    `allowed` is the answer: a set of values that no condition tells apart, as bits. `possible` is
    what the verdict could still be after it, as in `Verdict.possible`.
    """

    allowed: int
    possible: tuple[str, ...]

    def __repr__(self) -> str:
        return "Lead(…)"


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """The answer of one decision, exact on everything that is still possible.

    `outcome` is there just when decided; `reason` just when a person has to
    look, and None there too where several reasons can be. `rule` is the rule
    that is certain to decide, `rules` all that can. `possible` lists, in
    declared order, every outcome that some completion of the unknown facts
    decides, then "review" and "not_applicable" where one ends there. `conflict`
    names the facts that cannot stand together where the reason is
    "contradiction". `exact` is False only where a huge rule set went over its
    budget: then `possible` may list too much, never too little.
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
    find_questions: Callable[[], Mapping[str, tuple[Lead, ...]]] | None = field(
        default=None, repr=False
    )

    @property
    def missing(self) -> tuple[str, ...]:
        """The unknown facts that can still change this verdict, best question first.

        Found when asked for: ranking questions costs more than the verdict.
        """
        return tuple(self.leads)

    @property
    def leads(self) -> Mapping[str, tuple[Lead, ...]]:
        """Per missing fact, what each answer would lead to; no leads where that is too large."""
        return NO_LEADS if self.find_questions is None else self.find_questions()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Verdict) or _stored(self) != _stored(other):
            return False
        return tuple(self.leads.items()) == tuple(other.leads.items())

    def __hash__(self) -> int:
        return hash(_stored(self))

    def __reduce__(self) -> tuple[object, ...]:
        # A pickled verdict stands alone: what was to be found on demand goes along.
        return _restore, (_stored(self), tuple(self.leads.items()))


VERDICT_FIELDS: Final = tuple(f.name for f in fields(Verdict) if f.name != "find_questions")
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


def _restore(stored: tuple[Any, ...], leads: tuple[tuple[str, tuple[Lead, ...]], ...]) -> Verdict:
    found = MappingProxyType(dict(leads))
    return replace(Verdict(*stored), find_questions=(lambda: found) if leads else None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an executor says of one state of knowledge; holds nothing of the client but cells."""

    verdicts: Mapping[str, Verdict]
    flags: tuple[str, ...]
    flags_possible: tuple[str, ...]

    def __post_init__(self) -> None:
        # Answers are shared by all profiles of which the same is known.
        object.__setattr__(self, "verdicts", MappingProxyType(dict(self.verdicts)))

    def __reduce__(self) -> tuple[object, ...]:
        return Answer, (dict(self.verdicts), self.flags, self.flags_possible)


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Result:
    """A classification of one client: advice, for a person to decide on.

    `verdicts` maps each decision, in declared order, to its `Verdict`. `flags`
    are raised whatever the unknown facts turn out to be, `flags_possible` only
    in some cases. `profile` is the input, kept for explanations; it is not shown
    by `repr`.
    """

    answer: Answer
    profile: Mapping[str, Any]
    ruleset: RuleSetRef
    engine: str

    def __init__(
        self, answer: Answer, profile: Mapping[str, Any], ruleset: RuleSetRef, engine: str
    ) -> None:
        set_answer, set_profile, set_ruleset, set_engine = _SETTERS
        set_answer(self, answer)
        set_profile(self, profile)
        set_ruleset(self, ruleset)
        set_engine(self, engine)

    @property
    def client_id(self) -> str | None:
        """The client's pseudonym, where the profile gave one."""
        return parse_client_id(self.profile.get(CLIENT_ID))[0]

    @property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict of each decision."""
        return self.answer.verdicts

    @property
    def flags(self) -> tuple[str, ...]:
        """Ids of the flags that are raised: by the rules, and by the dossier where there is one."""
        if isinstance(self.profile, DossierProfile):
            return self.profile.beside(self.answer.flags)
        return self.answer.flags

    @property
    def provenance(self) -> Mapping[str, tuple[Observation, ...]]:
        """Per fact, the observations that it rests on; empty where no dossier was given."""
        if isinstance(self.profile, DossierProfile):
            return self.profile.provenance
        return NO_PROVENANCE

    @property
    def flags_possible(self) -> tuple[str, ...]:
        """Ids of the flags that are raised on some completions only."""
        return self.answer.flags_possible

    def __repr__(self) -> str:
        parts = ", ".join(f"{key}: {v.outcome or v.status}" for key, v in self.verdicts.items())
        return f"Result({parts})"


_SETTERS = tuple(vars(Result)[name].__set__ for name in ("answer", "profile", "ruleset", "engine"))
"""What fills a result: half the time of what a frozen dataclass does by itself."""
