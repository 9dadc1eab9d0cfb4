"""What is known of each fact, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from routeengine.bits import highest
from routeengine.changes import can_act
from routeengine.explanation.model import ConditionNode, FactNode, Question
from routeengine.explanation.parts import ChangeNode, EvidenceStatus, LeafNode, Named, altered, made
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.spots import Look, Spot, remember
from routeengine.lazy import cached_property
from routeengine.profile import Known, State
from routeengine.result import Lead
from routeengine.ruleset.domains import Value, spans
from routeengine.ruleset.model import Fact
from routeengine.truth import Truth


@dataclass(frozen=True, slots=True)
class FactSpot:
    """One fact, whoever the client is.

    `cells` are the values that no condition tells apart, `comparisons` the places where a
    condition compares the fact, each with the values it allows. `sights` and `questions` keep
    what was made for other clients.
    """

    fact: Fact
    named: Named
    phrases: Phrases
    cells: tuple[int, ...]
    comparisons: Sequence[tuple[Spot, int]]
    read_by: tuple[str, ...]
    coupled_with: tuple[str, ...]
    sights: dict[object, Sight] = field(default_factory=dict)
    questions: dict[tuple[str, tuple[Lead, ...]], Question] = field(default_factory=dict)

    def sight(self, known: Known, values: int, clashing: bool) -> Sight:
        """See the fact as it is known, with the values that it still can have."""
        allowed = known.allowed
        key: object = allowed
        if values != allowed or known.declined or known.conflicting or clashing:
            key = (allowed, known.declined, known.conflicting, values, clashing)
        sight = self.sights.get(key)
        if sight is None:
            sight = remember(self.sights, key, Sight(self, known, values, clashing))
        return sight


class Facts:
    """What was given of one client, and what the constraints make of it.

    `values` are the values that are still possible, per fact. Where the facts
    contradict each other, `clashing` names those that do.
    """

    def __init__(
        self,
        spots: Mapping[str, FactSpot],
        state: State,
        values: Mapping[str, int],
        clashing: frozenset[str],
    ) -> None:
        self.state = state
        self.clashing = clashing
        self._sights = {
            fact: spots[fact].sight(known, values[fact], fact in clashing)
            for fact, known in state.items()
        }

    def key(self, facts: Iterable[str]) -> tuple[object, ...]:
        """Give what stands for all that is known of these facts."""
        return tuple([self._sights[fact] for fact in facts])

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

    def comparisons(self) -> dict[int, ConditionNode]:
        """Give the node of every comparison, by its place."""
        made: dict[int, ConditionNode] = {}
        for sight in self._sights.values():
            made |= sight.comparisons
        return made

    def change(self, fact: str, value: Value) -> ChangeNode:
        """Say that a fact would have this value, or one of those that mean the same."""
        sight = self._sights[fact]
        node = sight.changes.get(value)
        return sight.change(value) if node is None else node


class Sight:
    """What is known of one fact, whoever the client is: nodes are made once and used again."""

    def __init__(self, spot: FactSpot, known: Known, values: int, clashing: bool) -> None:
        self._spot = spot
        self._known = known
        self._values = values
        self._clashing = clashing
        self.changes: dict[Value, ChangeNode] = {}

    @cached_property
    def looks(self) -> dict[int, Look]:
        """What the comparisons of the fact look like, by their numbers."""
        told = {spot.number: allowed for spot, allowed in self._spot.comparisons}
        return {number: self._look(allowed) for number, allowed in told.items()}

    @cached_property
    def comparisons(self) -> dict[int, ConditionNode]:
        """The nodes of the comparisons of the fact, by their places."""
        looks = [(spot, self.looks[spot.number]) for spot, _ in self._spot.comparisons]
        return {
            spot.place: altered(spot.node, truth=look.truth, fact=look.leaf) for spot, look in looks
        }

    def _look(self, allowed: int) -> Look:
        """Look at a comparison; it is implied where a constraint settles what was left open."""
        truth = Truth.of(bool(self._values & allowed), bool(self._values & ~allowed))
        given = self._known.allowed
        settled = truth is not Truth.OPEN and given & allowed and given & ~allowed
        return Look(truth, self._implied if settled else self.leaf)

    def change(self, value: Value) -> ChangeNode:
        """Say that the fact would have this value, or one of those that mean the same."""
        fact, phrases, allowed = self._spot.fact, self._spot.phrases, self._known.allowed
        index = fact.domain.index(value) or 0
        cell = next(cell for cell in self._spot.cells if cell >> index & 1)
        answer = allowed.bit_count() > 1
        node = made(
            ChangeNode,
            fact=fact.id,
            label=self._spot.named.label,
            now=phrases.wording.unknown
            if allowed == fact.domain.full
            else phrases.values(fact, allowed),
            words=phrases.values(fact, cell & allowed if answer else cell),
            value=value,
            actionable=not answer and can_act(fact, highest(allowed), value),
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
        named = self._spot.named
        return made(
            LeafNode, fact=named.id, label=named.label, status=status, words=self._words(status)
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
        return "unknown" if known.allowed == self._spot.fact.domain.full else "partial"

    def _bits(self, status: EvidenceStatus) -> int:
        return self._values if status == "implied" else self._known.allowed

    def _words(self, status: EvidenceStatus) -> str:
        phrases = self._spot.phrases
        if status in ("unknown", "declined"):
            return phrases.wording.unknown if status == "unknown" else phrases.wording.declined
        return phrases.values(self._spot.fact, self._bits(status))

    @cached_property
    def node(self) -> FactNode:
        """The fact with all that is known of it."""
        spot, status = self._spot, self._status
        if status != "contradicted" and _narrowed(self._known, self._values):
            status = "implied"
        bits = self._bits(status)
        ranges = runs(spot.fact, bits)
        return made(
            FactNode,
            id=f"fact:{spot.fact.id}",
            fact=spot.fact.id,
            label=spot.named.label,
            status=status,
            value=ranges[0][0] if bits.bit_count() == 1 else None,
            words=self._words(status),
            ranges=ranges,
            special_category=spot.fact.special_category,
            possible_proxy=spot.fact.possible_proxy,
            read_by=spot.read_by,
            coupled_with=spot.coupled_with,
        )


def runs(fact: Fact, bits: int) -> tuple[tuple[Value, Value], ...]:
    """Give a set of values as runs in declared order: first and last, both included."""
    value = fact.domain.value
    return tuple([(value(first), value(last)) for first, last in spans(bits)])


def _narrowed(known: Known, left: int) -> bool:
    return left != known.allowed and known.allowed & left == left
