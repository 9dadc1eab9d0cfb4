"""Pictures of counts: bars in parts, and a square for each person.

What is not to be seen is not in a picture either: it is drawn from the figures as they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from routeengine.pages.pictures import NARROW, bar, element, joined, label, picture, shortened

COLOURS = ("a", "b", "c", "d")
"""The colours of outcomes, in declared order; past the last one they start again."""

UNSEEN = "h"
"""The colour, or rather the lack of one, of what may not be shown."""

LETTER = 6.8
"""How wide a letter is, on the whole."""

STEP = 24
"""From one square to the next, in units of the picture."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: how many, as words, and its colour."""

    number: int
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is of, its parts, and what stands at its end."""

    name: str
    parts: tuple[Part, ...]
    end: str


def colour_of(place: int) -> str:
    """Return the colour of an outcome by its place among all of its decision."""
    return COLOURS[place % len(COLOURS)]


def bars(name: str, title: str, rows: Sequence[Bar]) -> Markup:
    """Return a picture of bars that lie under one another, all of one scale."""
    most = max([sum(part.number for part in row.parts) for row in rows] or [0]) or 1
    longest = max([len(row.name) for row in rows] or [0])

    def draw(width: int) -> tuple[float, Markup]:
        narrow = width == NARROW
        left = 0.0 if narrow else min(24 + LETTER * longest, 330)
        scale = (width - left - 64) / most
        drawn, y = [], 4.0
        for row in rows:
            if narrow:
                drawn.append(label(0, y + 12, shortened(row.name, width)))
                y += 18
            else:
                drawn.append(label(0, y + 17, shortened(row.name, left - 8, LETTER)))
            x = left
            for part in row.parts:
                wide = part.number * scale
                drawn.append(bar(x, y, max(wide - 1, 1.5), 24, f"k-{part.colour}"))
                # A bar of one part has its number at the end.
                if part.text and len(row.parts) > 1 and wide > 8 * len(part.text) + 8:
                    inside = f"inside on-{part.colour}"
                    drawn.append(label(x + wide / 2, y + 17, part.text, inside, "middle"))
                x += wide
            drawn.append(label(x + 6, y + 17, row.end, "strong"))
            y += 34
        return y, joined(*drawn)

    return picture(name, title, draw)


def squares(name: str, title: str, rows: Sequence[Bar]) -> Markup:
    """Return a picture with a square for each person, group by group."""

    def draw(width: int) -> tuple[float, Markup]:
        in_a_row = width // STEP
        drawn, y = [], 0.0
        for row in rows:
            drawn.append(label(0, y + 14, shortened(f"{row.end}  {row.name}", width), "strong"))
            y += 22
            place = 0
            for part in row.parts:
                for _ in range(part.number):
                    x, down = place % in_a_row * STEP, y + place // in_a_row * STEP
                    drawn.append(bar(x, down, STEP - 4, STEP - 4, f"k-{part.colour}"))
                    if part.colour == "r":
                        stroke = f"M{x} {down + STEP - 4:g}l{STEP - 4} {4 - STEP}"
                        drawn.append(element("path", d=stroke, class_="stroke"))
                    place += 1
            y += ((place - 1) // in_a_row + 1) * STEP + 12
        return y, joined(*drawn)

    return picture(name, title, draw)
