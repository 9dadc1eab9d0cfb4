"""What is known of each fact, in words."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.explanation.model import EvidenceStatus, FactNode, LeafNode
from routeengine.explanation.plan import Plan
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth

__all__ = ["Facts"]


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. Where the facts
    contradict each other, `clashing` names those that do.
    """

    def __init__(
        self, plan: Plan, state: State, values: Mapping[str, int], clashing: frozenset[str]
    ) -> None:
        self.plan = plan
        self.state = state
        self.values = values
        self.clashing = clashing
        self._leaves: dict[tuple[str, bool], LeafNode] = {}

    def given(self, fact: str) -> bool:
        """Say whether anything is known of the fact."""
        return self.state[fact].allowed != self.plan.ruleset.fact[fact].domain.full

    def nodes(self) -> dict[str, FactNode]:
        """Give every fact of the rule set, in declared order."""
        return {fact.id: self._node(fact) for fact in self.plan.ruleset.facts}

    def leaf(self, fact: str, *, implied: bool = False) -> LeafNode:
        """Give what is known of one fact; `implied` where a constraint settles it."""
        found = self._leaves.get((fact, implied))
        if found is None:
            status: EvidenceStatus = "implied" if implied else self.status(fact)
            found = self._leaves[fact, implied] = LeafNode(
                fact=fact,
                label=self.plan.phrases.say(self.plan.ruleset.fact[fact].label),
                status=status,
                words=self.words(fact, status),
            )
        return found

    def implied(self, condition: FactIs, truth: Truth) -> bool:
        """Say whether a comparison is settled by a constraint rather than by what was given."""
        allowed = self.state[condition.fact].allowed
        mixed = bool(allowed & condition.allowed) and bool(allowed & ~condition.allowed)
        return mixed and truth is not Truth.OPEN

    def status(self, fact: str) -> EvidenceStatus:
        """Say how much is known of a fact, whatever a constraint adds."""
        known = self.state[fact]
        if fact in self.clashing:
            return "contradicted"
        if known.conflicting:
            return "conflicting"
        if known.allowed.bit_count() == 1:
            return "known"
        if known.declined:
            return "declined"
        return "partial" if self.given(fact) else "unknown"

    def words(self, fact: str, status: EvidenceStatus) -> str:
        """Give the value of a fact in words."""
        declared, wording = self.plan.ruleset.fact[fact], self.plan.wording
        if status in ("unknown", "declined"):
            return wording.unknown if status == "unknown" else wording.declined
        bits = self.values[fact] if status == "implied" else self.state[fact].allowed
        return self.plan.phrases.values(declared, bits)

    def _node(self, fact: Fact) -> FactNode:
        known, left = self.state[fact.id], self.values[fact.id]
        status = self.status(fact.id)
        if status != "contradicted" and _narrowed(known, left):
            status = "implied"
        bits = left if status == "implied" else known.allowed
        domain = fact.domain
        ranges = tuple((domain.value(first), domain.value(last)) for first, last in spans(bits))
        return FactNode(
            id=f"fact:{fact.id}",
            fact=fact.id,
            label=self.plan.phrases.say(fact.label),
            status=status,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            words=self.words(fact.id, status),
            ranges=ranges,
            special_category=fact.special_category,
            possible_proxy=fact.possible_proxy,
            read_by=self.plan.read_by[fact.id],
        )


def _narrowed(known: Known, left: int) -> bool:
    return left != known.allowed and known.allowed & left == left
