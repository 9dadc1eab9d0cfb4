"""Checks that some rule of each decision applies to every profile.

Where no rule of `risk` applies, "risk is low" and "risk is high" both fail, so a decision that asks
just these two has a gap there too. That one is told where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from operator import eq

from routeengine.executors.reference import FullProfile
from routeengine.ruleset.model import Decision
from routeengine.ruleset.reading import decisions_of, evaluation_order
from routeengine.ruleset.settling import GAP
from routeengine.symbolic.diagram import FALSE, Node
from routeengine.verification.findings import Finding, Kind
from routeengine.verification.space import Amount, Confined
from routeengine.verification.subject import Subject

IS_GAP = partial(eq, GAP)


def gaps(subject: Subject) -> Iterator[Finding]:
    """Find, per decision that was compiled, the profiles on which no rule applies.

    Where they lie wholly within gaps of earlier decisions that it reads, also by way of others,
    the finding is a note that names those.
    """
    reads: dict[str, frozenset[str]] = {}
    found: dict[str, Confined] = {}
    for decision in evaluation_order(subject.ruleset):
        conditions = decision.conditions
        asked = frozenset[str]().union(*(decisions_of(subject.ruleset, c) for c in conditions))
        reads[decision.id] = asked.union(*(reads[name] for name in asked))
        confined = subject.decisions[decision.id]
        covers = None if confined is None else subject.amounts(confined).get(GAP)
        if confined is None or covers is None:
            continue
        earlier = [name for name in found if name in reads[decision.id]]
        causes = subject.compiler.scratch(partial(_causes, subject, confined, found, earlier))
        yield _finding(subject, decision, confined, covers, causes or ())
        if not causes:
            found[decision.id] = confined


def _causes(
    subject: Subject, confined: Confined, found: dict[str, Confined], earlier: Sequence[str]
) -> list[str]:
    """Give the earlier decisions whose gaps together hold all of this one; none if they do not."""
    diagram = subject.space.diagram

    def gap(one: Confined) -> Node:
        return diagram.relabel("gap", IS_GAP, one.root)

    mine = gap(confined)
    meeting = [name for name in earlier if diagram.meet(mine, gap(found[name]))]
    whole = subject.compiler.any_of(gap(found[name]) for name in meeting)
    return meeting if diagram.ite(whole, FALSE, mine) == FALSE else []


def _finding(
    subject: Subject,
    decision: Decision,
    confined: Confined,
    covers: Amount,
    causes: Sequence[str],
) -> Finding:
    def shows(profile: FullProfile) -> bool:
        return profile.verdicts[decision.id] == GAP

    kind: Kind = "gap"
    message = f"decision `{decision.id}` has a gap: no rule applies"
    if causes:
        kind = "gap_follows"
        named = " or ".join(f"`{name}`" for name in causes)
        message = f"decision `{decision.id}` has a gap only where {named} has one: mend it there"
    witness = subject.witness(confined, IS_GAP, shows)
    return Finding(
        kind,
        decision.id,
        message,
        (decision.id, *causes),
        decision.place,
        witness=witness.values,
        enough=witness.enough,
        covers=covers,
        look=subject.regions(lambda: confined, IS_GAP, shows, covers),
    )
