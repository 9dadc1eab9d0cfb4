"""Checks of rules that make no difference: dead, shadowed, or outranking in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import eq

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import All, Condition, RuleIs, walk
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.settling import (
    NOT_APPLICABLE,
    OVERLAP,
    in_order,
    target,
    verdict_to,
)
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE
from routeengine.verification.findings import Finding
from routeengine.verification.subject import Subject, needed


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
        if other.id in subject.layout.ranks[decision.id].beaten[rule.id]
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
    """Find what is said to outrank something, and changes no answer by it.

    Where it follows from what else is outranked it is as well to say it, so all of those are one
    note, save what the author names as accepted. Raises BudgetError where that does not fit.
    """
    next_above = subject.layout.ranks[decision.id].next_above
    named = {one.about for one in subject.ruleset.acceptances if one.finding == "idle_outranks"}
    asked = not rules_asked(subject.ruleset).isdisjoint(rule.id for rule in decision.rules)
    implied: list[tuple[Rule, str]] = []
    for rule in decision.rules:
        for beaten in rule.outranks:
            pair = rule.id, beaten
            if rule.id not in next_above[beaten]:
                implied.append((rule, beaten))
                if pair in named:
                    why = "that follows from what else is outranked"
                    yield _in_vain(decision, rule, beaten, why)
            # The answers of the decision are the same, but other decisions may ask who won.
            elif not needed(
                subject.compiler.scratch(partial(_bites, subject, decision, *pair))
            ) and (
                not asked
                or makes_no_difference(subject, _without(subject.ruleset, decision, rule, beaten))
            ):
                why = _why_in_vain(subject, rule, subject.ruleset.rule[beaten])
                yield _in_vain(decision, rule, beaten, why)
    left = [(rule, beaten) for rule, beaten in implied if (rule.id, beaten) not in named]
    if left:
        yield _implied(decision, left)


def _in_vain(decision: Decision, rule: Rule, beaten: str, why: str) -> Finding:
    message = f"rule `{rule.id}` outranks `{beaten}` in vain: {why}"
    pair = rule.id, beaten
    return Finding("idle_outranks", decision.id, message, pair, rule.place, pair)


def _implied(decision: Decision, pairs: Sequence[tuple[Rule, str]]) -> Finding:
    """Make the one note on all that is told and follows; the first of it is an example."""
    rule, beaten = pairs[0]
    message = f"that rule `{rule.id}` outranks `{beaten}` follows from what else is outranked"
    if more := len(pairs) - 1:
        message += f", and so do {more:,} more pairs of `{decision.id}`"
    return Finding("implied_outranks", decision.id, message, (decision.id,), rule.place)


def rules_asked(ruleset: RuleSet) -> frozenset[str]:
    """Return the rules that a condition asks for by name."""
    return frozenset(
        rule
        for whole in ruleset.conditions
        for part in walk(whole)
        if isinstance(part, RuleIs)
        for rule in part.rules
    )


def _bites(subject: Subject, decision: Decision, rule: str, beaten: str) -> bool:
    """Say whether a decision has another answer somewhere if one `outranks` is left out."""
    less = subject.layout.ranks[decision.id].without(rule, beaten)
    return any(winning_changes(subject, decision, *one) for one in less.items())


def winning_changes(subject: Subject, decision: Decision, rule: str, above: frozenset[str]) -> bool:
    """Return whether a decision has another answer somewhere if just these outrank a rule.

    They are fewer than do. So the rule wins besides, where it applies together with one that
    outranked it, and with none that still does. That makes a difference where it leads elsewhere
    than those that won before, and where those overlap, if it names one more candidate. Makes
    nodes; raises BudgetError where they run out.
    """
    diagram, compiler, rules = subject.space.diagram, subject.compiler, subject.ruleset.rule
    beaten = subject.layout.ranks[decision.id].beaten[rule]
    root = needed(subject.decisions[decision.id]).root
    lost, left, own = (
        compiler.any_of(
            compiler.condition(when) for name in some if (when := rules[name].when) is not None
        )
        for some in (beaten - above, above, (rule,))
    )
    more = diagram.ite(left, FALSE, diagram.conjunction(lost, own))
    to, every = target(rules[rule]), [(1 << size) - 1 for size in diagram.sizes]
    leaves = {diagram.values[leaf] for leaf in diagram.reach_within(more, root, every)}
    if leaves - {verdict_to(decision, to), OVERLAP, NOT_APPLICABLE, IMPOSSIBLE}:
        return True
    if OVERLAP not in leaves:
        return False
    more = diagram.conjunction(more, diagram.relabel("overlap", partial(eq, OVERLAP), root))
    naming = compiler.naming(decision.id)
    return any(diagram.ite(naming[o], FALSE, more) != FALSE for o in in_order(decision, [to]))


def _why_in_vain(subject: Subject, rule: Rule, beaten: Rule) -> str:
    if rule.when is not None and beaten.when is not None:
        both = needed(subject.condition(All((rule.when, beaten.when))))
        if True in subject.amounts(both):
            return "without that every answer is the same"
    return "the two never apply together"


def _without(ruleset: RuleSet, decision: Decision, rule: Rule, beaten: str) -> RuleSet:
    """Give a rule set in which a rule of a decision does not outrank another one."""
    changed = replace(rule, outranks=tuple(one for one in rule.outranks if one != beaten))
    rules = tuple(changed if one is rule else one for one in decision.rules)
    other = replace(decision, rules=rules)
    return replace(
        ruleset, decisions=tuple(other if d is decision else d for d in ruleset.decisions)
    )


def makes_no_difference(subject: Subject, other: RuleSet) -> bool:
    """Say whether a rule set with something left out means the same. May raise BudgetError."""
    return subject.comparison.first_difference(other) is None
