"""Two digests of a rule set: of what it means, and of all that it says.

Both are SHA-256 over canonical JSON (sorted keys, no white space, UTF-8) and do
not depend on how the files are laid out or on the order of rules and criteria. The
meaning digest leaves out texts, places and versions: a mended typo keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from routeengine.canonical import canonical_json, sha256_of
from routeengine.in_use import InUse
from routeengine.ruleset.conditions import Condition, FactIs, children
from routeengine.ruleset.evidence import Evidence
from routeengine.ruleset.instance import RuleSetRef
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.resolution import target
from routeengine.ruleset.words import Place, says_something
from routeengine.value_set import ValueSet, bits_of_set

MAX_BITS = 100_000
"""Values that a set is written with one bit each; no digest that was given may move."""

MAX_DECIMAL = 10**4300
"""Below this the whole digest has a set as a number: Python writes no longer ones in decimals."""

_LATER = {
    "language",
    "expectations",
    "acceptances",
    "decided_by",
    "decided_on",
    "issued",
    "address",
    "status",
    "unit",
    "wording",
    "publication",
    "instance",
    "parameters",
    "scores",
    "role",
    "equal",
    "better_first",
    "ranking",
    "table",
    "sensitivity",
    "topic",
    "topics",
}
"""Fields that are left out if they say nothing: other rule sets keep the digest they had."""

_UNORDERED = {"criteria", "constraints", "flags", "sources", "citations", "refusals", *_LATER}
"""Fields of a rule set whose order says nothing."""


_IN_USE: InUse[str, RuleSet] = InUse()
"""The rule sets of this process by their whole digest."""


def reference(ruleset: RuleSet) -> RuleSetRef:
    """Name a rule set by id, version and both digests."""
    # Worked out once: a rule set does not change, and its digests take milliseconds.
    ref = vars(ruleset).get("_reference")
    if ref is None:
        digests = whole_digest(ruleset), meaning_digest(ruleset)
        ref = vars(ruleset)["_reference"] = RuleSetRef(
            ruleset.id, ruleset.version, *digests, ruleset.instance
        )
    _IN_USE.add(ref.sha256, ruleset)
    return ref


def in_use(ref: RuleSetRef) -> RuleSet | None:
    """Return the rule set of this name, if this process holds it and named it before."""
    return _IN_USE.get(ref.sha256)


def whole_digest(ruleset: RuleSet) -> str:
    """Return the digest of everything that a rule set says, places in files aside."""
    # A field is in the digest as it is called here: to rename one would move every digest.
    plain = _fields(ruleset)
    for name in plain.keys() & _UNORDERED:
        plain[name] = _sorted(plain[name])
    plain["decisions"] = [
        {**_fields(one), "place": None, "rules": _sorted(_plain(one.rules))}
        for one in ruleset.decisions
    ]
    return sha256_of(canonical_json(plain))


def meaning_digest(ruleset: RuleSet) -> str:
    """Return the digest of what can change a verdict, and of nothing else."""
    meaning = {
        "facts": [[one.id, _plain(one.domain), type(one.domain).__name__] for one in ruleset.facts],
        "constraints": _sorted([_condition(one.forbids) for one in ruleset.constraints]),
        "criteria": {one.id: _condition(one.when) for one in ruleset.criteria},
        "decisions": {one.id: _decision(one) for one in ruleset.decisions},
        "flags": {one.id: _condition(one.when) for one in ruleset.flags},
    }
    # Only if there are any, so that other rule sets keep the digest they had.
    if ruleset.scores:
        meaning["scores"] = {
            one.id: _sorted([[_condition(part.when), part.worth] for part in one.parts])
            for one in ruleset.scores
        }
    if ruleset.evidence is not None:
        meaning["evidence"] = _evidence(ruleset.evidence)
    return sha256_of(canonical_json(meaning))


def _evidence(evidence: Evidence) -> object:
    return {
        "sources": {
            one.id: [one.rank, _plain(one.sets), one.max_age_months] for one in evidence.sources
        },
        "newer_conflict_months": evidence.newer_conflict_months,
        "flags": [evidence.superseded_flag, evidence.conflict_flag, evidence.stale_flag],
    }


def _decision(decision: Decision) -> object:
    return {
        "outcomes": [outcome.id for outcome in decision.outcomes],
        "applies_when": _condition(decision.applies_when),
        "rules": {
            rule.id: {
                "when": _condition(rule.when),
                "then": _plain(target(rule)),
                "outranks": sorted(rule.outranks),
            }
            for rule in decision.rules
        },
    }


def _condition(condition: Condition | None) -> object:
    if condition is None:
        return None
    kind = type(condition).__name__
    if isinstance(condition, FactIs):
        return [kind, condition.fact, encode_values(condition.allowed)]
    # The order of parts says nothing. A part that appears twice counts twice, so it stays twice.
    if parts := children(condition):
        return [kind, getattr(condition, "count", 0), _sorted([_condition(one) for one in parts])]
    named = (_plain(getattr(condition, field.name)) for field in fields(condition))
    return [kind, *(sorted(one) if isinstance(one, list) else one for one in named)]


def encode_values(values: ValueSet) -> str | list[tuple[int, int]]:
    """Return a set of values as JSON can hold it at any size.

    Hexadecimal if all are among the first 100,000 values of the domain, and else runs:
    (first, last), by their numbers. The values 0, 2 and 3 are "d", for 0b1101.
    """
    if values and values.highest >= MAX_BITS:
        return list(values.runs)
    return format(bits_of_set(values), "x")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        plain = {"_": type(value).__name__, **_fields(value)}
        if isinstance(value, FactIs):
            plain["allowed"] = _number_of(value.allowed)
        return plain
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _number_of(values: ValueSet) -> object:
    """Return the number whose bits are the values, where it can be written."""
    if not values or values.highest < MAX_DECIMAL.bit_length():
        bits = bits_of_set(values)
        if bits < MAX_DECIMAL:
            return bits
    return encode_values(values)


def _fields(value: Any) -> dict[str, object]:
    """Return what a part of a rule set says, by field; not where it stands."""
    every = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {
        name: _plain(one)
        for name, one in every
        if not isinstance(one, Place) and (says_something(one) or name not in _LATER)
    }


def _sorted(values: object) -> object:
    return sorted(values, key=canonical_json) if isinstance(values, list) else values
