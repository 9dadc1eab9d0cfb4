"""Where a mutant answers otherwise than the rules do, exactly, with a profile to show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from routeengine.bits import lowest
from routeengine.cases.files import VERDICT_FIELDS
from routeengine.engine import Engine
from routeengine.errors import BudgetError
from routeengine.lazy import cached_property
from routeengine.profile import OneOf
from routeengine.result import Result
from routeengine.ruleset.domains import Value
from routeengine.ruleset.model import RuleSet
from routeengine.ruleset.reading import facts_of, facts_read
from routeengine.symbolic.conflicts import Told, smallest_clashes
from routeengine.symbolic.diagram import Node
from routeengine.verification.comparison import Comparison, RuleSetPair

MOST_COMBINATIONS = 50_000
"""Combinations of facts that are looked through for what would show a difference."""


@dataclass(frozen=True, slots=True, repr=False)
class Witness:
    """A made profile on which a mutant answers otherwise, and both answers.

    A fact that is left out of `profile` is unknown. That is so only where the two
    agree wherever all is known: then they differ in what they call a contradiction.
    """

    profile: Mapping[str, Value | OneOf]
    old: Result
    new: Result

    def __repr__(self) -> str:
        return f"Witness(old: {self.old!r}, new: {self.new!r})"


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


def witness_against(old: Engine, new: RuleSet) -> Witness | None:
    """Give a profile on which another rule set answers otherwise, or None where there is none.

    Both must have the same facts, decisions and flags. The profile is as ordinary as can
    be, and both have answered it before it is given.

    Raises RuleSetError where the constraints of the new one exclude every profile, and
    BudgetError where the two are too large to be compared.
    """
    return Beside(old, Comparison(old.ruleset, rules=True), new).witness()


class Beside:
    """A rule set beside another one; `comparison` is of the old one, winning rules with it."""

    def __init__(self, old: Engine, comparison: Comparison, new: RuleSet) -> None:
        self.old = old
        self.comparison = comparison
        self.new = new

    @cached_property
    def engine(self) -> Engine:
        """The engine of the new rule set; built when it is needed."""
        return Engine(self.new)

    def witness(self) -> Witness | None:
        """Give a profile that is answered otherwise, and both answers."""
        found = self.comparison.first_difference(self.new)
        if found is not None:
            shown = self.replayed(found.witness)
            if shown is not None:
                return shown
            if found.kind != "possible":
                raise AssertionError("a witness does not show the difference: please report it")
        elif not self._reads_differ():
            return None
        edge = map(self.replayed, self._at_the_edge())
        return next((one for one in edge if one is not None), None)

    def replayed(self, profile: Mapping[str, Value | OneOf]) -> Witness | None:
        """Give both answers on a profile, or None where they are the same."""
        one, other = self.old.classify(profile), self.engine.classify(profile)
        return Witness(profile, one, other) if next(differing(one, other), None) else None

    # Where both answer alike whatever they allow, only contradictions can be told otherwise

    def _reads_differ(self) -> bool:
        old, new = self.old.ruleset, self.new
        return any(facts_read(old, name) != facts_read(new, name) for name in old.decision)

    def _at_the_edge(self) -> Iterator[dict[str, Any]]:
        """Yield profiles that would show it, if the two call other things a contradiction.

        They do so where their constraints allow other profiles, or where a decision reads
        other facts. A decision shows it on a minimal conflict, where nothing else is known, if
        it does at all: each is looked at with all else known, and alone. A flag can hang on what
        a constraint leaves open of an unknown fact, so there all that can be known is tried.
        """
        pair = self.comparison.pair(self.new)
        usual = {fact.id: fact.domain.value(0) for fact in pair.facts}
        conflicts = [
            {pair.order[at]: _lowest(pair, pair.order[at], cell) for at, cell in sorted(clash)}
            for tie in pair.couplings
            for held in tie.holds
            for clash in _clashes(pair, held)
        ]
        for conflict in conflicts:
            yield {**usual, **conflict}
            yield conflict
        for ruleset in (self.old.ruleset, self.new):
            for flag in ruleset.flags:
                if flag.when is not None:
                    yield from _states_about(pair, facts_of(ruleset, flag.when))


def _states_about(pair: RuleSetPair, facts: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield all that can be known of some facts, and of those that are tied to them.

    None where no constraint on them differs. Raises BudgetError where it is too much.
    """
    touched = [tie for tie in pair.couplings if tie.facts & facts]
    if all(tie.holds[0] == tie.holds[1] for tie in touched):
        return
    every = facts.union(*(tie.facts for tie in touched))
    order = [fact for fact in pair.order if fact in every]
    sizes = [len(pair.cells.of[fact]) for fact in order]
    if prod((1 << size) - 1 for size in sizes) > MOST_COMBINATIONS:
        raise BudgetError(f"more than {MOST_COMBINATIONS} states of what a flag hangs on")
    for chosen in product(*(range(1, 1 << size) for size in sizes)):
        known = zip(order, sizes, chosen, strict=True)
        yield {fact: _some(pair, fact, c) for fact, size, c in known if c != (1 << size) - 1}


def _some(pair: RuleSetPair, fact: str, cells: int) -> Value | OneOf:
    """Give what is known where a fact is in some of its cells."""
    values = [_lowest(pair, fact, n) for n in range(cells.bit_length()) if cells >> n & 1]
    return values[0] if len(values) == 1 else OneOf(values)


def _clashes(pair: RuleSetPair, held: Node) -> list[Told]:
    clashes = smallest_clashes(pair.diagram, held, MOST_COMBINATIONS)
    if clashes is None:
        raise BudgetError("too much cannot stand together to be looked through")
    return clashes


def _lowest(pair: RuleSetPair, fact: str, cell: int) -> Value:
    bits = pair.cells.of[fact][cell]
    return pair.sides[0].ruleset.fact[fact].domain.value(lowest(bits))
