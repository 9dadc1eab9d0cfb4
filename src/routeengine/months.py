"""Days, and calendar months between them.

A month after the 31st is the last day of a shorter month: one month after 31
January is 28 (or 29) February, and a year after 29 February is 28 February.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime


def months_after(day: date, months: int) -> date:
    """Return the date so many calendar months later; it stops at the last date there is."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(first: date, last: date) -> int:
    """Return the number of whole calendar months from `first` to `last`, which is not before it."""
    # From 31 January to 28 February is one month, for that is where a month later ends.
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if months_after(first, months) <= last else months - 1


def today() -> date:
    """Return what day it is here."""
    return datetime.now().astimezone().date()


NO_DAY = "must be a date, without a time"
"""What is wrong with what is no day."""


def is_day(day: object) -> bool:
    """Return whether this is a date; a datetime is one to Python, but not here."""
    return isinstance(day, date) and not isinstance(day, datetime)
