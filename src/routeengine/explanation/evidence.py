"""Who recorded what is known of a fact, where and when, as nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routeengine.explanation.parts import EvidenceNode, ObservationNode
from routeengine.explanation.plan import Plan
from routeengine.months import in_words
from routeengine.observation import FactEvidence, Observation
from routeengine.profile import Known, read_knowledge
from routeengine.ruleset.model import Fact


def evidence_node(plan: Plan, evidence: FactEvidence) -> EvidenceNode:
    """Give everything that was observed of one fact, weighed as the dossier weighs it."""
    fact, numbers = plan.ruleset.fact[evidence.fact], iter(range(1, 1_000_000))

    def nodes(some: Sequence[Observation]) -> tuple[ObservationNode, ...]:
        return tuple(_nodes(plan, fact, some, evidence.stale, numbers))

    # A refusal that is all there is stands among what is known only once.
    basis = evidence.basis
    return EvidenceNode(
        id=f"evidence:{fact.id}",
        conflict=bool(evidence.conflicting),
        basis=nodes(basis),
        agreeing=nodes(evidence.agreeing),
        superseded=nodes(evidence.superseded),
        declined=nodes([one for one in evidence.declined if one not in basis]),
    )


def _nodes(
    plan: Plan,
    fact: Fact,
    some: Sequence[Observation],
    stale: Sequence[Observation],
    numbers: Iterator[int],
) -> Iterator[ObservationNode]:
    for one in some:
        known = read_knowledge(fact, one.value) or Known(fact.domain.full)
        words = plan.wording.declined
        if not known.declined:
            words = plan.phrases.values(fact, known.allowed)
        # A dossier may have been weighed by other rules, with sources of their own.
        label = plan.sources.get(one.source, one.source)
        yield ObservationNode(
            id=f"observation:{fact.id}/{next(numbers)}",
            source=one.source,
            source_label=label,
            date=one.date,
            assessor=one.assessor,
            words=words,
            stale=one in stale,
            text=plan.wording.observation.format(
                words=words,
                source=label,
                date=in_words(one.date, plan.language),
                assessor=one.assessor,
            ),
        )
