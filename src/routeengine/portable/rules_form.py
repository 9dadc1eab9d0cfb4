"""The rules of a rule set as one JSON, without its words: form `routeengine/rules/1`.

It is what the published form of a rule set holds, less all that can change no answer.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from routeengine.canonical import canonical_json
from routeengine.codec import form_of
from routeengine.ruleset.model import RuleSet

FORM = "routeengine/rules/1"

Data: TypeAlias = dict[str, Any]


def export_rules(ruleset: RuleSet) -> str:
    """Return the rules of a rule set as canonical JSON, for whoever checks a certificate of them.

    It has the facts with their domains and their sensitivity, and all conditions; no labels.
    """
    form: Data = form_of(RuleSet).write(ruleset)
    tiers = {fact.id: fact.tier for fact in ruleset.facts}
    data = {
        "form": FORM,
        **_kept(form, "id", "version"),
        "facts": [
            {**_kept(one, "id", "domain"), "sensitivity": tiers[one["id"]]} for one in form["facts"]
        ],
        "criteria": [_kept(one, "id", "when") for one in form["criteria"]],
        "scores": [
            {"id": one["id"], "parts": [_kept(part, "when", "worth") for part in one["parts"]]}
            for one in form.get("scores", [])
        ],
        "constraints": [_kept(one, "id", "forbids") for one in form["constraints"]],
        "decisions": [_decision(one) for one in form["decisions"]],
        "flags": [_kept(one, "id", "when") for one in form["flags"] if one["when"] is not None],
    }
    return canonical_json(_without(data, "written"))


def _decision(data: Data) -> Data:
    outcomes = [_kept(one, "id") for one in data["outcomes"]]
    rules = [
        {
            **_kept(one, "id", "when", "outranks"),
            "then": one["then"]
            if isinstance(one["then"], str)
            else _kept(one["then"], "candidates"),
        }
        for one in data["rules"]
    ]
    return {**_kept(data, "id", "applies_when"), "outcomes": outcomes, "rules": rules}


def _kept(data: Data, *keys: str) -> Data:
    return {key: data[key] for key in keys}


def _without(data: Any, key: str) -> Any:
    """Return the same without what stands under a key, wherever."""
    if isinstance(data, list):
        return [_without(one, key) for one in data]
    if isinstance(data, dict):
        return {name: _without(one, key) for name, one in data.items() if name != key}
    return data
