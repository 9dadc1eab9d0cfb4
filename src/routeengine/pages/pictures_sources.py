"""Where facts come from, in time: a line for each source, a dot for each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from routeengine.pages.pictures import element, joined, label, picture, shortened

STEP = 18
"""Units from one line of text to the next."""


class Mark(NamedTuple):
    """What a source says on a day, in words; `kind` is the class of its dot."""

    source: str
    day: date
    text: str
    kind: str


def timeline(marks: Sequence[Mark], title: str, day_words: tuple[str, str]) -> Markup:
    """Return the picture; `day_words` are the first and the last day."""
    first, last = (pick(one.day for one in marks) for pick in (min, max))
    sources = list(dict.fromkeys(one.source for one in marks))

    def draw(width: int) -> tuple[float, Markup]:
        ends = (10, width - 10)
        body: list[Markup] = []
        y = 0.0
        for source in sources:
            own = [one for one in marks if one.source == source]
            body += [label(0, y + 14, shortened(source, width), "strong"), _line(ends, y + 30)]
            y = _dots(body, own, (first, last), ends, y + 30)
        days = day_words if first != last else day_words[:1]
        for text, x, anchor in zip(days, (0, width), ("start", "end"), strict=False):
            body.append(label(x, y + 10, text, "soft", anchor))
        return y + 16, joined(*body)

    return picture("sources", title, draw)


def _line(ends: tuple[int, int], y: float) -> Markup:
    left, right = ends
    places = {"x1": float(left), "x2": float(right), "y1": y, "y2": y}
    return element("line", class_="axis", **places)


def _dots(
    body: list[Markup],
    marks: Sequence[Mark],
    days: tuple[date, date],
    ends: tuple[int, int],
    y: float,
) -> float:
    """Add the dots of one source, with what each says below it; return how far down that goes."""
    (first, last), (left, right), low = days, ends, y
    span = max((last - first).days, 1)
    # One below the other, so that no two texts meet, however near the days are.
    for day, those in groupby(sorted(marks, key=lambda one: one.day), key=lambda one: one.day):
        x = left + (right - left) * (day - first).days / span
        at_end = x > (left + right) / 2
        for number, one in enumerate(those):
            shift = (-16 if at_end else 16) * number
            dot = {"cx": float(x + shift), "cy": float(y), "r": 6.5}
            body.append(element("circle", class_=f"source-{one.kind}", **dot))
            low += STEP if low > y else STEP + 7
            room = (x - left if at_end else right - x) + 10
            edge, anchor = (x + 7, "end") if at_end else (x - 7, "start")
            body.append(label(edge, low, shortened(one.text, room), "", anchor))
    return low + STEP / 2
