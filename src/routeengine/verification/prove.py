"""All checks of one rule set, and what its author accepts of what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from routeengine.errors import BudgetError
from routeengine.ruleset.expectations import Acceptance, Expectation
from routeengine.ruleset.model import Decision, RuleSet
from routeengine.ruleset.words import Place
from routeengine.symbolic.compiled import NODE_BUDGET
from routeengine.verification.answers import (
    never_applies,
    outcomes_not_reached,
    overlaps,
    proof,
)
from routeengine.verification.expected import of_profiles
from routeengine.verification.expected_changes import of_changes
from routeengine.verification.findings import Finding, Kept, Proof, Verification
from routeengine.verification.gaps import gaps
from routeengine.verification.idle_parts import (
    idle_constraints,
    idle_criteria,
    idle_facts,
    idle_flags,
    nothing_possible,
)
from routeengine.verification.idle_rules import idle_outranks, rules_that_never_win
from routeengine.verification.redundant import equivalent_operands, redundant_rules
from routeengine.verification.space import Confined
from routeengine.verification.subject import Subject
from routeengine.verification.under_review import decided_under_review


def verify(ruleset: RuleSet, budget: int = NODE_BUDGET) -> Verification:
    """Prove every decision total and exclusive, and every part of use; or show where not.

    What is too large to be looked through within `budget` nodes is a finding of its own,
    "undetermined": nothing was proved of it. Where the constraints exclude everything, that
    is the one finding.
    """
    try:
        subject = Subject(ruleset, budget)
    except BudgetError:
        place = ruleset.constraints[0].place if ruleset.constraints else ruleset.facts[0].place
        return _sorted(ruleset, [_undetermined("", "the rule set", place)], [], [])
    found = list(nothing_possible(subject))
    if found:
        return _sorted(ruleset, found, [], [])
    proofs: list[Proof] = []
    kept: list[Kept] = []
    for decision in ruleset.decisions:
        confined = subject.decisions[decision.id]
        if confined is None:
            what = f"decision `{decision.id}`"
            found.append(_undetermined(decision.id, what, decision.place))
        else:
            proofs.append(_look_at(subject, decision, confined, found))
    found += gaps(subject)
    for expectation in ruleset.expectations:
        _expect(subject, expectation, found, kept)
    for what, check in (
        ("facts", idle_facts),
        ("criteria", idle_criteria),
        ("constraints", idle_constraints),
        ("flags", idle_flags),
    ):
        place = getattr(ruleset, what)[0].place if getattr(ruleset, what) else Place()
        found += _attempted(partial(check, subject), "", f"the use of the {what}", place)
    found += _attempted(
        partial(equivalent_operands, subject), "", "what operands mean", ruleset.facts[0].place
    )
    return _sorted(ruleset, found, proofs, kept)


def _look_at(
    subject: Subject, decision: Decision, confined: Confined, found: list[Finding]
) -> Proof:
    """Check one decision; add what is found."""
    amounts = subject.amounts(confined)
    what = f"the overlaps of `{decision.id}`"
    found += _attempted(
        partial(overlaps, subject, decision, amounts), decision.id, what, decision.place
    )
    # Of a decision that never applies nothing else is worth saying.
    if idle := list(never_applies(decision, amounts)):
        found += idle
    else:
        for check in (
            partial(outcomes_not_reached, subject, decision, amounts),
            partial(rules_that_never_win, subject, decision),
            partial(idle_outranks, subject, decision),
            partial(redundant_rules, subject, decision),
            partial(decided_under_review, subject, decision),
        ):
            what = f"the use of the rules of `{decision.id}`"
            found += _attempted(check, decision.id, what, decision.place)
    return proof(decision, amounts)


def _expect(
    subject: Subject, expectation: Expectation, found: list[Finding], kept: list[Kept]
) -> None:
    """Prove one expectation; add what is found, or that it is kept."""
    change = expectation.change
    try:
        one = (
            of_profiles(subject, expectation)
            if change is None
            else of_changes(subject, expectation, change)
        )
    except BudgetError:
        what = f"expectation `{expectation.id}`"
        one = _undetermined(expectation.decision, what, expectation.place)
    if isinstance(one, Kept):
        kept.append(one)
    else:
        found.append(one)


def _attempted(
    check: Callable[[], Iterable[Finding]], decision: str, what: str, place: Place
) -> list[Finding]:
    """Run a check; what does not fit the budget is said, and what was found before it is kept."""
    found: list[Finding] = []
    try:
        for one in check():
            found.append(one)  # noqa: PERF402  a list that takes all at once may lose what came
    except BudgetError:
        found.append(_undetermined(decision, what, place))
    return found


def _undetermined(decision: str, what: str, place: Place) -> Finding:
    message = f"{what} could not be proved: too large to be looked through"
    return Finding("undetermined", decision, message, (decision,) if decision else (), place)


def _sorted(
    ruleset: RuleSet, found: list[Finding], proofs: list[Proof], kept: list[Kept]
) -> Verification:
    """Part what the author accepts from what is left, each in the order of the files."""
    accepted: dict[tuple[str, tuple[str, ...]], Acceptance] = {
        (one.finding, one.about): one for one in ruleset.acceptances
    }
    apart = [
        replace(one, accepted=accepted[one.kind, one.about].because)
        for one in found
        if (one.kind, one.about) in accepted
    ]
    left = [one for one in found if (one.kind, one.about) not in accepted]
    # What could not be looked through may still be found: nothing is called stale then.
    if not any(one.kind in ("undetermined", "nothing_possible") for one in found):
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
