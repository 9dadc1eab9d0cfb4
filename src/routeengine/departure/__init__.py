"""Departing from the advice: a person decides otherwise, and says in which role, when and why.

Advice and decision stand side by side. The advice is never overwritten, and a later
departure never takes the place of an earlier one.
"""

from __future__ import annotations

from routeengine.departure.advice import Departed, Departure, depart
from routeengine.departure.recorded import (
    DepartureRecord,
    check_chain,
    departed,
    record_departure,
)

__all__ = [
    "Departed",
    "Departure",
    "DepartureRecord",
    "check_chain",
    "depart",
    "departed",
    "record_departure",
]
