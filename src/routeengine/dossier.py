"""From observations to facts: who recorded what, and which of it counts.

A dossier keeps every observation. It weighs them by the `evidence` of the rule set: the
higher-ranked source counts, within a rank the newest, and what cannot be weighed against each other
is a conflict, never a choice. `docs/dossier.md` has the definition in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_
from typing import Any, ClassVar, Self

from routeengine.client_id import line_problem, parse_client_id
from routeengine.errors import DossierError, DossierFault, UsageError, listed
from routeengine.lazy import cached_property
from routeengine.months import NO_DAY, is_day, months_after
from routeengine.observation import DossierProfile, FactEvidence, Observation
from routeengine.profile import (
    Conflicting,
    Declined,
    Known,
    encode_knowledge,
    entries_of,
    looks_like_id,
    read_knowledge,
)
from routeengine.ruleset.digest import in_use, reference
from routeengine.ruleset.evidence import Evidence, EvidenceSource
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.value_set import ValueSet, union
from routeengine.wire import Wire, read

__all__ = ["Dossier", "DossierProfile", "FactEvidence", "Observation"]

MAX_ASSESSOR_LENGTH = 200
"""Characters of the role or pseudonym of whoever recorded something."""


@dataclass(frozen=True, slots=True, repr=False)
class DossierView:
    """What `Dossier.to_dict` gives: the rule set by its name."""

    ruleset: RuleSetRef
    client_id: str | None
    as_of: date
    observations: tuple[Observation, ...]


@dataclass(frozen=True, init=False, repr=False)
class Dossier(Wire):
    """All that was observed of one client, seen from the date `as_of`.

    It does not change: `add` returns a new dossier, and nothing is ever taken out. The order of the
    `observations` does not matter, and one that is there twice counts once. `ruleset` says how they
    are weighed, and `client_id` is the client's pseudonym, or None.

    Raises DossierError with every fault at once: an observation of what is not a fact, with a value
    outside the domain, from a source that the rule set does not know, dated after `as_of`, or by
    nobody; and a rule set that does not say how evidence is weighed. No value appears in the
    message.

    Examples:
        >>> from datetime import date
        >>> from routeengine import Dossier, Engine, Observation, load_ruleset
        >>> ruleset = load_ruleset("rijswijk-2023")
        >>> [source.id for source in ruleset.evidence.sources]
        ['conversation', 'form', 'file']
        >>> dossier = Dossier(
        ...     ruleset,
        ...     [
        ...         Observation("willing", False, "form", date(2026, 1, 8), "consultant 3"),
        ...         Observation("willing", True, "form", date(2026, 2, 9), "consultant 7"),
        ...     ],
        ...     as_of=date(2026, 3, 1),
        ... )
        >>> dossier.profile()["willing"]
        True
        >>> [one.assessor for one in dossier.evidence("willing").superseded]
        ['consultant 3']
        >>> Engine(ruleset).classify(dossier.profile()).provenance["willing"]
        (Observation(willing, form, 2026-02-09),)
    """

    ruleset: RuleSet
    observations: tuple[Observation, ...]
    as_of: date
    client_id: str | None

    wire_view: ClassVar[type] = DossierView

    def __init__(
        self,
        ruleset: RuleSet,
        observations: Iterable[Observation] = (),
        *,
        as_of: date,
        client_id: str | None = None,
    ) -> None:
        given = tuple(observations)
        faults = [*_faults_of_dossier(ruleset, as_of, client_id)] or [
            fault
            for number, one in enumerate(given, start=1)
            for fault in _faults_of(ruleset, number, one, as_of)
        ]
        if faults:
            raise DossierError(tuple(faults))
        object.__setattr__(self, "ruleset", ruleset)
        object.__setattr__(self, "observations", given)
        object.__setattr__(self, "as_of", as_of)
        object.__setattr__(self, "client_id", parse_client_id(client_id)[0])

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], ruleset: RuleSet | None = None) -> Self:
        """Return the dossier that `to_dict` wrote.

        It is of `ruleset` if that is given, and else of the rule set that the data name, which this
        process must have loaded.

        Raises WireError for anything else, UsageError where the rule set that is named is not
        loaded here, and DossierError as a new dossier does.
        """
        return cls.from_view(read(DossierView, data), ruleset)

    def to_view(self) -> DossierView:
        """Return the data that `to_dict` writes: with the rule set by its name."""
        named = reference(self.ruleset)
        return DossierView(named, self.client_id, self.as_of, self.observations)

    @classmethod
    def from_view(cls, view: DossierView, ruleset: RuleSet | None = None) -> Self:
        """Return the dossier that such data describes, for `from_dict`."""
        chosen = in_use(view.ruleset) if ruleset is None else ruleset
        if chosen is None:
            named = f"{view.ruleset.id} {view.ruleset.version}"
            raise UsageError(f"the rule set `{named}` is not in use here: pass it as `ruleset`")
        return cls(chosen, view.observations, as_of=view.as_of, client_id=view.client_id)

    def __repr__(self) -> str:
        return f"Dossier({self.ruleset.id}, {len(self.observations)} observations)"

    def add(self, *observations: Observation, as_of: date | None = None) -> Dossier:
        """Return a new dossier with these observations too, seen from another date if given.

        Raises DossierError as a new dossier does.
        """
        return Dossier(
            self.ruleset,
            (*self.observations, *observations),
            as_of=self.as_of if as_of is None else as_of,
            client_id=self.client_id,
        )

    def profile(self) -> DossierProfile:
        """Return what is known of the client, for `Engine.classify`; it keeps its evidence."""
        order = tuple(flag.id for flag in self.ruleset.flags)
        return DossierProfile(self._weighed, self.flags, order, self.client_id)

    def evidence(self, fact: str) -> FactEvidence:
        """Return what was observed of one fact, weighed.

        Without any observation all of it is empty. Raises DossierError if the rule set has no such
        fact.
        """
        if fact not in self.ruleset.fact:
            raise DossierError((_no_fact(0, fact, self.ruleset),))
        return self._weighed.get(fact, FactEvidence(fact, None))

    @property
    def flags(self) -> tuple[str, ...]:
        """The ids of the flags that the evidence raises, in declared order."""
        evidence, weighed = _evidence(self.ruleset), self._weighed.values()
        raised = {
            evidence.superseded_flag: any(one.superseded for one in weighed),
            evidence.conflict_flag: any(one.conflicting for one in weighed),
            evidence.stale_flag: any(one.stale for one in weighed),
        }
        return tuple(flag.id for flag in self.ruleset.flags if raised.get(flag.id))

    @cached_property
    def _weighed(self) -> dict[str, FactEvidence]:
        """Return the weighed evidence of each fact that has any, in declared order."""
        evidence = _evidence(self.ruleset)
        sources = {source.id: source for source in evidence.sources}
        # A dict as a set that keeps its order: what is recorded twice counts once.
        observed: dict[str, dict[Observation, None]] = defaultdict(dict)
        settled: dict[str, dict[Observation, None]] = defaultdict(dict)
        for one in self.observations:
            observed[one.fact][one] = None
            for name, value in sources[one.source].sets.items():
                settled[name][Observation(name, value, one.source, one.date, one.assessor)] = None
        weighed = {}
        for fact in self.ruleset.facts:
            every = observed[fact.id] | settled[fact.id]
            if every:
                weights = [_weight(fact, one, sources[one.source]) for one in every]
                weights.sort(key=lambda one: one.order)
                certain = [one for one in weights if one.observation in settled[fact.id]]
                weighed[fact.id] = _weigh(fact, weights, certain, evidence, self.as_of)
        return weighed


@dataclass(frozen=True, slots=True, repr=False)
class Weight:
    """An observation with what it weighs. `values` is what it allows."""

    observation: Observation
    values: ValueSet
    declined: bool
    rank: int
    stale_after: date

    @property
    def date(self) -> date:
        """The day of the observation."""
        return self.observation.date

    @property
    def order(self) -> tuple[object, ...]:
        """What sorts observations: the weightiest first, and always the same way."""
        one = self.observation
        form = f"{type(one.value).__name__} {encode_knowledge(one.value)}"
        return (-self.rank, -one.date.toordinal(), one.source, one.assessor, form)


def _weight(fact: Fact, observation: Observation, source: EvidenceSource) -> Weight:
    known = read_knowledge(fact, observation.value) or Known(fact.domain.full)
    months = source.max_age_months
    stale_after = date.max if months is None else months_after(observation.date, months)
    return Weight(observation, known.allowed, known.declined, source.rank, stale_after)


def _weigh(
    fact: Fact,
    weights: list[Weight],
    certain: list[Weight],
    evidence: Evidence,
    as_of: date,
) -> FactEvidence:
    """Weigh all evidence on one fact, in order; `certain` is what a source settles by itself."""
    informative = [one for one in weights if not one.declined]
    declined = tuple(one.observation for one in weights if one.declined)
    if not informative:
        return FactEvidence(fact.id, declined[0].value, declined=declined)
    # What a source settles goes before all that is said: a note of a conversation shows that one
    # was held, whatever a later form says of it.
    basis, conflict = _basis(certain or informative, evidence.newer_conflict_months)
    possible = _joined(basis)
    others = [one for one in informative if one not in basis]
    first = basis[0].observation
    return FactEvidence(
        fact.id,
        Conflicting(entries_of(fact, possible)) if conflict else first.value,
        chosen=None if conflict else first,
        agreeing=tuple(one.observation for one in others if one.values & possible),
        superseded=tuple(one.observation for one in others if not one.values & possible),
        conflicting=tuple(one.observation for one in basis) if conflict else (),
        declined=declined,
        stale=tuple(one.observation for one in basis if _stale(one, informative, as_of)),
    )


def _basis(pool: list[Weight], newer_conflict_months: int | None) -> tuple[list[Weight], bool]:
    """Return the observations that stand, weightiest first, and whether they conflict.

    From the highest rank down. Of each rank only the newest observations speak. One
    that rules out all that counts so far, and is so many months newer than
    the last that upheld it, speaks against it; otherwise it is superseded.
    """
    # Four observations of finances, with a rank of evidence and a month, of which newer evidence of
    # a lower rank counts from three months on:
    #
    #     register, rank 2, January    "none"       the highest rank: it stands
    #     client,   rank 1, March      "none"       upholds it: counted from March now
    #     client,   rank 1, February   "mild"       not the newest of its rank: says nothing
    #     network,  rank 0, August     "serious"    five months newer than March: a conflict
    ranks = sorted({one.rank for one in pool}, reverse=True)
    first = _newest(pool, ranks[0])
    basis, conflict = _agreed(first)
    upheld = first[0].date
    for rank in ranks[1:]:
        newest = _newest(pool, rank)
        possible = _joined(basis)
        against = [
            one
            for one in newest
            if not one.values & possible
            and newer_conflict_months is not None
            and one.date > months_after(upheld, newer_conflict_months)
        ]
        if against or any(one.values <= possible for one in newest):
            upheld = max(upheld, newest[0].date)
        basis, conflict = basis + against, conflict or bool(against)
    return basis, conflict


def _joined(weights: list[Weight]) -> ValueSet:
    """Return all values that some of these observations allow."""
    return union(one.values for one in weights)


def _newest(pool: list[Weight], rank: int) -> list[Weight]:
    """Return the observations of a rank that are of its last day."""
    same = [one for one in pool if one.rank == rank]
    return [one for one in same if one.date == same[0].date]


def _agreed(weights: list[Weight]) -> tuple[list[Weight], bool]:
    """Return the one of these equally weighty observations that says what all others say.

    If there is none (they differ), give all of them, and True.
    """
    # Of one day and one rank, on finances: "none or mild" and "mild" leave just mild, and the
    # second says so for both. "None or mild" and "mild or serious" leave just mild too, but nobody
    # said that: it would be a conclusion of ours, so it is a conflict.
    common = reduce(and_, (one.values for one in weights))
    precise = next((one for one in weights if one.values == common), None)
    return (weights, True) if precise is None else ([precise], False)


def _stale(one: Weight, informative: list[Weight], as_of: date) -> bool:
    """Return whether an observation, and all that say the same, are too old for their source."""
    # An old observation that a later one repeats is as good as new. One that merely agrees ("none
    # or mild" beside "mild") does not renew it.
    return not any(
        other.values == one.values and as_of <= other.stale_after for other in informative
    )


def _evidence(ruleset: RuleSet) -> Evidence:
    return ruleset.evidence or Evidence(())


def _faults_of_dossier(
    ruleset: RuleSet, as_of: object, client_id: object
) -> Iterator[DossierFault]:
    """Yield what is wrong with the dossier as a whole."""
    if ruleset.evidence is None:
        message = f"the rule set `{ruleset.id}` does not say how evidence is weighed"
        yield DossierFault(0, "ruleset", message)
    if not is_day(as_of):
        yield DossierFault(0, "as_of", NO_DAY)
    _, problem = parse_client_id(client_id)
    if problem and client_id is not None:
        yield DossierFault(0, "client_id", problem)


def _faults_of(ruleset: RuleSet, number: int, one: object, as_of: date) -> Iterator[DossierFault]:
    """Yield everything that is wrong with one observation."""
    if not isinstance(one, Observation):
        yield DossierFault(number, "(item)", "must be an observation")
        return
    fact = ruleset.fact.get(one.fact) if isinstance(one.fact, str) else None
    if fact is None:
        yield _no_fact(number, one.fact, ruleset)
    elif message := _wrong_value(fact, one.value):
        yield DossierFault(number, fact.id, message)
    sources = [source.id for source in _evidence(ruleset).sources]
    if not isinstance(one.source, str) or one.source not in sources:
        yield DossierFault(number, "source", f"must be one of {listed(sources)}")
    if not is_day(one.date):
        yield DossierFault(number, "date", NO_DAY)
    elif one.date > as_of:
        yield DossierFault(number, "date", "lies after the date of the dossier (`as_of`)")
    if not isinstance(one.assessor, str) or not one.assessor.strip():
        yield DossierFault(number, "assessor", "must say who recorded this")
    elif problem := line_problem(one.assessor, MAX_ASSESSOR_LENGTH):
        yield DossierFault(number, "assessor", problem)


def _wrong_value(fact: Fact, value: object) -> str | None:
    """Return what an observed value must be, or None if it is acceptable."""
    known = None if value is None or isinstance(value, Conflicting) else read_knowledge(fact, value)
    if known is None:
        return f"must be {fact.domain.describe()}"
    if known.allowed == fact.domain.full and not isinstance(value, Declined | bool | int | str):
        return "says nothing: leave out at least one value"
    return None


def _no_fact(number: int, fact: object, ruleset: RuleSet) -> DossierFault:
    name = str(fact) if looks_like_id(fact) else "(fact)"
    return DossierFault(number, name, f"is no fact of the rule set `{ruleset.id}`")
