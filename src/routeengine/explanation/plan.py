"""What an explanation needs of a rule set whoever the client is: found once, used many times.

A `Spot` is one condition at one place in a rule. Spots give every node its id,
which says where it stands and is the same in every language. Equal conditions
share a number, so that their truth is found once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from routeengine.errors import BudgetError
from routeengine.explanation.model import (
    CitedPlace,
    ConditionKind,
    ConditionNode,
    GroundsNode,
    LeafNode,
    Named,
    Reading,
    RuleNode,
)
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.wording import wording_of
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
from routeengine.ruleset.conflicts import couplings
from routeengine.ruleset.model import Decision, Grounds, Review, Rule, RuleSet
from routeengine.ruleset.reading import evaluation_order, facts_of, facts_read
from routeengine.ruleset.settling import beaten_by
from routeengine.symbolic.cells import cells_of
from routeengine.truth import Truth

if TYPE_CHECKING:
    from routeengine.explanation.facts import Sight

__all__ = ["REMEMBERED", "Look", "Plan", "Spot", "plan_of", "remember"]

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


@dataclass(slots=True, eq=False)
class Spot:
    """One condition at one place: its words, and the spots of its parts or definition.

    `number` is shared by equal conditions. It holds where from `low` to `high` of its parts do.
    `independent` says that no two parts rest on the same or on coupled facts. `made`
    keeps nodes that were built before, by all that can differ between clients.
    """

    id: str
    condition: Condition
    number: int
    kind: ConditionKind
    text: str
    head: str
    reference: str | None = None
    label: str | None = None
    grounds: GroundsNode | None = None
    parts: tuple[Spot, ...] = ()
    low: int = 0
    high: int = 0
    independent: bool = False
    made: dict[object, ConditionNode] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a condition looks like for a client: its truth, and for a comparison the fact.

    For equal looks at all parts there is one look, whoever the client: so it can stand for them.
    """

    truth: Truth
    leaf: LeafNode | None = None


Kept = TypeVar("Kept")

REMEMBERED = 256
"""What was built is kept for the next client, up to so many per place."""


MOST_LOOKS = 16_384
"""Looks that are kept per rule set and language."""


def remember(kept: dict[object, Kept], key: object, value: Kept, most: int = REMEMBERED) -> Kept:
    """Keep a value, and forget the others where they are too many; give what is kept."""
    if len(kept) >= most:
        kept.clear()
    # Of two threads that keep one at once, both get what was kept first.
    return kept.setdefault(key, value)


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says whoever the client is."""

    named: Named
    reason: str
    candidates: tuple[Named, ...]
    no_candidates_because: str | None
    grounds: GroundsNode


MOST_NODES = 50_000
"""Places of conditions in all rules of a rule set: past it nobody reads an explanation."""


class Plan:
    """The spots, words and places of one rule set in one language."""

    def __init__(self, ruleset: RuleSet, language: str) -> None:
        self.ruleset = ruleset
        self.language = language
        self.wording = wording_of(language, ruleset.languages)
        self.phrases = Phrases(ruleset, language, self.wording)
        self._coupled_with = {
            fact: coupling.facts[0] for coupling in couplings(ruleset) for fact in coupling.facts
        }
        self.coupled = frozenset(self._coupled_with)
        together = {f: one.facts for one in couplings(ruleset) for f in one.facts}
        self.coupled_with = {
            fact.id: tuple(one for one in together.get(fact.id, ()) if one != fact.id)
            for fact in ruleset.facts
        }
        self.cells = cells_of(ruleset).of
        self.sources = {
            source.id: self.phrases.say(source.label)
            for source in (ruleset.evidence.sources if ruleset.evidence else ())
        }
        self._numbers: dict[Condition, int] = {}
        self.comparisons: dict[str, dict[int, FactIs]] = {fact.id: {} for fact in ruleset.facts}
        self._spots = 0
        self.outcomes = {
            decision: {one: Named(id=one, label=label) for one, label in names.items()}
            for decision, names in self.phrases.outcomes.items()
        }
        self.facts = {
            fact.id: Named(id=fact.id, label=self.phrases.say(fact.label)) for fact in ruleset.facts
        }
        self.places = {citation.id: self._place(citation.id) for citation in ruleset.citations}
        self._criteria = {
            criterion.id: self.grounds(f"criterion/{criterion.id}", criterion.grounds)
            for criterion in ruleset.criteria
        }
        self.order = tuple(decision.id for decision in evaluation_order(ruleset))
        self.reads = {one.id: facts_read(ruleset, one.id) for one in ruleset.decisions}
        self.tied = {
            one: {tied for fact in read for tied in self.coupled_with[fact]} - read
            for one, read in self.reads.items()
        }
        self.read_by = {
            fact.id: tuple(one for one in self.reads if fact.id in self.reads[one])
            for fact in ruleset.facts
        }
        self.applies_when = {
            one.id: self.spot(f"{one.id}:applies_when", one.applies_when)
            for one in ruleset.decisions
            if one.applies_when is not None
        }
        self.rules: dict[str, Spot | None] = {}
        self.rule_nodes: dict[str, dict[object, RuleNode]] = {}
        self.sights: dict[str, dict[object, Sight]] = {one: {} for one in self.facts}
        self._looks: dict[object, Look] = {}
        self.said: dict[str, Said] = {}
        self.outranked_by: dict[str, tuple[str, ...]] = {}
        for decision in ruleset.decisions:
            self._add_rules(decision)
        self.flags = {
            flag.id: self.spot(f"flag:{flag.id}/when", flag.when)
            for flag in ruleset.flags
            if flag.when is not None
        }
        self.flag_grounds = {
            flag.id: self.grounds(f"flag/{flag.id}", flag.grounds) for flag in ruleset.flags
        }
        self.forbids = {
            one.id: self.spot(f"constraint:{one.id}/forbids", one.forbids)
            for one in ruleset.constraints
        }
        self.constraint_grounds = {
            one.id: self.grounds(f"constraint/{one.id}", one.grounds) for one in ruleset.constraints
        }
        self.forbidden_facts = {
            one.id: facts_of(ruleset, one.forbids) for one in ruleset.constraints
        }

    def _add_rules(self, decision: Decision) -> None:
        beaten = beaten_by(decision)
        for rule in decision.rules:
            base = f"{decision.id}/{rule.id}"
            when = rule.when
            self.rules[rule.id] = None if when is None else self.spot(f"{base}/when", when)
            self.rule_nodes[rule.id] = {}
            self.said[rule.id] = self._said(decision, rule)
            self.outranked_by[rule.id] = tuple(
                other.id for other in decision.rules if other.id in beaten[rule.id]
            )

    def _said(self, decision: Decision, rule: Rule) -> Said:
        review = rule.then if isinstance(rule.then, Review) else Review(())
        no_candidates = review.no_candidates_because
        return Said(
            named=Named(id=rule.id, label=self.phrases.say(rule.label)),
            reason=self.phrases.say(rule.reason),
            candidates=tuple(self.outcomes[decision.id][one] for one in review.candidates),
            no_candidates_because=None
            if no_candidates is None
            else self.phrases.say(no_candidates),
            grounds=self.grounds(f"rule/{rule.id}", rule.grounds),
        )

    def spot(self, place: str, condition: Condition) -> Spot:
        """Lay out a condition and all below it; criteria are followed to their definition."""
        self._spots += 1
        if self._spots > MOST_NODES:
            raise BudgetError(
                "the rule set is too large to explain: its criteria refer to each other too often"
            )
        reference, label = self._named(condition)
        base = place if reference is None else f"{place}/{reference}"
        spot = Spot(
            id=base,
            condition=condition,
            number=self._numbers.setdefault(condition, len(self._numbers)),
            kind=KINDS[type(condition)],
            text=self.phrases.condition(condition),
            head=self.phrases.head(condition),
            reference=reference,
            label=label,
        )
        match condition:
            case FactIs(fact=fact):
                self.comparisons[fact][spot.number] = condition
            case CriterionIs(criterion=criterion):
                spot.grounds = self._criteria[criterion]
                spot.parts = (self.spot(f"{base}/when", self.ruleset.criterion[criterion].when),)
            case Not(part=part):
                spot.parts = (self.spot(f"{base}/not", part),)
            case _:
                spot.parts = tuple(
                    self.spot(f"{base}/{number}", part)
                    for number, part in enumerate(children(condition), 1)
                )
        spot.low, spot.high = _needed(condition)
        spot.independent = self._independent(spot.parts)
        return spot

    def look(self, key: tuple[int, Truth, *tuple[Look, ...]]) -> Look:
        """Give the one look at a condition, by number, that has this truth and such parts."""
        look = self._looks.get(key)
        return remember(self._looks, key, Look(key[1]), MOST_LOOKS) if look is None else look

    def _independent(self, parts: Sequence[Spot]) -> bool:
        """Say whether what one part is never says anything about what another is."""
        seen: set[str] = set()
        for part in parts:
            facts = facts_of(self.ruleset, part.condition)
            groups = {self._coupled_with.get(fact, fact) for fact in facts}
            if groups & seen:
                return False
            seen |= groups
        return True

    def _named(self, condition: Condition) -> tuple[str | None, str | None]:
        """Give the fact, criterion or decision that a leaf names, with its label."""
        match condition:
            case FactIs(fact=name):
                return name, self.facts[name].label
            case CriterionIs(criterion=name):
                return name, self.phrases.say(self.ruleset.criterion[name].label)
            case OutcomeIs(decision=name) | StatusIs(decision=name) | RuleIs(decision=name):
                return name, self.phrases.say(self.ruleset.decision[name].label)
            case _:
                return None, None

    def grounds(self, owner: str, grounds: Grounds) -> GroundsNode:
        """Give what something stands on, with its places in words."""
        say, reading = self.phrases.say, grounds.interpretation
        return GroundsNode(
            basis=grounds.basis,
            cites=tuple(self.places[cite] for cite in grounds.cites),
            reading=None
            if reading is None
            else Reading(
                id=f"reading:{owner}",
                choice=say(reading.choice),
                because=say(reading.because),
                alternative=say(reading.alternative),
            ),
        )

    def _place(self, name: str) -> CitedPlace:
        citation = self.ruleset.citation[name]
        source = next(one for one in self.ruleset.sources if one.id == citation.source)
        say = self.phrases.say
        return CitedPlace(
            id=f"cite:{name}",
            citation=name,
            source=source.id,
            title=say(source.title),
            kind=say(source.kind),
            number=source.number,
            section=citation.section,
            paragraph=citation.paragraph,
            sentence=citation.sentence,
            sha256=citation.sha256,
            text=self.wording.place.format(
                kind=say(source.kind),
                number=source.number,
                place=self.wording.passage(
                    citation.section, citation.paragraph, [citation.sentence]
                ),
            ),
            language=source.language,
        )


def _needed(condition: Condition) -> tuple[int, int]:
    """Give how many parts of a condition have to hold, at least and at most."""
    parts = len(children(condition))
    match condition:
        case All():
            return parts, parts
        case AtLeast(count=count):
            return count, parts
        case Exactly(count=count):
            return count, count
        case _:
            return 1, parts


def plan_of(ruleset: RuleSet, language: str) -> Plan:
    """Give the plan of a rule set in a language; it is made once and lives with the rule set.

    Raises LanguageError where there is no wording, or the rule set lacks the language.
    """
    # Kept beside the rule set's own cached properties, and like them never pickled.
    plans: dict[str, Plan] = vars(ruleset).setdefault("_explanation_plans", {})
    plan = plans.get(language)
    # Of two threads that make it at once, both get the plan that was kept first.
    return plans.setdefault(language, Plan(ruleset, language)) if plan is None else plan
