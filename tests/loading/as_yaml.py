"""A made rule set as rule files can say it: JSON, which is YAML."""

from __future__ import annotations

import json
from typing import Any

from routeengine.ruleset import conditions as c
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain, DecimalDomain, Domain
from routeengine.ruleset.model import Decision, Review, Rule, RuleSet, Score

__all__ = ["Tree", "text_of", "tree_of"]

Tree = dict[str, Any]

READING = {
    "basis": "interpretation",
    "interpretation": {key: {"en": key} for key in ("choice", "because", "alternative")},
}


def text_of(tree: Tree) -> str:
    """Give a tree as the text of a rule file."""
    return json.dumps(tree, ensure_ascii=False)


def tree_of(ruleset: RuleSet) -> Tree:
    """Give a rule set as a tree, as near as files can say it.

    What appears twice under one word stands once, a count is within its bounds, and a decision
    without rules has one. Every name is also the label.
    """
    return {
        "ruleset": {
            "id": "made",
            "version": "1.0.0",
            "languages": ["en"],
            **{key: {"en": key} for key in ("title", "purpose", "owner")},
        },
        "facts": {
            one.id: {
                **_domain(one.domain),
                **_label(one.id),
                "question": {"en": "q"},
                "why_needed": {"en": "w"},
            }
            for one in ruleset.facts
        },
        "criteria": {
            one.id: {"when": _condition(ruleset, one.when), **_label(one.id), **READING}
            for one in ruleset.criteria
        },
        "scores": {
            one.id: {"of": _parts(ruleset, one), **_label(one.id), **READING}
            for one in ruleset.scores
        },
        "constraints": {
            one.id: {"forbids": _condition(ruleset, one.forbids), **_label(one.id), **READING}
            for one in ruleset.constraints
        },
        "decisions": {one.id: _decision(ruleset, one) for one in ruleset.decisions},
        "flags": {
            one.id: {"when": _condition(ruleset, one.when), **_label(one.id), **READING}
            for one in ruleset.flags
            if one.when is not None
        },
    }


def _parts(ruleset: RuleSet, score: Score) -> list[Tree]:
    written = [(_condition(ruleset, one.when), one.worth) for one in score.parts]
    return list({text_of(w): {"when": w, "worth": worth} for w, worth in written}.values())


def _label(name: str) -> Tree:
    return {"label": {"en": name}}


def _domain(domain: Domain) -> Tree:
    if isinstance(domain, BooleanDomain):
        return {"type": "boolean"}
    if isinstance(domain, CategoryDomain):
        return {"type": "category", "values": {one: _label(one) for one in domain.values}}
    ends = {"minimum": domain.value(0), "maximum": domain.value(domain.size - 1)}
    places = {"places": domain.places} if isinstance(domain, DecimalDomain) else {}
    return {"type": domain.kind, **places, **ends}


def _decision(ruleset: RuleSet, decision: Decision) -> Tree:
    rest = {"otherwise": True, "then": decision.outcomes[0].id}
    rules = {one.id: _rule(ruleset, one) for one in decision.rules}
    tree: Tree = {
        **_label(decision.id),
        "outcomes": {one.id: {**_label(one.id), "description": {"en": "d"}}
                     for one in decision.outcomes},
        "rules": rules or {f"{decision.id}_rest": {**rest, **_beside(f"{decision.id}_rest")}},
    }  # fmt: skip
    if decision.applies_when is not None:
        tree["applies_when"] = _condition(ruleset, decision.applies_when)
        tree["not_applicable_because"] = {"en": "so"}
    return tree


def _rule(ruleset: RuleSet, rule: Rule) -> Tree:
    tree: Tree = {"then": rule.then, "outranks": list(rule.outranks), **_beside(rule.id)}
    if isinstance(rule.then, Review):
        because = {} if rule.then.candidates else {"because": {"en": "so"}}
        tree["then"] = {"review": list(rule.then.candidates), **because}
    if rule.when is None:
        return {"otherwise": True, **tree}
    if rule.when == c.All(()):
        return {"always": True, **tree}
    return {"when": _condition(ruleset, rule.when), **tree}


def _beside(rule: str) -> Tree:
    return {**_label(rule), "reason": {"en": "r"}, **READING}


def _condition(ruleset: RuleSet, condition: c.Condition) -> Any:
    match condition:
        case c.FactIs(name, allowed):
            domain = ruleset.fact[name].domain
            return {name: [domain.value(number) for number in allowed.numbers]}
        case c.CriterionIs(name):
            return name
        case c.ScoreIs(name, low, high):
            ends = {"at_least": low, "at_most": high}
            given = {key: end for key, end in ends.items() if end is not None}
            return {name: given if len(given) == 1 else {"between": [low, high]}}
        case c.OutcomeIs(name, outcomes):
            return {"decision": name, "outcome": list(outcomes)}
        case c.StatusIs(name, statuses):
            return {"decision": name, "status": list(statuses)}
        case c.RuleIs(name, rules):
            return {"decision": name, "rule": list(rules)}
        case c.Not(part):
            return {"not": _condition(ruleset, part)}
    written = [_condition(ruleset, one) for one in condition.parts]
    parts = list({text_of(one): one for one in written}.values())
    match condition:
        case c.All():
            return {"all": parts}
        case c.Any():
            return {"any": parts}
        case c.AtLeast(count):
            return {"at_least": {"count": min(max(count, 1), len(parts)), "of": parts}}
        case _:
            return {"exactly": {"count": min(condition.count, len(parts)), "of": parts}}
