"""Because: a subset-minimal set of known facts that by themselves force a verdict.

Defined on verdicts alone: from those facts, and nothing else, the same is
possible as from all that is known. Learning a fact never makes more possible, so what
may be left out of a larger set in vain may be left out of a smaller one in vain
too: greedy deletion ends in a minimal set. That holds where the facts do not clash. For a
contradiction the facts are those of a minimal conflict; where others clash, those count as
unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from routeengine.executors.interface import Forces, Inspection
from routeengine.explanation.spots import Spot
from routeengine.explanation.truths import Looks
from routeengine.profile import State
from routeengine.result import Verdict
from routeengine.ruleset.conditions import FactIs
from routeengine.ruleset.model import RuleSet
from routeengine.truth import Truth


class Because:
    """Finds minimal sufficient facts for the verdicts of one client."""

    def __init__(self, ruleset: RuleSet, state: State, inspection: Inspection) -> None:
        self._order = [fact.id for fact in ruleset.facts]
        self._inspection = inspection
        clashing = inspection.conflicts.union
        self.known = [
            fact.id
            for fact in ruleset.facts
            if state[fact.id].allowed != fact.domain.full and fact.id not in clashing
        ]

    def find(
        self,
        verdict: Verdict,
        read: Collection[str],
        tied: Collection[str],
        preferred: Collection[str],
    ) -> tuple[str, ...]:
        """Give the facts that force a verdict, in declared order.

        `read` are the facts that the decision reads, `tied` what constraints tie to those: nothing
        else bears on it. `preferred` are the ones that the deciding rule rests on: the
        others are left out first.
        """
        if verdict.reason == "contradiction":
            return self._conflict(frozenset(read))
        favoured = [fact for fact in self.known if fact in preferred and fact in read]
        forces = self._inspection.forces(verdict.decision, verdict.possible)
        # Most often the favoured are enough.
        kept = least(favoured, forces)
        if kept is None:
            unread = [fact for fact in self.known if fact in tied]
            others = [fact for fact in self.known if fact in read and fact not in preferred]
            everything = [*unread, *others, *favoured]
            kept = least(everything, forces)
            # Past the budget even all of them may not be seen to be enough.
            kept = frozenset(everything) if kept is None else kept
        return tuple([fact for fact in self.known if fact in kept])

    def _conflict(self, read: frozenset[str]) -> tuple[str, ...]:
        """Give the smallest conflict of which the decision reads a fact; of equals the first."""
        bearing = self._inspection.conflicts.smallest(read) or ()
        return tuple([fact for fact in self._order if fact in bearing])


def least(facts: Sequence[str], forces: Forces) -> frozenset[str] | None:
    """Leave out of the facts what can be spared, in their order; None where they are not enough."""
    kept = frozenset(facts)
    if not forces(kept):
        return None
    for fact in facts:
        if forces(kept - {fact}):
            kept -= {fact}
    return kept


class Support:
    """Guesses facts that make conditions as true or false as they are: enough in most cases.

    `forced_by` gives, by the id of an earlier decision, the facts that force its verdict.
    """

    def __init__(self, looks: Looks, forced_by: Mapping[str, Iterable[str]]) -> None:
        self._looks = looks
        self._forced_by = forced_by
        self._found: dict[int, frozenset[str]] = {}

    def of(self, spot: Spot) -> frozenset[str]:
        """Give the facts for one condition; one that is open rests on none."""
        found = self._found.get(spot.number)
        if found is None:
            look = self._looks.at(spot)
            # What is shared, and hangs on no other decision, rests on the same for every client.
            found = look.rests_on
            if found is None:
                found = self._guess(spot)
                if spot.shared and not spot.refers:
                    look.rests_on = found
            self._found[spot.number] = found
        return found

    def _guess(self, spot: Spot) -> frozenset[str]:
        looks, condition = self._looks.below(spot), spot.condition
        truth = looks[spot.number].truth
        if truth is Truth.OPEN:
            return frozenset()
        if isinstance(condition, FactIs):
            return frozenset({condition.fact})
        if spot.node.kind in ("outcome", "status", "rule"):
            return frozenset(self._forced_by.get(spot.node.reference or "", ()))
        parts: Sequence[Spot] = spot.parts
        if spot.node.kind in ("all", "any", "at_least"):
            # To fail, so many must fail that too few are left to hold.
            enough = spot.low if truth is Truth.TRUE else len(parts) - spot.low + 1
            same = [part for part in parts if looks[part.number].truth is truth]
            if len(same) >= enough:
                return frozenset().union(*sorted(map(self.of, same), key=len)[:enough])
        return frozenset().union(*map(self.of, parts))
