"""Which rule set it is, and of one with parameters which numbers it has."""

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

    @classmethod
    def of_days(cls, first: int, last: int, variant: str | None) -> Instance:
        """Return one by its days as numbers, of which the first and the last there is are open."""
        since = None if first == date.min.toordinal() else date.fromordinal(first)
        until = None if last == date.max.toordinal() else date.fromordinal(last)
        return cls(since, until, variant)

    @property
    def days(self) -> tuple[int, int]:
        """The first and the last day, as numbers."""
        return (self.since or date.min).toordinal(), (self.until or date.max).toordinal()

    def meets(self, other: Instance) -> bool:
        """Return whether both are of one variant, and have a day in common."""
        (first, last), (begin, end) = self.days, other.days
        return self.variant == other.variant and first <= end and begin <= last

    def holds(self, day: date) -> bool:
        """Return whether a day is one of its days."""
        return (self.since or date.min) <= day <= (self.until or date.max)

    def to_dict(self) -> dict[str, str | None]:
        """Return it as data, as a result has it: days as text, an open end as None."""
        days = {"since": self.since, "until": self.until}
        named = {key: None if day is None else day.isoformat() for key, day in days.items()}
        return {**named, "variant": self.variant}

    def __str__(self) -> str:
        """Return it in words, as `from 2025-07-01, diemen`."""
        days = span(self.since or date.min, self.until or date.max)
        return days if self.variant is None else f"{days}, {self.variant}"


@dataclass(frozen=True, slots=True)
class RuleSetRef:
    """Which rule set it was: id, version and the digests of the whole and of the meaning.

    `instance` says which numbers its parameters had, if it has any.
    """

    id: str
    version: str
    sha256: str
    meaning_sha256: str
    instance: Instance | None = None


def span(first: date, last: date) -> str:
    """Return the days of a period in words, where an end may be open."""
    since = f"from {first}" if first > date.min else ""
    until = f"until {last}" if last < date.max else ""
    return " ".join(filter(None, (since, until))) or "on every day"
