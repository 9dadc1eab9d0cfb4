"""Checks of rules that make no difference: dead, shadowed, or outranking in vain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Condition
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.settling import beaten_by
from routeengine.symbolic.diagram import FALSE
from routeengine.verification.findings import Finding
from routeengine.verification.subject import Subject, needed

__all__ = ["idle_outranks", "makes_no_difference", "rules_that_never_win"]


def rules_that_never_win(subject: Subject, decision: Decision) -> Iterator[Finding]:
    """Find the rules that never apply, and those that apply but are always outranked.

    Raises BudgetError where the condition of one does not fit.
    """
    wins = subject.wins(decision.id)
    for rule in decision.rules:
        if wins[rule.id] != FALSE:
            continue
        if rule.when is None:
            yield _dead(decision, rule, "the other rules leave nothing over")
        elif True not in subject.amounts(needed(subject.condition(rule.when))):
            yield _dead(decision, rule, "its condition never holds")
        else:
            yield _never_wins(subject, decision, rule, rule.when)


def _dead(decision: Decision, rule: Rule, why: str) -> Finding:
    message = f"rule `{rule.id}` never applies: {why}"
    return Finding("dead_rule", decision.id, message, (rule.id,), rule.place)


def _never_wins(subject: Subject, decision: Decision, rule: Rule, when: Condition) -> Finding:
    applies = when
    if decision.applies_when is not None:
        applies = All((when, decision.applies_when))
    confined = needed(subject.condition(applies))
    amounts = subject.amounts(confined)
    if True not in amounts:
        return _dead(decision, rule, f"it holds only where `{decision.id}` does not apply")
    shadows = [
        other.id
        for other in decision.rules
        if other.id in beaten_by(decision)[rule.id]
        and other.when is not None
        and True in subject.amounts(needed(subject.condition(All((applies, other.when)))))
    ]

    def shows(profile: FullProfile) -> bool:
        return profile.holds(when) and rule.id not in profile.verdicts[decision.id].rules

    witness = subject.witness(confined, bool, shows)
    named = " or ".join(f"`{one}`" for one in shadows)
    return Finding(
        "never_wins",
        decision.id,
        f"rule `{rule.id}` never wins: wherever it applies, {named} outranks it",
        (rule.id,),
        rule.place,
        (rule.id, *shadows),
        witness.values,
        enough=witness.enough,
        covers=amounts[True],
    )


def idle_outranks(subject: Subject, decision: Decision) -> Iterator[Finding]:
    """Find what is said to outrank something, and changes no answer by it."""
    for rule in decision.rules:
        for beaten in rule.outranks:
            left = tuple(one for one in rule.outranks if one != beaten)
            without = _with(subject.ruleset, rule, left)
            if makes_no_difference(subject, without):
                still = rule.id in beaten_by(without.decision[decision.id])[beaten]
                why = "that follows from what else is outranked"
                if not still:
                    why = _why_in_vain(subject, rule, subject.ruleset.rule[beaten])
                yield Finding(
                    "idle_outranks",
                    decision.id,
                    f"rule `{rule.id}` outranks `{beaten}` in vain: {why}",
                    (rule.id, beaten),
                    rule.place,
                    (rule.id, beaten),
                )


def _why_in_vain(subject: Subject, rule: Rule, beaten: Rule) -> str:
    if rule.when is not None and beaten.when is not None:
        both = needed(subject.condition(All((rule.when, beaten.when))))
        if True in subject.amounts(both):
            return "without that every answer is the same"
    return "the two never apply together"


def _with(ruleset: RuleSet, rule: Rule, outranks: tuple[str, ...]) -> RuleSet:
    changed = replace(rule, outranks=outranks)
    return replace(
        ruleset,
        decisions=tuple(
            replace(one, rules=tuple(changed if r is rule else r for r in one.rules))
            if rule in one.rules
            else one
            for one in ruleset.decisions
        ),
    )


def makes_no_difference(subject: Subject, other: RuleSet) -> bool:
    """Say whether a rule set with something left out means the same. May raise BudgetError."""
    return subject.comparison.first_difference(other) is None
