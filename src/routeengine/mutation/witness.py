"""Where two rule sets over the same facts answer otherwise, exactly, with a profile to show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import Any

from routeengine.cases.files import VERDICT_FIELDS
from routeengine.engine import Engine
from routeengine.errors import BudgetError
from routeengine.lazy import cached_property
from routeengine.mutation.joint import Joint, order_of
from routeengine.result import Result
from routeengine.ruleset.conflicts import couplings
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import facts_read
from routeengine.symbolic.diagram import FALSE, Node

__all__ = ["Comparison", "Witness", "differing", "first_difference"]

MOST_COMBINATIONS = 50_000
"""Combinations of coupled facts that are looked through for what cannot stand together."""

Cells = Mapping[str, int]
"""Per fact the number of a cell."""


@dataclass(frozen=True, slots=True, repr=False)
class Witness:
    """A made profile on which two rule sets answer otherwise, and both answers.

    A fact that is left out of `profile` is unknown. That is so only where the rule sets
    agree wherever all is known: then they differ in what they call a contradiction.
    """

    profile: Mapping[str, Value]
    old: Result
    new: Result

    def __repr__(self) -> str:
        return f"Witness(old: {self.old!r}, new: {self.new!r})"


def first_difference(
    old: Engine, new: RuleSet, ordinary: Mapping[str, Value] | None = None
) -> Witness | None:
    """Give a profile on which another rule set answers otherwise, or None where there is none.

    Both must have the same facts, decisions and flags. The profile has as few
    facts as possible that are not as in `ordinary` (where nothing is said, the first
    value is ordinary), and both have answered it before it is given.

    Raises RuleSetError where the constraints of the new one exclude every profile, and
    BudgetError where the two are too large to be compared.
    """
    return Comparison(old, new, order_of(old.ruleset), ordinary or {}).witness()


def differing(old: Result, new: Result) -> Iterator[tuple[str, object, object]]:
    """Yield what of two results differs, as a case could tell: the field, and both values.

    The order of `missing` is left aside: it hangs on how values are grouped, and not on what
    the rules mean.
    """
    for decision, verdict in old.verdicts.items():
        other = new.verdicts[decision]
        for field in VERDICT_FIELDS:
            one, two = getattr(verdict, field), getattr(other, field)
            if one != two and (field != "missing" or set(one) != set(two)):
                yield f"{decision}.{field}", one, two
    for field in ("flags", "flags_possible"):
        one, two = getattr(old, field), getattr(new, field)
        if one != two:
            yield field, one, two


class Comparison:
    """A rule set beside another one; `order` is that of the diagrams, ordinary as above."""

    def __init__(
        self, old: Engine, new: RuleSet, order: Sequence[str], ordinary: Mapping[str, Value]
    ) -> None:
        self.old = old
        self.new = new
        self.order = order
        facts = old.ruleset.facts
        self.usual = {fact.id: fact.domain.index(ordinary.get(fact.id)) or 0 for fact in facts}

    @cached_property
    def engine(self) -> Engine:
        """The engine of the new rule set; built when it is needed."""
        return Engine(self.new)

    def witness(self) -> Witness | None:
        """Give a profile that is answered otherwise, and both answers."""
        joint = Joint(self.old.ruleset, self.new, self.order)
        full = joint.cheapest(_apart(joint), self.usual)
        if full is None:
            shown = map(self.replayed, map(self._values, _at_the_edge(joint, self.usual)))
            return next((one for one in shown if one is not None), None)
        found = self.replayed(self._values(full))
        if found is None:
            raise AssertionError("a witness does not show the difference: please report it")
        return found

    def replayed(self, profile: Mapping[str, Value]) -> Witness | None:
        """Give both answers on a profile, or None where they are the same."""
        one, other = self.old.classify(profile), self.engine.classify(profile)
        return Witness(profile, one, other) if next(differing(one, other), None) else None

    def _values(self, profile: Mapping[str, int]) -> dict[str, Value]:
        facts = self.old.ruleset.fact
        return {name: facts[name].domain.value(number) for name, number in profile.items()}


def _apart(joint: Joint) -> Node:
    """Give where a decision or flag differs on what the constraints of both leave."""
    region = FALSE
    for one, other in (*joint.decisions.values(), *joint.flags.values()):
        here = joint.within(joint.apart(one, other), *joint.held)
        region = joint.diagram.disjunction(region, here)
    return region


# Where all decisions agree on what both allow, only contradictions can be told otherwise


def _at_the_edge(joint: Joint, usual: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Yield profiles that would show it, if the two differ in what they call a contradiction.

    They do so where their constraints allow other profiles, or where a decision reads other
    facts. A contradiction is told by its minimal conflicts, so those are enough to look at: each
    whole, and without one of its facts, where what is left is only bound by it.
    """
    if joint.held[0] == joint.held[1] and not _reads_differ(joint):
        return
    for one, other in (joint.held, joint.held[::-1]):
        lost = joint.within(one, joint.diagram.negation(other))
        for region in (lost, *_felt(joint, lost, 0 if one == joint.held[0] else 1)):
            profile = joint.cheapest(region, usual)
            if profile is not None:
                yield profile
    conflicts = [cells for held in joint.held for cells in _minimal_conflicts(joint, held)]
    for cells in conflicts:
        values = {fact: joint.value(fact, cell, usual[fact]) for fact, cell in cells.items()}
        yield {**usual, **values}
        yield values
    for cells in conflicts:
        for fact in cells:
            yield {f: joint.value(f, c, usual[f]) for f, c in cells.items() if f != fact}


def _reads_differ(joint: Joint) -> bool:
    return any(
        facts_read(joint.old, decision) != facts_read(joint.new, decision)
        for decision in joint.decisions
    )


def _felt(joint: Joint, region: Node, side: int) -> Iterator[Node]:
    """Yield the part of a region where a decision applies, or a flag is raised, on one side."""
    for roots in joint.decisions.values():
        applies = joint.diagram.relabel(
            "applies", lambda full: full.status != "not_applicable", roots[side]
        )
        yield joint.within(region, applies)
    for roots in joint.flags.values():
        yield joint.within(region, roots[side])


def _minimal_conflicts(joint: Joint, held: Node) -> list[Cells]:
    """Give every smallest combination of cells of coupled facts that cannot stand together."""
    found: list[Cells] = []
    for coupling in couplings(joint.both):
        facts = [fact for fact in coupling.facts if fact in joint.order]
        sizes = [len(joint.cells.of[fact]) for fact in facts]
        if prod(size + 1 for size in sizes) > MOST_COMBINATIONS:
            raise BudgetError(f"more than {MOST_COMBINATIONS} combinations of facts are coupled")
        for some in (s for n in range(1, len(facts) + 1) for s in combinations(facts, n)):
            for choice in product(*(range(len(joint.cells.of[fact])) for fact in some)):
                cells: dict[str, Any] = dict(zip(some, choice, strict=True))
                smaller = any(one.items() <= cells.items() for one in found)
                if not smaller and joint.clash(held, cells):
                    found.append(cells)
    return found
