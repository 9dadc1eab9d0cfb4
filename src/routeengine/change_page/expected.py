"""Which expectations of the old version fall in the new one."""

from __future__ import annotations

from dataclasses import replace

from routeengine.change_page.model import Promises
from routeengine.i18n.rulebook_words import ChangeWording
from routeengine.ruleset.conditions import (
    Condition,
    CriterionIs,
    FactIs,
    OutcomeIs,
    RuleIs,
    ScoreIs,
    StatusIs,
    walk,
)
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Verification, verify
from routeengine.verification.alignment import Aligned

STANDINGS = {"broken_expectation": "broken", "idle_expectation": "idle"}
"""What a finding says of an expectation."""


def promises(aligned: Aligned, language: str, words: ChangeWording) -> Promises:
    """Prove what was expected of the old version on the new one, also what was taken out of it."""
    old, new = aligned.before.own, aligned.after.own
    before, known = verify(old), {one.id for one in new.expectations}
    removed = tuple(one for one in old.expectations if one.id not in known)
    # Asked of the new rules, in the names that they have there.
    renamed = aligned.before.in_common_names()
    asked = tuple(
        one for one in renamed.expectations
        if one.id not in known and means_something(one, renamed, new)
    )  # fmt: skip
    # As the new rules read what is named, whether or not a criterion of that name is the same.
    after = verify(replace(new, expectations=(*new.expectations, *asked)))
    held, holds = ({one.expectation for one in found.kept} for found in (before, after))
    fallen = []
    for one in old.expectations:
        if one.id in held or one in removed:
            how = _standing(after, one.id)
            texts = words.promise_gone if one in removed else words.promise
            fallen += [texts[how].format(label=one.label[language])] if how in texts else []
    fresh = [
        one for one in new.expectations if one.id not in {other.id for other in old.expectations}
    ]
    return Promises(
        tuple(fallen),
        tuple([words.promise_new.format(label=one.label[language]) for one in fresh]),
        words.promises_kept.format(count=len(held & holds & known)),
    )


def _standing(verification: Verification, expectation: str) -> str:
    """Return whether an expectation is "kept", "broken", "idle" (it speaks of nobody) or "open"."""
    if any(one.expectation == expectation for one in verification.kept):
        return "kept"
    for one in (*verification.findings, *verification.accepted):
        if one.kind in STANDINGS and one.about == (expectation,):
            return STANDINGS[one.kind]
    return "open"


def means_something(expectation: Expectation, old: RuleSet, new: RuleSet) -> bool:
    """Return whether all that an expectation names is in the new version, with the same values."""
    decision = new.decision.get(expectation.decision)
    if decision is None:
        return False
    asked = {*expectation.always, *expectation.never, *expectation.never_from, *expectation.along}
    if not asked <= {*decision.keys}:
        return False
    facts = [expectation.change.fact] if expectation.change else []
    if any(not _same_fact(fact, old, new) for fact in facts):
        return False
    when = [] if expectation.when is None else [expectation.when]
    return all(_there(part, old, new) for part in walk(*when))


def _same_fact(name: str, old: RuleSet, new: RuleSet) -> bool:
    return name in new.fact and new.fact[name].domain == old.fact[name].domain


def _there(part: Condition, old: RuleSet, new: RuleSet) -> bool:
    match part:
        case FactIs(name):
            return _same_fact(name, old, new)
        case CriterionIs(name):
            return name in new.criterion
        case ScoreIs(name):
            return name in new.score
        case OutcomeIs(name, outcomes):
            return name in new.decision and set(outcomes) <= set(new.decision[name].keys)
        case RuleIs(name, rules):
            decision = new.decision.get(name)
            return decision is not None and set(rules) <= {rule.id for rule in decision.rules}
        case StatusIs(name):
            return name in new.decision
        case _:
            return True
