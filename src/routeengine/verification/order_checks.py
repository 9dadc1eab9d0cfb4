"""Checks of rules that are ranked all at once: where `order` or `priority` alone chooses.

Two rules that lead to different answers would overlap there. That may be just what the author
means, so it is a note for each pair, to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Decision, Ranking, Rule
from routeengine.ruleset.ranking import ranks, without_ranking
from routeengine.ruleset.resolution import outranked_by, target
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.analysis import Analysis
from routeengine.verification.findings import Finding, Findings
from routeengine.verification.meeting import Meeting
from routeengine.verification.regions import Regions
from routeengine.verification.rule_checks import any_applies
from routeengine.verification.space import Constrained

MAX_TOLD = 100
"""Pairs of one decision that are told; that there are more is one note besides."""


def order_decides(rules: Analysis, decision: Decision) -> Findings:
    """Find every two rules of which the one wins just because of how all are ranked.

    Both apply, they lead to different answers, and nothing that is said by hand keeps either from
    winning. Raises BudgetError if that does not fit.
    """
    ranking = decision.ranking
    if ranking is None:
        return
    some = rules.scratch(lambda: list(islice(_pairs(rules, decision), MAX_TOLD + 1)))
    for winner, loser in some[:MAX_TOLD]:
        yield rules.scratch(partial(_decides, rules, decision, ranking, winner, loser))
    if len(some) > MAX_TOLD:
        message = f"`{ranking.by}` of `{decision.id}` alone decides between more pairs of rules"
        yield Finding("order_decides", decision.id, message, (decision.id,), decision.place)


def _pairs(rules: Analysis, decision: Decision) -> Iterator[tuple[Rule, Rule]]:
    """Yield the pairs, winner first, in the order of their ranks. Makes nodes."""
    wins, own = rules.wins(decision), {rule.id: rule for rule in decision.rules}
    by_hand = outranked_by(without_ranking(decision))
    below = [own[rule] for rank in reversed(ranks(decision)) for rule in rank]
    left = {rule.id: _left_by_hand(rules, decision, rule, by_hand[rule.id]) for rule in below}
    above, place = rules.layout.ranks[decision.id].above, rules.layout.ranks[decision.id].place
    every = [*reversed(below)]
    roots = [*(wins[rule.id] for rule in every), *(left[rule.id] for rule in every)]
    meeting = Meeting(rules.diagram, roots)
    for number, winner in enumerate(every):
        met = [one - len(every) for one in meeting.may_meet(number)]
        for loser in [every[one] for one in met if one >= 0]:
            if (
                above[loser.id] >> place[winner.id] & 1
                and target(winner) != target(loser)
                and rules.diagram.intersects(wins[winner.id], left[loser.id])
            ):
                yield winner, loser


def _left_by_hand(rules: Analysis, decision: Decision, rule: Rule, above: frozenset[str]) -> Node:
    """Compile where a rule applies and none that is said by hand to outrank it; makes nodes."""
    applies = any_applies(rules, decision, {rule.id})
    return rules.diagram.ite(any_applies(rules, decision, above), FALSE, applies)


def _decides(
    rules: Analysis, decision: Decision, ranking: Ranking, winner: Rule, loser: Rule
) -> Finding:
    above = outranked_by(without_ranking(decision))[loser.id]

    def shows(profile: FullProfile) -> bool:
        won = profile.verdicts[decision.id].rules
        applies = loser.when is not None and profile.holds(loser.when)
        return winner.id in won and loser.id not in won and applies

    def build() -> Constrained:
        wins, reads = rules.wins(decision)[winner.id], rules.layout.reads[decision.id]
        beaten = partial(_left_by_hand, rules, decision, loser, above)
        return rules.constrained(reads, lambda: rules.diagram.conjunction(wins, beaten()))

    both = winner.id, loser.id
    what = f"`{winner.id}` wins over `{loser.id}`"
    message = f"{what} by `{ranking.by}` alone, and they lead to different answers"
    finding = Finding("order_decides", decision.id, message, both, winner.place, both)
    # To be known, and not to be mended: where it is so need not be told in regions.
    return replace(rules.add_witness(finding, build, bool, shows), look=Regions)
