"""What is said of each decision of one client: its verdict in words, why, and why not another.

*Review* and *insufficient* are full results, with sentences of their own. If a decision depends
on facts that contradict each other, nothing is said to lead elsewhere: what is right comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from routeengine.changes import Origin
from routeengine.executors.interface import Inspection
from routeengine.explanation import model
from routeengine.explanation.because import ConditionTruths, SufficientReason
from routeengine.explanation.facts import Facts, runs
from routeengine.explanation.parts import AnswerNode, ChangeNode, Named, NearestNode, PointsNode
from routeengine.explanation.plan import ConditionSite, Plan
from routeengine.explanation.points import Scoring
from routeengine.profile import State
from routeengine.result import Answer, Lead, Verdict, leads_of
from routeengine.ruleset.conditions import Condition, ScoreIs
from routeengine.ruleset.model import Decision, Review
from routeengine.symbolic.bounds import Bounds
from routeengine.symbolic.neighbours import CellMove, CellMoves
from routeengine.truth import Truth

OriginOf: TypeAlias = Callable[[State], Origin]
"""Returns where the search for what is nearest to a state of knowledge begins."""


class Decisions:
    """The decisions of one client; each thing is worked out once.

    `inspection` looks at the state of knowledge that the `answer` is for.
    """

    def __init__(
        self,
        plan: Plan,
        answer: Answer,
        state: State,
        inspection: Inspection,
        origin_of: OriginOf,
    ) -> None:
        self._plan, self._answer, self._state = plan, answer, state
        # What was given of a fact is all there is to know of it, unless a constraint ties it to
        # others: then the inspection may have left values out.
        values = {
            fact: inspection.values(fact) if fact in plan.coupled else known.allowed
            for fact, known in state.items()
        }
        self._values = values
        self.facts = Facts(plan.facts, state, values)
        self._truths = ConditionTruths(values, inspection, answer.verdicts)
        self._reason = SufficientReason(plan, state, inspection, self._truths)
        # What compares a fact, and each criterion when it has been made.
        self._conditions = self.facts.comparisons()
        self._applies = {
            rule: inspection.applies(rule) if site.when is None else self._truths.of(site.when)
            for rule, site in plan.rules.items()
        }
        clashing = self.facts.clashing
        # What a constraint ties to a fact that clashes counts too: which of all these is wrong,
        # nobody knows yet.
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}
        self._origin = origin_of(state)
        # Per step the node, and whether it is the answer to a question.
        self._moves: dict[CellMove, tuple[ChangeNode, bool]] = {}

    def verdict(self, verdict: Verdict) -> model.VerdictNode:
        """Return one verdict with its words."""
        plan, decision = self._plan, self._plan.ruleset.decision[verdict.decision]
        say, outcomes = plan.phrases.say, plan.outcomes[decision.id]
        outcome = next((one for one in decision.outcomes if one.id == verdict.outcome), None)
        progression = None if outcome is None else outcome.progression
        return model.VerdictNode(
            id=f"verdict:{decision.id}",
            decision=decision.id,
            label=say(decision.label),
            status=verdict.status,
            short=plan.wording.short[verdict.status]
            if verdict.outcome is None
            else outcomes[verdict.outcome].label,
            sentences=tuple(self._sentences(decision, verdict)),
            outcome=verdict.outcome,
            outcome_label=None if outcome is None else say(outcome.label),
            description=None if outcome is None else say(outcome.description),
            progression=None if progression is None else say(progression.label),
            rule=verdict.rule,
            rules=tuple([plan.rule_names[rule] for rule in verdict.rules]),
            reason=verdict.reason,
            candidates=tuple([outcomes[one] for one in verdict.candidates]),
            possible=tuple([outcomes[one] for one in verdict.possible]),
            missing=tuple([self._question(decision, *one) for one in leads_of(verdict).items()]),
            conflict=tuple([plan.facts[fact].named for fact in verdict.conflict]),
            conflicting=self._conflicting(verdict),
            broken=self._breaks(verdict),
            exact=verdict.exact,
        )

    def _sentences(self, decision: Decision, verdict: Verdict) -> Iterator[str]:
        wording, names = self._plan.wording, self._plan.outcomes[decision.id]
        match verdict.status:
            case "decided":
                name = names[verdict.outcome or ""].label
                # A finding is no advice: it says how things are.
                template = wording.found if decision.id in self._plan.findings else wording.decided
                yield template.format(outcome=name)
            case "review":
                yield wording.review
                yield from self._review(verdict)
            case "insufficient":
                yield wording.insufficient
                possible = [names[one].label for one in verdict.possible]
                yield wording.insufficient_possible.format(possible=wording.either(possible))
                if not verdict.missing and self._declined(decision):
                    yield wording.missing_declined
            case _:
                yield wording.not_applicable
                if decision.not_applicable_because is not None:
                    yield self._plan.phrases.say(decision.not_applicable_because)
        if not verdict.exact:
            yield wording.inexact

    def _review(self, verdict: Verdict) -> Iterator[str]:
        plan, wording = self._plan, self._plan.wording
        rules = [plan.rule_names[rule].label for rule in verdict.rules]
        one_rule = None if verdict.rule is None else plan.rules[verdict.rule].blank
        match verdict.reason:
            case "rule" if one_rule is not None:
                yield one_rule.reason
            case "rule":
                yield wording.review_rule_several.format(rules=wording.either(rules))
            case "gap":
                yield wording.review_gap
            case "overlap":
                yield wording.review_overlap.format(rules=wording.both(rules))
            case "contradiction":
                leaves = map(self.facts.leaf, verdict.conflict)
                clash = [wording.labelled_as(leaf.label, leaf.words) for leaf in leaves]
                yield wording.review_contradiction.format(facts="; ".join(clash))
                yield from (as_sentence(one.label) for one in self._breaks(verdict))
            case "conflicting_evidence":
                facts = [one.label for one in self._conflicting(verdict)]
                yield wording.review_conflicting.format(facts=wording.both(facts))
            case _:
                yield wording.review_several
        names = plan.outcomes[verdict.decision]
        yield from wording.candidates_of([names[one].label for one in verdict.candidates])
        because = None if one_rule is None else one_rule.no_candidates_because
        if because is not None and not verdict.candidates:
            yield because

    def _question(self, decision: Decision, fact: str, leads: Sequence[Lead]) -> model.Question:
        phrases, declared = self._plan.phrases, self._plan.ruleset.fact[fact]
        names = self._plan.outcomes[decision.id]
        return model.Question(
            id=f"question:{decision.id}/{fact}",
            fact=fact,
            label=phrases.say(declared.label),
            question=phrases.say(declared.question),
            why_needed=phrases.say(declared.why_needed),
            answers=tuple(
                AnswerNode(
                    id=f"answer:{decision.id}/{fact}/{number}",
                    words=phrases.values(declared, lead.allowed),
                    ranges=runs(declared, lead.allowed),
                    possible=tuple([names[one] for one in lead.possible]),
                )
                for number, lead in enumerate(leads, 1)
            ),
        )

    def _declined(self, decision: Decision) -> bool:
        """Return whether a fact that bears on the decision was asked, and not answered."""
        bearing = self._plan.reads[decision.id] | self._plan.tied[decision.id]
        return any(self._state[fact].declined for fact in bearing)

    def _conflicting(self, verdict: Verdict) -> tuple[Named, ...]:
        """Name the facts whose evidence disagrees, if that is why a person looks."""
        if verdict.reason != "conflicting_evidence":
            return ()
        bearing = self._plan.reads[verdict.decision].union(verdict.missing)
        return tuple(
            site.named
            for fact, site in self._plan.facts.items()
            if self._state[fact].conflicting and fact in bearing
        )

    def _breaks(self, verdict: Verdict) -> tuple[model.ConstraintNode, ...]:
        """Return the constraints that the clashing facts break by themselves."""
        if not verdict.conflict:
            return ()
        allowed = {fact: known.allowed for fact, known in self._state.items()}
        # No ranks: constraints refer to no decision.
        given = Bounds(self._plan.ruleset, {}, allowed)
        return tuple(
            one.node
            for one in self._plan.constraints
            if not one.facts.isdisjoint(verdict.conflict) and given.truth(one.forbids) is Truth.TRUE
        )

    def why(self, verdict: Verdict) -> model.Why:
        """Return why a verdict is what it is; a decision comes after those it refers to."""
        decision = self._plan.ruleset.decision[verdict.decision]
        because = self._reason.find(verdict)
        not_applicable = decision.not_applicable_because
        rules = {
            rule.id: self._rule(rule.id, verdict)
            for rule in decision.rules
            if rule.id in verdict.rules
            or isinstance(rule.then, Review)
            or rule.then == verdict.outcome
        }
        return model.Why(
            id=f"why:{decision.id}",
            rule=verdict.rule,
            rules=tuple(rules[rule] for rule in verdict.rules),
            other_rules=tuple(rules[rule] for rule in rules if rule not in verdict.rules),
            because=because,
            because_facts=tuple(self.facts.leaf(fact) for fact in because),
            applies_when=self._condition(self._plan.applies_when[decision.id]),
            not_applicable_because=self._plan.phrases.say(not_applicable)
            if not_applicable is not None and verdict.status == "not_applicable"
            else None,
        )

    def why_not(self, verdict: Verdict) -> dict[str, model.WhyNot]:
        """Return why each outcome that is not the answer is not."""
        decision = self._plan.ruleset.decision[verdict.decision]
        clashes = not self._clashing.isdisjoint(self._plan.reads[decision.id])
        sets = None if clashes else self._origin.of(decision.id)
        return {
            one.id: self._why_not(decision, one.id, verdict, None if sets is None else sets(one.id))
            for one in decision.outcomes
            if one.id != verdict.outcome
        }

    def _why_not(
        self, decision: Decision, outcome: str, verdict: Verdict, sets: Sequence[CellMoves] | None
    ) -> model.WhyNot:
        """Return why an outcome is not the answer, by every rule that leads there."""
        leading = [rule.id for rule in decision.rules if rule.then == outcome]
        rules = tuple([self._rule(rule, verdict) for rule in leading])
        place = f"{decision.id}/{outcome}"
        return model.WhyNot(
            id=f"why_not:{place}",
            outcome=outcome,
            label=self._plan.outcomes[decision.id][outcome].label,
            status=why_not_status(outcome, verdict, rules),
            rules=rules,
            distance=len(sets[0]) if sets else None,
            nearest=None
            if sets is None
            else tuple(
                [
                    self._nearest(f"nearest:{place}/{number}", steps)
                    for number, steps in enumerate(sets, 1)
                ]
            ),
        )

    def _nearest(self, place: str, steps: CellMoves) -> NearestNode:
        changes: list[ChangeNode] = []
        answers: list[ChangeNode] = []
        for step in steps:
            node, answer = self._moves.get(step) or self._look_up(step)
            (answers if answer else changes).append(node)
        return NearestNode(place, tuple(changes), tuple(answers))

    def _look_up(self, step: CellMove) -> tuple[ChangeNode, bool]:
        move = self._origin.move(step)
        known = self._moves[step] = self.facts.change(move.fact, move.value), move.answer
        return known

    def flags(self, names: tuple[str, ...]) -> tuple[model.FlagNode, ...]:
        """Return these flags, in declared order, with what raises them."""
        # The loader keeps the two apart, but a rule set that is put together in code may have a
        # flag with a condition that the dossier raises too. If the dossier alone raises it, the
        # condition is not met, and explains nothing.
        by_rules = (*self._answer.flags, *self._answer.flags_possible)
        return tuple(
            [
                replace(blank, when=self._condition(when if name in by_rules else None))
                for name, (blank, when) in self._plan.flags.items()
                if name in names
            ]
        )

    def _rule(self, rule: str, verdict: Verdict) -> model.RuleNode:
        """Return one rule with its status."""
        site, applies = self._plan.rules[rule], self._applies[rule]
        above = [self._applies[one.id] for one in site.outranked_by]
        when = self._condition(site.when)
        decisive = () if when is None or applies is Truth.TRUE else model.decisive_ids(when)
        standing = model.standing_of(
            applies,
            outranked=Truth.TRUE in above,
            maybe=Truth.OPEN in above,
            may_decide=rule in verdict.rules,
        )
        blank = site.blank
        return model.RuleNode(  # `replace` takes twice as long
            blank.id,
            blank.rule,
            blank.label,
            blank.reason,
            standing,
            applies,
            blank.grounds,
            blank.outcome,
            blank.candidates,
            blank.no_candidates_because,
            outranked_by=_with_truth(site.outranked_by, above, Truth.TRUE),
            maybe_outranked_by=_with_truth(site.outranked_by, above, Truth.OPEN),
            failed=decisive if applies is Truth.FALSE else (),
            open=decisive if applies is Truth.OPEN else (),
            when=when,
        )

    def _condition(self, site: ConditionSite | None) -> model.ConditionNode | None:
        """Return the node of a condition, if there is one, with all below it."""
        return None if site is None else self._node(site)

    def _node(self, site: ConditionSite) -> model.ConditionNode:
        """Return the node of a condition, with all below it; a criterion has one node."""
        blank = site.blank
        node = self._conditions.get(blank.id)
        if node is None:
            # By position: these are the most of all nodes, and keywords take a third longer.
            node = model.ConditionNode(
                blank.id,
                blank.kind,
                blank.text,
                blank.head,
                self._truths.of(site),
                blank.reference,
                blank.count,
                blank.label,
                blank.grounds,
                None,
                tuple(map(self._node, site.parts)),
                self._points(site, site.condition),
            )
            if blank.kind == "criterion":
                self._conditions[blank.id] = node
        return node

    def _points(self, site: ConditionSite, condition: Condition) -> PointsNode | None:
        """Return how a score stands, if the condition is on one."""
        if not isinstance(condition, ScoreIs):
            return None
        truths = [self._truths.of(part) for part in site.parts]
        truth = self._truths.of(site)
        return Scoring(self._plan, condition, site, truth, truths, self._values).node()


def _with_truth(rules: Sequence[Named], truths: Sequence[Truth], truth: Truth) -> tuple[Named, ...]:
    if truth not in truths:  # as most often
        return ()
    return tuple([rule for rule, one in zip(rules, truths, strict=True) if one is truth])


def as_sentence(label: str) -> str:
    """Make a label a sentence: a capital in front, and a full stop if no mark ends it."""
    end = "" if label.endswith((".", "!", "?")) else "."
    return f"{label[:1].upper()}{label[1:]}{end}"


def why_not_status(
    outcome: str, verdict: Verdict, rules: Sequence[model.RuleNode]
) -> model.WhyNotStatus:
    """Return in one word why an outcome is not the answer."""
    if verdict.status == "not_applicable":
        return "not_applicable"
    # A candidate first: a review names them, whatever else may be said of the outcome.
    if outcome in verdict.candidates:
        return "candidate"
    if verdict.reason == "contradiction":
        return "review"
    if outcome in verdict.possible:
        return "open"
    holding = [rule for rule in rules if rule.applies is not Truth.FALSE]
    if any(rule.outranked_by or rule.maybe_outranked_by for rule in holding):
        return "outranked"
    return "review" if holding else "failed"
