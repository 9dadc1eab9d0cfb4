"""What does not go together in an explanation that was read: no reader could be shown it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from routeengine.explanation import encode, model
from routeengine.i18n import LANGUAGES


def contradictions(whole: model.ExplanationData) -> Iterator[str]:
    """Yield what does not go together: else no reader could be shown it.

    The words are ours alone, for what was read may be a value.
    """
    if whole.language not in LANGUAGES:
        yield "language: there are no words for it"
    facts, decisions = whole.facts.keys(), whole.verdicts.keys()
    if not decisions == whole.why.keys() == whole.why_not.keys():
        yield "verdicts, why and why_not: must be of the same decisions"
        return
    for name, fact in whole.facts.items():
        if fact.fact != name or not facts >= {*fact.coupled_with}:
            yield "facts: one names another fact, or one that is not there"
        elsewhere = [one.decision for some in fact.otherwise for one in some.verdicts]
        if not decisions >= {*fact.read_by, *elsewhere}:
            yield "facts: one is read by a decision that is not there"
    if any(name not in facts or whole.facts[name].status != "masked" for name in whole.hidden):
        yield "hidden: one is not there, or is shown"
    for name in decisions:
        yield from _of_decision(whole, name)
    for flag in (*whole.flags, *whole.flags_possible):
        yield from _of_condition(whole, flag.when)
    if whole.versions.at is not None and whole.versions.at.utcoffset() is None:
        yield "versions.at: must say its distance from UTC"


def _of_decision(whole: model.ExplanationData, name: str) -> Iterator[str]:
    verdict, why, others = whole.verdicts[name], whole.why[name], whole.why_not[name]
    facts = whole.facts.keys()
    if verdict.decision != name or any(one.outcome != key for key, one in others.items()):
        yield "verdicts and why_not: one is of another decision or outcome than where it stands"
    if not verdict.sentences or (verdict.status == "decided") != (verdict.outcome is not None):
        yield "verdicts: one does not say what it came to"
    ends = {verdict.outcome, *others, "review", "not_applicable"}
    answers = [answer.possible for one in verdict.missing for answer in one.answers]
    named = {one.id for one in chain(verdict.candidates, verdict.possible, *answers)}
    for some in (some for fact in whole.facts.values() for some in fact.otherwise):
        named |= {end for one in some.verdicts if one.decision == name for end in one.outcomes}
    if not ends >= named:
        yield "verdicts: one has an outcome that is not there"
    sets = [one for other in others.values() for one in other.nearest or ()]
    changes = [change.fact for one in sets for change in (*one.changes, *one.answers)]
    clashing = [one.id for one in (*verdict.conflict, *verdict.conflicting)]
    asked = [one.fact for one in verdict.missing]
    because = [leaf.fact for leaf in why.because_facts]
    if not facts >= {*asked, *clashing, *because, *changes} or because != [*why.because]:
        yield "verdicts, why and why_not: one is about a fact that is not there"
    if len({*asked}) < len(asked):
        yield "verdicts: a fact is asked for twice"
    yield from _of_rules(whole, name)


def _of_rules(whole: model.ExplanationData, name: str) -> Iterator[str]:
    verdict, why = whole.verdicts[name], whole.why[name]
    elsewhere = [rule for other in whole.why_not[name].values() for rule in other.rules]
    rules = [*why.rules, *why.other_rules, *elsewhere]
    named = [
        *(one.id for one in verdict.rules),
        *(one.id for rule in rules for one in (*rule.outranked_by, *rule.maybe_outranked_by)),
        *(one for one in (verdict.rule, why.rule) if one is not None),
    ]
    if not {rule.rule for rule in rules} >= {*named}:
        yield "verdicts, why and why_not: one names a rule that is not there"
    for rule in rules:
        yield from _of_condition(whole, rule.when, {*rule.failed, *rule.open})
    yield from _of_condition(whole, why.applies_when)


def _of_condition(
    whole: model.ExplanationData, root: model.ConditionNode | None, named: Collection[str] = ()
) -> Iterator[str]:
    ids, todo = set[str](), [] if root is None else [root]
    while todo:
        node = todo.pop()
        ids.add(node.id)
        todo += node.children
        shown, compares = None if node.fact is None else node.fact.fact, node.kind == "fact"
        if shown != (node.reference if compares else None) or compares != (shown in whole.facts):
            yield "conditions: one compares a fact that is not there"
        if node.kind in encode.DECISIONS and node.reference not in whole.verdicts:
            yield "conditions: one is about a decision that is not there"
        if node.kind in ("not", "criterion") and len(node.children) != 1:
            yield "conditions: one must have just one part"
        if (node.kind in ("at_least", "exactly")) != (node.count is not None):
            yield "conditions: one does not say how many of its parts count"
        worths = None if node.points is None else len(node.points.worths)
        if worths != (len(node.children) if node.kind == "score" else None):
            yield "conditions: one does not say what its parts are worth"
    if not ids >= {*named}:
        yield "rules: one rests on a condition that is not there"
