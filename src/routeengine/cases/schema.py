"""The JSON Schema of the case files of one rule set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from routeengine.cases.files import CASE_FIELDS, FLAGS, LISTS
from routeengine.codec import schemas_of_forms
from routeengine.loading.named_schema import names, value_of
from routeengine.loading.shapes import Schema
from routeengine.result import Reason, Status
from routeengine.ruleset.domains import RangeDomain
from routeengine.ruleset.model import Decision, Fact, RuleSet

_ALONE: Schema = {"additionalProperties": False, "type": "object"}
_NULL: Schema = {"type": "null"}
_NUMBERS: Schema = {
    "as_of": {"format": "date", "type": "string", "description": "the day of its numbers"},
    "variant": {"type": "string", "description": "the variant of its numbers"},
}


def cases_json_schema(ruleset: RuleSet) -> Schema:
    """Return the JSON Schema (2020-12) of case files, with the names of a rule set."""
    facts = {fact.id: _known(fact, ruleset) for fact in ruleset.facts}
    about = {one.id: _verdict(one, ruleset) for one in ruleset.decisions}
    flags = _list(flag.id for flag in ruleset.flags)
    label = {"additionalProperties": {"type": "string"}, "type": "object"}
    expect = {**about, **dict.fromkeys(FLAGS, flags)}
    case = {
        "label": {**label, "description": "what the case is about"},
        **_NUMBERS,
        "facts": {"$ref": "#/$defs/Facts"},
        "expect": {**_ALONE, "minProperties": 1, "properties": expect},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"routeengine case file of {ruleset.id}",
        "$defs": {
            "Case": {**_ALONE, "properties": case, "required": ["expect"]},
            "Facts": {**_ALONE, "properties": facts},
        },
        **_ALONE,
        "properties": {
            **_NUMBERS,
            "defaults": {"$ref": "#/$defs/Facts"},
            "cases": {
                "additionalProperties": {"$ref": "#/$defs/Case"},
                "minProperties": 1,
                "type": "object",
            },
        },
        "required": ["cases"],
    }


def _known(fact: Fact, ruleset: RuleSet) -> Schema:
    """Return the schema of what is known of a fact; `null` is unknown, whatever the defaults."""
    value = value_of(fact)
    end = value if isinstance(fact.domain, RangeDomain) else None
    forms = [value, *schemas_of_forms(value, end), _NULL]
    return {"anyOf": forms, "description": fact.label[ruleset.authors_language]}


def _verdict(decision: Decision, ruleset: RuleSet) -> Schema:
    """Return the schema of what is expected of a decision: an outcome, or fields of the verdict."""
    outcomes, rules = ([one.id for one in some] for some in (decision.outcomes, decision.rules))
    known: dict[str, Iterable[str]] = {
        "status": get_args(Status),
        "reason": get_args(Reason),
        "possible": decision.keys,
        **dict.fromkeys(("outcome", "candidates"), outcomes),
        **dict.fromkeys(("rule", "rules"), rules),
        **dict.fromkeys(("missing", "conflict"), ruleset.fact),
    }
    fields = {
        name: _list(known[name]) if name in LISTS else {"anyOf": [names(known[name]), _NULL]}
        for name in CASE_FIELDS
    }
    return {
        "anyOf": [names(outcomes), {**_ALONE, "minProperties": 1, "properties": fields}],
        "description": decision.label[ruleset.authors_language],
    }


def _list(words: Iterable[str]) -> Schema:
    return {"items": names(words), "type": "array"}
