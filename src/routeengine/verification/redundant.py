"""Checks for what is said twice: rules that another one makes needless, operands that are alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from routeengine.ruleset.conditions import All, Any, AtLeast, Condition, Exactly, walk
from routeengine.ruleset.model import Decision, Rule, RuleSet
from routeengine.ruleset.reading import facts_of
from routeengine.ruleset.settling import target
from routeengine.ruleset.words import Place
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.findings import Finding
from routeengine.verification.idle_rules import rules_asked, winning_changes
from routeengine.verification.subject import Subject, needed


def redundant_rules(subject: Subject, decision: Decision) -> Iterator[Finding]:
    """Find the rules that win only where another one does that leads to the same.

    Told are those that can be left out, what is outranked by way of them kept: that changes no
    verdict and no candidates. Of two that are the same it is the later one. A rule that a
    condition asks for by name is left alone. Raises BudgetError where that does not fit.
    """
    found = subject.compiler.scratch(partial(_redundant, subject, decision))
    for rule, other, same in reversed(needed(found)):
        how = "wins just where" if same else "wins only where"
        message = f"rule `{rule.id}` is redundant: it {how} `{other.id}` does, to the same end"
        about = (rule.id, other.id)
        yield Finding("redundant_rule", decision.id, message, about, rule.place, about)


def _redundant(subject: Subject, decision: Decision) -> list[tuple[Rule, Rule, bool]]:
    """Give the redundant rules, the last first, each with one that stays; and if they are alike."""
    diagram, wins = subject.space.diagram, subject.wins(decision.id)
    beaten = subject.layout.ranks[decision.id].beaten
    asked, rules, found = rules_asked(subject.ruleset), list(decision.rules), []
    elsewhere = {rule.id: diagram.negation(wins[rule.id]) for rule in rules}

    def needless(rule: Rule) -> bool:
        """Say whether those that it outranked lead nowhere else where they win without it."""
        return not any(
            rule.id in above and winning_changes(subject, decision, one, above - {rule.id})
            for one, above in beaten.items()
        )

    for rule in reversed(decision.rules):
        if wins[rule.id] == FALSE or rule.id in asked:
            continue
        for other in rules:
            if (
                other is not rule
                and target(other) == target(rule)
                and not diagram.meet(wins[rule.id], elsewhere[other.id])
            ):
                if needless(rule):
                    rules.remove(rule)
                    found.append((rule, other, wins[rule.id] == wins[other.id]))
                break
    return found


def equivalent_operands(subject: Subject) -> Iterator[Finding]:
    """Find operands that mean the same as another one beside them, on all that can be.

    One of the two can be left out of an `all` or `any`; where they are counted, both count.
    Raises BudgetError where that does not fit.
    """
    for kind, name, place, whole in _conditions(subject.ruleset):
        for part in walk(whole):
            if isinstance(part, All | Any | AtLeast | Exactly):
                pairs = needed(subject.compiler.scratch(partial(_alike, subject, part, kind)))
                for first, second in pairs:
                    word = _WORDS[type(part)]
                    message = f"operands {first} and {second} of `{word}` in {kind} `{name}`"
                    message += " mean the same"
                    if isinstance(part, AtLeast | Exactly):
                        message += ", and both count"
                    yield Finding("equivalent_operands", "", message, (name,), place)


_WORDS = {All: "all", Any: "any", AtLeast: "at_least", Exactly: "exactly"}


def _conditions(ruleset: RuleSet) -> Iterator[tuple[str, str, Place, Condition]]:
    """Yield every condition, with what it belongs to."""
    for constraint in ruleset.constraints:
        yield "constraint", constraint.id, constraint.place, constraint.forbids
    for criterion in ruleset.criteria:
        yield "criterion", criterion.id, criterion.place, criterion.when
    for decision in ruleset.decisions:
        if decision.applies_when is not None:
            yield "decision", decision.id, decision.place, decision.applies_when
        for rule in decision.rules:
            if rule.when is not None:
                yield "rule", rule.id, rule.place, rule.when
    for flag in ruleset.flags:
        if flag.when is not None:
            yield "flag", flag.id, flag.place, flag.when


def _alike(
    subject: Subject, part: All | Any | AtLeast | Exactly, kind: str
) -> list[tuple[int, int]]:
    """Give the operands, by number, that mean the same and hold somewhere, but are not equal.

    Of a constraint they do so on all there is, and else on what the constraints leave.
    """
    diagram, compiler = subject.space.diagram, subject.compiler

    def meaning(operand: Condition) -> Node:
        held = subject.whole.held(subject.layout.touched(facts_of(subject.ruleset, part)))
        root = compiler.condition(operand)
        return root if kind == "constraint" else diagram.conjunction(needed(held), root)

    roots = list(map(meaning, part.parts))
    return [
        (first + 1, second + 1)
        for first, second in combinations(range(len(roots)), 2)
        if roots[first] == roots[second] != FALSE and part.parts[first] != part.parts[second]
    ]
