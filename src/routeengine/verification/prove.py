"""All checks of one rule set, and what its author accepts of what they find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from routeengine.errors import BudgetError
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.words import NOWHERE, Place, Text
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.verification import (
    decision_checks,
    order_checks,
    part_checks,
    rule_checks,
    score_checks,
)
from routeengine.verification.analysis import Analysis
from routeengine.verification.expectation_checks import prove_expectation
from routeengine.verification.findings import Finding, Findings, Kept, Proof, Verification


def verify(ruleset: RuleSet, budget: int = NODE_BUDGET) -> Verification:
    """Prove that every decision is total and exclusive and that every part is of use.

    What is not so is a finding, shown by a profile. What is too large to be looked through within
    `budget` nodes is a finding as well, of the kind "undetermined": nothing was proved of it. If
    the constraints exclude every profile, that is the one finding.

    Examples:
        >>> from routeengine import load_ruleset
        >>> from routeengine.verification import verify
        >>> found = verify(load_ruleset("rijswijk-2023"))
        >>> found.clean
        True
        >>> [(proof.decision, proof.combinations) for proof in found.proofs]
        [('scope', 551124000), ('route', 551124000), ('path', 551124000)]
    """
    try:
        rules = Analysis(ruleset, budget)
    except BudgetError:
        place = (ruleset.constraints or ruleset.facts)[0].place
        return _sorted(ruleset, [_undetermined("", "the rule set", place)])
    if findings := list(part_checks.nothing_possible(rules)):
        return _sorted(ruleset, findings)
    proofs: list[Proof] = []
    for decision in ruleset.decisions:
        function = rules.decisions[decision.id]
        if function is None:
            what = f"decision `{decision.id}`"
            findings.append(_undetermined(decision.id, what, decision.place))
        else:
            amounts = rules.amounts(function)
            findings += _of_decision(rules, decision, amounts)
            proofs.append(decision_checks.proof(decision, amounts))
    findings += decision_checks.gaps(rules)
    expected = [_expected(rules, expectation) for expectation in ruleset.expectations]
    findings += [one for one in expected if isinstance(one, Finding)]
    for check, what, parts in (
        (part_checks.idle_facts, "the use of the facts", ruleset.facts),
        (part_checks.idle_criteria, "the use of the criteria", ruleset.criteria),
        (score_checks.idle_scores, "the use of the scores", ruleset.scores),
        (part_checks.idle_constraints, "the use of the constraints", ruleset.constraints),
        (part_checks.idle_flags, "the use of the flags", ruleset.flags),
        (part_checks.equivalent_operands, "what operands mean", ruleset.facts),
    ):
        # Of what there is none, nothing is too large.
        place = next((part.place for part in parts), NOWHERE)
        findings += _attempted(check(rules), "", what, place)
    findings += part_checks.unexplained_proxies(ruleset)
    findings += part_checks.sensitivity_tied(ruleset)
    findings += part_checks.not_grounded(ruleset)
    kept = [one for one in expected if isinstance(one, Kept)]
    return _sorted(ruleset, findings, proofs, kept)


def _of_decision(rules: Analysis, decision: Decision, amounts: decision_checks.Amounts) -> Findings:
    """Check one decision."""
    what = f"the overlaps of `{decision.id}`"
    overlaps = decision_checks.overlaps(rules, decision, amounts)
    yield from _attempted(overlaps, decision.id, what, decision.place)
    what = f"that no two rows of `{decision.id}` apply together"
    alike = decision_checks.rows_together(rules, decision)
    yield from _attempted(alike, decision.id, what, decision.place)
    # Of a decision that never applies nothing else is worth saying.
    if idle := list(decision_checks.never_applies(decision, amounts)):
        yield from idle
        return
    what = f"the use of the rules of `{decision.id}`"
    for check in (
        decision_checks.outcomes_not_reached(rules, decision, amounts),
        rule_checks.rules_that_never_win(rules, decision),
        rule_checks.idle_outranks(rules, decision),
        order_checks.order_decides(rules, decision),
        rule_checks.redundant_rules(rules, decision),
        decision_checks.decided_under_review(rules, decision),
    ):
        yield from _attempted(check, decision.id, what, decision.place)


def _expected(rules: Analysis, expectation: Expectation) -> Finding | Kept:
    """Prove one expectation, or find why not."""
    try:
        return prove_expectation(rules, expectation)
    except BudgetError:
        what = f"expectation `{expectation.id}`"
        return _undetermined(expectation.decision, what, expectation.place)


def _attempted(check: Findings, decision: str, what: str, place: Place) -> Findings:
    """Yield what a check finds, and at last that it ran out of the budget if it did."""
    try:
        yield from check
    except BudgetError:
        yield _undetermined(decision, what, place)


def _undetermined(decision: str, what: str, place: Place) -> Finding:
    message = f"{what} could not be proved: too large to be looked through"
    return Finding("undetermined", decision, message, (decision,) if decision else (), place)


def _sorted(
    ruleset: RuleSet,
    findings: Iterable[Finding],
    proofs: Iterable[Proof] = (),
    kept: Iterable[Kept] = (),
) -> Verification:
    """Part what the author accepts from what is left, each in the order of the files."""
    because: dict[tuple[str, tuple[str, ...]], Text] = {
        (one.finding, one.about): one.because for one in ruleset.acceptances
    }
    every = [replace(one, accepted=because.get((one.kind, one.about))) for one in findings]
    found = {(one.kind, one.about) for one in every}
    # What could not be looked through may still be found: nothing is called stale then.
    if not any(one.kind in ("undetermined", "nothing_possible") for one in every):
        missing = (a for a in ruleset.acceptances if (a.finding, a.about) not in found)
        every += map(_stale, missing)
    # What is equal in this stays in declared order.
    every.sort(key=lambda one: (one.place.file, one.place.line, one.place.column, one.kind))
    left = tuple(one for one in every if one.accepted is None)
    accepted = tuple(one for one in every if one.accepted is not None)
    return Verification(left, accepted, tuple(proofs), tuple(kept))


def _stale(acceptance: Acceptance) -> Finding:
    """Make the finding that what is accepted is not there any more."""
    named = " and ".join(f"`{name}`" for name in acceptance.about)
    message = f"acceptance `{acceptance.id}` is stale: {named}: no `{acceptance.finding}` is found"
    return Finding("stale_acceptance", "", message, (acceptance.id,), acceptance.place)
