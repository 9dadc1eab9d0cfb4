"""What is known of each fact, in words, and who recorded it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from routeengine.bits import highest
from routeengine.changes import can_act
from routeengine.explanation.model import ConditionNode, FactNode
from routeengine.explanation.parts import (
    ChangeNode,
    EvidenceNode,
    EvidenceStatus,
    LeafNode,
    Named,
    ObservationNode,
)
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.sites import compared
from routeengine.i18n import date_in_words
from routeengine.lazy import cached_property
from routeengine.observation import FactEvidence, Observation
from routeengine.profile import Known, State, read_knowledge
from routeengine.ruleset.domains import Value, spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth

MAX_VIEWS = 128
"""What is known of a fact is kept for the next client, up to so many views of each fact."""


@dataclass(frozen=True, slots=True)
class FactSite:
    """One fact, whoever the client is.

    `cells` are the values that no condition tells apart, each set as bits. `comparisons` are the
    conditions that compare the fact, each with the values that it allows. `views` keeps what was
    made for other clients.
    """

    fact: Fact
    named: Named
    phrases: Phrases
    cells: tuple[int, ...]
    comparisons: Sequence[tuple[ConditionNode, int]]
    read_by: tuple[str, ...]
    coupled_with: tuple[str, ...]
    views: dict[tuple[object, ...], FactView] = field(default_factory=dict)

    def view(self, known: Known, values: int, clashing: bool) -> FactView:
        """Return the fact as it is known, with the values that it still can have."""
        key = (known.allowed, known.declined, known.conflicting, values, clashing)
        view = self.views.get(key)
        if view is None:
            view = FactView(self, known, values, clashing)
            if len(self.views) < MAX_VIEWS:
                # Of two threads that keep one at once, both get what was kept first.
                view = self.views.setdefault(key, view)
        return view


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. If the facts
    contradict each other, `clashing` names those that do.
    """

    def __init__(
        self,
        sites: Mapping[str, FactSite],
        state: State,
        values: Mapping[str, int],
        clashing: frozenset[str],
    ) -> None:
        self.state = state
        self.clashing = clashing
        self._views = {
            fact: sites[fact].view(known, values[fact], fact in clashing)
            for fact, known in state.items()
        }

    def nodes(self, evidence: Mapping[str, FactEvidence]) -> dict[str, FactNode]:
        """Return every fact of the rule set, in declared order, with what a dossier holds on it."""
        nodes = {fact: view.node for fact, view in self._views.items()}
        for fact, held in evidence.items():
            view = self._views[fact]
            nodes[fact] = replace(view.node, evidence=view.evidence(held))
        return nodes

    def leaf(self, fact: str) -> LeafNode:
        """Return what was given of one fact."""
        return self._views[fact].given

    def comparisons(self) -> dict[str, ConditionNode]:
        """Return the node of every comparison, by its id."""
        nodes: dict[str, ConditionNode] = {}
        for view in self._views.values():
            nodes |= view.comparisons
        return nodes

    def change(self, fact: str, value: Value) -> ChangeNode:
        """Return the change by which a fact has this value, or one of those that mean the same."""
        return self._views[fact].change(value)


class FactView:
    """What is known of one fact, whoever the client is: it is the same for all of whom it is."""

    def __init__(self, site: FactSite, known: Known, values: int, clashing: bool) -> None:
        self._site = site
        self._known = known
        self._values = values
        self._clashing = clashing

    @cached_property
    def comparisons(self) -> dict[str, ConditionNode]:
        """The nodes of the comparisons of the fact, by their ids."""
        comparisons = self._site.comparisons
        return {blank.id: self._comparison(blank, allowed) for blank, allowed in comparisons}

    def _comparison(self, blank: ConditionNode, allowed: int) -> ConditionNode:
        truth, given = compared(self._values, allowed), self._known.allowed
        # If what was given leaves it open, it is a constraint that settles it.
        settled = truth is not Truth.OPEN and given & allowed and given & ~allowed
        return replace(blank, truth=truth, fact=self.implied if settled else self.given)

    def change(self, value: Value) -> ChangeNode:
        """Return the change by which the fact has this value, or one that means the same."""
        fact, phrases, allowed = self._site.fact, self._site.phrases, self._known.allowed
        index = fact.domain.index(value) or 0
        # No rule tells rung 3 from 4, 5 or 6, so a change to rung 3 reads as one to "3 to 6". An
        # answer names no value that was ruled out: if it is known to be 2, 3 or 4, it reads "3 to
        # 4".
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
        return self._leaf(self._status(), self._known.allowed)

    @cached_property
    def implied(self) -> LeafNode:
        """What the constraints make of the fact."""
        return self._leaf("implied", self._values)

    def _leaf(self, status: EvidenceStatus, bits: int) -> LeafNode:
        named, phrases = self._site.named, self._site.phrases
        if status == "unknown":
            words = phrases.wording.unknown
        elif status == "declined":
            words = phrases.wording.declined
        else:
            words = phrases.values(self._site.fact, bits)
        return LeafNode(named.id, named.label, status, words)

    def _status(self) -> EvidenceStatus:
        """Return how much is known of the fact, whatever a constraint adds."""
        known = self._known
        if self._clashing:
            return "contradicted"
        if known.conflicting:
            return "conflicting"
        if known.allowed.bit_count() == 1:
            return "known"
        if known.declined:
            return "declined"
        return "unknown" if known.allowed == self._site.fact.domain.full else "partial"

    @cached_property
    def node(self) -> FactNode:
        """The fact with all that is known of it, but for what a dossier holds."""
        site, leaf, bits = self._site, self.given, self._known.allowed
        # Whoever can start soon is able to take part: that is implied, and shown so. If facts
        # clash, the inspection takes them as unknown, and then values come back that were ruled out
        # (`& ~bits`): those are not implied by anything.
        if leaf.status != "contradicted" and self._values != bits and not self._values & ~bits:
            leaf, bits = self.implied, self._values
        ranges = runs(site.fact, bits)
        return FactNode(
            id=f"fact:{site.fact.id}",
            fact=site.fact.id,
            label=site.named.label,
            status=leaf.status,
            words=leaf.words,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            ranges=ranges,
            special_category=site.fact.special_category,
            possible_proxy=site.fact.possible_proxy,
            read_by=site.read_by,
            coupled_with=site.coupled_with,
        )

    def evidence(self, held: FactEvidence) -> EvidenceNode:
        """Return what a dossier holds on the fact."""
        return evidence_node(self._site.fact, self._site.phrases, held)


def runs(fact: Fact, bits: int) -> tuple[tuple[Value, Value], ...]:
    """Return a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple([(value(first), value(last)) for first, last in spans(bits)])


def evidence_node(fact: Fact, phrases: Phrases, held: FactEvidence) -> EvidenceNode:
    """Return everything that was observed of one fact, weighed as the dossier weighs it."""
    numbers, wording = count(1), phrases.wording

    def node(one: Observation) -> ObservationNode:
        known = read_knowledge(fact, one.value) or Known(fact.domain.full)
        words = wording.declined if known.declined else phrases.values(fact, known.allowed)
        # A dossier may have been weighed by other rules, with sources of their own.
        source, date = phrases.sources.get(one.source, one.source), one.date
        return ObservationNode(
            id=f"observation:{fact.id}/{next(numbers)}",
            source=one.source,
            source_label=source,
            date=date,
            assessor=one.assessor,
            words=words,
            stale=one in held.stale,
            text=wording.observation.format(
                words=words,
                source=source,
                date=date_in_words(date, phrases.language),
                assessor=one.assessor,
            ),
        )

    # A refusal that is all there is, is among what is known: it is shown there alone.
    declined = [one for one in held.declined if one not in held.basis]
    return EvidenceNode(
        id=f"evidence:{fact.id}",
        conflict=bool(held.conflicting),
        basis=tuple(map(node, held.basis)),
        agreeing=tuple(map(node, held.agreeing)),
        superseded=tuple(map(node, held.superseded)),
        declined=tuple(map(node, declined)),
    )
