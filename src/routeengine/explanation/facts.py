"""What is known of each fact, in words, and who recorded it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from routeengine.bits import highest
from routeengine.changes import can_act
from routeengine.explanation.model import FactNode
from routeengine.explanation.parts import (
    ChangeNode,
    EvidenceNode,
    EvidenceStatus,
    LeafNode,
    Named,
    ObservationNode,
)
from routeengine.explanation.phrases import Phrases
from routeengine.lazy import cached_property
from routeengine.months import in_words
from routeengine.observation import FactEvidence, Observation
from routeengine.profile import Known, State, read_knowledge
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import Value, spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth


@dataclass(frozen=True, slots=True)
class FactSite:
    """One fact, whoever the client is.

    `cells` are the values that no condition tells apart, each set as bits.
    """

    fact: Fact
    named: Named
    cells: tuple[int, ...]
    read_by: tuple[str, ...]
    coupled_with: tuple[str, ...]


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. If the facts
    contradict each other, `clashing` names those that do.
    """

    def __init__(
        self,
        sites: Mapping[str, FactSite],
        phrases: Phrases,
        state: State,
        values: Mapping[str, int],
        clashing: frozenset[str],
    ) -> None:
        self.state = state
        self.values = values
        self.clashing = clashing
        self._views = {
            fact: FactView(sites[fact], phrases, known, values[fact], fact in clashing)
            for fact, known in state.items()
        }

    def nodes(self, evidence: Mapping[str, FactEvidence]) -> dict[str, FactNode]:
        """Return every fact of the rule set, in declared order, with what a dossier holds on it."""
        return {fact: view.node(evidence.get(fact)) for fact, view in self._views.items()}

    def leaf(self, fact: str) -> LeafNode:
        """Return what was given of one fact."""
        return self._views[fact].given

    def compared(self, condition: FactIs, truth: Truth) -> LeafNode:
        """Return what is known of a fact, next to a comparison of which this is the truth."""
        view, allowed = self._views[condition.fact], condition.allowed
        given = view.known.allowed
        # Given was that it may be both, so a constraint settles it.
        settled = truth is not Truth.OPEN and given & allowed and given & ~allowed
        return view.implied if settled else view.given

    def change(self, fact: str, value: Value) -> ChangeNode:
        """Say that a fact would have this value, or one of those that mean the same."""
        return self._views[fact].change(value)


class FactView:
    """What is known of one fact of one client."""

    def __init__(
        self, site: FactSite, phrases: Phrases, known: Known, values: int, clashing: bool
    ) -> None:
        self._site = site
        self._phrases = phrases
        self.known = known
        self._values = values
        self._clashing = clashing

    def change(self, value: Value) -> ChangeNode:
        """Say that the fact would have this value, or one of those that mean the same."""
        fact, phrases, allowed = self._site.fact, self._phrases, self.known.allowed
        index = fact.domain.index(value) or 0
        cell = next(cell for cell in self._site.cells if cell >> index & 1)
        answer = allowed.bit_count() > 1
        return ChangeNode(
            fact=fact.id,
            label=self._site.named.label,
            now=phrases.wording.unknown
            if allowed == fact.domain.full
            else phrases.values(fact, allowed),
            words=phrases.values(fact, cell & allowed if answer else cell),
            value=value,
            actionable=not answer and can_act(fact, highest(allowed), value),
        )

    @cached_property
    def given(self) -> LeafNode:
        """What was given of the fact."""
        return self._leaf(self._status)

    @cached_property
    def implied(self) -> LeafNode:
        """What the constraints make of the fact."""
        return self._leaf("implied")

    def _leaf(self, status: EvidenceStatus) -> LeafNode:
        named = self._site.named
        return LeafNode(named.id, named.label, status, self._words(status))

    @property
    def _status(self) -> EvidenceStatus:
        """How much is known of the fact, whatever a constraint adds."""
        known = self.known
        if self._clashing:
            return "contradicted"
        if known.conflicting:
            return "conflicting"
        if known.allowed.bit_count() == 1:
            return "known"
        if known.declined:
            return "declined"
        return "unknown" if known.allowed == self._site.fact.domain.full else "partial"

    def _bits(self, status: EvidenceStatus) -> int:
        return self._values if status == "implied" else self.known.allowed

    def _words(self, status: EvidenceStatus) -> str:
        wording = self._phrases.wording
        if status in ("unknown", "declined"):
            return wording.unknown if status == "unknown" else wording.declined
        return self._phrases.values(self._site.fact, self._bits(status))

    def node(self, evidence: FactEvidence | None) -> FactNode:
        """Return the fact with all that is known of it."""
        site, status, given = self._site, self._status, self.known.allowed
        if status != "contradicted" and self._values != given and not self._values & ~given:
            status = "implied"
        bits = self._bits(status)
        ranges = runs(site.fact, bits)
        return FactNode(
            id=f"fact:{site.fact.id}",
            fact=site.fact.id,
            label=site.named.label,
            status=status,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            words=self._words(status),
            ranges=ranges,
            special_category=site.fact.special_category,
            possible_proxy=site.fact.possible_proxy,
            read_by=site.read_by,
            coupled_with=site.coupled_with,
            evidence=None
            if evidence is None
            else evidence_node(site.fact, self._phrases, evidence),
        )


def runs(fact: Fact, bits: int) -> tuple[tuple[Value, Value], ...]:
    """Return a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple([(value(first), value(last)) for first, last in spans(bits)])


def evidence_node(fact: Fact, phrases: Phrases, evidence: FactEvidence) -> EvidenceNode:
    """Return everything that was observed of one fact, weighed as the dossier weighs it."""
    numbers = count(1)

    def nodes(some: Iterable[Observation]) -> tuple[ObservationNode, ...]:
        return tuple(_observations(fact, phrases, some, evidence, numbers))

    # A refusal that is all there is, is among what is known: it is shown there alone.
    basis = evidence.basis
    return EvidenceNode(
        id=f"evidence:{fact.id}",
        conflict=bool(evidence.conflicting),
        basis=nodes(basis),
        agreeing=nodes(evidence.agreeing),
        superseded=nodes(evidence.superseded),
        declined=nodes([one for one in evidence.declined if one not in basis]),
    )


def _observations(
    fact: Fact,
    phrases: Phrases,
    some: Iterable[Observation],
    evidence: FactEvidence,
    numbers: Iterator[int],
) -> Iterator[ObservationNode]:
    for one in some:
        known = read_knowledge(fact, one.value) or Known(fact.domain.full)
        words = phrases.wording.declined
        if not known.declined:
            words = phrases.values(fact, known.allowed)
        # A dossier may have been weighed by other rules, with sources of their own.
        label = phrases.sources.get(one.source, one.source)
        yield ObservationNode(
            id=f"observation:{fact.id}/{next(numbers)}",
            source=one.source,
            source_label=label,
            date=one.date,
            assessor=one.assessor,
            words=words,
            stale=one in evidence.stale,
            text=phrases.wording.observation.format(
                words=words,
                source=label,
                date=in_words(one.date, phrases.language),
                assessor=one.assessor,
            ),
        )
