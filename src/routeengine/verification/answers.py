"""Checks of what a decision answers: gaps, overlaps, and outcomes that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Decision, Rule
from routeengine.ruleset.settling import OVERLAP, FullVerdict, Target, in_order, target
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.findings import Finding, Proof
from routeengine.verification.space import NOTHING, Amount
from routeengine.verification.subject import Confined, Subject, needed

__all__ = ["never_applies", "outcomes_not_reached", "overlaps", "proof"]


def proof(decision: Decision, amounts: Mapping[FullVerdict, Amount]) -> Proof:
    """Give what was looked through for a decision."""
    per = {key: [n for full, n in amounts.items() if full.key == key] for key in decision.keys}
    answers = {key: sum(one.combinations for one in some) for key, some in per.items()}
    profiles = {key: sum(one.profiles for one in some) for key, some in per.items()}
    overlap = amounts.get(OVERLAP, NOTHING)
    return Proof(decision.id, sum(answers.values()), answers, profiles, overlap)


def overlaps(
    subject: Subject, decision: Decision, amounts: Mapping[FullVerdict, Amount]
) -> Iterator[Finding]:
    """Find every two rules that win together and lead to different answers.

    What the pairs cover overlaps in turn, where three win: their union is the leaf OVERLAP, and
    only that says how much it is in all. Raises BudgetError where that does not fit.
    """
    if OVERLAP in amounts:
        wins = subject.wins(decision.id)
        for first, second in _winning_together(subject, decision, wins):
            both = wins[first.id], wins[second.id]
            yield needed(
                subject.compiler.scratch(partial(_overlap, subject, decision, first, second, both))
            )


def _winning_together(
    subject: Subject, decision: Decision, wins: Mapping[str, Node]
) -> Iterator[tuple[Rule, Rule]]:
    """Yield every two rules with different targets that win together, in declared order.

    Makes no node per pair, and looks at rules only where their targets meet.
    """
    diagram, beaten = subject.space.diagram, subject.layout.ranks[decision.id].beaten
    leading: dict[Target, list[Node]] = {}
    for rule in decision.rules:
        leading.setdefault(target(rule), []).append(wins[rule.id])
    reached = needed(
        subject.compiler.attempt(lambda: tuple(map(subject.compiler.any_of, leading.values())))
    )
    meeting = {
        pair
        for one, other in combinations(zip(leading, reached, strict=True), 2)
        if diagram.meet(one[1], other[1])
        for pair in ((one[0], other[0]), (other[0], one[0]))
    }
    for first, second in combinations(decision.rules, 2):
        if (
            (target(first), target(second)) in meeting
            and first.id not in beaten[second.id]
            and second.id not in beaten[first.id]
            and diagram.meet(wins[first.id], wins[second.id])
        ):
            yield first, second


def _overlap(
    subject: Subject, decision: Decision, first: Rule, second: Rule, wins: tuple[Node, Node]
) -> Finding:
    rules = first.id, second.id

    def shows(profile: FullProfile) -> bool:
        full = profile.verdicts[decision.id]
        return full.reason == "overlap" and set(rules) <= set(full.rules)

    def build() -> Confined:
        reads = subject.layout.reads[decision.id]
        return needed(subject.confined(reads, lambda: subject.space.diagram.conjunction(*wins)))

    both = build()
    witness, covers = subject.witness(both, bool, shows), subject.amounts(both)[True]
    return Finding(
        "overlap",
        decision.id,
        f"decision `{decision.id}` has an overlap: "
        f"`{first.id}` and `{second.id}` lead to different answers",
        rules,
        first.place,
        rules,
        witness.values,
        enough=witness.enough,
        covers=covers,
        hint=f"let one go first: `outranks: [{second.id}]` at `{first.id}`, "
        f"or `outranks: [{first.id}]` at `{second.id}`",
        look=subject.regions(build, bool, shows, covers),
    )


def never_applies(decision: Decision, amounts: Mapping[FullVerdict, Amount]) -> Iterator[Finding]:
    """Find a decision that applies to nobody."""
    if {full.status for full in amounts} == {"not_applicable"}:
        message = f"decision `{decision.id}` never applies: no profile meets `applies_when`"
        yield Finding("never_applies", decision.id, message, (decision.id,), decision.place)


def outcomes_not_reached(
    subject: Subject, decision: Decision, amounts: Mapping[FullVerdict, Amount]
) -> Iterator[Finding]:
    """Find the outcomes that nothing decides, and among them those that nothing proposes.

    Raises BudgetError where that does not fit.
    """
    decided = {full.outcome for full in amounts}
    if {outcome.id for outcome in decision.outcomes} <= decided:
        return
    wins = subject.wins(decision.id)
    proposed = in_order(decision, [target(one) for one in decision.rules if wins[one.id] != FALSE])
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
