"""Checks that no decision runs ahead of a person who has yet to settle an earlier one.

While `risk` is under review, "risk is not high" holds and "risk is high" does not. So
`{not: {decision: risk, outcome: high}}` or `otherwise` may lead to a loan that nobody would have
given, had the person said `high`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import Any
from routeengine.ruleset.model import Decision, Grounds, Rule, RuleSet
from routeengine.ruleset.reading import decisions_of
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.diagram import Node
from routeengine.verification.findings import Finding
from routeengine.verification.space import Confined
from routeengine.verification.subject import Subject, needed


def decided_under_review(subject: Subject, decision: Decision) -> Iterator[Finding]:
    """Find the earlier decisions under review while this one is decided, and hangs on them.

    It hangs on one where a person could choose an outcome there by which it would not be decided
    as it is. That is one of the candidates, or any outcome where none is named. Raises BudgetError
    where that does not fit.
    """
    asked = {
        name
        for condition in decision.conditions
        for name in decisions_of(subject.ruleset, condition)
    }
    for earlier in subject.ruleset.decisions:
        if earlier.id in asked:
            found = subject.compiler.scratch(partial(_found, subject, decision, earlier))
            yield from needed(found)


def _found(subject: Subject, decision: Decision, earlier: Decision) -> list[Finding]:
    def build() -> Confined:
        reads = subject.layout.reads[decision.id]
        return needed(subject.confined(reads, lambda: _ahead(subject, decision, earlier)))

    def shows(profile: FullProfile) -> bool:
        mine, other = (profile.verdicts[one.id].status for one in (decision, earlier))
        return (mine, other) == ("decided", "review")

    ahead = build()
    covers = subject.amounts(ahead).get(True)
    if covers is None:
        return []
    diagram, wins = subject.space.diagram, subject.wins(decision.id)
    there = diagram.relabel("there", bool, ahead.root)
    deciding = [rule for rule in decision.rules if diagram.meet(there, wins[rule.id])]
    witness = subject.witness(ahead, bool, shows)
    named = ", ".join(f"`{rule.id}`" for rule in deciding)
    return [
        Finding(
            "decided_under_review",
            decision.id,
            f"decision `{decision.id}` is decided while `{earlier.id}`, on which it hangs, "
            f"is under review: by {named}",
            (decision.id, earlier.id),
            deciding[0].place,
            tuple(rule.id for rule in deciding),
            witness.values,
            enough=witness.enough,
            covers=covers,
            hint=f"a rule `when: {{decision: {earlier.id}, status: review}}` that leads to review "
            "and goes first",
            look=subject.regions(build, bool, shows, covers),
        )
    ]


def _ahead(subject: Subject, decision: Decision, earlier: Decision) -> Node:
    """Compile where the one is decided and the other under review, and may yet change it."""
    diagram, compiler = subject.space.diagram, subject.compiler
    any_of, both = compiler.any_of, diagram.conjunction
    decided = compiler.decision(decision.id)
    review = diagram.relabel("review", _under_review, compiler.decision(earlier.id))
    naming = compiler.naming(earlier.id)
    unnamed = diagram.negation(any_of(naming.values()))
    parts = []
    for outcome, named in naming.items():
        chosen = compiler.beside(_settled(subject.ruleset, earlier, outcome)).decision(decision.id)
        otherwise = diagram.combine("decided otherwise", _otherwise, decided, chosen)
        parts.append(both(any_of([named, unnamed]), otherwise))
    return both(review, any_of(parts))


def _under_review(full: FullVerdict) -> bool:
    return full.status == "review"


def _otherwise(now: FullVerdict, then: FullVerdict) -> bool:
    return now.status == "decided" and now != then


def _settled(ruleset: RuleSet, decision: Decision, outcome: str) -> RuleSet:
    """Give the rule set in which a person has chosen an outcome, and so none of the rules won."""
    rules = tuple(replace(rule, when=Any(()), outranks=()) for rule in decision.rules)
    chosen = Rule("", None, outcome, {}, {}, Grounds("source"))
    settled = replace(decision, applies_when=None, rules=(*rules, chosen))
    decisions = tuple(settled if one is decision else one for one in ruleset.decisions)
    return replace(ruleset, decisions=decisions)
