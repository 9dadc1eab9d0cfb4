"""Conditions at their places in the rules, laid out whoever the client is.

A `Spot` is one condition at one place. Spots give every node its id, which says where
it stands and is the same in every language. Equal conditions share a number, and what they look
like is found once. A `Look` is what a condition looks like for a client; where few facts bear
on a condition, clients for whom it looks the same share the look, and the nodes that were made
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeAlias, TypeVar

from routeengine.errors import BudgetError
from routeengine.explanation.model import ConditionKind, ConditionNode
from routeengine.explanation.parts import GroundsNode, LeafNode, made
from routeengine.explanation.phrases import Phrases
from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    CriterionIs,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
    children,
)
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import couplings, facts_of
from routeengine.truth import Truth

KINDS: Mapping[type, ConditionKind] = {
    FactIs: "fact",
    CriterionIs: "criterion",
    OutcomeIs: "outcome",
    StatusIs: "status",
    RuleIs: "rule",
    All: "all",
    Any: "any",
    Not: "not",
    AtLeast: "at_least",
    Exactly: "exactly",
}

MOST_NODES = 50_000
"""Places of conditions in all rules of a rule set: past it nobody reads an explanation."""

FEW = 6
"""Facts that bear on what is kept for the next client: of more, the same hardly comes again."""

REMEMBERED = 128
"""What was built is kept for the next client, up to so many per place."""

T = TypeVar("T")
Key = TypeVar("Key")
Kept = TypeVar("Kept")


def remember(kept: dict[Key, Kept], key: Key, value: Kept) -> Kept:
    """Keep a value while there is room; give what is kept.

    Where there are more, hardly any comes again: those are not worth the memory.
    """
    if len(kept) >= REMEMBERED:
        return value
    # Of two threads that keep one at once, both get what was kept first.
    return kept.setdefault(key, value)


BITS = MOST_NODES.bit_length()
MANY = (1 << BITS) - 1
_COUNTS = {Truth.TRUE: 1, Truth.OPEN: 1 << BITS, Truth.FALSE: 0}


class Look:
    """What a condition looks like for a client: its truth, and for a comparison the fact.

    Of a condition that is shared there is one look per truth, and looks at its parts: so it can
    stand for them. `rests_on` are the facts that make it so by its look, where that is known.
    """

    __slots__ = ("counts", "leaf", "rests_on", "truth")

    def __init__(self, truth: Truth, leaf: LeafNode | None = None) -> None:
        self.truth = truth
        # How many are true, and above that how many are open: sums count both at once.
        self.counts = _COUNTS[truth]
        self.leaf = leaf
        self.rests_on: frozenset[str] | None = None


Settled: TypeAlias = Callable[[Sequence[Look]], Truth | None]
"""Gives the truth of a condition from the looks at its parts; None where they do not settle it."""

UNSHARED: Mapping[Truth, Look] = {truth: Look(truth) for truth in Truth}
"""Looks that stand for the truth and nothing else, at conditions on decisions, or not shared."""

Pick: TypeAlias = Callable[[Mapping[int, T]], tuple[T, ...]]
"""Picks what there is for some numbers."""


@dataclass(slots=True, eq=False)
class Spot:
    """One condition at one place.

    `node` is its node without a client, and `place` its number. `number` is shared by equal
    conditions, and so are `looks`: what they look like, by the looks at the parts, or by what the
    decision can be to which they refer. From a mapping by number, `looks_of` picks what there is of
    the parts; `nodes_of` does by place. `inner` are the parts that compare no fact. The condition
    needs `low` of its parts to hold, and `settled` gives its truth from theirs. `refers` says
    that it hangs on another decision, `shared` that what it looks like is kept, with the nodes
    `made`.
    """

    condition: Condition
    node: ConditionNode
    place: int
    number: int
    looks: dict[tuple[object, ...], Look]
    looks_of: Pick[Look]
    nodes_of: Pick[ConditionNode]
    parts: tuple[Spot, ...]
    inner: tuple[Spot, ...]
    low: int
    settled: Settled
    refers: bool
    shared: bool
    made: dict[Look, ConditionNode] = field(default_factory=dict)


def composites(spots: Iterable[Spot]) -> tuple[Spot, ...]:
    """Give all conditions from these down that compare no fact: each once, parts first."""
    found: dict[int, Spot] = {}

    def add(spot: Spot) -> None:
        if spot.number not in found and not isinstance(spot.condition, FactIs):
            for part in spot.parts:
                add(part)
            found[spot.number] = spot

    for spot in spots:
        add(spot)
    return tuple(found.values())


class Spots:
    """Lays out the conditions of one rule set; `criteria` are what its criteria stand on."""

    def __init__(
        self, ruleset: RuleSet, phrases: Phrases, criteria: Mapping[str, GroundsNode]
    ) -> None:
        self._ruleset = ruleset
        self._phrases = phrases
        self._criteria = criteria
        self._group = {
            fact: coupling.facts[0] for coupling in couplings(ruleset) for fact in coupling.facts
        }
        self._numbers: dict[Condition, int] = {}
        self._looks: list[dict[tuple[object, ...], Look]] = []
        self._places = 0
        self.comparisons: dict[str, list[tuple[Spot, int]]] = {
            fact.id: [] for fact in ruleset.facts
        }

    def at(self, place: str, condition: Condition) -> Spot:
        """Lay out a condition and all below it; criteria are followed to their definition.

        Raises BudgetError where the rules have too many places.
        """
        self._places += 1
        if self._places > MOST_NODES:
            raise BudgetError(
                "the rule set is too large to explain: its criteria refer to each other too often"
            )
        at = self._places
        node = self._node(place, condition)
        number = self._number(condition)
        parts = tuple([self.at(*one) for one in self._below(node.id, condition)])
        spot = Spot(
            condition=condition,
            node=node,
            place=at,
            number=number,
            looks=self._looks[number],
            looks_of=_picking([part.number for part in parts]),
            nodes_of=_picking([part.place for part in parts]),
            parts=parts,
            inner=tuple([part for part in parts if not isinstance(part.condition, FactIs)]),
            low=_needed(condition, len(parts))[0],
            settled=_settling(condition, len(parts), self._independent(parts)),
            refers=isinstance(condition, OutcomeIs | StatusIs | RuleIs)
            or any(part.refers for part in parts),
            shared=not parts or len(facts_of(self._ruleset, condition)) <= FEW,
        )
        if isinstance(condition, FactIs):
            self.comparisons[condition.fact].append((spot, condition.allowed))
        return spot

    def _number(self, condition: Condition) -> int:
        number = self._numbers.setdefault(condition, len(self._numbers))
        if number == len(self._looks):
            self._looks.append({})
        return number

    def _node(self, place: str, condition: Condition) -> ConditionNode:
        """Make the node of a condition, without a client."""
        reference, label = self._named(condition)
        return made(
            ConditionNode,
            id=place if reference is None else f"{place}/{reference}",
            kind=KINDS[type(condition)],
            text=self._phrases.condition(condition),
            head=self._phrases.head(condition),
            truth=Truth.OPEN,
            reference=reference,
            count=condition.count if isinstance(condition, AtLeast | Exactly) else None,
            label=label,
            grounds=self._criteria[condition.criterion]
            if isinstance(condition, CriterionIs)
            else None,
            fact=None,
            children=(),
        )

    def _below(self, place: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
        """Yield the parts of a condition, or what defines it, each with its place."""
        match condition:
            case CriterionIs(criterion=criterion):
                yield f"{place}/when", self._ruleset.criterion[criterion].when
            case Not(part=part):
                yield f"{place}/not", part
            case _:
                for number, part in enumerate(children(condition), 1):
                    yield f"{place}/{number}", part

    def _independent(self, parts: Sequence[Spot]) -> bool:
        """Say whether what one part is never says anything about what another is."""
        seen: set[str] = set()
        for part in parts:
            facts = facts_of(self._ruleset, part.condition)
            groups = {self._group.get(fact, fact) for fact in facts}
            if groups & seen:
                return False
            seen |= groups
        return True

    def _named(self, condition: Condition) -> tuple[str | None, str | None]:
        """Give the fact, criterion or decision that a leaf names, with its label."""
        ruleset = self._ruleset
        match condition:
            case FactIs(fact=name):
                return name, self._phrases.say(ruleset.fact[name].label)
            case CriterionIs(criterion=name):
                return name, self._phrases.say(ruleset.criterion[name].label)
            case OutcomeIs(decision=name) | StatusIs(decision=name) | RuleIs(decision=name):
                return name, self._phrases.say(ruleset.decision[name].label)
            case _:
                return None, None


def _picking(numbers: Sequence[int]) -> Pick[T]:
    match numbers:
        case []:
            return lambda _: ()
        case [only]:
            return lambda there: (there[only],)
        case _:
            return itemgetter(*numbers)


def _settling(condition: Condition, parts: int, independent: bool) -> Settled:
    """Give what gives the truth of a condition from its parts.

    Three-valued logic is right wherever it gives true or false, and wherever just
    one part of an "all" or "any" is open while the others do not decide; so are open
    parts that have nothing to do with each other.
    """
    low, high = _needed(condition, parts)

    def of_several(parts: Sequence[Look]) -> Truth | None:
        counts = sum([part.counts for part in parts])
        true, open_ = counts & MANY, counts >> BITS
        if true > high or true + open_ < low:
            return Truth.FALSE
        if true >= low and true + open_ <= high:
            return Truth.TRUE
        return Truth.OPEN if open_ == 1 or independent else None

    match condition:
        case CriterionIs():
            return lambda parts: parts[0].truth
        case Not():
            return lambda parts: _OPPOSITE[parts[0].truth]
        case OutcomeIs() | StatusIs() | RuleIs():
            return lambda _: None
        case _:
            return of_several


_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}


def _needed(condition: Condition, parts: int) -> tuple[int, int]:
    """Give how many parts of a condition have to hold, at least and at most."""
    match condition:
        case All():
            return parts, parts
        case AtLeast(count=count):
            return count, parts
        case Exactly(count=count):
            return count, count
        case _:
            return 1, parts
