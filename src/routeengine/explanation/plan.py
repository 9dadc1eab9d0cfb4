"""What an explanation needs of a rule set whoever the client is: found once, used many times.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from routeengine.errors import BudgetError
from routeengine.explanation import model
from routeengine.explanation.facts import FactSite
from routeengine.explanation.parts import CitedPlace, GroundsNode, Named, Reading
from routeengine.explanation.phrases import phrases_of
from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.dependencies import (
    couplings,
    evaluation_order,
    facts_of,
    facts_read,
    score_groups,
)
from routeengine.ruleset.model import (
    Constraint,
    Criterion,
    Decision,
    Fact,
    Flag,
    Review,
    Rule,
    RuleSet,
    Score,
)
from routeengine.ruleset.resolution import Ranks
from routeengine.ruleset.sources import Grounds
from routeengine.symbolic.layout import cells_told_apart
from routeengine.truth import Truth
from routeengine.value_set import ValueSet

KINDS: Mapping[type, model.ConditionKind] = {
    conditions.FactIs: "fact",
    conditions.CriterionIs: "criterion",
    conditions.ScoreIs: "score",
    conditions.OutcomeIs: "outcome",
    conditions.StatusIs: "status",
    conditions.RuleIs: "rule",
    conditions.All: "all",
    conditions.Any: "any",
    conditions.Not: "not",
    conditions.AtLeast: "at_least",
    conditions.Exactly: "exactly",
}

MAX_NODES = 50_000
"""Nodes that a walk over all rules meets: past it nobody reads an explanation."""


@dataclass(frozen=True, slots=True, eq=False)
class ConditionSite:
    """One condition at one place.

    `blank` is its node without a client; `number` is shared by equal conditions. `parts` are the
    parts, or what defines a criterion, and `size` is how many nodes a walk over it and all below it
    meets. `quota` is how many of the parts have to hold, at least and at most; the parts of a score
    have `worths` instead. `independent` says that they have no fact in common, nor facts that a
    constraint ties together: then the truth of one says nothing about that of another.
    """

    condition: Condition
    blank: model.ConditionNode
    number: int
    parts: tuple[ConditionSite, ...]
    size: int
    quota: tuple[int, int]
    independent: bool
    worths: tuple[int, ...] = ()


class RuleSite(NamedTuple):
    """One rule, whoever the client is: its node without a condition, and what outranks it."""

    blank: model.RuleNode
    when: ConditionSite | None
    outranked_by: tuple[Named, ...]


class FlagSite(NamedTuple):
    """One flag, whoever the client is: its node without a condition, and its condition."""

    blank: model.FlagNode
    when: ConditionSite | None


class ConstraintSite(NamedTuple):
    """One constraint: its node, what it forbids, and the facts that it compares."""

    node: model.ConstraintNode
    forbids: Condition
    facts: frozenset[str]


def condition_id(place: str, kind: model.ConditionKind, reference: str | None) -> str:
    """Return the id of the condition at a place; one that names something ends in that name."""
    if kind == "criterion":
        return f"criterion/{reference}"
    return place if reference is None else f"{place}/{reference}"


def part_place(whole: str, kind: model.ConditionKind, number: int) -> str:
    """Return where the part with this number, from 1 on, of the condition with this id is."""
    if kind == "criterion":
        return f"{whole}/when"
    # The parts of a score are laid out once, whatever is asked of it, and wherever.
    if kind == "score":
        return f"score/{whole.rpartition('/')[2]}/{number}"
    return f"{whole}/not" if kind == "not" else f"{whole}/{number}"


class Plan:
    """The sites, words and places of one rule set in one language.

    Raises BudgetError if the rules have too many places.
    """

    def __init__(self, ruleset: RuleSet, language: str) -> None:
        self.ruleset = ruleset
        self.language = language
        self.phrases = phrases_of(ruleset, language)
        self.wording = self.phrases.wording
        self.outcomes = {
            decision: {one: Named(id=one, label=label) for one, label in names.items()}
            for decision, names in self.phrases.outcomes.items()
        }
        self.rule_names = {
            rule.id: Named(rule.id, self.phrases.say(rule.label))
            for decision in ruleset.decisions
            for rule in decision.rules
        }
        self.places = {citation.id: self._place(citation.id) for citation in ruleset.citations}
        said = ruleset.wording.decisions if ruleset.wording else ()
        self.findings = frozenset(one.id for one in said if one.kind == "finding")
        self._read()
        self._lay_out()

    def _read(self) -> None:
        """Find which facts each decision reads, and which of them constraints tie together."""
        ruleset = self.ruleset
        self.coupled = {fact: one.facts for one in couplings(ruleset) for fact in one.facts}
        self.coupled_with = {
            fact.id: tuple(one for one in self.coupled.get(fact.id, ()) if one != fact.id)
            for fact in ruleset.facts
        }
        self.order = tuple(decision.id for decision in evaluation_order(ruleset))
        self.reads = {one.id: facts_read(ruleset, one.id) for one in ruleset.decisions}
        self.tied = {
            one: {tied for fact in read for tied in self.coupled_with[fact]} - read
            for one, read in self.reads.items()
        }
        self.score_groups = {one.id: score_groups(ruleset, one) for one in ruleset.scores}
        self.ranks = {one.id: Ranks(one) for one in ruleset.decisions}

    def _lay_out(self) -> None:
        """Lay out every condition, rule and fact."""
        ruleset = self.ruleset
        self._numbers: dict[Condition, int] = {}
        self._criteria: dict[str, ConditionSite] = {}
        self._scores: dict[str, tuple[ConditionSite, ...]] = {}
        self._nodes = 0
        # Each fact with the conditions that compare it, gathered while conditions are laid out.
        self._comparisons: dict[str, list[tuple[model.ConditionNode, ValueSet]]] = {
            fact.id: [] for fact in ruleset.facts
        }
        self.applies_when = {
            one.id: self._at(f"{one.id}:applies_when", one.applies_when)
            for one in ruleset.decisions
        }
        self.rules = {
            rule.id: self._rule(decision, rule)
            for decision in ruleset.decisions
            for rule in decision.rules
        }
        self.flags = {flag.id: self._flag(flag) for flag in ruleset.flags}
        self.constraints = [self._constraint(one) for one in ruleset.constraints]
        cells = cells_told_apart(ruleset.facts, ruleset.conditions).of
        self.facts = {
            fact.id: FactSite(
                fact=fact,
                named=Named(id=fact.id, label=self.phrases.say(fact.label)),
                phrases=self.phrases,
                comparisons=self._comparisons[fact.id],
                cells=cells[fact.id],
                read_by=tuple(one for one, read in self.reads.items() if fact.id in read),
                coupled_with=self.coupled_with[fact.id],
            )
            for fact in ruleset.facts
        }

    def _at(self, place: str, condition: Condition | None) -> ConditionSite | None:
        """Lay out a condition, if there is one, with its parts and what defines its criteria."""
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
        if isinstance(condition, conditions.ScoreIs):
            return self._score_site(place, condition)
        if not isinstance(condition, conditions.CriterionIs):
            return self._new_site(place, condition, conditions.children(condition))
        name = condition.criterion
        if name not in self._criteria:
            defined = self.ruleset.criterion[name].when
            self._criteria[name] = self._new_site(place, condition, [defined])
        return self._criteria[name]

    def _score_site(self, place: str, condition: conditions.ScoreIs) -> ConditionSite:
        """Lay out what is asked of a score; its parts are laid out once for all that ask it."""
        name, parts = condition.score, self.ruleset.score[condition.score].parts
        whens = [part.when for part in parts]
        site = self._new_site(place, condition, whens, self._scores.get(name, ()))
        self._scores[name] = site.parts
        return replace(site, worths=tuple([part.worth for part in parts]))

    def _new_site(
        self,
        place: str,
        condition: Condition,
        below: Sequence[Condition],
        sites: tuple[ConditionSite, ...] = (),
    ) -> ConditionSite:
        """Lay out a condition over these, of which the `sites` may be there already."""
        blank = self._blank(place, condition)
        sites = sites or tuple(
            [
                self._site(part_place(blank.id, blank.kind, number), part)
                for number, part in enumerate(below, 1)
            ]
        )
        if isinstance(condition, conditions.FactIs):
            self._comparisons[condition.fact].append((blank, condition.allowed))
        return ConditionSite(
            condition=condition,
            blank=blank,
            number=self._numbers.setdefault(condition, len(self._numbers)),
            parts=sites,
            size=1 + sum(site.size for site in sites),
            quota=condition.quota if isinstance(condition, conditions.Joining) else (1, 1),
            independent=self._independent(below),
        )

    def _independent(self, below: Sequence[Condition]) -> bool:
        """Return whether no fact, nor one that a constraint ties to it, is in two of these."""
        seen: set[tuple[str, ...]] = set()
        for condition in below:
            facts = facts_of(self.ruleset, condition)
            groups = {self.coupled.get(fact, (fact,)) for fact in facts}
            if groups & seen:
                return False
            seen |= groups
        return True

    def _blank(self, place: str, condition: Condition) -> model.ConditionNode:
        """Make the node of a condition, without a client."""
        ruleset, kind = self.ruleset, KINDS[type(condition)]
        named: Fact | Criterion | Score | Decision | None = None
        grounds = None
        match condition:
            case conditions.FactIs(name):
                named = ruleset.fact[name]
            case conditions.CriterionIs(name):
                named = ruleset.criterion[name]
                grounds = self._grounds(f"criterion/{name}", ruleset.criterion[name].grounds)
            case conditions.ScoreIs(name):
                named = ruleset.score[name]
                grounds = self._grounds(f"score/{name}", ruleset.score[name].grounds)
            case conditions.OutcomeIs(name) | conditions.StatusIs(name) | conditions.RuleIs(name):
                named = ruleset.decision[name]
        reference = None if named is None else named.id
        return model.ConditionNode(
            id=condition_id(place, kind, reference),
            kind=kind,
            text=self.phrases.condition(condition),
            head=self.phrases.head(condition),
            truth=Truth.OPEN,
            reference=reference,
            count=getattr(condition, "count", None),
            label=None if named is None else self.phrases.say(named.label),
            grounds=grounds,
        )

    def _rule(self, decision: Decision, rule: Rule) -> RuleSite:
        base, say = f"{decision.id}/{rule.id}", self.phrases.say
        names, above = self.outcomes[decision.id], self.ranks[decision.id].beaten[rule.id]
        review = rule.then if isinstance(rule.then, Review) else None
        because = None if review is None else review.no_candidates_because
        node = model.RuleNode(
            id=base,
            rule=rule.id,
            label=say(rule.label),
            reason=say(rule.reason),
            standing="open",
            applies=Truth.OPEN,
            grounds=self._grounds(f"rule/{rule.id}", rule.grounds),
            outcome=None if isinstance(rule.then, Review) else rule.then,
            candidates=tuple(names[one] for one in (review.candidates if review else ())),
            no_candidates_because=None if because is None else say(because),
        )
        return RuleSite(
            node,
            self._at(f"{base}/when", rule.when),
            tuple(self.rule_names[other.id] for other in decision.rules if other.id in above),
        )

    def _flag(self, flag: Flag) -> FlagSite:
        node = model.FlagNode(
            id=f"flag:{flag.id}",
            flag=flag.id,
            label=self.phrases.say(flag.label),
            grounds=self._grounds(f"flag/{flag.id}", flag.grounds),
        )
        return FlagSite(node, self._at(f"flag:{flag.id}/when", flag.when))

    def _constraint(self, constraint: Constraint) -> ConstraintSite:
        name = constraint.id
        node = model.ConstraintNode(
            id=f"constraint:{name}",
            constraint=name,
            label=self.phrases.say(constraint.label),
            grounds=self._grounds(f"constraint/{name}", constraint.grounds),
        )
        return ConstraintSite(node, constraint.forbids, facts_of(self.ruleset, constraint.forbids))

    def _grounds(self, owner: str, grounds: Grounds) -> GroundsNode:
        """Return what something stands on, with its places in words."""
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
