"""Bounds by age: which birth days they come to on the day for which rules are read.

On 1 July 2025 whoever is 21 or older was born on 1 July 2004 or before. So `age_at_least: 21` of a
birth date is a bound of that date like any other, and nothing is reckoned for a client.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from routeengine.ruleset.domains import DateDomain
from routeengine.value_set import ValueSet

LeapBirthday: TypeAlias = Literal["feb_28", "mar_1"]
"""On which day of another year who was born on 29 February gets older."""

MOST_YEARS: Final = 150
"""Nobody gets older."""

DAY = timedelta(1)


def birthday(born: date, years: int, leap: LeapBirthday) -> date | None:
    """Return the day on which somebody gets so many years old; None past the last year there is."""
    if born.year + years > date.max.year:
        return None
    try:
        return born.replace(year=born.year + years)
    except ValueError:  # 29 February
        month, day = (2, 28) if leap == "feb_28" else (3, 1)
        return date(born.year + years, month, day)


def last_born(day: date, years: int, leap: LeapBirthday) -> date | None:
    """Return the last day on which who is so many years old on a day can be born; None if none."""
    if day.year - years < date.min.year:
        return None
    try:
        born = day.replace(year=day.year - years)
    except ValueError:
        born = date(day.year - years, 2, 28)
    # On 28 February 2025 who was born on 29 February 2004 is 21, if that is their birthday then.
    after = born + DAY
    turned = birthday(after, years, leap)
    return after if turned is not None and turned <= day else born


@dataclass(frozen=True, slots=True)
class Age:
    """A bound by age: whether somebody is so many years old, by the birth date in a fact."""

    fact: str
    domain: DateDomain
    years: int
    leap: LeapBirthday

    def turned(self, born: date) -> int | None:
        """Return the day on which who is born on a day gets that old, by its number."""
        day = birthday(born, self.years, self.leap)
        return None if day is None else day.toordinal()


@dataclass(slots=True)
class Ages:
    """The bounds by age of one reading of a rule set, and the other bounds of the same facts.

    `day` is the one for which rules are read, if it is known. `fixed` has the days on which a
    bound that is a date begins or ends, by the fact.
    """

    day: date | None = None
    leap_birthdays: dict[str, LeapBirthday] = field(default_factory=dict)
    asked: dict[Age, None] = field(default_factory=dict)
    fixed: dict[str, set[date]] = field(default_factory=dict)

    def bound(self, fact: str, domain: DateDomain, key: str, years: int) -> ValueSet | str | None:
        """Return the birth days of which a bound by age holds, or what is wrong with it.

        None where it is not known of which day, which is told once.
        """
        leap = self.leap_birthdays.get(fact)
        if leap is None:
            return f"`{fact}` needs `leap_birthday`: `feb_28` or `mar_1`"
        # Who is at most 20 is not 21 or older.
        reached = years + (key == "age_at_most")
        self.asked[Age(fact, domain, reached, leap)] = None
        if self.day is None:
            return None
        last = last_born(self.day, reached, leap)
        if last is None or not domain.minimum <= last < domain.maximum:
            return f"`{key}: {years}` is the same for all of `{fact}` on {self.day}"
        number = (last - domain.minimum).days
        if key == "age_at_most":
            return ValueSet.span(number + 1, domain.size - 1)
        return ValueSet.span(0, number)

    def note(self, fact: str, domain: DateDomain, values: ValueSet) -> None:
        """Remember where values of a date begin and end."""
        inside = (one for one in values.boundaries if 0 < one < domain.size)
        days = (domain.minimum + one * DAY for one in inside)
        self.fixed.setdefault(fact, set()).update(days)

    def periods(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield periods, of days by their numbers, in which all bounds keep their order.

        In each of them everything that is proved is the same; only the dates move. An open end is
        looked at as far as a bound by age tells anybody apart.
        """
        # Born before 1 January 2007, and 21 or older: on 1 January 2028 the two are one bound, a
        # day before that and a day later the one or the other comes first.
        ages = self.asked
        if first == date.min.toordinal():
            begins = _known(one.turned(one.domain.minimum) for one in ages)
            first = min(last, max([first, *begins]))
        if last == date.max.toordinal():
            ends = _known(one.turned(one.domain.maximum) for one in ages)
            last = max(first, min([last, *(end - 1 for end in ends)]))
        cuts = {first}
        for one in ages:
            for born in self.fixed.get(one.fact, ()):
                cuts.update(_known([one.turned(born - DAY), one.turned(born)]))
        own = sorted(cut for cut in cuts if first <= cut <= last)
        yield from zip(own, [*(cut - 1 for cut in own[1:]), last], strict=True)


def _known(days: Iterable[int | None]) -> list[int]:
    return [day for day in days if day is not None]
