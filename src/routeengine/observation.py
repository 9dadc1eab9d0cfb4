"""What was observed of a client, and the profile that a dossier makes of it.

These forms are apart from the dossier, because a result refers to them. Their
`repr` shows no value of a client's fact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from routeengine.profile import CLIENT_ID, Knowledge, plain_knowledge
from routeengine.wire import Wire

__all__ = ["DossierProfile", "FactEvidence", "Observation"]


@dataclass(frozen=True, slots=True, repr=False)
class Observation(Wire):
    """One thing that somebody recorded of a client.

    Attributes:
        fact: The id of the fact.
        value: A value of the fact, part of its values (`OneOf`, `Between`), or `DECLINED`; a JSON
            form of these becomes what it stands for.
        source: The id of a source of evidence of the rule set.
        date: The day on which it was recorded.
        assessor: The role or pseudonym of whoever recorded it, in at most 200 characters.
    """

    fact: str
    value: Knowledge
    source: str
    date: date
    assessor: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", plain_knowledge(self.value))

    def __repr__(self) -> str:
        return f"Observation({self.fact}, {self.source}, {self.date})"


@dataclass(frozen=True, slots=True, repr=False)
class FactEvidence(Wire):
    """What a dossier holds on one fact, weighed.

    In each tuple the weightiest observation comes first.

    Attributes:
        fact: The id of the fact.
        knowledge: What a classification is given: None if there is no evidence.
        chosen: The observation that `knowledge` rests on; None if evidence conflicts or only says
            that the client declined.
        agreeing: Observations that can be true together with the knowledge.
        superseded: Observations that cannot, and weigh less.
        conflicting: The observations that `knowledge` rests on where they conflict.
        declined: Observations that the client did not answer, which say nothing of the value.
        stale: What the knowledge rests on that is older than its source allows, if nothing fresher
            says the same. It is used all the same, and may raise a flag.
    """

    fact: str
    knowledge: Knowledge
    chosen: Observation | None = None
    agreeing: tuple[Observation, ...] = ()
    superseded: tuple[Observation, ...] = ()
    conflicting: tuple[Observation, ...] = ()
    declined: tuple[Observation, ...] = ()
    stale: tuple[Observation, ...] = ()

    @property
    def basis(self) -> tuple[Observation, ...]:
        """The observations that the knowledge rests on; none if there is no evidence."""
        if self.conflicting:
            return self.conflicting
        return self.declined[:1] if self.chosen is None else (self.chosen,)

    def __repr__(self) -> str:
        return f"FactEvidence({self.fact}, …)"


class DossierProfile(Mapping[str, Knowledge]):
    """What a dossier says of a client: a profile to classify, which keeps its evidence.

    `Dossier.profile` makes it. It is a mapping that does not change. Its keys are the facts with
    evidence, `client_id` if that is given, and what `over` adds. `flags` are the ids of the flags
    that the dossier raises, in declared order.
    """

    __slots__ = ("_entries", "_evidence", "_order", "flags")

    flags: tuple[str, ...]

    def __init__(
        self,
        evidence: Mapping[str, FactEvidence],
        flags: tuple[str, ...] = (),
        order: tuple[str, ...] = (),
        client_id: str | None = None,
    ) -> None:
        entries: dict[str, Knowledge] = {} if client_id is None else {CLIENT_ID: client_id}
        self._entries = entries | {fact: one.knowledge for fact, one in evidence.items()}
        self._evidence = dict(evidence)
        self._order = order
        self.flags = flags

    def __getitem__(self, key: str) -> Knowledge:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"DossierProfile({', '.join(self._evidence)})"

    def over(self, known: Mapping[str, Knowledge]) -> DossierProfile:
        """Return a profile with what else is known, of facts that have no evidence here.

        Where there is evidence of a fact, that counts and not what `known` says of it.
        """
        more = DossierProfile(self._evidence, self.flags, self._order)
        more._entries = {**known, **self._entries}
        return more

    @property
    def evidence(self) -> Mapping[str, FactEvidence]:
        """The weighed evidence of each fact that has any, by the fact's id."""
        return MappingProxyType(self._evidence)

    @property
    def provenance(self) -> Mapping[str, tuple[Observation, ...]]:
        """Per fact, the observations that what is known rests on."""
        return MappingProxyType({fact: one.basis for fact, one in self._evidence.items()})

    def beside(self, flags: tuple[str, ...]) -> tuple[str, ...]:
        """Return the flags of an answer and of the dossier together, in declared order."""
        place = {flag: number for number, flag in enumerate(self._order)}
        together = {*flags, *self.flags}
        return tuple(sorted(together, key=lambda flag: (place.get(flag, len(place)), flag)))
