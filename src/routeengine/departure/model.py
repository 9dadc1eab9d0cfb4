"""One departure from the advice, as a person gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

LONGEST: Final = {"role": 100, "reason": 2000}
"""Characters that these texts may have."""


@dataclass(frozen=True, slots=True, repr=False)
class Departure:
    """Another outcome than advised: decided in a role (never a name), on a date, for a reason.

    `reason` goes on where "because" stops: "she wants to rest first". Its `repr` does
    not show it.
    """

    decision: str
    outcome: str
    role: str
    reason: str
    date: date

    def __repr__(self) -> str:
        return f"Departure({self.decision}, {self.outcome}, {self.role}, {self.date})"
