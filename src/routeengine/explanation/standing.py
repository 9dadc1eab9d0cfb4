"""Where each rule stands, and why each outcome is or is not the answer."""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.executors.interface import Inspection
from routeengine.explanation.model import (
    ConditionNode,
    Named,
    NearestNode,
    RuleNode,
    Standing,
    WhyNot,
    WhyNotStatus,
)
from routeengine.explanation.nearest import Nearest
from routeengine.explanation.nodes import deciding, node_at
from routeengine.explanation.parts import made
from routeengine.explanation.plan import Plan, remember
from routeengine.explanation.truths import Looks
from routeengine.result import Verdict
from routeengine.ruleset.model import Decision, Review, Rule
from routeengine.truth import Truth

__all__ = ["Standings"]


class Standings:
    """The rules of one client's decisions, each built once."""

    def __init__(self, plan: Plan, inspection: Inspection, looks: Looks, nearest: Nearest) -> None:
        self._plan = plan
        self._looks = looks
        self._nearest = nearest
        self._inspection = inspection
        self._applies: dict[str, Truth] = {}

    def applies(self, rule: str) -> Truth:
        """Give the truth of a rule's own condition."""
        truth = self._applies.get(rule)
        if truth is None:
            spot = self._plan.rules[rule]
            truth = self._inspection.applies(rule) if spot is None else self._looks.of(spot)
            self._applies[rule] = truth
        return truth

    def rule(self, decision: Decision, rule: Rule, verdict: Verdict) -> RuleNode:
        """Give one rule and where it stands."""
        beaten, spot = self._plan.outranked_by[rule.id], self._plan.rules[rule.id]
        when = None if spot is None else node_at(self._looks, spot)
        standing = self._standing(rule.id, verdict)
        # The node of the condition is kept by what is made here, so its identity stays its own.
        key = (id(when), standing, self.applies(rule.id), *[self.applies(one) for one in beaten])
        kept = self._plan.rule_nodes[rule.id]
        node = kept.get(key)
        if node is None:
            node = remember(kept, key, self._make(decision, rule, when, standing))
        return node

    def _make(
        self, decision: Decision, rule: Rule, when: ConditionNode | None, standing: Standing
    ) -> RuleNode:
        applies, beaten = self.applies(rule.id), self._plan.outranked_by[rule.id]
        said = self._plan.said[rule.id]
        stopped: tuple[str, ...] = ()
        if when is not None and applies is not Truth.TRUE:
            stopped = tuple(node.id for node in deciding(when))
        return made(
            RuleNode,
            id=f"{decision.id}/{rule.id}",
            rule=rule.id,
            label=said.named.label,
            reason=said.reason,
            outcome=None if isinstance(rule.then, Review) else rule.then,
            candidates=said.candidates,
            no_candidates_because=said.no_candidates_because,
            standing=standing,
            applies=applies,
            outranked_by=self._named(beaten, Truth.TRUE),
            maybe_outranked_by=self._named(beaten, Truth.OPEN),
            failed=stopped if applies is Truth.FALSE else (),
            open=stopped if applies is Truth.OPEN else (),
            when=when,
            grounds=said.grounds,
        )

    def _named(self, rules: Sequence[str], truth: Truth) -> tuple[Named, ...]:
        return tuple(self._plan.said[one].named for one in rules if self.applies(one) is truth)

    def _standing(self, rule: str, verdict: Verdict) -> Standing:
        applies = self.applies(rule)
        if applies is Truth.FALSE:
            return "fails"
        beaten = {self.applies(other) for other in self._plan.outranked_by[rule]}
        if Truth.TRUE in beaten:
            return "outranked"
        if rule in verdict.rules:
            certain = applies is Truth.TRUE and Truth.OPEN not in beaten
            return "decides" if certain else "may_decide"
        return "applies" if applies is Truth.TRUE else "open"

    def why_not(self, decision: Decision, verdict: Verdict) -> dict[str, WhyNot]:
        """Say of every outcome that is not the answer why it is not."""
        nearest = self._nearest.of(decision)
        others = [one.id for one in decision.outcomes if one.id != verdict.outcome]
        return {
            one: self._why_not(decision, one, verdict, None if nearest is None else nearest(one))
            for one in others
        }

    def _why_not(
        self,
        decision: Decision,
        outcome: str,
        verdict: Verdict,
        nearest: tuple[NearestNode, ...] | None,
    ) -> WhyNot:
        """Say why an outcome is not the answer, by every rule that leads there."""
        rules = tuple(
            self.rule(decision, rule, verdict) for rule in decision.rules if rule.then == outcome
        )
        return made(
            WhyNot,
            id=f"why_not:{decision.id}/{outcome}",
            outcome=outcome,
            label=self._plan.outcomes[decision.id][outcome].label,
            status=why_not_status(outcome, verdict, rules),
            rules=rules,
            distance=len(nearest[0].changes) + len(nearest[0].answers) if nearest else None,
            nearest=nearest,
        )


def why_not_status(outcome: str, verdict: Verdict, rules: Sequence[RuleNode]) -> WhyNotStatus:
    """Say in one word why an outcome is not the answer."""
    if verdict.status == "not_applicable":
        return "not_applicable"
    if outcome in verdict.candidates:
        return "candidate"
    if verdict.reason == "contradiction":
        return "review"
    if outcome in verdict.possible:
        return "open"
    if any(rule.outranked_by or rule.maybe_outranked_by for rule in rules if _holds(rule)):
        return "outranked"
    return "review" if any(_holds(rule) for rule in rules) else "failed"


def _holds(rule: RuleNode) -> bool:
    return rule.applies is not Truth.FALSE
