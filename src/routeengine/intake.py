"""From a profile to cells: strictly, and all that a verdict can depend on.

Which entries a profile has, and of which types, is looked into once for all profiles that look
alike. What is left for each is to take its values in the order of the diagrams, and to look
every value up in the table of its fact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import getitem, itemgetter
from types import NoneType
from typing import Any, Protocol, TypeAlias, cast

from routeengine.client_id import is_plain
from routeengine.profile import CLIENT_ID, DECLINED, Declined
from routeengine.ruleset.domains import DateDomain, DecimalDomain, RangeDomain
from routeengine.ruleset.model import Fact, RuleSet
from routeengine.symbolic.joint import ANY
from routeengine.symbolic.layout import Cells
from routeengine.value_set import ValueSet

CACHE_SIZE = 1024
"""Shapes of profiles that are remembered: which entries there are, and of which types."""

MAX_TABLED = 4096
"""Values of a fact that are tabled; those of a larger domain are looked for in ranges."""


class _Table(Protocol):
    def __getitem__(self, value: Any, /) -> int:
        """Return the cell of a value; raises KeyError if it is not in the domain."""
        ...


class _Printable:
    """The table of a client id: what is surely one, and no cell."""

    def __getitem__(self, value: str, /) -> int:
        if not is_plain(value):
            raise KeyError
        return ANY


class _Ranges:
    """The table of a large domain: the cell of each run of neighbours."""

    def __init__(self, domain: RangeDomain, cells: Sequence[ValueSet]) -> None:
        self._index = domain.index
        runs = sorted((low, cell) for cell, some in enumerate(cells) for low, _ in some.runs)
        self._starts, self._cells = zip(*runs, strict=True)

    def __getitem__(self, value: object, /) -> int:
        index = self._index(value)
        if index is None:
            raise KeyError
        cell: int = self._cells[bisect_right(self._starts, index) - 1]
        return cell


_UNKNOWN: Mapping[None, int] = {None: ANY}

_Tables: TypeAlias = Mapping[type, _Table]
"""The table of each type that a value may have. By exact type: True == 1, and both hash alike."""


_Shape: TypeAlias = tuple[Callable[[Mapping[str, object]], Sequence[object]], tuple[_Tables, ...]]
"""How profiles with the same entries are read: what takes their values, and the tables."""


class Intake:
    """The tables that turn the profiles of one rule set into cells.

    `order` names the facts that the diagrams tell apart, as they do.
    """

    def __init__(self, ruleset: RuleSet, cells: Cells, order: Sequence[str]) -> None:
        self._order = tuple(order)
        self._tables = {fact.id: _tables(fact, cells.of[fact.id]) for fact in ruleset.facts}
        self._tables[CLIENT_ID] = {str: _Printable()}
        # INVARIANT: holds names only, and nothing of a client.
        self._shape = lru_cache(CACHE_SIZE)(self._shape_of)

    def cells(self, profile: Mapping[str, object]) -> list[int] | None:
        """Return the cells of a plain profile, in the order of the diagrams; more may follow.

        Plain is a mapping from facts to a value, None or DECLINED, each of just the right type.
        Where a fact is not known it is ANY, and the complement of all cells where it was declined.
        Returns None if a closer look is needed: that also finds what is wrong.
        """
        names = tuple(profile)
        try:
            values, tables = self._shape(names)
            # Three maps and no loop in Python: the type of each value picks its table.
            entries = values(profile)
            return list(map(getitem, map(getitem, tables, map(type, entries)), entries))
        except KeyError:
            return None

    def _shape_of(self, names: tuple[str, ...]) -> _Shape:
        """Return how profiles with these entries are read; raises KeyError if one is no fact."""
        order = (*self._order, *[name for name in names if name not in self._order])
        tables = tuple([self._tables[name] for name in order])
        # `itemgetter` is the quickest, but wants them all there, and gives one value bare.
        whole = len(order) == len(names) > 1
        values = itemgetter(*order) if whole else lambda profile: list(map(profile.get, order))
        return values, tables


def _tables(fact: Fact, cells: Sequence[ValueSet]) -> _Tables:
    """Return the tables of a fact with these cells."""
    domain = fact.domain
    table: _Table
    # A decimal number or a date has several spellings, so it is always looked for in ranges.
    if isinstance(domain, DecimalDomain | DateDomain) or domain.size > MAX_TABLED:
        table = _Ranges(cast(RangeDomain, domain), cells)
    else:
        table = {domain.value(n): cell for cell, some in enumerate(cells) for n in some.numbers}
    types = {type(domain.value(0)), *([int] if isinstance(domain, DecimalDomain) else [])}
    declined = {DECLINED: ~((1 << len(cells)) - 1)}
    return {**dict.fromkeys(types, table), NoneType: _UNKNOWN, Declined: declined}
