"""Columns of Parquet and Arrow whose type says more, or less, than their values: days and amounts.

A binary fraction is no amount, for 0.1 + 0.2 is not 0.3 there; and a moment is another day in
another part of the world. Columns of these are refused by name, for no row of them is right. A
moment without a zone is what pandas makes of days, so it is a day if it is midnight.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from routeengine.caseload.columns import Target
from routeengine.caseload.values import UNREADABLE
from routeengine.errors import CaseloadError
from routeengine.quantities import TIME_OF_DAY, Unread
from routeengine.ruleset.domains import DateDomain, DecimalDomain
from routeengine.ruleset.model import Fact

EPOCH = date(1970, 1, 1).toordinal()
"""The day from which Arrow counts."""

_DAYS = {"date32[day]": 1, "date64[ms]": 86_400_000}
_SECONDS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_MOMENT = re.compile(r"timestamp\[(s|ms|us|ns)(, tz=.*)?\]")
_BINARY = ("halffloat", "float", "double")


def refuse_types(path: str, kinds: Sequence[Any], targets: Sequence[Target]) -> None:
    """Raise CaseloadError that names every column of a type that its fact cannot be read from."""
    faults = []
    for kind, target in zip(kinds, targets, strict=True):
        if not isinstance(target, Fact):
            continue
        domain = target.domain
        name = str(kind.value_type if hasattr(kind, "index_type") else kind)
        moment = _MOMENT.fullmatch(name)
        if isinstance(domain, DecimalDomain) and name in _BINARY:
            faults.append(
                f"column `{target.id}` has binary fractions, which are not exact: "
                f"cast it to decimal128(18, {domain.places})"
            )
        elif isinstance(domain, DateDomain) and moment and moment[2]:
            faults.append(
                f"column `{target.id}` has moments, which are other days elsewhere: "
                "cast it to date32"
            )
    if faults:
        raise CaseloadError(path, "; ".join(faults))


def units_of_day(kind: Any) -> int | None:
    """Return into how many units a column of this type splits a day; None if it has no days."""
    moment = _MOMENT.fullmatch(str(kind))
    return 86_400 * _SECONDS[moment[1]] if moment and not moment[2] else _DAYS.get(str(kind))


def days(array: Any) -> list[object]:
    """Return the days of a column that has some, as Python has them."""
    units = units_of_day(array.type) or 1
    found = array.view("int32" if units == 1 else "int64").to_pylist()
    return [None if number is None else _day(*divmod(number, units)) for number in found]


def _day(number: int, rest: int) -> object:
    if rest:
        return Unread(TIME_OF_DAY)
    try:
        return date.fromordinal(number + EPOCH)
    except (ValueError, OverflowError):
        return UNREADABLE
