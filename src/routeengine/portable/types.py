"""The names of one rule set as TypeScript, for whoever calls the evaluator."""

from __future__ import annotations

import json
from collections.abc import Iterable

from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.model import Fact, RuleSet

MAX_LISTED = 32
"""Whole numbers that are listed one by one."""


def artefact_types(ruleset: RuleSet) -> str:
    """Return TypeScript declarations of a rule set's own names: profile, outcomes, rules, flags."""
    facts = "".join(
        f"  {json.dumps(fact.id)}?: Knowledge<{_values(fact)}>;\n" for fact in ruleset.facts
    )
    outcomes = "".join(
        f"  {json.dumps(one.id)}: {_either(outcome.id for outcome in one.outcomes)};\n"
        for one in ruleset.decisions
    )
    rules = "".join(
        f"  {json.dumps(one.id)}: {_either(rule.id for rule in one.rules)};\n"
        for one in ruleset.decisions
    )
    return (
        f"// {ruleset.id} {ruleset.version}\n"
        'import type { Knowledge } from "./eval.mjs";\n\n'
        f"export interface Profile {{\n  client_id?: string;\n{facts}}}\n\n"
        f"export interface Outcomes {{\n{outcomes}}}\n\n"
        f"export interface Rules {{\n{rules}}}\n\n"
        f"export type Flag = {_either(one.id for one in ruleset.flags)};\n"
    )


def _values(fact: Fact) -> str:
    domain = fact.domain
    if isinstance(domain, BooleanDomain):
        return "boolean"
    if isinstance(domain, CategoryDomain):
        return _either(domain.values)
    if fact.kind != "integer":
        return "string"
    return _either(domain.values) if domain.size <= MAX_LISTED else "number"


def _either(names: Iterable[object]) -> str:
    return " | ".join(json.dumps(name, ensure_ascii=False) for name in names) or "never"
