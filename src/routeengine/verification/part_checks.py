"""Checks of facts, criteria, constraints, flags and operands that make no difference."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations

from routeengine.ruleset import conditions
from routeengine.ruleset.conditions import Condition, walk
from routeengine.ruleset.dependencies import facts_of, facts_read
from routeengine.ruleset.model import Criterion, RuleSet
from routeengine.ruleset.resolution import OVERLAP
from routeengine.symbolic.diagram import FALSE, IMPOSSIBLE, TRUE, Node
from routeengine.symbolic.influence import levels_alone
from routeengine.verification.analysis import Analysis, needed
from routeengine.verification.findings import Finding, Findings, Kind
from routeengine.verification.parts import with_part

BY_DIGEST = "sha256:"
"""How the number of a source begins that is a file, as an imported decision model is."""

ALWAYS, NEVER = conditions.All(()), conditions.Any(())


def nothing_possible(rules: Analysis) -> Findings:
    """Find constraints that together exclude every profile, as few of them as do."""
    for coupling, possible in zip(rules.layout.couplings, rules.coupled, strict=True):
        if possible != FALSE:
            continue
        every, facts = rules.ruleset.constraints, set(coupling.facts)
        blamed = [one for one in every if facts_of(rules.ruleset, one.forbids) <= facts]
        # Leave out one after the other while the rest excludes everything: no smaller set is left.
        for constraint in tuple(blamed):
            fewer = [one for one in blamed if one is not constraint]
            forbidden = conditions.Any(tuple(one.forbids for one in fewer))
            if rules.compiler.condition(forbidden) == TRUE:
                blamed = fewer
        about = tuple(one.id for one in blamed)
        named = ", ".join(f"`{one}`" for one in about)
        message = f"no profile is possible: {named} exclude{'s' * (len(blamed) == 1)} everything"
        yield Finding("nothing_possible", "", message, about, blamed[0].place)


def unexplained_proxies(ruleset: RuleSet) -> Findings:
    """Find what may stand in for origin while no page can say what it decides, and what not.

    An error where the rule set has sentences for pages at all, and else a note.
    """
    words = ruleset.wording
    effects = {one.id for one in words.facts if one.proxy_effect} if words else set[str]()
    kind: Kind = "proxy_to_explain" if words is None else "unexplained_proxy"
    for fact in ruleset.facts:
        if fact.possible_proxy and fact.id not in effects:
            message = f"fact `{fact.id}` may stand in for origin, and nothing says what it decides"
            hint = f"say so to the client: `proxy_effect` under `words: facts: {fact.id}`"
            yield Finding(kind, "", message, (fact.id,), fact.place, hint=hint)


def sensitivity_tied(ruleset: RuleSet) -> Findings:
    """Find the constraints that tie facts of different sensitivity.

    Where there is none, an interview asks for nothing that answers to less sensitive questions
    could have spared.
    """
    for one in ruleset.constraints:
        tied = facts_of(ruleset, one.forbids)
        tiers = {fact.id: fact.tier for fact in ruleset.facts if fact.id in tied}
        if len(set(tiers.values())) > 1:
            named = ", ".join(f"`{fact}` ({tier})" for fact, tier in tiers.items())
            message = f"constraint `{one.id}` ties facts of different sensitivity: {named}"
            hint = "give them one `sensitivity`, or know that an interview may ask the higher first"
            yield Finding("sensitivity_tied", "", message, (one.id,), one.place, hint=hint)


def not_grounded(ruleset: RuleSet) -> Findings:
    """Find how much of an imported rule set nobody has read against its grounds yet.

    It says no more than that a table says so: it cites nothing, and nobody is recorded who chose.
    """
    imported = next((one for one in ruleset.sources if one.number.startswith(BY_DIGEST)), None)
    if imported is None:
        return
    grounds = [rule.grounds for decision in ruleset.decisions for rule in decision.rules]
    grounds += [one.grounds for one in ruleset.criteria]
    grounds += [one.grounds for one in ruleset.constraints]
    grounds += [one.grounds for one in ruleset.flags]
    grounds += [one.grounds for one in ruleset.scores]
    count = sum(
        one.interpretation is not None and not (one.cites or one.interpretation.decided_by)
        for one in grounds
    )
    if count:
        message = f"{count} readings are not grounded yet: they cite nothing, and nobody chose them"
        hint = "cite what they stand on, or say `who` read them so"
        about, place = (imported.id,), imported.place
        yield Finding("not_grounded", "", message, about, place, hint=hint)


def idle_constraints(rules: Analysis) -> Findings:
    """Find the constraints that exclude nothing, or nothing that the others do not."""
    for one in rules.ruleset.constraints:
        if rules.means_the_same(with_part(rules.ruleset, one, None)):
            alone = rules.compiler.condition(one.forbids) == FALSE
            why = "nothing meets its condition" if alone else "the others exclude the same"
            message = f"constraint `{one.id}` never bites: {why}"
            yield Finding("idle_constraint", "", message, (one.id,), one.place)


def idle_criteria(rules: Analysis) -> Findings:
    """Find the criteria of which it never matters whether they hold."""
    asked = walk(*(one.when or ALWAYS for one in rules.ruleset.expectations))
    expected = {part.criterion for part in asked if isinstance(part, conditions.CriterionIs)}
    for criterion in rules.ruleset.criteria:
        truths = rules.amounts(rules.condition(criterion.when))
        constant = ALWAYS if True in truths else NEVER
        if len(truths) == 1 and _same_with(rules, criterion, constant):
            why = f"it {'always' if True in truths else 'never'} holds"
        elif criterion.id not in expected and all(
            _same_with(rules, criterion, when) for when in (ALWAYS, NEVER)
        ):
            why = "no answer depends on it"
        else:
            continue
        message = f"criterion `{criterion.id}` makes no difference: {why}"
        yield Finding("idle_criterion", "", message, (criterion.id,), criterion.place)


def _same_with(rules: Analysis, criterion: Criterion, when: Condition) -> bool:
    return rules.means_the_same(with_part(rules.ruleset, criterion, replace(criterion, when=when)))


def idle_facts(rules: Analysis) -> Findings:
    """Find the facts on which no answer ever depends.

    A fact that a constraint ties to what a decision reads is left alone: something can be
    concluded from it. So is what serves the dossier or following over time.
    """
    ruleset = rules.ruleset
    read = {fact for one in ruleset.decisions for fact in facts_read(ruleset, one.id)}
    read = read.union(*(facts_of(ruleset, when) for when in ruleset.flag_conditions.values()))
    used = _used_elsewhere(ruleset)
    # From a fact that no rule reads the constraints may still exclude values of one that is read.
    for number in rules.layout.touched(read):
        used |= set(rules.layout.couplings[number].facts)
    if unclear := [fact for fact in ruleset.facts if fact.id not in used]:
        for root in _roots(rules):
            used |= {rules.order[level] for level in levels_alone(rules.diagram, root, _alike)}
    for fact in unclear:
        if fact.id not in used:
            why = "no answer depends on it" if fact.id in read else "nothing asks it"
            message = f"fact `{fact.id}` makes no difference: {why}"
            yield Finding("idle_fact", "", message, (fact.id,), fact.place)


def _used_elsewhere(ruleset: RuleSet) -> set[str]:
    used = {one.change.fact for one in ruleset.expectations if one.change is not None}
    for one in ruleset.expectations:
        used |= facts_of(ruleset, one.when or ALWAYS)
    if ruleset.follow_up is not None and ruleset.follow_up.fact is not None:
        used.add(ruleset.follow_up.fact)
    for source in () if ruleset.evidence is None else ruleset.evidence.sources:
        used |= source.sets.keys()
    return used


def _roots(rules: Analysis) -> list[Node]:
    """Return all that is answered: flags, verdicts, and which outcomes an overlap names."""
    answers = list(map(rules.condition, rules.ruleset.flag_conditions.values()))
    for decision in rules.ruleset.decisions:
        answers.append(needed(rules.decisions[decision.id]))
        if OVERLAP in rules.amounts(answers[-1]):
            reads = rules.layout.reads[decision.id]
            for outcome in decision.outcomes:
                named = partial(_named, rules, decision.id, outcome.id)
                answers.append(rules.constrained(reads, named))
    return [one.root for one in answers]


def _named(rules: Analysis, decision: str, outcome: str) -> Node:
    """Compile where rules overlap, and one that wins names the outcome."""
    compiler = rules.compiler
    overlap = rules.diagram.leaf_is(OVERLAP, compiler.decision(decision))
    return rules.diagram.conjunction(overlap, compiler.naming(decision)[outcome])


def _alike(one: object, other: object) -> bool:
    return IMPOSSIBLE in (one, other) or one == other


def idle_flags(rules: Analysis) -> Findings:
    """Find the flags that are never raised, or always."""
    for flag in rules.ruleset.flags:
        if flag.when is None:
            continue
        truths = rules.amounts(rules.condition(flag.when))
        if len(truths) == 1:
            often = "always" if True in truths else "never"
            message = f"flag `{flag.id}` makes no difference: it is {often} raised"
            yield Finding("idle_flag", "", message, (flag.id,), flag.place)


def equivalent_operands(rules: Analysis) -> Findings:
    """Find operands that mean the same as another one beside them, on all that can be.

    One of the two can be left out of an `all` or `any`; if they are counted, both count.
    Raises BudgetError if that does not fit.
    """
    for kind, owner, _, whole, _ in rules.ruleset.owned_conditions():
        for part in walk(whole):
            if isinstance(part, conditions.Group):
                for first, second in rules.scratch(partial(_equivalent, rules, part, kind)):
                    word = part.under[0]
                    message = f"operands {first} and {second} of `{word}` in {kind} `{owner.id}`"
                    message += " mean the same"
                    if isinstance(part, conditions.AtLeast | conditions.Exactly):
                        message += ", and both count"
                    yield Finding("equivalent_operands", "", message, (owner.id,), owner.place)


def _equivalent(rules: Analysis, part: conditions.Group, kind: str) -> list[tuple[int, int]]:
    """Return the operands, by number, that mean the same and hold somewhere, but are not equal.

    Of a constraint they do so on all there is, and else on what the constraints leave.
    """
    diagram, compiler = rules.diagram, rules.compiler

    roots = [compiler.condition(operand) for operand in part.parts]
    # A constraint says itself what is possible, so it cannot be judged on that.
    if kind != "constraint":
        possible = needed(rules.compiler.constraints(facts_of(rules.ruleset, part)))
        roots = [diagram.conjunction(possible, root) for root in roots]
    return [
        (first + 1, second + 1)
        for first, second in combinations(range(len(roots)), 2)
        if roots[first] == roots[second] != FALSE and part.parts[first] != part.parts[second]
    ]
