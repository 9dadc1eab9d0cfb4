"""The instance of a rule set with parameters: with the numbers of one period, of one variant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Instance:
    """For which days and which variant the numbers are that stand in a rule set.

    `since` and `until` are the first and last day on which all of them are as they are, and None
    where there is no such end.
    """

    since: date | None
    until: date | None
    variant: str | None

    def holds(self, day: date) -> bool:
        """Return whether a day is one of its days."""
        return (self.since or date.min) <= day <= (self.until or date.max)

    def __str__(self) -> str:
        """Return it in words, as `from 2025-07-01, diemen`."""
        days = span(self.since or date.min, self.until or date.max)
        return days if self.variant is None else f"{days}, {self.variant}"


def span(first: date, last: date) -> str:
    """Return the days of a period in words, where an end may be open."""
    since = f"from {first}" if first > date.min else ""
    until = f"until {last}" if last < date.max else ""
    return " ".join(filter(None, (since, until))) or "on every day"
