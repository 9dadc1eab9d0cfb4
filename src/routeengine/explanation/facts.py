"""What is known of each fact, in words."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.explanation.model import EvidenceStatus, FactNode, LeafNode
from routeengine.explanation.plan import Plan, remember
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import Value, spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth

__all__ = ["Facts", "runs"]


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

    def compared(self, condition: FactIs, truth: Truth) -> LeafNode:
        """Give what is known of the fact that a comparison speaks of.

        It is implied where a constraint settles what was given leaves open.
        """
        if truth is not Truth.OPEN:
            allowed = self.state[condition.fact].allowed
            if allowed & condition.allowed and allowed & ~condition.allowed:
                return self._leaf(condition.fact, implied=True)
        return self.leaf(condition.fact)

    def leaf(self, fact: str) -> LeafNode:
        """Give what was given of one fact."""
        return self._leaf(fact, implied=False)

    def _leaf(self, fact: str, *, implied: bool) -> LeafNode:
        found = self._leaves.get((fact, implied))
        if found is None:
            status: EvidenceStatus = "implied" if implied else self.status(fact)
            kept, key = self.plan.leaves[fact], (status, self._bits(fact, status))
            found = kept.get(key)
            if found is None:
                found = LeafNode(
                    fact=fact,
                    label=self.plan.facts[fact].label,
                    status=status,
                    words=self.words(fact, status),
                )
                remember(kept, key, found)
            self._leaves[fact, implied] = found
        return found

    def _bits(self, fact: str, status: EvidenceStatus) -> int:
        return self.values[fact] if status == "implied" else self.state[fact].allowed

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
        return self.plan.phrases.values(declared, self._bits(fact, status))

    def _node(self, fact: Fact) -> FactNode:
        status = self.status(fact.id)
        if status != "contradicted" and _narrowed(self.state[fact.id], self.values[fact.id]):
            status = "implied"
        bits = self._bits(fact.id, status)
        kept, key = self.plan.fact_nodes[fact.id], (status, bits)
        node = kept.get(key)
        return remember(kept, key, self._make(fact, status, bits)) if node is None else node

    def _make(self, fact: Fact, status: EvidenceStatus, bits: int) -> FactNode:
        ranges = runs(fact, bits)
        return FactNode(
            id=f"fact:{fact.id}",
            fact=fact.id,
            label=self.plan.facts[fact.id].label,
            status=status,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            words=self.words(fact.id, status),
            ranges=ranges,
            special_category=fact.special_category,
            possible_proxy=fact.possible_proxy,
            read_by=self.plan.read_by[fact.id],
            coupled_with=self.plan.coupled_with[fact.id],
        )


def runs(fact: Fact, bits: int) -> tuple[tuple[Value, Value], ...]:
    """Give a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple((value(first), value(last)) for first, last in spans(bits))


def _narrowed(known: Known, left: int) -> bool:
    return left != known.allowed and known.allowed & left == left
