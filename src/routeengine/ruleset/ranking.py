"""All rules of a decision ranked at once, and which rule then outranks which.

    order: [a, b, c]               a outranks b, and b outranks c
    priority: [no, yes, review]    what leads to `no` outranks what leads to `yes`, and that review

What it means is written out into `Rule.outranks` when rules are loaded, so nothing that decides
reads a ranking. It is kept for who tells people of the rules, and to know what was not written by
hand.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from routeengine.ruleset.model import Decision


def ranks(decision: Decision) -> list[tuple[str, ...]]:
    """Return the rules that are ranked all at once, the highest first; nothing if none are.

    Those of one rank lead to one outcome, or to review, and are not ranked among each other.
    `otherwise` never applies beside another rule, and so has no rank.
    """
    if decision.ranking is None:
        return []
    by_id = decision.ranking.by == "order"
    ranked: dict[str, list[str]] = {name: [] for name in decision.ranking.names}
    for rule in decision.rules:
        leads_to = rule.then if isinstance(rule.then, str) else "review"
        if rule.when is not None and (name := rule.id if by_id else leads_to) in ranked:
            ranked[name].append(rule.id)
    return [tuple(some) for some in ranked.values() if some]


def outranks_by_rank(decision: Decision) -> dict[str, tuple[str, ...]]:
    """Return, per rule that has some below it, those of the next rank.

    The next is enough: outranking is transitive, also by way of a rule that does not apply.
    """
    steps = pairwise(ranks(decision))
    return {rule: lower for higher, lower in steps for rule in higher}


def written_out(decision: Decision) -> Decision:
    """Return a decision of which `outranks` says what its ranking means, after what it says."""
    below = outranks_by_rank(decision)
    rules = [
        replace(rule, outranks=_both(rule.outranks, below[rule.id])) if rule.id in below else rule
        for rule in decision.rules
    ]
    return replace(decision, rules=tuple(rules))


def _both(written: tuple[str, ...], ranked: tuple[str, ...]) -> tuple[str, ...]:
    # Mostly nothing is written by hand: then thousands of rules of one rank have one tuple.
    return tuple(dict.fromkeys((*written, *ranked))) if written else ranked


def without_ranking(decision: Decision) -> Decision:
    """Return a decision with only those `outranks` that its ranking does not say."""
    below = {rule: set(some) for rule, some in outranks_by_rank(decision).items()}
    rules = [
        replace(rule, outranks=tuple(o for o in rule.outranks if o not in below[rule.id]))
        if rule.id in below
        else rule
        for rule in decision.rules
    ]
    return replace(decision, rules=tuple(rules), ranking=None)
