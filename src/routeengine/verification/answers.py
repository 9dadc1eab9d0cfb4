"""Checks of what a decision answers: gaps, overlaps, and outcomes that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import eq

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Decision
from routeengine.ruleset.settling import FullVerdict
from routeengine.verification.findings import Finding, Proof
from routeengine.verification.space import Amount
from routeengine.verification.subject import Confined, Subject

__all__ = ["gaps_and_overlaps", "never_applies", "outcomes_not_reached", "proof"]


def proof(decision: Decision, amounts: Mapping[FullVerdict, Amount]) -> Proof:
    """Give what was looked through for a decision."""
    per = {key: [n for full, n in amounts.items() if full.key == key] for key in decision.keys}
    answers = {key: sum(one.combinations for one in some) for key, some in per.items()}
    profiles = {key: sum(one.profiles for one in some) for key, some in per.items()}
    return Proof(decision.id, sum(answers.values()), answers, profiles)


def gaps_and_overlaps(
    subject: Subject,
    decision: Decision,
    confined: Confined,
    amounts: Mapping[FullVerdict, Amount],
) -> Iterator[Finding]:
    """Find the profiles on which no rule applies, or rules that lead to different answers win."""
    for full, amount in amounts.items():
        if full.reason not in ("gap", "overlap"):
            continue

        def shows(profile: FullProfile, full: FullVerdict = full) -> bool:
            return profile.verdicts[decision.id] == full

        witness = subject.witness(confined, partial(eq, full), shows)
        named = " and ".join(f"`{rule}`" for rule in full.rules)
        yield Finding(
            "gap" if full.reason == "gap" else "overlap",
            decision.id,
            f"decision `{decision.id}` has a gap: no rule applies"
            if full.reason == "gap"
            else f"decision `{decision.id}` has an overlap: {named} lead to different answers",
            full.rules or (decision.id,),
            subject.ruleset.rule[full.rules[0]].place if full.rules else decision.place,
            full.rules,
            witness.values,
            enough=witness.enough,
            covers=amount,
        )


def never_applies(decision: Decision, amounts: Mapping[FullVerdict, Amount]) -> Iterator[Finding]:
    """Find a decision that applies to nobody."""
    if {full.status for full in amounts} == {"not_applicable"}:
        message = f"decision `{decision.id}` never applies: no profile meets `applies_when`"
        yield Finding("never_applies", decision.id, message, (decision.id,), decision.place)


def outcomes_not_reached(
    decision: Decision, amounts: Mapping[FullVerdict, Amount]
) -> Iterator[Finding]:
    """Find the outcomes that nothing decides, and among them those that nothing proposes."""
    decided = {full.outcome for full in amounts}
    proposed = {candidate for full in amounts for candidate in full.candidates}
    for outcome in decision.outcomes:
        about = decision.id, outcome.id
        if outcome.id in decided:
            continue
        if outcome.id in proposed:
            # It is for a person to choose, so no rule has to decide it.
            message = f"outcome `{outcome.id}` of `{decision.id}` is a candidate, and never decided"
            yield Finding("only_proposed", decision.id, message, about, outcome.place)
        else:
            message = f"outcome `{outcome.id}` of decision `{decision.id}` is never reached"
            yield Finding("unreachable", decision.id, message, about, outcome.place)
