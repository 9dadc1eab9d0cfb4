"""Conditions at their places in the rules, laid out whoever the client is.

A `ConditionSite` is one condition at one place: in a rule, say, or in the definition of a
criterion, which is laid out once for all that refer to it. Sites give every node its id, which says
where the condition is and is the same in every language:

    route/route_a/when                       what rule `route_a` of decision `route` asks
    route/route_a/when/2/rung                its second part, which compares the fact `rung`
    criterion/active                         a criterion, wherever it is referred to
    criterion/active/when/1/volunteering     the first part of its definition

Equal conditions share a number, so that `ConditionTruths` finds the truth of each once per client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routeengine.errors import BudgetError
from routeengine.executors.interface import Inspection
from routeengine.explanation.model import ConditionKind, ConditionNode
from routeengine.explanation.parts import GroundsNode
from routeengine.explanation.phrases import Phrases
from routeengine.result import Verdict
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
from routeengine.ruleset.dependencies import facts_of
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
    meets. At least `low` and at most `high` of the parts have to hold, of `not` none.
    `independent` says that what one of them is never says anything about what another is.
    """

    condition: Condition
    blank: ConditionNode
    number: int
    parts: tuple[ConditionSite, ...]
    size: int
    low: int
    high: int
    independent: bool


def _needed(condition: Condition, parts: int) -> tuple[int, int]:
    """Return how many parts of a condition have to hold, at least and at most."""
    match condition:
        case All():
            return parts, parts
        case AtLeast(count=count):
            return count, parts
        case Exactly(count=count):
            return count, count
        case Not():
            return 0, 0
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
    """Lays out the conditions of one rule set.

    `criteria` are what its criteria rest on; `coupled` has, by fact, all that constraints tie
    together with it.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        phrases: Phrases,
        criteria: Mapping[str, GroundsNode],
        coupled: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._ruleset = ruleset
        self._phrases = phrases
        self._criteria = criteria
        self._coupled = coupled
        self._numbers: dict[Condition, int] = {}
        self._shared: dict[CriterionIs, ConditionSite] = {}
        self._nodes = 0
        self.comparisons: dict[str, list[tuple[ConditionNode, int]]] = {
            fact.id: [] for fact in ruleset.facts
        }

    def at(self, place: str, condition: Condition | None) -> ConditionSite | None:
        """Lay out a condition, if there is one, with its parts and what defines its criteria.

        Raises BudgetError if the rules have too many places.
        """
        if condition is None:
            return None
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
        seen: set[tuple[str, ...]] = set()
        for part in parts:
            facts = facts_of(self._ruleset, part.condition)
            groups = {self._coupled.get(fact, (fact,)) for fact in facts}
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


class ConditionTruths:
    """What is true of each condition for one client, on everything that is still possible.

    `values` are the values that each fact can still have. The executor is asked only about what
    neither the parts of a condition settle nor a verdict.
    """

    def __init__(
        self,
        values: Mapping[str, int],
        inspection: Inspection,
        verdicts: Mapping[str, Verdict],
    ) -> None:
        self._values = values
        self._inspection = inspection
        self._verdicts = verdicts
        # By the number of the condition: equal conditions are equally true.
        self._found: dict[int, Truth] = {}

    def of(self, site: ConditionSite) -> Truth:
        """Return the truth of the condition at a site."""
        truth = self._found.get(site.number)
        if truth is None:
            truth = self._found[site.number] = self._find(site)
        return truth

    def _find(self, site: ConditionSite) -> Truth:
        condition = site.condition
        if isinstance(condition, FactIs):
            return compared(self._values[condition.fact], condition.allowed)
        if isinstance(condition, OutcomeIs | StatusIs):
            verdict = self._verdicts[condition.decision]
            # A contradiction is no answer on what is possible without the facts that clash.
            if verdict.reason != "contradiction":
                holds = [_meets(condition, key) for key in verdict.possible]
                return Truth.of(True in holds, False in holds)
        if not isinstance(condition, OutcomeIs | StatusIs | RuleIs):
            settled = settle(site, list(map(self.of, site.parts)))
            if settled is not None:
                return settled
        return self._inspection.truth(condition)


def settle(site: ConditionSite, truths: Sequence[Truth]) -> Truth | None:
    """Return the truth of a condition that follows from the truths of its parts, or None.

    Strong Kleene logic is right wherever it gives true or false. An open answer of it is right
    if just one part is open, or if the parts have nothing to do with each other: of `p` and
    `not p` both are open, and "all" of them is false.
    """
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
    if true > site.high or true + open_ < site.low:
        return Truth.FALSE
    if true >= site.low and true + open_ <= site.high:
        return Truth.TRUE
    return Truth.OPEN if open_ == 1 or site.independent else None


def _meets(condition: OutcomeIs | StatusIs, key: str) -> bool:
    """Return whether a condition on a decision holds if that ends in this outcome or status."""
    if isinstance(condition, OutcomeIs):
        return key in condition.outcomes
    return (key if key in ("review", "not_applicable") else "decided") in condition.statuses
