"""From a profile to a code that says all that a verdict can hang on.

A code is one `int`: per fact a bit for each cell that the fact is *not* in, then
a bit for declined and one for conflicting evidence. Equal codes have equal answers,
so an answer that was worked out once can be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping

from routeengine.profile import CLIENT_ID, State
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.symbolic.cells import Cells

__all__ = ["Intake"]

TABLE_LIMIT = 4096
"""Values of a fact that are tabled; larger domains take the longer way."""


class Intake:
    """The tables that turn the profiles of one rule set into codes."""

    def __init__(self, ruleset: RuleSet, cells: Cells) -> None:
        self._cells = cells
        self._shift: dict[str, int] = {}
        self._tables: dict[str, tuple[type, Mapping[object, int]]] = {}
        shift = 0
        for fact in ruleset.facts:
            self._shift[fact.id] = shift
            if fact.domain.size <= TABLE_LIMIT:
                self._tables[fact.id] = _type(fact), self._table(fact, shift)
            shift += len(cells.of[fact.id]) + 2

    def _table(self, fact: Fact, shift: int) -> dict[object, int]:
        cells = self._cells.of[fact.id]
        everything = (1 << len(cells)) - 1
        table: dict[object, int] = {}
        for value in fact.domain.values:
            index = fact.domain.index(value)
            covering = self._cells.covering(fact.id, 1 << index) if index is not None else 0
            table[value] = (everything & ~covering) << shift
        return table

    def code(self, profile: Mapping[str, object]) -> int | None:
        """Give the code of a plain profile, or None where it needs a closer look.

        Plain is a dictionary of facts with a value or None, each of just the right
        type. Never raises: what is wrong is found by the closer look.
        """
        code = 0
        tables = self._tables
        for name, value in profile.items():
            entry = tables.get(name)
            if entry is not None:
                if value is None:
                    continue
                # By exact type, for True == 1 and both hash alike.
                if type(value) is not entry[0]:
                    return None
                bits = entry[1].get(value)
                if bits is None:
                    return None
                code |= bits
            elif name != CLIENT_ID or type(value) is not str or not value.isprintable():
                return None
        return code

    def code_of(self, state: State) -> int:
        """Give the code of any state of knowledge."""
        code = 0
        for name, known in state.items():
            width = len(self._cells.of[name])
            bits = ((1 << width) - 1) & ~self._cells.covering(name, known.allowed)
            bits |= known.declined << width | known.conflicting << (width + 1)
            code |= bits << self._shift[name]
        return code


def _type(fact: Fact) -> type:
    if isinstance(fact.domain, BooleanDomain):
        return bool
    return str if isinstance(fact.domain, CategoryDomain) else int
