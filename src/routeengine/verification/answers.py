"""Checks of what a decision answers: gaps, overlaps, and outcomes that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import combinations, product

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Decision, Rule
from routeengine.ruleset.settling import OVERLAP, FullVerdict, Target, in_order, target
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.findings import Finding, Proof
from routeengine.verification.space import NOTHING, Amount, Confined
from routeengine.verification.subject import Subject, needed


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
    if OVERLAP not in amounts:
        return
    diagram, compiler, wins = subject.space.diagram, subject.compiler, subject.wins(decision.id)
    leading: dict[Target, list[str]] = {}
    for rule in decision.rules:
        leading.setdefault(target(rule), []).append(rule.id)
    # No node is made per pair, and rules are looked at only where their targets meet.
    reached = needed(
        compiler.attempt(
            lambda: tuple(compiler.any_of(wins[one] for one in some) for some in leading.values())
        )
    )
    pairs = {
        frozenset(pair)
        for (one, some), (other, more) in combinations(
            zip(reached, leading.values(), strict=True), 2
        )
        if diagram.meet(one, other)
        for pair in product(some, more)
        if diagram.meet(wins[pair[0]], wins[pair[1]])
    }
    for first, second in combinations(decision.rules, 2):
        if {first.id, second.id} in pairs:
            overlap = partial(_overlap, subject, decision, wins, first, second)
            yield needed(compiler.scratch(overlap))


def _overlap(
    subject: Subject, decision: Decision, wins: Mapping[str, Node], first: Rule, second: Rule
) -> Finding:
    rules = first.id, second.id

    def both() -> Node:
        return subject.space.diagram.conjunction(wins[first.id], wins[second.id])

    def shows(profile: FullProfile) -> bool:
        full = profile.verdicts[decision.id]
        return full.reason == "overlap" and set(rules) <= set(full.rules)

    def build() -> Confined:
        return needed(subject.confined(subject.layout.reads[decision.id], both))

    confined = build()
    witness, covers = subject.witness(confined, bool, shows), subject.amounts(confined)[True]
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
