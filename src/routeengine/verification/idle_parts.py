"""Checks of facts, criteria, constraints and flags that make no difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import eq

from routeengine.ruleset.conditions import All, Any, Condition, CriterionIs, walk
from routeengine.ruleset.model import Constraint, Criterion, RuleSet
from routeengine.ruleset.reading import facts_of, facts_read
from routeengine.ruleset.settling import OVERLAP
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.symbolic.influence import single
from routeengine.verification.findings import Finding
from routeengine.verification.idle_rules import makes_no_difference
from routeengine.verification.subject import Subject, needed

ALWAYS, NEVER = All(()), Any(())


def nothing_possible(subject: Subject) -> Iterator[Finding]:
    """Find constraints that together exclude every profile, as few of them as do."""
    for coupling, held in zip(subject.layout.couplings, subject.coupled, strict=True):
        if held != FALSE:
            continue
        blamed = [
            one
            for one in subject.ruleset.constraints
            if facts_of(subject.ruleset, one.forbids) <= set(coupling.facts)
        ]
        for constraint in tuple(blamed):
            fewer = [one for one in blamed if one is not constraint]
            if _excludes_everything(subject, fewer):
                blamed = fewer
        named = ", ".join(f"`{one.id}`" for one in blamed)
        yield Finding(
            "nothing_possible",
            "",
            f"no profile is possible: {named} exclude{'s' * (len(blamed) == 1)} everything",
            tuple(one.id for one in blamed),
            blamed[0].place,
        )


def _excludes_everything(subject: Subject, constraints: Sequence[Constraint]) -> bool:
    forbidden = Any(tuple(one.forbids for one in constraints))
    return subject.space.diagram.negation(subject.compiler.condition(forbidden)) == FALSE


def idle_constraints(subject: Subject) -> Iterator[Finding]:
    """Find the constraints that exclude nothing, or nothing that the others do not."""
    ruleset = subject.ruleset
    for constraint in ruleset.constraints:
        left = tuple(one for one in ruleset.constraints if one is not constraint)
        if makes_no_difference(subject, replace(ruleset, constraints=left)):
            alone = subject.compiler.condition(constraint.forbids) == FALSE
            why = "nothing meets its condition" if alone else "the others exclude the same"
            message = f"constraint `{constraint.id}` never bites: {why}"
            about = (constraint.id,)
            yield Finding("idle_constraint", "", message, about, constraint.place)


def idle_criteria(subject: Subject) -> Iterator[Finding]:
    """Find the criteria of which it never matters whether they hold."""
    ruleset = subject.ruleset
    expected = {
        part.criterion
        for expectation in ruleset.expectations
        for part in walk(expectation.when or ALWAYS)
        if isinstance(part, CriterionIs)
    }
    for criterion in ruleset.criteria:
        truths = subject.amounts(needed(subject.condition(criterion.when)))
        constant = ALWAYS if True in truths else NEVER
        if len(truths) == 1 and _same_with(subject, criterion, constant):
            why = f"it {'always' if True in truths else 'never'} holds"
        elif criterion.id not in expected and all(
            _same_with(subject, criterion, when) for when in (ALWAYS, NEVER)
        ):
            why = "no answer hangs on it"
        else:
            continue
        message = f"criterion `{criterion.id}` makes no difference: {why}"
        yield Finding("idle_criterion", "", message, (criterion.id,), criterion.place)


def _same_with(subject: Subject, criterion: Criterion, when: Condition) -> bool:
    ruleset = subject.ruleset
    criteria = (replace(c, when=when) if c is criterion else c for c in ruleset.criteria)
    return makes_no_difference(subject, replace(ruleset, criteria=tuple(criteria)))


def idle_facts(subject: Subject) -> Iterator[Finding]:
    """Find the facts on which no answer ever hangs.

    A fact that a constraint ties to what a decision reads is left alone: something can be
    concluded from it. So is what serves the dossier or following over time.
    """
    ruleset = subject.ruleset
    read = {fact for one in ruleset.decisions for fact in facts_read(ruleset, one.id)}
    read |= {fact for one in ruleset.flags if one.when for fact in facts_of(ruleset, one.when)}
    used = _used_elsewhere(ruleset)
    for number in subject.layout.touched(frozenset(read)):
        used |= set(subject.layout.couplings[number].facts)
    if unclear := [fact for fact in ruleset.facts if fact.id not in used]:
        diagram, order = subject.space.diagram, subject.space.order
        for root in _roots(subject):
            used |= {order[level] for level in single(diagram, root, _alike)}
    for fact in unclear:
        if fact.id not in used:
            why = "no answer hangs on it" if fact.id in read else "nothing asks it"
            message = f"fact `{fact.id}` makes no difference: {why}"
            yield Finding("idle_fact", "", message, (fact.id,), fact.place)


def _used_elsewhere(ruleset: RuleSet) -> set[str]:
    used = {one.change.fact for one in ruleset.expectations if one.change is not None}
    for one in ruleset.expectations:
        used |= facts_of(ruleset, one.when) if one.when is not None else set()
    if ruleset.follow_up is not None and ruleset.follow_up.fact is not None:
        used.add(ruleset.follow_up.fact)
    for source in () if ruleset.evidence is None else ruleset.evidence.sources:
        used |= source.sets.keys()
    return used


def _roots(subject: Subject) -> list[Node]:
    """Give all that is answered: flags, verdicts, and which outcomes an overlap names."""
    flags = (flag.when for flag in subject.ruleset.flags if flag.when is not None)
    parts = [needed(subject.condition(when)) for when in flags]
    for decision in subject.ruleset.decisions:
        parts.append(needed(subject.decisions[decision.id]))
        if OVERLAP in subject.amounts(parts[-1]):
            reads = subject.layout.reads[decision.id]
            for outcome in decision.outcomes:
                named = partial(_named, subject, decision.id, outcome.id)
                parts.append(needed(subject.confined(reads, named)))
    return [one.root for one in parts]


def _named(subject: Subject, decision: str, outcome: str) -> Node:
    """Compile where rules overlap, and one that wins names the outcome."""
    diagram, compiler = subject.space.diagram, subject.compiler
    overlap = diagram.relabel("overlap", partial(eq, OVERLAP), compiler.decision(decision))
    return diagram.conjunction(overlap, compiler.naming(decision)[outcome])


def _alike(one: object, other: object) -> bool:
    return IMPOSSIBLE in (one, other) or one == other


def idle_flags(subject: Subject) -> Iterator[Finding]:
    """Find the flags that are never raised, or always."""
    for flag in subject.ruleset.flags:
        if flag.when is None:
            continue
        truths = subject.amounts(needed(subject.condition(flag.when)))
        if len(truths) == 1:
            often = "always" if True in truths else "never"
            message = f"flag `{flag.id}` makes no difference: it is {often} raised"
            yield Finding("idle_flag", "", message, (flag.id,), flag.place)
