"""All checks of one rule set, and what its author accepts of what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from routeengine.errors import BudgetError
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.model import Constraint, Criterion, Decision, Fact, Flag, RuleSet
from routeengine.ruleset.words import Place, Text
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.verification.analysis import Analysis
from routeengine.verification.decision_checks import (
    decided_under_review,
    gaps,
    never_applies,
    outcomes_not_reached,
    overlaps,
    proof,
)
from routeengine.verification.expectation_checks import prove_expectation
from routeengine.verification.findings import Finding, Kept, Kind, Proof, Verification
from routeengine.verification.part_checks import (
    equivalent_operands,
    idle_constraints,
    idle_criteria,
    idle_facts,
    idle_flags,
    nothing_possible,
)
from routeengine.verification.rule_checks import (
    idle_outranks,
    redundant_rules,
    rules_that_never_win,
)
from routeengine.verification.space import Constrained


def verify(ruleset: RuleSet, budget: int = NODE_BUDGET) -> Verification:
    """Prove every decision total and exclusive, and every part of use; or show where not.

    What is too large to be looked through within `budget` nodes is a finding of its own,
    "undetermined": nothing was proved of it. Where the constraints exclude everything, that
    is the one finding.
    """
    try:
        rules = Analysis(ruleset, budget)
    except BudgetError:
        place = ruleset.constraints[0].place if ruleset.constraints else ruleset.facts[0].place
        return _sorted(ruleset, [_undetermined("", "the rule set", place)], [], [])
    findings = list(nothing_possible(rules))
    if findings:
        return _sorted(ruleset, findings, [], [])
    proofs: list[Proof] = []
    for decision in ruleset.decisions:
        function = rules.decisions[decision.id]
        if function is None:
            what = f"decision `{decision.id}`"
            findings.append(_undetermined(decision.id, what, decision.place))
        else:
            proofs.append(_look_at(rules, decision, function, findings))
    findings += gaps(rules)
    expected = [_expected(rules, expectation) for expectation in ruleset.expectations]
    findings += [one for one in expected if isinstance(one, Finding)]
    kept = [one for one in expected if isinstance(one, Kept)]
    checks: tuple[
        tuple[str, Iterator[Finding], Sequence[Fact | Criterion | Constraint | Flag]], ...
    ] = (
        ("the use of the facts", idle_facts(rules), ruleset.facts),
        ("the use of the criteria", idle_criteria(rules), ruleset.criteria),
        ("the use of the constraints", idle_constraints(rules), ruleset.constraints),
        ("the use of the flags", idle_flags(rules), ruleset.flags),
        ("what operands mean", equivalent_operands(rules), ruleset.facts),
    )
    for what, check, parts in checks:
        findings += _attempted(check, "", what, parts[0].place if parts else Place())
    return _sorted(ruleset, findings, proofs, kept)


def _look_at(
    rules: Analysis, decision: Decision, function: Constrained, findings: list[Finding]
) -> Proof:
    """Check one decision; add what is found."""
    amounts = rules.amounts(function)
    what = f"the overlaps of `{decision.id}`"
    findings += _attempted(overlaps(rules, decision, amounts), decision.id, what, decision.place)
    # Of a decision that never applies nothing else is worth saying.
    if idle := list(never_applies(decision, amounts)):
        findings += idle
    else:
        what = f"the use of the rules of `{decision.id}`"
        for check in (
            outcomes_not_reached(rules, decision, amounts),
            rules_that_never_win(rules, decision),
            idle_outranks(rules, decision),
            redundant_rules(rules, decision),
            decided_under_review(rules, decision),
        ):
            findings += _attempted(check, decision.id, what, decision.place)
    return proof(decision, amounts)


def _expected(rules: Analysis, expectation: Expectation) -> Finding | Kept:
    """Prove one expectation, or find why not."""
    try:
        return prove_expectation(rules, expectation)
    except BudgetError:
        what = f"expectation `{expectation.id}`"
        return _undetermined(expectation.decision, what, expectation.place)


def _attempted(
    check: Iterator[Finding], decision: str, what: str, place: Place
) -> Iterator[Finding]:
    """Yield what a check finds, and at last that it ran out of the budget if it did."""
    try:
        yield from check
    except BudgetError:
        yield _undetermined(decision, what, place)


def _undetermined(decision: str, what: str, place: Place) -> Finding:
    message = f"{what} could not be proved: too large to be looked through"
    return Finding("undetermined", decision, message, (decision,) if decision else (), place)


def _sorted(
    ruleset: RuleSet, findings: list[Finding], proofs: list[Proof], kept: list[Kept]
) -> Verification:
    """Part what the author accepts from what is left, each in the order of the files."""
    accepted: dict[tuple[Kind, tuple[str, ...]], Text] = {
        (one.finding, one.about): one.because for one in ruleset.acceptances
    }
    apart = [
        replace(one, accepted=accepted[key])
        for one in findings
        if (key := (one.kind, one.about)) in accepted
    ]
    left = [one for one in findings if (one.kind, one.about) not in accepted]
    # What could not be looked through may still be found: nothing is called stale then.
    if not any(one.kind in ("undetermined", "nothing_possible") for one in findings):
        left += _stale(ruleset.acceptances, {(one.kind, one.about) for one in apart})
    return Verification(_in_order(left), _in_order(apart), tuple(proofs), tuple(kept))


def _stale(
    acceptances: Iterable[Acceptance], found: set[tuple[str, tuple[str, ...]]]
) -> Iterator[Finding]:
    """Find what is accepted and is not there any more."""
    for one in acceptances:
        if (one.finding, one.about) not in found:
            named = " and ".join(f"`{name}`" for name in one.about)
            message = f"acceptance `{one.id}` is stale: {named}: no `{one.finding}` is found"
            yield Finding("stale_acceptance", "", message, (one.id,), one.place)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort by place and kind; what is equal there stays in declared order."""

    def place(one: Finding) -> tuple[str, int, int, str]:
        return one.place.file, one.place.line, one.place.column, one.kind

    return tuple(sorted(findings, key=place))
