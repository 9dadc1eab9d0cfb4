"""Decisions in rule files: outcomes, and rules that are written out or stand in a table."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from routeengine.loading.conditions import CONDITION
from routeengine.loading.entries import OutcomeEntry
from routeengine.loading.keys import Entry, Values, needed, optional, parts
from routeengine.loading.shapes import NAMES, TEXT, Run
from routeengine.loading.tables import RULES, TableRules
from routeengine.ruleset import model
from routeengine.ruleset.flaws import Path
from routeengine.ruleset.ranking import ranks, written_out
from routeengine.ruleset.resolution import in_order

MAX_RANKED = 1_000_000
"""Pairs of rules that a ranking may make outrank each other."""


class DecisionEntry(Entry, noun="a decision", makes=model.Decision):
    """One question that the rule set answers."""

    label = needed(TEXT, "what the decision is called")
    applies_when = optional(CONDITION, "where the question arises; always unless said")
    not_applicable_because = optional(TEXT, "why not; just where `applies_when` stands")
    outcomes = needed(parts(OutcomeEntry), "the answers, in the order they are listed")
    order = optional(
        NAMES,
        "all rules but `otherwise`, by id: the earlier beats the later where both apply",
        None,
    )
    priority = optional(
        NAMES,
        "outcomes, and `review`: what leads to the earlier beats what leads to the later",
        None,
    )
    rules = needed(RULES, "the rules, by id; or the table that they stand in")

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return a decision, with candidates in the declared order of outcomes."""
        ranking = _ranking(values, path, run)
        rules = values["rules"]
        table = rules.table if isinstance(rules, TableRules) else None
        values |= {"rules": tuple(rules), "ranking": ranking, "table": table}
        decision: model.Decision = super().make(values, path, run)
        rules = tuple(_in_order(decision, one) for one in decision.rules)
        decision = replace(decision, rules=rules)
        pairs = sum(len(one) * len(other) for one, other in pairwise(ranks(decision)))
        if ranking is None or pairs <= MAX_RANKED:
            return written_out(decision)
        message = f"`{ranking.by}` would rank more than {MAX_RANKED} pairs of rules"
        run.collector.add((*path, ranking.by), message, "rank fewer rules")
        return replace(decision, ranking=None)


def _ranking(values: Values, path: Path, run: Run) -> model.Ranking | None:
    """Take `order` and `priority` out, and return what ranks the rules; None if nothing does."""
    order, priority = values.pop("order"), values.pop("priority")
    if order is not None and priority is not None:
        message = "a decision cannot have both `order` and `priority`"
        run.collector.add((*path, "priority"), message, "take one out", key=True)
    if order is not None:
        ranking = model.Ranking("order", order)
    elif priority is not None:
        ranking = model.Ranking("priority", priority)
    else:
        return None
    # What can be read only in part would be told to leave something out.
    return None if run.collector.holds_damage((*path, ranking.by)) else ranking


def _in_order(decision: model.Decision, rule: model.Rule) -> model.Rule:
    if not isinstance(rule.then, model.Review):
        return rule
    candidates = in_order(decision, [rule.then.candidates])
    if len(candidates) < len(rule.then.candidates):
        return rule  # one is no outcome, or appears twice: reported by the checks
    return replace(rule, then=replace(rule.then, candidates=candidates))
