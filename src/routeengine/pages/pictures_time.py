"""How long something takes, from today on: a bar of months, with what stands at each end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from routeengine.pages.pictures import bar, element, joined, label, picture

LETTER = 8.5
"""How wide a letter is, on the whole."""

STEP = 19
"""Units from one line of text to the next."""

BAR = 13
"""How high the bar is."""

AFTER = 6
"""Months of the bar that lie past the last of its marks."""


class Mark(NamedTuple):
    """A place on the bar, in months from today, and what stands below it, line by line."""

    months: int
    lines: tuple[str, ...]


class Window(NamedTuple):
    """The part of the bar that it is about, in months; without an end it has none."""

    first: int
    last: int | None
    text: str


def months_ahead(title: str, today: str, marks: Sequence[Mark], window: Window) -> Markup:
    """Return the picture; the first mark is today, and `today` stands above it."""
    end = max(*(one.months for one in marks), window.first) + AFTER
    last = end if window.last is None else window.last

    def draw(width: int) -> tuple[float, Markup]:
        def x(months: int) -> float:
            return width * months / end

        top = STEP + 6
        body = [
            label(0, STEP - 4, today, "strong"),
            _named(window.text, x(window.first), x(last), len(today) * LETTER + 12, width),
            bar(0, top, x(window.first), BAR, "k-a"),
            bar(x(window.first), top, x(last) - x(window.first), BAR, "k-b"),
            bar(x(last), top, width - x(last), BAR, "k-n"),
        ]
        low, most = top + BAR, max(len(one.lines) for one in marks)
        for one, place, level, anchor in _levels([(one, x(one.months)) for one in marks], width):
            y = top + BAR + level * most * STEP
            at = {"x1": x(one.months), "x2": x(one.months)}
            body.append(element("line", class_="axis", **at, y1=top - 3.0, y2=y + 5.0))
            for number, text in enumerate(one.lines, 1):
                class_ = "" if number < most else "soft"
                body.append(label(place, y + number * STEP + 2, text, class_, anchor))
            low = max(low, y + len(one.lines) * STEP + 6)
        return low, joined(*body)

    return picture("months", title, draw)


def _named(text: str, first: float, last: float, left: float, width: float) -> Markup:
    """Return a name above the middle of a part, inside the picture and right of what is there."""
    half = len(text) * LETTER / 2
    middle = max((first + last) / 2, left + half)
    if middle + half > width:
        return label(width, STEP - 4, text, "", "end")
    return label(middle, STEP - 4, text, "", "middle")


def _levels(
    places: Sequence[tuple[Mark, float]], width: float
) -> Iterator[tuple[Mark, float, int, str]]:
    """Yield where each text stands, how far down, and which end of it is there: no two meet."""
    ends: list[float] = []
    for mark, at in places:
        wide = max(map(len, mark.lines)) * LETTER
        if at < wide / 2:
            place, first, anchor = 0.0, 0.0, "start"
        elif at + wide / 2 > width:
            place, first, anchor = width, width - wide, "end"
        else:
            place, first, anchor = at, at - wide / 2, "middle"
        level = next((n for n, end in enumerate(ends) if end <= first), len(ends))
        ends[level : level + 1] = [first + wide + LETTER]
        yield mark, place, level, anchor
