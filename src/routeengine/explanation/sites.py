"""Conditions at their places in the rules, laid out whoever the client is.

A `ConditionSite` is one condition at one place: in a rule, say, or in the definition of a
criterion, which is laid out once for all that refer to it. Sites give every node its id, which says
where the condition is and is the same in every language:

    route/route_a/when                       what rule `route_a` of decision `route` asks
    route/route_a/when/2/rung                its second part, which compares the fact `rung`
    criterion/active                         a criterion, wherever it is referred to
    criterion/active/when/1/volunteering     the first part of its definition

Equal conditions share a number, so that the truth of each is found once per client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routeengine.errors import BudgetError
from routeengine.explanation.model import ConditionKind, ConditionNode
from routeengine.explanation.parts import GroundsNode
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
from routeengine.ruleset.dependencies import couplings, facts_of
from routeengine.ruleset.model import RuleSet
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

MAX_NODES = 50_000
"""Nodes that a walk over all rules meets: past it nobody reads an explanation."""


@dataclass(frozen=True, slots=True, eq=False)
class ConditionSite:
    """One condition at one place.

    `blank` is its node without a client; `number` is shared by equal conditions. `parts` are the
    parts, or what defines a criterion, and `size` is how many nodes a walk over all below it
    meets. At least `low` and at most `high` of the parts have to hold. `independent` says that
    what one of them is never says anything about what another is.
    """

    condition: Condition
    blank: ConditionNode
    number: int
    parts: tuple[ConditionSite, ...]
    size: int
    low: int
    high: int
    independent: bool

    def settled(self, truths: Sequence[Truth]) -> Truth | None:
        """Return the truth that follows from the truths of the parts; None if none does.

        Strong Kleene logic is right wherever it gives true or false. An open answer of it is right
        if just one part is open, or if the parts have nothing to do with each other: of `p` and
        `not p` both are open, and "all" of them is false.
        """
        kind = self.blank.kind
        if kind == "criterion":
            return truths[0]
        if kind == "not":
            return _OPPOSITE[truths[0]]
        if kind in ("outcome", "status", "rule"):
            return None
        # Problems in two or more of seven domains (`low` 2, `high` 7), where finances is one:
        #
        #     housing is one, five unknown    2 hold for certain        true
        #     housing unknown, five are none  1 holds, and 1 more may   open: one part decides it
        #     two unknown, four are none      1 holds, and 2 more may   open: they are independent
        #     six are none                    1 holds, and no other     false
        #
        # In `any: [rung at most 2, rung at least 3]` both parts are open and not independent, so
        # this does not tell: the inspection, which is exact, is asked.
        true, open_ = truths.count(Truth.TRUE), truths.count(Truth.OPEN)
        if true > self.high or true + open_ < self.low:
            return Truth.FALSE
        if true >= self.low and true + open_ <= self.high:
            return Truth.TRUE
        return Truth.OPEN if open_ == 1 or self.independent else None


_OPPOSITE = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.OPEN: Truth.OPEN}


def _needed(condition: Condition, parts: int) -> tuple[int, int]:
    """Return how many parts of a condition have to hold, at least and at most."""
    match condition:
        case All():
            return parts, parts
        case AtLeast(count=count):
            return count, parts
        case Exactly(count=count):
            return count, count
        case _:
            return 1, parts


def condition_id(place: str, kind: ConditionKind, reference: str | None) -> str:
    """Return the id of the condition at a place; one that names something ends in that name."""
    if kind == "criterion":
        return f"criterion/{reference}"
    return place if reference is None else f"{place}/{reference}"


def part_place(whole: str, kind: ConditionKind, number: int) -> str:
    """Return where the part with this number, from 1 on, of the condition with this id is."""
    if kind == "criterion":
        return f"{whole}/when"
    return f"{whole}/not" if kind == "not" else f"{whole}/{number}"


def compared(values: int, allowed: int) -> Truth:
    """Return the truth of a comparison with the values, one at least, that its fact can have."""
    if not values & allowed:
        return Truth.FALSE
    return Truth.OPEN if values & ~allowed else Truth.TRUE


class Sites:
    """Lays out the conditions of one rule set; `criteria` are what its criteria rest on."""

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
        self._shared: dict[CriterionIs, ConditionSite] = {}
        self._nodes = 0
        self.comparisons: dict[str, list[tuple[ConditionNode, int]]] = {
            fact.id: [] for fact in ruleset.facts
        }

    def at(self, place: str, condition: Condition) -> ConditionSite:
        """Lay out a condition and all below it; criteria are followed to their definition.

        Raises BudgetError if the rules have too many places.
        """
        site = self._site(place, condition)
        self._nodes += site.size
        if self._nodes > MAX_NODES:
            raise BudgetError(
                "the rule set is too large to explain: its criteria refer to each other too often"
            )
        return site

    def _site(self, place: str, condition: Condition) -> ConditionSite:
        if not isinstance(condition, CriterionIs):
            return self._lay_out(place, condition)
        if condition not in self._shared:
            self._shared[condition] = self._lay_out(place, condition)
        return self._shared[condition]

    def _lay_out(self, place: str, condition: Condition) -> ConditionSite:
        blank = self._blank(place, condition)
        parts = tuple(
            [
                self._site(part_place(blank.id, blank.kind, number), part)
                for number, part in enumerate(self._below(condition), 1)
            ]
        )
        low, high = _needed(condition, len(parts))
        site = ConditionSite(
            condition=condition,
            blank=blank,
            number=self._numbers.setdefault(condition, len(self._numbers)),
            parts=parts,
            size=1 + sum(part.size for part in parts),
            low=low,
            high=high,
            independent=self._independent(parts),
        )
        if isinstance(condition, FactIs):
            self.comparisons[condition.fact].append((blank, condition.allowed))
        return site

    def _blank(self, place: str, condition: Condition) -> ConditionNode:
        """Make the node of a condition, without a client."""
        reference, label = self._named(condition)
        kind = KINDS[type(condition)]
        return ConditionNode(
            id=condition_id(place, kind, reference),
            kind=kind,
            text=self._phrases.condition(condition),
            head=self._phrases.head(condition),
            truth=Truth.OPEN,
            reference=reference,
            count=condition.count if isinstance(condition, AtLeast | Exactly) else None,
            label=label,
            grounds=self._criteria[condition.criterion]
            if isinstance(condition, CriterionIs)
            else None,
        )

    def _below(self, condition: Condition) -> Iterator[Condition]:
        """Yield the parts of a condition, or what defines it."""
        if isinstance(condition, CriterionIs):
            yield self._ruleset.criterion[condition.criterion].when
        else:
            yield from children(condition)

    def _independent(self, parts: Sequence[ConditionSite]) -> bool:
        seen: set[str] = set()
        for part in parts:
            facts = facts_of(self._ruleset, part.condition)
            groups = {self._group.get(fact, fact) for fact in facts}
            if groups & seen:
                return False
            seen |= groups
        return True

    def _named(self, condition: Condition) -> tuple[str | None, str | None]:
        """Return the fact, criterion or decision that a leaf names, with its label."""
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
