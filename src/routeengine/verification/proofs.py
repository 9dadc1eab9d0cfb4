"""Proofs over all consistent profiles: is every decision total and exclusive?

A *gap* is a profile on which no rule of a decision applies, an *overlap* one on which rules with
different targets win. Both are looked for on the decision diagrams, so nothing is
sampled; each comes with a witness profile, replayed through the reference
evaluator before it is reported. A rule that never wins, and an outcome that is never decided,
have no witness: that there is none is what was proved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import Decision, Place, RuleSet
from routeengine.ruleset.settling import FullVerdict
from routeengine.symbolic.compiled import CompiledRuleSet, Part
from routeengine.symbolic.compiler import IMPOSSIBLE
from routeengine.symbolic.counting import count_leaves
from routeengine.symbolic.diagram import Diagram, Node

__all__ = ["Finding", "Proof", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the rules that their author should look at.

    `witness` is a full profile on which it shows, and `count` how many combinations of
    cells it covers, of all that the constraints leave; both are empty for what never is.
    """

    kind: Literal["gap", "overlap", "never_wins", "unreachable", "undetermined"]
    decision: str
    message: str
    rules: tuple[str, ...]
    place: Place
    witness: Mapping[str, Value]
    count: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked through for one decision: combinations of cells, in all and per answer."""

    decision: str
    combinations: int
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verification:
    """All findings, and the sizes of the proofs."""

    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]


def verify(ruleset: RuleSet) -> Verification:
    """Prove every decision total and exclusive, or show where it is not.

    A decision that is too large to be compiled whole is a finding of its own, "undetermined":
    nothing was proved of it. Raises RuleSetError where the constraints exclude everything.
    """
    compiled = CompiledRuleSet(ruleset)
    findings: list[Finding] = []
    proofs: list[Proof] = []
    for decision in ruleset.decisions:
        part = compiled.decisions[decision.id]
        if part is None:
            message = f"decision `{decision.id}` is too large to be proved total and exclusive"
            findings.append(
                Finding("undetermined", decision.id, message, (), decision.place, {}, 0)
            )
            continue
        counts = count_leaves(compiled.whole.diagram, part.root)
        counts.pop(IMPOSSIBLE, None)
        proofs.append(_proof(decision, counts))
        findings += [
            _finding(compiled, part, decision, full, count)
            for full, count in counts.items()
            if full.reason in ("gap", "overlap")
        ]
        findings += _idle(decision, counts)
    findings.sort(key=lambda finding: (finding.place.file, finding.place.line, finding.rules))
    return Verification(tuple(findings), tuple(proofs))


def _proof(decision: Decision, counts: Mapping[FullVerdict, int]) -> Proof:
    keys = [outcome.id for outcome in decision.outcomes] + ["review", "not_applicable"]
    answers = {key: sum(n for full, n in counts.items() if full.key == key) for key in keys}
    return Proof(decision.id, sum(counts.values()), answers)


def _idle(decision: Decision, counts: Mapping[FullVerdict, int]) -> list[Finding]:
    """Find the rules that never win, and the outcomes that are never decided."""
    winning = {rule for full in counts for rule in full.rules}
    decided = {full.outcome for full in counts}
    rules = [rule for rule in decision.rules if rule.id not in winning]
    # A candidate of a review is for a person to choose: no rule has to decide it.
    named = {candidate for full in counts for candidate in full.candidates}
    outcomes = [one for one in decision.outcomes if one.id not in decided | named]
    return [
        Finding(
            "never_wins", decision.id, f"rule `{rule.id}` never wins on any profile",
            (rule.id,), rule.place, {}, 0,
        )
        for rule in rules
    ] + [
        Finding(
            "unreachable", decision.id,
            f"outcome `{one.id}` of decision `{decision.id}` is never reached",
            (), one.place, {}, 0,
        )
        for one in outcomes
    ]  # fmt: skip


def _finding(
    compiled: CompiledRuleSet, part: Part, decision: Decision, full: FullVerdict, count: int
) -> Finding:
    witness = _witness(compiled, part, decision.id, full)
    replayed = FullProfile(compiled.ruleset, witness).decide().verdicts[decision.id]
    if replayed != full:
        raise AssertionError(f"a witness does not show the {full.reason}: please report it")
    named = " and ".join(f"`{rule}`" for rule in full.rules)
    message = (
        f"decision `{decision.id}` has a gap: no rule applies"
        if full.reason == "gap"
        else f"decision `{decision.id}` has an overlap: {named} lead to different answers"
    )
    facts = compiled.ruleset.fact
    return Finding(
        "gap" if full.reason == "gap" else "overlap",
        decision.id,
        message,
        full.rules,
        compiled.ruleset.rule[full.rules[0]].place if full.rules else decision.place,
        {fact: facts[fact].domain.value(index) for fact, index in witness.items()},
        count,
    )


def _witness(
    compiled: CompiledRuleSet, part: Part, decision: str, full: FullVerdict
) -> dict[str, int]:
    """Find an ordinary full profile that leads there: the first cells wherever they do."""
    diagram = compiled.whole.diagram
    cells = _path(diagram, part.root, diagram.leaf(full))
    order = compiled.whole.order
    chosen = {order[level]: cell for level, cell in cells.items()}
    # Couplings that the decision does not touch have to be possible too.
    touched = compiled.touched(compiled.reads[decision])
    for number, held in enumerate(compiled.coupled):
        if held is not None and number not in touched:
            path = _path(diagram, held, diagram.leaf(True))
            chosen |= {order[level]: cell for level, cell in path.items()}
    return {
        fact: (some[chosen.get(fact, 0)] & -some[chosen.get(fact, 0)]).bit_length() - 1
        for fact, some in compiled.cells.of.items()
    }


def _path(diagram: Diagram, root: Node, leaf: Node) -> dict[int, int]:
    """Give a way from the root to a leaf, as cells per level: the first cells that lead there."""
    leads = {leaf}
    for node in reversed(diagram.reachable(root)):
        if any(kid in leads for kid in diagram.kids[node]):
            leads.add(node)
    cells: dict[int, int] = {}
    at = root
    while at != leaf:
        cell = next(cell for cell, kid in enumerate(diagram.kids[at]) if kid in leads)
        cells[diagram.level[at]] = cell
        at = diagram.kids[at][cell]
    return cells
