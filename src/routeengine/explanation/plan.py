"""What an explanation needs of a rule set whoever the client is: found once, used many times."""

from __future__ import annotations

from typing import NamedTuple

from routeengine.explanation.facts import FactSite
from routeengine.explanation.model import ConstraintNode, FlagNode, RuleNode
from routeengine.explanation.parts import CitedPlace, GroundsNode, Named, Reading
from routeengine.explanation.phrases import Phrases
from routeengine.explanation.sites import ConditionSite, Sites
from routeengine.i18n import wording_of
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.dependencies import couplings, evaluation_order, facts_of, facts_read
from routeengine.ruleset.model import Constraint, Decision, Flag, Grounds, Review, Rule, RuleSet
from routeengine.ruleset.resolution import outranked_by
from routeengine.symbolic.layout import cells_told_apart
from routeengine.truth import Truth


class RuleSite(NamedTuple):
    """One rule, whoever the client is: its node without a condition, and the rules before it."""

    blank: RuleNode
    when: ConditionSite | None
    outranked_by: tuple[Named, ...]


class FlagSite(NamedTuple):
    """One flag, whoever the client is: its node without a condition, and its condition."""

    blank: FlagNode
    when: ConditionSite | None


class ConstraintSite(NamedTuple):
    """One constraint: its node, what it forbids, and the facts that it compares."""

    node: ConstraintNode
    forbids: Condition
    facts: frozenset[str]


class Plan:
    """The sites, words and places of one rule set in one language."""

    def __init__(self, ruleset: RuleSet, language: str) -> None:
        self.ruleset = ruleset
        self.language = language
        self.wording = wording_of(language, ruleset.languages)
        self.phrases = Phrases(ruleset, language, self.wording)
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
        self._read()
        self._lay_out()
        self.constraints = [self._constraint(one) for one in ruleset.constraints]

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

    def _lay_out(self) -> None:
        """Lay out every condition, rule and fact."""
        ruleset, say = self.ruleset, self.phrases.say
        criteria = {
            criterion.id: self._grounds(f"criterion/{criterion.id}", criterion.grounds)
            for criterion in ruleset.criteria
        }
        # The facts come last: `sites` gathers what compares each of them while conditions are laid
        # out, and a criterion is laid out where it is first referred to.
        sites = Sites(ruleset, self.phrases, criteria, self.coupled)
        self.applies_when = {
            one.id: sites.at(f"{one.id}:applies_when", one.applies_when)
            for one in ruleset.decisions
        }
        self.rules = {
            rule.id: self._rule(sites, decision, rule)
            for decision in ruleset.decisions
            for rule in decision.rules
        }
        self.flags = {flag.id: self._flag(sites, flag) for flag in ruleset.flags}
        cells = cells_told_apart(ruleset.facts, ruleset.conditions).of
        self.facts = {
            fact.id: FactSite(
                fact=fact,
                named=Named(id=fact.id, label=say(fact.label)),
                phrases=self.phrases,
                comparisons=sites.comparisons[fact.id],
                cells=cells[fact.id],
                read_by=tuple(one for one, read in self.reads.items() if fact.id in read),
                coupled_with=self.coupled_with[fact.id],
            )
            for fact in ruleset.facts
        }

    def _rule(self, sites: Sites, decision: Decision, rule: Rule) -> RuleSite:
        base, say = f"{decision.id}/{rule.id}", self.phrases.say
        names, before = self.outcomes[decision.id], outranked_by(decision)[rule.id]
        review = rule.then if isinstance(rule.then, Review) else None
        because = None if review is None else review.no_candidates_because
        node = RuleNode(
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
            sites.at(f"{base}/when", rule.when),
            tuple(self.rule_names[other.id] for other in decision.rules if other.id in before),
        )

    def _flag(self, sites: Sites, flag: Flag) -> FlagSite:
        node = FlagNode(
            id=f"flag:{flag.id}",
            flag=flag.id,
            label=self.phrases.say(flag.label),
            grounds=self._grounds(f"flag/{flag.id}", flag.grounds),
        )
        return FlagSite(node, sites.at(f"flag:{flag.id}/when", flag.when))

    def _constraint(self, constraint: Constraint) -> ConstraintSite:
        name = constraint.id
        node = ConstraintNode(
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


def plan_of(ruleset: RuleSet, language: str) -> Plan:
    """Return the plan of a rule set in a language; it is made once and lives with the rule set.

    Raises LanguageError if there is no wording, or the rule set lacks the language.
    """
    # Kept beside the rule set's own cached properties, and like them never pickled.
    plans: dict[str, Plan] = vars(ruleset).setdefault("_explanation_plans", {})
    plan = plans.get(language)
    # Of two threads that make it at once, both get the plan that was kept first.
    return plans.setdefault(language, Plan(ruleset, language)) if plan is None else plan
