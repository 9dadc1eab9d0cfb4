"""Each verdict in words: the result first, then what belongs to it.

*Review* and *insufficient* are full results, with sentences of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routeengine.explanation.facts import Facts, runs
from routeengine.explanation.model import ConstraintNode, Question, VerdictNode
from routeengine.explanation.parts import AnswerNode, Named
from routeengine.explanation.plan import Plan
from routeengine.result import Lead, Verdict, leads_of
from routeengine.ruleset.model import Decision
from routeengine.symbolic.bounds import Bounds
from routeengine.truth import Truth


def as_sentence(label: str) -> str:
    """Make a label a sentence: a capital in front, and a full stop if no mark ends it."""
    end = "" if label.endswith((".", "!", "?")) else "."
    return f"{label[:1].upper()}{label[1:]}{end}"


class Verdicts:
    """Puts the verdicts of one client into words."""

    def __init__(self, plan: Plan, facts: Facts) -> None:
        self._plan = plan
        self._facts = facts

    def node(self, verdict: Verdict) -> VerdictNode:
        """Return one verdict with its words."""
        plan, decision = self._plan, self._plan.ruleset.decision[verdict.decision]
        outcomes = plan.outcomes[decision.id]
        outcome = next((one for one in decision.outcomes if one.id == verdict.outcome), None)
        progression = None if outcome is None else outcome.progression
        return VerdictNode(
            id=f"verdict:{decision.id}",
            decision=decision.id,
            label=plan.phrases.say(decision.label),
            status=verdict.status,
            short=self._short(decision, verdict),
            sentences=tuple(self._sentences(decision, verdict)),
            outcome=verdict.outcome,
            outcome_label=None if outcome is None else plan.phrases.say(outcome.label),
            description=None if outcome is None else plan.phrases.say(outcome.description),
            progression=None if progression is None else plan.phrases.say(progression.label),
            rule=verdict.rule,
            rules=tuple([plan.rule_names[rule] for rule in verdict.rules]),
            reason=verdict.reason,
            candidates=tuple([outcomes[one] for one in verdict.candidates]),
            possible=tuple([outcomes[one] for one in verdict.possible]),
            missing=tuple([self._question(decision, *one) for one in leads_of(verdict).items()]),
            conflict=tuple([plan.facts[fact].named for fact in verdict.conflict]),
            conflicting=self._conflicting(decision, verdict),
            broken=self._breaks(verdict),
            exact=verdict.exact,
        )

    def _short(self, decision: Decision, verdict: Verdict) -> str:
        if verdict.status == "decided":
            return self._outcome(decision, verdict.outcome)
        return self._plan.wording.short[verdict.status]

    def _outcome(self, decision: Decision, outcome: str | None) -> str:
        return self._plan.outcomes[decision.id][outcome or ""].label

    def _sentences(self, decision: Decision, verdict: Verdict) -> Iterator[str]:
        wording = self._plan.wording
        match verdict.status:
            case "decided":
                yield wording.decided.format(outcome=self._outcome(decision, verdict.outcome))
            case "review":
                yield wording.review
                yield from self._review(decision, verdict)
            case "insufficient":
                yield wording.insufficient
                possible = [self._outcome(decision, one) for one in verdict.possible]
                yield wording.insufficient_possible.format(possible=wording.either(possible))
                if not verdict.missing and self._declined(decision):
                    yield wording.missing_declined
            case _:
                yield wording.not_applicable
                if decision.not_applicable_because is not None:
                    yield self._plan.phrases.say(decision.not_applicable_because)
        if not verdict.exact:
            yield wording.inexact

    def _review(self, decision: Decision, verdict: Verdict) -> Iterator[str]:
        wording = self._plan.wording
        rules = [self._plan.rule_names[rule].label for rule in verdict.rules]
        match verdict.reason:
            case "rule" if verdict.rule is not None:
                yield self._plan.rules[verdict.rule].blank.reason
            case "rule":
                yield wording.review_rule_several.format(rules=wording.either(rules))
            case "gap":
                yield wording.review_gap
            case "overlap":
                yield wording.review_overlap.format(rules=wording.both(rules))
            case "contradiction":
                yield wording.review_contradiction.format(facts=self._clash(verdict))
                yield from (as_sentence(one.label) for one in self._breaks(verdict))
            case "conflicting_evidence":
                facts = [one.label for one in self._conflicting(decision, verdict)]
                yield wording.review_conflicting.format(facts=wording.both(facts))
            case _:
                yield wording.review_several
        yield from self._candidates(decision, verdict)

    def _candidates(self, decision: Decision, verdict: Verdict) -> Iterator[str]:
        wording = self._plan.wording
        names = [self._outcome(decision, one) for one in verdict.candidates]
        yield from wording.candidates_of(names)
        if not names and verdict.rule is not None:
            because = self._plan.rules[verdict.rule].blank.no_candidates_because
            yield from () if because is None else (because,)

    def _clash(self, verdict: Verdict) -> str:
        wording, leaves = self._plan.wording, map(self._facts.leaf, verdict.conflict)
        return "; ".join(wording.labelled_as(leaf.label, leaf.words) for leaf in leaves)

    def _question(self, decision: Decision, fact: str, leads: Sequence[Lead]) -> Question:
        declared, say = self._plan.ruleset.fact[fact], self._plan.phrases.say
        names = self._plan.outcomes[decision.id]
        return Question(
            id=f"question:{decision.id}/{fact}",
            fact=fact,
            label=say(declared.label),
            question=say(declared.question),
            why_needed=say(declared.why_needed),
            answers=tuple(
                AnswerNode(
                    id=f"answer:{decision.id}/{fact}/{number}",
                    words=self._plan.phrases.values(declared, lead.allowed),
                    ranges=runs(declared, lead.allowed),
                    possible=tuple([names[one] for one in lead.possible]),
                )
                for number, lead in enumerate(leads, 1)
            ),
        )

    def _declined(self, decision: Decision) -> bool:
        """Return whether a fact that bears on the decision was asked, and not answered."""
        state, plan = self._facts.state, self._plan
        bearing = plan.reads[decision.id] | plan.tied[decision.id]
        return any(state[fact].declined for fact in bearing)

    def _conflicting(self, decision: Decision, verdict: Verdict) -> tuple[Named, ...]:
        """Name the facts whose evidence disagrees, if that is why a person looks."""
        if verdict.reason != "conflicting_evidence":
            return ()
        read = self._plan.reads[decision.id]
        state = self._facts.state
        return tuple(
            site.named
            for fact, site in self._plan.facts.items()
            if state[fact].conflicting and (fact in read or fact in verdict.missing)
        )

    def _breaks(self, verdict: Verdict) -> tuple[ConstraintNode, ...]:
        """Return the constraints that the clashing facts break by themselves."""
        if not verdict.conflict:
            return ()
        allowed = {fact: known.allowed for fact, known in self._facts.state.items()}
        # No ranks: constraints refer to no decision.
        given = Bounds(self._plan.ruleset, {}, allowed)
        return tuple(
            one.node
            for one in self._plan.constraints
            if not one.facts.isdisjoint(verdict.conflict) and given.truth(one.forbids) is Truth.TRUE
        )
