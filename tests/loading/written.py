"""Rule sets written out as the data of a rule file, from the page and not from the loader."""

from __future__ import annotations

from typing import Any, assert_never

from routeengine.ruleset import conditions as forms
from routeengine.ruleset.conditions import Condition
from routeengine.ruleset.domains import CategoryDomain, IntegerDomain
from routeengine.ruleset.model import Decision, Fact, Review, Rule, RuleSet

BOTH = {"nl": "woorden", "en": "words"}
GROUNDS = {
    "basis": "interpretation",
    "interpretation": {"choice": BOTH, "because": BOTH, "alternative": BOTH},
}
LABELLED = {"label": BOTH, **GROUNDS}


def written(ruleset: RuleSet) -> dict[str, Any]:
    """Give a rule set as the data of one rule file, in plain words and on plain grounds."""
    texts = dict.fromkeys(("title", "purpose", "owner"), BOTH)
    header = {"id": ruleset.id, "version": ruleset.version, "languages": ["nl", "en"], **texts}
    sections: dict[str, dict[str, Any]] = {
        "facts": {one.id: fact(one) for one in ruleset.facts},
        "criteria": {
            one.id: {**LABELLED, "when": condition(one.when, ruleset)} for one in ruleset.criteria
        },
        "scores": {
            one.id: {
                **LABELLED,
                "of": [{"when": condition(p.when, ruleset), "worth": p.worth} for p in one.parts],
            }
            for one in ruleset.scores
        },
        "constraints": {
            one.id: {**LABELLED, "forbids": condition(one.forbids, ruleset)}
            for one in ruleset.constraints
        },
        "decisions": {one.id: decision(one, ruleset) for one in ruleset.decisions},
        "flags": {
            one.id: {**LABELLED, "when": condition(one.when, ruleset)}
            for one in ruleset.flags
            if one.when is not None
        },
    }
    return {"ruleset": header, **{name: one for name, one in sections.items() if one}}


def fact(one: Fact) -> dict[str, Any]:
    """Give a fact."""
    texts = dict.fromkeys(("label", "question", "why_needed"), BOTH)
    match one.domain:
        case CategoryDomain(values=values):
            domain: dict[str, Any] = {"values": {value: {"label": BOTH} for value in values}}
        case IntegerDomain(minimum=low, maximum=high):
            domain = {"minimum": low, "maximum": high}
        case _:
            domain = {}
    return {"type": one.kind, **domain, **texts}


def decision(one: Decision, ruleset: RuleSet) -> dict[str, Any]:
    """Give a decision."""
    data: dict[str, Any] = {
        "label": BOTH,
        "outcomes": {each.id: {"label": BOTH, "description": BOTH} for each in one.outcomes},
        "rules": {each.id: rule(each, ruleset) for each in one.rules},
    }
    if one.applies_when is not None:
        data["applies_when"] = condition(one.applies_when, ruleset)
        data["not_applicable_because"] = BOTH
    return data


def rule(one: Rule, ruleset: RuleSet) -> dict[str, Any]:
    """Give a rule."""
    data: dict[str, Any] = {**LABELLED, "reason": BOTH, "outranks": list(one.outranks)}
    if one.when is None:
        data["otherwise"] = True
    elif one.when == forms.All(()):
        data["always"] = True
    else:
        data["when"] = condition(one.when, ruleset)
    if isinstance(one.then, Review):
        data["then"] = {"review": list(one.then.candidates)}
        if not one.then.candidates:
            data["then"]["because"] = BOTH
    else:
        data["then"] = one.then
    return data


def bounds(one: forms.ScoreIs) -> dict[str, Any]:
    """Give what is asked of a score."""
    if one.high is None:
        return {"at_least": one.low}
    return {"at_most": one.high} if one.low is None else {"between": [one.low, one.high]}


def condition(one: Condition, ruleset: RuleSet) -> Any:
    """Give a condition."""
    match one:
        case forms.FactIs(fact=name, allowed=allowed):
            domain = ruleset.fact[name].domain
            return {name: [domain.value(number) for number in allowed.numbers]}
        case forms.CriterionIs(criterion=name):
            return name
        case forms.ScoreIs(score=name):
            return {name: bounds(one)}
        case forms.OutcomeIs(decision=name, outcomes=names):
            return {"decision": name, "outcome": list(names)}
        case forms.StatusIs(decision=name, statuses=names):
            return {"decision": name, "status": list(names)}
        case forms.RuleIs(decision=name, rules=names):
            return {"decision": name, "rule": list(names)}
        case forms.Not(part=part):
            return {"not": condition(part, ruleset)}
        case forms.All(parts=parts):
            return {"all": [condition(part, ruleset) for part in parts]}
        case forms.Any(parts=parts):
            return {"any": [condition(part, ruleset) for part in parts]}
        case forms.AtLeast(count=count, parts=parts):
            return {"at_least": {"count": count, "of": [condition(p, ruleset) for p in parts]}}
        case forms.Exactly(count=count, parts=parts):
            return {"exactly": {"count": count, "of": [condition(p, ruleset) for p in parts]}}
    assert_never(one)
