"""A rule set in other words: the same rules, with facts, decisions and outcomes renamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from routeengine.ruleset.conditions import (
    All,
    Any,
    AtLeast,
    Condition,
    Exactly,
    FactIs,
    Not,
    OutcomeIs,
    RuleIs,
    StatusIs,
)
from routeengine.ruleset.model import Decision, Outcome, Review, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class Names:
    """What is called otherwise: per old id the new one; outcomes per old decision.

    `values` gives, per old fact, its sets of values in the numbers of another domain.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    values: Mapping[str, Callable[[int], int]] = field(default_factory=dict)

    def outcome(self, decision: str, outcome: str) -> str:
        """Give the new id of an outcome of an old decision."""
        return self.outcomes.get((decision, outcome), outcome)


def rewritten(ruleset: RuleSet, names: Names) -> RuleSet:
    """Give the rules of a rule set in these names; its facts stay for the caller to set."""
    return replace(
        ruleset,
        criteria=tuple(replace(c, when=_said(c.when, names)) for c in ruleset.criteria),
        constraints=tuple(
            replace(one, forbids=_said(one.forbids, names)) for one in ruleset.constraints
        ),
        decisions=tuple(_decision(one, names) for one in ruleset.decisions),
        flags=tuple(
            replace(one, id=names.flags.get(one.id, one.id), when=_if_any(one.when, names))
            for one in ruleset.flags
        ),
        expectations=(),
        acceptances=(),
    )


def _decision(decision: Decision, names: Names) -> Decision:
    outcomes = tuple(
        replace(one, id=names.outcome(decision.id, one.id)) for one in decision.outcomes
    )
    return replace(
        decision,
        id=names.decisions.get(decision.id, decision.id),
        outcomes=outcomes,
        rules=tuple(_rule(one, decision.id, outcomes, names) for one in decision.rules),
        applies_when=_if_any(decision.applies_when, names),
    )


def _rule(rule: Rule, decision: str, outcomes: tuple[Outcome, ...], names: Names) -> Rule:
    then: str | Review
    if isinstance(rule.then, Review):
        named = {names.outcome(decision, one) for one in rule.then.candidates}
        candidates = tuple(one.id for one in outcomes if one.id in named)
        then = replace(rule.then, candidates=candidates)
    else:
        then = names.outcome(decision, rule.then)
    return replace(rule, when=_if_any(rule.when, names), then=then)


def _if_any(condition: Condition | None, names: Names) -> Condition | None:
    return None if condition is None else _said(condition, names)


def _said(condition: Condition, names: Names) -> Condition:
    match condition:
        case FactIs(fact=fact, allowed=allowed, written=written):
            values = names.values.get(fact)
            moved = allowed if values is None else values(allowed)
            return FactIs(names.facts.get(fact, fact), moved, written)
        case OutcomeIs(decision=name, outcomes=outcomes):
            said = tuple(names.outcome(name, one) for one in outcomes)
            return OutcomeIs(names.decisions.get(name, name), said)
        case StatusIs(decision=name) | RuleIs(decision=name):
            return replace(condition, decision=names.decisions.get(name, name))
        case All(parts=parts) | Any(parts=parts) | AtLeast(parts=parts) | Exactly(parts=parts):
            return replace(condition, parts=tuple(_said(one, names) for one in parts))
        case Not(part=part):
            return Not(_said(part, names))
        case _:
            return condition
