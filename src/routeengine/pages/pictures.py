"""Pictures as inline SVG: geometry in Python, colour by class, text as text.

Each is drawn twice, 680 and 300 wide, and CSS shows one: so letters keep their size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from markupsafe import Markup

WIDE, NARROW = 680, 300

Draw: TypeAlias = Callable[[int], tuple[float, Markup]]
"""Draws a picture of so many units wide: returns how high it is, and what stands in it."""


def element(name: str, content: str = "", /, **attributes: object) -> Markup:
    """Return one element; whatever is no markup in it is escaped. `class_` stands for `class`."""
    named = [(key.rstrip("_").replace("_", "-"), _short(one)) for key, one in attributes.items()]
    opening = Markup("").join(Markup(' {}="{}"').format(*pair) for pair in named)
    return Markup("<{}{}>{}</{}>").format(name, opening, content, name)


def _short(value: object) -> object:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def label(x: float, y: float, text: str, class_: str = "", anchor: str = "start") -> Markup:
    """Return one line of text."""
    return element("text", text, x=float(x), y=float(y), class_=class_, text_anchor=anchor)


def bar(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Return a filled rectangle."""
    size = {"width": float(max(width, 0)), "height": float(height)}
    return element("rect", x=float(x), y=float(y), **size, class_=class_)


def joined(*parts: Markup) -> Markup:
    """Return some elements one behind the other."""
    return Markup("").join(parts)


def picture(name: str, title: str, draw: Draw, *, links: bool = False) -> Markup:
    """Return a picture, wide and narrow, with a title for who has it read aloud.

    `name` is unlike that of any other picture on the page. With `links` in it, a picture is a group
    of things: as an image nothing in it could be reached.
    """
    return joined(
        *(
            _drawn(f"picture-{name}-{class_}", title, width, draw, class_, links)
            for class_, width in (("wide", WIDE), ("narrow", NARROW))
        )
    )


def _drawn(name: str, title: str, width: int, draw: Draw, class_: str, links: bool) -> Markup:
    height, body = draw(width)
    return element(
        "svg",
        joined(element("title", title, id=name), body),
        class_=f"picture {class_}",
        viewBox=f"0 0 {width} {height:g}",
        role="group" if links else "img",
        aria_labelledby=name,
    )


def shortened(text: str, width: float, letter: float = 7.7) -> str:
    """Return a text that is at most so wide, with a sign where something is left out of it."""
    most = max(int(width / letter), 1)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
