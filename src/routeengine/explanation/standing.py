"""Where each rule stands, and why each outcome is or is not the answer."""

from __future__ import annotations

from collections.abc import Sequence

from routeengine.executors.interface import Inspection
from routeengine.explanation.deciding import deciding
from routeengine.explanation.model import RuleNode, Standing, WhyNot, WhyNotStatus
from routeengine.explanation.nearest import Nearest
from routeengine.explanation.nodes import Nodes
from routeengine.explanation.parts import NearestNode, altered, made
from routeengine.explanation.plan import Plan, RuleSpot
from routeengine.explanation.spots import remember
from routeengine.result import Verdict
from routeengine.ruleset.model import Decision
from routeengine.truth import Truth


class Standings:
    """Where the rules of one client's decisions stand."""

    def __init__(self, plan: Plan, inspection: Inspection, nodes: Nodes, nearest: Nearest) -> None:
        self._plan = plan
        self._nodes = nodes
        self._looks = nodes.looks
        self._nearest = nearest
        self._inspection = inspection
        self._applies: dict[str, Truth] = {}

    def applies(self, rule: str) -> Truth:
        """Give the truth of a rule's own condition."""
        truth = self._applies.get(rule)
        if truth is None:
            when = self._plan.rules[rule].when
            truth = self._inspection.applies(rule) if when is None else self._looks.of(when)
            self._applies[rule] = truth
        return truth

    def rule(self, rule: str, verdict: Verdict) -> RuleNode:
        """Give one rule and where it stands."""
        spot = self._plan.rules[rule]
        applies, beaten = self.applies(rule), [self.applies(one) for one in spot.outranked_by]
        may_decide, when = rule in verdict.rules, spot.when
        shared = when is None or when.shared
        look = self._looks.at(when) if when is not None and when.shared else None
        key = (look, applies, may_decide, *beaten)
        node = spot.made.get(key) if shared else None
        if node is None:
            node = self._make(spot, applies, beaten, may_decide)
            if shared:
                node = remember(spot.made, key, node)
        return node

    def _make(
        self, spot: RuleSpot, applies: Truth, beaten: Sequence[Truth], may_decide: bool
    ) -> RuleNode:
        fields: dict[str, object] = {
            "standing": _standing(applies, beaten, may_decide),
            "applies": applies,
        }
        if spot.when is not None:
            fields["when"] = when = self._nodes.at(spot.when)
            if applies is not Truth.TRUE:
                stopped = tuple([node.id for node in deciding(when)])
                fields["failed" if applies is Truth.FALSE else "open"] = stopped
        if beaten:
            before = list(zip(spot.outranked_by.values(), beaten, strict=True))
            fields["outranked_by"] = tuple([one for one, t in before if t is Truth.TRUE])
            fields["maybe_outranked_by"] = tuple([one for one, t in before if t is Truth.OPEN])
        return altered(spot.node, **fields)

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
        rules = tuple([self.rule(one.id, verdict) for one in decision.rules if one.then == outcome])
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


def _standing(applies: Truth, beaten: Sequence[Truth], may_decide: bool) -> Standing:
    """Say where a rule stands, by the truths of the rules that go before it."""
    if applies is Truth.FALSE:
        return "fails"
    if Truth.TRUE in beaten:
        return "outranked"
    if may_decide:
        certain = applies is Truth.TRUE and Truth.OPEN not in beaten
        return "decides" if certain else "may_decide"
    return "applies" if applies is Truth.TRUE else "open"


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
    holding = [rule for rule in rules if rule.applies is not Truth.FALSE]
    if any(rule.outranked_by or rule.maybe_outranked_by for rule in holding):
        return "outranked"
    return "review" if holding else "failed"
