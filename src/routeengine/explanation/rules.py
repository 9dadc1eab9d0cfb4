"""The status of each rule, why each outcome is or is not the answer, and what is nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from routeengine.changes import Origin
from routeengine.executors.interface import Inspection
from routeengine.explanation.facts import Facts
from routeengine.explanation.model import (
    ConditionNode,
    RuleNode,
    RuleStatus,
    WhyNot,
    WhyNotStatus,
    decisive_ids,
)
from routeengine.explanation.parts import ChangeNode, Named, NearestNode
from routeengine.explanation.plan import Plan
from routeengine.explanation.sites import ConditionSite, ConditionTruths
from routeengine.profile import State
from routeengine.result import Verdict
from routeengine.ruleset.model import Decision
from routeengine.symbolic.neighbours import CellMove, CellMoves
from routeengine.truth import Truth

OriginOf: TypeAlias = Callable[[State], Origin]
"""Returns where the search for what is nearest to a state of knowledge begins."""


class Rules:
    """The rules of one client's decisions, each with its condition and its status."""

    def __init__(
        self, plan: Plan, inspection: Inspection, truths: ConditionTruths, facts: Facts
    ) -> None:
        self._plan = plan
        self._truths = truths
        # What compares a fact, and each criterion when it has been made.
        self._known = facts.comparisons()
        self._applies = {
            rule: inspection.applies(rule) if site.when is None else truths.of(site.when)
            for rule, site in plan.rules.items()
        }

    def condition(self, site: ConditionSite | None) -> ConditionNode | None:
        """Return the node of a condition, if there is one, with all below it."""
        return None if site is None else self._condition(site)

    def _condition(self, site: ConditionSite) -> ConditionNode:
        """Return the node of a condition, with all below it; a criterion has one node."""
        blank = site.blank
        node = self._known.get(blank.id)
        if node is None:
            # By position: these are the most of all nodes, and keywords take a third longer.
            node = ConditionNode(
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
                tuple(map(self._condition, site.parts)),
            )
            if blank.kind == "criterion":
                self._known[blank.id] = node
        return node

    def node(self, rule: str, verdict: Verdict) -> RuleNode:
        """Return one rule with its status."""
        site, applies = self._plan.rules[rule], self._applies[rule]
        before = [self._applies[one.id] for one in site.outranked_by]
        when = self.condition(site.when)
        decisive = () if when is None or applies is Truth.TRUE else decisive_ids(when)
        return replace(
            site.blank,
            standing=_status(applies, before, rule in verdict.rules),
            applies=applies,
            outranked_by=_those(site.outranked_by, before, Truth.TRUE),
            maybe_outranked_by=_those(site.outranked_by, before, Truth.OPEN),
            failed=decisive if applies is Truth.FALSE else (),
            open=decisive if applies is Truth.OPEN else (),
            when=when,
        )


def _those(rules: Sequence[Named], truths: Sequence[Truth], truth: Truth) -> tuple[Named, ...]:
    if truth not in truths:
        return ()
    return tuple([rule for rule, one in zip(rules, truths, strict=True) if one is truth])


class OtherOutcomes:
    """Why the other outcomes of one client's decisions are not the answer, and what leads there.

    If a decision depends on facts that contradict each other, nothing leads there: what is right
    comes first.
    """

    def __init__(self, plan: Plan, facts: Facts, rules: Rules, origin_of: OriginOf) -> None:
        self._plan = plan
        self._facts = facts
        self._rules = rules
        clashing = facts.clashing
        # What a constraint ties to a fact that clashes counts too: which of all these is wrong,
        # nobody knows yet.
        self._clashing = {tied for one in clashing for tied in (one, *plan.coupled_with[one])}
        self._origin = origin_of(facts.state)
        # Per step the node, and whether it is the answer to a question.
        self._known: dict[CellMove, tuple[ChangeNode, bool]] = {}

    def of(self, verdict: Verdict) -> dict[str, WhyNot]:
        """Return why each outcome that is not the answer is not."""
        decision = self._plan.ruleset.decision[verdict.decision]
        clashes = not self._clashing.isdisjoint(self._plan.reads[decision.id])
        sets = None if clashes else self._origin.of(decision.id)
        return {
            one.id: self._node(decision, one.id, verdict, None if sets is None else sets(one.id))
            for one in decision.outcomes
            if one.id != verdict.outcome
        }

    def _node(
        self, decision: Decision, outcome: str, verdict: Verdict, sets: Sequence[CellMoves] | None
    ) -> WhyNot:
        """Return why an outcome is not the answer, by every rule that leads there."""
        leading = [rule.id for rule in decision.rules if rule.then == outcome]
        rules = tuple([self._rules.node(rule, verdict) for rule in leading])
        place = f"{decision.id}/{outcome}"
        return WhyNot(
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
            node, answer = self._known.get(step) or self._look_up(step)
            (answers if answer else changes).append(node)
        return NearestNode(place, tuple(changes), tuple(answers))

    def _look_up(self, step: CellMove) -> tuple[ChangeNode, bool]:
        move = self._origin.move(step)
        known = self._known[step] = self._facts.change(move.fact, move.value), move.answer
        return known


def _status(applies: Truth, before: Sequence[Truth], may_decide: bool) -> RuleStatus:
    """Return the status of a rule, by the truths of the rules that go before it."""
    if applies is Truth.FALSE:
        return "fails"
    # Before what is open: if a rule that outranks this one applies, nothing that is still unknown
    # can bring this one back.
    if Truth.TRUE in before:
        return "outranked"
    if may_decide:
        certain = applies is Truth.TRUE and Truth.OPEN not in before
        return "decides" if certain else "may_decide"
    return "applies" if applies is Truth.TRUE else "open"


def why_not_status(outcome: str, verdict: Verdict, rules: Sequence[RuleNode]) -> WhyNotStatus:
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
