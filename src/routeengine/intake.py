"""From a profile to a code that says all that a verdict can hang on.

A code is one `int`: per fact a bit for each cell that the fact is *not* in, then
a bit for declined and one for conflicting evidence. Equal codes have equal answers,
so an answer that was worked out once can be looked up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import getitem
from types import NoneType
from typing import Any, Protocol, TypeAlias

from routeengine.bits import numbers
from routeengine.profile import CLIENT_ID, State
from routeengine.ruleset.domains import BooleanDomain, CategoryDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.symbolic.cells import Cells

__all__ = ["Intake"]

REMEMBERED = 1024
"""Shapes of profiles that are remembered: which entries there are, and of which types."""

TABLE_LIMIT = 4096
"""Values of a fact that are tabled; larger domains take the longer way."""


class _Table(Protocol):
    def __getitem__(self, value: Any, /) -> int:
        """Give the bits of a value; raises KeyError where it is not in the domain."""
        ...


_Tables: TypeAlias = tuple[_Table, ...]


class _Printable:
    """The table of a client id: any one line of text, and no bits."""

    def __getitem__(self, value: str, /) -> int:
        if not value.isprintable():
            raise KeyError
        return 0


_PRINTABLE = _Printable()
_UNKNOWN: Mapping[None, int] = {None: 0}


class Intake:
    """The tables that turn the profiles of one rule set into codes."""

    def __init__(self, ruleset: RuleSet, cells: Cells) -> None:
        self._cells = cells
        self._shift: dict[str, int] = {}
        self._tables: dict[str, tuple[type, Mapping[object, int]]] = {}
        # INVARIANT: holds names and types only, and nothing of a client.
        self._shapes: dict[tuple[tuple[str, ...], tuple[type, ...]], _Tables] = {}
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
        values = profile.values()
        # By exact type, for True == 1 and both hash alike.
        shape = (tuple(profile), tuple(map(type, values)))
        tables = self._shapes.get(shape)
        if tables is None and (tables := self._tables_of(*shape)) is None:
            return None
        try:
            # Each fact has bits of its own, so the sum is the union.
            return sum(map(getitem, tables, values))
        except KeyError:
            return None

    def _tables_of(self, names: tuple[str, ...], kinds: tuple[type, ...]) -> _Tables | None:
        """Give the tables of a profile with these entries, or None where one is not plain."""
        tables = tuple(map(self._table_of, names, kinds))
        if None in tables:
            return None
        plain: _Tables = tuple(table for table in tables if table is not None)
        if len(self._shapes) < REMEMBERED:
            self._shapes[names, kinds] = plain
        return plain

    def _table_of(self, name: str, kind: type) -> _Table | None:
        if name == CLIENT_ID:
            return _PRINTABLE if kind is str else None
        entry = self._tables.get(name)
        if entry is None:
            return None
        return _UNKNOWN if kind is NoneType else entry[1] if kind is entry[0] else None

    def code_of(self, state: State) -> int | None:
        """Give the code of a state of knowledge.

        None where a fact may be in several cells, but not in all of one: what is offered as
        answers is then this client's alone.
        """
        cells = self._cells
        for name in cells.coarse:
            allowed = state[name].allowed
            here = cells.covering(name, allowed)
            if here & here - 1 and allowed != _union(cells.of[name], here):
                return None
        code = 0
        for name, known in state.items():
            width = len(cells.of[name])
            bits = ((1 << width) - 1) & ~cells.covering(name, known.allowed)
            bits |= known.declined << width | known.conflicting << (width + 1)
            code |= bits << self._shift[name]
        return code


def _union(cells: Sequence[int], some: int) -> int:
    """Give the values in these cells; no two cells have one in common."""
    return sum([cells[number] for number in numbers(some)])


def _type(fact: Fact) -> type:
    if isinstance(fact.domain, BooleanDomain):
        return bool
    return str if isinstance(fact.domain, CategoryDomain) else int
