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
    StatusIs,
    walk,
)
from routeengine.ruleset.expectations import Expectation
from routeengine.ruleset.model import RuleSet
from routeengine.verification import Verification, verify

STATUSES = ("review", "not_applicable")


def promises(old: RuleSet, new: RuleSet, language: str, words: ChangeWording) -> Promises:
    """Prove what was expected of the old version on the new one, also what was taken out of it."""
    before, known = verify(old), {one.id for one in new.expectations}
    removed = tuple(one for one in old.expectations if one.id not in known)
    asked = tuple(one for one in removed if means_something(one, old, new))
    # As the new rules read what is named, whether or not a criterion of that name is the same.
    after = verify(replace(new, expectations=(*new.expectations, *asked)))
    held, holds = ({one.expectation for one in found.kept} for found in (before, after))
    broken = _broken(after)
    fallen = []
    for one in old.expectations:
        said = ""
        if one not in removed:
            if one.id in broken and one.id in held:
                said = words.promise_broken
            elif one.id not in holds | broken:
                said = words.promise_undetermined
        elif one.id in holds:
            said = words.promise_removed_true
        else:
            said = words.promise_removed_false if one.id in broken else words.promise_removed
        fallen += [said.format(label=one.label[language])] if said else []
    fresh = [
        one for one in new.expectations if one.id not in {other.id for other in old.expectations}
    ]
    return Promises(
        tuple(fallen),
        tuple([words.promise_new.format(label=one.label[language]) for one in fresh]),
        words.promises_kept.format(count=len(held & holds & known)),
    )


def _broken(verification: Verification) -> set[str]:
    return {one.about[0] for one in verification.findings if one.kind == "broken_expectation"}


def means_something(expectation: Expectation, old: RuleSet, new: RuleSet) -> bool:
    """Return whether all that an expectation names is in the new version, with the same values."""
    decision = new.decision.get(expectation.decision)
    if decision is None:
        return False
    answers = {*decision.keys, *STATUSES}
    asked = {*expectation.always, *expectation.never, *expectation.never_from, *expectation.along}
    if not asked <= answers:
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
        case OutcomeIs(name, outcomes):
            return name in new.decision and set(outcomes) <= set(new.decision[name].keys)
        case RuleIs(name, rules):
            decision = new.decision.get(name)
            return decision is not None and set(rules) <= {rule.id for rule in decision.rules}
        case StatusIs(name):
            return name in new.decision
        case _:
            return True
