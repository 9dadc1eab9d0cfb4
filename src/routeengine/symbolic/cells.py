"""Cells: per fact, the values that no condition tells apart.

A rule set speaks of few distinctions, so its facts have few cells (a prognosis of
0 to 240 months: 0-12, 13-18, 19-23, 24-240). All reasoning is over cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routeengine.bits import lowest
from routeengine.profile import Known, State
from routeengine.ruleset.conditions import Condition, FactIs, walk
from routeengine.ruleset.model import Fact, RuleSet

REMEMBERED = 1024
"""Sets of values per fact whose cells are remembered."""


class Cells:
    """Per fact its cells: disjoint sets of values as bits, by their lowest value."""

    def __init__(self, of: Mapping[str, tuple[int, ...]]) -> None:
        self.of = of
        self.coarse = tuple(
            [fact for fact, cells in of.items() if any(cell & cell - 1 for cell in cells)]
        )
        """The facts of which some cell has several values."""
        self.everything = {fact: (1 << len(cells)) - 1 for fact, cells in of.items()}
        """Every cell of each fact, as bits."""
        # The same few sets of values come again and again: every single value, and all.
        self._covering: dict[str, dict[int, int]] = {fact: {} for fact in of}

    def covering(self, fact: str, allowed: int) -> int:
        """Give the cells that a set of values touches, as bits."""
        known = self._covering[fact]
        bits = known.get(allowed)
        if bits is None:
            bits = sum(1 << n for n, cell in enumerate(self.of[fact]) if cell & allowed)
            if len(known) < REMEMBERED:
                known[allowed] = bits
        return bits

    def may(self, state: State) -> dict[str, int]:
        """Give, per fact, the cells it may be in, as bits."""
        covering = self.covering
        return {fact: covering(fact, known.allowed) for fact, known in state.items()}

    def by_cells(self, state: State) -> State:
        """Return a state no closer than to the cell where just one is left of a fact."""
        found = dict(state)
        for fact in self.coarse:
            known, here = state[fact], self.covering(fact, state[fact].allowed)
            if not here & here - 1:
                found[fact] = Known(self.of[fact][lowest(here)], known.declined, known.conflicting)
        return found


def cells_of(ruleset: RuleSet) -> Cells:
    """Work out the cells of every fact of a rule set."""
    return cells_told_apart(ruleset.facts, ruleset.conditions)


def cells_told_apart(facts: Iterable[Fact], conditions: Iterable[Condition]) -> Cells:
    """Work out the cells of these facts, where just these conditions tell values apart."""
    cells = {fact.id: [fact.domain.full] for fact in facts}
    told = {
        (leaf.fact, leaf.allowed)
        for condition in conditions
        for leaf in walk(condition)
        if isinstance(leaf, FactIs)
    }
    for fact, allowed in told:
        cells[fact] = [
            part
            for cell, inside in [(cell, cell & allowed) for cell in cells[fact]]
            for part in (inside, cell ^ inside)
            if part
        ]
    return Cells({fact: tuple(sorted(some, key=_lowest)) for fact, some in cells.items()})


def _lowest(cell: int) -> int:
    return cell & -cell
