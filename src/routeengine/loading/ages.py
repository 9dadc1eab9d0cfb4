"""What a fact says of birthdays, for bounds by age."""

from __future__ import annotations

from typing import Any

from routeengine.loading import shapes
from routeengine.loading.keys import Entry, Values, optional
from routeengine.loading.shapes import Run
from routeengine.ruleset.domains import DateDomain
from routeengine.ruleset.flaws import Path


class BirthDate(Entry):
    """A fact that may be a birth date."""

    leap_birthday = optional(
        shapes.choice("feb_28", "mar_1"),
        "of a date that ages are asked of: when who was born on 29 February gets older",
        None,
    )

    @classmethod
    def make(cls, values: Values, path: Path, run: Run) -> Any:
        """Return the part that is made of it, and remember when people get older."""
        leap = values.pop("leap_birthday")
        if leap is not None and not isinstance(values["domain"], DateDomain):
            message = "only a date has `leap_birthday`"
            run.collector.add((*path, "leap_birthday"), message, "take it out", key=True)
        elif leap is not None:
            run.ages.leap_birthdays[str(path[-1])] = leap
        return super().make(values, path, run)
