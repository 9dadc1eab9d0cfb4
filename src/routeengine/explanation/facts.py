"""What is known of each fact, in words, and who recorded it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple, TypeAlias

from routeengine.changes import can_act
from routeengine.explanation import parts
from routeengine.explanation.model import ConditionNode, FactNode
from routeengine.explanation.phrases import Phrases
from routeengine.i18n import date_in_words
from routeengine.observation import FactEvidence, Observation
from routeengine.profile import Known, State, read_knowledge
from routeengine.result import Answer, Verdict
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth, value_truth
from routeengine.value_set import ValueSet, single

Evaluate: TypeAlias = Callable[[State], Answer]
"""Returns the answer to what is known."""

MAX_OTHERS = 8
"""A fact with more other values than this is not tried with each of them."""

MAX_VIEWS = 128
"""Views of each fact that are kept for the next client, and changes of it."""


@dataclass(frozen=True, slots=True)
class FactSite:
    """One fact, whoever the client is.

    `cells` are the sets of values that no condition tells apart. `comparisons` are the
    conditions that compare the fact, each with the values that it allows. `views` and
    `changes` keep what was made for other clients.
    """

    fact: Fact
    named: parts.Named
    phrases: Phrases
    cells: tuple[ValueSet, ...]
    comparisons: Sequence[tuple[ConditionNode, ValueSet]]
    read_by: tuple[str, ...]
    coupled_with: tuple[str, ...]
    views: dict[tuple[object, ...], FactView] = field(default_factory=dict)
    changes: dict[tuple[ValueSet, Value], parts.ChangeNode] = field(default_factory=dict)

    def view(self, known: Known, values: ValueSet) -> FactView:
        """Return the fact as it is known, with the values that it still can have."""
        key = (known.allowed, known.declined, known.conflicting, values)
        view = self.views.get(key)
        if view is None:
            view = self._look(known, values)
            if len(self.views) < MAX_VIEWS:
                # Of two threads that keep one at once, both get what was kept first.
                view = self.views.setdefault(key, view)
        return view

    def _look(self, known: Known, values: ValueSet) -> FactView:
        given = self._leaf(self._status(known, values), known.allowed)
        implied = given if values == known.allowed else self._leaf("implied", values)
        comparisons = {}
        for blank, allowed in self.comparisons:
            truth, as_given = value_truth(values, allowed), value_truth(known.allowed, allowed)
            # If what was given leaves it open, it is a constraint that settles it.
            fact = implied if as_given is Truth.OPEN and truth is not Truth.OPEN else given
            comparisons[blank.id] = replace(blank, truth=truth, fact=fact)
        # Whoever can start soon is able to take part: that is implied, and shown so. If facts
        # clash, the inspection takes them as unknown, and then values come back that were ruled
        # out: those are not implied by anything.
        shown = self._node(given, known.allowed)
        if given.status != "contradicted" and values != known.allowed:
            shown = self._node(implied, values)
        return FactView(given, shown, comparisons)

    def _leaf(self, status: parts.EvidenceStatus, values: ValueSet) -> parts.LeafNode:
        wording = self.phrases.wording
        if status == "unknown":
            words = wording.unknown
        elif status == "declined":
            words = wording.declined
        else:
            words = self.phrases.known(self.fact, values)
        return parts.LeafNode(self.named.id, self.named.label, status, words)

    def _status(self, known: Known, values: ValueSet) -> parts.EvidenceStatus:
        """Return how much is known of the fact, whatever a constraint adds."""
        if values - known.allowed:
            return "contradicted"
        if known.conflicting:
            return "conflicting"
        if known.allowed.is_single:
            return "known"
        if known.declined:
            return "declined"
        return "unknown" if known.allowed == self.fact.domain.full else "partial"

    def _node(self, leaf: parts.LeafNode, values: ValueSet) -> FactNode:
        """Return the fact with all that is known of it, but for what a dossier holds."""
        fact, ranges = self.fact, runs(self.fact, values)
        return FactNode(
            id=f"fact:{fact.id}",
            fact=fact.id,
            label=leaf.label,
            status=leaf.status,
            words=leaf.words,
            value=ranges[0][0] if values.is_single else None,
            ranges=ranges,
            special_category=fact.special_category,
            possible_proxy=fact.possible_proxy,
            read_by=self.read_by,
            coupled_with=self.coupled_with,
        )

    def change(self, allowed: ValueSet, value: Value) -> parts.ChangeNode:
        """Return the change from what is known, `allowed`, to this value or one like it."""
        if (known := self.changes.get((allowed, value))) is not None:
            return known
        fact, phrases = self.fact, self.phrases
        index = fact.domain.index(value) or 0
        # No rule tells rung 3 from 4, 5 or 6, so a change to rung 3 reads as one to "3 to 6". An
        # answer names no value that was ruled out: if it is known to be 2, 3 or 4, it reads "3 to
        # 4".
        cell = next(cell for cell in self.cells if index in cell)
        answer = allowed.has_several
        node = parts.ChangeNode(
            fact=fact.id,
            label=self.named.label,
            now=phrases.wording.unknown
            if allowed == fact.domain.full
            else phrases.known(fact, allowed),
            words=phrases.values(fact, cell & allowed if answer else cell),
            value=value,
            actionable=not answer and can_act(fact, allowed.highest, value),
        )
        if len(self.changes) < MAX_VIEWS:
            self.changes[allowed, value] = node
        return node


class FactView(NamedTuple):
    """What is known of one fact, the same for all clients of whom it is.

    `given` is what was given of it, and `comparisons` are the nodes of its comparisons, by id.
    """

    given: parts.LeafNode
    node: FactNode
    comparisons: dict[str, ConditionNode]


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. A fact that clashes with others
    counts as unknown there, so it may have values that were not given: `clashing` names those.
    """

    def __init__(
        self, sites: Mapping[str, FactSite], state: State, values: Mapping[str, ValueSet]
    ) -> None:
        self._sites = sites
        self.state = state
        self.clashing = {fact for fact, known in state.items() if values[fact] - known.allowed}
        self._views = {fact: sites[fact].view(known, values[fact]) for fact, known in state.items()}

    def nodes(
        self,
        evidence: Mapping[str, FactEvidence],
        evaluate: Evaluate,
        decisions: Sequence[str],
    ) -> dict[str, FactNode]:
        """Return every fact of the rule set, in declared order, with what a dossier holds on it.

        Of one that may stand in for origin `evaluate` says what it does, decision by decision.
        """
        nodes = {fact: view.node for fact, view in self._views.items()}
        for fact, site in self._sites.items():
            if site.fact.possible_proxy:
                others = tuple(self._otherwise(site, evaluate, decisions))
                nodes[fact] = replace(nodes[fact], otherwise=others)
        for fact, held in evidence.items():
            site = self._sites[fact]
            found = evidence_node(site.fact, site.phrases, held)
            nodes[fact] = replace(nodes[fact], evidence=found)
        return nodes

    def _otherwise(
        self, site: FactSite, evaluate: Evaluate, decisions: Sequence[str]
    ) -> Iterator[parts.OtherwiseNode]:
        """Yield the answers under each other value of a fact, all else as it is known.

        Where nothing is known of it, or sources differ, questions say where each answer leads.
        """
        fact, known = site.fact, self.state[site.fact.id]
        if known.declined or known.conflicting or known.allowed == fact.domain.full:
            return
        others = [left for cell in site.cells if (left := cell - known.allowed)]
        for number, values in enumerate(others if len(others) <= MAX_OTHERS else (), 1):
            # No condition tells the values of a cell apart, so one of them stands for all.
            verdicts = evaluate({**self.state, fact.id: Known(single(values.lowest))}).verdicts
            yield parts.OtherwiseNode(
                id=f"otherwise:{fact.id}/{number}",
                words=site.phrases.values(fact, values),
                ranges=runs(fact, values),
                verdicts=tuple([_other_verdict(verdicts[one]) for one in decisions]),
            )

    def leaf(self, fact: str) -> parts.LeafNode:
        """Return what was given of one fact."""
        return self._views[fact].given

    def comparisons(self) -> dict[str, ConditionNode]:
        """Return the node of every comparison, by its id."""
        nodes: dict[str, ConditionNode] = {}
        for view in self._views.values():
            nodes |= view.comparisons
        return nodes

    def change(self, fact: str, value: Value) -> parts.ChangeNode:
        """Return the change by which a fact has this value, or one of those that mean the same."""
        return self._sites[fact].change(self.state[fact].allowed, value)


def _other_verdict(verdict: Verdict) -> parts.OtherVerdictNode:
    outcomes: tuple[str, ...] = ()
    if verdict.status == "review":
        outcomes = verdict.candidates
    elif verdict.status != "not_applicable":
        outcomes = verdict.possible
    return parts.OtherVerdictNode(
        verdict.decision, verdict.status, verdict.reason, outcomes, verdict.exact
    )


def runs(fact: Fact, values: ValueSet) -> tuple[tuple[Value, Value], ...]:
    """Return a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple([(value(first), value(last)) for first, last in values.runs])


def evidence_node(fact: Fact, phrases: Phrases, held: FactEvidence) -> parts.EvidenceNode:
    """Return everything that was observed of one fact, weighed as the dossier weighs it."""
    numbers, wording = count(1), phrases.wording

    def node(one: Observation) -> parts.ObservationNode:
        known = read_knowledge(fact, one.value) or Known(fact.domain.full)
        words = wording.declined if known.declined else phrases.known(fact, known.allowed)
        # A dossier may have been weighed by other rules, with sources of their own.
        source, date = phrases.sources.get(one.source, one.source), one.date
        return parts.ObservationNode(
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
    return parts.EvidenceNode(
        id=f"evidence:{fact.id}",
        conflict=bool(held.conflicting),
        basis=tuple(map(node, held.basis)),
        agreeing=tuple(map(node, held.agreeing)),
        superseded=tuple(map(node, held.superseded)),
        declined=tuple(map(node, declined)),
        settled=fact.id in phrases.settled,
    )
