"""A change of the shipped policy that takes the look of a person away from some."""

from __future__ import annotations

from dataclasses import replace

from routeengine import RuleSet

__all__ = ["without_prognosis"]


def without_prognosis(rijswijk: RuleSet) -> RuleSet:
    """Return the policy without the rule by which a prognosis holds back rest."""
    gone = "prognosis_against_d"
    decision = rijswijk.decision["route"]
    rules = tuple(
        replace(one, outranks=tuple(name for name in one.outranks if name != gone))
        for one in decision.rules
        if one.id != gone
    )
    decisions = tuple(
        replace(one, rules=rules) if one.id == "route" else one for one in rijswijk.decisions
    )
    flags = tuple(one for one in rijswijk.flags if one.id != "prognosis_conflict")
    lost = "rest_only_without_an_early_prospect"
    promises = tuple(one for one in rijswijk.expectations if one.id != lost)
    return replace(
        rijswijk, version="1.1.0", decisions=decisions, flags=flags, expectations=promises
    )
