"""Checks of what a decision answers: gaps, overlaps, outcomes out of reach, answers too early.

Where no rule of `risk` applies, "risk is low" and "risk is high" both fail, so a decision that asks
just these two has a gap there too. That one is told where it comes from.

While `risk` is under review, "risk is not high" holds and "risk is high" does not. So
`{not: {decision: risk, outcome: high}}` or `otherwise` may lead to a loan that nobody would have
given, had the person said `high`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import eq

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.conditions import Any
from routeengine.ruleset.dependencies import decisions_of, evaluation_order
from routeengine.ruleset.model import Decision, Rule
from routeengine.ruleset.resolution import GAP, OVERLAP, CompleteVerdict, in_order, target
from routeengine.ruleset.sources import Grounds
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.analysis import Analysis
from routeengine.verification.findings import Finding, Findings, Kind, Proof
from routeengine.verification.parts import with_part
from routeengine.verification.space import NOTHING, Amount, Constrained

Amounts = Mapping[CompleteVerdict, Amount]
"""How many profiles lead to each verdict of a decision."""


def proof(decision: Decision, amounts: Amounts) -> Proof:
    """Return what was looked through for a decision."""
    per = dict.fromkeys(decision.keys, NOTHING)
    for full, amount in amounts.items():
        per[full.key] += amount
    answers = {key: amount.combinations for key, amount in per.items()}
    profiles = {key: amount.profiles for key, amount in per.items()}
    overlap = amounts.get(OVERLAP, NOTHING)
    return Proof(decision.id, sum(answers.values()), answers, profiles, overlap)


def gaps(rules: Analysis) -> Findings:
    """Find, per decision that was compiled, the profiles on which no rule applies.

    If they lie wholly within gaps of earlier decisions that it reads, also by way of others,
    the finding is a note that names those.
    """
    reads: dict[str, frozenset[str]] = {}
    first: dict[str, Constrained] = {}
    for decision in evaluation_order(rules.ruleset):
        asked = decisions_of(rules.ruleset, decision)
        reads[decision.id] = asked.union(*(reads[name] for name in asked))
        function = rules.decisions[decision.id]
        if function is None or GAP not in rules.amounts(function):
            continue
        earlier = {name: one for name, one in first.items() if name in reads[decision.id]}
        causes = rules.compiler.scratch(partial(_causes, rules, function, earlier)) or []
        yield _gap(rules, decision, function, causes)
        # A gap that follows from another one is never named as a cause: that would lead in steps
        # to where it has to be mended.
        if not causes:
            first[decision.id] = function


def _causes(rules: Analysis, own: Constrained, earlier: Mapping[str, Constrained]) -> list[str]:
    """Return the earlier decisions whose gaps together hold all of this one, if they do."""
    diagram = rules.diagram
    mine = diagram.leaf_is(GAP, own.root)
    others = {name: diagram.leaf_is(GAP, one.root) for name, one in earlier.items()}
    meeting = {name: one for name, one in others.items() if diagram.intersects(mine, one)}
    whole = rules.compiler.any_of(meeting.values())
    return list(meeting) if diagram.ite(whole, FALSE, mine) == FALSE else []


def _gap(rules: Analysis, decision: Decision, own: Constrained, causes: Sequence[str]) -> Finding:
    def shows(profile: FullProfile) -> bool:
        return profile.verdicts[decision.id] == GAP

    kind: Kind = "gap"
    message = f"decision `{decision.id}` has a gap: no rule applies"
    if causes:
        kind = "gap_follows"
        named = " or ".join(f"`{name}`" for name in causes)
        message = f"decision `{decision.id}` has a gap only where {named} has one: mend it there"
    finding = Finding(kind, decision.id, message, (decision.id, *causes), decision.place)
    return rules.add_witness(finding, lambda: own, partial(eq, GAP), shows)


def overlaps(rules: Analysis, decision: Decision, amounts: Amounts) -> Findings:
    """Find every two rules that win together and lead to different answers.

    What the pairs cover overlaps in turn, if three win: their union is the leaf OVERLAP, and
    only that says how much it is in all. Raises BudgetError if that does not fit.
    """
    if OVERLAP not in amounts:
        return
    wins = rules.wins(decision)
    for first, second in _winning_together(rules, decision, wins, alike=False):
        one, other = both = first.id, second.id
        leading = f"`{one}` and `{other}` lead to different answers"
        message = f"decision `{decision.id}` has an overlap: {leading}"
        hint = (
            f"let one go first: `outranks: [{other}]` at `{one}`, "
            f"or `outranks: [{one}]` at `{other}`{or_rank_all(decision)}"
        )
        finding = Finding("overlap", decision.id, message, both, first.place, both, hint=hint)
        yield rules.scratch(partial(_shown_together, rules, finding, wins))


def rows_together(rules: Analysis, decision: Decision) -> Findings:
    """Find every two rules that apply together and lead to the same, where no two may apply.

    Raises BudgetError if that does not fit.
    """
    if decision.table is None or decision.table.hit != "unique":
        return
    wins = rules.wins(decision)
    for first, second in _winning_together(rules, decision, wins, alike=True):
        both = first.id, second.id
        message = f"`{first.id}` and `{second.id}` apply together, and `hit: unique` allows no two"
        finding = Finding("not_unique", decision.id, message, both, second.place, both)
        yield rules.scratch(partial(_shown_together, rules, finding, wins))


def _winning_together(
    rules: Analysis, decision: Decision, wins: Mapping[str, Node], *, alike: bool
) -> Iterator[tuple[Rule, Rule]]:
    """Yield every two rules that win together, and lead to the same if `alike`, else not."""
    every, meeting = decision.rules, rules.meeting(decision)
    for number, first in enumerate(every):
        for second in map(every.__getitem__, meeting.may_meet(number)):
            # No node is made to see whether two rules win together.
            same = target(first) == target(second)
            if same == alike and rules.diagram.intersects(wins[first.id], wins[second.id]):
                yield first, second


def _shown_together(rules: Analysis, finding: Finding, wins: Mapping[str, Node]) -> Finding:
    """Return a finding on two rules that win together, with its witness."""
    both = finding.rules

    def shows(profile: FullProfile) -> bool:
        return set(both) <= set(profile.verdicts[finding.decision].rules)

    def build() -> Constrained:
        won = [wins[rule] for rule in both]
        reads = rules.layout.reads[finding.decision]
        return rules.constrained(reads, lambda: rules.diagram.conjunction(*won))

    return rules.add_witness(finding, build, bool, shows)


def or_rank_all(decision: Decision) -> str:
    """Return how an overlap is mended for all rules at once, after what mends it for two."""
    if decision.ranking is not None:
        return ""
    return "; or rank all rules by `order` or `priority`"


def never_applies(decision: Decision, amounts: Amounts) -> Findings:
    """Find a decision that applies to nobody."""
    if {full.status for full in amounts} == {"not_applicable"}:
        message = f"decision `{decision.id}` never applies: no profile meets `applies_when`"
        yield Finding("never_applies", decision.id, message, (decision.id,), decision.place)


def outcomes_not_reached(rules: Analysis, decision: Decision, amounts: Amounts) -> Findings:
    """Find the outcomes that nothing decides, and among them those that nothing proposes.

    Raises BudgetError if that does not fit.
    """
    decided = {full.outcome for full in amounts}
    left = [outcome for outcome in decision.outcomes if outcome.id not in decided]
    if not left:
        return
    wins = rules.wins(decision)
    proposed = in_order(decision, [target(one) for one in decision.rules if wins[one.id] != FALSE])
    for outcome in left:
        # It is for a person to choose a candidate, so no rule has to decide it.
        kind: Kind = "only_proposed"
        message = f"outcome `{outcome.id}` of `{decision.id}` is a candidate, and never decided"
        if outcome.id not in proposed:
            kind = "unreachable"
            message = f"outcome `{outcome.id}` of decision `{decision.id}` is never reached"
        yield Finding(kind, decision.id, message, (decision.id, outcome.id), outcome.place)


def decided_under_review(rules: Analysis, decision: Decision) -> Findings:
    """Find the earlier decisions under review while this one is decided, and depends on them.

    It depends on one if a person could choose an outcome there by which it would not be decided
    as it is. That is one of the candidates, or any outcome if none is named. Raises BudgetError
    if that does not fit.
    """
    asked = decisions_of(rules.ruleset, decision)
    for earlier in rules.ruleset.decisions:
        if earlier.id in asked:
            yield from rules.scratch(partial(_decided_early, rules, decision, earlier))


def _decided_early(rules: Analysis, decision: Decision, earlier: Decision) -> list[Finding]:
    def build() -> Constrained:
        reads = rules.layout.reads[decision.id]
        return rules.constrained(reads, lambda: _early(rules, decision, earlier))

    def shows(profile: FullProfile) -> bool:
        mine, other = (profile.verdicts[one.id].status for one in (decision, earlier))
        return (mine, other) == ("decided", "review")

    function = build()
    if True not in rules.amounts(function):
        return []
    diagram, wins = rules.diagram, rules.wins(decision)
    there = diagram.map_leaves("there", bool, function.root)
    deciding = [rule for rule in decision.rules if diagram.intersects(there, wins[rule.id])]
    by, both = tuple(rule.id for rule in deciding), (decision.id, earlier.id)
    place = deciding[0].place
    named = ", ".join(f"`{rule}`" for rule in by)
    early = f"while `{earlier.id}`, on which it depends, is under review: by {named}"
    message = f"decision `{decision.id}` is decided {early}"
    waiting = f"`when: {{decision: {earlier.id}, status: review}}`"
    hint = f"a rule {waiting} that leads to review and goes first"
    finding = Finding("decided_under_review", decision.id, message, both, place, by, hint=hint)
    return [rules.add_witness(finding, build, bool, shows)]


def _early(rules: Analysis, decision: Decision, earlier: Decision) -> Node:
    """Compile where the one is decided and the other under review, and may yet change it."""
    diagram, compiler = rules.diagram, rules.compiler
    decided, other = compiler.decision(decision.id), compiler.decision(earlier.id)
    review = diagram.map_leaves("review", lambda full: full.status == "review", other)
    naming = compiler.naming(earlier.id)
    # If nothing is named, as in a gap, whoever settles it may choose any outcome.
    unnamed = diagram.negation(compiler.any_of(naming.values()))
    parts = []
    for outcome, named in naming.items():
        settled = with_part(rules.ruleset, earlier, _settled(earlier, outcome))
        chosen = compiler.beside(settled).decision(decision.id)
        otherwise = diagram.apply("decided otherwise", _otherwise, decided, chosen)
        parts.append(diagram.conjunction(compiler.any_of([named, unnamed]), otherwise))
    return diagram.conjunction(review, compiler.any_of(parts))


def _otherwise(now: CompleteVerdict, then: CompleteVerdict) -> bool:
    return now.status == "decided" and now != then


def _settled(decision: Decision, outcome: str) -> Decision:
    """Return a decision for which a person has chosen an outcome, and so none of the rules won."""
    # The rules stay, for other decisions may ask by name whether one of them won. `Any(())` never
    # holds, and `applies_when` goes, as a person has chosen for this very client.
    rules = tuple(replace(rule, when=Any(()), outranks=()) for rule in decision.rules)
    chosen = Rule("", None, outcome, {}, {}, Grounds("source"))
    return replace(decision, applies_when=None, rules=(*rules, chosen))
