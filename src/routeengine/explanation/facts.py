"""What is known of each fact, in words."""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.bits import highest
from routeengine.changes import can_act
from routeengine.explanation.model import ChangeNode, EvidenceStatus, FactNode, LeafNode
from routeengine.explanation.parts import made
from routeengine.explanation.plan import Look, Plan, remember
from routeengine.lazy import cached_property
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.domains import Value, spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth

__all__ = ["Facts", "Sight", "runs"]


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. Where the facts
    contradict each other, `clashing` names those that do.
    """

    def __init__(
        self, plan: Plan, state: State, values: Mapping[str, int], clashing: frozenset[str]
    ) -> None:
        self.state = state
        self._sights = {
            fact: _sight(plan, fact, (known, values[fact], fact in clashing))
            for fact, known in state.items()
        }

    def nodes(self) -> dict[str, FactNode]:
        """Give every fact of the rule set, in declared order."""
        return {fact: sight.node for fact, sight in self._sights.items()}

    def leaf(self, fact: str) -> LeafNode:
        """Give what was given of one fact."""
        return self._sights[fact].leaf

    def looks(self) -> dict[int, Look]:
        """Look at every comparison, by the number of the condition."""
        found: dict[int, Look] = {}
        for sight in self._sights.values():
            found |= sight.looks
        return found

    def change(self, fact: str, value: Value) -> ChangeNode:
        """Say that a fact would have this value, or one of those that mean the same."""
        sight = self._sights[fact]
        node = sight.changes.get(value)
        return sight.change(value) if node is None else node


def _sight(plan: Plan, fact: str, key: tuple[Known, int, bool]) -> Sight:
    kept = plan.sights[fact]
    sight = kept.get(key)
    return remember(kept, key, Sight(plan, fact, *key)) if sight is None else sight


class Sight:
    """What is known of one fact, whoever the client is: nodes are made once and used again."""

    def __init__(self, plan: Plan, fact: str, known: Known, values: int, clashing: bool) -> None:
        self._plan = plan
        self._fact: Fact = plan.ruleset.fact[fact]
        self._known = known
        self._values = values
        self._clashing = clashing
        self.looks = {number: self._look(one) for number, one in plan.comparisons[fact].items()}
        self.changes: dict[Value, ChangeNode] = {}

    def _look(self, condition: FactIs) -> Look:
        """Look at a comparison; it is implied where a constraint settles what was left open."""
        allowed = condition.allowed
        truth = Truth.of(bool(self._values & allowed), bool(self._values & ~allowed))
        given = self._known.allowed
        settled = truth is not Truth.OPEN and given & allowed and given & ~allowed
        return Look(truth, self._implied if settled else self.leaf)

    def change(self, value: Value) -> ChangeNode:
        """Say that the fact would have this value, or one of those that mean the same."""
        plan, fact, allowed = self._plan, self._fact, self._known.allowed
        index = fact.domain.index(value) or 0
        cell = next(cell for cell in plan.cells[fact.id] if cell >> index & 1)
        answer = allowed.bit_count() > 1
        node = made(
            ChangeNode,
            fact=fact.id,
            label=plan.facts[fact.id].label,
            now=plan.wording.unknown
            if allowed == fact.domain.full
            else plan.phrases.values(fact, allowed),
            words=plan.phrases.values(fact, cell & allowed if answer else cell),
            value=value,
            actionable=not answer and can_act(fact, fact.domain.value(highest(allowed)), value),
        )
        # There are no more of them than the fact has cells.
        return self.changes.setdefault(value, node)

    @cached_property
    def leaf(self) -> LeafNode:
        """What was given of the fact."""
        return self._leaf(self._status)

    @cached_property
    def _implied(self) -> LeafNode:
        return self._leaf("implied")

    def _leaf(self, status: EvidenceStatus) -> LeafNode:
        label = self._plan.facts[self._fact.id].label
        return made(
            LeafNode, fact=self._fact.id, label=label, status=status, words=self._words(status)
        )

    @property
    def _status(self) -> EvidenceStatus:
        """Say how much is known of the fact, whatever a constraint adds."""
        known = self._known
        if self._clashing:
            return "contradicted"
        if known.conflicting:
            return "conflicting"
        if known.allowed.bit_count() == 1:
            return "known"
        if known.declined:
            return "declined"
        return "unknown" if known.allowed == self._fact.domain.full else "partial"

    def _bits(self, status: EvidenceStatus) -> int:
        return self._values if status == "implied" else self._known.allowed

    def _words(self, status: EvidenceStatus) -> str:
        wording = self._plan.wording
        if status in ("unknown", "declined"):
            return wording.unknown if status == "unknown" else wording.declined
        return self._plan.phrases.values(self._fact, self._bits(status))

    @cached_property
    def node(self) -> FactNode:
        """The fact with all that is known of it."""
        plan, fact, status = self._plan, self._fact, self._status
        if status != "contradicted" and _narrowed(self._known, self._values):
            status = "implied"
        bits = self._bits(status)
        ranges = runs(fact, bits)
        return made(
            FactNode,
            id=f"fact:{fact.id}",
            fact=fact.id,
            label=plan.facts[fact.id].label,
            status=status,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            words=self._words(status),
            ranges=ranges,
            special_category=fact.special_category,
            possible_proxy=fact.possible_proxy,
            read_by=plan.read_by[fact.id],
            coupled_with=plan.coupled_with[fact.id],
        )


def runs(fact: Fact, bits: int) -> tuple[tuple[Value, Value], ...]:
    """Give a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple((value(first), value(last)) for first, last in spans(bits))


def _narrowed(known: Known, left: int) -> bool:
    return left != known.allowed and known.allowed & left == left
